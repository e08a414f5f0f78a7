//! What is offered at a place, and what is written when it is taken.

mod support;

use ide::{Completion, CompletionList, SymbolKind};
use support::Fixture;

fn complete(fixture: &str) -> (Fixture, CompletionList) {
    let mut fixture = Fixture::new(fixture);
    let (path, offset) = fixture.at();
    let list = fixture.workspace.completion(support::ENTRY, &path, offset).expect("there is an answer");
    (fixture, list)
}

fn shown(item: &Completion) -> String {
    let detail = if item.detail.is_empty() { String::new() } else { format!(": {}", item.detail) };
    format!("{:?} {}{}{detail}", item.kind, item.label, item.signature)
}

/// The list begins with exactly these.
#[track_caller]
fn check(fixture: &str, expected: &[&str]) {
    let (_, list) = complete(fixture);
    let found: Vec<String> = list.items.iter().take(expected.len()).map(shown).collect();
    assert_eq!(found, expected);
}

/// These are all.
#[track_caller]
fn check_all(fixture: &str, expected: &[&str]) {
    let (_, list) = complete(fixture);
    let found: Vec<String> = list.items.iter().map(shown).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn check_labels(fixture: &str, has: &[&str], has_not: &[&str]) {
    let (_, list) = complete(fixture);
    let labels: Vec<&str> = list.items.iter().map(|item| item.label.as_str()).collect();
    for label in has {
        assert!(labels.contains(label), "`{label}` is missing: {labels:?}");
    }
    for label in has_not {
        assert!(!labels.contains(label), "`{label}` is offered");
    }
}

/// Taking the item gives this text; `$0` is the cursor, other places stand as they are.
#[track_caller]
fn check_taken(fixture: &str, label: &str, expected: &str) {
    let (fixture, list) = complete(fixture);
    let item = list.items.iter().find(|item| item.label == label).unwrap_or_else(|| {
        panic!("`{label}` is missing: {:?}", list.items.iter().map(|item| &item.label).collect::<Vec<_>>())
    });
    let mut text = fixture.text(&fixture.at().0).to_string();
    text.replace_range(list.replace.start as usize..list.replace.end as usize, &item.insert);
    for edit in &item.more {
        assert!(edit.range.end <= list.replace.start, "other edits stand before");
        text.replace_range(edit.range.start as usize..edit.range.end as usize, &edit.text);
    }
    assert_eq!(text, support::dedent(expected));
}

// ---------------------------------------------------------------- members

#[test]
fn fields_come_before_methods_and_those_before_methods_of_traits() {
    check(
        "
        struct Point { x: Float, y: Float }

        trait Far {
            fn distance(self) -> Float { 0.0 }
        }

        impl Far for Point {}

        impl Point {
            fn scaled(self, by: Float) -> Point { self }
            fn origin() -> Point { Point { x: 0.0, y: 0.0 } }
        }

        fn main() {
            Point.origin().$0
        }
        ",
        &[
            "Field x: Float",
            "Field y: Float",
            "Method scaled(by: Float): Point",
            "Method distance(): Float (Far)",
            "Method clamp(low: Point, high: Point): Point (Ord)",
        ],
    );
}

#[test]
fn members_of_generic_types_have_the_types_of_the_place() {
    check_labels("fn main() {\n    let xs = [\"a\"]\n    xs.$0\n}\n", &["push", "len", "map"], &["new"]);
    let (_, list) = complete("fn main() {\n    let mut xs = [\"a\"]\n    xs.pu$0\n}\n");
    let push = list.items.iter().find(|item| item.label == "push").expect("arrays grow");
    assert_eq!(shown(push), "Method push(value: String)");
    assert!(push.docs.contains("Appends"), "{}", push.docs);
    let map = list.items.iter().find(|item| item.label == "map").expect("arrays are mapped");
    assert_eq!(shown(map), "Method map(f: Fn(String) -> U): Array<U>");
    assert_eq!(map.insert, "map(|${1:x}| $0)");
}

#[test]
fn members_of_a_type_parameter_are_those_of_its_bounds() {
    check_labels(
        "
        trait Named { fn name(self) -> String }
        struct Other
        impl Other { fn other(self) {} }
        fn f<T: Named>(x: T) {
            x.$0
        }
        ",
        &["name"],
        &["other"],
    );
}

#[test]
fn members_of_a_dyn_value_are_those_of_the_trait_and_the_traits_above() {
    check_labels(
        "
        trait Named { fn name(self) -> String }
        trait Loud: Named { fn shout(self) -> String }
        fn f(x: dyn Loud) {
            x.$0
        }
        ",
        &["name", "shout"],
        &[],
    );
}

#[test]
fn members_are_known_in_a_closure_and_in_a_string() {
    let point = "struct Point { x: Float, y: Float }\n";
    check(
        &format!("{point}fn f(ps: Array<Point>) {{ ps.map(|p| p.$0) }}\n"),
        &["Field x: Float", "Field y: Float"],
    );
    check(
        &format!("{point}fn f(p: Point) {{ println(\"at {{p.$0}}!\") }}\n"),
        &["Field x: Float", "Field y: Float"],
    );
    // Nothing is known of what gets the closure.
    check(
        &format!("{point}fn f(p: Point) {{ nobody(|n: Int| p.$0) }}\n"),
        &["Field x: Float", "Field y: Float"],
    );
}

#[test]
fn private_members_of_other_modules_are_not_offered() {
    let files = "
        //- main.gal
        use shapes.Shape
        fn main() {
            let s = Shape.new()
            s.$0
        }
        //- shapes.gal
        pub struct Shape { pub name: String, secret: Int }
        impl Shape {
            pub fn new() -> Shape { Shape { name: \"\", secret: 0 } }
            pub fn area(self) -> Float { 0.0 }
            fn hidden(self) {}
        }
        ";
    check_labels(files, &["name", "area"], &["secret", "hidden", "new"]);
}

#[test]
fn elements_of_tuples_are_members() {
    check("fn f(pair: (Int, String)) {\n    pair.$0\n}\n", &["Field 0: Int", "Field 1: String"]);
}

#[test]
fn what_belongs_to_a_type_stands_behind_its_name() {
    check_labels(
        "
        enum Shape { Circle(Float), Empty }
        impl Shape {
            const UNIT: Int = 1
            fn unit() -> Shape { Empty }
            fn area(self) -> Float { 0.0 }
        }
        fn main() {
            let s = Shape.$0
        }
        ",
        &["Circle", "Empty", "UNIT", "unit", "area"],
        &["main"],
    );
    check_labels("fn main() {\n    let n = Int.$0\n}\n", &["MAX", "parse"], &[]);
}

// ---------------------------------------------------------------- actors

const COUNTER: &str = "
        actor Counter {
            /// How many there are.
            state count: Int = 0
            new(start: Int) { count = start }
            new named(name: String) { count = name.len() }
            /// Adds some.
            on Add(n: Int) { count += n }
            on Get -> Int { count }
            fn doubled(self) -> Int { count * 2 }
        }
";

#[test]
fn messages_of_the_target_are_offered_in_send_and_ask() {
    let messages = ["Message Add(n: Int)", "Message Get: -> Int"];
    for call in ["send(c, $0)", "ask(c, $0)", "try ask(c, $0) timeout 1s", "send(c, $0", "send(c, A$0dd(1))"]
    {
        check_all(
            &format!("{COUNTER}\n        fn f(c: Counter) {{\n            {call}\n        }}\n"),
            &messages,
        );
    }
}

#[test]
fn messages_have_their_docs_and_the_parentheses_of_their_values() {
    let fixture = format!("{COUNTER}\n        fn f(c: Counter) {{ send(c, $0) }}\n");
    let (_, list) = complete(&fixture);
    assert_eq!((list.items[0].docs.as_str(), list.items[0].insert.as_str()), ("Adds some.", "Add($0)"));
    assert_eq!(list.items[1].insert, "Get");
}

#[test]
fn messages_of_a_trait_are_offered() {
    check_all(
        "
        trait Observer {
            on Notify(text: String)
            on Count -> Int
        }
        fn f(o: dyn Observer) { send(o, $0) }
        ",
        &["Message Count: -> Int", "Message Notify(text: String)"],
    );
}

#[test]
fn actors_and_their_constructors_stand_behind_spawn() {
    check(&format!("{COUNTER}\n        fn f() {{ let c = spawn $0 }}\n"), &["Actor Counter"]);
    check_all(
        &format!("{COUNTER}\n        fn f() {{ let c = spawn Counter.$0 }}\n"),
        &["Constructor named(name: String)"],
    );
    check_taken(
        "actor A {\n    new(n: Int) {}\n}\nfn f() { let a = spawn $0 }\n",
        "A",
        "actor A {\n    new(n: Int) {}\n}\nfn f() { let a = spawn A($0) }\n",
    );
}

#[test]
fn states_and_functions_are_known_in_handlers() {
    let body = |text: &str| COUNTER.replace("count += n", text);
    check(
        &body("$0"),
        &["State count: Int", "Param n: Int", "SelfValue self: Counter", "Method doubled(): Int"],
    );
    check_all(&body("self.$0"), &["State count: Int", "Method doubled(): Int"]);
    let (_, list) = complete(&body("$0"));
    let state = list.items.iter().find(|item| item.kind == SymbolKind::State).expect("there is a state");
    assert_eq!(state.docs, "How many there are.");
}

#[test]
fn members_of_an_actor_begin_with_their_keywords() {
    check_labels("actor A {\n    $0\n}\n", &["state", "on", "new", "fn"], &["let", "struct"]);
}

#[test]
fn what_an_impl_or_actor_lacks_of_its_traits_is_offered() {
    let traits = "
        trait Shape {
            type Unit
            /// How large.
            fn area(self) -> Float
            fn name(self) -> String { \"\" }
            fn scale(mut self, by: Float)
        }
        trait Observer {
            on Notify(text: String)
            on Count -> Int
        }
        struct P
";
    check(
        &format!(
            "{traits}\n        impl Shape for P {{\n            fn area(self) -> Float {{ 0.0 }}\n            $0\n        }}\n"
        ),
        &["Method fn scale(mut self, by: Float)", "AssocType type Unit", "Method fn name(self) -> String"],
    );
    check(
        &format!(
            "{traits}\n        actor A: Observer {{\n            on Count -> Int {{ 0 }}\n            $0\n        }}\n"
        ),
        &["Message on Notify(text: String)", "Keyword fn"],
    );
    check_taken(
        "trait T<K> {\n    fn put(self, key: K)\n}\nstruct P\nimpl T<Int> for P {\n    $0\n}\n",
        "fn put",
        "trait T<K> {\n    fn put(self, key: K)\n}\nstruct P\nimpl T<Int> for P {\n    fn put(self, key: Int) {\n    $0\n\\}\n}\n",
    );
}

// ---------------------------------------------------------------- names

#[test]
fn variables_are_those_in_scope_with_the_innermost_of_each_name() {
    check(
        "
        fn f(first: Int) {
            let text = \"a\"
            for item in [1] {
                let text = 2
                $0
            }
            let later = 3
        }
        ",
        &["Param first: Int", "Variable item: Int", "Variable text: Int"],
    );
    check_labels(
        "fn f() {\n    { let inner = 1 }\n    $0\n    let later = 1\n}\n",
        &["f"],
        &["inner", "later"],
    );
}

#[test]
fn what_has_the_expected_type_comes_first() {
    check(
        "
        enum Color { Red, Green }
        fn paint(c: Color) {}
        fn f() {
            let number = 1
            let mine = Red
            paint($0)
        }
        ",
        &["Variant Green: Color", "Variant Red: Color", "Variable mine: Color", "Variable number: Int"],
    );
}

#[test]
fn statements_and_expressions_have_their_keywords() {
    check_labels("fn f() {\n    $0\n}\n", &["let", "while", "match", "spawn"], &["state", "actor"]);
    check_labels("fn f() {\n    let x = $0\n}\n", &["match", "if", "spawn"], &["let", "while"]);
    check_labels("$0\n", &["fn", "struct", "actor", "use"], &["let", "while"]);
    check_labels("struct S\nimpl S {\n    $0\n}\n", &["fn", "pub", "const"], &["actor", "let"]);
    check_labels("fn f(a: Bool) {\n    if a { } $0\n}\n", &["else"], &["let"]);
}

#[test]
fn types_are_offered_where_types_stand() {
    check_labels(
        "struct Mine\nfn value() {}\nfn f<T>(a: $0) {}\n",
        &["Mine", "T", "Int", "Array", "dyn"],
        &["value", "println", "let"],
    );
    check_labels("trait Named {}\nfn f<T: $0>(a: T) {}\n", &["Named", "Show"], &["println"]);
    check_labels("struct S\nimpl S {\n    fn f(self) -> $0\n}\n", &["Self", "S"], &["f"]);
}

#[test]
fn names_of_other_modules_stand_behind_the_module() {
    check_labels(
        "
        //- main.gal
        use tools
        fn main() { tools.$0 }
        //- tools.gal
        pub fn open() {}
        pub const SIZE: Int = 1
        fn hidden() {}
        ",
        &["open", "SIZE"],
        &["hidden", "main"],
    );
}

// ---------------------------------------------------------------- patterns, fields

const SHAPE: &str = "
        enum Shape {
            Circle(Float)
            Rect { w: Float, h: Float }
            Empty
        }
";

#[test]
fn arms_offer_the_variants_with_their_values() {
    for arm in ["$0", "C$0", "Empty => 1\n                $0", "$0 => 1"] {
        check_all(
            &format!(
                "{SHAPE}\n        fn f(s: Shape) {{\n            match s {{\n                {arm}\n            }}\n        }}\n"
            ),
            &["Variant Circle(Float)", "Variant Empty", "Variant Rect { w: Float, h: Float }"],
        );
    }
    let fixture = format!("{SHAPE}\n        fn f(s: Shape) {{ if s is $0 {{ }} }}\n");
    let (_, list) = complete(&fixture);
    let inserts: Vec<&str> = list.items.iter().map(|item| item.insert.as_str()).collect();
    assert_eq!(inserts, ["Circle(${1:f})", "Empty", "Rect { w, h }"]);
}

#[test]
fn fields_that_are_missing_are_offered_in_literals_and_patterns() {
    let point = "struct Point { x: Float, y: Float, z: Float }\n";
    check_all(
        &format!("{point}fn f() {{ let p = Point {{ x: 1.0, $0 }} }}\n"),
        &["Field y: Float", "Field z: Float"],
    );
    check_all(
        &format!("{point}fn f(p: Point) {{ let Point {{ x, $0 }} = p }}\n"),
        &["Field y: Float", "Field z: Float"],
    );
    check_taken(
        &format!("{point}fn f() {{ let p = Point {{ x$0 }} }}\n"),
        "x",
        &format!("{point}fn f() {{ let p = Point {{ x: $0 }} }}\n"),
    );
}

// ---------------------------------------------------------------- imports

#[test]
fn paths_of_use_are_completed_step_by_step() {
    check_labels("use $0\n", &["std", "core"], &["main", "fn"]);
    check_labels("use std.$0\n", &["math", "collections", "json"], &["sqrt"]);
    check_labels("use std.math.$0\n", &["sqrt", "PI"], &["json"]);
    check_labels("use std.math.{sqrt, $0}\n", &["cos", "PI"], &["json"]);
    check_taken("use std.ma$0\n", "math", "use std.math\n");
}

#[test]
fn modules_of_the_package_are_offered_in_use() {
    let files = "
        //- main.gal
        use $0
        //- shapes.gal
        pub fn area() {}
        //- geo/circle.gal
        pub fn round() {}
        ";
    check_labels(files, &["shapes", "geo"], &["main"]);
    check_labels(&files.replace("use $0", "use geo.$0"), &["circle"], &["shapes"]);
    check_labels(&files.replace("use $0", "use geo.circle.$0"), &["round"], &[]);
}

#[test]
fn a_name_of_another_module_comes_with_its_use() {
    check_taken(
        "fn main() {\n    let x = sq$0\n}\n",
        "sqrt",
        "use std.math.sqrt\n\nfn main() {\n    let x = sqrt($0)\n}\n",
    );
    check_taken(
        "use std.env\n\nfn f(h: Binary$0) {}\n",
        "BinaryHeap",
        "use std.env\nuse std.collections.BinaryHeap\n\nfn f(h: BinaryHeap) {}\n",
    );
    check_taken(
        "//! About this file.\n\n/// Docs.\nfn main() { sq$0 }\n",
        "sqrt",
        "//! About this file.\n\nuse std.math.sqrt\n\n/// Docs.\nfn main() { sqrt($0) }\n",
    );
    check_labels("use std.math.sqrt\nfn main() {\n    let x = sq$0\n}\n", &["sqrt"], &[]);
    let files = "
        //- main.gal
        use mine.other
        fn main() { are$0 }
        //- mine.gal
        pub fn area() {}
        pub fn other() {}
        fn arena() {}
        ";
    check_labels(files, &["area"], &["arena"]);
}

// ---------------------------------------------------------------- text

#[test]
fn nothing_is_offered_in_comments_strings_numbers_and_new_names() {
    let places = [
        "fn f() { // a $0\n}\n",
        "/* a $0 */\n",
        "/// a $0\nfn f() {}\n",
        "fn f() { let s = \"a $0\" }\n",
        "fn f() { let s = \"{1} $0\" }\n",
        "fn f() { let n = 12$0 }\n",
        "fn $0() {}\n",
        "struct $0 {}\n",
        "actor A {\n    on $0\n}\n",
    ];
    for place in places {
        check_all(place, &[]);
    }
}

#[test]
fn the_whole_name_is_replaced_and_parentheses_stay() {
    check_taken("fn open() {}\nfn f() { op$0xy() }\n", "open", "fn open() {}\nfn f() { open() }\n");
    check_taken("fn open() {}\nfn f() { $0x }\n", "open", "fn open() {}\nfn f() { open()$0x }\n");
}

#[test]
fn attributes_are_offered_behind_their_mark() {
    check_labels("@$0\nfn f() {}\n", &["inline", "target"], &["fn", "let"]);
}

#[test]
fn names_beside_mistakes_are_still_known() {
    check_labels("fn f(known: Int) {\n    let a = nothing\n    let = 3\n    kn$0\n", &["known"], &[]);
    check_labels(
        "struct Point { x: Int }\nfn broken() { let = ( }\nfn f(p: Point) {\n    p.$0\n}\n",
        &["x"],
        &[],
    );
}

//! Renaming: what is changed, and what is refused.

mod support;

use ide::Error;
use support::{Fixture, dedent};

fn rename(fixture: &mut Fixture, name: &str) -> Result<ide::SourceChange, Error> {
    let (path, offset) = fixture.at();
    fixture.workspace.rename(support::ENTRY, &path, offset, name)
}

/// The files after the change, in the notation of fixtures.
#[track_caller]
fn check(text: &str, name: &str, expected: &str) {
    let mut fixture = Fixture::new(text);
    let change = rename(&mut fixture, name).expect("it can be renamed");
    let mut found = String::new();
    for (path, text) in &fixture.files {
        let mut text = text.clone();
        for edit in
            change.files.iter().filter(|file| file.path == *path).flat_map(|file| file.edits.iter().rev())
        {
            text.replace_range(edit.range.start as usize..edit.range.end as usize, &edit.text);
        }
        if fixture.files.len() > 1 {
            found.push_str(&format!("//- {path}\n"));
        }
        found.push_str(&text);
    }
    assert_eq!(found, dedent(expected));
}

#[track_caller]
fn check_refused(text: &str, name: &str, reason: &str) {
    let mut fixture = Fixture::new(text);
    match rename(&mut fixture, name) {
        Err(Error::Refused(text)) => assert!(text.contains(reason), "refused because: {text}"),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn variables_and_parameters_are_renamed_in_their_scope() {
    check(
        "fn f(a: Int) -> Int {\n    let b = a$0\n    { let a = 2; println(a) }\n    a + b\n}\n",
        "first",
        "fn f(first: Int) -> Int {\n    let b = first\n    { let a = 2; println(a) }\n    first + b\n}\n",
    );
    check(
        "fn f() { let x$0 = 1; println(\"{x} {[1].map(|y| y + x)}\") }\n",
        "größe",
        "fn f() { let größe = 1; println(\"{größe} {[1].map(|y| y + größe)}\") }\n",
    );
}

#[test]
fn functions_and_types_are_renamed_across_files() {
    check(
        "
        //- main.gal
        use shapes.{area, Shape}
        use shapes.area as size
        fn main() { println(area(Shape.Empty) + size(Shape.Empty)) }
        //- shapes.gal
        pub enum Shape { Empty }
        pub fn ar$0ea(s: Shape) -> Float { 0.0 }
        ",
        "extent",
        "
        //- main.gal
        use shapes.{extent, Shape}
        use shapes.extent as size
        fn main() { println(extent(Shape.Empty) + size(Shape.Empty)) }
        //- shapes.gal
        pub enum Shape { Empty }
        pub fn extent(s: Shape) -> Float { 0.0 }
        ",
    );
    check(
        "struct P$0 { x: Int }\nimpl P {\n    fn new() -> Self { P { x: 1 } }\n}\nfn f(p: Array<P>) { P.new() }\n",
        "Point",
        "struct Point { x: Int }\nimpl Point {\n    fn new() -> Self { Point { x: 1 } }\n}\nfn f(p: Array<Point>) { Point.new() }\n",
    );
}

#[test]
fn a_message_is_renamed_with_its_trait_its_handlers_and_where_it_is_sent() {
    check(
        "
        //- main.gal
        use log.{Observer, Log}
        fn f(o: dyn Observer, l: Log) {
            send(o, Notify(1))
            ask(l, Not$0ify(2))
        }
        //- log.gal
        pub trait Observer { on Notify(n: Int) -> Int }
        pub actor Log: Observer {
            on Notify(n: Int) -> Int { n }
            on Other { send(self, Notify(3)) }
        }
        ",
        "Tell",
        "
        //- main.gal
        use log.{Observer, Log}
        fn f(o: dyn Observer, l: Log) {
            send(o, Tell(1))
            ask(l, Tell(2))
        }
        //- log.gal
        pub trait Observer { on Tell(n: Int) -> Int }
        pub actor Log: Observer {
            on Tell(n: Int) -> Int { n }
            on Other { send(self, Tell(3)) }
        }
        ",
    );
}

#[test]
fn states_and_actors_are_renamed() {
    check(
        "actor A {\n    state n: Int\n    new(k: Int) { n = k }\n    on X { $0n += 1; self.n += 1 }\n}\n",
        "count",
        "actor A {\n    state count: Int\n    new(k: Int) { count = k }\n    on X { count += 1; self.count += 1 }\n}\n",
    );
    check(
        "actor A$0 {\n    on X {}\n}\nfn f() -> A { spawn A() }\n",
        "Agent",
        "actor Agent {\n    on X {}\n}\nfn f() -> Agent { spawn Agent() }\n",
    );
}

#[test]
fn short_forms_are_written_out() {
    let text = "struct P { x: Int }\nfn f(p: P) -> P {\n    let P { x } = p\n    P { x }\n}\n";
    check(
        &text.replace("P { x: Int }", "P { x$0: Int }"),
        "left",
        "struct P { left: Int }\nfn f(p: P) -> P {\n    let P { left: x } = p\n    P { left: x }\n}\n",
    );
    check(
        &text.replace("P { x }\n}", "P { x$0 }\n}"),
        "left",
        "struct P { x: Int }\nfn f(p: P) -> P {\n    let P { x: left } = p\n    P { x: left }\n}\n",
    );
    check(
        "struct P { x$0: Int }\nfn f(p: P) {\n    let P { mut x } = p\n    x += 1\n    println(x)\n}\n",
        "y",
        "struct P { y: Int }\nfn f(p: P) {\n    let P { y: mut x } = p\n    x += 1\n    println(x)\n}\n",
    );
}

#[test]
fn type_parameters_and_methods_of_traits_are_renamed() {
    check("fn f<T$0: Show>(a: T) { println(a) }\n", "Item", "fn f<Item: Show>(a: Item) { println(a) }\n");
    check(
        "trait N { fn name(self) -> String }\nstruct A\nimpl N for A { fn name(self) -> String { \"\" } }\nfn f(a: A) { a.na$0me() }\n",
        "title",
        "trait N { fn title(self) -> String }\nstruct A\nimpl N for A { fn title(self) -> String { \"\" } }\nfn f(a: A) { a.title() }\n",
    );
}

#[test]
fn what_belongs_to_the_library_is_not_renamed() {
    check_refused("fn main() { print$0ln(1) }\n", "show", "belongs to the library");
    check_refused("fn main() { [1].pu$0sh(1) }\n", "add", "belongs to the library");
    check_refused("fn f(a: I$0nt) {}\n", "Number", "is built in");
    // Of a method for a trait of the library too.
    check_refused(
        "struct A\nimpl Show for A {\n    fn sh$0ow(self, mut f: Formatter) {}\n}\n",
        "display",
        "belongs to the library",
    );
}

#[test]
fn names_that_clash_are_refused() {
    check_refused(
        "fn f() { let a$0 = 1; let b = 2; println(a + b) }\n",
        "b",
        "one would be taken for the other",
    );
    check_refused("fn f(a$0: Int, b: Int) {}\n", "b", "two parameters");
    check_refused("fn one$0() {}\nfn two() {}\n", "two", "declared twice");
    check_refused("struct P { x$0: Int, y: Int }\n", "y", "declared twice");
    check_refused("actor A {\n    on X$0 {}\n    on Y {}\n}\n", "Y", "Y");
    // A function that a variable would hide.
    check_refused("fn one$0() {}\nfn f() { let two = 1; one(); println(two) }\n", "two", "cannot be called");
}

#[test]
fn names_have_to_be_names() {
    let text = "fn f() { let a$0 = 1; println(a) }\n";
    for name in ["", "1a", "a b", "a-b", "a.b", "\"a\"", "// a"] {
        check_refused(text, name, "is no name");
    }
    check_refused(text, "match", "is a keyword");
    check_refused(text, "requires", "is reserved");
    check_refused(text, "Upper", "a small letter");
    check_refused("struct P$0\n", "p", "a capital letter");
}

#[test]
fn what_has_no_name_of_its_own_is_not_renamed() {
    check_refused("fn f() { 1 $0+ 2 }\n", "x", "no name here");
    check_refused("struct A\nimpl A { fn f(self) { se$0lf } }\n", "x", "keyword");
    check_refused(
        "//- main.gal\nuse to$0ols\nfn main() { tools.f() }\n//- tools.gal\npub fn f() {}\n",
        "kit",
        "name of its file",
    );
}

#[test]
fn the_same_name_changes_nothing() {
    let mut fixture = Fixture::new("fn f() { let a$0 = 1; println(a) }\n");
    assert_eq!(rename(&mut fixture, "a"), Ok(ide::SourceChange::default()));
}

#[test]
fn a_program_with_mistakes_can_be_mended_by_renaming() {
    check(
        "fn f() {\n    let a$0 = 1\n    println(a)\n    nothing()\n}\n",
        "b",
        "fn f() {\n    let b = 1\n    println(b)\n    nothing()\n}\n",
    );
}

#[test]
fn the_name_at_a_place_is_told_before_it_is_renamed() {
    let mut fixture =
        Fixture::new("fn f() {\n    let total = 1\n    println(to$0tal)\n    //      ^^^^^\n}\n");
    let (path, offset) = fixture.at();
    let target = fixture.workspace.prepare_rename(support::ENTRY, &path, offset).expect("it has a name");
    assert_eq!((target.name.as_str(), target.range), ("total", fixture.marks[0].range));
}

//! What is shown for the name at a place.

mod support;

use support::Fixture;

/// The code blocks and the docs: parts with a line `---` between, owner first.
#[track_caller]
fn check(fixture: &str, expected: &str) {
    let mut fixture = Fixture::new(fixture);
    let (path, offset) = fixture.at();
    let hover = fixture.workspace.hover(support::ENTRY, &path, offset).expect("there is an answer");
    let hover = hover.expect("there is something to say");
    assert!(hover.range.touches(offset), "{hover:?} is about something else");
    let text = hover.markdown.replace("```gal\n", "").replace("\n```", "");
    assert_eq!(text, support::dedent(expected).trim_end());
}

#[track_caller]
fn check_nothing(fixture: &str) {
    let mut fixture = Fixture::new(fixture);
    let (path, offset) = fixture.at();
    let hover = fixture.workspace.hover(support::ENTRY, &path, offset).expect("there is an answer");
    assert_eq!(hover, None);
}

#[test]
fn variables_have_their_types() {
    check("fn f() {\n    let mut xs = [1, 2]\n    x$0s.push(3)\n}\n", "let mut xs: Array<Int>");
    check("fn f(count: Int) -> Int { coun$0t }\n", "count: Int");
    check("fn f(mut count: Int) { count$0 = 1 }\n", "mut count: Int");
    check("fn f() { for $0x in [\"a\"] { println(x) } }\n", "let x: String");
    check("fn f(x: Int?) { if x is Some(n) { println(n$0) } }\n", "let n: Int");
    check("fn f() { let g = |$0a: Int, b: Int| a + b }\n", "a: Int");
    check("fn f(g: Fn(Int) -> Bool) { g$0(1) }\n", "g: Fn(Int) -> Bool");
    check("fn f() { println(\"{[1].map(|x| $0x)}\") }\n", "x: Int");
}

#[test]
fn functions_have_their_signature_and_docs() {
    check(
        "
        /// Adds them.
        ///
        /// Both of them.
        pub fn add<T: Add<T>>(a: T, b: T) -> T.Output { a + b }
        fn main() { println(ad$0d(1, 2)) }
        ",
        "
        pub fn add<T: Add<T>>(a: T, b: T) -> T.Output

        ---

        Adds them.

        Both of them.
        ",
    );
}

#[test]
fn methods_have_the_impl_or_trait_around_them() {
    let text = "
        trait Named {
            /// Its name.
            fn name(self) -> String
        }
        struct Cat<T> { age: T }
        impl<T> Named for Cat<T> {
            fn name(self) -> String { \"cat\" }
        }
        impl<T> Cat<T> {
            fn older(self) -> Cat<T> { self }
        }
        ";
    check(
        &format!("{text}fn f(c: Cat<Int>) {{ c.old$0er() }}\n        "),
        "impl<T> Cat<T>\n\nfn older(self) -> Cat<T>",
    );
    check(
        &format!("{text}fn f(c: Cat<Int>) {{ c.na$0me() }}\n        "),
        "trait Named\n\nfn name(self) -> String\n\n---\n\nIts name.",
    );
    // What implements a method has the docs of the trait.
    check(
        &text.replace("fn name(self) -> String {", "fn na$0me(self) -> String {"),
        "impl<T> Named for Cat<T>\n\nfn name(self) -> String\n\n---\n\nIts name.",
    );
}

#[test]
fn the_library_is_shown_with_its_modules() {
    check(
        "fn main() { print$0ln(1) }\n",
        "core.print\n\npub fn println<T: Show>(value: T)\n\n---\n\nPrints a value and a newline to standard output.",
    );
    check(
        "use std.math.sqrt\nfn f() -> Float { sq$0rt(2.0) }\n",
        "std.math.exp\n\npub fn sqrt(x: Float) -> Float\n\n---\n\nThe square root.",
    );
}

#[test]
fn types_are_shown_with_what_they_have() {
    check(
        "
        /// A place.
        struct Point { x: Float, y: Float }
        fn f(p: Po$0int) {}
        ",
        "
        struct Point {
            x: Float
            y: Float
        }

        ---

        A place.
        ",
    );
    check("struct Meters(Float)\nfn f(m: Meter$0s) {}\n", "struct Meters(Float)");
    check(
        "enum Shape {\n    Circle(Float)\n    Empty\n}\nfn f(s: Sha$0pe) {}\n",
        "enum Shape {\n    Circle(Float)\n    Empty\n}",
    );
    check("type Grid<T> = Array<Array<T>>\nfn f(g: Gr$0id<Int>) {}\n", "type Grid<T> = Array<Array<T>>");
    check(
        "trait Named {\n    fn name(self) -> String\n}\nfn f<T: Name$0d>(x: T) {}\n",
        "trait Named {\n    fn name(self) -> String\n}",
    );
    check(
        "fn f(n: I$0nt) {}\n",
        "Int\n\n---\n\nA signed integer of 64 bits. Overflow panics where the program checks for it.",
    );
    check("fn f<T: Show>(x: T$0) { println(x) }\n", "<T: Show>\n\ntype parameter");
}

#[test]
fn fields_and_variants_have_their_types() {
    let pair = "/// Two.\nstruct Pair<A, B> {\n    /// The first.\n    a: A\n    b: B\n}\n";
    check(
        &format!("{pair}fn f(p: Pair<Int, Bool>) -> Int {{ p.$0a }}\n"),
        "struct Pair<A, B>\n\na: A\n\nHere: `Int`\n\n---\n\nThe first.",
    );
    check(&format!("{pair}fn f() {{ let p = Pair {{ a: 1, $0b: 2 }} }}\n"), "struct Pair<A, B>\n\nb: B");
    check(
        "enum Shape {\n    /// Round.\n    Circle(Float)\n}\nfn f(s: Shape) { match s { Circ$0le(r) => println(r) } }\n",
        "enum Shape\n\nCircle(Float)\n\n---\n\nRound.",
    );
    check("struct Meters(Float)\nfn f(m: Meters) -> Float { m.$00 }\n", "Meters\n\n0: Float");
}

#[test]
fn constants_have_their_values_unless_those_are_long() {
    check(
        "/// Many.\nconst LIMIT: Int = 12\nfn f() -> Int { LIM$0IT }\n",
        "const LIMIT: Int = 12\n\n---\n\nMany.",
    );
    let long = format!("const TEXT: String = \"{}\"\nfn f() -> String {{ TE$0XT }}\n", "x".repeat(200));
    check(&long, "const TEXT: String = …");
}

const COUNTER: &str = "
        /// Counts.
        actor Counter {
            /// How many.
            state count: Int = 0
            /// Begins.
            new(start: Int) { count = start }
            /// Adds some.
            on Add(n: Int) { count += n }
            on Get -> Int { count }
            /// Twice.
            fn doubled(self) -> Int { count * 2 }
        }
";

#[test]
fn messages_are_shown_where_they_are_sent_and_where_they_are_handled() {
    let add = "actor Counter\n\non Add(n: Int)\n\n---\n\nAdds some.";
    check(&format!("{COUNTER}\n        fn f(c: Counter) {{ send(c, A$0dd(1)) }}\n"), add);
    check(&COUNTER.replace("on Add", "on A$0dd"), add);
    check(
        &format!("{COUNTER}\n        fn f(c: Counter) {{ ask(c, G$0et) }}\n"),
        "actor Counter\n\non Get -> Int",
    );
}

#[test]
fn actors_are_shown_with_their_messages() {
    let actor = "
        actor Counter {
            new(start: Int)
            on Add(n: Int)
            on Get -> Int
        }

        ---

        Counts.
        ";
    check(&format!("{COUNTER}\n        fn f(c: Co$0unter) {{}}\n"), actor);
    check(
        &format!("{COUNTER}\n        fn f() {{ let c = spawn Coun$0ter(1) }}\n"),
        &format!("actor Counter\n\nnew(start: Int)\n\n---\n\nBegins.\n\n{}", support::dedent(actor)),
    );
}

#[test]
fn states_and_functions_of_actors_are_shown() {
    let state = "actor Counter\n\nstate count: Int = 0\n\n---\n\nHow many.";
    check(&COUNTER.replace("{ count += n }", "{ cou$0nt += n }"), state);
    check(&COUNTER.replace("{ count += n }", "{ self.cou$0nt += n }"), state);
    check(&COUNTER.replace("{ count = start }", "{ cou$0nt = start }"), state);
    check(
        &COUNTER.replace("{ count += n }", "{ count += self.dou$0bled() }"),
        "actor Counter\n\nfn doubled(self) -> Int\n\n---\n\nTwice.",
    );
}

#[test]
fn messages_of_traits_lend_their_docs_to_handlers() {
    check(
        "
        trait Observer {
            /// Something has happened.
            on Notify(text: String)
        }
        actor Log: Observer {
            on Noti$0fy(text: String) { println(text) }
        }
        ",
        "actor Log: Observer\n\non Notify(text: String)\n\n---\n\nSomething has happened.",
    );
}

#[test]
fn modules_and_keywords_are_explained() {
    check(
        "
        //- main.gal
        use too$0ls
        fn main() { tools.open() }
        //- tools.gal
        //! Opens things.
        pub fn open() {}
        ",
        "module tools\n\n---\n\nOpens things.",
    );
    check(
        "actor A {\n    $0on X {}\n}\n",
        "on\n\n---\n\nDeclares a message of an actor and what is done when it comes. `-> T` says that it is answered.",
    );
}

#[test]
fn parameters_of_what_has_no_body_are_known() {
    check("trait T {\n    fn put(self, ke$0y: Int)\n}\n", "key: Int");
    check("trait O {\n    on Tell(te$0xt: String)\n}\n", "text: String");
}

#[test]
fn there_is_nothing_to_say_of_text_and_of_what_is_unknown() {
    check_nothing("fn f() {} // a f$0\n");
    check_nothing("fn f() { let s = \"te$0xt\" }\n");
    check_nothing("fn f() { unkno$0wn() }\n");
    check_nothing("fn f() {$0  }\n");
    check_nothing("struct A\nimpl Show f$0or A {}\n");
    check_nothing("$0");
}

#[test]
fn names_outside_of_ascii_are_names() {
    check("fn größe() -> Int { 1 }\nfn f() -> Int { grö$0ße() }\n", "fn größe() -> Int");
    check("fn f() { let 名前 = \"ü\"\n    println(\"ä😀 {名$0前}\") }\n", "let 名前: String");
}

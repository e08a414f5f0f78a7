//! Where things are declared, implemented and used.

mod support;

use ide::Location;
use support::Fixture;

fn sorted(mut all: Vec<Location>) -> Vec<Location> {
    all.sort();
    all
}

type Find = fn(&mut ide::Workspace, &str, &str, u32) -> Result<Vec<Location>, ide::Error>;

/// The places that `find` gives are those marked with `^^^`.
#[track_caller]
fn check(fixture: &str, find: Find) {
    let mut fixture = Fixture::new(fixture);
    let (path, offset) = fixture.at();
    let found = find(&mut fixture.workspace, support::ENTRY, &path, offset).expect("there is an answer");
    let marks = fixture.marks.iter().map(|mark| Location { path: mark.path.clone(), range: mark.range });
    assert_eq!(sorted(found), sorted(marks.collect()));
}

#[track_caller]
fn check_definition(fixture: &str) {
    check(fixture, ide::Workspace::definition);
}

/// Marks with the text `declared` are declarations.
#[track_caller]
fn check_references(fixture: &str) {
    let mut fixture = Fixture::new(fixture);
    let (path, offset) = fixture.at();
    let found = fixture.workspace.references(support::ENTRY, &path, offset).expect("there is an answer");
    let found: Vec<(Location, bool)> = found.into_iter().map(|r| (r.location, r.is_declaration)).collect();
    let marks = fixture.marks.iter();
    let mut marks: Vec<(Location, bool)> = marks
        .map(|mark| (Location { path: mark.path.clone(), range: mark.range }, mark.text == "declared"))
        .collect();
    marks.sort();
    assert_eq!(found, marks);
}

#[test]
fn variables_parameters_and_fields_are_found() {
    check_definition("fn f(count: Int) -> Int { count$0 }\n//   ^^^^^\n");
    check_definition("fn f() {\n    let x = 1\n    //  ^\n    { let x = 2 }\n    println($0x)\n}\n");
    check_definition("struct P { x: Int }\n//         ^\nfn f(p: P) -> Int { p.$0x }\n");
    check_definition("fn f() { println(\"{[1].map(|x| x$0)}\") }\n//                          ^\n");
}

#[test]
fn functions_types_and_variants_are_found_in_other_files() {
    check_definition(
        "
        //- main.gal
        use shapes.{area, Shape}
        fn main() { println(ar$0ea(Shape.Empty)) }
        //- shapes.gal
        pub enum Shape { Empty }
        pub fn area(s: Shape) -> Float { 0.0 }
        //     ^^^^
        ",
    );
    check_definition(
        "
        //- main.gal
        use shapes.{area, Shape}
        fn main() { println(area(Shape.Em$0pty)) }
        //- shapes.gal
        pub enum Shape { Empty }
        //               ^^^^^
        pub fn area(s: Shape) -> Float { 0.0 }
        ",
    );
    // From the `use` itself, and through another name.
    check_definition(
        "
        //- main.gal
        use shapes.area as size
        fn main() { println(si$0ze()) }
        //- shapes.gal
        pub fn area() -> Float { 0.0 }
        //     ^^^^
        ",
    );
}

#[test]
fn a_module_is_its_file() {
    let mut fixture = Fixture::new(
        "//- main.gal\nuse tools\nfn main() { to$0ols.open() }\n//- tools.gal\npub fn open() {}\n",
    );
    let (path, offset) = fixture.at();
    let found = fixture.workspace.definition(support::ENTRY, &path, offset).expect("there is an answer");
    assert_eq!(found.iter().map(|at| at.path.as_str()).collect::<Vec<_>>(), ["tools.gal"]);
}

#[test]
fn messages_lead_to_their_handlers_and_spawn_to_the_constructor() {
    check_definition(
        "
        actor Counter {
            state count: Int = 0
            on Add(n: Int) { count += n }
            // ^^^
        }
        fn f(c: Counter) { send(c, Ad$0d(1)) }
        ",
    );
    check_definition(
        "
        actor Counter {
            state count: Int = 0
            //    ^^^^^
            on Add(n: Int) { coun$0t += n }
        }
        ",
    );
    check_definition(
        "
        actor Counter {
            state count: Int
            new(start: Int) { count = start }
          //^^^
        }
        fn f() { let c = spawn Coun$0ter(1) }
        ",
    );
    check_definition(
        "
        trait Observer { on Notify(n: Int) }
        //                  ^^^^^^
        fn f(o: dyn Observer) { send(o, Not$0ify(1)) }
        ",
    );
}

#[test]
fn the_library_is_found_by_its_own_paths() {
    let mut fixture = Fixture::new("fn main() { let mut a = [1]; a.pu$0sh(2) }\n");
    let (path, offset) = fixture.at();
    let found = fixture.workspace.definition(support::ENTRY, &path, offset).expect("there is an answer");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].path, "library/core/array.gal");
    assert_eq!(fixture.slice("library/core/array.gal", found[0].range), "push");
    // And can be asked about there.
    let hover = fixture.workspace.hover(support::ENTRY, "library/core/array.gal", found[0].range.start);
    assert!(hover.expect("there is an answer").expect("it is a name").markdown.contains("fn push"));
}

#[test]
fn the_type_of_a_value_is_found() {
    check(
        "struct P { x: Int }\n//     ^\nfn f(p: Array<P>) { println($0p) }\n",
        ide::Workspace::type_definition,
    );
    check(
        "struct P { x: Int }\n//     ^\nfn make() -> P { P { x: 1 } }\nfn f() { ma$0ke() }\n",
        ide::Workspace::type_definition,
    );
}

#[test]
fn implementations_of_traits_methods_and_messages_are_found() {
    check(
        "
        trait Na$0med { fn name(self) -> String }
        struct A
        struct B
        impl Named for A { fn name(self) -> String { \"a\" } }
        //   ^^^^^^^^^^^
        impl Named for B { fn name(self) -> String { \"b\" } }
        //   ^^^^^^^^^^^
        ",
        ide::Workspace::implementations,
    );
    check(
        "
        trait Named { fn na$0me(self) -> String }
        struct A
        impl Named for A { fn name(self) -> String { \"a\" } }
        //                    ^^^^
        ",
        ide::Workspace::implementations,
    );
    check(
        "
        trait Observer { on Noti$0fy(n: Int) }
        actor A: Observer {
            on Notify(n: Int) {}
            // ^^^^^^
        }
        ",
        ide::Workspace::implementations,
    );
}

#[test]
fn references_are_found_in_all_files_with_the_declaration() {
    check_references(
        "
        //- main.gal
        use shapes.area
        //         ^^^^
        fn main() { println(ar$0ea() + area()) }
        //                  ^^^^
        //                           ^^^^
        //- shapes.gal
        pub fn area() -> Float { 0.0 }
        //     ^^^^ declared
        fn other() -> Float { area() }
        //                    ^^^^
        ",
    );
}

#[test]
fn a_message_and_its_handlers_are_one_thing() {
    check_references(
        "
        trait Observer { on Notify(n: Int) }
        //                  ^^^^^^ declared
        actor A: Observer {
            on Noti$0fy(n: Int) {}
            // ^^^^^^ declared
        }
        fn f(o: dyn Observer, a: A) {
            send(o, Notify(1))
            //      ^^^^^^
            send(a, Notify(2))
            //      ^^^^^^
        }
        ",
    );
}

#[test]
fn a_method_of_a_trait_and_what_implements_it_are_one_thing() {
    check_references(
        "
        trait Named { fn name(self) -> String }
        //               ^^^^ declared
        struct A
        impl Named for A { fn na$0me(self) -> String { \"a\" } }
        //                    ^^^^ declared
        fn f<T: Named>(x: T, a: A) { println(x.name() + a.name()) }
        //                                     ^^^^
        //                                                ^^^^
        ",
    );
}

#[test]
fn fields_variables_and_type_parameters_have_references() {
    check_references(
        "
        struct P { x$0: Int }
        //         ^ declared
        fn f(p: P) -> Int {
            let P { x } = p
            //      ^
            let q = P { x: 2 }
            //          ^
            q.x + x
            //^
        }
        ",
    );
    check_references(
        "
        fn f<T: Show>(a: T$0, b: Array<T>) { println(a) }
        //   ^ declared
        //               ^
        //                           ^
        ",
    );
    check_references(
        "
        actor A {
            state n: Int = 0
            //    ^ declared
            on X { $0n += 1; self.n += 1; println(\"{n}\") }
            //     ^
            //                  ^
            //                                    ^
        }
        ",
    );
}

#[test]
fn nothing_is_found_where_no_name_is() {
    check_definition("fn f() { 1 $0+ 2 }\n");
    check_references("fn f() {} // $0f\n");
    check_definition("fn f() { unknow$0n() }\n");
}

//! What is told of whole files: outline, folds, hints, tokens, layout, findings.

mod support;

use ide::{DocumentSymbol, FoldKind, TextRange};
use support::{ENTRY, Fixture};

// ---------------------------------------------------------------- outline

fn list(symbols: &[DocumentSymbol], depth: usize, out: &mut Vec<String>) {
    for symbol in symbols {
        out.push(
            format!("{}{:?} {} {}", "  ".repeat(depth), symbol.kind, symbol.name, symbol.detail)
                .trim_end()
                .into(),
        );
        assert!(symbol.range.covers(symbol.selection), "{symbol:?}");
        list(&symbol.children, depth + 1, out);
    }
}

#[track_caller]
fn check_symbols(text: &str, expected: &[&str]) {
    let mut fixture = Fixture::new(text);
    let symbols = fixture.workspace.symbols(ENTRY).expect("there is an answer");
    let mut found = Vec::new();
    list(&symbols, 0, &mut found);
    assert_eq!(found, expected);
}

#[test]
fn the_outline_has_all_declarations_with_their_members() {
    check_symbols(
        "
        const LIMIT: Int = 3
        type Grid = Array<Int>
        struct Point { x: Float, pub y: Float }
        enum Shape { Circle(Float), Rect { w: Float } }
        trait Named { type Key; fn name(self) -> String }
        impl Named for Point {
            type Key = Int
            fn name(self) -> String { \"\" }
        }
        fn main() {
            fn inner(a: Int) {}
        }
        test \"it works\" { assert(true) }
        ",
        &[
            "Const LIMIT Int = 3",
            "TypeAlias Grid = Array<Int>",
            "Struct Point",
            "  Field x Float",
            "  Field y Float",
            "Enum Shape",
            "  Variant Circle (Float)",
            "  Variant Rect { w: Float }",
            "    Field w Float",
            "Trait Named",
            "  AssocType Key",
            "  Method name (self) -> String",
            "Impl impl Named for Point",
            "  AssocType Key = Int",
            "  Method name (self) -> String",
            "Function main ()",
            "  Function inner (a: Int)",
            "Test it works",
        ],
    );
}

#[test]
fn the_outline_of_an_actor_is_in_the_order_of_the_text() {
    check_symbols(
        "
        trait Observer { on Notify(n: Int) }
        actor Log: Observer {
            state lines: Array<String> = []
            fn helper(self) {}
            on Notify(n: Int) {}
            state count: Int
            new(start: Int) { count = start }
            on Get -> Int => count
        }
        ",
        &[
            "Trait Observer",
            "  Message Notify (n: Int)",
            "Actor Log Observer",
            "  State lines Array<String> = []",
            "  Method helper (self)",
            "  Message Notify (n: Int)",
            "  State count Int",
            "  Constructor new (start: Int)",
            "  Message Get -> Int",
        ],
    );
}

// ---------------------------------------------------------------- folds

#[track_caller]
fn check_folds(text: &str, expected: &[(u32, u32, FoldKind)]) {
    let mut fixture = Fixture::new(text);
    let folds = fixture.workspace.folds(ENTRY).expect("there is an answer");
    let text = fixture.text(ENTRY);
    let lines = ide::Lines::new(text);
    let found: Vec<(u32, u32, FoldKind)> = folds
        .iter()
        .map(|fold| (lines.line_of(fold.range.start), lines.line_of(fold.range.end), fold.kind))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn bodies_comments_and_imports_fold() {
    check_folds(
        "use std.math\nuse std.env\n\n// one\n// two\nfn f(\n    a: Int,\n) {\n    let x = [\n        1,\n    ]\n}\n/* a\nb */\n",
        &[
            (0, 1, FoldKind::Imports),
            (3, 4, FoldKind::Comment),
            (5, 6, FoldKind::Code),
            (7, 10, FoldKind::Code),
            (8, 9, FoldKind::Code),
            (12, 13, FoldKind::Comment),
        ],
    );
    check_folds("fn f() { 1 }\nuse std.math\n", &[]);
    check_folds("fn f() {\n", &[]);
}

// ---------------------------------------------------------------- hints

/// The text with the hints in it, between `‹` and `›`.
#[track_caller]
fn check_hints(text: &str, expected: &str) {
    let mut fixture = Fixture::new(text);
    let whole = TextRange::new(0, fixture.text(ENTRY).len() as u32);
    let hints = fixture.workspace.inlay_hints(ENTRY, ENTRY, whole).expect("there is an answer");
    let mut found = fixture.text(ENTRY).to_string();
    for hint in hints.iter().rev() {
        found.insert_str(hint.offset as usize, &format!("‹{}›", hint.label));
    }
    assert_eq!(found, support::dedent(expected));
}

#[test]
fn types_that_are_not_written_are_hinted() {
    check_hints(
        "
        struct P { x: Int }
        fn f(ps: Array<P>) {
            let first = ps[0]
            let (a, b) = (1, \"x\")
            let written: Int = 3
            for p in ps {}
            let sum = ps.map(|p| p.x)
        }
        ",
        "
        struct P { x: Int }
        fn f(ps: Array<P>) {
            let first‹: P› = ps[0]
            let (a‹: Int›, b‹: String›) = (1, \"x\")
            let written: Int = 3
            for p‹: P› in ps {}
            let sum‹: Array<Int>› = ps.map(|p‹: P›| p.x)
        }
        ",
    );
}

#[test]
fn types_that_the_value_tells_are_not_hinted() {
    let text = "
        struct P { x: Int }
        impl P { fn new() -> P { P { x: 1 } } }
        actor A { on X {} }
        fn f() {
            let a = P { x: 1 }
            let b = P.new()
            let c = spawn A()
            let d = \"text\"
            let e = 12
            let _ = 3
        }
        ";
    check_hints(text, text);
}

#[test]
fn names_of_parameters_are_hinted_where_arguments_do_not_say_them() {
    check_hints(
        "
        fn move_to(x: Int, width: Int, mut height: Int) {}
        actor A {
            new(limit: Int) {}
            on Resize(width: Int, height: Int) {}
        }
        fn f(a: A, width: Int) {
            let mut h = 3
            move_to(1, 2, mut h)
            move_to(1, width, mut h)
            let a = spawn A(4)
            send(a, Resize(1, a_height()))
            println(3)
        }
        fn a_height() -> Int { 1 }
        ",
        "
        fn move_to(x: Int, width: Int, mut height: Int) {}
        actor A {
            new(limit: Int) {}
            on Resize(width: Int, height: Int) {}
        }
        fn f(a: A, width: Int) {
            let mut h = 3
            move_to(1, ‹width:›2, ‹height:›mut h)
            move_to(1, width, ‹height:›mut h)
            let a = spawn A(‹limit:›4)
            send(a, Resize(‹width:›1, a_height()))
            println(3)
        }
        fn a_height() -> Int { 1 }
        ",
    );
}

// ---------------------------------------------------------------- tokens

#[track_caller]
fn check_tokens(text: &str, expected: &str) {
    let mut fixture = Fixture::new(text);
    let tokens = fixture.workspace.semantic_tokens(ENTRY, ENTRY).expect("there is an answer");
    assert!(tokens.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start), "tokens overlap");
    let found: Vec<String> = tokens
        .iter()
        .filter(|token| !matches!(token.kind, ide::TokenKind::Keyword | ide::TokenKind::Operator))
        .map(|token| {
            let text = &fixture.text(ENTRY)[token.range.start as usize..token.range.end as usize];
            let marks = [
                (token.is_declaration, " declared"),
                (token.is_mutable, " mut"),
                (token.is_library, " library"),
                (token.is_documentation, " docs"),
            ];
            let marks: String = marks.iter().filter(|mark| mark.0).map(|mark| mark.1).collect();
            format!("{text} {:?}{marks}", token.kind)
        })
        .collect();
    assert_eq!(found.join("\n"), support::dedent(expected).trim_end());
}

#[test]
fn names_are_told_apart_by_what_they_stand_for() {
    check_tokens(
        "
        /// Docs.
        struct P { x: Int }
        fn f(p: P) -> Int {
            let mut n = p.x // why
            n += 12
            println(\"a {n:>4}\")
            n
        }
        ",
        "
        /// Docs. Comment docs
        P Struct declared
        x Field declared
        Int Type library
        f Function declared
        p Param declared
        P Struct
        Int Type library
        n Variable declared mut
        p Param
        x Field
        // why Comment
        n Variable mut
        12 Number
        println Function library
        \" String
        a  String
        { Escape
        n Variable mut
        :>4 Escape
        } Escape
        \" String
        n Variable mut
        ",
    );
}

#[test]
fn actors_messages_and_states_have_kinds_of_their_own() {
    check_tokens(
        "
        actor A {
            state n: Int = 0
            @reentrant
            on Add(k: Int) { n += k; self.n += 1 }
        }
        fn f() { let a = spawn A(); send(a, Add(1)) }
        ",
        "
        A Actor declared
        n State declared mut
        Int Type library
        0 Number
        @ Attribute
        reentrant Attribute
        Add Message declared
        k Param declared
        Int Type library
        n State mut
        k Param
        n State mut
        1 Number
        f Function declared
        a Variable declared
        A Actor
        a Variable
        Add Message
        1 Number
        ",
    );
}

#[test]
fn words_that_are_keywords_in_some_places_only_are_names_elsewhere() {
    let mut fixture = Fixture::new("fn f(on: Int, state: Int) -> Int { on + state }\n");
    let tokens = fixture.workspace.semantic_tokens(ENTRY, ENTRY).expect("there is an answer");
    let words = tokens.iter().filter(|token| matches!(token.kind, ide::TokenKind::Param));
    assert_eq!(words.count(), 4);
}

// ---------------------------------------------------------------- layout

#[test]
fn formatting_changes_only_the_lines_that_differ() {
    let mut fixture = Fixture::new("fn a() {}\nfn b( ) {   }\nfn c() {}\n");
    let edits = fixture.workspace.format(ENTRY).expect("there is an answer");
    assert_eq!(edits.len(), 1);
    assert_eq!(edits[0].range, TextRange::new(10, 24));
    assert_eq!(edits[0].text, "fn b() {}\n");
    // What is laid out already, or cannot be read, stays.
    for text in ["fn a() {}\n", "fn a( {\n"] {
        let mut fixture = Fixture::new(text);
        assert_eq!(fixture.workspace.format(ENTRY), Ok(Vec::new()));
    }
}

// ---------------------------------------------------------------- findings

#[test]
fn findings_stand_in_their_files_with_notes_and_fixes() {
    let mut fixture = Fixture::new(
        "
        //- main.gal
        use tools.open
        fn main() {
            open()
            let lenght = 3
            println(length)
            //      ^^^^^^
        }
        //- tools.gal
        pub fn open() { let unused = 1 }
        //                  ^^^^^^
        ",
    );
    let files = fixture.workspace.diagnostics(ENTRY).expect("there is an answer");
    assert_eq!(files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["main.gal", "tools.gal"]);
    let marks: Vec<TextRange> = fixture.marks.iter().map(|mark| mark.range).collect();
    let first = &files[0].diagnostics[0];
    assert_eq!(
        (first.code.as_str(), first.severity, first.range),
        ("unknown-name", ide::Severity::Error, marks[0])
    );
    assert_eq!(
        first.fixes[0].change.files[0].edits,
        [ide::TextEdit { range: marks[0], text: "lenght".to_string() }]
    );
    let second = &files[1].diagnostics[0];
    assert_eq!(
        (second.severity, second.range, second.is_unnecessary),
        (ide::Severity::Warning, marks[1], true)
    );
    let actions = fixture.workspace.actions(ENTRY, ENTRY, TextRange::empty(marks[0].start + 2));
    let actions = actions.expect("there is an answer");
    assert_eq!(actions[0].title, "Did you mean `lenght`?");
    assert_eq!(fixture.workspace.actions(ENTRY, ENTRY, TextRange::empty(0)), Ok(Vec::new()));
}

#[test]
fn edits_and_closed_files_change_what_is_found() {
    let mut fixture =
        Fixture::new("//- main.gal\nuse tools.open\nfn main() { open() }\n//- tools.gal\npub fn open() {}\n");
    let count = |fixture: &mut Fixture| {
        let files = fixture.workspace.diagnostics(ENTRY).expect("there is an answer");
        files.iter().map(|file| file.diagnostics.len()).sum::<usize>()
    };
    assert_eq!(count(&mut fixture), 0);
    fixture.workspace.edit("tools.gal", TextRange::new(7, 11), "shut").expect("the file is open");
    assert_eq!(count(&mut fixture), 1);
    fixture.workspace.set_text("tools.gal", "pub fn open() {}\n".to_string());
    assert_eq!(count(&mut fixture), 0);
    fixture.workspace.close("tools.gal");
    assert_eq!(count(&mut fixture), 1);
    assert_eq!(
        fixture.workspace.edit("tools.gal", TextRange::empty(0), "x"),
        Err(ide::Error::NoFile("tools.gal".into()))
    );
}

#[test]
fn a_file_that_no_program_reaches_stands_alone_and_one_that_is_missing_is_told() {
    let mut fixture =
        Fixture::new("//- main.gal\nfn main() {}\n//- other.gal\nfn alone() { }\nfn f() { alo$0ne() }\n");
    let (path, offset) = fixture.at();
    let hover = fixture.workspace.hover(ENTRY, &path, offset).expect("there is an answer");
    assert!(hover.is_some());
    let missing = Err(ide::Error::NoFile("missing.gal".to_string()));
    assert_eq!(fixture.workspace.hover(ENTRY, "missing.gal", 0), missing);
    assert_eq!(fixture.workspace.symbols("missing.gal"), Err(ide::Error::NoFile("missing.gal".to_string())));
    assert!(fixture.workspace.diagnostics("missing.gal").is_err());
}

#[test]
fn results_are_json_with_names_in_camel_case() {
    let mut fixture = Fixture::new("fn f() { le = 1 }\n");
    let list = fixture.workspace.completion(ENTRY, ENTRY, 11).expect("there is an answer");
    let item = serde_json::to_value(&list.items[0]).expect("it is data");
    assert_eq!(item["isSnippet"], serde_json::json!(list.items[0].is_snippet));
    let text = serde_json::to_string(&list).expect("it is data");
    assert_eq!(serde_json::from_str::<ide::CompletionList>(&text).expect("it is read back"), list);
    let files = fixture.workspace.diagnostics(ENTRY).expect("there is an answer");
    let files = serde_json::to_value(&files).expect("it is data");
    assert_eq!(files[0]["diagnostics"][0]["severity"], "error");
    assert_eq!(files[0]["diagnostics"][0]["range"]["start"], 9);
}

//! Lazy parsing: bodies that are skipped and parsed later are those of an eager parse.
#![allow(clippy::disallowed_methods, reason = "tests read their fixtures")]

mod common;

use common::{cases, deferred, parse};
use syntax::ast::{File, FnBody, HandlerDecl, Item, ItemKind};
use syntax::{Bodies, Diagnostic, FileId, Interner, KeptBodies, Room, SourceMap, parse_body, parse_kept};

struct Filler<'a> {
    id: FileId,
    kept: KeptBodies,
    room: Room,
    map: &'a SourceMap,
    interner: &'a mut Interner,
    diags: Vec<Diagnostic>,
}

impl Filler<'_> {
    fn body(&mut self, body: &mut FnBody) {
        if let FnBody::Deferred(span) = *body {
            let (kept, interner, room) = (&mut self.kept, &mut *self.interner, &mut self.room);
            let (found, diags) = parse_kept(self.map, self.id, kept, span, interner, room)
                .unwrap_or_else(|| parse_body(self.map, span, self.interner));
            *body = found;
            self.diags.extend(diags);
        }
    }

    fn items(&mut self, items: &mut [Item]) {
        for item in items {
            self.item(&mut item.kind);
        }
    }

    fn handlers(&mut self, handlers: &mut [HandlerDecl]) {
        handlers.iter_mut().filter_map(|h| h.body.as_mut()).for_each(|b| self.body(b));
    }

    fn item(&mut self, kind: &mut ItemKind) {
        match kind {
            ItemKind::Fn(decl) => decl.body.iter_mut().for_each(|b| self.body(b)),
            ItemKind::Test(test) => self.body(&mut test.body),
            ItemKind::Impl(decl) => self.items(&mut decl.items),
            ItemKind::Extern(block) => self.items(&mut block.items),
            ItemKind::Trait(decl) => {
                self.items(&mut decl.items);
                self.handlers(&mut decl.handlers);
            }
            ItemKind::Actor(actor) => {
                self.items(&mut actor.items);
                self.handlers(&mut actor.handlers);
                actor.constructors.iter_mut().filter_map(|c| c.body.as_mut()).for_each(|b| self.body(b));
            }
            _ => {}
        }
    }
}

fn fill(id: FileId, file: &mut File, map: &SourceMap, interner: &mut Interner) -> Vec<Diagnostic> {
    let kept = std::mem::take(&mut file.kept);
    let mut filler = Filler { id, kept, room: Room::default(), map, interner, diags: Vec::new() };
    filler.items(&mut file.items);
    assert_eq!(filler.kept.rest().count(), 0, "each body that was kept is somewhere in the tree");
    filler.diags
}

fn fixtures() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    let files =
        std::fs::read_dir(folder).expect("the folder of fixtures").map(|e| e.expect("an entry").path());
    files
        .filter(|path| path.is_file())
        .map(|path| std::fs::read_to_string(path).expect("a fixture"))
        .collect()
}

#[test]
fn skipped_bodies_are_those_of_an_eager_parse() {
    bodies_agree(Bodies::Skip);
}

#[test]
fn kept_bodies_are_those_of_an_eager_parse() {
    bodies_agree(Bodies::Keep);
}

#[test]
fn bodies_of_a_file_with_faults_outside_of_them_are_not_kept() {
    for text in ["fn f() { 1 }\nstruct\n", "fn f() { 'ab' }\n"] {
        let parsed = parse(text, Bodies::Keep);
        assert_eq!(deferred(&parsed.file), 0, "{text}");
        assert_eq!(parsed.describe(), parse(text, Bodies::Parse).describe(), "{text}");
    }
}

/// The limits of what a kept token can say: 255 bytes to the token before, 32,767 bytes of length.
#[test]
fn kept_bodies_with_far_and_long_tokens_are_read_again() {
    for gap in [254, 255, 256, 1000] {
        body_agrees(&format!("fn f() {{ g(){}h() }}\nfn g() {{ 1 }}\n", " ".repeat(gap)));
        body_agrees(&format!("fn f() {{\n    // {}\n    h()\n}}\n", "x".repeat(gap)));
    }
    for len in [32_760, 32_767, 32_768, 65_535, 65_536, 70_000] {
        body_agrees(&format!("fn f() {{ g(\"{}\") }}\nfn g() {{ 1 }}\n", "x".repeat(len)));
        body_agrees(&format!("fn f() {{ {} }}\n", "x".repeat(len)));
    }
}

fn body_agrees(text: &str) {
    let mut lazy = parse(text, Bodies::Keep);
    assert!(deferred(&lazy.file) > 0, "no body was kept");
    let later = fill(lazy.id, &mut lazy.file, &lazy.map, &mut lazy.interner);
    let eager = parse(text, Bodies::Parse);
    assert_eq!(lazy.dump(), eager.dump());
    lazy.diags.extend(later);
    assert_eq!(lazy.describe(), eager.describe());
}

fn bodies_agree(bodies: Bodies) {
    for case in fixtures().iter().flat_map(|text| cases(text)) {
        let eager = parse(&case.source, Bodies::Parse);
        let mut lazy = parse(&case.source, bodies);
        if eager.diags.iter().any(|d| d.code == "unclosed-bracket") {
            continue; // Where the braces do not match, the two see different bodies.
        }
        let later = fill(lazy.id, &mut lazy.file, &lazy.map, &mut lazy.interner);
        assert_eq!(deferred(&lazy.file), 0, "{}", case.title);
        assert_eq!(lazy.dump(), eager.dump(), "{}", case.title);
        lazy.diags.extend(later);
        lazy.diags.sort_by_key(|d| d.span().lo);
        assert_eq!(lazy.describe(), eager.describe(), "{}", case.title);
    }
}

#[test]
fn bodies_are_skipped_and_their_faults_too() {
    let text = "fn f() { \"}\" '}' /* } */ \"{g(\"}\")}\" x y \"\\q\" }\nfn h() => 1\ntest \"t\" { a b }\n";
    let parsed = parse(text, Bodies::Skip);
    assert_eq!(parsed.describe(), "");
    assert_eq!(parsed.dump(), "(fn f () (deferred))\n(fn h () (=> 1))\n(test \"t\" (deferred))\n");
}

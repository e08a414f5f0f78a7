//! Lazy parsing: bodies that are skipped and parsed later are those of an eager parse.
#![allow(clippy::disallowed_methods, reason = "tests read their fixtures")]

mod common;

use common::{cases, deferred, parse};
use syntax::ast::{File, FnBody, HandlerDecl, Item, ItemKind, SkippedBody};
use syntax::{Bodies, Diagnostic, FileId, Interner, SourceMap, parse_body, parse_skipped};

struct Filler<'a> {
    id: FileId,
    skipped: Vec<SkippedBody>,
    map: &'a SourceMap,
    interner: &'a mut Interner,
    diags: Vec<Diagnostic>,
}

impl Filler<'_> {
    fn body(&mut self, body: &mut FnBody) {
        if let FnBody::Deferred(span) = *body {
            let kept = self.skipped.iter().position(|s| s.span == span);
            let (found, diags) = match kept.map(|at| self.skipped.swap_remove(at)) {
                Some(skipped) => parse_skipped(self.map, self.id, skipped, self.interner),
                None => parse_body(self.map, span, self.interner),
            };
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
    let mut filler =
        Filler { id, skipped: std::mem::take(&mut file.skipped), map, interner, diags: Vec::new() };
    filler.items(&mut file.items);
    assert!(filler.skipped.is_empty(), "each body that was kept is somewhere in the tree");
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

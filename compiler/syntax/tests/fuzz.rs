//! Damaged programs: whatever the text, parsing ends, does not panic, and points into the file.
//!
//! The seeds are fixed, so a failure repeats; the text that failed is in the message.

mod common;

use common::parse;
use damage::{PIECES, Rng, mutate};
use syntax::ast::FnBody;
use syntax::{Bodies, Span, parse_body};

const TOUR: &str = include_str!("fixtures/tour.txt");
const FAULTS: &str = concat!(
    include_str!("fixtures/items.txt"),
    include_str!("fixtures/exprs.txt"),
    include_str!("fixtures/strings.txt"),
    include_str!("fixtures/actors.txt"),
    include_str!("fixtures/foreign.txt"),
);

fn check(text: &str) {
    for bodies in [Bodies::Parse, Bodies::Skip, Bodies::Keep] {
        let parsed = parse(text, bodies);
        let (start, end) = {
            let file = parsed.map.file(parsed.id);
            (file.start, file.start + file.text.len() as u32)
        };
        let inside = |span: Span| start <= span.lo && span.lo <= span.hi && span.hi <= end;
        for diag in &parsed.diags {
            let edits = diag.fixes.iter().flat_map(|f| &f.edits).map(|e| e.0);
            for span in diag.labels.iter().map(|l| l.span).chain(edits) {
                assert!(inside(span), "{span:?} of {diag:?} is outside {start}..{end} in\n{text}");
                let source = &parsed.map.file(parsed.id).text;
                let (lo, hi) = ((span.lo - start) as usize, (span.hi - start) as usize);
                assert!(
                    source.is_char_boundary(lo) && source.is_char_boundary(hi),
                    "{diag:?} splits a character"
                );
            }
        }
        for item in &parsed.file.items {
            assert!(inside(item.span), "{item:?} is outside of the file in\n{text}");
        }
        let dump = parsed.dump();
        assert!(
            parsed.diags.iter().any(syntax::Diagnostic::is_error) || !dump.contains("(error)"),
            "silent error in\n{text}\n{dump}"
        );
    }
}

#[test]
fn mutated_programs() {
    let mut rng = Rng::new(0x9E37_79B9_7F4A_7C15);
    let sources: Vec<&str> = TOUR.split("\n\n").chain(FAULTS.split("\n=== ")).collect();
    for _ in 0..4000 {
        let text = mutate(sources[rng.below(sources.len())], &mut rng);
        check(&text);
    }
}

#[test]
fn mutated_whole_file() {
    let mut rng = Rng::new(0xD1B5_4A32_D192_ED03);
    for _ in 0..60 {
        check(&mutate(TOUR, &mut rng));
    }
}

#[test]
fn truncated_programs() {
    let ends: Vec<usize> = TOUR.char_indices().map(|(i, _)| i).step_by(7).collect();
    for end in ends {
        check(&TOUR[..end]);
    }
}

#[test]
fn soups_of_pieces() {
    let mut rng = Rng::new(0x2545_F491_4F6C_DD1D);
    for _ in 0..3000 {
        let count = 1 + rng.below(40);
        let text: String = (0..count).map(|_| PIECES[rng.below(PIECES.len())]).collect();
        check(&text);
        check(&format!("fn f() {{ {text} }}"));
    }
}

#[test]
fn bodies_alone() {
    let mut rng = Rng::new(0xA076_1D64_78BD_642F);
    for _ in 0..500 {
        let text = mutate("{ let a = 1 + f(\"{b}\"); match c { 1 => 2, _ => |x| x } }", &mut rng);
        let mut parsed = parse(&text, Bodies::Parse);
        let file = parsed.map.file(parsed.id);
        let span = Span::new(file.start, file.start + file.text.len() as u32);
        let (body, diags) = parse_body(&parsed.map, span, &mut parsed.interner);
        assert!(matches!(body, FnBody::Block(_) | FnBody::Expr(_)), "{body:?} {diags:?}");
    }
}

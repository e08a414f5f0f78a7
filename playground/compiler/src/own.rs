//! Leaves of a stage's text the functions that come from the program's own files: the library is most of a program.

use playground_model::document::File;
use playground_model::protocol::Stage;
use std::collections::BTreeSet;
use syntax::ast::{Ident, ItemKind};
use syntax::{Bodies, Interner, SourceMap};

/// What the compiler's own beginning of a program calls is the program, too.
const ENTRY: &str = "gal_start";

/// The text, and how many of how many functions are in it.
pub fn own(text: &str, stage: Stage, files: &[File]) -> (String, usize, usize) {
    let names = names(files);
    let (begin, end) = match stage {
        Stage::Mir => ("fn @", "}"),
        Stage::Lir => ("func @", "}"),
        Stage::Wat => ("  (func $", "  )"),
    };
    let (mut kept, mut count, mut all) = (String::new(), 0, 0);
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(rest) = line.strip_prefix(begin) else { continue };
        all += 1;
        let is_own = is_of(rest, &names);
        count += usize::from(is_own);
        let body = std::iter::once(line).chain(lines.by_ref().take_while(|line| *line != end));
        let body: Vec<&str> = body.collect();
        if is_own {
            body.iter().chain([&end, &""]).for_each(|line| {
                kept.push_str(line);
                kept.push('\n');
            });
        }
    }
    (kept, count, all)
}

/// Whether a function's name mentions one of the program's: `Counter.dispatch`, `"turn<Counter.State, …>"`.
fn is_of(rest: &str, names: &BTreeSet<String>) -> bool {
    let name = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split(['(', ' ']).next(),
    };
    // In MIR names with blanks have no quotes: they end where the parameters begin.
    let name = if rest.contains("(_") { rest.split("(_").next() } else { name };
    let mut words = name.unwrap_or_default().split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.any(|word| word == ENTRY || names.contains(word))
}

/// The names of what the files declare: functions, and types, which stand before their methods.
fn names(files: &[File]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files {
        let (mut map, mut interner) = (SourceMap::default(), Interner::default());
        let Some(id) = map.add(file.name.clone(), file.text.clone(), false) else { continue };
        let (ast, _) = syntax::parser::parse_file(&map, id, &mut interner, Bodies::Skip);
        let mut add = |name: &Ident| names.insert(interner.name(name.name).to_string());
        for item in &ast.items {
            match &item.kind {
                ItemKind::Fn(decl) => add(&decl.name),
                ItemKind::Struct(decl) => add(&decl.name),
                ItemKind::Enum(decl) => add(&decl.name),
                ItemKind::Trait(decl) => add(&decl.name),
                ItemKind::Actor(decl) => add(&decl.name),
                _ => false,
            };
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_of_the_library_are_left_out() {
        let files = [File {
            name: "main.gal".into(),
            text: "actor Counter {\n    on Add {}\n}\nfn main() {}\n".into(),
        }];
        let mir = "struct %X\nfn @alloc(_1: Int) -> () {\nbb0:\n}\n\nfn @Body<Counter.State, Counter.Message>.drop(_1: mut %Body) -> () {\nbb0:\n}\n";
        let (text, own, all) = own(mir, Stage::Mir, &files);
        assert_eq!((own, all), (1, 2));
        assert!(text.starts_with("fn @Body<Counter") && text.ends_with("bb0:\n}\n\n"), "{text}");
        let names = names(&files);
        assert!(
            is_of("main() {", &names)
                && is_of("\"turn<Counter.State>\"(%0: ptr)", &names)
                && is_of("gal_start.task", &names)
        );
        assert!(!is_of("alloc(_1: Counter)", &names) && !is_of("\"Map<Int>\"(%0: ptr) Counter", &names));
    }
}

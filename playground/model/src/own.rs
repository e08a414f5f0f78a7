//! Leaves of a stage's text the functions that come from the program's own files: the library is most of a program.

use crate::protocol::Stage;
use std::collections::BTreeSet;

/// What the compiler's own beginning of a program calls is the program, too.
const ENTRY: &str = "gal_start";

/// The text, and how many of how many functions are in it. `names`: those of the functions and types that the files declare.
pub fn own(text: &str, stage: Stage, names: &BTreeSet<String>) -> (String, usize, usize) {
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
        let is_own = is_of(rest, names);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_of_the_library_are_left_out() {
        let names = BTreeSet::from(["Counter".to_string(), "main".to_string()]);
        let mir = "struct %X\nfn @alloc(_1: Int) -> () {\nbb0:\n}\n\nfn @Body<Counter.State, Counter.Message>.drop(_1: mut %Body) -> () {\nbb0:\n}\n";
        let (text, own, all) = own(mir, Stage::Mir, &names);
        assert_eq!((own, all), (1, 2));
        assert!(text.starts_with("fn @Body<Counter") && text.ends_with("bb0:\n}\n\n"), "{text}");
        assert!(
            is_of("main() {", &names)
                && is_of("\"turn<Counter.State>\"(%0: ptr)", &names)
                && is_of("gal_start.task", &names)
        );
        assert!(!is_of("alloc(_1: Counter)", &names) && !is_of("\"Map<Int>\"(%0: ptr) Counter", &names));
    }
}

//! `galc explain`: the page about a diagnostic.

use crate::cli::ExplainArgs;
use crate::exit::{Exit, Failure};
use crate::shell::Shell;
use report::Object;

pub fn explain(args: &ExplainArgs, shell: &Shell) -> Result<Exit, Failure> {
    let Some(code) = &args.code else {
        for code in driver::codes() {
            shell.line(code);
            shell.message(|| Object::message("code").string("code", code));
        }
        return Ok(Exit::Success);
    };
    // People copy codes with their brackets.
    let code = code.trim_matches(['[', ']']);
    match driver::explain(code) {
        Some(page) => {
            shell.line(page.trim_end());
            shell.message(|| Object::message("explanation").string("code", code).string("text", &page));
            Ok(Exit::Success)
        }
        None => Err(Failure::Usage(unknown(code, &driver::codes()))),
    }
}

fn unknown(code: &str, known: &[&str]) -> String {
    let nearest = known.iter().map(|known| (distance(code, known), known)).min();
    match nearest {
        Some((distance, nearest)) if distance <= code.len() / 3 + 1 => {
            format!("there is no diagnostic `{code}`; did you mean `{nearest}`?")
        }
        _ => format!("there is no diagnostic `{code}`; `galc explain` lists them all"),
    }
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_code_gets_a_suggestion_if_one_is_near() {
        let known = ["type-mismatch", "unknown-name"];
        assert!(unknown("type-missmatch", &known).ends_with("did you mean `type-mismatch`?"));
        assert!(unknown("e0308", &known).ends_with("lists them all"));
    }
}

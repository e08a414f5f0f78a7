//! `galc explain`: the page about a diagnostic.

use crate::cli::ExplainArgs;
use crate::exit::{Exit, Failure};
use crate::package::INVALID_MANIFEST;
use crate::shell::Shell;
use report::Object;
use syntax::codes::CodeInfo;

pub fn explain(args: &ExplainArgs, shell: &Shell) -> Result<Exit, Failure> {
    let Some(code) = &args.code else {
        for info in codes() {
            shell.line(&format!("{:<28} {}", info.code, info.title));
            shell.message(|| Object::message("code").string("code", info.code).string("title", info.title));
        }
        return Ok(Exit::Success);
    };
    // People copy codes with their brackets, and with what stands before those: `error[null]`.
    let code = code.trim_start_matches("error[").trim_start_matches("warning[").trim_matches(['[', ']']);
    match codes().into_iter().find(|info| info.code == code).map(driver::page) {
        Some(page) => {
            shell.line(page.trim_end());
            shell.message(|| Object::message("explanation").string("code", code).string("text", &page));
            Ok(Exit::Success)
        }
        None => {
            let known: Vec<&str> = codes().iter().map(|info| info.code).collect();
            Err(Failure::Usage(unknown(code, &known)))
        }
    }
}

/// The compiler's codes, and the one that galc itself reports.
fn codes() -> Vec<&'static CodeInfo> {
    let mut codes = driver::codes();
    codes.push(&INVALID_MANIFEST);
    codes.sort_unstable_by_key(|info| info.code);
    codes
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

//! What only shows when generic functions get their types: a check that goes as far as building does before it optimises.

use crate::{
    Checked, DriverError, Lowered, Options, Purpose, Session, lower, missing_main, pipeline, require_entry,
};
use syntax::Diagnostic;

/// As [`crate::check`], and then makes the instances of functions that the program reaches, from `main`, from exports and from
/// `test` blocks: to find what waits where nobody can, constants whose evaluation fails, and what grows beyond a limit. A
/// program for which this finds nothing is compiled, unless a frame is too large for the stack.
pub fn check_instances(session: &mut Session<'_>, entry: &str) -> Result<Checked, DriverError> {
    require_entry(session, entry)?;
    let mut checker = pipeline::front_end(session, entry)?;
    let asked = session.options.clone();
    let mut found: Vec<Diagnostic> = Vec::new();
    for purpose in [Purpose::Program, Purpose::Test] {
        if checker.has_errors() || !begins(&asked, &checker, purpose) {
            continue;
        }
        // Only what has to be done: nothing of this is kept.
        let passes_off = crate::passes();
        session.options = Options { purpose, passes_off, ..asked.clone() };
        let lowered = lower(session, &mut checker);
        session.options = asked.clone();
        if let Lowered::Diagnostics(diagnostics) = lowered? {
            // What both reach is one mistake.
            let new = diagnostics.into_iter().filter(|new| !found.iter().any(|old| is_same(old, new)));
            let new: Vec<Diagnostic> = new.collect();
            found.extend(new);
        }
    }
    let mut checked = pipeline::checked(checker);
    checked.diagnostics.extend(found);
    Ok(checked)
}

/// Whether there is something to begin with: a module for others has neither `main` nor exports.
fn begins(options: &Options, checker: &hir::Checker, purpose: Purpose) -> bool {
    match purpose {
        Purpose::Program => missing_main(&Options { purpose, ..options.clone() }, checker).is_none(),
        Purpose::Test | Purpose::LibraryTest => !pipeline::tests(checker, purpose).is_empty(),
    }
}

fn is_same(a: &Diagnostic, b: &Diagnostic) -> bool {
    a.code == b.code && a.span() == b.span() && a.message == b.message
}

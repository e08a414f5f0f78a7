//! Damaged programs: each ends in a module or in diagnostics that point into its sources, without a panic and in time.
//!
//! Texts come from the corpora, cut short or changed in a few places by a generator with a fixed seed, so that a failure repeats;
//! its text is written to the target folder and named. What still compiles is compiled in debug and release, with the
//! checkers of the intermediate forms on, and the module is validated.

use crate::loader::Memory;
use driver::{DriverError, Options, Profile, Session};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// No text of the corpus is anywhere near as slow; an endless loop ends here only once it is over, but then it is named.
const TIME_MAX: Duration = Duration::from_secs(20);

/// What is wrong with how the compiler takes a text.
pub fn check(text: &[u8]) -> Option<String> {
    let begin = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| {
        both_profiles(text).and_then(|compiles| if compiles { Ok(()) } else { formatting(text) })
    }));
    let problem = match result {
        Ok(Ok(())) => None,
        Ok(Err(problem)) => Some(problem),
        Err(panic) => Some(format!("panic: {}", message(&*panic))),
    };
    problem.or_else(|| (begin.elapsed() > TIME_MAX).then(|| format!("took {:?}", begin.elapsed())))
}

pub fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("without a message").to_string()
}

/// Whether the text compiles.
fn both_profiles(text: &[u8]) -> Result<bool, String> {
    for profile in [Profile::Debug, Profile::Release] {
        let mut loader = Memory { name: "fuzz.gal".to_string(), text: text.into() };
        let options = Options { profile, verify: true, ..Options::default() };
        let mut session = Session::new(&mut loader, options);
        let compiled = match driver::compile(&mut session, "fuzz.gal") {
            Ok(compiled) => compiled,
            Err(DriverError::Limit(_)) => return Ok(true),
            Err(error) => return Err(error.to_string()),
        };
        let Some(output) = compiled.output else { return spans(&compiled.checked).map(|()| false) };
        wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
            .validate_all(&output.artifact.bytes)
            .map_err(|error| format!("invalid module: {error}"))?;
    }
    Ok(true)
}

/// Errors there must be, each with a message and a place in a source.
fn spans(checked: &driver::Checked) -> Result<(), String> {
    if !checked.has_errors() {
        return Err("there is neither a module nor an error".to_string());
    }
    for diagnostic in &checked.diagnostics {
        if diagnostic.code == "internal-error" {
            return Err(format!("an internal error: {}", diagnostic.message));
        }
        let placed =
            diagnostic.labels.first().is_some_and(|label| checked.source_map.locate(label.span).is_some());
        if !placed || diagnostic.message.is_empty() {
            return Err(format!("a diagnostic without a place: {diagnostic:?}"));
        }
        // Rendering looks at every label, note and fix.
        let shown = report::human(diagnostic, &checked.source_map, report::Style::Plain);
        if shown.is_empty() {
            return Err(format!("a diagnostic that shows nothing: {diagnostic:?}"));
        }
    }
    Ok(())
}

fn formatting(text: &[u8]) -> Result<(), String> {
    driver::format("fuzz.gal", text).map(|_| ()).map_err(|error| error.to_string())
}

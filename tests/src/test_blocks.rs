//! Runs the `test` blocks of packages and of the library, each in an instance of its own.

use crate::loader::{Disk, Memory};
use crate::run::{TIMEOUT, clip};
use driver::{Options, Profile, Purpose, Session, SourceLoader};
use std::path::Path;

/// Compiles and runs the `test` blocks of a file's package; failures by name.
pub fn check_test_blocks(
    root: &Path,
    engine: &wasi::Engine,
    entry: &str,
    profile: Profile,
) -> Result<usize, Vec<String>> {
    run_test_blocks(&mut Disk { root: root.to_path_buf() }, engine, entry, profile, Purpose::Test)
}

/// The same of the library's modules with these paths.
pub fn check_library_tests(
    engine: &wasi::Engine,
    modules: &[String],
    profile: Profile,
) -> Result<usize, Vec<String>> {
    let uses: String = modules.iter().map(|module| format!("use {module}\n")).collect();
    let name = "library.gal".to_string();
    let mut loader =
        Memory { name: name.clone(), text: format!("unsafe\n\n{uses}\nfn main() {{}}\n").into() };
    run_test_blocks(&mut loader, engine, &name, profile, Purpose::LibraryTest)
}

fn run_test_blocks(
    loader: &mut dyn SourceLoader,
    engine: &wasi::Engine,
    entry: &str,
    profile: Profile,
    purpose: Purpose,
) -> Result<usize, Vec<String>> {
    let options = Options {
        profile,
        purpose,
        check_leaks: true,
        virtual_clock: true,
        verify: true,
        ..Options::default()
    };
    let mut session = Session::new(loader, options);
    let compiled = driver::compile(&mut session, entry).map_err(|e| vec![format!("{entry}: {e}")])?;
    let Some(output) = compiled.output else {
        let checked = &compiled.checked;
        let shown =
            checked.diagnostics.iter().map(|d| report::human(d, &checked.source_map, report::Style::Plain));
        return Err(vec![format!("{entry}: does not compile\n{}", shown.collect::<Vec<_>>().join("\n"))]);
    };
    let module = engine.load(output.artifact.bytes.clone()).map_err(|e| vec![format!("{entry}: {e}")])?;
    let mut failures = Vec::new();
    for test in &output.tests {
        let run = wasi::RunOptions {
            entry: wasi::Entry::Export { name: test.export.clone(), args: Vec::new() },
            stdout: wasi::Output::Capture,
            stderr: wasi::Output::Capture,
            timeout: Some(TIMEOUT),
            ..wasi::RunOptions::default()
        };
        match module.run(&run) {
            Ok(outcome) if outcome.status == 0 => {}
            Ok(outcome) => failures.push(format!(
                "{entry}: test \"{}\": status {}\n{}",
                test.name,
                outcome.status,
                clip(&outcome.stderr_text())
            )),
            Err(e) => failures.push(format!("{entry}: test \"{}\": {e}", test.name)),
        }
    }
    if failures.is_empty() { Ok(output.tests.len()) } else { Err(failures) }
}

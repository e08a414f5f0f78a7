//! Runs every program in `tests/lir`, as it is and after the passes, and compares with the expectations in its comments.

#![allow(clippy::disallowed_methods, reason = "tests read files")]

use backend_interp::{Interp, Limits, Outcome, Preview1};
use lir::passes::expand_vectors::expand_vectors;
use lir::passes::{PASSES, PassOptions, TARGET_PASSES, optimize};
use lir::random::vector::vector_program;
use lir::script::{Expect, Run, parse_runs};
use lir::{Module, parse_module, verify};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/lir")
}

#[test]
fn vector_operations() {
    let mut failures = Vec::new();
    for op in lir::simd::Op::all() {
        let program = vector_program(op, 3);
        for (expand, optimized) in [(false, false), (false, true), (true, false), (true, true)] {
            let mut module = program.module.clone();
            if expand {
                expand_vectors(&mut module);
            }
            optimize(&mut module, &PassOptions { optimize: optimized, ..PassOptions::default() });
            for run in &program.runs {
                let run = if expand { run.without_vectors() } else { run.clone() };
                if let Err(error) = check(&module, &run) {
                    failures.push(format!("{}{:x?} {expand} {optimized}: {error}", run.export, run.args));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}

fn programs() -> Vec<(String, String)> {
    let mut programs = Vec::new();
    for entry in std::fs::read_dir(folder()).expect("tests/lir is there") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|e| e == "lir") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            programs.push((name, std::fs::read_to_string(&path).expect("a text")));
        }
    }
    programs.sort();
    programs
}

/// What is wrong, or nothing.
fn check(module: &Module, run: &Run) -> Result<(), String> {
    let limits = Limits { steps: 20_000_000, depth: 2000, ..Limits::default() };
    let mut host = Preview1 { argv: run.argv.clone(), stdin: run.stdin.clone(), ..Preview1::default() };
    let mut interp = Interp::new(module, limits).map_err(|e| e.to_string())?;
    let outcome = interp.call(&run.export, &run.args, &mut host).map_err(|e| e.to_string())?;
    let ok = match (&run.expect, &outcome) {
        (Expect::Returns(expected), Outcome::Returned(values)) => {
            expected.len() == values.len() && expected.iter().zip(values).all(|(e, v)| e.accepts(*v))
        }
        (Expect::Traps, Outcome::Trapped(_)) | (Expect::Throws, Outcome::Threw) => true,
        (Expect::Exits(status), Outcome::Exited(found)) => status == found,
        _ => false,
    };
    if !ok {
        return Err(format!("expected {:?}, found {outcome:?}", run.expect));
    }
    match &run.stdout {
        Some(text) if *text != host.stdout => Err(format!("wrote {:?}", host.stdout_text())),
        _ => Ok(()),
    }
}

/// Runs all programs after `change`; a name for it goes into the messages.
fn check_all(what: &str, change: impl Fn(&mut Module)) {
    let mut failures = Vec::new();
    let mut n_runs = 0;
    for (name, text) in programs() {
        let mut module = match parse_module(&text) {
            Ok(module) => module,
            Err(e) => {
                failures.push(format!("{name}:{e}"));
                continue;
            }
        };
        let runs = parse_runs(&text, &module).unwrap_or_else(|e| panic!("{name}:{e}"));
        assert!(!runs.is_empty(), "{name} expects nothing");
        change(&mut module);
        if let Err(errors) = verify(&module) {
            failures.extend(errors.iter().map(|e| format!("{name}: {e}")));
            continue;
        }
        n_runs += runs.len();
        for run in runs {
            let run = if what == "expand-vectors" { run.without_vectors() } else { run };
            if let Err(message) = check(&module, &run) {
                failures.push(format!("{name}:{}: {}{:?}: {message}", run.line, run.export, run.args));
            }
        }
    }
    assert!(failures.is_empty(), "{what}: {} of {n_runs} failed:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn programs_do_what_their_comments_say() {
    check_all("as it is", |_| {});
}

#[test]
fn each_pass_keeps_what_programs_do() {
    for pass in PASSES.iter().chain(TARGET_PASSES) {
        check_all(pass.name, |module| (pass.run)(module, &PassOptions::default()));
    }
}

#[test]
fn all_passes_together_keep_what_programs_do() {
    let opts = PassOptions { optimize: true, ..PassOptions::default() };
    check_all("optimize", |module| optimize(module, &opts));
}

//! `cargo xtask test`: everything that has to hold, in steps; the quick ones first.

use crate::process::{self, cargo, run, show_time};
use crate::{Result, bench, check_wasm, editors, llvm, playground, suites, tidy, web};
use std::time::{Duration, Instant};

struct Step {
    name: &'static str,
    work: fn(is_full: bool) -> Result,
}

const STEPS: &[Step] = &[
    Step { name: "format", work: |_| run(cargo(&["fmt", "--all", "--check"])) },
    Step { name: "tidy", work: |_| tidy::tidy() },
    Step { name: "lints", work: |_| lints() },
    // Before the programs that run through the package.
    Step { name: "web", work: web::in_test },
    Step { name: "tests", work: suites::run_all },
    Step { name: "editors", work: editors::in_test },
    Step { name: "llvm", work: with_llvm },
    Step { name: "wasm", work: |_| check_wasm::check_wasm() },
    Step { name: "playground", work: playground::in_test },
    Step { name: "bench", work: check_bench },
];

pub fn test(args: &[String]) -> Result {
    let is_full = args.iter().any(|arg| arg == "--full");
    let wanted: Vec<&String> = args.iter().filter(|arg| *arg != "--full").collect();
    if let Some(unknown) = wanted.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        return Err(format!("there is no step `{unknown}`; there are {}", known.join(", ")));
    }
    let begin = Instant::now();
    if wanted.is_empty() {
        process::lint_while_compiling();
    }
    let mut results = Vec::new();
    for step in STEPS.iter().filter(|step| wanted.is_empty() || wanted.iter().any(|name| *name == step.name))
    {
        println!("\n== {}", step.name);
        let begin = Instant::now();
        let result = (step.work)(is_full);
        if let Err(message) = &result {
            println!("{message}");
        }
        results.push((step.name, result, begin.elapsed()));
    }
    summary(&results, begin.elapsed())
}

/// By itself only where it is asked for: else what is compiled for the tests is linted.
fn lints() -> Result {
    if process::is_linting() {
        println!("with the tests");
        return Ok(());
    }
    run(cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))
}

/// What needs LLVM, where there is one. Without it all else is tested: that is the build without the feature.
fn with_llvm(is_full: bool) -> Result {
    let missing = llvm::missing();
    if !missing.is_empty() {
        println!(
            "skipped: there is no {}; `cargo xtask setup` installs it or says how",
            missing.join(" and no ")
        );
        return Ok(());
    }
    let suites = suites::run_llvm(is_full);
    if process::is_linting() {
        return suites;
    }
    // The whole workspace again, so that what other crates want of dependencies is the same: nothing of those is built twice.
    let lints =
        ["clippy", "--workspace", "--all-targets", "--features", llvm::FEATURES, "--", "--deny", "warnings"];
    suites.and(run(cargo(&lints)))
}

/// Whether the programs of the bench print the same in all languages that are installed; only at full size, as it compiles
/// each of them some ten times.
fn check_bench(is_full: bool) -> Result {
    if !is_full {
        println!("skipped: only with `--full`");
        return Ok(());
    }
    bench::bench(&["--check".to_string()])
}

/// Prints how each step went; all of them are run, so that one run finds all there is to mend.
fn summary(results: &[(&str, Result, Duration)], total: Duration) -> Result {
    println!("\n== summary");
    for (name, result, time) in results {
        let state = if result.is_ok() { "ok" } else { "FAILED" };
        println!("{name:<10} {state:<8} {}", show_time(*time));
    }
    println!("{:<19} {}", "total", show_time(total));
    let failed: Vec<&str> =
        results.iter().filter(|(_, result, _)| result.is_err()).map(|(name, ..)| *name).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

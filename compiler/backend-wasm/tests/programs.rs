//! Runs every program in `tests/lir` and compares with the expectations in its comments.

mod common;

use std::path::Path;

use backend_wasm::{EmitOptions, PASSES};
use common::{Runner, check, compile};
use lir::parse_module;
use lir::script::parse_runs;

fn programs() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/lir");
    let mut programs = Vec::new();
    #[allow(clippy::disallowed_methods, reason = "tests read their corpus")]
    for entry in std::fs::read_dir(folder).expect("tests/lir is there") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|it| it == "lir") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            programs.push((name, std::fs::read_to_string(&path).expect("a text")));
        }
    }
    programs.sort();
    programs
}

#[test]
fn programs_do_what_their_comments_say() {
    let runner = Runner::new();
    let mut failures = Vec::new();
    let mut n_runs = 0;
    for (name, text) in programs() {
        let module = parse_module(&text).unwrap_or_else(|error| panic!("{name}:{error}"));
        let runs = parse_runs(&text, &module).unwrap_or_else(|error| panic!("{name}:{error}"));
        let all_off = PASSES.iter().map(|pass| pass.name.to_string()).collect();
        for (optimize_size, passes_off) in [(false, Vec::new()), (true, Vec::new()), (false, all_off)] {
            let opts = EmitOptions { optimize_size, passes_off, ..EmitOptions::release() };
            let wasm = compile(&module, &opts);
            for run in &runs {
                n_runs += 1;
                if let Err(message) = check(&runner, &wasm, &module, run) {
                    failures.push(format!("{name}:{}: {}{:?}: {message}", run.line, run.export, run.args));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} of {n_runs} failed:\n{}", failures.len(), failures.join("\n"));
}

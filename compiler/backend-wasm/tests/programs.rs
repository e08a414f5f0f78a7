//! Runs every program in `tests/lir` and compares with the expectations in its comments.

mod common;

use std::path::Path;

use backend_wasm::EmitOptions;
use common::{Host, Outcome, Runner, compile, typed};
use lir::script::{Expect, Run, parse_runs};
use lir::{Module, parse_module};

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

fn check(runner: &Runner, wasm: &[u8], module: &Module, run: &Run) -> Result<(), String> {
    let mut host = Host { argv: run.argv.clone(), stdin: run.stdin.clone(), ..Host::default() };
    let outcome = runner.call(wasm, &run.export, &run.args, false, &mut host);
    let export = module.exports.iter().find(|export| export.name == run.export).expect("the export is there");
    let tys = &module.funcs[export.func].sig.results;
    let ok = match (&run.expect, &outcome) {
        (Expect::Returns(expected), Outcome::Returned(values)) => {
            let values = typed(values.clone(), tys);
            expected.len() == values.len() && expected.iter().zip(values).all(|(it, value)| it.accepts(value))
        }
        (Expect::Traps, Outcome::Trapped(_)) | (Expect::Throws, Outcome::Threw) => true,
        (Expect::Exits(status), Outcome::Exited(found)) => status == found,
        _ => false,
    };
    match &run.stdout {
        _ if !ok => Err(format!("expected {:?}, found {outcome:?}", run.expect)),
        Some(text) if *text != host.stdout => {
            Err(format!("wrote {:?}", String::from_utf8_lossy(&host.stdout)))
        }
        _ => Ok(()),
    }
}

#[test]
fn programs_do_what_their_comments_say() {
    let runner = Runner::new();
    let mut failures = Vec::new();
    let mut n_runs = 0;
    for (name, text) in programs() {
        let module = parse_module(&text).unwrap_or_else(|error| panic!("{name}:{error}"));
        let runs = parse_runs(&text, &module).unwrap_or_else(|error| panic!("{name}:{error}"));
        for optimize_size in [false, true] {
            let opts = EmitOptions { optimize_size, ..EmitOptions::release() };
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

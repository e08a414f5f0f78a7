//! Runs the golden tests in `tests/mir`: a command in the first line, a program, what comes out of it below.
//!
//! The first line is `// parse`, `// verify`, `// certify`, `// pass NAME ...` or `// optimize [passes off]`; see `tests/mir/README.md`. `BLESS=1` writes what comes out into
//! the files.

#![allow(clippy::disallowed_methods, reason = "tests read their files from the disk")]

use std::fmt::Write;
use std::path::{Path, PathBuf};

const MARK: &str = "\n// ---- expected\n";

fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> =
        std::fs::read_dir(dir).expect("the folder exists").map(|e| e.expect("readable").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "mir") {
            out.push(path);
        }
    }
}

fn verified(program: &mir::Program) -> Result<(), String> {
    mir::verify(program).map_err(|errors| errors.iter().map(|e| e.to_string()).collect::<Vec<_>>().join("\n"))
}

fn broken(report: &mir::Report) -> Result<(), String> {
    let list: Vec<String> =
        report.broken.iter().map(|(pass, message)| format!("after {pass}: {message}")).collect();
    if list.is_empty() { Ok(()) } else { Err(list.join("\n")) }
}

/// The output of the command in the first line, or what broke.
fn run(command: &str, input: &str) -> Result<String, String> {
    let program = mir::parse_program(input).map_err(|e| e.to_string())?;
    let words: Vec<&str> = command.split_whitespace().collect();
    match words[..] {
        ["parse"] => {
            let text = mir::print_program(&program);
            let again = mir::parse_program(&text).map_err(|e| format!("printed text: {e}\n{text}"))?;
            if mir::print_program(&again) != text {
                return Err(format!("the printed text does not survive parsing\n{text}"));
            }
            verified(&program)?;
            Ok(text)
        }
        ["verify"] => match mir::verify(&program) {
            Ok(()) => Ok("accepted\n".to_string()),
            Err(errors) => Ok(errors.iter().map(|e| e.headline() + "\n").collect()),
        },
        ["certify"] => {
            verified(&program)?;
            match mir::certify(&program) {
                Ok(()) => Ok("accepted\n".to_string()),
                Err(errors) => Ok(errors.iter().map(|e| e.headline() + "\n").collect()),
            }
        }
        ["pass", ref names @ ..] => {
            verified(&program)?;
            let mut program = program;
            for name in names {
                let report = mir::run_pass(&mut program, name).ok_or(format!("no pass `{name}`"))?;
                broken(&report)?;
                verified(&program)?;
            }
            Ok(mir::print_program(&program))
        }
        ["optimize", ref off @ ..] => {
            let mut program = program;
            let off = off.iter().map(|s| s.to_string()).collect();
            let opts = mir::PassOptions { off, for_size: false, certify: true };
            broken(&mir::optimize_suspiciously(&mut program, &opts))?;
            Ok(mir::print_program(&program))
        }
        _ => Err(format!("unknown command `{command}`")),
    }
}

fn check(path: &Path, bless: bool) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let (input, expected) = text.split_once(MARK).unwrap_or((&text, ""));
    let command =
        input.lines().next().and_then(|l| l.strip_prefix("// ")).ok_or("no command in the first line")?;
    let found = run(command, input)?;
    if found == expected {
        return Ok(());
    }
    if bless {
        let input = input.trim_end();
        return std::fs::write(path, format!("{input}\n{MARK}{found}")).map_err(|e| e.to_string());
    }
    Err(format!("expected\n{expected}\nfound\n{found}"))
}

#[test]
fn golden() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/mir");
    let bless = std::env::var_os("BLESS").is_some();
    let only = std::env::var("ONLY").unwrap_or_default();
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let mut failures = String::new();
    for path in paths.iter().filter(|p| p.to_string_lossy().contains(&only)) {
        if let Err(message) = check(path, bless) {
            let _ = writeln!(failures, "{}: {message}", path.display());
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

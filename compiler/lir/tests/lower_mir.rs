//! Lowers the programs of `tests/mir` that the certifier accepts, and verifies what comes out. What those of `tests/mir/lower`, one for
//! each kind of lowering, become is compared with the `.lir` beside them; `BLESS=1` writes it.

#![allow(clippy::disallowed_methods, reason = "tests read their files from the disk")]
#![allow(clippy::disallowed_macros, reason = "the test says how much it has seen")]

use std::path::{Path, PathBuf};

const MARK: &str = "\n// ---- expected\n";

fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
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

#[test]
fn accepted_programs_lower_to_valid_lir() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/mir");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let (mut lowered, mut compared, mut differ) = (0, 0, Vec::new());
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("readable");
        let input = text.split(MARK).next().unwrap_or("");
        let Ok(mut program) = mir::parse_program(input) else { continue };
        if mir::verify(&program).is_err() || text.starts_with("// certify") && mir::certify(&program).is_err()
        {
            continue;
        }
        if !text.starts_with("// certify") {
            mir::optimize(&mut program, &mir::PassOptions::default());
        }
        let module = lir::lower::lower_program(
            &program,
            &lir::Target::wasm32_wasi(),
            lir::lower::LowerOptions::default(),
        );
        if let Err(errors) = lir::verify(&module) {
            let shown: Vec<String> = errors.iter().take(3).map(|e| e.to_string()).collect();
            panic!("{}: {}\n{}", path.display(), shown.join("\n"), lir::print_module(&module));
        }
        if path.parent().is_some_and(|folder| folder.ends_with("lower")) {
            compared += 1;
            compare(&path.with_extension("lir"), &lir::print_module(&module), &mut differ);
        }
        lowered += 1;
    }
    println!("compared {compared} programs");
    assert!(differ.is_empty(), "{}", differ.join("\n\n"));
    assert!(compared >= 21, "too few programs were compared: {compared}");
    println!("lowered {lowered} programs");
    assert!(lowered >= 3, "too few programs were lowered: {lowered}");
}

fn compare(path: &Path, found: &str, differ: &mut Vec<String>) {
    if std::env::var_os("BLESS").is_some() {
        return std::fs::write(path, found).expect("it can be written");
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected != found {
        differ.push(format!("{}: expected\n{expected}\nfound\n{found}", path.display()));
    }
}

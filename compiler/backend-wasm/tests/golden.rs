//! Golden tests: each file of `golden/` holds a module and, behind a line `;; ----`, what it compiles to. `BLESS=1` writes
//! the second part; read it before you commit it.

mod common;

use std::path::Path;

use backend_wasm::{EmitOptions, to_wat};
use common::compile;
use lir::parse_module;

const SEPARATOR: &str = ";; ----\n";

#[test]
#[allow(clippy::disallowed_methods, reason = "tests read and write their expectations")]
fn shapes_of_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("the folder is there").map(|it| it.unwrap().path()).collect();
    paths.sort();
    let bless = std::env::var("BLESS").is_ok();
    let mut failures = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a text");
        let (input, expected) = text.split_once(SEPARATOR).unwrap_or((&text, ""));
        let module = parse_module(input).unwrap_or_else(|error| panic!("{}:{error}", path.display()));
        lir::assert_valid(&module, "writing by hand");
        let opts = EmitOptions { names: true, ..EmitOptions::release() };
        let found = to_wat(&compile(&module, &opts)).expect("a valid module");
        if bless {
            std::fs::write(&path, format!("{input}{SEPARATOR}{found}")).expect("a writable folder");
        } else if found != expected {
            failures.push(format!("{}: found\n{found}", path.display()));
        }
    }
    assert!(failures.is_empty(), "{}\nBLESS=1 accepts this.", failures.join("\n"));
}

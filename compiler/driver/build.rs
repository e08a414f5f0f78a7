//! Embeds the library: writes a table of every `.gal` file under `library/` with its text; for a module for the web only what
//! that needs.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::disallowed_types,
    reason = "it runs where the compiler is built, and only there"
)]

#[path = "src/library/strip.rs"]
mod strip;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let root =
        PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../library");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let is_module = std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm");
    let mut table = format!("const IS_STRIPPED: bool = {is_module};\n");
    table.push_str("pub static FILES: &[(&str, &str)] = &[\n");
    for path in files {
        let name = path.strip_prefix(&root).expect("found below it").to_string_lossy().replace('\\', "/");
        let full = path.canonicalize().expect("it exists");
        let row = if !is_module {
            format!("({name:?}, include_str!({:?}))", full.to_string_lossy())
        } else if is_for_others(&name) {
            continue;
        } else {
            let text = std::fs::read_to_string(full).expect("it is text");
            format!("({name:?}, {:?})", strip::strip(&text))
        };
        writeln!(table, "    {row},").expect("strings take text");
    }
    table.push_str("];\n");
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets it")).join("library.rs");
    std::fs::write(out, table).expect("cargo's folder is writable");
}

/// What no program for the web has: other systems, and what threads need. Must match `docs` of playground/build.mjs.
fn is_for_others(name: &str) -> bool {
    name.starts_with("sys/") && !name.starts_with("sys/web/") || name.starts_with("runtime/threads/")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("the library is part of the source tree");
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "gal") {
            files.push(path);
        }
    }
}

//! clang, and how it compiles for wasm32: freestanding, with the features that wasmtime has by default.

use crate::{Result, tools};
use std::path::Path;

/// The compilers that are tried, the measured one first.
const COMPILERS: &[&str] = &["clang-22", "clang"];

pub const WASM_FLAGS: &[&str] = &[
    "--target=wasm32",
    "-ffreestanding",
    "-nostdlib",
    "-mbulk-memory",
    "-msign-ext",
    "-mnontrapping-fptoint",
    "-mmultivalue",
    "-fuse-ld=lld",
    "-Wl,--no-entry",
    "-Wl,-z,stack-size=1048576",
];

/// The first compiler there is, with its version.
pub fn find() -> Result<(&'static str, String)> {
    let found = COMPILERS.iter().find_map(|name| {
        let version = tools::version(Path::new(name), "--version").ok()?;
        Some((*name, version))
    });
    found.ok_or("clang is missing; `cargo xtask setup --full` gets it on Debian".to_string())
}

/// The name of that compiler; of the measured one if there is none.
pub fn name() -> &'static str {
    find().map_or(COMPILERS[0], |(name, _)| name)
}

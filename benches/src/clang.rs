//! C to WebAssembly through clang: freestanding, `-O3`, the features that wasmtime has by default, SIMD if wanted.

use crate::{Result, root};
use std::process::Command;

/// The compilers that are tried, the measured one first.
const COMPILERS: &[&str] = &["clang-22", "clang"];

const FLAGS: &[&str] = &[
    "--target=wasm32",
    "-O3",
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
    let version = |name: &&'static str| {
        let output = Command::new(name).arg("--version").output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).lines().next()?.to_string();
        Some((*name, text))
    };
    let missing = "clang is missing; `cargo xtask setup --full` gets it on Debian";
    COMPILERS.iter().find_map(version).ok_or(missing.to_string())
}

pub fn compile(compiler: &str, source: &str, simd: bool) -> Result<Vec<u8>> {
    let simd_flag = if simd { "-msimd128" } else { "-mno-simd128" };
    let folder = root().join("target/bench");
    std::fs::create_dir_all(&folder)
        .map_err(|error| format!("cannot make `{}`: {error}", folder.display()))?;
    let name = source.rsplit('/').next().unwrap_or(source);
    let target = folder.join(name).with_extension("wasm");
    let output = Command::new(compiler)
        .args(FLAGS)
        .arg(simd_flag)
        .arg(root().join(source))
        .arg("-o")
        .arg(&target)
        .output();
    let output = output.map_err(|error| format!("`{compiler}` cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("`{compiler}` rejects {source}:\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    std::fs::read(&target).map_err(|error| format!("cannot read `{}`: {error}", target.display()))
}

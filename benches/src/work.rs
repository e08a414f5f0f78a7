//! `benches work`: what a galc that is compiled with a profile should be fast at. Called by `cargo xtask release` with
//! programs that count.

use crate::compiler::{check_once, sound_sources, sources};
use crate::{Result, gal, root};
use driver::BackendKind;

/// The command. Must match xtask/src/release.rs.
pub const WORK: &str = "work";

/// Lines for the front end: each program of the corpus about once.
const LINES: usize = 20_000;
/// How often they are checked: checking is what editors and the playground wait for, and compiling takes longer.
const CHECKS: usize = 50;
/// Of so many programs one is compiled to the end, with and without the optional passes.
const STRIDE: usize = 10;

/// Checks the corpus, and compiles a part of it.
pub fn work() -> Result {
    let sound = sound_sources();
    for _ in 0..CHECKS {
        check_once(&sound, LINES)?;
    }
    let files = sources(&root().join("tests/run"));
    for path in files.iter().step_by(STRIDE) {
        let name = path.strip_prefix(root()).map_err(|error| error.to_string())?.to_string_lossy();
        for no_opt in [false, true] {
            // Programs of other targets are in the corpus too.
            let build = gal::Build { backend: BackendKind::Wasm, no_opt, is_native: false };
            if let Err(message) = gal::compile(&name, build) {
                println!("left out: {name}: {message}");
            }
        }
    }
    Ok(())
}

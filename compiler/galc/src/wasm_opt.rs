//! Whether modules go through Binaryen's `wasm-opt`, which makes them smaller and faster after either backend.

use crate::cli::WasmOptChoice;
use crate::exit::Failure;
use crate::shell::Shell;
use binaryen::WasmOpt;
use driver::{Artifact, ArtifactKind, OptLevel, Options, Profile};

/// Whether a module goes through wasm-opt, and how it was decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    No,
    /// By the profile or the level: without the program, the module stays as it is, and galc says so.
    ByDefault(OptLevel),
    /// By `--wasm-opt`: without the program there is no module.
    Asked(OptLevel),
}

/// What `--wasm-opt` says; without it, modules in release and those that shall be small go through the program.
pub fn wanted(choice: Option<WasmOptChoice>, options: &Options) -> Result<Wanted, Failure> {
    let is_module = options.artifact == ArtifactKind::WasmModule;
    let asked = choice.map(WasmOptChoice::level);
    if let Some(level) = asked {
        return match level {
            Some(_) if !is_module => {
                let what = options.artifact.description();
                Err(Failure::Usage(format!("`--wasm-opt` is for WebAssembly modules, and {what} is made")))
            }
            level => Ok(level.map_or(Wanted::No, Wanted::Asked)),
        };
    }
    let level = options.level();
    let is_usual = options.profile == Profile::Release || level.is_for_size();
    // With debug information it would lose where variables are.
    let is_wanted = is_module && is_usual && level != OptLevel::O0 && !options.debug_info;
    Ok(if is_wanted { Wanted::ByDefault(level) } else { Wanted::No })
}

/// The artifact's bytes, passed through wasm-opt if that is wanted.
pub fn apply(artifact: Artifact, wanted: Wanted, names: bool, shell: &Shell) -> Result<Vec<u8>, Failure> {
    let (level, is_asked) = match wanted {
        Wanted::No => return Ok(artifact.bytes),
        Wanted::ByDefault(level) => (level, false),
        Wanted::Asked(level) => (level, true),
    };
    let beside = std::env::current_exe().ok().and_then(|galc| Some(galc.parent()?.to_path_buf()));
    let Some(program) = WasmOpt::find(beside).map_err(Failure::Usage)? else {
        let what = WasmOpt::missing();
        if is_asked {
            return Err(Failure::Usage(what));
        }
        shell.note(&format!("the module is as the backend made it: {what}; `--wasm-opt off` asks for that"));
        return Ok(artifact.bytes);
    };
    program
        .run(&artifact.bytes, level, &artifact.features, names)
        .map_err(|error| Failure::Usage(format!("{error}; `--wasm-opt off` does without")))
}

//! What executables have besides the program: the start of the process, in `start_x86_64_linux.s`, which calls the program's
//! `_start` by the name of [`MAIN`].

use backend::{ArtifactKind, BackendError};
use lir::{FuncKind, Module};

/// What the start of the process calls.
pub const MAIN: &str = "gal_main";
/// The export that is that.
pub const ENTRY: &str = "_start";

const START: &str = include_str!("start_x86_64_linux.s");

/// What the text above defines for the library.
const PROVIDED: [&str; 5] =
    ["gal_syscall3", "gal_syscall6", "gal_initial_stack", "gal_frame_pointer", "gal_line_table"];

/// The text for the assembler that goes into the module.
pub fn start(stack_bytes: u32) -> String {
    format!(".set GAL_STACK_BYTES, {stack_bytes}\n{START}")
}

/// Whether there can be an executable, if that is wanted.
pub fn check(module: &Module, artifact: ArtifactKind) -> Result<(), BackendError> {
    if !module.exports.iter().any(|export| export.name == ENTRY) {
        let what = "a native program starts at `fn main()`, and this one has none";
        return Err(BackendError::Unsupported(what.into()));
    }
    let foreign = module.funcs.iter().find_map(|func| match &func.kind {
        FuncKind::Import { name, .. } if !PROVIDED.contains(&name.as_str()) => Some(name),
        _ => None,
    });
    match foreign {
        Some(name) if artifact == ArtifactKind::Executable => Err(BackendError::Unsupported(format!(
            "the program calls the C function `{name}`, and executables are linked without C libraries; `--emit obj` makes an \
             object file to link by hand"
        ))),
        _ => Ok(()),
    }
}

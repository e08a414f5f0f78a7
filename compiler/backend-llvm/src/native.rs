//! What native programs have besides their own code: the start of the process, in `start_x86_64_linux.s` where there is no C library,
//! and in `start_c.ll` where there is. It calls the program's `_start` by the name of [`MAIN`].

use backend::{ArtifactKind, BackendError};
use lir::{Arch, CSystem, FuncKind, Module, Os, Platform, Signature, Ty};

/// What the start of the process calls.
pub const MAIN: &str = "gal_main";
/// The export that is that.
pub const ENTRY: &str = "_start";

const START: &str = include_str!("start_x86_64_linux.s");

const UNIX_START: &str = concat!(include_str!("start_c.ll"), include_str!("start_c_unix.ll"), "\0");
const ARM_START: &str =
    concat!(include_str!("start_c.ll"), include_str!("start_c_unix.ll"), include_str!("arm.ll"), "\0");
const WINDOWS_START: &str = concat!(include_str!("start_c.ll"), include_str!("start_c_windows.ll"), "\0");

/// What the text above defines for the library.
const PROVIDED: [&str; 6] = [
    "gal_syscall3",
    "gal_syscall6",
    "gal_thread_start",
    "gal_initial_stack",
    "gal_frame_pointer",
    "gal_line_table",
];

/// The text for the assembler that goes into the module. `in_c`: a C library starts the process and ends it, for what is
/// linked with it asks for that.
pub fn start(stack_bytes: u32, in_c: bool) -> String {
    format!(".set GAL_STACK_BYTES, {stack_bytes}\n.set GAL_IN_C, {}\n{START}", u8::from(in_c))
}

/// The text with which LLVM's module begins; it ends with a zero, as LLVM's parser asks for.
pub fn c_start(system: &CSystem) -> &'static [u8] {
    let text = match (system.os, system.arch) {
        (Os::Windows, _) => WINDOWS_START,
        (_, Arch::Arm) => ARM_START,
        (Os::Linux | Os::Macos, _) => UNIX_START,
    };
    text.as_bytes()
}

/// The parameters and results of the C functions in it, which the program may declare, too.
const C_START: [(&str, &[Ty], &[Ty]); 2] =
    [("signal", &[Ty::I32, Ty::Ptr], &[Ty::Ptr]), ("_setmode", &[Ty::I32, Ty::I32], &[Ty::I32])];

/// Whether there can be an executable, if that is wanted.
pub fn check(module: &Module, artifact: ArtifactKind) -> Result<(), BackendError> {
    if !module.exports.iter().any(|export| export.name == ENTRY) {
        let what = "a native program starts at `fn main()`, and this one has none";
        return Err(BackendError::Unsupported(what.into()));
    }
    if let Some(name) = contradiction(module) {
        return Err(BackendError::Unsupported(format!(
            "the C function `{name}` is declared more than once, with different parameters or results"
        )));
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

/// A C function of which there is more than one declaration, and they differ.
fn contradiction(module: &Module) -> Option<&str> {
    let sig =
        |params: &[Ty], results: &[Ty]| Signature { params: params.to_vec(), results: results.to_vec() };
    let mut known: Vec<(&str, Signature)> = Vec::new();
    if let Platform::C(_) = module.target.platform() {
        known.push(("main", sig(&[Ty::I32, Ty::Ptr, Ty::Ptr], &[Ty::I32])));
        known.extend(C_START.map(|(name, params, results)| (name, sig(params, results))));
    }
    for function in &module.funcs {
        let FuncKind::Import { name, .. } = &function.kind else { continue };
        match known.iter().find(|(it, _)| it == name) {
            Some((_, sig)) if *sig != function.sig => return Some(name),
            Some(_) => {}
            None => known.push((name, function.sig.clone())),
        }
    }
    None
}

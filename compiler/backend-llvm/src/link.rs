//! Linkers: an object file to a module with the imports and exports that the program has, and no others, by `wasm-ld`; or to
//! an executable, by the system's C compiler, which knows its linker.

use backend::BackendError;
use lir::STACK_POINTER;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program that links.
struct Linker {
    /// Names it.
    variable: &'static str,
    /// Looked for on the path.
    names: &'static [&'static str],
    /// What to do where there is none.
    how_to_get: &'static str,
}

/// The one of the same LLVM first: object files may have what older linkers do not know.
const WASM_LD: Linker = Linker {
    variable: "GALC_WASM_LD",
    names: &["wasm-ld-22", "wasm-ld"],
    how_to_get: "`cargo xtask setup` installs it (Debian: lld-22)",
};

const CC: Linker = Linker {
    variable: "GALC_CC",
    names: &["cc", "clang", "gcc"],
    how_to_get: "a C compiler links executables (Debian: gcc, or clang)",
};

pub struct WasmLinking {
    pub stack_bytes: u32,
    pub is_64_bit: bool,
    pub names: bool,
    pub debug_info: bool,
    pub for_size: bool,
}

pub struct NativeLinking {
    pub names: bool,
    /// Makes the executable one that writes a profile.
    pub profile_runtime: Option<PathBuf>,
}

pub fn wasm(object: &[u8], linking: &WasmLinking) -> Result<Vec<u8>, BackendError> {
    let mut args = wasm_arguments(linking);
    // The linker would make one for the export. An object that uses it names it.
    let mut places = object.windows(STACK_POINTER.len());
    if linking.is_64_bit && places.any(|place| place == STACK_POINTER.as_bytes()) {
        args.push(format!("--export={STACK_POINTER}"));
    }
    link(&WASM_LD, args, &[object], None)
}

/// A static executable of nothing but the objects: neither a C library nor its start files are linked, so there need be none.
/// It is loaded where it was linked to, because nothing in it could move it.
///
/// What writes profiles is a library for C programs: with it the executable is one of those.
pub fn executable(objects: &[&[u8]], linking: &NativeLinking) -> Result<Vec<u8>, BackendError> {
    let mut args = vec!["-no-pie", "-Wl,--gc-sections", "-Wl,--build-id=none"];
    match linking.profile_runtime {
        None => args.extend(["-nostdlib", "-static"]),
        // By this name the library's part is asked for that sets up and writes the file.
        Some(_) => args.push("-Wl,-u,__llvm_profile_runtime"),
    }
    args.extend((!linking.names).then_some("-s"));
    let args = args.into_iter().map(str::to_string).collect();
    link(&CC, args, objects, linking.profile_runtime.as_deref())
}

fn link(
    linker: &Linker,
    args: Vec<String>,
    objects: &[&[u8]],
    library: Option<&Path>,
) -> Result<Vec<u8>, BackendError> {
    let folder =
        tempfile::tempdir().map_err(|error| tool(format!("cannot make a temporary folder: {error}")))?;
    let to = folder.path().join("program");
    let mut args: Vec<OsString> = args.into_iter().map(OsString::from).collect();
    for (number, object) in objects.iter().enumerate() {
        let from = folder.path().join(format!("program{number}.o"));
        std::fs::write(&from, object)
            .map_err(|error| tool(format!("cannot write `{}`: {error}", from.display())))?;
        args.push(from.into());
    }
    args.extend(library.map(OsString::from));
    args.extend(["-o".into(), to.clone().into()]);
    run(linker, &args)?;
    std::fs::read(&to).map_err(|error| tool(format!("the linker wrote no `{}`: {error}", to.display())))
}

fn wasm_arguments(linking: &WasmLinking) -> Vec<String> {
    let mut args = vec![
        // What is exported says so itself.
        "--no-entry".to_string(),
        // An overflow of the stack leaves the memory and traps; docs/language.md has the size.
        "--stack-first".to_string(),
        "-z".to_string(),
        format!("stack-size={}", linking.stack_bytes),
        "--gc-sections".to_string(),
        // Nothing is left to the host that the program does not import by name.
        "--unresolved-symbols=report-all".to_string(),
        format!("-O{}", if linking.for_size { 2 } else { 1 }),
    ];
    if linking.is_64_bit {
        args.push("-mwasm64".to_string());
    }
    if !linking.debug_info {
        args.push(if linking.names { "--strip-debug" } else { "--strip-all" }.to_string());
    }
    args
}

fn run(linker: &Linker, args: &[OsString]) -> Result<(), BackendError> {
    let named = std::env::var_os(linker.variable).filter(|value| !value.is_empty());
    let candidates: Vec<OsString> = match &named {
        Some(linker) => vec![linker.clone()],
        None => linker.names.iter().map(OsString::from).collect(),
    };
    for candidate in &candidates {
        let name = candidate.to_string_lossy();
        match Command::new(candidate).args(args).stdin(Stdio::null()).output() {
            Ok(output) if output.status.success() => return Ok(()),
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                return Err(tool(format!("`{name}` failed ({}): {}", output.status, said.trim())));
            }
            Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => {}
            Err(error) => return Err(tool(format!("cannot run the linker `{name}`: {error}"))),
        }
    }
    Err(tool(format!(
        "the llvm backend needs the linker {}, which is not on the path; {}, or {} says where it is",
        linker.names.join(" or "),
        linker.how_to_get,
        linker.variable
    )))
}

fn tool(what: String) -> BackendError {
    BackendError::Tool(what)
}

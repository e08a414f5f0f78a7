//! `wasm-ld`: an object file to a module with the imports and exports that the program has, and no others.

use backend::BackendError;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::process::{Command, Stdio};

/// Names the linker.
const VARIABLE: &str = "GALC_WASM_LD";
/// Looked for on the path. The one of the same LLVM first: object files may have what older linkers do not know.
const NAMES: [&str; 2] = ["wasm-ld-22", "wasm-ld"];

pub struct Linking {
    pub stack_bytes: u32,
    pub names: bool,
    pub for_size: bool,
}

pub fn wasm(object: &[u8], linking: &Linking) -> Result<Vec<u8>, BackendError> {
    let folder =
        tempfile::tempdir().map_err(|error| tool(format!("cannot make a temporary folder: {error}")))?;
    let (from, to) = (folder.path().join("program.o"), folder.path().join("program.wasm"));
    std::fs::write(&from, object)
        .map_err(|error| tool(format!("cannot write `{}`: {error}", from.display())))?;
    let mut args: Vec<OsString> = arguments(linking).into_iter().map(OsString::from).collect();
    args.extend([from.into(), "-o".into(), to.clone().into()]);
    run(&args)?;
    std::fs::read(&to).map_err(|error| tool(format!("the linker wrote no `{}`: {error}", to.display())))
}

fn arguments(linking: &Linking) -> Vec<String> {
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
    args.push(if linking.names { "--strip-debug" } else { "--strip-all" }.to_string());
    args
}

fn run(args: &[OsString]) -> Result<(), BackendError> {
    let named = std::env::var_os(VARIABLE).filter(|value| !value.is_empty());
    let candidates: Vec<OsString> = match &named {
        Some(linker) => vec![linker.clone()],
        None => NAMES.iter().map(OsString::from).collect(),
    };
    for linker in &candidates {
        let linker_name = linker.to_string_lossy();
        match Command::new(linker).args(args).stdin(Stdio::null()).output() {
            Ok(output) if output.status.success() => return Ok(()),
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                return Err(tool(format!("`{linker_name}` failed ({}): {}", output.status, said.trim())));
            }
            Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => {}
            Err(error) => return Err(tool(format!("cannot run the linker `{linker_name}`: {error}"))),
        }
    }
    Err(tool(format!(
        "the llvm backend needs the linker {}, which is not on the path; `cargo xtask setup` installs it (Debian: lld-22), \
         or {VARIABLE} says where it is",
        NAMES.join(" or ")
    )))
}

fn tool(what: String) -> BackendError {
    BackendError::Tool(what)
}

//! What the LLVM backend is built with and links with: LLVM 22 with its headers, and its linker for WebAssembly. Without
//! them all but the cargo feature `llvm` works.

use crate::process::{command, output};
use crate::setup::{apt_install, can_apt};
use std::path::{Path, PathBuf};

/// Debian's; older releases have them from apt.llvm.org.
const PACKAGES: &[&str] = &["llvm-22-dev", "libpolly-22-dev", "lld-22", "libclang-rt-22-dev", "g++"];
const VERSION: &str = "22.";
/// Names a folder with LLVM in it; `llvm-sys` reads it.
const PREFIX: &str = "LLVM_SYS_221_PREFIX";
/// Must match compiler/backend-llvm/src/link.rs.
const LINKER: &str = "GALC_WASM_LD";
const LINKERS: [&str; 2] = ["wasm-ld-22", "wasm-ld"];
/// What programs that write profiles are linked with. This and the next two must match compiler/backend-llvm/src/profile_runtime.rs.
const PROFILE_RUNTIME: &str = "libclang_rt.profile";
const PROFILE_RUNTIME_VARIABLE: &str = "GALC_PROFILE_RUNTIME";
const PROFILE_RUNTIMES: [&str; 4] = [
    "lib/linux/libclang_rt.profile-x86_64.a",
    "lib/x86_64-unknown-linux-gnu/libclang_rt.profile.a",
    "lib/x86_64-pc-linux-gnu/libclang_rt.profile.a",
    "lib/x86_64-linux-gnu/libclang_rt.profile.a",
];
/// Included by compiler/backend-llvm/src/shim.cpp.
const HEADER: &str = "llvm/MC/MCAsmInfo.h";

/// What is tested with it.
pub const FEATURES: &str = "backend-llvm/llvm,galc/llvm,corpus-tests/llvm";
pub const TESTS: &[&str] = &["programs", "corpus", "llvm", "native", "debugger", "backtrace", "size"];
/// Tests among them that do the same without it, and have just been run.
pub const SAME_WITHOUT: &[&str] = &[
    "programs_print_the_same_in_a_64_bit_memory",
    "programs_print_the_same_in_javascript",
    "programs_print_the_same_through_wasm_opt",
    "actors_do_the_same_in_all_orders",
    "test_blocks_of_examples_pass",
    "programs_print_what_they_should",
    "examples_print_what_they_should",
    "mistakes_are_reported_as_expected",
    "small_functions_become_what_they_should",
    "examples_in_documents_work",
];

/// Installs it where that can be done without asking; says how to get it where not.
pub fn setup() {
    let mut missing = missing();
    let is_complete = missing.is_empty() && has_profile_runtime();
    if !is_complete && can_apt() && apt_install(PACKAGES).is_ok() {
        missing = self::missing();
    }
    if missing.is_empty() {
        println!("setup: LLVM 22 is there, for `--features llvm`");
        if !has_profile_runtime() {
            println!(
                "setup: no {PROFILE_RUNTIME}, which `galc build --profile-generate` and its tests need: set {PROFILE_RUNTIME_VARIABLE} to it"
            );
        }
        return;
    }
    println!(
        "setup: no LLVM backend, as there is no {}. All else works. To have it:",
        missing.join(" and no ")
    );
    println!(
        "setup:   Debian, Ubuntu: apt-get install {} (from apt.llvm.org, if the release has no LLVM 22)",
        PACKAGES.join(" ")
    );
    println!("setup:   macOS: brew install llvm@22 lld@22");
    println!("setup:   elsewhere: set {PREFIX} to LLVM's folder, and {LINKER} to its wasm-ld");
}

pub fn missing() -> Vec<&'static str> {
    let has_library = configs().iter().any(|config| is_complete(config));
    let named = std::env::var_os(LINKER).map(PathBuf::from);
    let mut linkers = LINKERS.map(PathBuf::from).into_iter().chain(named);
    let has_linker =
        linkers.any(|linker| output(command(&linker.to_string_lossy(), &["--version"])).is_some());
    let parts = [(has_library, "LLVM 22 with headers"), (has_linker, "wasm-ld")];
    parts.into_iter().filter(|(has, _)| !has).map(|(_, name)| name).collect()
}

/// Whether programs that write profiles can be linked, or need not be, because no target of this machine has them.
fn has_profile_runtime() -> bool {
    let clang =
        output(command("clang-22", &["-print-resource-dir"])).map(|folder| PathBuf::from(folder.trim()));
    let library = output(command("llvm-config-22", &["--libdir"]))
        .map(|folder| Path::new(folder.trim()).join("clang/22"));
    let lies_in = |folder: PathBuf| PROFILE_RUNTIMES.iter().any(|place| folder.join(place).is_file());
    !cfg!(all(target_os = "linux", target_arch = "x86_64"))
        || std::env::var_os(PROFILE_RUNTIME_VARIABLE).is_some_and(|path| Path::new(&path).is_file())
        || clang.into_iter().chain(library).any(lies_in)
}

/// Where `llvm-sys` looks.
fn configs() -> Vec<PathBuf> {
    match std::env::var_os(PREFIX) {
        Some(prefix) => vec![Path::new(&prefix).join("bin/llvm-config")],
        None => ["llvm-config-22", "llvm-config"].map(PathBuf::from).to_vec(),
    }
}

fn is_complete(config: &Path) -> bool {
    let ask = |what: &str| output(command(&config.to_string_lossy(), &[what]));
    ask("--version").is_some_and(|version| version.starts_with(VERSION))
        && ask("--includedir").is_some_and(|folder| Path::new(folder.trim()).join(HEADER).exists())
}

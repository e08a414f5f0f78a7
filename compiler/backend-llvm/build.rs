//! Compiles the C++ shim (see `src/shim.cpp` and `src/profiles.cpp`) against the LLVM that `llvm-sys` found.

const FILES: &[&str] = &["src/shim.cpp", "src/profiles.cpp"];
const HEADERS: &[&str] = &["src/profiles.h"];

fn main() {
    for file in FILES.iter().chain(HEADERS) {
        println!("cargo::rerun-if-changed={file}");
    }
    #[cfg(feature = "llvm")]
    shim();
}

#[cfg(feature = "llvm")]
fn shim() {
    // `llvm-sys` tells where it found LLVM; it found none if the variable is not set.
    println!("cargo::rerun-if-env-changed=DEP_LLVM_22_CONFIG_PATH");
    let Some(config) = std::env::var_os("DEP_LLVM_22_CONFIG_PATH") else {
        println!(
            "cargo::error=LLVM 22 with its headers is missing: `cargo xtask setup` installs it or says how; if it is in a \
             place of its own, set LLVM_SYS_221_PREFIX to that"
        );
        return;
    };
    let flags = match std::process::Command::new(&config).arg("--cxxflags").output() {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).into_owned(),
        _ => {
            println!("cargo::error={} --cxxflags failed: is LLVM 22 complete?", config.display());
            return;
        }
    };
    let mut build = cc::Build::new();
    build.cpp(true).files(FILES).warnings(false);
    flags.split_whitespace().for_each(|flag| {
        build.flag(flag);
    });
    build.compile("galc_llvm_shim");
}

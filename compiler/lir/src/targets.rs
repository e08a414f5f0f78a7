//! The targets that galc compiles for: all that the compiler knows of one is its row here, and the folder of
//! `library/sys` that the row names. A backend decides by [`Target`], never by the name.

use crate::ir::Target;

/// One target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TargetInfo {
    /// What `--target` takes.
    pub name: &'static str,
    pub description: &'static str,
    /// The folder of `library/sys` with its host calls.
    pub sys: &'static str,
    /// The names that `@target(…)` may give for it.
    pub families: &'static [&'static str],
    /// 4 or 8.
    pub pointer_bytes: u32,
    pub max_results: u32,
    /// Bytes of shadow stack; `docs/language.md` says the same.
    pub stack_bytes: u32,
}

/// All targets; the first is the default.
pub const TARGETS: &[TargetInfo] = &[WASM32_WASI];

/// WASI preview 1 in a 32-bit memory.
pub const WASM32_WASI: TargetInfo = TargetInfo {
    name: "wasm32-wasi",
    description: "WebAssembly command module on WASI preview 1",
    sys: "wasi",
    families: &["wasi", "wasm32"],
    pointer_bytes: 4,
    max_results: 16,
    stack_bytes: 1 << 20,
};

impl TargetInfo {
    /// Its facts for one module. Panics unwind unless the build is asked for something else.
    pub fn target(&self) -> Target {
        Target {
            name: self.name.into(),
            pointer_bytes: self.pointer_bytes,
            max_results: self.max_results,
            stack_bytes: self.stack_bytes,
            panic_unwinds: true,
        }
    }
}

impl Target {
    pub fn wasm32_wasi() -> Target {
        WASM32_WASI.target()
    }
}

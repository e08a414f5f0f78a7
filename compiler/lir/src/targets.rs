//! The targets that galc compiles for: all that the compiler knows of one is its row here, and the folder of
//! `library/sys` that the row names. A backend decides by [`Target`], never by the name.

use crate::c_targets::*;
use crate::ir::{Target, Vectors};

/// What programs of a target are, as far as backends tell targets apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Platform {
    /// Modules with a linear memory, which has a stack for slots in it, and exceptions.
    Wasm,
    /// Processes of Linux on 64-bit x86, without a C library.
    X86_64Linux,
    /// Object files, which a C compiler links to the C library of this system.
    C(CSystem),
}

/// One target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TargetInfo {
    /// What `--target` takes.
    pub name: &'static str,
    pub description: &'static str,
    pub platform: Platform,
    /// The folder of `library/sys` with its host calls.
    pub sys: &'static str,
    /// The names that `@target(…)` may give for it.
    pub families: &'static [&'static str],
    /// 4 or 8.
    pub pointer_bytes: u32,
    pub max_results: u32,
    /// Bytes of the stack that slots are on; `docs/language.md` says the same.
    pub stack_bytes: u32,
}

/// The name under which modules with a 64-bit memory export the pointer of the stack that slots are on, if they have one. Engines
/// do not tell which address an access trapped at in such a memory; by the pointer a host can tell an overflow. Must match
/// wasi/src/outcome.rs.
pub const STACK_POINTER: &str = "__stack_pointer";

/// All targets; the first is the default.
pub const TARGETS: &[TargetInfo] = &[
    WASM32_WASI,
    WASM64_WASI,
    WASM32_WEB,
    WASM64_WEB,
    X86_64_LINUX,
    X86_64_LINUX_GNU,
    AARCH64_LINUX,
    I686_LINUX,
    ARMV7_LINUX,
    RISCV32_LINUX,
    RISCV64_LINUX,
    AARCH64_MACOS,
    X86_64_MACOS,
    X86_64_WINDOWS,
];

/// WASI preview 1 in a 32-bit memory.
pub const WASM32_WASI: TargetInfo = TargetInfo {
    name: "wasm32-wasi",
    description: "WebAssembly command module on WASI preview 1",
    platform: Platform::Wasm,
    sys: "wasi",
    families: &["wasi", "wasm32"],
    pointer_bytes: 4,
    max_results: 16,
    stack_bytes: 1 << 20,
};

/// WASI preview 1 in a 64-bit memory. Its functions have 32-bit addresses all the same: library/sys/wasi/low.gal.
pub const WASM64_WASI: TargetInfo = TargetInfo {
    name: "wasm64-wasi",
    description: "WebAssembly command module on WASI preview 1, with a 64-bit memory",
    families: &["wasi", "wasm64"],
    pointer_bytes: 8,
    ..WASM32_WASI
};

/// What a loader in JavaScript takes: docs/web-abi.md.
pub const WASM32_WEB: TargetInfo = TargetInfo {
    name: "wasm32-web",
    description: "WebAssembly module for browsers, Node, Deno and Bun, with JavaScript that loads it",
    sys: "web",
    families: &["web", "wasm32"],
    ..WASM32_WASI
};

/// The same with a 64-bit memory.
pub const WASM64_WEB: TargetInfo = TargetInfo {
    name: "wasm64-web",
    description: "the same, with a 64-bit memory",
    families: &["web", "wasm64"],
    pointer_bytes: 8,
    ..WASM32_WEB
};

/// Linux on 64-bit x86. The processor has what those since 2009 have (x86-64-v2). Functions give back two results in
/// registers, and whether they panicked in a third.
pub const X86_64_LINUX: TargetInfo = TargetInfo {
    name: "x86_64-linux",
    description: "static executable for Linux on 64-bit x86",
    platform: Platform::X86_64Linux,
    sys: "linux",
    families: &["linux", "x86_64", "native"],
    pointer_bytes: 8,
    max_results: 2,
    stack_bytes: 64 << 20,
};

impl Platform {
    /// Whether programs are code of a processor, with a stack of it.
    pub fn is_native(self) -> bool {
        self != Platform::Wasm
    }
}

impl TargetInfo {
    /// Whether JavaScript loads its modules.
    pub fn is_web(&self) -> bool {
        self.sys == WASM32_WEB.sys
    }

    /// Its facts for one module. Panics unwind unless the build is asked for something else.
    pub fn target(&self) -> Target {
        Target {
            name: self.name.into(),
            pointer_bytes: self.pointer_bytes,
            max_results: self.max_results,
            stack_bytes: self.stack_bytes,
            panic_unwinds: true,
            vectors: Vectors::Fixed,
        }
    }
}

impl Target {
    pub fn wasm32_wasi() -> Target {
        WASM32_WASI.target()
    }

    /// Targets that are in no row, which tests have, are modules.
    pub fn platform(&self) -> Platform {
        TARGETS.iter().find(|info| info.name == self.name).map_or(Platform::Wasm, |info| info.platform)
    }
}

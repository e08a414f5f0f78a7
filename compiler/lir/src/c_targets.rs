//! Targets whose programs are object files: the C compiler of their system links them to its C library, in which their host
//! calls are (`library/sys/libc`). docs/galc.md names the functions.
//!
//! The width of a C `long`, the layouts of structures and what errors are called follow from the names in `families`, by which
//! `library/sys/libc/c.gal` tells them apart.

use crate::targets::{Platform, TargetInfo};

/// What such a target's objects are for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CSystem {
    pub arch: Arch,
    pub os: Os,
    /// As LLVM and C compilers write it.
    pub triple: &'static str,
    /// The least processor that programs run on, by LLVM's name, and what it has beyond that.
    pub cpu: &'static str,
    pub features: &'static str,
    /// How values are passed, where the triple leaves a choice.
    pub abi: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Arch {
    X86,
    X86_64,
    Arm,
    Aarch64,
    Riscv32,
    Riscv64,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Os {
    Linux,
    Macos,
    Windows,
}

/// Processors have had this since 2009: rounding, which would otherwise be functions of a C library, and counts of bits.
/// Executables without a C library are for the same.
pub const X86_64_LINUX_SYSTEM: CSystem = CSystem {
    arch: Arch::X86_64,
    os: Os::Linux,
    triple: "x86_64-unknown-linux-gnu",
    cpu: "x86-64-v2",
    features: "",
    abi: "",
};

/// What all have in common. The main thread's stack is the system's: 8 MiB under Linux and macOS unless the user says otherwise, and
/// 1 MiB under Windows; values of one frame may take as much as in modules.
const C_TARGET: TargetInfo = TargetInfo {
    name: "",
    description: "",
    platform: Platform::C(X86_64_LINUX_SYSTEM),
    sys: "libc",
    families: &[],
    pointer_bytes: 8,
    max_results: 2,
    stack_bytes: 1 << 20,
};

/// Words of 32 bits: a 64-bit result takes the two registers that there are.
const C_TARGET_32: TargetInfo = TargetInfo { pointer_bytes: 4, max_results: 1, ..C_TARGET };

pub const X86_64_LINUX_GNU: TargetInfo = TargetInfo {
    name: "x86_64-linux-gnu",
    description: "object files for Linux on 64-bit x86, with a C library",
    platform: Platform::C(X86_64_LINUX_SYSTEM),
    families: &["linux", "unix", "x86_64", "libc", "native"],
    ..C_TARGET
};

pub const AARCH64_LINUX: TargetInfo = TargetInfo {
    name: "aarch64-linux",
    description: "object files for Linux on 64-bit ARM",
    platform: Platform::C(CSystem {
        arch: Arch::Aarch64,
        os: Os::Linux,
        triple: "aarch64-unknown-linux-gnu",
        cpu: "generic",
        features: "",
        abi: "",
    }),
    families: &["linux", "unix", "aarch64", "libc", "native"],
    max_results: 4,
    ..C_TARGET
};

/// Any processor with SSE2: floats of the older unit would round twice.
pub const I686_LINUX: TargetInfo = TargetInfo {
    name: "i686-linux",
    description: "object files for Linux on 32-bit x86",
    platform: Platform::C(CSystem {
        arch: Arch::X86,
        os: Os::Linux,
        triple: "i686-unknown-linux-gnu",
        cpu: "pentium4",
        features: "",
        abi: "",
    }),
    families: &["linux", "unix", "i686", "libc", "native"],
    ..C_TARGET_32
};

/// Floats are passed in registers (`hf`). Vectors are numbers, for NEON takes the smallest floats for zero.
pub const ARMV7_LINUX: TargetInfo = TargetInfo {
    name: "armv7-linux",
    description: "object files for Linux on 32-bit ARM",
    platform: Platform::C(CSystem {
        arch: Arch::Arm,
        os: Os::Linux,
        triple: "armv7-unknown-linux-gnueabihf",
        cpu: "generic",
        features: "+vfp3d16,-d32,-neon",
        abi: "",
    }),
    families: &["linux", "unix", "armv7", "libc", "native"],
    ..C_TARGET_32
};

/// Linux lets programs access numbers anywhere on all RISC-V, so code may do so, too.
const RISCV_FEATURES: &str = "+m,+a,+f,+d,+c,+zicsr,+zifencei,+unaligned-scalar-mem";

pub const RISCV32_LINUX: TargetInfo = TargetInfo {
    name: "riscv32-linux",
    description: "object files for Linux on 32-bit RISC-V",
    platform: Platform::C(CSystem {
        arch: Arch::Riscv32,
        os: Os::Linux,
        triple: "riscv32-unknown-linux-gnu",
        cpu: "generic-rv32",
        features: RISCV_FEATURES,
        abi: "ilp32d",
    }),
    families: &["linux", "unix", "riscv32", "libc", "native"],
    ..C_TARGET_32
};

/// Two registers for results, of which one tells of panics.
pub const RISCV64_LINUX: TargetInfo = TargetInfo {
    name: "riscv64-linux",
    description: "object files for Linux on 64-bit RISC-V",
    platform: Platform::C(CSystem {
        arch: Arch::Riscv64,
        os: Os::Linux,
        triple: "riscv64-unknown-linux-gnu",
        cpu: "generic-rv64",
        features: RISCV_FEATURES,
        abi: "lp64d",
    }),
    families: &["linux", "unix", "riscv64", "libc", "native"],
    max_results: 1,
    ..C_TARGET
};

pub const AARCH64_MACOS: TargetInfo = TargetInfo {
    name: "aarch64-macos",
    description: "object files for macOS 11 on Apple silicon",
    platform: Platform::C(CSystem {
        arch: Arch::Aarch64,
        os: Os::Macos,
        triple: "arm64-apple-macosx11.0.0",
        cpu: "apple-m1",
        features: "",
        abi: "",
    }),
    families: &["macos", "unix", "aarch64", "libc", "native"],
    max_results: 4,
    ..C_TARGET
};

/// Since that release the system asks for such a processor itself.
pub const X86_64_MACOS: TargetInfo = TargetInfo {
    name: "x86_64-macos",
    description: "object files for macOS 10.14 on 64-bit x86",
    platform: Platform::C(CSystem {
        arch: Arch::X86_64,
        os: Os::Macos,
        triple: "x86_64-apple-macosx10.14.0",
        cpu: "x86-64-v2",
        features: "",
        abi: "",
    }),
    families: &["macos", "unix", "x86_64", "libc", "native"],
    ..C_TARGET
};

/// For the C compilers of mingw-w64.
pub const X86_64_WINDOWS: TargetInfo = TargetInfo {
    name: "x86_64-windows",
    description: "object files for Windows on 64-bit x86",
    platform: Platform::C(CSystem {
        arch: Arch::X86_64,
        os: Os::Windows,
        triple: "x86_64-w64-windows-gnu",
        cpu: "x86-64-v2",
        features: "",
        abi: "",
    }),
    families: &["windows", "x86_64", "libc", "native"],
    ..C_TARGET
};

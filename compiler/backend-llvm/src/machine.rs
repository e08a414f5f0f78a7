//! LLVM's target machine: the target's features, the passes of a level, code.

use crate::bug::{Result, bug};
use crate::profiles::Profile;
use backend::{BackendError, OptLevel, WasmFeature};
use inkwell::OptimizationLevel;
use inkwell::module::Module;
use inkwell::targets::{
    CodeModel, FileType, InitializationConfig, RelocMode, Target, TargetMachine, TargetMachineOptions,
    TargetTriple,
};
use lir::{CSystem, Platform, Vectors, X86_64_LINUX_SYSTEM};
use std::ffi::c_void;
use std::sync::Once;

unsafe extern "C" {
    /// Defined in `shim.cpp`; takes a `TargetMachine *`.
    fn galc_llvm_use_wasm_exceptions(machine: *mut c_void);
}

const WASM32_TRIPLE: &str = "wasm32-unknown-unknown";
const WASM64_TRIPLE: &str = "wasm64-unknown-unknown";

pub struct Machine {
    machine: TargetMachine,
    level: OptLevel,
    pub cpu: &'static str,
    pub features: String,
    /// The same for a module.
    pub wasm_features: Vec<WasmFeature>,
    /// Whether functions of a module give several results as such; the code generator's own then do, too.
    pub returns_several: bool,
}

impl Machine {
    pub fn new(module: &lir::Module, level: OptLevel) -> Result<Machine> {
        initialize();
        match module.target.platform() {
            Platform::Wasm => Machine::wasm(module, level),
            Platform::X86_64Linux => Machine::native(&X86_64_LINUX_SYSTEM, RelocMode::Static, level),
            // Most C compilers link programs that are loaded anywhere.
            Platform::C(system) => Machine::native(&system, RelocMode::PIC, level),
        }
    }

    fn native(system: &CSystem, relocations: RelocMode, level: OptLevel) -> Result<Machine> {
        let machine =
            target_machine(system.triple, system.cpu, system.features, system.abi, relocations, level)?;
        Ok(Machine {
            machine,
            level,
            cpu: system.cpu,
            features: system.features.to_string(),
            wasm_features: Vec::new(),
            returns_several: false,
        })
    }

    fn wasm(module: &lir::Module, level: OptLevel) -> Result<Machine> {
        let mut wasm_features = WasmFeature::of_module(module);
        // Loops become vectors where speed is wanted; every engine has had them since 2023.
        let may_have = module.target.vectors != Vectors::Absent;
        let is_fast = matches!(level, OptLevel::O2 | OptLevel::O3);
        if may_have && is_fast && !wasm_features.contains(&WasmFeature::Simd128) {
            wasm_features.push(WasmFeature::Simd128);
        }
        // To LLVM the size of addresses is a matter of the target, and filling and copying memory a feature of its own.
        let features = wasm_features.iter().filter(|feature| **feature != WasmFeature::Memory64);
        let names = features.map(|feature| feature.name()).chain(["bulk-memory-opt"]);
        let features = names.map(|name| format!("+{name}")).collect::<Vec<_>>().join(",");
        // Only then, because the code generator's own calls go wrong with it, see `adapter.rs`.
        let returns_several = module.funcs.iter().any(|func| func.sig.results.len() > 1);
        let abi = if returns_several { "experimental-mv" } else { "" };
        let triple = if module.target.pointer_bytes == 8 { WASM64_TRIPLE } else { WASM32_TRIPLE };
        let machine = target_machine(triple, "generic", &features, abi, RelocMode::Static, level)?;
        // SAFETY: `machine` owns a live `llvm::TargetMachine` and nothing else uses it meanwhile; the shim was compiled
        // against the headers of the library that is linked.
        unsafe { galc_llvm_use_wasm_exceptions(machine.as_mut_ptr().cast()) };
        Ok(Machine { machine, level, cpu: "generic", features, wasm_features, returns_several })
    }

    /// Makes a module one for this machine.
    pub fn prepare(&self, module: &Module<'_>) {
        module.set_triple(&self.machine.get_triple());
        module.set_data_layout(&self.machine.get_target_data().get_data_layout());
    }

    /// Runs the passes of the level. Gives back what people should know of the profile.
    pub fn optimize(
        &self,
        module: &Module<'_>,
        profile: &Profile<'_>,
    ) -> std::result::Result<Option<String>, BackendError> {
        let mut passes = format!("default<O{}>", self.level.name());
        if self.level == OptLevel::O0 {
            // Registers that stay on the stack would overflow it in programs that recurse deeply.
            passes.push_str(",function(mem2reg)");
        }
        crate::passes::run(module, &self.machine, &passes, self.level, profile)
    }

    pub fn emit(&self, module: &Module<'_>, kind: FileType) -> Result<Vec<u8>> {
        let buffer = self.machine.write_to_memory_buffer(module, kind).map_err(bug)?;
        Ok(buffer.as_slice().to_vec())
    }
}

fn target_machine(
    triple: &str,
    cpu: &str,
    features: &str,
    abi: &str,
    relocations: RelocMode,
    level: OptLevel,
) -> Result<TargetMachine> {
    let triple = TargetTriple::create(triple);
    let target = Target::from_triple(&triple).map_err(bug)?;
    let options = TargetMachineOptions::new()
        .set_cpu(cpu)
        .set_features(features)
        .set_abi(abi)
        .set_level(codegen_level(level))
        .set_reloc_mode(relocations)
        .set_code_model(CodeModel::Default);
    target
        .create_target_machine_from_options(&triple, options)
        .ok_or_else(|| bug(format!("LLVM has no target machine for {triple}")))
}

fn codegen_level(level: OptLevel) -> OptimizationLevel {
    match level {
        OptLevel::O0 => OptimizationLevel::None,
        OptLevel::O1 => OptimizationLevel::Less,
        OptLevel::O2 | OptLevel::Os | OptLevel::Oz => OptimizationLevel::Default,
        OptLevel::O3 => OptimizationLevel::Aggressive,
    }
}

/// Options of the code generator that exist as command-line options alone, for the whole process.
fn initialize() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        Target::initialize_webassembly(&InitializationConfig::default());
        Target::initialize_x86(&InitializationConfig::default());
        Target::initialize_aarch64(&InitializationConfig::default());
        Target::initialize_arm(&InitializationConfig::default());
        Target::initialize_riscv(&InitializationConfig::default());
        // The form with `exnref`; LLVM's default is the one before it, which engines are dropping.
        // Duplicating a block that throws gives its catchpad a second predecessor, and LLVM 22 emits invalid modules where
        // that makes a catchpad the head of a loop (tests/lir/invoke_jumping_in.lir). Native code goes without, too: the options
        // are the process's.
        let options = [
            c"galc",
            c"-wasm-enable-eh",
            c"-wasm-use-legacy-eh=false",
            c"-disable-early-taildup",
            c"-disable-tail-duplicate",
        ]
        .map(|option| option.as_ptr());
        // SAFETY: the array and its strings outlive the call, the count is its length, and `Once` keeps other threads
        // out, which is all that LLVM's option parser asks for.
        unsafe {
            llvm_sys::support::LLVMParseCommandLineOptions(
                options.len() as i32,
                options.as_ptr(),
                std::ptr::null(),
            );
        }
    });
}

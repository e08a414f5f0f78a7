//! LLVM's optimisation passes, with what its C API cannot say: see `shim.cpp`.

use crate::bug::{Result, bug};
use backend::OptLevel;
use inkwell::module::Module;
use inkwell::targets::TargetMachine;
use std::ffi::{CStr, CString, c_char, c_void};

unsafe extern "C" {
    /// Defined in `shim.cpp`; takes a `Module *` and a `TargetMachine *`. The message is the caller's to free.
    fn galc_llvm_run_passes(
        module: *mut c_void,
        machine: *mut c_void,
        passes: *const c_char,
        for_speed: bool,
        for_size: bool,
    ) -> *mut c_char;
    fn free(memory: *mut c_void);
}

/// Runs a pipeline in LLVM's text form.
pub fn run(module: &Module<'_>, machine: &TargetMachine, passes: &str, level: OptLevel) -> Result {
    let passes = CString::new(passes).map_err(bug)?;
    let for_speed = matches!(level, OptLevel::O2 | OptLevel::O3);
    // SAFETY: module and machine are live LLVM objects that nothing else uses meanwhile, the string ends in a zero and
    // outlives the call, and the shim was compiled against the headers of the library that is linked.
    let message = unsafe {
        galc_llvm_run_passes(
            module.as_mut_ptr().cast(),
            machine.as_mut_ptr().cast(),
            passes.as_ptr(),
            for_speed,
            level.is_for_size(),
        )
    };
    if message.is_null() {
        return Ok(());
    }
    // SAFETY: the shim returns null or a string that ends in a zero, made by `strdup`, once.
    let text = unsafe {
        let text = CStr::from_ptr(message).to_string_lossy().into_owned();
        free(message.cast());
        text
    };
    Err(bug(format!("LLVM rejects its pipeline: {text}")))
}

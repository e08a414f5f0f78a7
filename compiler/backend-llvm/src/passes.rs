//! LLVM's optimisation passes, with what its C API cannot say: see `shim.cpp`.

use crate::bug::bug;
use crate::profiles::{Exchange, Profile, take_text};
use backend::{BackendError, OptLevel};
use inkwell::module::Module;
use inkwell::targets::TargetMachine;
use std::ffi::{CString, c_char, c_void};

unsafe extern "C" {
    /// Defined in `shim.cpp`; takes a `Module *` and a `TargetMachine *`. The message is the caller's to free.
    fn galc_llvm_run_passes(
        module: *mut c_void,
        machine: *mut c_void,
        passes: *const c_char,
        for_speed: bool,
        for_size: bool,
        profiling: *mut Exchange,
    ) -> *mut c_char;
}

/// Runs a pipeline in LLVM's text form. Gives back what people should know of the profile.
pub fn run(
    module: &Module<'_>,
    machine: &TargetMachine,
    passes: &str,
    level: OptLevel,
    profile: &Profile<'_>,
) -> Result<Option<String>, BackendError> {
    let passes = CString::new(passes).map_err(bug)?;
    let for_speed = matches!(level, OptLevel::O2 | OptLevel::O3);
    let mut exchange = profile.exchange();
    // SAFETY: module and machine are live LLVM objects that nothing else uses meanwhile, the string ends in a zero, it and
    // the profile outlive the call, and the shim was compiled against the headers of the library that is linked.
    let message = unsafe {
        galc_llvm_run_passes(
            module.as_mut_ptr().cast(),
            machine.as_mut_ptr().cast(),
            passes.as_ptr(),
            for_speed,
            level.is_for_size(),
            &mut exchange,
        )
    };
    if !message.is_null() {
        // SAFETY: it is a string of the shim's, which is taken here alone.
        let text = unsafe { take_text(message) };
        return Err(bug(format!("LLVM rejects its pipeline: {text}")).into());
    }
    profile.verdict(&exchange)
}

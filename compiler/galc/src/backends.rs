//! The backends that this galc was built with, besides the driver's own: those of its cargo features.

use driver::Backend;

#[cfg(feature = "llvm")]
pub const BACKENDS: &[&dyn Backend] = &[&backend_llvm::LlvmBackend];

#[cfg(not(feature = "llvm"))]
pub const BACKENDS: &[&dyn Backend] = &[];

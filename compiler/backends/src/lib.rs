//! The backends that a program was built with, besides the driver's own: those of its cargo features. What galc, the
//! tests and the bench hand the driver.

use backend::Backend;

#[cfg(feature = "llvm")]
pub const BACKENDS: &[&dyn Backend] = &[&backend_llvm::LlvmBackend];

#[cfg(not(feature = "llvm"))]
pub const BACKENDS: &[&dyn Backend] = &[];

//! The backends that this galc was built with, besides the driver's own: those of its cargo features.

use driver::Backend;

pub const BACKENDS: &[&dyn Backend] = &[];

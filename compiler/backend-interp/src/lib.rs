//! backend-interp

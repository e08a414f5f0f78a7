//! backend-wasm

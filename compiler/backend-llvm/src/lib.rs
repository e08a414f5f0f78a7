//! Comes in: a verified [`lir::Module`]. Goes out: a WebAssembly module by way of LLVM 22 and `wasm-ld`, an executable by way
//! of LLVM and the system's C compiler, which links it; or what lies on the way: LLVM IR, bitcode, assembly text, an object file.
//!
//! ```text
//! lir::Module ─module, function, inst, arith─▶ LLVM IR ─machine─▶ optimised IR ─machine─▶ object ─link─▶ module
//! ```
//!
//! Registers become `alloca`s, which LLVM's `mem2reg` makes SSA; blocks are one to one. `Ptr` registers are held as `ptr`
//! or as integers, see `pointers.rs`. Start reading at `adapter.rs`, which is the line above in code.
//!
//! Without the feature `llvm` the crate is empty.

#![cfg(feature = "llvm")]

mod adapter;
mod arith;
mod attributes;
mod bug;
mod call;
mod conversions;
mod data;
mod debug;
mod function;
mod inst;
mod line_table;
mod link;
mod machine;
mod module;
mod native;
mod overflow;
mod passes;
mod pointers;
mod profile_runtime;
mod profiles;
mod regions;
mod selections;
mod vector;
mod wide;

pub use adapter::LlvmBackend;

//! Static data in a shared memory.
//!
//! Every thread instantiates the module, so data cannot be written by instantiation itself: the segments are passive, and
//! a start function copies them in the first instance; others wait until that is done. A word behind the static data
//! says how far it is. This is what wasm-ld's `__wasm_init_memory` does. A browser's main thread must not wait and is
//! therefore to be instantiated first.

use wasm_encoder::{BlockType, Function, InstructionSink, MemArg};

use crate::wir::Vt;

/// States of the word; it is zero in fresh memory.
const RUNNING: i32 = 1;
const DONE: i32 = 2;

/// The start function. `segments` are the addresses and lengths of the passive segments, `flag` is the word's address.
pub fn start_function(segments: &[(u64, u64)], flag: u64, ptr: Vt) -> Function {
    let mut body = Function::new([]);
    let mut code = body.instructions();
    let word = MemArg { offset: 0, align: 2, memory_index: 0 };
    // Outcomes of the exchange, from the innermost block outwards: first here, being done, done.
    code.block(BlockType::Empty).block(BlockType::Empty).block(BlockType::Empty);
    address(&mut code, flag, ptr);
    code.i32_const(0).i32_const(RUNNING).i32_atomic_rmw_cmpxchg(word).br_table([0, 1], 2);
    code.end();
    for (n, &(addr, len)) in segments.iter().enumerate() {
        address(&mut code, addr, ptr);
        code.i32_const(0).i32_const(len as i32).memory_init(0, n as u32);
    }
    address(&mut code, flag, ptr);
    code.i32_const(DONE).i32_atomic_store(word);
    address(&mut code, flag, ptr);
    code.i32_const(-1).memory_atomic_notify(word).drop().br(1);
    code.end();
    address(&mut code, flag, ptr);
    code.i32_const(RUNNING).i64_const(-1).memory_atomic_wait32(word).drop();
    code.end();
    for n in 0..segments.len() {
        code.data_drop(n as u32);
    }
    code.end();
    body
}

fn address(code: &mut InstructionSink, addr: u64, ptr: Vt) {
    match ptr {
        Vt::I64 => code.i64_const(addr as i64),
        _ => code.i32_const(addr as i32),
    };
}

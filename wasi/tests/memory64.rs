//! Modules with 64-bit memories: preview 1 with its 32-bit addresses, memory beyond 4 GiB, the end of the stack in memory.

use wasi::{Engine, Outcome, RunOptions};

/// `fields` follow the imports and the memory.
fn run(fields: &str, options: &RunOptions) -> Outcome {
    let text = format!(
        r#"(module
            (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
            (memory (export "memory") i64 1)
            {fields})"#
    );
    let wasm = wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    Engine::fast_compile().load(wasm).and_then(|module| module.run(options)).expect("the module can be run")
}

/// 6 GiB, of which four pages are touched.
const GROWS: &str = r#"
    (data (i64.const 100) "hello\n")
    (func (export "_start")
        (drop (memory.grow (i64.const 0x18000)))
        (i64.store (i64.const 0x17FFF0000) (i64.const 7))
        (i32.store (i64.const 0) (i32.const 100))
        (i32.store (i64.const 4) (i32.const 6))
        (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable))
        (call $proc_exit (i32.add (i32.wrap_i64 (i64.load (i64.const 0x17FFF0000))) (i32.load (i64.const 8)))))"#;

#[test]
fn memories_grow_beyond_4_gib() {
    let outcome = run(GROWS, &RunOptions::default());
    assert_eq!(
        (outcome.status, outcome.stdout_text().as_str()),
        (13, "hello\n"),
        "{}",
        outcome.stderr_text()
    );
    assert_eq!(outcome.peak_memory, 0x1_8001_0000);
}

#[test]
fn they_keep_to_a_limit() {
    let outcome = run(GROWS, &RunOptions { max_memory: Some(5 << 30), ..RunOptions::default() });
    assert_eq!(outcome.status, 102);
    assert!(outcome.stderr_text().starts_with("fatal: memory access out of bounds\n"), "{outcome:?}");
}

/// A module that sets its stack pointer, and then accesses something that is not there.
fn access(pointer: &str) -> String {
    let fields = format!(
        "(global $sp (export \"__stack_pointer\") (mut i64) (i64.const 65536))
        (func (export \"_start\")
            (global.set $sp (i64.const {pointer}))
            (i64.store (i64.const -8) (i64.const 1)))"
    );
    run(&fields, &RunOptions::default()).stderr_text()
}

#[test]
fn the_stack_pointer_tells_of_an_overflow() {
    for pointer in ["-8", "-1000000", "0", "4095"] {
        let said = access(pointer);
        assert!(said.starts_with("fatal: stack overflow\n"), "{pointer}: {said}");
    }
    for pointer in ["4096", "65536"] {
        let said = access(pointer);
        assert!(said.starts_with("fatal: memory access out of bounds\n"), "{pointer}: {said}");
    }
}

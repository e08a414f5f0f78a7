//! Builds preview 1 programs from short bodies of WebAssembly text, and runs them.
#![allow(dead_code, reason = "each test crate uses a part")]

use wasi::{Engine, Outcome, RunError, RunOptions};

/// Imports and helpers that every program below has. Strings begin at address 4096; 0 to 4095 is scratch space.
const PRELUDE: &str = r#"
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
    (memory (export "memory") 2)
    ;; Ends the program with an error number as its status, unless it is 0.
    (func $check (param $errno i32)
        (if (local.get $errno) (then (call $proc_exit (local.get $errno)))))
    ;; Writes a string to standard output, in as many calls as it takes.
    (func $print (param $at i32) (param $len i32)
        (loop $again
            (i32.store (i32.const 0) (local.get $at))
            (i32.store (i32.const 4) (local.get $len))
            (call $check (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
            (local.set $at (i32.add (local.get $at) (i32.load (i32.const 8))))
            (br_if $again (local.tee $len (i32.sub (local.get $len) (i32.load (i32.const 8)))))))
"#;

/// A module out of `fields`, with `@N` in them replaced by address and length of string number N.
pub fn module(strings: &[&str], fields: &str) -> Vec<u8> {
    let mut data = String::new();
    let mut fields = fields.to_string();
    let mut at = 4096;
    for (index, string) in strings.iter().enumerate() {
        fields =
            fields.replace(&format!("@{index}"), &format!("(i32.const {at}) (i32.const {})", string.len()));
        let bytes: String = string.bytes().map(|byte| format!("\\{byte:02x}")).collect();
        data.push_str(&format!("(data (i32.const {at}) \"{bytes}\")\n"));
        at += string.len();
    }
    // Imports come first in the text.
    let (imports, rest): (Vec<&str>, Vec<&str>) =
        fields.lines().partition(|line| line.trim().starts_with("(import"));
    let text = format!("(module {}\n{PRELUDE}\n{data}\n{})", imports.join("\n"), rest.join("\n"));
    wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A module whose `_start` has this body.
pub fn program(strings: &[&str], body: &str) -> Vec<u8> {
    module(strings, &format!("(func $main (export \"_start\") {body})"))
}

/// Runs with a fast compiler, for these programs are short.
pub fn try_run(wasm: &[u8], options: &RunOptions) -> Result<Outcome, RunError> {
    Engine::fast_compile().load(wasm)?.run(options)
}

pub fn run(wasm: &[u8], options: &RunOptions) -> Outcome {
    try_run(wasm, options).expect("the module can be run")
}

pub fn run_default(wasm: &[u8]) -> Outcome {
    run(wasm, &RunOptions::default())
}

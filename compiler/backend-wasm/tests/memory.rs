//! The layout of memory: what is stored, where, and what is left out.

mod common;

use backend_wasm::{EmitOptions, emit, to_wat};
use common::compile;
use lir::parse_module;
use wasmtime::{Config, Engine, Linker, MemoryType, Module, SharedMemory, Store};

fn wat(text: &str, opts: &EmitOptions) -> String {
    let module = parse_module(text).unwrap_or_else(|error| panic!("{error}"));
    to_wat(&compile(&module, opts)).expect("a valid module")
}

fn release(text: &str) -> String {
    wat(text, &EmitOptions::release())
}

#[test]
fn no_memory_without_use() {
    let text = release("export \"f\" @f\nfunc @f() -> (i32) {\nb: %x = i32.const 1\n return %x\n}");
    assert!(!text.contains("memory"), "{text}");
    assert!(!text.contains("global"), "{text}");
    assert!(!text.contains("table"), "{text}");
    assert!(!text.contains("tag"), "{text}");
}

#[test]
fn data_without_a_stack_starts_behind_the_null_guard() {
    let text = release(
        "data $d align 4 = \"abcd\"\nexport \"f\" @f\nfunc @f() -> (ptr) {\nb: %x = data.addr $d+1\n return %x\n}",
    );
    assert!(text.contains("i32.const 1025"), "{text}");
    assert!(text.contains("(data (;0;) (i32.const 1024) \"abcd\")"), "{text}");
    assert!(text.contains("(memory (;0;) 1)"), "{text}");
}

#[test]
fn data_follows_the_stack() {
    let text = release(
        "target \"t\" pointer 4 results 16 stack 100000 unwind
        data $d align 4 = \"abcd\"
        export \"f\" @f
        func @f() -> (ptr, ptr) {
          slot s: 4 align 4
        b: %x = data.addr $d
          %y = slot.addr s
          return %x, %y
        }",
    );
    assert!(text.contains("(data (;0;) (i32.const 100000) \"abcd\")"), "{text}");
    assert!(text.contains("(global (;0;) (mut i32) i32.const 100000)"), "{text}");
    assert!(text.contains("(memory (;0;) 2)"), "{text}");
    // A function that calls nothing leaves the stack pointer alone.
    assert!(!text.contains("global.set"), "{text}");
}

#[test]
fn equal_constants_are_stored_once() {
    let text = release(
        "data $a align 1 = \"hello there\"
        data $b align 8 = \"hello there\"
        data $pa align 4 = \"\\00\\00\\00\\00\" reloc 0 $a+6
        data $pb align 4 = \"\\00\\00\\00\\00\" reloc 0 $b+6
        data $m mut align 1 = \"hello there\"
        export \"f\" @f
        func @f() -> (ptr, ptr, ptr) {
        b: %x = data.addr $pa
          %y = data.addr $pb
          %z = data.addr $m
          return %x, %y, %z
        }",
    );
    assert_eq!(text.matches("hello there").count(), 2, "{text}");
    assert!(text.contains("i32.const 1036\n    i32.const 1036\n    i32.const 1040"), "{text}");
}

#[test]
fn zeros_take_no_room() {
    let text = release(
        "data $z mut align 8 zeroed 100000 = \"\"
        data $gap mut align 8 = \"ab\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00cd\\00\"
        heap_base $h
        data $h mut align 4 zeroed 4 = \"\"
        export \"f\" @f
        func @f() -> (ptr, ptr) {
        b: %x = data.addr $z
          %y = data.addr $gap
          return %x, %y
        }",
    );
    assert!(text.contains("(i32.const 1024) \"ab\")"), "{text}");
    assert!(text.contains("(i32.const 1043) \"cd"), "{text}");
    assert!(text.contains("i32.const 1056\n    i32.const 1024"), "{text}");
    // 1056 + 100000 rounded up to 16.
    let heap_base = 101056u32.next_multiple_of(16).to_le_bytes();
    let bytes: String = heap_base[..3].iter().map(|byte| format!("\\{byte:02x}")).collect();
    assert!(text.contains("c0\\8a\\01") && bytes == "\\c0\\8a\\01", "{bytes} {text}");
    assert!(text.contains("(memory (;0;) 2)"), "{text}");
}

#[test]
fn unused_imports_and_data_are_left_out() {
    let text = release(
        "import @a = \"m\" \"a\" ()
        import @b = \"m\" \"b\" ()
        data $d align 1 = \"secret\"
        export \"f\" @f
        func @f() {
        e: call @b()
          return
        }",
    );
    assert!(!text.contains("\"a\"") && text.contains("\"b\""), "{text}");
    assert!(!text.contains("secret"), "{text}");
}

#[test]
fn too_much_data_is_an_error() {
    let module = parse_module(
        "data $z mut align 8 zeroed 4294967000 = \"\"
        export \"f\" @f
        func @f() -> (ptr) {
        b: %x = data.addr $z
          return %x
        }",
    )
    .unwrap();
    let error = emit(&module, &EmitOptions::release()).unwrap_err();
    assert!(error.to_string().contains("more than the memory can have"), "{error}");
}

#[test]
fn shared_memory_is_initialised_once() {
    let text = "data $d mut align 4 = \"\\05\\00\\00\\00\"
        export \"next\" @next
        func @next() -> (i32) {
        b: %x = data.addr $d
          %one = i32.const 1
          %r = atomic.rmw.add.i32 %x, %one
          return %r
        }";
    let opts = EmitOptions {
        shared_memory: true,
        max_pages: Some(4),
        import_memory: Some(("env".into(), "memory".into())),
        ..EmitOptions::default()
    };
    let module = parse_module(text).unwrap_or_else(|error| panic!("{error}"));
    let wasm = compile(&module, &opts);
    let mut config = Config::new();
    config.wasm_threads(true).shared_memory(true);
    let engine = Engine::new(&config).unwrap();
    let memory = SharedMemory::new(&engine, MemoryType::shared(1, 4)).unwrap();
    let module = Module::new(&engine, wasm).unwrap();
    let next = || {
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        linker.define(&store, "env", "memory", memory.clone()).unwrap();
        let instance = linker.instantiate(&mut store, &module).unwrap();
        instance.get_typed_func::<(), i32>(&mut store, "next").unwrap().call(&mut store, ()).unwrap()
    };
    assert_eq!([next(), next(), next()], [5, 6, 7]);
}

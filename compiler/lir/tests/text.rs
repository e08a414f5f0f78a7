//! The text form: what is printed parses to the same module, and what is wrong is named with its place.

#![allow(clippy::disallowed_methods, reason = "tests read files")]

use lir::ops::OpKind;
use lir::random::{RandomOptions, Shape, random_module};
use lir::{
    AtomicRmw, BinOp, CmpOp, ConvOp, MemTy, OvfOp, Ty, UnOp, parse_module, print_module, simd, verify,
};
use std::fmt::Write;
use std::path::Path;

#[track_caller]
fn check_round_trip(text: &str) {
    let module = parse_module(text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let printed = print_module(&module);
    let again = parse_module(&printed).unwrap_or_else(|e| panic!("{e}\n{printed}"));
    assert_eq!(again, module, "{printed}");
    assert_eq!(print_module(&again), printed);
}

#[test]
fn random_modules_round_trip_and_verify() {
    for &shape in Shape::ALL {
        for seed in 0..60 {
            let opts = RandomOptions { atomics: true, vectors: true, ..RandomOptions::new(shape) };
            let module = random_module(seed, &opts);
            if let Err(errors) = verify(&module) {
                panic!("seed {seed}: {}\n{}", errors[0], print_module(&module));
            }
            check_round_trip(&print_module(&module));
        }
    }
}

/// A function with one instruction per row of the tables in `lir::ops`, on registers named by their type.
fn every_instruction() -> String {
    let mut text = String::from("global $g i32 = 0\ndata $d mut align 8 zeroed 64\nfunc @f(");
    text.push_str(
        "%i32: i32, %i64: i64, %f32: f32, %f64: f64, %v128: v128, %ptr: ptr) {\n  slot s: 8 align 8\nb0:\n",
    );
    let mut line = |rest: String| writeln!(text, "  {rest}").expect("writing to a string");
    for ty in Ty::ALL.iter().map(|ty| ty.name()) {
        line(format!("%c{ty} = {ty}.const 1{}", if ty.starts_with('f') { ".5" } else { "" }));
        line(format!("%{ty} = {ty}.copy %{ty}"));
        line(format!("%{ty} = {ty}.select %i32, %{ty}, %{ty}"));
    }
    for row in BinOp::ALL.iter().map(|op| op.row()) {
        row.tys.iter().map(|ty| ty.name()).for_each(|t| line(format!("%{t} = {t}.{} %{t}, %{t}", row.name)));
    }
    for row in OvfOp::ALL.iter().map(|op| op.row()) {
        row.tys
            .iter()
            .map(|ty| ty.name())
            .for_each(|t| line(format!("%{t}, %o = {t}.{} %{t}, %{t}", row.name)));
    }
    for row in UnOp::ALL.iter().map(|op| op.row()) {
        row.tys.iter().map(|ty| ty.name()).for_each(|t| line(format!("%{t} = {t}.{} %{t}", row.name)));
    }
    for row in CmpOp::ALL.iter().map(|op| op.row()) {
        row.tys.iter().map(|ty| ty.name()).for_each(|t| line(format!("%i32 = {t}.{} %{t}, %{t}", row.name)));
    }
    for row in ConvOp::ALL.iter().map(|op| op.row()) {
        line(format!("%{} = {} %{}", row.to.name(), row.name, row.from.name()));
    }
    for ty in MemTy::ALL {
        let reg = ty.reg_ty().name();
        line(format!("%{reg} = load.{} %ptr+4", ty.name()));
        line(format!("store.{} %ptr, %{reg}", ty.store_name()));
        line(format!("%{reg} = load.{} %ptr header", ty.name()));
        line(format!("store.{} %ptr, %{reg} elements", ty.store_name()));
    }
    for (t, order) in [("i32", ""), ("i64", ""), ("i32", " relaxed"), ("i64", " relaxed")] {
        line(format!("%{t} = atomic.load.{t} %ptr+8{order}"));
        line(format!("atomic.store.{t} %ptr, %{t}{order}"));
        line(format!("%{t} = atomic.cas.{t} %ptr, %{t}, %{t}{order}"));
        AtomicRmw::ALL
            .iter()
            .for_each(|op| line(format!("%{t} = atomic.rmw.{}.{t} %ptr, %{t}{order}", op.row().name)));
    }
    for op in simd::Op::all() {
        let ty = |scalar| Ty::from(scalar).name();
        let args: Vec<String> = (0..op.arity()).map(|i| format!("%{}", ty(op.operand(i)))).collect();
        let imm = match op.form() {
            simd::Form::Extract | simd::Form::Replace => ", 1",
            simd::Form::Shuffle => ", [0, 31, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]",
            _ => "",
        };
        line(format!("%{} = {op} {}{imm}", ty(op.result()), args.join(", ")));
    }
    for rest in [
        "atomic.fence",
        "atomic.fence acquire",
        "%ptr = slot.addr s",
        "%ptr = data.addr $d+4",
        "%ptr = func.addr @f",
        "%i32 = global.get $g",
        "global.set $g, %i32",
        "mem.copy %ptr, %ptr, %ptr",
        "mem.fill %ptr, %i32, %ptr",
        "mem.barrier",
        "%ptr = mem.size",
        "%ptr = mem.grow %ptr",
        "call @f(%i32, %i64, %f32, %f64, %v128, %ptr)",
        "%i32 = call_indirect %ptr(%i32) : (i32) -> i32",
        "return",
    ] {
        line(rest.to_string());
    }
    text.push_str("}\n");
    text
}

#[test]
fn every_instruction_has_a_text() {
    let text = every_instruction();
    let module = parse_module(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    if let Err(errors) = verify(&module) {
        panic!("{}", errors[0]);
    }
    let insts = &module.funcs[lir::FuncId(0)].body().expect("a body").blocks[lir::Block(0)].insts;
    for kind in OpKind::ALL {
        assert!(insts.iter().any(|inst| OpKind::of(&inst.op) == *kind), "{kind:?} is not in the text");
    }
    // Each line of the text is what the printer makes of its instruction, but for the names of registers.
    let printed = print_module(&module);
    let mnemonics = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.starts_with("  ") && !line.starts_with("  reg"));
        lines.map(|line| line.rsplit(" = ").next().unwrap_or(line).trim_start().to_string()).collect()
    };
    let word = |line: &String| line.split(' ').next().unwrap_or_default().to_string();
    let (written, found) = (mnemonics(&text), mnemonics(&printed));
    assert_eq!(written.iter().map(word).collect::<Vec<_>>(), found.iter().map(word).collect::<Vec<_>>());
    check_round_trip(&text);
}

#[test]
fn names_with_any_characters_round_trip() {
    check_round_trip(
        r#"data $"a b" align 1 = "\00\ff\"\\"
        data $twice#0 align 1
        data $twice#1 align 1"#,
    );
    check_round_trip(
        "func @\"Vec<Int>.push\"(%x: i32) {\nb0:\n  call @f#1()\n  return\n}\nfunc @f#1() {\nb0:\n  return\n}\nfunc @f#2() {\nb0:\n  return\n}",
    );
}

#[test]
fn spans_are_printed_on_request() {
    let text = "func @f() unwinds !1:9 {\nb0:\n  %0 = i32.const 1 !2:3\n  throw !4:5\n}\n";
    let module = parse_module(text).expect("valid text");
    assert_eq!(lir::print::print_module_with_spans(&module), text);
    assert_eq!(print_module(&module), text.replace(" !1:9", "").replace(" !2:3", "").replace(" !4:5", ""));
}

#[test]
fn errors_in_texts_have_places() {
    let errors = [
        ("func @f() {\nb0:\n  %x = i32.addd %y, %z\n  return\n}", "3:8: there is no instruction `i32.addd`"),
        ("func @f() {\nb0:\n  br b1\n}", "3:6: there is no block `b1`"),
        ("func @f() {\nb0:\n  call @g()\n  return\n}", "3:8: there is no function `g`"),
        (
            "func @f() {\nb0:\n  %x = i32.const 4294967296\n  return\n}",
            "3:18: this number does not fit 32 bits",
        ),
        ("func @f() {\nb0:\n  %x = i32.const 1\n}", "4:1: expected a word, found `}`"),
        ("func @f() {\nb0:\n  return %x\n}", "4:1: nothing tells the type of %x"),
        ("func @f() {\nb0:\n  return", "3:9: expected `}`, found the end of the text"),
        (
            "func @f() {}\nfunc @f() {}",
            "2:6: this name is declared twice; tell them apart with `#` and a number",
        ),
        ("data $d = \"abc", "1:15: this string does not end on its line"),
        ("func @f() { ? }", "1:13: this character starts no token"),
        ("func @f() {\nb0:\n  %x, %y = i32.const 1\n  return\n}", "3:12: `i32.const` has 1 results"),
    ];
    for (text, message) in errors {
        assert_eq!(parse_module(text).map_err(|e| e.to_string()), Err(message.to_string()), "{text}");
    }
}

#[test]
fn broken_invariants_are_found() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/lir/verify");
    for entry in std::fs::read_dir(folder).expect("tests/lir/verify is there") {
        let file = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&file).expect("a text");
        let input = text.split(";; ----\n").next().unwrap_or_default();
        let module = parse_module(input).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let errors = verify(&module).expect_err("an invalid module");
        let list: String = errors.iter().map(|e| format!(";; {e}\n")).collect();
        let expected = format!("{}\n\n;; ----\n{list}", input.trim_end());
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&file, expected).expect("writing");
        } else {
            assert_eq!(text, expected, "{}", file.display());
        }
    }
}

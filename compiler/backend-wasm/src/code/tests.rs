//! Completeness and truth of the table.

use wasm_encoder::{CodeSection, Function, FunctionSection, MemorySection, MemoryType, Module, TypeSection};

use super::*;

const PTRS: [Vt; 2] = [Vt::I32, Vt::I64];

fn name(ty: Vt) -> &'static str {
    match ty {
        Vt::I32 => "i32",
        Vt::I64 => "i64",
        Vt::F32 => "f32",
        Vt::F64 => "f64",
        Vt::V128 => "v128",
    }
}

fn check<T: std::fmt::Debug>(row: &lir::ops::Row<T>, find: impl Fn(Vt) -> Option<Code>) {
    for (&ty, ptr) in row.tys.iter().flat_map(|ty| PTRS.map(|ptr| (ty, ptr))) {
        let vt = scalar(ty, ptr);
        let code = find(vt).unwrap_or_else(|| panic!("there is no {:?} of {ty:?}", row.op));
        assert_eq!(code.mnemonic(), format!("{}.{}", name(vt), row.name));
    }
}

#[test]
fn every_operation_has_the_instruction_of_its_name() {
    BinOp::ALL.iter().for_each(|&op| check(op.row(), |vt| bin(op, vt)));
    UnOp::ALL.iter().for_each(|&op| check(op.row(), |vt| un(op, vt)));
    CmpOp::ALL.iter().for_each(|&op| check(op.row(), |vt| cmp(op, vt)));
    for &op in AtomicRmw::ALL {
        for vt in PTRS {
            let code = rmw(op, vt).expect("integers have atomics");
            assert_eq!(code.mnemonic(), format!("{}.atomic.rmw.{}", name(vt), op.row().name));
        }
    }
}

#[test]
fn every_conversion_has_the_instruction_of_its_name() {
    for (&op, ptr) in ConvOp::ALL.iter().flat_map(|op| PTRS.map(|ptr| (op, ptr))) {
        let row = op.row();
        match conv(op, ptr) {
            None => assert_eq!(scalar(row.from, ptr), scalar(row.to, ptr)),
            Some(code) if row.from == Ty::Ptr || row.to == Ty::Ptr => {
                let wrap = scalar(row.from, ptr) == Vt::I64;
                assert_eq!(code, if wrap { I32WrapI64 } else { I64ExtendI32U });
            }
            Some(code) => assert_eq!(code.mnemonic(), row.name),
        }
    }
}

#[test]
fn numbers_mean_their_mnemonics() {
    for &code in Code::ALL {
        let access = matches!(code as u16, 0x28..=0x3e | 0xfd00..=0xfeff);
        let mut body = Function::new([]);
        body.instructions().unreachable();
        let mut bytes = Vec::new();
        crate::encode::put_code(&mut bytes, code);
        // The least alignment that atomics of this width accept is also the greatest that plain accesses do.
        let align = (0..5).rev().find(|&align| {
            let mut body = body.clone();
            body.raw(bytes.iter().copied());
            if access {
                body.raw([align, 0]);
            }
            body.instructions().unreachable().end();
            let text = text(&body);
            text.is_some_and(|text| text.contains(&format!(" {}\n", code.mnemonic())))
        });
        assert!(align.is_some(), "{code:?} is not {}", code.mnemonic());
    }
}

/// The text of a module with this function, if it is valid.
fn text(body: &Function) -> Option<String> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut code = CodeSection::new();
    code.function(body);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memories).section(&code);
    let wasm = module.finish();
    wasmparser::validate(&wasm).ok()?;
    wasmprinter::print_bytes(&wasm).ok()
}

#[test]
fn negating_twice_changes_nothing() {
    for &code in Code::ALL {
        if let Some(negated) = code.negated() {
            assert_eq!(negated.negated(), Some(code));
        }
        if let Some(swapped) = code.swapped() {
            assert_eq!(swapped.swapped(), Some(code));
        }
    }
}

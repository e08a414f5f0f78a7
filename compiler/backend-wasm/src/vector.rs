//! Opcodes of the vector instructions, by the rows of `lir::simd`, and their bytes.

use lir::simd::{Imm, Kind, Op};
use wasm_encoder::Encode;

/// What all of them begin with.
const PREFIX: u8 = 0xfd;

/// The opcodes of a row, in the order of its shapes.
fn opcodes(kind: Kind) -> &'static [u32] {
    match kind {
        Kind::Splat => &[0x0f, 0x10, 0x11, 0x12, 0x13, 0x14],
        Kind::ExtractLane => &[0x1b, 0x1d, 0x1f, 0x21],
        Kind::ExtractLaneS => &[0x15, 0x18],
        Kind::ExtractLaneU => &[0x16, 0x19],
        Kind::ReplaceLane => &[0x17, 0x1a, 0x1c, 0x1e, 0x20, 0x22],
        Kind::Shuffle => &[0x0d],
        Kind::Swizzle => &[0x0e],
        Kind::Not => &[0x4d],
        Kind::And => &[0x4e],
        Kind::Or => &[0x50],
        Kind::Xor => &[0x51],
        Kind::Andnot => &[0x4f],
        Kind::Bitselect => &[0x52],
        Kind::AnyTrue => &[0x53],
        Kind::Eq => &[0x23, 0x2d, 0x37, 0xd6, 0x41, 0x47],
        Kind::Ne => &[0x24, 0x2e, 0x38, 0xd7, 0x42, 0x48],
        Kind::Lt => &[0x43, 0x49],
        Kind::LtS => &[0x25, 0x2f, 0x39, 0xd8],
        Kind::LtU => &[0x26, 0x30, 0x3a],
        Kind::Le => &[0x45, 0x4b],
        Kind::LeS => &[0x29, 0x33, 0x3d, 0xda],
        Kind::LeU => &[0x2a, 0x34, 0x3e],
        Kind::Gt => &[0x44, 0x4a],
        Kind::GtS => &[0x27, 0x31, 0x3b, 0xd9],
        Kind::GtU => &[0x28, 0x32, 0x3c],
        Kind::Ge => &[0x46, 0x4c],
        Kind::GeS => &[0x2b, 0x35, 0x3f, 0xdb],
        Kind::GeU => &[0x2c, 0x36, 0x40],
        Kind::AllTrue => &[0x63, 0x83, 0xa3, 0xc3],
        Kind::Bitmask => &[0x64, 0x84, 0xa4, 0xc4],
        Kind::Add => &[0x6e, 0x8e, 0xae, 0xce, 0xe4, 0xf0],
        Kind::Sub => &[0x71, 0x91, 0xb1, 0xd1, 0xe5, 0xf1],
        Kind::Mul => &[0x95, 0xb5, 0xd5, 0xe6, 0xf2],
        Kind::Div => &[0xe7, 0xf3],
        Kind::Neg => &[0x61, 0x81, 0xa1, 0xc1, 0xe1, 0xed],
        Kind::Abs => &[0x60, 0x80, 0xa0, 0xc0, 0xe0, 0xec],
        Kind::AddSatS => &[0x6f, 0x8f],
        Kind::AddSatU => &[0x70, 0x90],
        Kind::SubSatS => &[0x72, 0x92],
        Kind::SubSatU => &[0x73, 0x93],
        Kind::MinS => &[0x76, 0x96, 0xb6],
        Kind::MinU => &[0x77, 0x97, 0xb7],
        Kind::MaxS => &[0x78, 0x98, 0xb8],
        Kind::MaxU => &[0x79, 0x99, 0xb9],
        Kind::Min => &[0xe8, 0xf4],
        Kind::Max => &[0xe9, 0xf5],
        Kind::AvgrU => &[0x7b, 0x9b],
        Kind::Popcnt => &[0x62],
        Kind::Sqrt => &[0xe3, 0xef],
        Kind::Ceil => &[0x67, 0x74],
        Kind::Floor => &[0x68, 0x75],
        Kind::Trunc => &[0x69, 0x7a],
        Kind::Nearest => &[0x6a, 0x94],
        Kind::Shl => &[0x6b, 0x8b, 0xab, 0xcb],
        Kind::ShrS => &[0x6c, 0x8c, 0xac, 0xcc],
        Kind::ShrU => &[0x6d, 0x8d, 0xad, 0xcd],
        Kind::NarrowS => &[0x65, 0x85],
        Kind::NarrowU => &[0x66, 0x86],
        Kind::ExtendLowS => &[0x87, 0xa7, 0xc7],
        Kind::ExtendLowU => &[0x89, 0xa9, 0xc9],
        Kind::ExtendHighS => &[0x88, 0xa8, 0xc8],
        Kind::ExtendHighU => &[0x8a, 0xaa, 0xca],
        Kind::ExtmulLowS => &[0x9c, 0xbc, 0xdc],
        Kind::ExtmulLowU => &[0x9e, 0xbe, 0xde],
        Kind::ExtmulHighS => &[0x9d, 0xbd, 0xdd],
        Kind::ExtmulHighU => &[0x9f, 0xbf, 0xdf],
        Kind::ExtaddPairwiseS => &[0x7c, 0x7e],
        Kind::ExtaddPairwiseU => &[0x7d, 0x7f],
        Kind::DotS => &[0xba],
        Kind::Q15mulrSatS => &[0x82],
        Kind::ConvertS => &[0xfa],
        Kind::ConvertU => &[0xfb],
        Kind::ConvertLowS => &[0xfe],
        Kind::ConvertLowU => &[0xff],
        Kind::TruncSatS => &[0xf8],
        Kind::TruncSatU => &[0xf9],
        Kind::TruncSatZeroS => &[0xfc],
        Kind::TruncSatZeroU => &[0xfd],
        Kind::DemoteZero => &[0x5e],
        Kind::PromoteLow => &[0x5f],
        Kind::RelaxedMadd => &[0x105, 0x107],
        Kind::RelaxedNmadd => &[0x106, 0x108],
    }
}

/// Appends the instruction. The verifier has checked that the operation is of the table and takes the immediate.
pub fn put(bytes: &mut Vec<u8>, op: Op, imm: Imm) {
    let column = op.kind.shapes().iter().position(|&shape| shape == op.shape);
    let opcode =
        column.and_then(|column| opcodes(op.kind).get(column)).expect("the verifier admits no other");
    bytes.push(PREFIX);
    opcode.encode(bytes);
    match imm {
        Imm::None => {}
        Imm::Lane(lane) => bytes.push(lane),
        Imm::Bytes(numbers) => bytes.extend(numbers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lir::simd::{Form, Scalar};
    use wasm_encoder::{CodeSection, Function, FunctionSection, Module, TypeSection};

    /// The names in the specification, less the shape of the source.
    fn short(mnemonic: &str) -> String {
        let (shape, name) = mnemonic.split_once('.').expect("a shape and a name");
        let sources = ["_i8x16", "_i16x8", "_i32x4", "_f32x4", "_f64x2"];
        format!("{shape}.{}", sources.iter().fold(name.to_string(), |name, source| name.replace(source, "")))
    }

    fn module(op: Op) -> Vec<u8> {
        let mut body = Function::new([]);
        for i in 0..op.arity() {
            let mut code = body.instructions();
            match op.operand(i) {
                None => code.v128_const(0),
                Some(Scalar::I32) => code.i32_const(0),
                Some(Scalar::I64) => code.i64_const(0),
                Some(Scalar::F32) => code.f32_const(0.0.into()),
                Some(Scalar::F64) => code.f64_const(0.0.into()),
            };
        }
        let imm = match op.form() {
            Form::Extract | Form::Replace => Imm::Lane(1),
            Form::Shuffle => Imm::Bytes([31; 16]),
            _ => Imm::None,
        };
        let mut bytes = Vec::new();
        put(&mut bytes, op, imm);
        body.raw(bytes);
        body.instructions().drop().end();
        let (mut types, mut functions, mut code) =
            (TypeSection::new(), FunctionSection::new(), CodeSection::new());
        types.ty().function([], []);
        functions.function(0);
        code.function(&body);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&code);
        module.finish()
    }

    #[test]
    fn every_operation_has_the_instruction_of_its_name() {
        for op in Op::all() {
            assert_eq!(opcodes(op.kind).len(), op.kind.shapes().len(), "{op}");
            let wasm = module(op);
            wasmparser::validate(&wasm).unwrap_or_else(|error| panic!("{op}: {error}"));
            let text = wasmprinter::print_bytes(&wasm).expect("a valid module has a text");
            let mut words = text.lines().filter_map(|line| line.split_whitespace().next());
            let mut mnemonics = words.by_ref().filter(|word| word.contains('.') && !word.ends_with(".const"));
            assert_eq!(mnemonics.next().map(short), Some(op.to_string()));
        }
    }
}

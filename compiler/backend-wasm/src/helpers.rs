//! Functions that the backend adds to a module on demand.

use wasm_encoder::{BlockType, Function, ValType};

use crate::types::Types;
use crate::wir::Vt;

/// The added functions follow all others; each has a type and a body.
#[derive(Debug)]
pub struct Helpers {
    first: u32,
    mul_overflows: [Option<u32>; 2],
    pub list: Vec<Helper>,
}

#[derive(Debug)]
pub struct Helper {
    pub name: &'static str,
    pub ty: u32,
    pub body: Function,
}

impl Helpers {
    pub fn new(first: u32) -> Helpers {
        Helpers { first, mul_overflows: [None; 2], list: Vec::new() }
    }

    /// Functions from this index on are helpers.
    pub fn first(&self) -> u32 {
        self.first
    }

    /// `(i64, i64) -> i32`: whether the product does not fit 64 bits.
    pub fn mul_overflows(&mut self, signed: bool, types: &mut Types) -> u32 {
        let which = usize::from(signed);
        if let Some(index) = self.mul_overflows[which] {
            return index;
        }
        let ty = types.intern(&[Vt::I64, Vt::I64], &[Vt::I32]);
        let index = if signed {
            self.add("mul_overflows_s", ty, mul_overflows_s())
        } else {
            self.add("mul_overflows_u", ty, mul_overflows_u())
        };
        self.mul_overflows[which] = Some(index);
        index
    }

    /// Adds a function. Returns its index.
    pub fn add(&mut self, name: &'static str, ty: u32, body: Function) -> u32 {
        self.list.push(Helper { name, ty, body });
        self.first + self.list.len() as u32 - 1
    }
}

/// Dividing the wrapped product by a factor gives the other one if and only if nothing was lost, except for -1, whose
/// quotient may itself overflow. Leading zeros settle most cases without a division.
fn mul_overflows_s() -> Function {
    let mut body = Function::new([]);
    let mut code = body.instructions();
    // With the leading zeros of a factor and its sign, |a| <= 2^(64 - zeros); 66 of them together bound the product
    // by 2^62. With 65 it could be -2^31 * -2^32.
    for factor in [0, 1] {
        code.local_get(factor).local_get(factor).i64_const(63).i64_shr_s().i64_xor().i64_clz();
    }
    code.i64_add().i64_const(66).i64_ge_u().if_(BlockType::Empty).i32_const(0).return_().end();
    code.local_get(0).i64_const(1).i64_add().i64_const(1).i64_le_u();
    // 0 and -1: only -1 times the smallest number overflows.
    code.if_(BlockType::Result(ValType::I32));
    code.local_get(0).local_get(1).i64_and().i64_const(i64::MIN).i64_eq();
    code.else_();
    code.local_get(0).local_get(1).i64_mul().local_get(0).i64_div_s().local_get(1).i64_ne();
    code.end().end();
    body
}

fn mul_overflows_u() -> Function {
    let mut body = Function::new([]);
    let mut code = body.instructions();
    code.local_get(0).i64_clz().local_get(1).i64_clz().i64_add().i64_const(64).i64_ge_u();
    code.if_(BlockType::Result(ValType::I32));
    code.i32_const(0);
    code.else_();
    // A zero has 64 leading zeros and does not come here.
    code.local_get(0).local_get(1).i64_mul().local_get(0).i64_div_u().local_get(1).i64_ne();
    code.end().end();
    body
}

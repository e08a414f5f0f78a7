//! Arithmetic that tells overflow: LLVM's intrinsics, but for 64-bit products in WebAssembly, which would call a C library's
//! function for 128 bits that there is none of. These are checked by an interval where a factor is known, else by a function that
//! divides, unless both factors are short.

use crate::bug::{Result, bug};
use crate::function::Cx;
use crate::module::Ctx;
use inkwell::IntPredicate;
use inkwell::module::Linkage;
use inkwell::values::{FunctionValue, IntValue};
use lir::{OvfOp, Platform, Reg, Ty};

impl<'ctx> Cx<'_, 'ctx, '_> {
    /// `dsts` are the wrapped result and the flag. They may be operands too, so all is read first.
    pub fn bin_ovf(&self, op: OvfOp, ty: Ty, dsts: [Reg; 2], args: [Reg; 2]) -> Result {
        let [x, y] = [self.int(args[0])?, self.int(args[1])?];
        let is_product = matches!(op, OvfOp::MulS | OvfOp::MulU);
        let [value, flag] = if is_product && ty == Ty::I64 && self.m.platform == Platform::Wasm {
            self.wide_product(op == OvfOp::MulS, [x, y], args)?
        } else {
            self.with_overflow(op, x, y)?
        };
        self.write(dsts[0], value)?;
        self.write(dsts[1], self.m.builder.build_int_z_extend(flag, self.m.context.i32_type(), "")?)
    }

    fn with_overflow(&self, op: OvfOp, x: IntValue<'ctx>, y: IntValue<'ctx>) -> Result<[IntValue<'ctx>; 2]> {
        let name = match op {
            OvfOp::AddS => "llvm.sadd.with.overflow",
            OvfOp::AddU => "llvm.uadd.with.overflow",
            OvfOp::SubS => "llvm.ssub.with.overflow",
            OvfOp::SubU => "llvm.usub.with.overflow",
            OvfOp::MulS => "llvm.smul.with.overflow",
            OvfOp::MulU => "llvm.umul.with.overflow",
        };
        let pair = self.computed(name, &[x.get_type().into()], &[x.into(), y.into()])?.into_struct_value();
        let b = &self.m.builder;
        let value = b.build_extract_value(pair, 0, "")?.into_int_value();
        Ok([value, b.build_extract_value(pair, 1, "")?.into_int_value()])
    }

    fn wide_product(
        &self,
        signed: bool,
        [x, y]: [IntValue<'ctx>; 2],
        args: [Reg; 2],
    ) -> Result<[IntValue<'ctx>; 2]> {
        let b = &self.m.builder;
        let product = b.build_int_mul(x, y, "")?;
        let flag = match (self.consts[args[0]], self.consts[args[1]]) {
            (_, Some(n)) => self.leaves_interval(signed, x, n)?,
            (Some(n), None) => self.leaves_interval(signed, y, n)?,
            (None, None) => {
                let func = overflows(self.m, signed)?;
                let call = b.build_call(func, &[x.into(), y.into(), product.into()], "")?;
                call.try_as_basic_value()
                    .basic()
                    .ok_or_else(|| bug("the check has a result"))?
                    .into_int_value()
            }
        };
        Ok([product, flag])
    }

    /// The factors whose product with `n` fits are one interval, tested by one subtraction and comparison.
    fn leaves_interval(&self, signed: bool, x: IntValue<'ctx>, n: i64) -> Result<IntValue<'ctx>> {
        let (low, high) = match (signed, n) {
            (false, 0) => (0, -1),
            (false, n) => (0, (u64::MAX / n as u64) as i64),
            (true, 0 | 1) => (i64::MIN, i64::MAX),
            (true, -1) => (-i64::MAX, i64::MAX),
            (true, 2..) => (i64::MIN / n, i64::MAX / n),
            (true, _) => (i64::MAX / n, i64::MIN / n),
        };
        let b = &self.m.builder;
        let ty = x.get_type();
        let moved = b.build_int_sub(x, ty.const_int(low as u64, true), "")?;
        let width = ty.const_int(high.wrapping_sub(low) as u64, false);
        Ok(b.build_int_compare(IntPredicate::UGT, moved, width, "")?)
    }
}

/// The function that tells from two factors and their wrapped product whether that is wrong.
fn overflows<'ctx>(m: &Ctx<'ctx, '_>, signed: bool) -> Result<FunctionValue<'ctx>> {
    let name = if signed { "galc.mul_overflows_s" } else { "galc.mul_overflows_u" };
    if let Some(func) = m.ir.get_function(name) {
        return Ok(func);
    }
    let (i1, i64) = (m.context.bool_type(), m.context.i64_type());
    let func = m.ir.add_function(name, i1.fn_type(&[i64.into(); 3], false), Some(Linkage::Internal));
    m.describe_code(func);
    m.add_enum(func, "nounwind");
    let here = m.builder.get_insert_block().ok_or_else(|| bug("the builder has a place"))?;
    define_overflows(m, func, signed)?;
    m.builder.position_at_end(here);
    Ok(func)
}

fn define_overflows<'ctx>(m: &Ctx<'ctx, '_>, func: FunctionValue<'ctx>, signed: bool) -> Result {
    let b = &m.builder;
    let [entry, zero, long, divide, never] =
        ["entry", "zero", "long", "divide", "never"].map(|name| m.context.append_basic_block(func, name));
    let mut params = func.get_param_iter().map(|param| param.into_int_value());
    let (Some(x), Some(y), Some(product)) = (params.next(), params.next(), params.next()) else {
        return Err(bug("the check has three parameters"));
    };
    let i64 = m.context.i64_type();
    let number = |n: i64| i64.const_int(n as u64, true);
    b.position_at_end(entry);
    // Factors of 32 bits cannot overflow: moved by half of that range, their upper halves are zero.
    let bias = number(if signed { 1 << 31 } else { 0 });
    let moved = b.build_or(b.build_int_add(x, bias, "")?, b.build_int_add(y, bias, "")?, "")?;
    let is_short = b.build_int_compare(IntPredicate::ULE, moved, number(u32::MAX.into()), "")?;
    b.build_conditional_branch(is_short, never, zero)?;
    b.position_at_end(zero);
    let is_zero = b.build_int_compare(IntPredicate::EQ, x, number(0), "")?;
    b.build_conditional_branch(is_zero, never, long)?;
    b.position_at_end(long);
    // The quotient by -1 may itself overflow.
    let minus = m.context.append_basic_block(func, "minus");
    let is_minus = b.build_int_compare(IntPredicate::EQ, x, number(-1), "")?;
    let is_minus = if signed { is_minus } else { m.context.bool_type().const_zero() };
    b.build_conditional_branch(is_minus, minus, divide)?;
    b.position_at_end(minus);
    let is_least = b.build_int_compare(IntPredicate::EQ, y, number(i64::MIN), "")?;
    b.build_return(Some(&is_least))?;
    b.position_at_end(divide);
    let quotient = if signed {
        b.build_int_signed_div(product, x, "")?
    } else {
        b.build_int_unsigned_div(product, x, "")?
    };
    let is_wrong = b.build_int_compare(IntPredicate::NE, quotient, y, "")?;
    b.build_return(Some(&is_wrong))?;
    b.position_at_end(never);
    b.build_return(Some(&m.context.bool_type().const_zero()))?;
    Ok(())
}

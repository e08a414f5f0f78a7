//! Constants: literals and what is computed from literals become operands; other constants are functions
//! `const NAME` without parameters, called where they are used, unless the driver has evaluated them (`BuildOptions::values`).

use super::func::Builder;
use super::instances::Key;
use crate::ir::*;
use hir::body::{Callee, Expr, ExprKind, Lit};
use hir::program::{BodyOwner, ConstId, FnId, FnKind};
use hir::ty::{Args, Ty as HTy, TyKind as H};

/// Constants refer to each other at most so deep when they are folded here.
const MAX_DEPTH: u32 = 32;

impl Builder<'_, '_> {
    /// The value of a literal, an arithmetic expression of literals, a constant made of such, or a variant without fields.
    pub fn constant_operand(&mut self, e: &Expr) -> Option<Const> {
        match &e.kind {
            ExprKind::Lit(lit) => {
                let ty = self.mono(e.ty);
                self.literal(lit, ty, e)
            }
            ExprKind::Unary { operand, .. } if matches!(operand.kind, ExprKind::Lit(_)) => {
                self.fold(e, MAX_DEPTH)
            }
            ExprKind::Cast(inner) if matches!(inner.kind, ExprKind::Lit(_)) => self.fold(e, MAX_DEPTH),
            ExprKind::Const(id, args) => {
                let args: Args = args.iter().map(|t| self.mono(*t)).collect();
                self.fold_const(*id, args, MAX_DEPTH)
            }
            ExprKind::ConstParam(param) => self.const_param(*param, e),
            ExprKind::Adt { variant, fields, base: None, .. } if fields.is_empty() => {
                let ty = self.ty(e.ty);
                Some(Const::Empty(ty, variant.0))
            }
            ExprKind::Tuple(elems) if elems.is_empty() => Some(Const::Unit),
            ExprKind::Call { callee: Callee::Fn { id, args: types }, args } if args.is_empty() => {
                self.build_constant(*id, types)
            }
            _ => None,
        }
    }

    /// Intrinsics that ask for options of the build or facts about a type: conditions on them leave one branch only.
    fn build_constant(&mut self, id: FnId, types: &[HTy]) -> Option<Const> {
        let FnKind::Intrinsic(name) = self.cx.front.program().fns[id].kind else { return None };
        let name = self.cx.front.program().interner.name(name).to_string();
        let types: Vec<Ty> = types.iter().map(|t| self.ty(*t)).collect();
        self.known_bool(&name, &types).map(Const::Bool)
    }

    fn const_param(&mut self, param: HTy, e: &Expr) -> Option<Const> {
        let param = self.mono(param);
        let H::ConstInt(value) = *self.cx.front.program().types.kind(param) else { return None };
        let ty = self.mono(e.ty);
        self.literal(&Lit::int(value), ty, e)
    }

    fn literal(&mut self, lit: &Lit, ty: HTy, e: &Expr) -> Option<Const> {
        let kind = self.cx.front.program().types.kind(ty).clone();
        Some(match (lit, kind) {
            (Lit::Int(n), H::Int(int)) => Const::Int(n.get(), int),
            (Lit::Int(n), H::F64) => Const::F64((n.get() as f64).to_bits()),
            (Lit::Int(n), H::F32) => Const::F32((n.get() as f32).to_bits()),
            (Lit::Float(text), H::F32) => Const::F32(text.parse::<f32>().unwrap_or(f32::NAN).to_bits()),
            (Lit::Float(text), _) => Const::F64(text.parse::<f64>().unwrap_or(f64::NAN).to_bits()),
            (Lit::Bool(b), _) => Const::Bool(*b),
            (Lit::Char(c), _) => Const::Char(*c),
            (Lit::Str(text), _) => Const::Str(text.clone(), self.cx.string_ty(e.span)),
            (Lit::Unit, _) => Const::Unit,
            (Lit::Duration(_) | Lit::Int(_), _) => return None,
        })
    }

    /// A constant item's value, if it is made of literals.
    fn fold_const(&mut self, id: ConstId, args: Args, depth: u32) -> Option<Const> {
        if let Some(value) = self.cx.opts.values.get(&id) {
            return Some(value.clone());
        }
        let body = self.cx.front.body(BodyOwner::Const(id));
        if body.has_errors || depth == 0 {
            return None;
        }
        // The constant's own type arguments hold inside it.
        let outer = std::mem::replace(&mut self.args, args);
        let monos = std::mem::take(&mut self.monos);
        let value = self.fold(&body.value, depth - 1);
        self.args = outer;
        self.monos = monos;
        value
    }

    /// The value of what the checker calls a constant where types need one.
    pub fn known_constant(&mut self, e: &Expr) -> Option<Const> {
        self.fold(e, MAX_DEPTH)
    }

    fn fold(&mut self, e: &Expr, depth: u32) -> Option<Const> {
        match &e.kind {
            ExprKind::Lit(lit) => {
                let ty = self.mono(e.ty);
                self.literal(lit, ty, e)
            }
            ExprKind::Const(id, args) => {
                let args: Args = args.iter().map(|t| self.mono(*t)).collect();
                self.fold_const(*id, args, depth)
            }
            ExprKind::ConstParam(param) => self.const_param(*param, e),
            ExprKind::Unary { op, operand } => {
                let value = self.fold(operand, depth)?;
                self.fold_unary(*op, value)
            }
            ExprKind::Binary { op, lhs, rhs } => {
                let (a, b) = (self.fold(lhs, depth)?, self.fold(rhs, depth)?);
                self.fold_binary(*op, a, b)
            }
            ExprKind::Cast(inner) => {
                let ty = self.mono(e.ty);
                match (self.fold(inner, depth)?, self.cx.front.program().types.kind(ty).clone()) {
                    (Const::Int(n, _), H::Int(to)) => Some(Const::Int(self.wrap(n, to), to)),
                    (Const::Char(c), H::Int(to)) => Some(Const::Int(self.wrap(c as i128, to), to)),
                    (Const::Int(n, _), H::F64) => Some(Const::F64((n as f64).to_bits())),
                    _ => None,
                }
            }
            ExprKind::Block(block) if block.stmts.is_empty() => self.fold(block.tail.as_deref()?, depth),
            _ => None,
        }
    }

    /// `None` where the operation would panic: it does so when the program runs.
    fn fold_unary(&self, op: UnOp, value: Const) -> Option<Const> {
        Some(match (op, value) {
            (UnOp::Neg, Const::Int(n, int)) => Const::Int(self.in_range(-n, int)?, int),
            (UnOp::Neg, Const::F64(bits)) => Const::F64(bits ^ (1 << 63)),
            (UnOp::Neg, Const::F32(bits)) => Const::F32(bits ^ (1 << 31)),
            (UnOp::BitNot, Const::Int(n, int)) => Const::Int(self.wrap(!n, int), int),
            (UnOp::Not, Const::Bool(b)) => Const::Bool(!b),
            _ => return None,
        })
    }

    fn fold_binary(&self, op: BinOp, a: Const, b: Const) -> Option<Const> {
        let (Const::Int(a, int), Const::Int(b, _)) = (a, b) else { return None };
        let bits = int.bits(self.cx.opts.pointer_bytes) as i128;
        let value = match op {
            BinOp::Add => self.in_range(a + b, int)?,
            BinOp::Sub => self.in_range(a - b, int)?,
            BinOp::Mul => self.in_range(a.checked_mul(b)?, int)?,
            BinOp::Div if b != 0 => self.in_range(a / b, int)?,
            BinOp::Rem if b != 0 => a % b,
            BinOp::BitAnd => a & b,
            BinOp::BitOr => a | b,
            BinOp::BitXor => self.wrap(a ^ b, int),
            BinOp::Shl => self.wrap(a << b.rem_euclid(bits), int),
            BinOp::Shr => a >> b.rem_euclid(bits),
            _ => return None,
        };
        Some(Const::Int(value, int))
    }

    fn in_range(&self, n: i128, int: IntTy) -> Option<i128> {
        (self.wrap(n, int) == n).then_some(n)
    }

    /// The number with the type's bits, sign-extended for signed types.
    pub fn wrap(&self, n: i128, int: IntTy) -> i128 {
        int.wrap(n, self.cx.opts.pointer_bytes)
    }

    /// Fills a new array with constant scalars or strings by one copy of static memory. `false` if they are not all that.
    /// The static owner of such strings is not counted, so that a copy of their bytes makes strings of its own.
    pub fn copy_elements(&mut self, array: Local, elems: &[Expr]) -> bool {
        // A few elements are pushed: that takes no data, and may go away altogether.
        if elems.len() < 4 {
            return false;
        }
        let Some(values) = elems.iter().map(|elem| self.constant_operand(elem)).collect() else {
            return false;
        };
        let Some((data, size)) = self.static_elements(values) else { return false };
        let place = Place::from(array);
        let byte = self.cx.int_ty(IntTy::U8);
        let from = self.cx.program.datas.push(data);
        let data = self.array_data(&place, byte);
        let size = Builder::const_int(size as i128, IntTy::USize);
        let unit = self.cx.unit_ty();
        let done = self.scratch(unit);
        let operands = vec![Operand::Copy(data.into()), Operand::Const(Const::DataAddr(from)), size];
        self.assign(done, Rvalue::Intrinsic(Intrinsic::MemCopy, operands));
        let len = self.array_len(&place);
        self.set(len, Builder::const_int(elems.len() as i128, IntTy::USize));
        true
    }

    /// Static memory with the elements, and its size in bytes.
    fn static_elements(&self, values: Vec<Const>) -> Option<(Data, usize)> {
        if let Const::Str(..) = values[0] {
            let text = |value| if let Const::Str(text, _) = value { Some(text) } else { None };
            let texts: Vec<Box<str>> = values.into_iter().map(text).collect::<Option<_>>()?;
            // Three words each, see docs/contracts.md.
            let size = texts.len() * 3 * self.cx.opts.pointer_bytes as usize;
            return Some((Data::Strings(texts), size));
        }
        let mut bytes = Vec::new();
        let is_written = values.iter().all(|value| self.write_scalar(value, &mut bytes));
        let size = bytes.len();
        is_written.then_some((Data::Bytes(bytes), size))
    }

    /// The bytes of a scalar in memory, little endian. `false` for other constants.
    fn write_scalar(&self, value: &Const, out: &mut Vec<u8>) -> bool {
        match value {
            Const::Int(n, int) => {
                let size = int.bits(self.cx.opts.pointer_bytes) as usize / 8;
                out.extend_from_slice(&n.to_le_bytes()[..size]);
            }
            Const::F32(bits) => out.extend_from_slice(&bits.to_le_bytes()),
            Const::F64(bits) => out.extend_from_slice(&bits.to_le_bytes()),
            Const::Bool(b) => out.push(*b as u8),
            Const::Char(c) => out.extend_from_slice(&(*c as u32).to_le_bytes()),
            _ => return false,
        }
        true
    }

    /// A constant that is no literal, into a place.
    pub fn const_item(&mut self, dest: &Place, e: &Expr, id: ConstId, args: &[HTy]) {
        if let Some(value) = self.constant_operand(e) {
            return self.set(dest.clone(), Operand::Const(value));
        }
        let args: Args = args.iter().map(|t| self.mono(*t)).collect();
        let func = self.cx.instance(Key::Const(id, args), e.span);
        self.call_func(func, vec![], Some(dest.clone()));
    }
}

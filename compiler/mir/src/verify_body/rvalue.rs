//! What is computed fits its operands, and the place it is put in.

use super::{Known, Verifier};
use crate::ir::*;

impl Verifier<'_> {
    pub(super) fn rvalue(&mut self, rvalue: &Rvalue, ty: Option<Ty>) {
        match rvalue {
            Rvalue::Use(op) => {
                let known = self.lent(op);
                self.agree(known, ty, "the value");
            }
            Rvalue::Binary(op, a, b) => self.binary(*op, a, b, ty),
            Rvalue::Checked(op, a, b) => self.checked(*op, a, b, ty),
            Rvalue::Unary(_, a) => {
                let known = self.value(a);
                self.agree(known, ty, "the operand");
            }
            Rvalue::Cast(a) => {
                let known = self.value(a);
                let ok = |k: Option<TyKind>| {
                    matches!(
                        k,
                        Some(
                            TyKind::Int(_)
                                | TyKind::F32
                                | TyKind::F64
                                | TyKind::Bool
                                | TyKind::Char
                                | TyKind::Ptr(_)
                        )
                    )
                };
                let to = ty.map(|t| self.kind(t).clone());
                if !ok(known.and_then(|k| self.scalar(k))) || !ok(to) {
                    self.fail("casts are between numbers, `Char`, `Bool` and pointers");
                }
            }
            Rvalue::Aggregate { ty: of, variant, fields, reuse } => {
                self.agree(Some(Known::Ty(*of)), ty, "the value");
                self.aggregate(*of, *variant, fields);
                if let Some(token) = reuse {
                    self.token(*token);
                    self.fits_token(*token, *of, *variant);
                }
            }
            Rvalue::FixedRepeat(of, elem) => {
                self.agree(Some(Known::Ty(*of)), ty, "the value");
                let &TyKind::FixedArray(elem_ty, n) = self.kind(*of) else {
                    return self.fail("a repeated element makes a `[T; n]`");
                };
                if n == 0 {
                    self.fail("an array without elements repeats none");
                }
                let known = self.value(elem);
                self.agree(known, Some(elem_ty), "the element");
            }
            Rvalue::FixedArray(of, list) => {
                self.agree(Some(Known::Ty(*of)), ty, "the value");
                let &TyKind::FixedArray(elem, n) = self.kind(*of) else {
                    return self.fail("an array's elements make a `[T; n]`");
                };
                if n != list.len() as u64 {
                    self.fail("the number of elements is not that of the type");
                }
                for op in list {
                    let known = self.value(op);
                    self.agree(known, Some(elem), "the element");
                }
            }
            Rvalue::Discriminant(place) => {
                if let Some(of) = self.place(place) {
                    self.expect_kind(of, "only enums have discriminants", |k| *k == TyKind::Enum);
                }
                self.agree(Some(Known::Int(IntTy::I32)), ty, "the destination of a discriminant");
            }
            Rvalue::MakeFnBox { ty: of, env, func } => {
                self.agree(Some(Known::Ty(*of)), ty, "the value");
                self.fn_box(*of, env, *func);
            }
            Rvalue::MakeDyn { ty: of, value, methods } => {
                self.agree(Some(Known::Ty(*of)), ty, "the value");
                self.make_dyn(*of, value, methods);
            }
            Rvalue::AddrOf(place) => {
                let of = self.place(place);
                if let (Some(of), Some(ty)) = (of, ty)
                    && *self.kind(ty) != TyKind::Ptr(of)
                {
                    self.fail(format!("the address of a `{}` is a `Ptr` to it", self.name(of)));
                }
            }
            Rvalue::Intrinsic(op, list) => self.intrinsic(*op, list, ty),
        }
    }

    fn binary(&mut self, op: BinOp, a: &Operand, b: &Operand, ty: Option<Ty>) {
        let comparison = matches!(op, BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge);
        let (a, b) = if comparison { (self.lent(a), self.lent(b)) } else { (self.value(a), self.value(b)) };
        let (Some(a), Some(b)) = (a, b) else { return };
        let same = self.scalar(a).is_some() && (a == b || self.same_scalar(a, b));
        match op {
            BinOp::And | BinOp::Or | BinOp::Pow => self.fail("this operator has been lowered before MIR"),
            BinOp::Shl | BinOp::Shr => {
                self.agree(Some(a), ty, "the left operand");
                if !self.is_int(a) || !self.is_int(b) {
                    self.fail("shifts are on integers");
                }
            }
            _ if !same => self.fail("both operands have one scalar type"),
            _ if comparison => self.agree(Some(Known::Bool), ty, "the destination of a comparison"),
            _ => self.agree(Some(a), ty, "the operands"),
        }
    }

    fn same_scalar(&self, a: Known, b: Known) -> bool {
        match (self.scalar(a), self.scalar(b)) {
            (Some(TyKind::Ptr(_)), Some(TyKind::Ptr(_))) => a == Known::AnyPtr || b == Known::AnyPtr,
            (a, b) => a == b,
        }
    }

    fn checked(&mut self, op: BinOp, a: &Operand, b: &Operand, ty: Option<Ty>) {
        let (a, b) = (self.value(a), self.value(b));
        let (Some(a), Some(b), Some(ty)) = (a, b, ty) else { return };
        if !matches!(op, BinOp::Add | BinOp::Sub | BinOp::Mul) || !self.is_int(a) || !self.is_int(b) {
            self.fail("checked are `add`, `sub` and `mul` on integers");
        }
        let fields: Vec<Ty> =
            self.program.types.defs[ty].variants.iter().flat_map(|v| v.fields.iter().map(|f| f.ty)).collect();
        let &[result, overflowed] = &fields[..] else {
            return self.fail("the destination is a pair of result and overflow");
        };
        self.agree(Some(a), Some(result), "the left operand");
        self.agree(Some(b), Some(result), "the right operand");
        self.agree(Some(Known::Bool), Some(overflowed), "the second field");
    }

    fn aggregate(&mut self, ty: Ty, variant: u32, fields: &[Operand]) {
        let def = &self.program.types.defs[ty];
        let Some(variant) = def.variants.get(variant as usize) else {
            return self.fail("the variant does not exist");
        };
        if variant.fields.len() != fields.len() {
            self.fail("the number of fields is not that of the type");
        }
        for (op, field) in fields.iter().zip(&variant.fields) {
            let known = self.value(op);
            self.agree(known, Some(field.ty), "the field");
        }
    }

    fn fn_box(&mut self, ty: Ty, env: &Operand, func: FuncId) {
        let env = self.value(env);
        let TyKind::FnBox { params, ret, .. } = self.kind(ty) else {
            return self.fail("a boxed closure has an `fn` type");
        };
        let Some(callee) = self.program.funcs.get(func) else {
            return self.fail(format!("{func} does not exist"));
        };
        let Some(((env_ty, mode), rest)) = callee.params.split_first() else {
            return self.fail("the closure's function takes its environment first");
        };
        self.agree(env, Some(*env_ty), "the environment");
        if *mode != ParamMode::Borrowed || *rest != **params || callee.ret != *ret {
            self.fail("the closure's function does not fit the type (with its environment borrowed first)");
        }
    }

    fn make_dyn(&mut self, ty: Ty, value: &Operand, methods: &[FuncId]) {
        let value = self.value(value);
        let &TyKind::Dyn { n_methods, .. } = self.kind(ty) else {
            return self.fail("a `dyn` value has a `dyn` type");
        };
        if n_methods as usize != methods.len() {
            self.fail("the number of methods is not that of the type");
        }
        for func in methods {
            match self.program.funcs.get(*func).and_then(|f| f.params.first()) {
                Some((receiver, _)) => self.agree(value, Some(*receiver), "the receiver of a method"),
                None => self.fail("a method takes its receiver first"),
            }
        }
    }

    fn intrinsic(&mut self, op: Intrinsic, list: &[Operand], ty: Option<Ty>) {
        let lends = matches!(op, Intrinsic::BufferPtr | Intrinsic::IsUnique);
        let known: Vec<Option<Known>> =
            list.iter().map(|op| if lends { self.lent(op) } else { self.value(op) }).collect();
        let arity = match op {
            Intrinsic::SizeOf(_) | Intrinsic::AlignOf(_) | Intrinsic::NeedsDrop(_) => 0,
            Intrinsic::VisitRoutine(_) => 0,
            Intrinsic::Visit => 2,
            Intrinsic::MemorySize | Intrinsic::HeapBase | Intrinsic::StaticAddr(_) => 0,
            Intrinsic::MemoryBarrier | Intrinsic::Trap => 0,
            Intrinsic::PtrOffset(_) | Intrinsic::Rotl | Intrinsic::Rotr | Intrinsic::MulHigh => 2,
            Intrinsic::Copysign | Intrinsic::FMin | Intrinsic::FMax => 2,
            Intrinsic::MemCopy | Intrinsic::MemFill => 3,
            Intrinsic::Atomic(op, _) => op.arity(),
            Intrinsic::Vector(op, _) => {
                op.arity() + usize::from(matches!(op.form(), simd::Form::Extract | simd::Form::Replace))
            }
            _ => 1,
        };
        if list.len() != arity {
            return self.fail(format!("this intrinsic takes {arity} operands"));
        }
        let first = known.first().copied().flatten();
        let first_kind = first.and_then(|k| self.scalar(k));
        let wrong = |known: bool, message: &'static str| known.then_some(message);
        let message = match op {
            Intrinsic::Atomic(op, order) => {
                if op.has_result() {
                    self.agree(known.get(1).copied().flatten(), ty, "the value");
                }
                wrong(!op.takes(order), "the operation does not have this order")
            }
            Intrinsic::BufferPtr | Intrinsic::BufferIntoPtr => {
                let fits = first_kind.is_none_or(|k| matches!(k, TyKind::Buffer(_)));
                wrong(!fits, "the operand is a buffer")
            }
            Intrinsic::IsUnique => {
                let counted = |k| {
                    matches!(k, TyKind::Buffer(_) | TyKind::Enum | TyKind::FnBox { .. } | TyKind::Dyn { .. })
                };
                wrong(!first_kind.is_none_or(counted), "the operand is counted")
            }
            Intrinsic::PtrRetain(to) | Intrinsic::Disarm(to) => {
                let fits = first_kind.is_none_or(|k| k == TyKind::Ptr(to));
                wrong(!fits, "the operand is a pointer to a value of the type")
            }
            Intrinsic::BufferFromPtr(elem) => {
                let differs = ty.is_some_and(|t| *self.kind(t) != TyKind::Buffer(elem));
                wrong(differs, "the destination is a buffer of these elements")
            }
            Intrinsic::PtrOffset(elem) => {
                self.agree(first, ty, "the pointer");
                let differs = ty.is_some_and(|t| *self.kind(t) != TyKind::Ptr(elem));
                wrong(differs, "the destination is a pointer to these elements")
            }
            _ => None,
        };
        if let Some(message) = message {
            self.fail(message);
        }
    }
}

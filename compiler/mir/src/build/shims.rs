//! The compiler's implementations of `Eq`, `Ord` and `Hash`: structural for tuples, structs, enums and fixed arrays;
//! `Ord` of primitives, and `Eq` of floats by their total order. `Show` is in [`super::show`].

use super::Cx;
use super::flat;
use super::func::{Builder, Label};
use super::recursion::Op;
use super::scope::Exit;
use crate::ir::*;
use hir::program::{FnId, TraitId};
use hir::ty::{Args, Ty as HTy, TyKind as H};

/// The variants of `Ordering`; must match docs/contracts.md.
pub(super) const LESS: u32 = 0;
pub(super) const EQUAL: u32 = 1;
pub(super) const GREATER: u32 = 2;

impl Cx<'_> {
    pub(super) fn build_builtin(&mut self, id: FuncId, trait_: TraitId, method: FnId, args: Args) -> Body {
        let program = self.front.program();
        let name = program.interner.name(program.fns[method].name).to_string();
        let span = program.fns[method].span;
        let Some(ty) = args.first().copied() else { return Body::default() };
        let is_dyn = matches!(program.types.kind(ty), H::Dyn { .. });
        let known = self.structural_trait(trait_);
        let op = known.and_then(|t| Op::of(t, &name)).filter(|_| !is_dyn);
        let is_flat = op.is_some_and(|op| self.is_recursive(op, ty));
        let mut builder = Builder::new(self, id, Box::new([]), None);
        let params: Vec<Place> = builder.shim_params();
        match (op, params.as_slice()) {
            _ if is_dyn => builder.forward_to_vtable(trait_, method, args, params),
            (Some(op), params) if is_flat => return flat::build(builder, op, ty, params),
            (Some(Op::Eq), [a, b]) => builder.shim_eq(ty, a, b),
            (Some(Op::Cmp), [a, b]) => builder.shim_cmp(ty, a, b),
            (Some(Op::Hash), [value, hasher]) => builder.shim_hash(ty, value, hasher),
            (Some(Op::Show), [value, formatter]) => builder.shim_show(ty, value, formatter),
            _ if builder.cx.is_wire(trait_) && builder.shim_wire(&name, ty, &params) => {}
            _ if builder.operator_body(trait_, method, &args, &params) => {}
            _ => {
                let what =
                    format!("nothing is known of `{name}` for `{}`", builder.cx.front.program().ty_name(ty));
                builder.cx.internal(span, what);
            }
        }
        builder.finish()
    }

    /// The types of the fields of each variant of a structural type, and whether it is an enum.
    pub(super) fn parts(&mut self, ty: HTy) -> (Vec<Vec<HTy>>, bool) {
        match self.front.program().types.kind(ty).clone() {
            H::Tuple(elems) => (vec![elems.to_vec()], false),
            H::Adt(id, args) => {
                let adt = &self.front.program().adts[id];
                let is_enum = adt.is_enum;
                let fields: Vec<Vec<HTy>> =
                    adt.variants.iter().map(|v| v.fields.iter().map(|f| f.ty).collect()).collect();
                let mono =
                    |tys: Vec<HTy>, cx: &mut Self| tys.into_iter().map(|t| cx.mono(t, &args)).collect();
                (fields.into_iter().map(|tys| mono(tys, self)).collect(), is_enum)
            }
            _ => (Vec::new(), false),
        }
    }
}

impl Builder<'_, '_> {
    /// All parameters, named after their number; owned ones are dropped at the end.
    pub(super) fn shim_params(&mut self) -> Vec<Place> {
        let n = self.cx.program.funcs[self.func].params.len();
        let span = self.span;
        (0..n)
            .map(|i| {
                let local = self.param(["self", "other"].get(i).unwrap_or(&"").to_string(), span);
                if self.body.param_mode(local) == Some(ParamMode::Owned) {
                    self.schedule(local);
                }
                local.into()
            })
            .collect()
    }

    /// An operator of a primitive as a function of its own.
    fn operator_body(&mut self, trait_: TraitId, method: FnId, args: &Args, params: &[Place]) -> bool {
        let values: Vec<Arg> = params.iter().map(|p| Arg::Value(Operand::Copy(p.clone()))).collect();
        let target = super::instances::ResolvedFn::Builtin { trait_, method, args: args.clone() };
        let span = self.span;
        self.builtin_inline(Some(&RETURN.into()), &target, &values, span)
    }

    fn forward_to_vtable(&mut self, trait_: TraitId, method: FnId, args: Args, params: Vec<Place>) {
        let modes: Vec<ParamMode> = self.body.params.iter().map(|p| p.mode).collect();
        let values = params
            .into_iter()
            .zip(modes)
            .map(|(place, mode)| match mode {
                ParamMode::Mut => Arg::Mut(place),
                _ => Arg::Value(Operand::Copy(place)),
            })
            .collect();
        let target = super::instances::ResolvedFn::Dyn { trait_, method, args };
        let span = self.span;
        self.call_fn(target, values, Some(&RETURN.into()), span);
    }

    /// Goes on in a block per variant that has fields, then at `end`; `other` gets those without.
    pub fn per_variant(
        &mut self,
        value: &Place,
        parts: &[Vec<HTy>],
        end: &mut Label,
        mut each: impl FnMut(&mut Self, u32, Vec<(FieldPath, HTy)>),
    ) {
        let i32_ty = self.cx.int_ty(IntTy::I32);
        let tag = self.assign_temp(i32_ty, Rvalue::Discriminant(value.clone()));
        let with_fields: Vec<u32> =
            (0..parts.len() as u32).filter(|v| !parts[*v as usize].is_empty()).collect();
        let mut cases: Vec<(i128, Block)> =
            with_fields.iter().map(|v| (*v as i128, self.new_block(false))).collect();
        let blocks: Vec<Block> = cases.iter().map(|(_, b)| *b).collect();
        let default = match with_fields.len() == parts.len() {
            true => cases.pop().map(|(_, b)| b),
            false => Some(self.label_block(end)),
        };
        let Some(default) = default else { return };
        match cases.is_empty() {
            true => self.terminate(Term::Goto(default)),
            false => self.terminate(Term::Switch { value: Operand::Copy(tag.into()), cases, default }),
        }
        for (v, block) in with_fields.into_iter().zip(blocks) {
            self.block = Some(block);
            let fields = parts[v as usize].iter().enumerate();
            let fields = fields.map(|(i, ty)| (FieldPath(Some(v), i as u32), *ty)).collect();
            each(self, v, fields);
            self.goto(end);
        }
    }

    // ------------------------------------------------------------ Eq

    fn shim_eq(&mut self, ty: HTy, a: &Place, b: &Place) {
        if matches!(self.cx.front.program().types.kind(ty), H::F32 | H::F64) {
            return self.float_eq(a, b);
        }
        let mut differ = self.new_exit();
        let (parts, is_enum) = self.cx.parts(ty);
        let mut end = Label::default();
        if let Some((elem, len)) = self.fixed_array(ty) {
            self.each_element(len, |this, index| {
                let step = |p: &Place| p.with(Proj::Index(index));
                this.fields_equal(elem, step(a), step(b), &mut differ);
            });
        } else if is_enum {
            self.same_variant(a, b, &mut differ);
            self.per_variant(a, &parts, &mut end, |this, _, fields| {
                for (step, ty) in fields {
                    this.fields_equal(ty, step.of(a), step.of(b), &mut differ);
                }
            });
        } else {
            for (i, ty) in parts.into_iter().flatten().enumerate() {
                let step = FieldPath(None, i as u32);
                self.fields_equal(ty, step.of(a), step.of(b), &mut differ);
            }
        }
        self.join(end);
        self.answer(Builder::const_bool(true), differ, Builder::const_bool(false));
    }

    /// One result here, another at an exit; both go on behind.
    fn answer(&mut self, here: Operand, exit: Exit, there: Operand) {
        self.set(RETURN, here);
        let mut end = Label::default();
        if exit.label.0.is_some() {
            self.goto(&mut end);
            self.bind(exit.label);
            self.set(RETURN, there);
        }
        self.join(end);
    }

    fn same_variant(&mut self, a: &Place, b: &Place, differ: &mut Exit) {
        let i32_ty = self.cx.int_ty(IntTy::I32);
        let x = self.assign_temp(i32_ty, Rvalue::Discriminant(a.clone()));
        let y = self.assign_temp(i32_ty, Rvalue::Discriminant(b.clone()));
        let same = self.compare(BinOp::Eq, Operand::Copy(x.into()), Operand::Copy(y.into()));
        self.branch_to(same, true, differ);
    }

    fn fields_equal(&mut self, ty: HTy, a: Place, b: Place, differ: &mut Exit) {
        let bool_ty = self.cx.bool_ty();
        if let Some(equal) = self.call_trait("Eq", "eq", ty, vec![a, b], None, bool_ty) {
            self.branch_to(Operand::Copy(equal.into()), true, differ);
        }
    }

    /// Calls a lang trait's method on copies of places (and a `mut` argument); the result is a temporary.
    pub fn call_trait(
        &mut self,
        trait_: &str,
        method: &str,
        ty: HTy,
        values: Vec<Place>,
        written: Option<&Place>,
        ret: Ty,
    ) -> Option<Local> {
        let span = self.span;
        let Some((trait_, method)) = self.cx.lang_method(trait_, method) else {
            self.cx.internal(span, format!("the lang method `{trait_}.{method}` is missing"));
            return None;
        };
        let target = self.cx.resolve(trait_, method, Box::new([ty]));
        let mut args: Vec<Arg> = Vec::new();
        for place in values {
            let place_ty = self.place_ty(&place);
            let unit = self.is_unit(place_ty);
            args.push(Arg::Value(if unit { Operand::Const(Const::Unit) } else { Operand::Copy(place) }));
        }
        args.extend(written.map(|p| Arg::Mut(p.clone())));
        let result = self.temp(ret);
        let dest: Place = result.into();
        let dest = Some(&dest).filter(|_| !self.is_unit(ret));
        if !self.builtin_inline(dest, &target, &args, span) {
            self.call_fn(target, args, dest, span);
        }
        Some(result)
    }

    /// Equality under the total order: NaN equals itself.
    fn float_eq(&mut self, a: &Place, b: &Place) {
        let (x, y) = (Operand::Copy(a.clone()), Operand::Copy(b.clone()));
        let equal = self.compare(BinOp::Eq, x.clone(), y.clone());
        let a_nan = self.compare(BinOp::Ne, x.clone(), x);
        let b_nan = self.compare(BinOp::Ne, y.clone(), y);
        let bool_ty = self.cx.bool_ty();
        let both = Operand::Copy(self.binary(bool_ty, BinOp::BitAnd, a_nan, b_nan).into());
        self.assign(RETURN, Rvalue::Binary(BinOp::BitOr, equal, both));
    }

    pub(super) fn fixed_array(&mut self, ty: HTy) -> Option<(HTy, u64)> {
        match *self.cx.front.program().types.kind(ty) {
            H::FixedArray(elem, len) => Some((elem, self.cx.const_len(len))),
            _ => None,
        }
    }

    /// A loop over the indices of a fixed array.
    pub fn each_element(&mut self, len: u64, mut body: impl FnMut(&mut Self, Local)) {
        let usize_ty = self.cx.int_ty(IntTy::USize);
        let int = |n: u64| Builder::const_int(n as i128, IntTy::USize);
        let index = self.assign_temp(usize_ty, Rvalue::Use(int(0)));
        let head = self.new_block(false);
        self.terminate(Term::Goto(head));
        self.block = Some(head);
        let go_on = self.compare(BinOp::Lt, Operand::Copy(index.into()), int(len));
        let (inside, behind) = self.branch(go_on);
        self.block = Some(inside);
        body(self, index);
        self.assign(index, Rvalue::Binary(BinOp::WrapAdd, Operand::Copy(index.into()), int(1)));
        self.terminate(Term::Goto(head));
        self.block = Some(behind);
    }

    // ------------------------------------------------------------ Ord

    fn shim_cmp(&mut self, ty: HTy, a: &Place, b: &Place) {
        if self.is_primitive(ty) {
            return self.primitive_cmp(ty, a, b);
        }
        let ordering = self.local_ty(RETURN);
        let (parts, is_enum) = self.cx.parts(ty);
        let mut end = Label::default();
        let mut decided = self.new_exit();
        if let Some((elem, len)) = self.fixed_array(ty) {
            self.each_element(len, |this, index| {
                let step = |p: &Place| p.with(Proj::Index(index));
                this.fields_cmp(elem, step(a), step(b), &mut decided);
            });
        } else if is_enum {
            self.variants_cmp(a, b, ordering, &mut decided);
            self.per_variant(a, &parts, &mut end, |this, _, fields| {
                for (step, ty) in fields {
                    this.fields_cmp(ty, step.of(a), step.of(b), &mut decided);
                }
            });
        } else {
            for (i, ty) in parts.into_iter().flatten().enumerate() {
                let step = FieldPath(None, i as u32);
                self.fields_cmp(ty, step.of(a), step.of(b), &mut decided);
            }
        }
        self.join(end);
        self.set(RETURN, Operand::Const(Const::Empty(ordering, EQUAL)));
        self.join(decided.label);
    }

    /// Leaves for `decided` with the result, unless the fields are equal.
    fn fields_cmp(&mut self, ty: HTy, a: Place, b: Place, decided: &mut Exit) {
        let ordering = self.local_ty(RETURN);
        let Some(result) = self.call_trait("Ord", "cmp", ty, vec![a, b], None, ordering) else { return };
        let i32_ty = self.cx.int_ty(IntTy::I32);
        let tag = self.assign_temp(i32_ty, Rvalue::Discriminant(result.into()));
        let equal = Builder::const_int(EQUAL as i128, IntTy::I32);
        let same = self.compare(BinOp::Eq, Operand::Copy(tag.into()), equal);
        let (go_on, differ) = self.branch(same);
        self.block = Some(differ);
        self.set(RETURN, Operand::Copy(result.into()));
        self.exit(decided);
        self.block = Some(go_on);
    }

    fn variants_cmp(&mut self, a: &Place, b: &Place, ordering: Ty, decided: &mut Exit) {
        let i32_ty = self.cx.int_ty(IntTy::I32);
        let x = self.assign_temp(i32_ty, Rvalue::Discriminant(a.clone()));
        let y = self.assign_temp(i32_ty, Rvalue::Discriminant(b.clone()));
        for (op, result) in [(BinOp::Lt, LESS), (BinOp::Gt, GREATER)] {
            self.decide_if(op, x.into(), y.into(), Const::Empty(ordering, result), decided);
        }
    }

    /// Leaves with a result if a comparison holds.
    fn decide_if(&mut self, op: BinOp, a: Place, b: Place, result: Const, decided: &mut Exit) {
        let holds = self.compare(op, Operand::Copy(a), Operand::Copy(b));
        let (yes, no) = self.branch(holds);
        self.block = Some(yes);
        self.set(RETURN, Operand::Const(result));
        self.exit(decided);
        self.block = Some(no);
    }

    fn primitive_cmp(&mut self, ty: HTy, a: &Place, b: &Place) {
        let ordering = self.local_ty(RETURN);
        let result = |n| Const::Empty(ordering, n);
        let mut decided = self.new_exit();
        self.decide_if(BinOp::Lt, a.clone(), b.clone(), result(LESS), &mut decided);
        if matches!(self.cx.front.program().types.kind(ty), H::F32 | H::F64) {
            self.decide_if(BinOp::Gt, a.clone(), b.clone(), result(GREATER), &mut decided);
            self.decide_if(BinOp::Eq, a.clone(), b.clone(), result(EQUAL), &mut decided);
            // One of them is NaN, which comes last.
            self.decide_if(BinOp::Eq, a.clone(), a.clone(), result(LESS), &mut decided);
            self.decide_if(BinOp::Eq, b.clone(), b.clone(), result(GREATER), &mut decided);
            self.set(RETURN, Operand::Const(result(EQUAL)));
        } else {
            self.decide_if(BinOp::Eq, a.clone(), b.clone(), result(EQUAL), &mut decided);
            self.set(RETURN, Operand::Const(result(GREATER)));
        }
        self.join(decided.label);
    }

    // ------------------------------------------------------------ Hash

    fn shim_hash(&mut self, ty: HTy, value: &Place, hasher: &Place) {
        let (parts, is_enum) = self.cx.parts(ty);
        let unit = self.cx.unit_ty();
        let mut end = Label::default();
        if let Some((elem, len)) = self.fixed_array(ty) {
            self.each_element(len, |this, index| {
                this.call_trait(
                    "Hash",
                    "hash",
                    elem,
                    vec![value.with(Proj::Index(index))],
                    Some(hasher),
                    unit,
                );
            });
        } else if is_enum {
            let int = self.cx.int_ty(IntTy::I64);
            let i32_ty = self.cx.int_ty(IntTy::I32);
            let tag = self.assign_temp(i32_ty, Rvalue::Discriminant(value.clone()));
            let tag = self.assign_temp(int, Rvalue::Cast(Operand::Copy(tag.into())));
            let args = vec![Arg::Mut(hasher.clone()), Arg::Value(Operand::Copy(tag.into()))];
            let span = self.span;
            self.call_lang("hash_int", &[], args, None, span);
            self.per_variant(value, &parts, &mut end, |this, _, fields| {
                for (step, ty) in fields {
                    this.call_trait("Hash", "hash", ty, vec![step.of(value)], Some(hasher), unit);
                }
            });
        } else {
            for (i, ty) in parts.into_iter().flatten().enumerate() {
                let step = FieldPath(None, i as u32);
                self.call_trait("Hash", "hash", ty, vec![step.of(value)], Some(hasher), unit);
            }
        }
        self.join(end);
    }
}

/// The way to a field: through a variant, if it is an enum's.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FieldPath(pub Option<u32>, pub u32);

impl FieldPath {
    pub fn of(self, base: &Place) -> Place {
        let mut place = base.clone();
        place.proj.extend(self.0.map(Proj::Variant));
        place.proj.push(Proj::Field(self.1));
        place
    }
}

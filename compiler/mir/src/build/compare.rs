//! The tests and parts that patterns need of values: equality, ranges, elements and rests of arrays.

use super::branches::int_range;
use super::decision::{ArrayView, Decision, Occ, OccId, Part, RestOf};
use super::func::Builder;
use crate::ir::*;
use hir::body::{Lit, Pat, PatKind};
use hir::ty::{Ty as HTy, TyKind as H};

/// A condition that is computed where it is needed.
pub(super) type LazyCond = Box<dyn Fn(&mut Builder<'_, '_>) -> Operand>;

impl Builder<'_, '_> {
    /// Whether the value in a place equals a literal or constant.
    pub fn equals(&mut self, place: Place, ty: HTy, pat: &Pat) -> Option<Operand> {
        let span = pat.span;
        match &pat.kind {
            PatKind::Lit(Lit::Duration(ns)) => {
                let field = place.with(Proj::Field(0));
                Some(self.compare(
                    BinOp::Eq,
                    Operand::Copy(field),
                    Builder::const_int(*ns as i128, IntTy::I64),
                ))
            }
            PatKind::Lit(Lit::Str(text)) => {
                let (trait_, method) = self.cx.lang_method("Eq", "eq")?;
                let text = self.str_const(text, span);
                let target = self.cx.resolve(trait_, method, Box::new([ty]));
                let bool_ty = self.cx.bool_ty();
                let result = self.temp(bool_ty);
                let args = vec![Arg::Value(Operand::Copy(place)), Arg::Value(text)];
                self.call_fn(target, args, Some(&result.into()), span);
                Some(Operand::Copy(result.into()))
            }
            PatKind::Lit(lit) => {
                let value = self.number(lit, ty);
                Some(self.compare(BinOp::Eq, Operand::Copy(place), value))
            }
            PatKind::Const { value, eq } => {
                let depth = self.drops.len();
                let bool_ty = self.cx.bool_ty();
                let result = self.temp(bool_ty);
                let value = self.operand(value);
                let args = vec![Arg::Value(Operand::Copy(place)), Arg::Value(value)];
                self.call_resolved(eq, pat.ty, args, Some(&result.into()), span);
                self.pop_drops(depth, None);
                Some(Operand::Copy(result.into()))
            }
            _ => {
                self.cx.internal(span, "a pattern that cannot be tested");
                None
            }
        }
    }

    fn number(&mut self, lit: &Lit, ty: HTy) -> Operand {
        let kind = self.cx.front.program().types.kind(ty).clone();
        Operand::Const(match (lit, kind) {
            (Lit::Int(n), H::Int(int)) => Const::Int(n.get(), int),
            (Lit::Int(n), H::F32) => Const::F32((n.get() as f32).to_bits()),
            (Lit::Int(n), _) => Const::F64((n.get() as f64).to_bits()),
            (Lit::Float(text), H::F32) => Const::F32(text.parse::<f32>().unwrap_or(f32::NAN).to_bits()),
            (Lit::Float(text), _) => Const::F64(text.parse::<f64>().unwrap_or(f64::NAN).to_bits()),
            (Lit::Char(c), _) => Const::Char(*c),
            (Lit::Bool(b), _) => Const::Bool(*b),
            _ => Const::Unit,
        })
    }

    /// The comparisons that a range asks for: none, one or two.
    pub fn range_conds(&mut self, place: Place, ty: HTy, pat: &Pat) -> Vec<LazyCond> {
        let PatKind::Range { lo, hi, inclusive } = &pat.kind else { return Vec::new() };
        let mut out: Vec<LazyCond> = Vec::new();
        let mut add = |op: BinOp, bound: Operand| {
            let place = place.clone();
            out.push(Box::new(move |b| b.compare(op, Operand::Copy(place.clone()), bound.clone())));
        };
        if int_range(pat).is_some_and(|(lo, hi)| lo > hi) {
            add(BinOp::Ne, Operand::Copy(place.clone()));
            return out;
        }
        if let Some(lo) = lo {
            let bound = self.number(lo, ty);
            add(BinOp::Ge, bound);
        }
        if let Some(hi) = hi {
            let bound = self.number(hi, ty);
            add(if *inclusive { BinOp::Le } else { BinOp::Lt }, bound);
        }
        out
    }

    // ------------------------------------------------------------ arrays

    /// Looks up length and first element of an `Array`; see docs/contracts.md, "Cells".
    pub fn view_array(&mut self, d: &mut Decision<'_>, occ: OccId) -> OccId {
        let place = d.occs[occ].place.clone().unwrap_or(RETURN.into());
        let int = self.cx.int_ty(IntTy::I64);
        let elem = self.array_elem(d.occs[occ].ty);
        let len = self.array_len(&place);
        let len = self.assign_temp(int, Rvalue::Cast(Operand::Copy(len)));
        let data = self.array_data(&place, elem);
        let ty = d.occs[occ].ty;
        d.occ(Occ { place: Some(place), ty, kids: Vec::new(), array: Some(ArrayView { len, data }) })
    }

    /// The place of an `Array`'s length, a `USize`; see docs/contracts.md, "Cells".
    pub fn array_len(&mut self, array: &Place) -> Place {
        let usize_ty = self.cx.int_ty(IntTy::USize);
        let words = self.cx.ptr_ty(usize_ty);
        let bytes = self.array_bytes(array, 2 * self.cx.opts.pointer_bytes);
        Place::from(self.lent_pointer(words, Rvalue::Cast(Operand::Copy(bytes.into())), array.local))
            .with(Proj::Deref)
    }

    /// The address of an `Array`'s first element.
    pub fn array_data(&mut self, array: &Place, elem: Ty) -> Local {
        let elems = self.cx.ptr_ty(elem);
        let bytes = self.array_bytes(array, 4 * self.cx.opts.pointer_bytes);
        match self.local_ty(bytes) == elems {
            true => bytes,
            false => self.lent_pointer(elems, Rvalue::Cast(Operand::Copy(bytes.into())), array.local),
        }
    }

    fn array_bytes(&mut self, array: &Place, offset: u32) -> Local {
        let byte = self.cx.int_ty(IntTy::U8);
        let bytes = self.cx.ptr_ty(byte);
        let buffer = Operand::Borrow(array.with(Proj::Field(0)));
        let cell =
            self.lent_pointer(bytes, Rvalue::Intrinsic(Intrinsic::BufferPtr, vec![buffer]), array.local);
        let args = vec![Operand::Copy(cell.into()), Builder::const_int(offset as i128, IntTy::I64)];
        self.lent_pointer(bytes, Rvalue::Intrinsic(Intrinsic::PtrOffset(byte), args), array.local)
    }

    /// A pointer that is good as long as another local is.
    pub fn lent_pointer(&mut self, ty: Ty, value: Rvalue, of: Local) -> Local {
        let local = self.assign_temp(ty, value);
        self.body.locals[local].loan_of = Some(self.root_of(of));
        local
    }

    fn array_elem(&mut self, array: HTy) -> Ty {
        match self.cx.front.program().types.kind(array).clone() {
            H::Adt(_, args) if !args.is_empty() => self.cx.mir_ty(args[0]),
            _ => self.cx.unit_ty(),
        }
    }

    /// The place of an element that is known to be there.
    pub fn element_place(&mut self, d: &Decision<'_>, occ: OccId, part: Part) -> Place {
        let place = d.occs[occ].place.clone().unwrap_or(RETURN.into());
        let Some(view) = d.occs[occ].array else {
            let len = match *self.cx.front.program().types.kind(d.occs[occ].ty) {
                H::FixedArray(_, len) => self.cx.const_len(len),
                _ => 0,
            };
            let index = match part {
                Part::FromEnd(n) => len.saturating_sub(n as u64),
                Part::Element(n) | Part::Field(n) | Part::VariantField(_, n) => n as u64,
            };
            let usize_ty = self.cx.int_ty(IntTy::USize);
            let index = Builder::const_int(index as i128, IntTy::USize);
            let index = self.assign_temp(usize_ty, Rvalue::Use(index));
            return place.with(Proj::Index(index));
        };
        let elem = self.array_elem(d.occs[occ].ty);
        let elems = self.cx.ptr_ty(elem);
        let index = match part {
            Part::FromEnd(n) => {
                let int = self.cx.int_ty(IntTy::I64);
                let back = Builder::const_int(n as i128, IntTy::I64);
                Operand::Copy(self.binary(int, BinOp::WrapSub, Operand::Copy(view.len.into()), back).into())
            }
            Part::Element(n) | Part::Field(n) | Part::VariantField(_, n) => {
                Builder::const_int(n as i128, IntTy::I64)
            }
        };
        let args = vec![Operand::Copy(view.data.into()), index];
        let pointer =
            self.lent_pointer(elems, Rvalue::Intrinsic(Intrinsic::PtrOffset(elem), args), place.local);
        Place::from(pointer).with(Proj::Deref)
    }

    /// `..rest`: a new array of the elements between.
    pub fn bind_rest(
        &mut self,
        local: Local,
        id: hir::body::LocalId,
        array: &RestOf,
        from: u32,
        behind: u32,
    ) {
        let span = self.span;
        let ty = self.hir.as_ref().map_or(HTy::UNIT, |h| h.locals[id].ty);
        let ty = self.mono(ty);
        let H::Adt(_, types) = self.cx.front.program().types.kind(ty).clone() else {
            return self.cx.internal(span, "the rest of an array is bound to another type");
        };
        let int = |n: u64| Builder::const_int(n as i128, IntTy::I64);
        match array {
            RestOf::Array(place, view) => {
                let mut to = Operand::Copy(view.len.into());
                if behind > 0 {
                    let int_ty = self.cx.int_ty(IntTy::I64);
                    to = Operand::Copy(self.binary(int_ty, BinOp::WrapSub, to, int(behind as u64)).into());
                }
                let args = [Operand::Copy(place.clone()), int(from as u64), to].map(Arg::Value).into();
                self.call_lang("array_slice", &types, args, Some(local.into()), span);
            }
            RestOf::Fixed(place, len) => {
                let end = len.saturating_sub(behind as u64);
                let capacity = vec![Arg::Value(int(end.saturating_sub(from as u64)))];
                self.call_lang("array_with_capacity", &types, capacity, Some(local.into()), span);
                self.schedule(local);
                for i in from as u64..end {
                    let usize_ty = self.cx.int_ty(IntTy::USize);
                    let index = Builder::const_int(i as i128, IntTy::USize);
                    let index = self.assign_temp(usize_ty, Rvalue::Use(index));
                    let value = Operand::Copy(place.with(Proj::Index(index)));
                    let args = vec![Arg::Mut(local.into()), Arg::Value(value)];
                    self.call_lang("array_push_within", &types, args, None, span);
                }
                self.unschedule(local);
            }
        }
    }
}

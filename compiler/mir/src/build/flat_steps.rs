//! The parts of the values that [`super::flat`] walks through: elements of arrays, fields, texts between them.

use super::flat::{Flat, State, Step};
use super::func::Builder;
use super::recursion::{Container, Op, Sequence};
use super::shims::{EQUAL, FieldPath};
use super::work_list::INDEX;
use crate::ir::*;
use hir::ty::{Ty as HTy, TyKind as H};

impl Flat<'_, '_> {
    // ------------------------------------------------------------ arrays

    pub fn start_array(&mut self, ty: HTy) {
        let state = self.state(State::Element(ty));
        let (a, b) = self.members(ty);
        match self.op {
            Op::Eq => {
                if let Some(b) = b {
                    let (x, y) = (self.len(ty, &a), self.len(ty, &b));
                    self.order(x, y);
                }
            }
            Op::Hash => {
                let len = self.len(ty, &a);
                let int = self.b.cx.int_ty(IntTy::I64);
                let len = self.b.assign_temp(int, Rvalue::Cast(Operand::Copy(len.into())));
                self.hash_int(len);
            }
            Op::Show => self.text("["),
            Op::Cmp => {}
        }
        self.push(state);
        self.b.terminate(Term::Goto(self.blocks[state]));
    }

    /// Goes on with the element whose index is in the entry on top, or takes the entry off.
    pub fn element(&mut self, ty: HTy) {
        let usize_ty = self.b.cx.int_ty(IntTy::USize);
        let (a, b) = self.members(ty);
        let (x, y) = (self.len(ty, &a), b.as_ref().map(|b| self.len(ty, b)));
        let index = self.b.assign_temp(usize_ty, Rvalue::Cast(Operand::Copy(self.top(INDEX))));
        let end = self.b.new_block(false);
        for len in [Some(x), y].into_iter().flatten() {
            let inside = self.b.compare(BinOp::Lt, Operand::Copy(index.into()), Operand::Copy(len.into()));
            let go_on = self.b.new_block(false);
            self.b.terminate(Term::If { cond: inside, then: go_on, else_: end });
            self.b.block = Some(go_on);
        }
        self.count_on();
        if self.op == Op::Show {
            self.comma(index, IntTy::USize);
        }
        let elem = self.b.cx.op_edges(self.op, ty)[0];
        let a = self.at(ty, a, index, self.a);
        let b = b.map(|b| self.at(ty, b, index, self.other));
        self.go_to_part(elem, a, b);
        self.b.block = Some(end);
        self.pop();
        match (self.op, y) {
            (Op::Show, _) => self.text("]"),
            (Op::Cmp, Some(y)) => self.order(x, y),
            _ => {}
        }
        self.b.terminate(Term::Goto(self.next));
    }

    /// Adds 1 to the index in the entry on top.
    fn count_on(&mut self) {
        let int = self.b.cx.int_ty(IntTy::I64);
        let one = Builder::const_int(1, IntTy::I64);
        let following = self.b.binary(int, BinOp::WrapAdd, Operand::Copy(self.top(INDEX)), one);
        self.b.set(self.top(INDEX), Operand::Copy(following.into()));
    }

    /// Writes a comma, unless a number of type `USize` or `Int` is 0.
    pub fn comma(&mut self, index: Local, int: IntTy) {
        let zero = Builder::const_int(0, int);
        let first = self.b.compare(BinOp::Eq, Operand::Copy(index.into()), zero);
        let (go_on, comma) = self.b.branch(first);
        self.b.block = Some(comma);
        self.text(", ");
        self.b.terminate(Term::Goto(go_on));
        self.b.block = Some(go_on);
    }

    /// The number of elements, a `USize`.
    fn len(&mut self, ty: HTy, array: &Place) -> Local {
        let usize_ty = self.b.cx.int_ty(IntTy::USize);
        let len = match (self.sequence(ty), self.b.cx.front.program().types.kind(ty)) {
            (_, H::FixedArray(_, len)) => Builder::const_int(self.b.cx.const_len(*len) as i128, IntTy::USize),
            (Sequence::Deque, _) => {
                let deque = self.pointer(array.clone(), self.a);
                let elem = self.b.cx.op_edges(self.op, ty)[0];
                let len = self.call_lang("deque_len", &[elem], vec![Operand::Copy(deque.into())]);
                return self.b.assign_temp(usize_ty, Rvalue::Cast(Operand::Copy(len.into())));
            }
            _ => Operand::Copy(self.b.array_len(array)),
        };
        self.b.assign_temp(usize_ty, Rvalue::Use(len))
    }

    fn sequence(&mut self, ty: HTy) -> Sequence {
        match self.b.cx.container(self.op, ty) {
            Some(Container::Sequence(sequence)) => sequence,
            _ => Sequence::Array,
        }
    }

    /// What a lang function that cannot unwind or keep anything gives.
    pub fn call_lang(&mut self, name: &str, types: &[HTy], args: Vec<Operand>) -> Local {
        let span = self.b.span;
        let args = args.into_iter().map(Arg::Value).collect();
        match self.b.cx.lang_fn(name, types, span) {
            Some((func, _)) => self.b.call_temp(func, args),
            None => self.a,
        }
    }

    /// The element at an index that is in bounds.
    fn at(&mut self, ty: HTy, array: Place, index: Local, like: Local) -> Place {
        let sequence = self.sequence(ty);
        if sequence == Sequence::Fixed {
            return array.with(Proj::Index(index));
        }
        let elem_ty = self.b.cx.op_edges(self.op, ty)[0];
        if sequence == Sequence::Deque {
            let deque = self.pointer(array, like);
            let int = self.b.cx.int_ty(IntTy::I64);
            let index = self.b.assign_temp(int, Rvalue::Cast(Operand::Copy(index.into())));
            let args = [deque, index].map(|l| Operand::Copy(l.into())).into();
            return self.found_part("deque_at", &[elem_ty], args, like);
        }
        let elem = self.b.cx.mir_ty(elem_ty);
        let data = self.b.array_data(&array, elem);
        let pointer_ty = self.b.cx.ptr_ty(elem);
        let args = vec![Operand::Copy(data.into()), Operand::Copy(index.into())];
        let pointer = self.b.assign_temp(pointer_ty, Rvalue::Intrinsic(Intrinsic::PtrOffset(elem), args));
        self.b.body.locals[pointer].loan_of = self.b.body.locals[like].loan_of;
        Place::from(pointer).with(Proj::Deref)
    }

    /// The part whose address a lang function gives; it lies in the same parameter as `like`.
    pub fn found_part(&mut self, name: &str, types: &[HTy], args: Vec<Operand>, like: Local) -> Place {
        let pointer = self.call_lang(name, types, args);
        self.b.body.locals[pointer].loan_of = self.b.body.locals[like].loan_of;
        Place::from(pointer).with(Proj::Deref)
    }

    // ------------------------------------------------------------ steps

    /// The steps of a struct or tuple that lies inline in a member.
    pub fn expand(&mut self, path: &[FieldPath], ty: HTy, out: &mut Vec<Step>) {
        let (parts, _) = self.b.cx.parts(ty);
        let fields = parts.into_iter().next().unwrap_or_default();
        out.extend(self.variant_steps(ty, 0, path, &fields));
    }

    pub fn variant_steps(&mut self, ty: HTy, variant: u32, path: &[FieldPath], fields: &[HTy]) -> Vec<Step> {
        let is_enum = self.b.cx.parts(ty).1;
        let mut steps = Vec::new();
        let texts = if self.op == Op::Show { self.b.variant_texts(ty, variant) } else { Vec::new() };
        for (i, field) in fields.iter().enumerate() {
            if let Some(text) = texts.get(i) {
                push_text(&mut steps, text);
            }
            let mut path = path.to_vec();
            path.push(FieldPath(is_enum.then_some(variant), i as u32));
            let is_inline = !self.b.cx.parts(*field).0.is_empty()
                && !self.b.cx.parts(*field).1
                && self.b.cx.container(self.op, *field).is_none()
                && self.is_member(*field);
            if is_inline {
                let mut inner = Vec::new();
                self.expand(&path, *field, &mut inner);
                for step in inner {
                    match step {
                        Step::Text(text) => push_text(&mut steps, &text),
                        part => steps.push(part),
                    }
                }
            } else {
                steps.push(Step::Part(path, *field));
            }
        }
        if let Some(text) = texts.last() {
            push_text(&mut steps, text);
        }
        steps
    }

    /// Carries steps out until a part that is a member.
    pub fn steps(&mut self, ty: HTy, steps: &[Step]) {
        let (a, b) = self.members(ty);
        for (i, step) in steps.iter().enumerate() {
            match step {
                Step::Text(text) => self.text(text),
                Step::Part(path, part) => {
                    let a = path.iter().fold(a.clone(), |place, field| field.of(&place));
                    let b = b.as_ref().map(|b| path.iter().fold(b.clone(), |place, field| field.of(&place)));
                    if self.is_member(*part) {
                        let rest = &steps[i + 1..];
                        if !rest.is_empty() {
                            let state = self.state(State::Rest(ty, rest.to_vec()));
                            self.push(state);
                        }
                        return self.go_to_part(*part, a, b);
                    }
                    self.part(*part, a, b);
                }
            }
        }
        self.b.terminate(Term::Goto(self.next));
    }

    pub fn text(&mut self, text: &str) {
        let formatter = self.written.clone();
        self.b.push_text(&formatter, text);
    }

    /// A part with an implementation that does not come back here.
    pub fn part(&mut self, ty: HTy, a: Place, b: Option<Place>) {
        let values: Vec<Place> = std::iter::once(a).chain(b).collect();
        let unit = self.b.cx.unit_ty();
        let written = self.written.clone();
        match self.op {
            Op::Hash => {
                self.b.call_trait("Hash", "hash", ty, values, Some(&written), unit);
            }
            Op::Show => {
                self.b.call_trait("Show", "show_nested", ty, values, Some(&written), unit);
            }
            Op::Eq => {
                let bool_ty = self.b.cx.bool_ty();
                let Some(equal) = self.b.call_trait("Eq", "eq", ty, values, None, bool_ty) else { return };
                let (same, differ) = self.b.branch(Operand::Copy(equal.into()));
                self.b.block = Some(differ);
                let failed = self.failed();
                self.b.terminate(Term::Goto(failed));
                self.b.block = Some(same);
            }
            Op::Cmp => {
                let ordering = self.b.local_ty(RETURN);
                let Some(order) = self.b.call_trait("Ord", "cmp", ty, values, None, ordering) else { return };
                let i32_ty = self.b.cx.int_ty(IntTy::I32);
                let tag = self.b.assign_temp(i32_ty, Rvalue::Discriminant(order.into()));
                let equal = Builder::const_int(EQUAL as i128, IntTy::I32);
                let same = self.b.compare(BinOp::Eq, Operand::Copy(tag.into()), equal);
                let (same, differ) = self.b.branch(same);
                self.b.block = Some(differ);
                self.b.set(RETURN, Operand::Copy(order.into()));
                self.b.terminate(Term::Goto(self.decided));
                self.b.block = Some(same);
            }
        }
    }
}

fn push_text(steps: &mut Vec<Step>, text: &str) {
    match steps.last_mut() {
        _ if text.is_empty() => {}
        Some(Step::Text(last)) => last.push_str(text),
        _ => steps.push(Step::Text(text.to_string())),
    }
}

//! Structural operations on types that contain themselves, without stack in proportion to a value's depth.
//!
//! `eq`, `cmp`, `hash` and `show` of such a type are one loop. It looks at a *member* (a value whose type lies on the
//! cycle: an enum, an array) through a pointer; the parts of it are a list of steps. At a part that is a member
//! itself, what remains of the list is put on a list of work in memory and the loop goes on with the part; the last part
//! needs no entry, so that a linked list costs none. Arrays keep one entry with the index of their next element, maps and
//! sets one with the place of their next entry ([`super::flat_maps`]).
//!
//! Pointers lead into the function's parameters, which stay as they are throughout. What goes through implementations
//! that are written in GAL still nests calls, but for those of the containers that [`super::recursion`] knows.

use super::func::Builder;
use super::instances::Key;
use super::recursion::{Container, Op};
use super::shims::{EQUAL, FieldPath, GREATER, LESS};
use super::work_list::{A, B, NEXT, STATE, WorkFn};
use crate::ir::*;
use hir::ty::{Ty as HTy, TyKind as H};
use rustc_hash::FxHashMap;

/// A thing to do with a value, in order.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Step {
    Text(String),
    Part(Vec<FieldPath>, HTy),
}

/// Where the loop can go on.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum State {
    /// At a value of this type.
    Start(HTy),
    /// In a value of this type, with these steps left.
    Rest(HTy, Vec<Step>),
    /// At the next element of an array, whose entry is on top.
    Element(HTy),
    /// At the next entry of a map or set.
    Entry(HTy),
    /// At a map's entry whose key is done.
    Value(HTy),
    /// At an entry that is hashed.
    Hashed(HTy),
    /// At two keys that are equal.
    Found(HTy),
}

pub(super) struct Flat<'c, 'f> {
    pub b: Builder<'c, 'f>,
    pub op: Op,
    root: HTy,
    /// The formatter or hasher.
    pub written: Place,
    head: Local,
    /// Parameters to drop at the end.
    params: Vec<Local>,
    /// The member at hand, and the one it is compared with.
    pub a: Local,
    pub other: Local,
    pub next: Block,
    /// Where to go once the result is in `_0`.
    pub decided: Block,
    /// Where to go once two parts differ, for `eq`.
    failed: Option<Block>,
    /// For each `Found` the block that looks for another key.
    pub searches: Vec<(usize, Block)>,
    states: Vec<State>,
    pub blocks: Vec<Block>,
    numbers: FxHashMap<State, usize>,
    n_built: usize,
}

/// Builds the operation's body; the parameters are declared and scheduled already.
pub(super) fn build(mut b: Builder<'_, '_>, op: Op, ty: HTy, params: &[Place]) -> Body {
    let entry = b.cx.work_entry();
    let entry_ptr = b.cx.ptr_ty(entry);
    let address = b.cx.location_ty();
    let head = b.temp(entry_ptr);
    let (a, other) = (b.temp(address), b.temp(address));
    b.set(head, Operand::Const(Const::Null(entry_ptr)));
    let written = params.last().cloned().unwrap_or(RETURN.into());
    let (next, decided) = (b.new_block(false), b.new_block(false));
    let mut flat = Flat {
        b,
        op,
        root: ty,
        written,
        head,
        params: Vec::new(),
        a,
        other,
        next,
        decided,
        failed: None,
        searches: Vec::new(),
        states: Vec::new(),
        blocks: Vec::new(),
        numbers: FxHashMap::default(),
        n_built: 0,
    };
    flat.free_on_unwind();
    flat.b.body.locals[a].loan_of = Some(params[0].local);
    flat.b.body.locals[other].loan_of = Some(params[params.len() - 1].local).filter(|_| op.has_two());
    flat.go_to_part(ty, params[0].clone(), params.last().cloned().filter(|_| op.has_two()));
    flat.build_states();
    flat.build_next();
    flat.build_failed();
    flat.build_end();
    flat.b.finish()
}

impl<'c, 'f> Flat<'c, 'f> {
    // ------------------------------------------------------------ states

    pub fn state(&mut self, state: State) -> usize {
        if let Some(known) = self.numbers.get(&state) {
            return *known;
        }
        let number = self.states.len();
        self.numbers.insert(state.clone(), number);
        self.states.push(state);
        let block = self.b.new_block(false);
        self.blocks.push(block);
        number
    }

    fn build_states(&mut self) {
        while self.n_built < self.states.len() {
            let number = self.n_built;
            self.n_built += 1;
            self.b.block = Some(self.blocks[number]);
            match self.states[number].clone() {
                State::Start(ty) => self.start(ty),
                State::Rest(ty, steps) => {
                    self.pop();
                    self.steps(ty, &steps);
                }
                State::Element(ty) => self.element(ty),
                State::Entry(ty) => self.entry(ty),
                State::Value(ty) => self.value(ty),
                State::Hashed(ty) => self.hashed(ty),
                State::Found(ty) => self.found(ty),
            }
        }
    }

    /// Goes on with the entry on top: its pointers become the ones at hand. Who is done with it takes it off.
    fn build_next(&mut self) {
        self.b.block = Some(self.next);
        let head_ty = self.b.local_ty(self.head);
        let null = Operand::Const(Const::Null(head_ty));
        let empty = self.b.compare(BinOp::Eq, Operand::Copy(self.head.into()), null);
        let (done, more) = self.b.branch(empty);
        self.b.block = Some(done);
        match self.op {
            Op::Eq => self.b.set(RETURN, Builder::const_bool(true)),
            Op::Cmp => self.set_order(EQUAL),
            Op::Hash | Op::Show => {}
        }
        self.b.terminate(Term::Goto(self.decided));
        self.b.block = Some(more);
        let state = self.load_top();
        let resumable = |s: &State| !matches!(s, State::Start(_));
        let cases: Vec<(i128, Block)> = (0..self.states.len())
            .filter(|i| resumable(&self.states[*i]))
            .map(|i| (i as i128, self.blocks[i]))
            .collect();
        self.b.dispatch(Operand::Copy(state.into()), cases);
    }

    /// Takes the pointers at hand from the entry on top; returns its state.
    fn load_top(&mut self) -> Local {
        self.b.set(self.a, Operand::Copy(self.top(A)));
        if self.op.has_two() {
            self.b.set(self.other, Operand::Copy(self.top(B)));
        }
        let i32_ty = self.b.cx.int_ty(IntTy::I32);
        self.b.assign_temp(i32_ty, Rvalue::Use(Operand::Copy(self.top(STATE))))
    }

    /// Where two parts are unequal: the key being looked for may equal another one. The values differ if none is.
    pub fn failed(&mut self) -> Block {
        match self.failed {
            Some(block) => block,
            None => *self.failed.insert(self.b.new_block(false)),
        }
    }

    /// Takes entries off until the search that led here.
    fn build_failed(&mut self) {
        let Some(failed) = self.failed else { return };
        self.b.block = Some(failed);
        if !self.searches.is_empty() {
            let head_ty = self.b.local_ty(self.head);
            let null = Operand::Const(Const::Null(head_ty));
            let empty = self.b.compare(BinOp::Eq, Operand::Copy(self.head.into()), null);
            let (done, more) = self.b.branch(empty);
            self.b.block = Some(more);
            let state = self.load_top();
            let other = self.b.new_block(false);
            let cases = self.searches.iter().map(|(state, block)| (*state as i128, *block)).collect();
            self.b.terminate(Term::Switch { value: Operand::Copy(state.into()), cases, default: other });
            self.b.block = Some(other);
            self.pop();
            self.b.terminate(Term::Goto(failed));
            self.b.block = Some(done);
        }
        self.b.set(RETURN, Builder::const_bool(false));
        self.b.terminate(Term::Goto(self.decided));
    }

    /// Frees what is left of the list and returns.
    fn build_end(&mut self) {
        self.b.block = Some(self.decided);
        let func = self.b.cx.instance(Key::Work(WorkFn::Free), self.b.span);
        self.b.call_func(func, vec![Arg::Value(Operand::Copy(self.head.into()))], None);
        self.b.unwind_base = None;
        for param in std::mem::take(&mut self.params) {
            self.b.drop_place(param.into(), None);
        }
    }

    // ------------------------------------------------------------ the list

    pub fn top(&self, field: u32) -> Place {
        Place::from(self.head).with(Proj::Deref).with(Proj::Field(field))
    }

    /// A field of the entry below the one on top.
    pub fn below(&self, field: u32) -> Place {
        self.top(NEXT).with(Proj::Deref).with(Proj::Field(field))
    }

    /// Has the entry on top go on in another state.
    pub fn set_state(&mut self, state: usize) {
        self.b.set(self.top(STATE), Builder::const_int(state as i128, IntTy::I32));
    }

    /// Puts a state for the member at hand on the list.
    pub fn push(&mut self, state: usize) {
        let other = if self.op.has_two() { self.other } else { self.a };
        let copy = |l: Local| Arg::Value(Operand::Copy(l.into()));
        let state = Arg::Value(Builder::const_int(state as i128, IntTy::I32));
        let args = vec![copy(self.head), state, copy(self.a), copy(other)];
        self.call_work(WorkFn::Push, args);
    }

    /// Takes the entry on top off.
    pub fn pop(&mut self) {
        self.call_work(WorkFn::Pop, vec![Arg::Value(Operand::Copy(self.head.into()))]);
    }

    /// Calls a function that gives the new head of the list.
    fn call_work(&mut self, work: WorkFn, args: Vec<Arg>) {
        let func = self.b.cx.instance(Key::Work(work), self.b.span);
        let head = Place::from(self.head);
        self.b.call_func(func, args, Some(head));
    }

    /// A panic in a part's own implementation frees the list on its way, and then drops the parameters, into which the
    /// list points: they leave the stack of scheduled drops.
    fn free_on_unwind(&mut self) {
        let b = &mut self.b;
        if b.cx.opts.panic_unwinds {
            let params = match b.unwind() {
                Some(chain) => chain,
                None => b.resume_block(),
            };
            let func = b.cx.instance(Key::Work(WorkFn::Free), b.span);
            let cleanup = b.new_block(true);
            let unit = b.cx.unit_ty();
            let dest = b.scratch(unit);
            let args = vec![Arg::Value(Operand::Copy(self.head.into()))];
            let call =
                Term::Call { callee: Callee::Func(func), args, dest, target: Some(params), unwind: None };
            b.set_term(cleanup, call);
            b.unwind_base = Some(cleanup);
        }
        self.params = b.drops.drain(..).rev().map(|s| s.local).collect();
    }

    // ------------------------------------------------------------ members

    /// Makes a part the member at hand.
    pub fn go_to_part(&mut self, ty: HTy, a: Place, b: Option<Place>) {
        let state = self.state(State::Start(ty));
        let a = self.address(a, self.a);
        let b = b.map(|b| self.address(b, self.other));
        self.b.set(self.a, a);
        if let Some(b) = b {
            self.b.set(self.other, b);
        }
        self.b.terminate(Term::Goto(self.blocks[state]));
    }

    /// The address of a place as the list keeps it; it leads into the same parameter as `like`.
    fn address(&mut self, place: Place, like: Local) -> Operand {
        let lent = self.b.body.locals[like].loan_of;
        let pointer = self.pointer(place, like);
        let typed = self.b.local_ty(pointer);
        let address = self.b.cx.location_ty();
        if typed == address {
            return Operand::Copy(pointer.into());
        }
        let raw = self.b.assign_temp(address, Rvalue::Cast(Operand::Copy(pointer.into())));
        self.b.body.locals[raw].loan_of = lent;
        Operand::Copy(raw.into())
    }

    pub fn pointer(&mut self, place: Place, like: Local) -> Local {
        let ty = self.b.place_ty(&place);
        let typed = self.b.cx.ptr_ty(ty);
        let pointer = self.b.assign_temp(typed, Rvalue::AddrOf(place));
        self.b.body.locals[pointer].loan_of = self.b.body.locals[like].loan_of;
        pointer
    }

    /// The member behind an address.
    fn member(&mut self, ty: HTy, address: Local) -> Place {
        let ty = self.b.cx.mir_ty(ty);
        let typed = self.b.cx.ptr_ty(ty);
        let pointer = self.b.assign_temp(typed, Rvalue::Cast(Operand::Copy(address.into())));
        self.b.body.locals[pointer].loan_of = self.b.body.locals[address].loan_of;
        Place::from(pointer).with(Proj::Deref)
    }

    pub fn members(&mut self, ty: HTy) -> (Place, Option<Place>) {
        let a = self.member(ty, self.a);
        let b = if self.op.has_two() { Some(self.member(ty, self.other)) } else { None };
        (a, b)
    }

    pub fn is_member(&mut self, ty: HTy) -> bool {
        let edges = self.b.cx.op_edges(self.op, ty);
        edges.into_iter().any(|part| self.b.cx.leads_to(self.op, part, self.root))
    }

    /// Begins with a member.
    fn start(&mut self, ty: HTy) {
        match self.b.cx.container(self.op, ty) {
            Some(Container::Sequence(_)) => return self.start_array(ty),
            Some(Container::Entries { .. }) => return self.start_map(ty),
            None => {}
        }
        match *self.b.cx.front.program().types.kind(ty) {
            H::Adt(id, _) if self.b.cx.front.program().adts[id].is_enum => self.start_enum(ty),
            _ => {
                let mut steps = Vec::new();
                self.expand(&[], ty, &mut steps);
                self.steps(ty, &steps);
            }
        }
    }

    fn start_enum(&mut self, ty: HTy) {
        let (a, b) = self.members(ty);
        self.compare_variants(&a, b.as_ref());
        let (parts, _) = self.b.cx.parts(ty);
        let i32_ty = self.b.cx.int_ty(IntTy::I32);
        let tag = self.b.assign_temp(i32_ty, Rvalue::Discriminant(a));
        let mut cases = Vec::new();
        let mut branches = Vec::new();
        for (v, fields) in parts.into_iter().enumerate() {
            let steps = self.variant_steps(ty, v as u32, &[], &fields);
            if steps.is_empty() {
                cases.push((v as i128, self.next));
            } else {
                let block = self.b.new_block(false);
                cases.push((v as i128, block));
                branches.push((block, steps));
            }
        }
        self.b.dispatch(Operand::Copy(tag.into()), cases);
        for (block, steps) in branches {
            self.b.block = Some(block);
            self.steps(ty, &steps);
        }
    }

    /// Equal variants go on; for `hash` the variant's number counts.
    fn compare_variants(&mut self, a: &Place, b: Option<&Place>) {
        let i32_ty = self.b.cx.int_ty(IntTy::I32);
        if self.op == Op::Show {
            return;
        }
        let x = self.b.assign_temp(i32_ty, Rvalue::Discriminant(a.clone()));
        match b {
            Some(b) => {
                let y = self.b.assign_temp(i32_ty, Rvalue::Discriminant(b.clone()));
                self.order(x, y);
            }
            None => {
                let int = self.b.cx.int_ty(IntTy::I64);
                let x = self.b.assign_temp(int, Rvalue::Cast(Operand::Copy(x.into())));
                self.hash_int(x);
            }
        }
    }

    pub fn hash_int(&mut self, value: Local) {
        let args = vec![Arg::Mut(self.written.clone()), Arg::Value(Operand::Copy(value.into()))];
        let span = self.b.span;
        self.b.call_lang("hash_int", &[], args, None, span);
    }

    /// Decides by two numbers, unless they are equal.
    pub fn order(&mut self, x: Local, y: Local) {
        let copy = |l: Local| Operand::Copy(l.into());
        let equal = self.b.compare(BinOp::Eq, copy(x), copy(y));
        let (same, differ) = self.b.branch(equal);
        self.b.block = Some(differ);
        if self.op == Op::Eq {
            let failed = self.failed();
            self.b.terminate(Term::Goto(failed));
        } else {
            let less = self.b.compare(BinOp::Lt, copy(x), copy(y));
            let (lt, gt) = self.b.branch(less);
            self.b.block = Some(gt);
            self.set_order(GREATER);
            self.b.terminate(Term::Goto(self.decided));
            self.b.block = Some(lt);
            self.set_order(LESS);
            self.b.terminate(Term::Goto(self.decided));
        }
        self.b.block = Some(same);
    }

    fn set_order(&mut self, variant: u32) {
        let ordering = self.b.local_ty(RETURN);
        self.b.set(RETURN, Operand::Const(Const::Empty(ordering, variant)));
    }
}

impl Builder<'_, '_> {
    /// Jumps by a number that is one of the cases'.
    fn dispatch(&mut self, value: Operand, mut cases: Vec<(i128, Block)>) {
        match cases.pop() {
            None => self.terminate(Term::Unreachable),
            Some((_, default)) if cases.is_empty() => self.terminate(Term::Goto(default)),
            Some((_, default)) => self.terminate(Term::Switch { value, cases, default }),
        }
    }

    /// What `show` writes before each field of a variant, and after the last.
    pub fn variant_texts(&mut self, ty: HTy, variant: u32) -> Vec<String> {
        self.show_texts(ty).into_iter().nth(variant as usize).unwrap_or_default()
    }
}

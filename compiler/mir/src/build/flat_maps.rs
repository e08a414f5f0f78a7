//! Maps and sets on the way of [`super::flat`], by functions of library/core/map.gal that give places of entries.
//!
//! A map keeps one entry on the list, whose index is the place behind the entry at hand. `hash` needs a second one below
//! it with the sum of the hashes so far. `eq` looks in the other map for each key. A key that may itself be deep is not
//! looked up by a call: while it is compared with a candidate, an entry on top stands for the search, and where they differ
//! the loop takes off what lies above it and goes on with the next candidate.

use super::flat::{Flat, State};
use super::func::Builder;
use super::recursion::{Container, Op};
use super::work_list::INDEX;
use crate::ir::*;
use hir::ty::Ty as HTy;

/// The map of a member, with the types of what it holds.
struct Entries {
    key: HTy,
    value: Option<HTy>,
    /// Type arguments of the map itself.
    types: [HTy; 2],
    a: Local,
    b: Option<Local>,
}

impl Flat<'_, '_> {
    fn entries(&mut self, ty: HTy) -> Option<Entries> {
        let Some(Container::Entries { key, value }) = self.b.cx.container(self.op, ty) else { return None };
        let (a, b) = self.members(ty);
        // A set is a map without values.
        let map = |place: Place| if value.is_some() { place } else { place.with(Proj::Field(0)) };
        let a = self.pointer(map(a), self.a);
        let b = b.map(|b| self.pointer(map(b), self.other));
        Some(Entries { key, value, types: [key, value.unwrap_or(HTy::UNIT)], a, b })
    }

    pub fn start_map(&mut self, ty: HTy) {
        let Some(map) = self.entries(ty) else { return };
        let state = self.state(State::Entry(ty));
        match (self.op, map.b) {
            (Op::Eq, Some(b)) => {
                let x = self.call_lang("map_len", &map.types, vec![copy(map.a)]);
                let y = self.call_lang("map_len", &map.types, vec![copy(b)]);
                self.order(x, y);
            }
            (Op::Hash, _) => {
                let sum = self.call_hasher("hash_entries", &[]);
                self.push(state);
                self.b.set(self.top(INDEX), copy(sum));
            }
            _ => self.text("{"),
        }
        self.push(state);
        self.b.terminate(Term::Goto(self.blocks[state]));
    }

    /// Goes on with the entry behind the index on top, or takes that off.
    pub fn entry(&mut self, ty: HTy) {
        let Some(map) = self.entries(ty) else { return };
        let from = Operand::Copy(self.top(INDEX));
        let place = match map.b.filter(|_| self.is_member(map.key)) {
            Some(b) => self.call_lang("map_next_item", &map.types, vec![copy(map.a), copy(b), from]),
            None => self.call_lang("map_next", &map.types, vec![copy(map.a), from]),
        };
        let (end, go_on) = self.missing(place);
        self.b.block = Some(end);
        self.end_map(&map);
        self.b.block = Some(go_on);
        if self.op == Op::Show {
            let int = self.b.cx.int_ty(IntTy::I64);
            let before = self.b.assign_temp(int, Rvalue::Use(Operand::Copy(self.top(INDEX))));
            self.comma(before, IntTy::I64);
        }
        self.set_index_behind(place);
        match map.b {
            Some(b) => self.find_key(ty, &map, b, place),
            None => self.one_key(ty, &map, place),
        }
    }

    fn end_map(&mut self, map: &Entries) {
        self.pop();
        match self.op {
            Op::Hash => {
                let len = self.call_lang("map_len", &map.types, vec![copy(map.a)]);
                let int = self.b.cx.int_ty(IntTy::I64);
                let sum = self.b.assign_temp(int, Rvalue::Use(Operand::Copy(self.top(INDEX))));
                self.pop();
                self.call_hasher("hash_entries_end", &[copy(sum), copy(len)]);
            }
            Op::Show => self.text("}"),
            Op::Eq | Op::Cmp => {}
        }
        self.b.terminate(Term::Goto(self.next));
    }

    // ------------------------------------------------------------ one map

    fn one_key(&mut self, ty: HTy, map: &Entries, place: Local) {
        let after = match (map.value, self.op) {
            (Some(_), _) => State::Value(ty),
            (None, Op::Hash) => State::Hashed(ty),
            (None, _) => State::Entry(ty),
        };
        let key = self.found_part("map_key", &map.types, vec![copy(map.a), copy(place)], self.a);
        self.part_then(map.key, key, None, after);
    }

    /// Goes on with the value of the entry whose key is done.
    pub fn value(&mut self, ty: HTy) {
        let Some(map) = self.entries(ty) else { return };
        let Some(value_ty) = map.value else { return };
        if self.op == Op::Show {
            self.text(": ");
        }
        let place = self.place_before(self.top(INDEX));
        let value = self.found_part("map_value", &map.types, vec![copy(map.a), copy(place)], self.a);
        let after = if self.op == Op::Hash { State::Hashed(ty) } else { State::Entry(ty) };
        self.part_then(value_ty, value, None, after);
    }

    /// Adds the hash of an entry to the sum.
    pub fn hashed(&mut self, ty: HTy) {
        let sum = self.call_hasher("hash_entry", &[Operand::Copy(self.below(INDEX))]);
        self.b.set(self.below(INDEX), copy(sum));
        let entry = self.state(State::Entry(ty));
        self.b.terminate(Term::Goto(self.blocks[entry]));
    }

    /// Carries the operation out for a part, and has the entry on top go on in a state.
    fn part_then(&mut self, ty: HTy, a: Place, b: Option<Place>, after: State) {
        let after = self.state(after);
        if self.is_member(ty) {
            self.set_state(after);
            return self.go_to_part(ty, a, b);
        }
        self.part(ty, a, b);
        self.b.terminate(Term::Goto(self.blocks[after]));
    }

    // ------------------------------------------------------------ two maps

    /// Looks for the key in a place of the first map in the second.
    fn find_key(&mut self, ty: HTy, map: &Entries, b: Local, place: Local) {
        if self.is_member(map.key) {
            let found = self.state(State::Found(ty));
            self.push(found);
            let search = self.b.new_block(false);
            self.searches.push((found, search));
            self.b.terminate(Term::Goto(search));
            self.b.block = Some(search);
            return self.search(ty);
        }
        let key = self.call_lang("map_key", &map.types, vec![copy(map.a), copy(place)]);
        let found = self.call_lang("map_find", &map.types, vec![copy(b), copy(key)]);
        let (missing, go_on) = self.missing(found);
        self.b.block = Some(missing);
        let failed = self.failed();
        self.b.terminate(Term::Goto(failed));
        self.b.block = Some(go_on);
        self.two_values(ty, map, b, place, found);
    }

    /// Compares with the next candidate; the entry of the search is on top.
    fn search(&mut self, ty: HTy) {
        let Some(map) = self.entries(ty) else { return };
        let Some(b) = map.b else { return };
        let item = self.place_before(self.below(INDEX));
        let from = Operand::Copy(self.top(INDEX));
        let args = vec![copy(map.a), copy(b), copy(item), from];
        let candidate = self.call_lang("map_candidate", &map.types, args);
        let (none, go_on) = self.missing(candidate);
        self.b.block = Some(none);
        self.pop();
        let failed = self.failed();
        self.b.terminate(Term::Goto(failed));
        self.b.block = Some(go_on);
        self.set_index_behind(candidate);
        let (place, other_place) = self.places(&map, b, item, candidate);
        let x = self.found_part("map_key", &map.types, vec![copy(map.a), copy(place)], self.a);
        let y = self.found_part("map_key", &map.types, vec![copy(b), copy(other_place)], self.other);
        self.go_to_part(map.key, x, Some(y));
    }

    /// The candidate's key is the one looked for: no other is, so that the search is over.
    pub fn found(&mut self, ty: HTy) {
        let Some(map) = self.entries(ty) else { return };
        let Some(b) = map.b else { return };
        let candidate = self.place_before(self.top(INDEX));
        self.pop();
        let item = self.place_before(self.top(INDEX));
        let (place, other_place) = self.places(&map, b, item, candidate);
        self.two_values(ty, &map, b, place, other_place);
    }

    /// The places of an item and of a candidate for it.
    fn places(&mut self, map: &Entries, b: Local, item: Local, candidate: Local) -> (Local, Local) {
        let args = vec![copy(map.a), copy(b), copy(item)];
        let place = self.call_lang("map_item_place", &map.types, args);
        let args = vec![copy(map.a), copy(b), copy(item), copy(candidate)];
        (place, self.call_lang("map_candidate_place", &map.types, args))
    }

    fn two_values(&mut self, ty: HTy, map: &Entries, b: Local, place: Local, found: Local) {
        let x = self.found_part("map_value", &map.types, vec![copy(map.a), copy(place)], self.a);
        let y = self.found_part("map_value", &map.types, vec![copy(b), copy(found)], self.other);
        self.part_then(map.types[1], x, Some(y), State::Entry(ty));
    }

    // ------------------------------------------------------------ numbers

    /// A block for a number that is negative, and one for others.
    fn missing(&mut self, place: Local) -> (Block, Block) {
        let zero = Builder::const_int(0, IntTy::I64);
        let missing = self.b.compare(BinOp::Lt, copy(place), zero);
        self.b.branch(missing)
    }

    fn set_index_behind(&mut self, place: Local) {
        let int = self.b.cx.int_ty(IntTy::I64);
        let one = Builder::const_int(1, IntTy::I64);
        let behind = self.b.binary(int, BinOp::WrapAdd, copy(place), one);
        self.b.set(self.top(INDEX), copy(behind));
    }

    /// What an index stands behind.
    fn place_before(&mut self, index: Place) -> Local {
        let int = self.b.cx.int_ty(IntTy::I64);
        let one = Builder::const_int(1, IntTy::I64);
        self.b.binary(int, BinOp::WrapSub, Operand::Copy(index), one)
    }

    /// Calls a lang function that takes the hasher first.
    fn call_hasher(&mut self, name: &str, args: &[Operand]) -> Local {
        let span = self.b.span;
        let hasher = Arg::Mut(self.written.clone());
        let args = std::iter::once(hasher).chain(args.iter().cloned().map(Arg::Value)).collect();
        match self.b.cx.lang_fn(name, &[], span) {
            Some((func, _)) => self.b.call_temp(func, args),
            None => self.a,
        }
    }
}

fn copy(local: Local) -> Operand {
    Operand::Copy(local.into())
}

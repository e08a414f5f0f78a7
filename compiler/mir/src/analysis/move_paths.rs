//! Move paths: the places of a body whose values can be taken out one by one, as a forest over the locals (the idea is
//! rustc's). A path is a local with fields of structs and of variants of inline enums behind it; it ends where a
//! value cannot be taken apart: at a type with a user's `drop`, behind a pointer, in an array, in a counted cell. If asked for,
//! it goes into the cells of enums that can only be moved: those have one owner, and a pattern moves parts out of them.
//!
//! Only locals whose type has something to drop get paths; fields get one if the body moves, drops or writes them (or
//! reads them, if asked for).

use crate::facts::{PlaceTy, TypeFacts};
use crate::ir::*;
use crate::visit::Access;
use entity::{Idx, IndexVec, entity};

entity! {
    /// A move path.
    pub struct Path = "path";
}

/// One step from a value to a part of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    Field(u32),
    /// A field of a variant of an enum.
    Variant(u32, u32),
}

#[derive(Clone, Debug)]
pub struct PathData {
    pub place: Place,
    pub ty: Ty,
    pub parent: Option<Path>,
    pub children: Vec<(Step, Path)>,
}

/// What a place is, in terms of paths.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lookup {
    Exact(Path),
    /// Part of this path, which is not taken apart further. `inside` tells whether the part lies in memory of its own or in
    /// an array: writing it initialises nothing.
    Within {
        path: Path,
        inside: bool,
    },
    Untracked,
}

#[derive(Clone, Debug, Default)]
pub struct MovePaths {
    pub paths: IndexVec<Path, PathData>,
    pub of_local: IndexVec<Local, Option<Path>>,
}

/// Which accesses give a place a path of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Detail {
    /// Moves, drops and writes.
    Moves,
    /// And moves out of the cells of enums that can only be moved, and drops in them, which were moves that nobody needed.
    Opened,
    /// Reads as well.
    Reads,
}

impl MovePaths {
    pub fn new(types: &Types, facts: &TypeFacts, body: &Body, detail: Detail) -> MovePaths {
        let mut this =
            MovePaths { paths: IndexVec::new(), of_local: IndexVec::from_elem(None, body.locals.len()) };
        for (local, decl) in body.locals.iter_enumerated() {
            let lent = decl.is_borrow || body.param_mode(local) == Some(ParamMode::Borrowed);
            if facts.needs_drop(decl.ty) && !lent {
                let data = PathData { place: local.into(), ty: decl.ty, parent: None, children: Vec::new() };
                this.of_local[local] = Some(this.paths.push(data));
            }
        }
        let mut add = |place: &Place, access: Access| {
            let changes = matches!(access, Access::Move | Access::Drop | Access::Write | Access::CallWrite);
            let reads = !changes;
            if !place.proj.is_empty() && (changes || reads && detail == Detail::Reads) {
                let goes = matches!(access, Access::Move | Access::Drop);
                this.add(types, facts, place, detail == Detail::Opened && goes);
            }
        };
        for block in &body.blocks {
            block.stmts.iter().for_each(|stmt| stmt.kind.for_each_access(&mut add));
            block.term.for_each_access(&mut add);
        }
        this
    }

    fn add(&mut self, types: &Types, facts: &TypeFacts, place: &Place, opens: bool) {
        let Some(mut path) = self.of_local[place.local] else { return };
        let mut rest = &place.proj[..];
        while let Some((step, used)) = next_step(types, self.paths[path].ty, rest) {
            let parent = &self.paths[path];
            if types.defs[parent.ty].is_boxed && !(opens && facts.is_iso(parent.ty)) {
                return;
            }
            let mut at = PlaceTy { ty: parent.ty, variant: None };
            for &proj in &rest[..used] {
                at = at.project(types, proj).expect("the verifier has accepted this place");
            }
            if !facts.needs_drop(at.ty) {
                return;
            }
            path = match parent.children.iter().find(|c| c.0 == step) {
                Some((_, child)) => *child,
                None => {
                    let mut place = parent.place.clone();
                    place.proj.extend_from_slice(&rest[..used]);
                    let data = PathData { place, ty: at.ty, parent: Some(path), children: Vec::new() };
                    let child = self.paths.push(data);
                    self.paths[path].children.push((step, child));
                    child
                }
            };
            rest = &rest[used..];
        }
    }

    pub fn len(&self) -> usize {
        self.paths.len()
    }

    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    pub fn lookup(&self, types: &Types, place: &Place) -> Lookup {
        let Some(mut path) = self.of_local.get(place.local).copied().flatten() else {
            return Lookup::Untracked;
        };
        let mut rest = &place.proj[..];
        loop {
            if rest.is_empty() {
                return Lookup::Exact(path);
            }
            // Behind a pointer is memory of its own, even where the pointer is part of a tracked value.
            if rest.contains(&Proj::Deref) {
                return Lookup::Untracked;
            }
            let step = next_step(types, self.paths[path].ty, rest);
            let Some((step, used)) = step else { return Lookup::Within { path, inside: true } };
            match self.paths[path].children.iter().find(|c| c.0 == step) {
                Some((_, child)) => path = *child,
                None => return Lookup::Within { path, inside: types.defs[self.paths[path].ty].is_boxed },
            }
            rest = &rest[used..];
        }
    }

    /// The path of a place, or the one it is part of.
    pub fn covering(&self, types: &Types, place: &Place) -> Option<Path> {
        match self.lookup(types, place) {
            Lookup::Exact(path) | Lookup::Within { path, .. } => Some(path),
            Lookup::Untracked => None,
        }
    }

    /// The path itself and everything below it.
    pub fn for_each_below(&self, path: Path, f: &mut impl FnMut(Path)) {
        f(path);
        for (_, child) in &self.paths[path].children {
            self.for_each_below(*child, f);
        }
    }

    /// Whether something holds for the path or anything below it.
    pub fn any_below(&self, path: Path, f: &mut impl FnMut(Path) -> bool) -> bool {
        f(path) || self.paths[path].children.iter().any(|(_, child)| self.any_below(*child, f))
    }
}

/// The first step of a projection out of a value of the type, with the number of projections that make it up.
/// `None` where the value cannot be taken apart.
fn next_step(types: &Types, ty: Ty, rest: &[Proj]) -> Option<(Step, usize)> {
    let def = &types.defs[ty];
    if def.user_drop.is_some() {
        return None;
    }
    match *rest {
        [Proj::Field(i), ..] => Some((Step::Field(i), 1)),
        [Proj::Variant(v), Proj::Field(i), ..] => Some((Step::Variant(v, i), 2)),
        _ => None,
    }
}

impl Path {
    pub fn bit(self) -> usize {
        self.index()
    }
}

//! Inference variables of one body: a union-find table with values, and unification.
//!
//! A variable stands for any type, for an integer type or for a float type; the latter two come from literals.
//! [`InferTable::snapshot`] makes a trial that can be taken back. Variables are numbered anew for each body, so
//! that the types that mention them are shared between bodies.

use crate::ty::{Ty, TyKind, TyTable};
use rustc_hash::FxHashMap;
use syntax::Span;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum VarKind {
    General,
    Int,
    Float,
}

#[derive(Clone, Copy)]
struct Var {
    /// The variable it is equal to; itself for a root.
    parent: u32,
    kind: VarKind,
    /// The variable as a type.
    ty: Ty,
    /// Of a root: what it stands for, if known.
    value: Option<Ty>,
    /// Where it came up, for "type cannot be inferred".
    origin: Span,
}

#[derive(Default)]
pub(crate) struct InferTable {
    vars: Vec<Var>,
    log: Vec<(u32, Var)>,
    open_snapshots: u32,
    state: u64,
    /// Counts on when `state` is taken back, so that no number is given twice.
    last_state: u64,
}

pub(crate) struct Snapshot {
    vars: usize,
    log: usize,
    state: u64,
}

impl InferTable {
    pub fn clear(&mut self) {
        self.vars.clear();
        self.log.clear();
        self.open_snapshots = 0;
    }

    pub fn fresh(&mut self, types: &mut TyTable, kind: VarKind, origin: Span) -> Ty {
        let idx = self.vars.len() as u32;
        let ty = types.var(idx);
        self.vars.push(Var { parent: idx, kind, ty, value: None, origin });
        ty
    }

    pub fn len(&self) -> usize {
        self.vars.len()
    }

    pub fn snapshot(&mut self) -> Snapshot {
        self.open_snapshots += 1;
        Snapshot { vars: self.vars.len(), log: self.log.len(), state: self.state }
    }

    pub fn commit(&mut self, _: Snapshot) {
        self.open_snapshots -= 1;
        if self.open_snapshots == 0 {
            self.log.clear();
        }
    }

    pub fn rollback(&mut self, snapshot: Snapshot) {
        self.open_snapshots -= 1;
        while self.log.len() > snapshot.log {
            if let Some((idx, var)) = self.log.pop() {
                self.vars[idx as usize] = var;
            }
        }
        self.vars.truncate(snapshot.vars);
        self.state = snapshot.state;
    }

    /// A number for what all variables stand for: while it is the same, so are the answers to questions about types.
    pub fn state(&self) -> u64 {
        self.state
    }

    fn set(&mut self, idx: u32, var: Var) {
        self.last_state += 1;
        self.state = self.last_state;
        if self.open_snapshots > 0 {
            self.log.push((idx, self.vars[idx as usize]));
        }
        self.vars[idx as usize] = var;
    }

    fn root(&self, mut idx: u32) -> u32 {
        while self.vars[idx as usize].parent != idx {
            idx = self.vars[idx as usize].parent;
        }
        idx
    }

    /// The representative of the variable's class.
    pub fn root_of(&self, types: &TyTable, ty: Ty) -> Option<u32> {
        match types.kind(ty) {
            TyKind::Infer(idx) => Some(self.root(*idx)),
            _ => None,
        }
    }

    pub fn kind_of(&self, types: &TyTable, ty: Ty) -> Option<VarKind> {
        self.root_of(types, ty).map(|r| self.vars[r as usize].kind)
    }

    /// The kind of a variable that stands for nothing yet, by its number.
    pub fn unbound_kind(&self, idx: u32) -> Option<VarKind> {
        let var = &self.vars[idx as usize];
        (var.parent == idx && var.value.is_none()).then_some(var.kind)
    }

    pub fn set_default(&mut self, idx: u32, ty: Ty) {
        let var = self.vars[idx as usize];
        self.set(idx, Var { value: Some(ty), ..var });
    }

    pub fn origin(&self, idx: u32) -> Span {
        self.vars[idx as usize].origin
    }

    /// The type with variables at its top followed to what they stand for.
    #[inline]
    pub fn shallow(&self, types: &TyTable, ty: Ty) -> Ty {
        match *types.kind(ty) {
            TyKind::Infer(idx) => self.shallow_var(types, idx),
            _ => ty,
        }
    }

    fn shallow_var(&self, types: &TyTable, mut idx: u32) -> Ty {
        loop {
            let var = &self.vars[self.root(idx) as usize];
            match var.value {
                None => return var.ty,
                Some(value) => match *types.kind(value) {
                    TyKind::Infer(next) => idx = next,
                    _ => return value,
                },
            }
        }
    }

    /// The type with all known variables replaced, at any depth.
    pub fn deep(&self, types: &mut TyTable, ty: Ty) -> Ty {
        if !types.flags(ty).has_infer {
            return ty;
        }
        self.deep_in(types, ty, &mut Memo::default())
    }

    fn deep_in(&self, types: &mut TyTable, ty: Ty, memo: &mut Memo) -> Ty {
        let shallow = self.shallow(types, ty);
        if !types.flags(shallow).has_infer || matches!(types.kind(shallow), TyKind::Infer(_)) {
            return shallow;
        }
        if let Some(known) = memo.get(shallow) {
            return known;
        }
        let mut children = types.children(shallow);
        for child in &mut children {
            *child = self.deep_in(types, *child, memo);
        }
        let result = types.with_children(shallow, &children);
        memo.set(shallow, result);
        result
    }

    /// Makes two types equal, or says that they differ. Variables may have been bound in part then.
    pub fn unify(&mut self, types: &TyTable, a: Ty, b: Ty) -> bool {
        if a == b {
            return true;
        }
        let (a, b) = (self.shallow(types, a), self.shallow(types, b));
        if a == b {
            return true;
        }
        if a == Ty::ERROR || b == Ty::ERROR {
            // What hangs on a mistake is no mistake of its own.
            if let TyKind::Infer(idx) = types.kind(if a == Ty::ERROR { b } else { a }) {
                let root = self.root(*idx);
                let var = self.vars[root as usize];
                self.set(root, Var { value: Some(Ty::ERROR), ..var });
            }
            return true;
        }
        match (types.kind(a), types.kind(b)) {
            (TyKind::Infer(x), TyKind::Infer(y)) => self.union(*x, *y),
            (TyKind::Infer(x), _) => self.bind(types, *x, b),
            (_, TyKind::Infer(y)) => self.bind(types, *y, a),
            (ka, kb) => {
                let f = types.flags(a);
                let g = types.flags(b);
                // Without variables, interned types are equal only if they are the same.
                (f.has_infer || g.has_infer || f.has_error || g.has_error) && self.unify_kinds(types, ka, kb)
            }
        }
    }

    fn unify_kinds(&mut self, types: &TyTable, a: &TyKind, b: &TyKind) -> bool {
        match (a, b) {
            (TyKind::Tuple(x), TyKind::Tuple(y)) => self.unify_all(types, x, y),
            (TyKind::Adt(i, x), TyKind::Adt(j, y)) => i == j && self.unify_all(types, x, y),
            (TyKind::Closure(i, x), TyKind::Closure(j, y)) => i == j && self.unify_all(types, x, y),
            (TyKind::FnDef(i, x), TyKind::FnDef(j, y)) => i == j && self.unify_all(types, x, y),
            (TyKind::FixedArray(x, n), TyKind::FixedArray(y, m)) => {
                self.unify(types, *x, *y) && self.unify(types, *n, *m)
            }
            (TyKind::Ptr(x), TyKind::Ptr(y)) | (TyKind::Buffer(x), TyKind::Buffer(y)) => {
                self.unify(types, *x, *y)
            }
            (
                TyKind::Fn { params: p, ret: r, is_async: a },
                TyKind::Fn { params: q, ret: s, is_async: b },
            ) => {
                a == b
                    && p.len() == q.len()
                    && p.iter().zip(q.iter()).all(|(x, y)| x.1 == y.1 && self.unify(types, x.0, y.0))
                    && self.unify(types, *r, *s)
            }
            (TyKind::Dyn { trait_: i, args: x, assoc: p }, TyKind::Dyn { trait_: j, args: y, assoc: q }) => {
                i == j
                    && self.unify_all(types, x, y)
                    && p.len() == q.len()
                    && p.iter().zip(q.iter()).all(|(x, y)| x.0 == y.0 && self.unify(types, x.1, y.1))
            }
            (
                TyKind::Assoc { trait_: i, args: x, name: n },
                TyKind::Assoc { trait_: j, args: y, name: m },
            ) => i == j && n == m && self.unify_all(types, x, y),
            _ => false,
        }
    }

    fn unify_all(&mut self, types: &TyTable, a: &[Ty], b: &[Ty]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(x, y)| self.unify(types, *x, *y))
    }

    fn union(&mut self, x: u32, y: u32) -> bool {
        let (x, y) = (self.root(x), self.root(y));
        if x == y {
            return true;
        }
        let (vx, vy) = (self.vars[x as usize], self.vars[y as usize]);
        let kind = match (vx.kind, vy.kind) {
            (VarKind::General, k) | (k, VarKind::General) => k,
            (a, b) if a == b => a,
            _ => return false,
        };
        // The older variable stays the root, so that trials can forget the younger ones.
        let (root, child) = if x < y { (x, y) } else { (y, x) };
        let root_var = Var { kind, value: None, ..self.vars[root as usize] };
        self.set(root, root_var);
        let child_var = Var { parent: root, ..self.vars[child as usize] };
        self.set(child, child_var);
        true
    }

    fn bind(&mut self, types: &TyTable, idx: u32, ty: Ty) -> bool {
        let root = self.root(idx);
        let var = self.vars[root as usize];
        let fits = match var.kind {
            VarKind::General => true,
            VarKind::Int => matches!(types.kind(ty), TyKind::Int(_)),
            VarKind::Float => matches!(types.kind(ty), TyKind::F32 | TyKind::F64),
        };
        if !fits || self.occurs(types, root, ty, &mut Memo::default()) {
            return false;
        }
        self.set(root, Var { value: Some(ty), ..var });
        true
    }

    fn occurs(&self, types: &TyTable, root: u32, ty: Ty, memo: &mut Memo) -> bool {
        if !types.flags(ty).has_infer {
            return false;
        }
        let ty = self.shallow(types, ty);
        if let TyKind::Infer(idx) = types.kind(ty) {
            return self.root(*idx) == root;
        }
        if memo.get(ty).is_some() {
            return false;
        }
        let mut found = false;
        TyTable::for_each_child(types.kind(ty), |t| found = found || self.occurs(types, root, t, memo));
        memo.set(ty, ty);
        found
    }
}

/// Results of a walk over a type. Only walks that turn out to be long remember any: types whose parts share parts
/// would take them exponentially long.
#[derive(Default)]
struct Memo {
    steps: u32,
    known: FxHashMap<Ty, Ty>,
}

impl Memo {
    fn get(&mut self, ty: Ty) -> Option<Ty> {
        self.steps += 1;
        if self.steps < 64 { None } else { self.known.get(&ty).copied() }
    }

    fn set(&mut self, ty: Ty, result: Ty) {
        if self.steps >= 64 {
            self.known.insert(ty, result);
        }
    }
}

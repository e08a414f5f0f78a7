//! What the certifier knows at one point: for each local a tree of what is initialised, and what borrows and pointers
//! rest on.

use super::values::Values;
use crate::facts::TypeFacts;
use crate::ir::*;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The state of one value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Val {
    Init,
    Uninit,
    /// Depends on the path, so nothing may be done with it.
    Mixed,
    /// A struct, or an enum known to be this variant, field by field.
    Parts(u32, Rc<Vec<Val>>),
}

/// What a borrow or a pointer rests on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Loan {
    pub owners: Vec<Place>,
    pub broken: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct State {
    pub values: Values,
    /// Of locals that rest on something or are broken; the others have none.
    pub loans: BTreeMap<Local, Rc<Loan>>,
    /// Locals that hold the discriminant of a place.
    pub discriminants: Vec<(Local, Place)>,
    /// Flags with a known value, and the values.
    pub known: u64,
    pub flags: u64,
}

/// Type questions that the state's operations ask.
pub(crate) struct Shapes<'a> {
    pub types: &'a Types,
    pub facts: &'a TypeFacts,
}

impl Shapes<'_> {
    pub fn fields(&self, ty: Ty, variant: u32) -> &[Field] {
        self.types.defs[ty].variants.get(variant as usize).map_or(&[], |v| &v.fields)
    }

    /// Whether all of the value is there.
    pub fn is_full(&self, val: &Val) -> bool {
        match val {
            Val::Init => true,
            Val::Uninit | Val::Mixed => false,
            Val::Parts(_, fields) => fields.iter().all(|f| self.is_full(f)),
        }
    }

    /// Whether something is left that must be dropped or moved.
    pub fn has_leftover(&self, val: &Val, ty: Ty) -> bool {
        if !self.facts.needs_drop(ty) {
            return false;
        }
        match val {
            Val::Init | Val::Mixed => true,
            Val::Uninit => false,
            Val::Parts(v, fields) => {
                let def = &self.types.defs[ty];
                if def.is_boxed && !fields.is_empty() || def.user_drop.is_some() {
                    return true;
                }
                fields.iter().zip(self.fields(ty, *v)).any(|(val, field)| self.has_leftover(val, field.ty))
            }
        }
    }

    /// Both ways may have been taken.
    pub fn join(&self, a: &Val, b: &Val, ty: Ty) -> Val {
        if a == b {
            return a.clone();
        }
        if let (Val::Parts(v, a), Val::Parts(w, b)) = (a, b)
            && v == w
        {
            let pairs = a.iter().zip(b.iter()).zip(self.fields(ty, *v));
            let joined = pairs.map(|((a, b), f)| self.join(a, b, f.ty)).collect();
            return Val::Parts(*v, Rc::new(joined));
        }
        if self.is_full(a) && self.is_full(b) {
            return Val::Init;
        }
        if !self.has_leftover(a, ty) && !self.has_leftover(b, ty) {
            return Val::Uninit;
        }
        let is_struct = self.types.defs[ty].kind == TyKind::Struct;
        match (a, b) {
            (Val::Parts(v, parts), other @ (Val::Init | Val::Uninit)) if is_struct => {
                self.join(&Val::Parts(*v, parts.clone()), &self.expand(other, ty, *v), ty)
            }
            (other @ (Val::Init | Val::Uninit), Val::Parts(v, parts)) if is_struct => {
                self.join(&self.expand(other, ty, *v), &Val::Parts(*v, parts.clone()), ty)
            }
            _ => Val::Mixed,
        }
    }

    /// The same value as parts; values that already are parts stay.
    pub fn expand(&self, val: &Val, ty: Ty, variant: u32) -> Val {
        match val {
            Val::Parts(..) => val.clone(),
            whole => Val::Parts(variant, Rc::new(vec![whole.clone(); self.fields(ty, variant).len()])),
        }
    }

    /// The state of the part at the end of the projection; inside of arrays and cells that of the whole.
    pub fn get(&self, val: &Val, ty: Ty, proj: &[Proj]) -> Val {
        let (variant, field, rest) = match *proj {
            [Proj::Field(i), ref rest @ ..] => (0, i, rest),
            [Proj::Variant(v), Proj::Field(i), ref rest @ ..] => (v, i, rest),
            _ => return val.clone(),
        };
        match val {
            Val::Parts(v, fields) if *v == variant => {
                let field_ty = self.types.field(ty, variant, field);
                self.get(&fields[field as usize], field_ty, rest)
            }
            // Seen as another variant than the one it is: this way is never taken.
            Val::Parts(..) => Val::Init,
            whole => whole.clone(),
        }
    }

    /// Sets the state of a part. Writing inside of arrays changes nothing.
    pub fn set(&self, val: &mut Val, ty: Ty, proj: &[Proj], new: Val) {
        let (variant, field, rest) = match *proj {
            [] => return *val = new,
            [Proj::Field(i), ref rest @ ..] => (0, i, rest),
            [Proj::Variant(v), Proj::Field(i), ref rest @ ..] => (v, i, rest),
            _ => return,
        };
        *val = match val {
            // This way is never taken: what follows on it is about the variant that it believes in.
            Val::Parts(v, _) if *v != variant => self.expand(&Val::Init, ty, variant),
            _ => self.expand(val, ty, variant),
        };
        let Val::Parts(_, fields) = val else { return };
        let fields = Rc::make_mut(fields);
        self.set(&mut fields[field as usize], self.types.field(ty, variant, field), rest, new);
        // Structs have one normal form; an enum keeps the knowledge of its variant.
        if self.types.defs[ty].kind == TyKind::Struct {
            if fields.iter().all(|f| *f == Val::Init) {
                *val = Val::Init;
            } else if fields.iter().all(|f| *f == Val::Uninit) {
                *val = Val::Uninit;
            }
        }
    }
}

impl State {
    pub fn owners(&self, local: Local) -> Vec<Place> {
        self.loans.get(&local).map_or(Vec::new(), |loan| loan.owners.clone())
    }

    pub fn is_broken(&self, local: Local) -> bool {
        self.loans.get(&local).is_some_and(|loan| loan.broken)
    }

    pub fn set_loan(&mut self, local: Local, loan: Loan) {
        if loan == Loan::default() {
            self.loans.remove(&local);
        } else {
            self.loans.insert(local, Rc::new(loan));
        }
    }

    /// Whether anything changed. A token is a number, but one to be used up, so that one that is there on some ways only is wrong.
    pub fn join(&mut self, other: &State, shapes: &Shapes, body: &Body, tokens: &[Local]) -> bool {
        let mut changed = false;
        let different: Vec<Local> = self.values.different(&other.values).collect();
        for local in different {
            let joined = match tokens.contains(&local) {
                true => Val::Mixed,
                false => shapes.join(&self.values[local], &other.values[local], body.locals[local].ty),
            };
            if joined != self.values[local] {
                self.values[local] = joined;
                changed = true;
            }
        }
        for (local, loan) in &other.loans {
            changed |= self.join_loan(*local, loan);
        }
        let known = self.discriminants.len();
        self.discriminants.retain(|d| other.discriminants.contains(d));
        changed || self.discriminants.len() != known
    }

    fn join_loan(&mut self, local: Local, loan: &Rc<Loan>) -> bool {
        let Some(mine) = self.loans.get_mut(&local) else {
            self.loans.insert(local, loan.clone());
            return true;
        };
        let covers = |mine: &Loan| {
            (mine.broken || !loan.broken) && loan.owners.iter().all(|owner| mine.owners.contains(owner))
        };
        if Rc::ptr_eq(mine, loan) || covers(mine) {
            return false;
        }
        let mine = Rc::make_mut(mine);
        mine.broken |= loan.broken;
        for owner in &loan.owners {
            if !mine.owners.contains(owner) {
                mine.owners.push(owner.clone());
            }
        }
        true
    }
}

//! What is known at one point of a body.

use crate::body::LocalId;
use smallvec::SmallVec;
use syntax::Span;

/// The fields that lead to a part of a variable: seldom more than one.
pub(crate) type Path = SmallVec<[u32; 4]>;

/// A variable, or a part of it, whose value was moved away.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Moved {
    pub local: LocalId,
    /// The fields that lead to the part.
    pub path: Path,
    pub span: Span,
}

/// Facts that may hold: each on at least one way that leads here.
#[derive(Clone, Default, PartialEq, Debug)]
pub(crate) struct State {
    /// Nothing leads here.
    pub dead: bool,
    pub moved: Vec<Moved>,
    /// What was changed while an expression around needed it.
    pub changed: Vec<Moved>,
    /// Variables without a value.
    pub unset: Vec<LocalId>,
    /// Late variables that have been assigned.
    pub set: Vec<LocalId>,
    /// The handler has not answered.
    pub owes_reply: bool,
}

impl State {
    pub fn dead() -> State {
        State { dead: true, ..State::default() }
    }

    /// Adds what is known on another way to the same point.
    pub fn join(&mut self, other: &State) {
        if other.dead {
            return;
        }
        if self.dead {
            *self = other.clone();
            return;
        }
        for moved in &other.moved {
            if !self.has_move(moved) {
                self.moved.push(moved.clone());
            }
        }
        for changed in &other.changed {
            if !self.changed.contains(changed) {
                self.changed.push(changed.clone());
            }
        }
        merge(&mut self.unset, &other.unset);
        merge(&mut self.set, &other.set);
        self.owes_reply |= other.owes_reply;
    }

    /// Whether the same place is moved away here, too.
    pub fn has_move(&self, moved: &Moved) -> bool {
        self.moved.iter().any(|own| own.local == moved.local && own.path == moved.path)
    }

    /// Whether joining `other` would add nothing.
    pub fn includes(&self, other: &State) -> bool {
        other.dead
            || (!self.dead
                && other.moved.iter().all(|m| self.has_move(m))
                && other.changed.iter().all(|c| self.changed.contains(c))
                && other.unset.iter().all(|l| self.unset.contains(l))
                && other.set.iter().all(|l| self.set.contains(l))
                && (self.owes_reply || !other.owes_reply))
    }

    /// A move that overlaps with a part of a variable: of it, of what is around it, or of something in it.
    pub fn moved_part(&self, local: LocalId, path: &[u32]) -> Option<&Moved> {
        self.moved.iter().find(|m| m.local == local && m.path.iter().zip(path).all(|(a, b)| a == b))
    }

    /// The part has a value again.
    pub fn revive(&mut self, local: LocalId, path: &[u32]) {
        self.moved
            .retain(|m| !(m.local == local && m.path.len() >= path.len() && m.path[..path.len()] == *path));
    }
}

fn merge(own: &mut Vec<LocalId>, other: &[LocalId]) {
    for local in other {
        if !own.contains(local) {
            own.push(*local);
        }
    }
}

//! Tables by types, with a slot for each: faster than hashing where most types are in them.

use super::Ty;

/// A map from types to types that is filled and emptied often: a slot for each type.
#[derive(Default)]
pub(crate) struct TyMap {
    /// By the number of the type; [`TyMap::NONE`] where there is nothing.
    slots: Vec<Ty>,
    filled: Vec<Ty>,
}

impl TyMap {
    const NONE: Ty = Ty(u32::MAX);

    pub fn get(&self, ty: Ty) -> Option<Ty> {
        self.slots.get(ty.0 as usize).copied().filter(|found| *found != Self::NONE)
    }

    pub fn insert(&mut self, ty: Ty, value: Ty) {
        let slot = ty.0 as usize;
        if slot >= self.slots.len() {
            // Types come in ascending order: room for one more at a time would be made again and again.
            self.slots.resize((slot + 1).next_power_of_two(), Self::NONE);
        }
        self.slots[slot] = value;
        self.filled.push(ty);
    }

    /// Takes as long as there is in it.
    pub fn clear(&mut self) {
        for ty in self.filled.drain(..) {
            self.slots[ty.0 as usize] = Self::NONE;
        }
    }
}

/// What is known of types: yes, no or nothing.
#[derive(Default)]
pub(crate) struct TyMarks {
    /// By the number of the type.
    slots: Vec<Option<bool>>,
}

impl TyMarks {
    pub fn get(&self, ty: Ty) -> Option<bool> {
        self.slots.get(ty.0 as usize).copied().flatten()
    }

    pub fn set(&mut self, ty: Ty, mark: bool) {
        let slot = ty.0 as usize;
        if slot >= self.slots.len() {
            self.slots.resize(slot + 1, None);
        }
        self.slots[slot] = Some(mark);
    }
}

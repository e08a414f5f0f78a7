//! One value for each local, in chunks that states share until one of them writes: a state is copied for each way that
//! goes on from it, and most blocks write few locals.

use super::state::Val;
use crate::ir::Local;
use entity::Idx;
use std::ops::{Index, IndexMut};
use std::rc::Rc;

/// How many locals share a fate: small, as a write copies so many.
const CHUNK: usize = 16;

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Values {
    /// Those behind the last local are never asked for.
    chunks: Vec<Rc<[Val; CHUNK]>>,
}

impl Values {
    /// So many locals, none of them initialised.
    pub fn new(locals: usize) -> Values {
        let none = Rc::new([const { Val::Uninit }; CHUNK]);
        Values { chunks: vec![none; locals.div_ceil(CHUNK)] }
    }

    /// The locals with another value in `other`.
    pub fn different(&self, other: &Values) -> impl Iterator<Item = Local> {
        let pairs = self.chunks.iter().zip(&other.chunks).enumerate();
        let apart = pairs.filter(|(_, (mine, theirs))| !Rc::ptr_eq(mine, theirs));
        apart.flat_map(|(at, (mine, theirs))| {
            let unlike = (0..CHUNK).filter(|i| mine[*i] != theirs[*i]);
            unlike.map(move |i| Local::new(at * CHUNK + i))
        })
    }
}

impl Index<Local> for Values {
    type Output = Val;

    fn index(&self, local: Local) -> &Val {
        &self.chunks[local.index() / CHUNK][local.index() % CHUNK]
    }
}

impl IndexMut<Local> for Values {
    fn index_mut(&mut self, local: Local) -> &mut Val {
        &mut Rc::make_mut(&mut self.chunks[local.index() / CHUNK])[local.index() % CHUNK]
    }
}

//! Rows of patterns, and what they refer to.

use super::Ctor;

/// A pattern in the arena.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct PatId(pub u32);

/// The pattern that everything matches.
pub(super) const WILD: PatId = PatId(0);

/// The patterns of a match. Rows refer to them, so that a row is specialised without a copy of what it says.
pub(super) struct Arena {
    pub pats: Vec<DPat>,
    /// The fields of all patterns, those of one in a run.
    pub fields: Vec<PatId>,
}

pub(super) struct DPat {
    pub ctor: Ctor,
    /// Where its fields are in [`Arena::fields`].
    pub first: u32,
    pub len: u32,
}

impl Arena {
    pub fn new() -> Arena {
        Arena { pats: vec![DPat { ctor: Ctor::Wild, first: 0, len: 0 }], fields: Vec::new() }
    }

    pub fn add(&mut self, ctor: Ctor, fields: &[PatId]) -> PatId {
        let first = self.fields.len() as u32;
        self.fields.extend_from_slice(fields);
        self.pats.push(DPat { ctor, first, len: fields.len() as u32 });
        PatId(self.pats.len() as u32 - 1)
    }

    pub fn ctor(&self, pat: PatId) -> &Ctor {
        &self.pats[pat.0 as usize].ctor
    }

    pub fn fields(&self, pat: PatId) -> &[PatId] {
        let DPat { first, len, .. } = self.pats[pat.0 as usize];
        &self.fields[first as usize..][..len as usize]
    }
}

/// What a row stands for: an arm, and whether that may still say no when its patterns match.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Head {
    pub arm: u32,
    pub guarded: bool,
    /// Whether it is ever reached is found elsewhere: it only stands before other rows here.
    pub decided: bool,
}

/// Rows of patterns, one behind the other. The first column is the last element of a row, so that it can be taken off.
pub(super) struct Matrix {
    pub heads: Vec<Head>,
    pub cells: Vec<PatId>,
    pub width: usize,
    /// Whether somebody asks for values that no row matches.
    pub wanted: bool,
}

impl Matrix {
    pub fn new(width: usize) -> Matrix {
        Matrix { heads: Vec::new(), cells: Vec::new(), width, wanted: true }
    }

    pub fn row(&self, index: usize) -> &[PatId] {
        &self.cells[index * self.width..][..self.width]
    }

    pub fn rows(&self) -> impl Iterator<Item = (Head, &[PatId])> {
        self.heads.iter().enumerate().map(|(i, head)| (*head, self.row(i)))
    }

    /// Adds a row given in two parts.
    pub fn push(&mut self, rest: &[PatId], first: &[PatId], head: Head) {
        debug_assert_eq!(rest.len() + first.len(), self.width);
        self.cells.extend_from_slice(rest);
        self.cells.extend_from_slice(first);
        self.heads.push(head);
    }

    /// The patterns of the first column. There is one.
    pub fn column(&self) -> impl Iterator<Item = PatId> {
        self.cells.chunks_exact(self.width).map(|row| row[self.width - 1])
    }

    /// Takes the first column off.
    pub fn pop_column(&mut self) {
        let (old, new) = (self.width, self.width - 1);
        for row in 0..self.heads.len() {
            self.cells.copy_within(row * old..row * old + new, row * new);
        }
        self.cells.truncate(self.heads.len() * new);
        self.width = new;
    }

    /// Keeps only the rows in a range.
    pub fn keep(&mut self, from: usize, to: usize) {
        self.heads.truncate(to);
        self.heads.drain(..from);
        self.cells.truncate(to * self.width);
        self.cells.drain(..from * self.width);
    }
}

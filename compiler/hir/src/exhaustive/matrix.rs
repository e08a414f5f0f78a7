//! Rows of patterns, and what they refer to.

use super::Ctor;
use crate::ty::Ty;
use crate::witness::Witness;
use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

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

    /// Makes it empty.
    pub fn reset(&mut self, width: usize, wanted: bool) {
        self.heads.clear();
        self.cells.clear();
        self.width = width;
        self.wanted = wanted;
    }

    /// Keeps only the rows in a range.
    pub fn keep(&mut self, from: usize, to: usize) {
        self.heads.truncate(to);
        self.cells.truncate(to * self.width);
        if from > 0 {
            self.heads.drain(..from);
            self.cells.drain(..from * self.width);
        }
    }
}

/// What was found for rows, by their cells and heads and the types of their columns.
#[derive(Default)]
pub(super) struct Memo {
    table: HashTable<Known>,
}

struct Known {
    hash: u64,
    rows: Matrix,
    tys: Box<[Ty]>,
    witnesses: Vec<Vec<Witness>>,
}

impl Memo {
    pub fn hash(rows: &Matrix, tys: &[Ty]) -> u64 {
        let mut hasher = FxHasher::default();
        (&rows.cells, &rows.heads, tys, rows.wanted).hash(&mut hasher);
        hasher.finish()
    }

    pub fn get(&self, hash: u64, rows: &Matrix, tys: &[Ty]) -> Option<&Vec<Vec<Witness>>> {
        let is_same = |known: &Known| {
            known.rows.wanted == rows.wanted
                && known.rows.cells == rows.cells
                && known.rows.heads == rows.heads
                && *known.tys == *tys
        };
        self.table.find(hash, is_same).map(|known| &known.witnesses)
    }

    pub fn insert(&mut self, hash: u64, rows: Matrix, tys: &[Ty], witnesses: Vec<Vec<Witness>>) {
        let known = Known { hash, rows, tys: tys.into(), witnesses };
        self.table.insert_unique(hash, known, |known| known.hash);
    }
}

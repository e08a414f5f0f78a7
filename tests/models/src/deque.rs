//! `runtime.threads.deque`: one thread pushes and pops at the bottom, others steal at the top.

use loom::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use loom::sync::atomic::{AtomicI64, AtomicPtr, AtomicUsize, fence};
use std::cell::RefCell;

struct Ring {
    slots: Vec<AtomicUsize>,
}

impl Ring {
    fn with_capacity(capacity: usize) -> *mut Ring {
        let slots = (0..capacity).map(|_| AtomicUsize::new(0)).collect();
        Box::into_raw(Box::new(Ring { slots }))
    }

    fn slot(&self, index: i64) -> &AtomicUsize {
        &self.slots[index as usize & (self.slots.len() - 1)]
    }
}

/// What a thief gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stolen {
    Task(usize),
    Nothing,
    /// Another thread was faster: there may be more.
    Lost,
}

pub struct Deque {
    top: AtomicI64,
    bottom: AtomicI64,
    ring: AtomicPtr<Ring>,
    /// All rings that there were; the owner's alone.
    rings: RefCell<Vec<*mut Ring>>,
}

// SAFETY: `rings` is the owner's alone, whose methods are `unsafe`; all else is atomic.
unsafe impl Sync for Deque {}
// SAFETY: as above; nothing in it belongs to a thread.
unsafe impl Send for Deque {}

impl Deque {
    /// The capacity is a power of two.
    pub fn new(capacity: usize) -> Deque {
        let ring = Ring::with_capacity(capacity);
        Deque {
            top: AtomicI64::new(0),
            bottom: AtomicI64::new(0),
            ring: AtomicPtr::new(ring),
            rings: RefCell::new(vec![ring]),
        }
    }

    fn ring(&self, order: loom::sync::atomic::Ordering) -> &Ring {
        // SAFETY: a ring lives as long as the deque.
        unsafe { &*self.ring.load(order) }
    }

    /// By the owner.
    ///
    /// # Safety
    ///
    /// One thread at a time is the owner.
    pub unsafe fn push(&self, task: usize) {
        let bottom = self.bottom.load(Relaxed);
        let top = self.top.load(Acquire);
        let mut ring = self.ring(Relaxed);
        if bottom - top >= ring.slots.len() as i64 {
            ring = self.grow(ring, top, bottom);
        }
        ring.slot(bottom).store(task, Relaxed);
        fence(Release);
        self.bottom.store(bottom + 1, Relaxed);
    }

    fn grow(&self, old: &Ring, top: i64, bottom: i64) -> &Ring {
        let new = Ring::with_capacity(old.slots.len() * 2);
        self.rings.borrow_mut().push(new);
        for index in top..bottom {
            // SAFETY: no other thread knows of the ring yet.
            unsafe { &*new }.slot(index).store(old.slot(index).load(Relaxed), Relaxed);
        }
        self.ring.store(new, Release);
        self.ring(Relaxed)
    }

    /// By the owner: what was pushed last.
    ///
    /// # Safety
    ///
    /// One thread at a time is the owner.
    pub unsafe fn pop(&self) -> Option<usize> {
        let bottom = self.bottom.load(Relaxed) - 1;
        let ring = self.ring(Relaxed);
        self.bottom.store(bottom, Relaxed);
        fence(SeqCst);
        let top = self.top.load(Relaxed);
        if top > bottom {
            self.bottom.store(bottom + 1, Relaxed);
            return None;
        }
        let task = ring.slot(bottom).load(Relaxed);
        if top < bottom {
            return Some(task);
        }
        // The library's exchange orders as much where it fails, as it has no other.
        let won = self.top.compare_exchange(top, top + 1, SeqCst, Relaxed).is_ok();
        self.bottom.store(bottom + 1, Relaxed);
        won.then_some(task)
    }

    /// By anybody: whether there was nothing to steal.
    pub fn is_empty(&self) -> bool {
        self.top.load(Relaxed) >= self.bottom.load(Relaxed)
    }

    /// By anybody: what was pushed first.
    pub fn steal(&self) -> Stolen {
        let top = self.top.load(Acquire);
        fence(SeqCst);
        let bottom = self.bottom.load(Acquire);
        if top >= bottom {
            return Stolen::Nothing;
        }
        let task = self.ring(Acquire).slot(top).load(Relaxed);
        match self.top.compare_exchange(top, top + 1, SeqCst, Relaxed) {
            Ok(_) => Stolen::Task(task),
            Err(_) => Stolen::Lost,
        }
    }
}

impl Drop for Deque {
    fn drop(&mut self) {
        for ring in self.rings.get_mut().drain(..) {
            // SAFETY: each came out of a box, and nobody else is left.
            drop(unsafe { Box::from_raw(ring) });
        }
    }
}

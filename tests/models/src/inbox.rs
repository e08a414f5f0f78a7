//! `runtime.threads.inbox`: many threads put messages in, the one that runs the actor takes them out.

use loom::cell::{Cell, UnsafeCell};
use loom::sync::atomic::AtomicUsize;
use loom::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};

/// The bit of `last` that says that nobody runs the actor, and that the inbox is empty.
const IDLE: usize = 1;

/// What a message comes in.
#[repr(align(8))]
pub struct Node {
    next: AtomicUsize,
    message: UnsafeCell<usize>,
}

impl Node {
    /// It is kept until the end of the test: a late access by another thread is then seen by loom, and no use of freed memory.
    pub fn new(message: usize) -> *mut Node {
        Box::into_raw(Box::new(Node { next: AtomicUsize::new(0), message: UnsafeCell::new(message) }))
    }

    /// Gives a node another message.
    ///
    /// # Safety
    ///
    /// No other thread has the node.
    pub unsafe fn set(node: *mut Node, message: usize) {
        // SAFETY: the node is there, and nobody else has it, which loom checks, of its link too.
        unsafe {
            (*node).next.with_mut(|_| ());
            (*node).message.with_mut(|place| *place = message);
        }
    }

    /// # Safety
    ///
    /// Nobody has the node.
    pub unsafe fn free(node: *mut Node) {
        // SAFETY: it came out of a box.
        drop(unsafe { Box::from_raw(node) });
    }
}

pub struct Inbox {
    /// The node that came last; with `IDLE`.
    last: AtomicUsize,
    /// The node whose message was taken last: of the one who runs the actor.
    first: Cell<*mut Node>,
}

// SAFETY: `first` is only touched by the thread that runs the actor, of which `put` and `become_idle` allow one at a time; loom's
// cell checks it.
unsafe impl Sync for Inbox {}
// SAFETY: as above.
unsafe impl Send for Inbox {}

/// # Safety
///
/// The address is that of a node that is not freed.
unsafe fn at<'a>(address: usize) -> &'a Node {
    // SAFETY: the caller's.
    unsafe { &*(address as *const Node) }
}

impl Inbox {
    /// `stub` stands for a message that has been taken.
    pub fn new(stub: *mut Node) -> Inbox {
        Inbox { last: AtomicUsize::new(stub as usize | IDLE), first: Cell::new(stub) }
    }

    /// By anybody. Whether nobody runs the actor: who put the message in has to see to it then.
    ///
    /// # Safety
    ///
    /// Nobody else has the node, and none is freed before the inbox is gone.
    #[must_use]
    pub unsafe fn put(&self, node: *mut Node) -> bool {
        // SAFETY: the caller's.
        let (node, address) = unsafe { (at(node as usize), node as usize) };
        node.next.store(0, Relaxed);
        let before = self.last.swap(address, AcqRel);
        // SAFETY: a node that has been in the inbox.
        unsafe { at(before & !IDLE) }.next.store(address, Release);
        before & IDLE != 0
    }

    /// The next message, and the node of the one before, which nobody else has now. `None` also where a message is about to come.
    ///
    /// # Safety
    ///
    /// The caller runs the actor.
    pub unsafe fn take(&self) -> Option<(usize, *mut Node)> {
        let first = self.first.get();
        // SAFETY: a node that has been in the inbox.
        let next = unsafe { at(first as usize) }.next.load(Acquire);
        if next == 0 {
            return None;
        }
        self.first.set(next as *mut Node);
        // SAFETY: the message is that of whoever takes it; loom checks it.
        let message = unsafe { at(next).message.with(|message| *message) };
        Some((message, first))
    }

    /// Leaves the actor if there is nothing to take. Otherwise there is, or is about to be.
    ///
    /// # Safety
    ///
    /// The caller runs the actor.
    #[must_use]
    pub unsafe fn become_idle(&self) -> bool {
        let first = self.first.get() as usize;
        // The library's exchange acquires as well where it fails, as it has no other.
        self.last.load(Relaxed) == first
            && self.last.compare_exchange(first, first | IDLE, AcqRel, Relaxed).is_ok()
    }

    /// When no thread uses it any more: the node whose message was taken last.
    pub fn rest(&self) -> *mut Node {
        self.first.get()
    }
}

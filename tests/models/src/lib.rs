//! The concurrent structures of GAL's runtime over loom's atomics, access by access. The tests try the orders in which the
//! accesses may happen, and what they may read.
//!
//! What stands here must match `library/runtime/threads/deque.gal`, `inbox.gal` and `parking.gal`, access by access and order by
//! order, or be weaker: a change there that is not made here is not checked.
//!
//! loom 0.7 tries less than C++'s memory model allows: no load moves behind a later store, a load sees the latest seven stores at
//! most, fences that are sequentially consistent order more, and a thread is interrupted so often as the tests say.

mod deque;
mod inbox;
mod parking;

pub use deque::{Deque, Stolen};
pub use inbox::{Inbox, Node};
pub use parking::Parking;

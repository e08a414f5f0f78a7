//! `runtime.threads.parking`: threads without work wait until there may be some.

use loom::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, SeqCst};
use loom::sync::atomic::{AtomicU32, fence};
use loom::sync::{Condvar, Mutex};

/// The system's waiting, as Linux's futex and WebAssembly's `memory.atomic.wait32` have it.
#[derive(Default)]
struct Futex {
    lock: Mutex<()>,
    changed: Condvar,
}

impl Futex {
    fn wait(&self, word: &AtomicU32, seen: u32) {
        let mut held = self.lock.lock().expect("no thread panics");
        while word.load(Relaxed) == seen {
            held = self.changed.wait(held).expect("no thread panics");
        }
    }

    fn wake(&self) {
        let _held = self.lock.lock().expect("no thread panics");
        self.changed.notify_one();
    }
}

#[derive(Default)]
pub struct Parking {
    /// Counts wakings; threads wait for it to change.
    epoch: AtomicU32,
    /// Threads that wait, or are about to.
    parked: AtomicU32,
    futex: Futex,
}

impl Parking {
    /// By a thread that has found no work. `look` looks again, and says whether there is some.
    pub fn park(&self, look: impl FnOnce() -> bool) {
        let epoch = self.epoch.load(Acquire);
        self.parked.fetch_add(1, AcqRel);
        fence(SeqCst);
        if !look() {
            self.futex.wait(&self.epoch, epoch);
        }
        self.parked.fetch_sub(1, AcqRel);
    }

    /// By a thread that has made work, after it can be seen.
    pub fn wake_one(&self) {
        fence(SeqCst);
        if self.parked.load(Relaxed) != 0 {
            self.epoch.fetch_add(1, AcqRel);
            self.futex.wake();
        }
    }
}

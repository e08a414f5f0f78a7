//! The orders of accesses that loom tries, up to the numbers of threads, elements and preemptions that each test has.

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::AtomicUsize;
use loom::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use loom::thread;
use models::{Deque, Inbox, Node, Parking, Stolen};
use std::sync::Once;

/// So often threads are interrupted, all together, where they could go on: most faults show with two (Musuvathi and Qadeer,
/// "Iterative Context Bounding for Systematic Testing of Multithreaded Programs", PLDI 2007). Three tell a store that releases from a
/// fence in `deque_push`.
const QUICK: usize = 3;
const FULL: usize = 4;

fn check(body: impl Fn() + Sync + Send + 'static) {
    static TOLD: Once = Once::new();
    let is_full = std::env::var("GAL_TEST_SIZE").is_ok_and(|size| size == "full");
    let (preemptions, size) = if is_full { (FULL, "full") } else { (QUICK, "quick") };
    TOLD.call_once(|| println!("models: all cases ({size}), up to {preemptions} preemptions"));
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(preemptions);
    // Variables of the environment must not cut it short.
    (model.max_permutations, model.max_duration) = (None, None);
    model.check(body);
}

/// Steals until nothing is left.
fn thief(deque: &Deque) -> Vec<usize> {
    let mut taken = Vec::new();
    loop {
        match deque.steal() {
            Stolen::Task(task) => taken.push(task),
            Stolen::Nothing => return taken,
            Stolen::Lost => thread::yield_now(),
        }
    }
}

fn assert_each_once(mut taken: Vec<usize>, count: usize) {
    taken.sort_unstable();
    assert_eq!(taken, (1..=count).collect::<Vec<_>>());
}

#[test]
fn each_task_is_taken_once_by_the_owner_or_a_thief() {
    check(|| {
        let deque = Arc::new(Deque::new(4));
        let thieves: Vec<_> = (0..2)
            .map(|_| {
                let deque = deque.clone();
                thread::spawn(move || thief(&deque))
            })
            .collect();
        let mut taken = Vec::new();
        // SAFETY: this thread is the owner.
        unsafe {
            deque.push(1);
            deque.push(2);
            taken.extend(deque.pop());
            deque.push(3);
            taken.extend(std::iter::from_fn(|| deque.pop()));
        }
        for thief in thieves {
            taken.extend(thief.join().expect("a thief ends"));
        }
        assert_each_once(taken, 3);
    });
}

#[test]
fn nothing_is_lost_where_the_ring_grows() {
    check(|| {
        let deque = Arc::new(Deque::new(2));
        let thief = {
            let deque = deque.clone();
            thread::spawn(move || thief(&deque))
        };
        // SAFETY: this thread is the owner.
        let mut taken: Vec<usize> = unsafe {
            (1..=4).for_each(|task| deque.push(task));
            std::iter::from_fn(|| deque.pop()).collect()
        };
        taken.extend(thief.join().expect("the thief ends"));
        assert_each_once(taken, 4);
    });
}

/// What a task stands for was written by the thread that pushed it.
#[test]
fn a_thief_sees_what_was_done_before_a_push() {
    check(|| {
        let deque = Arc::new(Deque::new(2));
        let cell = Arc::new(UnsafeCell::new(0));
        let thief = {
            let (deque, cell) = (deque.clone(), cell.clone());
            thread::spawn(move || {
                if let Stolen::Task(1) = deque.steal() {
                    // SAFETY: loom checks that it was written before.
                    cell.with(|value| assert_eq!(unsafe { *value }, 7));
                }
            })
        };
        // SAFETY: loom checks that nobody reads it meanwhile.
        cell.with_mut(|value| unsafe { *value = 7 });
        // SAFETY: this thread is the owner.
        unsafe { deque.push(1) };
        thief.join().expect("the thief ends");
    });
}

/// An actor whose state is what it was sent, in order.
struct Actor {
    inbox: Inbox,
    state: UnsafeCell<Vec<usize>>,
    /// Who is sent on what comes, in the node of the message before.
    next: Option<Arc<Actor>>,
    /// Nodes that nobody has any more; all are freed when no thread is left.
    spare: std::sync::Mutex<Vec<*mut Node>>,
}

// SAFETY: the inbox lets one thread run the actor at a time; loom checks it.
unsafe impl Sync for Actor {}
// SAFETY: as above.
unsafe impl Send for Actor {}

impl Actor {
    fn new(next: Option<Arc<Actor>>) -> Arc<Actor> {
        let inbox = Inbox::new(Node::new(0));
        let state = UnsafeCell::new(Vec::new());
        Arc::new(Actor { inbox, state, next, spare: Default::default() })
    }

    fn send(&self, message: usize) {
        self.put(Node::new(message));
    }

    /// Puts the node in, and runs the actor where nobody does.
    fn put(&self, node: *mut Node) {
        // SAFETY: each node is in one place, and freed when the actor is.
        if !unsafe { self.inbox.put(node) } {
            return;
        }
        loop {
            // SAFETY: `put` has said that nobody else runs the actor; loom checks it.
            while let Some((message, before)) = unsafe { self.inbox.take() } {
                // SAFETY: the same.
                self.state.with_mut(|state| unsafe { &mut *state }.push(message));
                // SAFETY: nobody else has it; loom checks it.
                unsafe { Node::set(before, message) };
                match &self.next {
                    Some(next) => next.put(before),
                    None => self.spare.lock().expect("no thread panics").push(before),
                }
            }
            // SAFETY: as above.
            if unsafe { self.inbox.become_idle() } {
                return;
            }
            thread::yield_now();
        }
    }

    /// What came, when all that could send have ended.
    fn taken(&self) -> Vec<usize> {
        // SAFETY: no other thread is left; loom checks it.
        self.state.with(|state| unsafe { &*state }.clone())
    }
}

impl Drop for Actor {
    fn drop(&mut self) {
        let spare = std::mem::take(self.spare.get_mut().expect("no thread panics"));
        for node in spare.into_iter().chain([self.inbox.rest()]) {
            // SAFETY: the actor was the last who had it.
            unsafe { Node::free(node) };
        }
    }
}

/// Runs a thread for each list of messages, which it sends, and waits for their ends.
fn send_all(actor: &Arc<Actor>, lists: &[&'static [usize]]) {
    let start = |messages: &'static [usize]| {
        let actor = actor.clone();
        thread::spawn(move || messages.iter().for_each(|message| actor.send(*message)))
    };
    let senders: Vec<_> = lists.iter().map(|messages| start(messages)).collect();
    for sender in senders {
        sender.join().expect("a sender ends");
    }
}

fn assert_in_order(taken: &[usize]) {
    let of = |sender: usize| taken.iter().copied().filter(|m| m / 10 == sender).collect::<Vec<_>>();
    assert_eq!((of(1), of(2), taken.len()), (vec![10, 11], vec![20, 21], 4));
}

#[test]
fn an_actor_takes_each_message_once_in_the_order_of_its_sender_and_by_one_thread() {
    check(|| {
        let actor = Actor::new(None);
        send_all(&actor, &[&[10, 11], &[20, 21]]);
        assert_in_order(&actor.taken());
    });
}

#[test]
fn senders_that_come_together_leave_no_message_behind() {
    check(|| {
        let actor = Actor::new(None);
        send_all(&actor, &[&[1], &[2], &[3]]);
        assert_each_once(actor.taken(), 3);
    });
}

#[test]
fn the_node_of_a_message_that_was_taken_can_be_sent_again() {
    check(|| {
        let last = Actor::new(None);
        let actor = Actor::new(Some(last.clone()));
        send_all(&actor, &[&[10, 11], &[20, 21]]);
        assert_in_order(&last.taken());
    });
}

/// Loom reports a deadlock where a thread waits for ever.
#[test]
fn who_parks_is_woken_by_work_that_comes_meanwhile() {
    check(|| {
        let shared = Arc::new((Parking::default(), AtomicUsize::new(0)));
        let workers: Vec<_> = (0..2)
            .map(|_| {
                let shared = shared.clone();
                thread::spawn(move || {
                    let (parking, work) = &*shared;
                    let take = || {
                        let seen = work.load(Acquire);
                        seen != 0 && work.compare_exchange(seen, seen - 1, Acquire, Relaxed).is_ok()
                    };
                    while !take() {
                        parking.park(|| work.load(Relaxed) != 0);
                    }
                })
            })
            .collect();
        let (parking, work) = &*shared;
        for _ in 0..2 {
            work.fetch_add(1, Release);
            parking.wake_one();
        }
        for worker in workers {
            worker.join().expect("a worker ends");
        }
    });
}

#[test]
fn thieves_park_and_are_woken_by_a_push() {
    check(|| {
        let shared = Arc::new((Parking::default(), Deque::new(2)));
        let worker = {
            let shared = shared.clone();
            thread::spawn(move || {
                let (parking, deque) = &*shared;
                loop {
                    match deque.steal() {
                        Stolen::Task(task) => return task,
                        Stolen::Lost => thread::yield_now(),
                        Stolen::Nothing => parking.park(|| !deque.is_empty()),
                    }
                }
            })
        };
        let (parking, deque) = &*shared;
        // SAFETY: this thread is the owner.
        unsafe { deque.push(9) };
        parking.wake_one();
        assert_eq!(worker.join().expect("the worker ends"), 9);
    });
}

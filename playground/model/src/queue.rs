//! What waits for the compiler: one request at a time is under way, and of each kind only the newest one waits.

/// Requests of the same kind replace each other.
pub trait Kind {
    type Kind: PartialEq;
    fn kind(&self) -> Self::Kind;
}

#[derive(Debug)]
pub struct Queue<R> {
    waiting: Vec<(u32, R)>,
    under_way: Option<u32>,
    last: u32,
}

impl<R> Default for Queue<R> {
    fn default() -> Queue<R> {
        Queue { waiting: Vec::new(), under_way: None, last: 0 }
    }
}

impl<R: Kind> Queue<R> {
    /// Its number, and the number of the request that it replaces, which will not be answered.
    pub fn push(&mut self, request: R) -> (u32, Option<u32>) {
        let same = self.waiting.iter().position(|(_, other)| other.kind() == request.kind());
        let replaced = same.map(|at| self.waiting.remove(at).0);
        self.last += 1;
        self.waiting.push((self.last, request));
        (self.last, replaced)
    }

    /// The next one to be sent, if none is under way.
    pub fn take_next(&mut self) -> Option<(u32, R)> {
        if self.under_way.is_some() || self.waiting.is_empty() {
            return None;
        }
        let (number, request) = self.waiting.remove(0);
        self.under_way = Some(number);
        Some((number, request))
    }

    pub fn under_way(&self) -> Option<u32> {
        self.under_way
    }

    /// An answer has come: whether it is to the request that is under way. Others are of a worker that was given up.
    pub fn answered(&mut self, number: u32) -> bool {
        let is_current = self.under_way == Some(number);
        if is_current {
            self.under_way = None;
        }
        is_current
    }

    /// The worker is lost: what was under way with it.
    pub fn lost(&mut self) -> Option<u32> {
        self.under_way.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Kind for (char, u32) {
        type Kind = char;
        fn kind(&self) -> char {
            self.0
        }
    }

    #[test]
    fn only_the_newest_of_a_kind_waits() {
        let mut queue = Queue::default();
        assert_eq!(queue.push(('c', 1)), (1, None));
        assert_eq!(queue.take_next(), Some((1, ('c', 1))));
        assert_eq!(queue.push(('c', 2)), (2, None));
        assert_eq!(queue.push(('r', 3)), (3, None));
        assert_eq!(queue.push(('c', 4)), (4, Some(2)));
        assert_eq!(queue.take_next(), None);
        assert!(queue.answered(1) && !queue.answered(1));
        assert_eq!(queue.take_next(), Some((3, ('r', 3))));
        assert!(!queue.answered(2), "it was replaced");
        assert!(queue.answered(3));
        assert_eq!(queue.take_next(), Some((4, ('c', 4))));
    }

    #[test]
    fn a_lost_worker_frees_the_queue() {
        let mut queue = Queue::default();
        queue.push(('c', 1));
        queue.take_next();
        queue.push(('c', 2));
        assert_eq!((queue.under_way(), queue.lost(), queue.lost()), (Some(1), Some(1), None));
        assert!(!queue.answered(1), "the answer comes too late");
        assert_eq!(queue.take_next(), Some((2, ('c', 2))));
    }
}

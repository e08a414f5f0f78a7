//! The memory limit of a run, and a record of what it refused, so that the end of the program can be explained.

use std::fmt;
use wasmtime::ResourceLimiter;

/// Tables hold at most this many elements together.
const MAX_TABLE_ELEMENTS: usize = 10_000_000;

/// Counts the bytes of all linear memories of one run.
#[derive(Debug)]
pub(crate) struct Limiter {
    max: u64,
    used: u64,
    /// By how much the last permitted request raised `used`.
    last: u64,
    pub peak: u64,
    pub refusal: Option<Refusal>,
}

/// The last request for memory that was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refusal {
    /// The limit of the run, in bytes.
    Limit(u64),
    /// The memory's own maximum, or the machine had no more.
    Exhausted,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Limit(bytes) => write!(f, "the limit is {bytes} bytes"),
            Refusal::Exhausted => f.write_str("the memory cannot grow further"),
        }
    }
}

impl Limiter {
    pub fn new(max: Option<u64>) -> Limiter {
        Limiter { max: max.unwrap_or(u64::MAX), used: 0, last: 0, peak: 0, refusal: None }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let used = self.used + (desired - current) as u64;
        if used > self.max {
            self.refusal = Some(Refusal::Limit(self.max));
            return Ok(false);
        }
        if maximum.is_some_and(|maximum| desired > maximum) {
            self.refusal = Some(Refusal::Exhausted);
            return Ok(false);
        }
        self.last = used - self.used;
        self.used = used;
        self.peak = self.peak.max(used);
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.used -= std::mem::take(&mut self.last);
        self.refusal = Some(Refusal::Exhausted);
        Ok(())
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= maximum.unwrap_or(usize::MAX).min(MAX_TABLE_ELEMENTS))
    }
}

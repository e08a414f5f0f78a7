//! `poll_oneoff`: waits for the first of several clocks and streams.
//!
//! Files and output streams are always ready; only standard input is really waited for.

use super::guest::element;
use super::{Answer, Context, Errno, Fault, Guest, clock};
use crate::context::TimedOut;
use crate::files::Descriptor;
use std::time::{Duration, Instant};

const SUBSCRIPTION_SIZE: u32 = 48;
const EVENT_SIZE: u32 = 32;
/// A program may wait for this many events at once.
const MAX_SUBSCRIPTIONS: u32 = 65_536;

const CLOCK: u8 = 0;
const FD_READ: u8 = 1;
const FD_WRITE: u8 = 2;

/// The clock's time is absolute.
const ABSTIME: u16 = 1;

struct Subscription {
    userdata: u64,
    tag: u8,
    wait: Wait,
}

enum Wait {
    Until(Instant),
    Stdin,
    /// Answered at once: nothing to wait for, or wrong.
    Ready(Option<Errno>),
}

pub(super) fn poll_oneoff(
    ctx: &mut Context,
    guest: &mut Guest<'_>,
    subscriptions: u32,
    events: u32,
    count: u32,
    out: u32,
) -> Answer {
    if count == 0 || count > MAX_SUBSCRIPTIONS {
        return Err(Errno::INVAL.into());
    }
    let now = Instant::now();
    let mut all = Vec::new();
    for index in 0..count {
        let at = element(subscriptions, index, SUBSCRIPTION_SIZE)?;
        all.push(read_subscription(ctx, guest, at, now)?);
    }
    let stdin_ready = wait(ctx, &all)?;
    let now = Instant::now();
    let mut written = 0;
    for subscription in &all {
        let errno = match subscription.wait {
            Wait::Until(at) if at <= now => None,
            Wait::Stdin if stdin_ready => None,
            Wait::Ready(errno) => errno,
            Wait::Until(_) | Wait::Stdin => continue,
        };
        write_event(guest, element(events, written, EVENT_SIZE)?, subscription, errno)?;
        written += 1;
    }
    Ok(guest.write_u32(out, written)?)
}

/// `subscription`: user data at 0, tag at 8; then for a clock its number at 16, the time at 24, flags at 40, for a
/// file its number at 16; 48 bytes.
fn read_subscription(
    ctx: &mut Context,
    guest: &Guest<'_>,
    at: u32,
    now: Instant,
) -> Result<Subscription, Errno> {
    guest.bytes(at, SUBSCRIPTION_SIZE)?;
    let tag = guest.read_u8(at + 8)?;
    let wait = match tag {
        CLOCK => {
            let id = guest.read_u32(at + 16)?;
            let time = guest.read_u64(at + 24)?;
            let is_absolute = guest.read_u16(at + 40)? & ABSTIME != 0;
            match remaining(ctx, id, time, is_absolute) {
                // A time too far away to be represented is never reached; a year is as good.
                Ok(remaining) => Wait::Until(now + remaining.min(Duration::from_secs(365 * 24 * 3600))),
                Err(errno) => Wait::Ready(Some(errno)),
            }
        }
        FD_READ | FD_WRITE => match ctx.files.get(guest.read_u32(at + 16)?) {
            Ok(Descriptor::Stdin) if tag == FD_READ => Wait::Stdin,
            Ok(_) => Wait::Ready(None),
            Err(errno) => Wait::Ready(Some(errno)),
        },
        _ => return Err(Errno::INVAL),
    };
    Ok(Subscription { userdata: guest.read_u64(at)?, tag, wait })
}

fn remaining(ctx: &Context, id: u32, time: u64, is_absolute: bool) -> Result<Duration, Errno> {
    let now = clock::now(ctx, id)?;
    let nanoseconds = if is_absolute { time.saturating_sub(now) } else { time };
    Ok(Duration::from_nanos(nanoseconds))
}

/// Waits until something has happened; says whether standard input is readable.
fn wait(ctx: &mut Context, subscriptions: &[Subscription]) -> Result<bool, Fault> {
    let any_ready = subscriptions.iter().any(|s| matches!(s.wait, Wait::Ready(_)));
    let wants_stdin = subscriptions.iter().any(|s| matches!(s.wait, Wait::Stdin));
    let first =
        subscriptions.iter().filter_map(|s| if let Wait::Until(at) = s.wait { Some(at) } else { None }).min();
    loop {
        let until_first = first.map(|at| at.saturating_duration_since(Instant::now()));
        let timeout = if any_ready { Some(Duration::ZERO) } else { until_first };
        let (slice, cut_by_deadline) = within_deadline(ctx, timeout);
        if wants_stdin && ctx.stdin.wait_readable(slice)? {
            return Ok(true);
        }
        if !wants_stdin {
            std::thread::sleep(slice.unwrap_or_default());
        }
        if any_ready || first.is_some_and(|at| at <= Instant::now()) {
            return Ok(false);
        }
        if let Some(deadline) = ctx.deadline
            && cut_by_deadline
            && deadline.has_passed()
        {
            return Err(Fault::End(TimedOut(deadline.limit).into()));
        }
    }
}

/// The shorter of a wait and what is left of the run's time, and whether it is the latter.
fn within_deadline(ctx: &Context, timeout: Option<Duration>) -> (Option<Duration>, bool) {
    let Some(remaining) = ctx.deadline.map(|deadline| deadline.remaining()) else { return (timeout, false) };
    match timeout {
        Some(timeout) if timeout <= remaining => (Some(timeout), false),
        _ => (Some(remaining), true),
    }
}

/// `event`: user data at 0, error at 8, tag at 10, bytes that can be read or written at 16, flags at 24; 32 bytes.
fn write_event(
    guest: &mut Guest<'_>,
    at: u32,
    subscription: &Subscription,
    errno: Option<Errno>,
) -> Result<(), Errno> {
    guest.write(at, &[0; EVENT_SIZE as usize])?;
    guest.write_u64(at, subscription.userdata)?;
    guest.write_u16(at + 8, errno.map_or(0, |errno| errno.0))?;
    guest.write_u8(at + 10, subscription.tag)?;
    let is_file = subscription.tag != CLOCK && errno.is_none();
    guest.write_u64(at + 16, u64::from(is_file))
}

//! Clocks: real time, and monotonic time since the start of the run.

use super::{Answer, Context, Errno, Guest};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(super) const REALTIME: u32 = 0;
pub(super) const MONOTONIC: u32 = 1;

/// The monotonic clock starts here, so that a program may subtract from its first reading.
const MONOTONIC_BASE: Duration = Duration::from_secs(1);

pub(super) fn clock_time_get(
    ctx: &mut Context,
    guest: &mut Guest<'_>,
    id: u32,
    _precision: u64,
    out: u32,
) -> Answer {
    Ok(guest.write_u64(out, now(ctx, id)?)?)
}

pub(super) fn clock_res_get(_ctx: &mut Context, guest: &mut Guest<'_>, id: u32, out: u32) -> Answer {
    match id {
        REALTIME | MONOTONIC => Ok(guest.write_u64(out, 1)?),
        _ => Err(Errno::INVAL.into()),
    }
}

pub(super) fn sched_yield(_ctx: &mut Context, _guest: &mut Guest<'_>) -> Answer {
    std::thread::yield_now();
    Ok(())
}

/// Nanoseconds on a clock. The clocks of processor time are not served.
pub(super) fn now(ctx: &Context, id: u32) -> Result<u64, Errno> {
    let time = match id {
        REALTIME => SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
        MONOTONIC => ctx.start.elapsed() + MONOTONIC_BASE,
        _ => return Err(Errno::INVAL),
    };
    u64::try_from(time.as_nanos()).map_err(|_| Errno::OVERFLOW)
}

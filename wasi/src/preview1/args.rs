//! Arguments, environment, random bytes.

use super::guest::field;
use super::{Answer, Context, Errno, Guest};

pub(super) fn args_get(ctx: &mut Context, guest: &mut Guest<'_>, argv: u32, buffer: u32) -> Answer {
    write_strings(&ctx.args, guest, argv, buffer)
}

pub(super) fn args_sizes_get(ctx: &mut Context, guest: &mut Guest<'_>, count: u32, size: u32) -> Answer {
    write_sizes(&ctx.args, guest, count, size)
}

pub(super) fn environ_get(ctx: &mut Context, guest: &mut Guest<'_>, environ: u32, buffer: u32) -> Answer {
    write_strings(&ctx.env, guest, environ, buffer)
}

pub(super) fn environ_sizes_get(ctx: &mut Context, guest: &mut Guest<'_>, count: u32, size: u32) -> Answer {
    write_sizes(&ctx.env, guest, count, size)
}

pub(super) fn random_get(ctx: &mut Context, guest: &mut Guest<'_>, buffer: u32, len: u32) -> Answer {
    let bytes = guest.bytes_mut(buffer, len)?;
    if ctx.random.fill(bytes) { Ok(()) } else { Err(Errno::IO.into()) }
}

/// Writes the strings, each closed by a zero byte, one behind the other, and their addresses.
fn write_strings(strings: &[Vec<u8>], guest: &mut Guest<'_>, mut pointers: u32, mut buffer: u32) -> Answer {
    for string in strings {
        guest.write_u32(pointers, buffer)?;
        guest.write(buffer, string)?;
        let end = field(buffer, string.len() as u32)?;
        guest.write_u8(end, 0)?;
        buffer = field(end, 1)?;
        pointers = field(pointers, 4)?;
    }
    Ok(())
}

fn write_sizes(strings: &[Vec<u8>], guest: &mut Guest<'_>, count: u32, size: u32) -> Answer {
    let bytes: usize = strings.iter().map(|string| string.len() + 1).sum();
    guest.write_u32(count, u32::try_from(strings.len()).map_err(|_| Errno::OVERFLOW)?)?;
    guest.write_u32(size, u32::try_from(bytes).map_err(|_| Errno::OVERFLOW)?)?;
    Ok(())
}

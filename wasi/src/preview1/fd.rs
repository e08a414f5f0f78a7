//! Functions on open files and streams.

use super::abi::{fdflags, filetype, rights};
use super::guest::field;
use super::{Answer, Context, Errno, Fault, Guest};
use crate::context::TimedOut;
use crate::files::{Descriptor, OpenFile};
use crate::host_file::{identity, read_at, write_at};
use crate::streams::Read as StreamRead;
use cap_std::fs::Metadata;
use cap_std::time::SystemTime;
use std::io::{Read, Seek, SeekFrom, Write};
use std::time::UNIX_EPOCH;

pub(super) fn fd_close(ctx: &mut Context, _guest: &mut Guest<'_>, fd: u32) -> Answer {
    Ok(ctx.files.close(fd)?)
}

pub(super) fn fd_sync(ctx: &mut Context, _guest: &mut Guest<'_>, fd: u32) -> Answer {
    match ctx.files.get(fd)? {
        Descriptor::File(open) => Ok(open.file.sync_all()?),
        _ => Ok(()),
    }
}

pub(super) fn fd_filestat_set_size(ctx: &mut Context, _guest: &mut Guest<'_>, fd: u32, size: u64) -> Answer {
    let open = ctx.files.file(fd)?;
    if !open.can_write {
        return Err(Errno::INVAL.into());
    }
    Ok(open.file.set_len(size)?)
}

/// `fdstat`: file type at 0, flags at 2, rights at 8, inheriting rights at 16; 24 bytes.
pub(super) fn fd_fdstat_get(ctx: &mut Context, guest: &mut Guest<'_>, fd: u32, out: u32) -> Answer {
    let stdio = rights::ALL & !(rights::FD_SEEK | rights::FD_TELL);
    let stream =
        |is_terminal| (if is_terminal { filetype::CHARACTER_DEVICE } else { filetype::UNKNOWN }, 0, stdio);
    let (filetype, flags, rights) = match ctx.files.get(fd)? {
        Descriptor::Stdin => stream(ctx.stdin.is_terminal()),
        Descriptor::Stdout => stream(ctx.stdout.is_terminal()),
        Descriptor::Stderr => stream(ctx.stderr.is_terminal()),
        Descriptor::Dir(_) => (filetype::DIRECTORY, 0, rights::ALL),
        Descriptor::File(open) => (filetype::REGULAR_FILE, file_flags(open), file_rights(open)),
    };
    guest.write(out, &[0; 24])?;
    guest.write_u8(out, filetype)?;
    guest.write_u16(out + 2, flags as u16)?;
    guest.write_u64(out + 8, rights)?;
    Ok(guest.write_u64(out + 16, rights)?)
}

fn file_flags(open: &OpenFile) -> u32 {
    if open.append { fdflags::APPEND } else { 0 }
}

fn file_rights(open: &OpenFile) -> u64 {
    let read = if open.can_read { 0 } else { rights::FD_READ };
    let write = if open.can_write { 0 } else { rights::FD_WRITE };
    rights::ALL & !read & !write
}

pub(super) fn fd_filestat_get(ctx: &mut Context, guest: &mut Guest<'_>, fd: u32, out: u32) -> Answer {
    let metadata = match ctx.files.get(fd)? {
        Descriptor::File(open) => open.file.metadata()?,
        Descriptor::Dir(open) => open.dir.dir_metadata()?,
        _ => {
            guest.write(out, &[0; 64])?;
            return Ok(guest.write_u8(out + 16, filetype::CHARACTER_DEVICE)?);
        }
    };
    write_filestat(guest, out, &metadata)
}

/// `filestat`: device at 0, inode at 8, file type at 16, links at 24, size at 32, times of access, change of content
/// and change of state at 40, 48 and 56; 64 bytes.
pub(super) fn write_filestat(guest: &mut Guest<'_>, out: u32, metadata: &Metadata) -> Answer {
    guest.write(out, &[0; 64])?;
    let (device, inode, links) = identity(metadata);
    guest.write_u64(out, device)?;
    guest.write_u64(out + 8, inode)?;
    guest.write_u8(out + 16, filetype_of(metadata))?;
    guest.write_u64(out + 24, links)?;
    guest.write_u64(out + 32, metadata.len())?;
    let modified = nanoseconds(metadata.modified());
    guest.write_u64(out + 40, nanoseconds(metadata.accessed()))?;
    guest.write_u64(out + 48, modified)?;
    Ok(guest.write_u64(out + 56, modified)?)
}

pub(super) fn filetype_of(metadata: &Metadata) -> u8 {
    if metadata.is_dir() {
        filetype::DIRECTORY
    } else if metadata.is_file() {
        filetype::REGULAR_FILE
    } else if metadata.is_symlink() {
        filetype::SYMBOLIC_LINK
    } else {
        filetype::UNKNOWN
    }
}

fn nanoseconds(time: std::io::Result<SystemTime>) -> u64 {
    let since = time.ok().and_then(|time| time.into_std().duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or(0)
}

/// `prestat`: 0 for a directory at 0, the length of its name at 4; 8 bytes.
pub(super) fn fd_prestat_get(ctx: &mut Context, guest: &mut Guest<'_>, fd: u32, out: u32) -> Answer {
    let len = preopen_name(ctx, fd)?.len() as u32;
    guest.write_u32(out, 0)?;
    Ok(guest.write_u32(field(out, 4)?, len)?)
}

pub(super) fn fd_prestat_dir_name(
    ctx: &mut Context,
    guest: &mut Guest<'_>,
    fd: u32,
    path: u32,
    len: u32,
) -> Answer {
    let name = preopen_name(ctx, fd)?;
    if name.len() > len as usize {
        return Err(Errno::NAMETOOLONG.into());
    }
    Ok(guest.write(path, name.as_bytes())?)
}

/// Programs find their directories by asking for every number until the answer is `badf`.
fn preopen_name(ctx: &mut Context, fd: u32) -> Result<&str, Errno> {
    match ctx.files.get(fd)? {
        Descriptor::Dir(open) => open.preopen.as_deref().ok_or(Errno::BADF),
        _ => Err(Errno::BADF),
    }
}

pub(super) fn fd_read(
    ctx: &mut Context,
    guest: &mut Guest<'_>,
    fd: u32,
    iovs: u32,
    count: u32,
    out: u32,
) -> Answer {
    let mut total = 0;
    for index in 0..count {
        let (address, len) = guest.iovec(iovs, index)?;
        let n = read_once(ctx, guest.bytes_mut(address, len)?, fd)?;
        total += n;
        if n < len {
            break;
        }
    }
    Ok(guest.write_u32(out, total)?)
}

fn read_once(ctx: &mut Context, buffer: &mut [u8], fd: u32) -> Result<u32, Fault> {
    let n = match ctx.files.get(fd)? {
        Descriptor::Stdin => match ctx.stdin.read(buffer, ctx.deadline)? {
            StreamRead::Bytes(n) => n,
            StreamRead::TimedOut => {
                let limit = ctx.deadline.map(|deadline| deadline.limit).unwrap_or_default();
                return Err(Fault::End(TimedOut(limit).into()));
            }
        },
        Descriptor::File(open) if open.can_read => open.file.read(buffer)?,
        Descriptor::Dir(_) => return Err(Errno::ISDIR.into()),
        _ => return Err(Errno::BADF.into()),
    };
    Ok(n as u32)
}

pub(super) fn fd_write(
    ctx: &mut Context,
    guest: &mut Guest<'_>,
    fd: u32,
    iovs: u32,
    count: u32,
    out: u32,
) -> Answer {
    let mut total = 0u32;
    for index in 0..count {
        let (address, len) = guest.iovec(iovs, index)?;
        let n = match write_once(ctx, guest.bytes(address, len)?, fd) {
            Ok(n) => n,
            // What was written before is reported first; the next call meets the error again.
            Err(_) if total > 0 => break,
            Err(fault) => return Err(fault),
        };
        total = total.checked_add(n).ok_or(Errno::OVERFLOW)?;
        if n < len {
            break;
        }
    }
    Ok(guest.write_u32(out, total)?)
}

fn write_once(ctx: &mut Context, bytes: &[u8], fd: u32) -> Result<u32, Fault> {
    let n = match ctx.files.get(fd)? {
        Descriptor::Stdout => ctx.stdout.write(bytes)?,
        Descriptor::Stderr => ctx.stderr.write(bytes)?,
        Descriptor::File(open) if open.can_write => open.file.write(bytes)?,
        Descriptor::Dir(_) => return Err(Errno::ISDIR.into()),
        _ => return Err(Errno::BADF.into()),
    };
    Ok(n as u32)
}

pub(super) fn fd_pread(
    ctx: &mut Context,
    guest: &mut Guest<'_>,
    fd: u32,
    iovs: u32,
    count: u32,
    offset: u64,
    out: u32,
) -> Answer {
    let open = ctx.files.file(fd)?;
    if !open.can_read {
        return Err(Errno::BADF.into());
    }
    let mut total = 0u32;
    for index in 0..count {
        let (address, len) = guest.iovec(iovs, index)?;
        let n = read_at(&mut open.file, guest.bytes_mut(address, len)?, offset.saturating_add(total.into()))?
            as u32;
        total = total.checked_add(n).ok_or(Errno::OVERFLOW)?;
        if n < len {
            break;
        }
    }
    Ok(guest.write_u32(out, total)?)
}

pub(super) fn fd_pwrite(
    ctx: &mut Context,
    guest: &mut Guest<'_>,
    fd: u32,
    iovs: u32,
    count: u32,
    offset: u64,
    out: u32,
) -> Answer {
    let open = ctx.files.file(fd)?;
    if !open.can_write {
        return Err(Errno::BADF.into());
    }
    let mut total = 0u32;
    for index in 0..count {
        let (address, len) = guest.iovec(iovs, index)?;
        let n =
            write_at(&mut open.file, guest.bytes(address, len)?, offset.saturating_add(total.into()))? as u32;
        total = total.checked_add(n).ok_or(Errno::OVERFLOW)?;
        if n < len {
            break;
        }
    }
    Ok(guest.write_u32(out, total)?)
}

pub(super) fn fd_seek(
    ctx: &mut Context,
    guest: &mut Guest<'_>,
    fd: u32,
    offset: i64,
    whence: u32,
    out: u32,
) -> Answer {
    let open = ctx.files.file(fd)?;
    let to = match whence {
        0 => SeekFrom::Start(u64::try_from(offset).map_err(|_| Errno::INVAL)?),
        1 => SeekFrom::Current(offset),
        2 => SeekFrom::End(offset),
        _ => return Err(Errno::INVAL.into()),
    };
    let position = open.file.seek(to)?;
    Ok(guest.write_u64(out, position)?)
}

pub(super) fn fd_tell(ctx: &mut Context, guest: &mut Guest<'_>, fd: u32, out: u32) -> Answer {
    let position = ctx.files.file(fd)?.file.stream_position()?;
    Ok(guest.write_u64(out, position)?)
}

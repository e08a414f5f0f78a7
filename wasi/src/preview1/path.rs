//! Functions that find files by their paths, all below an open directory, and the listing of directories.

use super::abi::{fdflags, filetype, lookup, oflags, rights};
use super::fd::{filetype_of, write_filestat};
use super::{Answer, Context, Errno, Guest};
use crate::files::{Descriptor, DirEntry, OpenDir, OpenFile};
use crate::host_file::identity;
use cap_std::fs::{Dir, OpenOptions};
use std::io;

pub(super) fn path_create_directory(
    ctx: &mut Context,
    guest: &mut Guest<'_>,
    fd: u32,
    path: u32,
    len: u32,
) -> Answer {
    let path = guest.text(path, len)?;
    Ok(ctx.files.dir(fd)?.dir.create_dir(path)?)
}

pub(super) fn path_remove_directory(
    ctx: &mut Context,
    guest: &mut Guest<'_>,
    fd: u32,
    path: u32,
    len: u32,
) -> Answer {
    let path = guest.text(path, len)?;
    Ok(ctx.files.dir(fd)?.dir.remove_dir(path)?)
}

pub(super) fn path_unlink_file(
    ctx: &mut Context,
    guest: &mut Guest<'_>,
    fd: u32,
    path: u32,
    len: u32,
) -> Answer {
    let path = guest.text(path, len)?;
    Ok(ctx.files.dir(fd)?.dir.remove_file(path)?)
}

pub(super) fn path_rename(
    ctx: &mut Context,
    guest: &mut Guest<'_>,
    fd: u32,
    path: u32,
    len: u32,
    to_fd: u32,
    to_path: u32,
    to_len: u32,
) -> Answer {
    let from = guest.text(path, len)?;
    let to = guest.text(to_path, to_len)?;
    let to_dir = ctx.files.dir(to_fd)?.dir.try_clone()?;
    Ok(ctx.files.dir(fd)?.dir.rename(from, &to_dir, to)?)
}

pub(super) fn path_readlink(
    ctx: &mut Context,
    guest: &mut Guest<'_>,
    fd: u32,
    path: u32,
    len: u32,
    buffer: u32,
    size: u32,
    out: u32,
) -> Answer {
    let path = guest.text(path, len)?;
    let target = ctx.files.dir(fd)?.dir.read_link(path)?;
    let target = target.to_str().ok_or(Errno::ILSEQ)?.as_bytes();
    let n = target.len().min(size as usize);
    guest.write(buffer, &target[..n])?;
    Ok(guest.write_u32(out, n as u32)?)
}

pub(super) fn path_filestat_get(
    ctx: &mut Context,
    guest: &mut Guest<'_>,
    fd: u32,
    flags: u32,
    path: u32,
    len: u32,
    out: u32,
) -> Answer {
    let path = guest.text(path, len)?;
    let dir = &ctx.files.dir(fd)?.dir;
    let follow = flags & lookup::SYMLINK_FOLLOW != 0;
    let metadata = if follow { dir.metadata(path)? } else { dir.symlink_metadata(path)? };
    write_filestat(guest, out, &metadata)
}

pub(super) fn path_open(
    ctx: &mut Context,
    guest: &mut Guest<'_>,
    fd: u32,
    lookup: u32,
    path: u32,
    len: u32,
    oflags: u32,
    rights: u64,
    _inheriting: u64,
    fdflags: u32,
    out: u32,
) -> Answer {
    let path = guest.text(path, len)?;
    let dir = &ctx.files.dir(fd)?.dir;
    let descriptor = match existing(dir, &path, lookup)? {
        Existing::Dir if oflags & oflags::EXCL != 0 => return Err(Errno::EXIST.into()),
        Existing::Dir if rights & rights::FD_WRITE != 0 && oflags & oflags::DIRECTORY == 0 => {
            return Err(Errno::ISDIR.into());
        }
        Existing::Dir => Descriptor::Dir(OpenDir::new(dir.open_dir(&path)?, None)),
        Existing::File if oflags & oflags::DIRECTORY != 0 => return Err(Errno::NOTDIR.into()),
        Existing::Nothing if oflags & oflags::DIRECTORY != 0 => return Err(Errno::NOENT.into()),
        Existing::File | Existing::Nothing => {
            Descriptor::File(open_file(dir, &path, oflags, rights, fdflags)?)
        }
    };
    let new = ctx.files.insert(descriptor)?;
    Ok(guest.write_u32(out, new)?)
}

enum Existing {
    Nothing,
    Dir,
    File,
}

/// What stands at a path. A link that must not be followed is an error.
fn existing(dir: &Dir, path: &str, lookup: u32) -> Result<Existing, Errno> {
    let follow = lookup & lookup::SYMLINK_FOLLOW != 0;
    let metadata = if follow { dir.metadata(path) } else { dir.symlink_metadata(path) };
    match metadata {
        Ok(metadata) if metadata.is_symlink() => Err(Errno::LOOP),
        Ok(metadata) if metadata.is_dir() => Ok(Existing::Dir),
        Ok(_) => Ok(Existing::File),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Existing::Nothing),
        Err(error) => Err(error.into()),
    }
}

fn open_file(dir: &Dir, path: &str, oflags: u32, rights: u64, fdflags: u32) -> Result<OpenFile, Errno> {
    let append = fdflags & fdflags::APPEND != 0;
    let can_write = append || rights & rights::FD_WRITE != 0;
    let create = oflags & oflags::CREAT != 0;
    let truncate = oflags & oflags::TRUNC != 0;
    // Creating and truncating need a file open for writing, which the program's rights need not include.
    let writes = can_write || create || truncate;
    let can_read = rights & rights::FD_READ != 0 || !writes;
    let mut options = OpenOptions::new();
    options.read(can_read).append(append).write(writes && !append).truncate(truncate && !append);
    if create && oflags & oflags::EXCL != 0 {
        options.create_new(true);
    } else {
        options.create(create);
    }
    let file = dir.open_with(path, &options)?;
    if append && truncate {
        file.set_len(0)?;
    }
    Ok(OpenFile { file, can_read, can_write, append })
}

/// Each entry is a `dirent` (next cookie at 0, inode at 8, length of the name at 16, file type at 20; 24 bytes) and
/// the name. What does not fit is cut off; the program then comes again with the last whole entry's cookie.
pub(super) fn fd_readdir(
    ctx: &mut Context,
    guest: &mut Guest<'_>,
    fd: u32,
    buffer: u32,
    len: u32,
    cookie: u64,
    out: u32,
) -> Answer {
    let open = ctx.files.dir(fd)?;
    if cookie == 0 {
        open.listing = list(&open.dir)?;
    }
    let start = usize::try_from(cookie).map_err(|_| Errno::INVAL)?;
    let mut bytes = Vec::new();
    for (index, entry) in open.listing.iter().enumerate().skip(start) {
        if bytes.len() >= len as usize {
            break;
        }
        bytes.extend_from_slice(&(index as u64 + 1).to_le_bytes());
        bytes.extend_from_slice(&entry.inode.to_le_bytes());
        bytes.extend_from_slice(&(entry.name.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&[entry.filetype, 0, 0, 0]);
        bytes.extend_from_slice(&entry.name);
    }
    bytes.truncate(len as usize);
    guest.write(buffer, &bytes)?;
    Ok(guest.write_u32(out, bytes.len() as u32)?)
}

/// The entries of a directory, `.` and `..` first, the others by name. What is not UTF-8 in a name becomes U+FFFD: no path
/// of preview 1 can name such an entry, but a program that counts or prints them is told of it.
fn list(dir: &Dir) -> Result<Vec<DirEntry>, Errno> {
    let (_, inode, _) = identity(&dir.dir_metadata()?);
    let dots = [".", ".."].map(|name| DirEntry { name: name.into(), inode, filetype: filetype::DIRECTORY });
    let mut entries = Vec::new();
    for entry in dir.entries()? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // The entry may be gone by now.
        let Ok(metadata) = entry.metadata() else { continue };
        let (_, inode, _) = identity(&metadata);
        entries.push(DirEntry { name: name.into_bytes(), inode, filetype: filetype_of(&metadata) });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(dots.into_iter().chain(entries).collect())
}

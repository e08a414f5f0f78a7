//! What differs between systems in dealing with open files: identity, and reading and writing at a position.

use cap_std::fs::{File, FileExt, Metadata};
use std::io;

/// Device, inode and number of links of a file; zeros and one where the system does not tell.
#[cfg(unix)]
pub(crate) fn identity(metadata: &Metadata) -> (u64, u64, u64) {
    use cap_std::fs::MetadataExt;
    (metadata.dev(), metadata.ino(), metadata.nlink())
}

#[cfg(not(unix))]
pub(crate) fn identity(_metadata: &Metadata) -> (u64, u64, u64) {
    (0, 0, 1)
}

/// Reads at a position; the file's own position stays.
#[cfg(unix)]
pub(crate) fn read_at(file: &mut File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.read_at(buffer, offset)
}

/// Writes at a position; the file's own position stays.
#[cfg(unix)]
pub(crate) fn write_at(file: &mut File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    file.write_at(bytes, offset)
}

#[cfg(windows)]
pub(crate) fn read_at(file: &mut File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    keeping_position(file, |file| file.seek_read(buffer, offset))
}

#[cfg(windows)]
pub(crate) fn write_at(file: &mut File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    keeping_position(file, |file| file.seek_write(bytes, offset))
}

#[cfg(windows)]
fn keeping_position<T>(file: &mut File, work: impl FnOnce(&File) -> io::Result<T>) -> io::Result<T> {
    use std::io::{Seek, SeekFrom};
    let position = file.stream_position()?;
    let result = work(file);
    file.seek(SeekFrom::Start(position))?;
    result
}

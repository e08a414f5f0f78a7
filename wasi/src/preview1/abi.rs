//! Numbers of preview 1: error codes, file types, flags.

use std::io::{self, ErrorKind};

/// An error number of preview 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Errno(pub u16);

macro_rules! errnos {
    ($($name:ident = $number:expr),* $(,)?) => {
        impl Errno { $(pub const $name: Errno = Errno($number);)* }
    };
}

errnos! {
    ACCES = 2, BADF = 8, BUSY = 10, CONNREFUSED = 14, EXIST = 20, FAULT = 21, FBIG = 22, ILSEQ = 25, INTR = 27,
    INVAL = 28, IO = 29, ISDIR = 31, LOOP = 32, MFILE = 33, NAMETOOLONG = 37, NOENT = 44, NOMEM = 48, NOSPC = 51,
    NOSYS = 52, NOTDIR = 54, NOTEMPTY = 55, NOTSUP = 58, OVERFLOW = 61, PERM = 63, PIPE = 64, ROFS = 69, SPIPE = 70,
    TXTBSY = 74, XDEV = 75, AGAIN = 6,
}

impl From<io::Error> for Errno {
    fn from(error: io::Error) -> Errno {
        match error.kind() {
            ErrorKind::NotFound => Errno::NOENT,
            // The sandbox refuses a path that leads out of its directory with an error of its own.
            ErrorKind::PermissionDenied if error.raw_os_error().is_none() => Errno::PERM,
            ErrorKind::PermissionDenied => Errno::ACCES,
            ErrorKind::AlreadyExists => Errno::EXIST,
            ErrorKind::WouldBlock => Errno::AGAIN,
            ErrorKind::NotADirectory => Errno::NOTDIR,
            ErrorKind::IsADirectory => Errno::ISDIR,
            ErrorKind::DirectoryNotEmpty => Errno::NOTEMPTY,
            ErrorKind::ReadOnlyFilesystem => Errno::ROFS,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Errno::NOSPC,
            ErrorKind::FileTooLarge => Errno::FBIG,
            ErrorKind::CrossesDevices => Errno::XDEV,
            ErrorKind::InvalidFilename => Errno::NAMETOOLONG,
            ErrorKind::InvalidInput => Errno::INVAL,
            ErrorKind::InvalidData => Errno::ILSEQ,
            ErrorKind::BrokenPipe => Errno::PIPE,
            ErrorKind::ConnectionRefused => Errno::CONNREFUSED,
            ErrorKind::NotSeekable => Errno::SPIPE,
            ErrorKind::ResourceBusy => Errno::BUSY,
            ErrorKind::ExecutableFileBusy => Errno::TXTBSY,
            ErrorKind::Interrupted => Errno::INTR,
            ErrorKind::Unsupported => Errno::NOTSUP,
            ErrorKind::OutOfMemory => Errno::NOMEM,
            _ if is_symlink_loop(&error) => Errno::LOOP,
            _ => Errno::IO,
        }
    }
}

/// `ErrorKind::FilesystemLoop` is not stable yet.
#[cfg(unix)]
fn is_symlink_loop(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

#[cfg(not(unix))]
fn is_symlink_loop(_error: &io::Error) -> bool {
    false
}

/// Why a function of preview 1 did not succeed.
pub(crate) enum Fault {
    /// The program is told.
    Errno(Errno),
    /// The run ends.
    End(wasmtime::Error),
}

impl From<Errno> for Fault {
    fn from(errno: Errno) -> Fault {
        Fault::Errno(errno)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        Fault::Errno(error.into())
    }
}

pub(crate) mod filetype {
    pub const UNKNOWN: u8 = 0;
    pub const CHARACTER_DEVICE: u8 = 2;
    pub const DIRECTORY: u8 = 3;
    pub const REGULAR_FILE: u8 = 4;
    pub const SYMBOLIC_LINK: u8 = 7;
}

pub(crate) mod rights {
    pub const FD_READ: u64 = 1 << 1;
    pub const FD_SEEK: u64 = 1 << 2;
    pub const FD_TELL: u64 = 1 << 5;
    pub const FD_WRITE: u64 = 1 << 6;
    /// All thirty rights of preview 1.
    pub const ALL: u64 = (1 << 30) - 1;
}

pub(crate) mod oflags {
    pub const CREAT: u32 = 1;
    pub const DIRECTORY: u32 = 2;
    pub const EXCL: u32 = 4;
    pub const TRUNC: u32 = 8;
}

pub(crate) mod fdflags {
    pub const APPEND: u32 = 1;
}

pub(crate) mod lookup {
    pub const SYMLINK_FOLLOW: u32 = 1;
}

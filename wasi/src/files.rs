//! The table of a run's open files. Numbers 0 to 2 are the standard streams, those after them the opened directories.
//!
//! Everything is opened through [`cap_std::fs::Dir`], which resolves a path strictly below its directory.

use crate::options::Preopen;
use crate::outcome::RunError;
use crate::preview1::Errno;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, File};
use std::path::Path;

/// A program may have this many files open.
const MAX_OPEN: usize = 4096;

pub(crate) enum Descriptor {
    Stdin,
    Stdout,
    Stderr,
    File(OpenFile),
    Dir(OpenDir),
}

pub(crate) struct OpenFile {
    pub file: File,
    pub can_read: bool,
    pub can_write: bool,
    pub append: bool,
}

pub(crate) struct OpenDir {
    pub dir: Dir,
    /// The program's name of a directory that the run's options gave.
    pub preopen: Option<String>,
    /// The names found when reading began, in order; `fd_readdir` counts in them.
    pub listing: Vec<DirEntry>,
}

impl OpenDir {
    pub fn new(dir: Dir, preopen: Option<String>) -> OpenDir {
        OpenDir { dir, preopen, listing: Vec::new() }
    }
}

/// A name in a directory, as `fd_readdir` reports it.
pub(crate) struct DirEntry {
    pub name: Vec<u8>,
    pub inode: u64,
    pub filetype: u8,
}

pub(crate) struct Files {
    slots: Vec<Option<Descriptor>>,
}

impl Files {
    pub fn new(preopens: &[Preopen], output: Option<&Path>) -> Result<Files, RunError> {
        let mut slots = vec![Some(Descriptor::Stdin), Some(Descriptor::Stdout), Some(Descriptor::Stderr)];
        for preopen in preopens {
            let dir = Dir::open_ambient_dir(&preopen.host, ambient_authority()).map_err(|error| {
                RunError::Setup(format!("cannot open directory `{}`: {error}", preopen.host.display()))
            })?;
            slots.push(Some(Descriptor::Dir(OpenDir::new(dir, Some(preopen.guest.clone())))));
        }
        if let Some(path) = output {
            let file = std::fs::OpenOptions::new().append(true).create(true).open(path).map_err(|error| {
                RunError::Setup(format!("cannot open file `{}`: {error}", path.display()))
            })?;
            let file = File::from_std(file);
            let open = OpenFile { file, can_read: false, can_write: true, append: true };
            slots.push(Some(Descriptor::File(open)));
        }
        Ok(Files { slots })
    }

    pub fn get(&mut self, fd: u32) -> Result<&mut Descriptor, Errno> {
        self.slots.get_mut(fd as usize).and_then(Option::as_mut).ok_or(Errno::BADF)
    }

    pub fn dir(&mut self, fd: u32) -> Result<&mut OpenDir, Errno> {
        match self.get(fd)? {
            Descriptor::Dir(dir) => Ok(dir),
            _ => Err(Errno::NOTDIR),
        }
    }

    pub fn file(&mut self, fd: u32) -> Result<&mut OpenFile, Errno> {
        match self.get(fd)? {
            Descriptor::File(file) => Ok(file),
            Descriptor::Dir(_) => Err(Errno::ISDIR),
            _ => Err(Errno::SPIPE),
        }
    }

    /// Enters a descriptor under the lowest free number.
    pub fn insert(&mut self, descriptor: Descriptor) -> Result<u32, Errno> {
        let free = self.slots.iter().position(Option::is_none).unwrap_or(self.slots.len());
        if free >= MAX_OPEN {
            return Err(Errno::MFILE);
        }
        if free == self.slots.len() {
            self.slots.push(None);
        }
        self.slots[free] = Some(descriptor);
        Ok(free as u32)
    }

    pub fn close(&mut self, fd: u32) -> Result<(), Errno> {
        self.slots.get_mut(fd as usize).and_then(Option::take).map(drop).ok_or(Errno::BADF)
    }
}

//! Profiles: counts of how often a program went which way, by which its code is laid out and inlined when it is compiled again.

use std::sync::Arc;

/// What a compilation has to do with profiles.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Profiling {
    #[default]
    Off,
    /// The program counts, and writes its profile to this file when it ends; patterns in the name are the runtime's.
    Write(String),
    /// The program is compiled by what these say together. Shared, because options are copied.
    Use(Arc<[ProfileFile]>),
}

impl Profiling {
    /// What is asked for and not among these abilities, for messages.
    pub fn lacking(&self, writes: bool, uses: bool) -> Option<&'static str> {
        match self {
            Profiling::Write(_) if !writes => Some("programs that write profiles"),
            Profiling::Use(_) if !uses => Some("compilation by a profile"),
            _ => None,
        }
    }
}

/// A file with a profile, as it was read; which of the forms it has, a backend finds out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProfileFile {
    /// For messages.
    pub name: String,
    pub bytes: Vec<u8>,
}

//! Profiles for LLVM's passes: those that are handed in are merged to one, and what was found in it is told.

use backend::{BackendError, ProfileFile, Profiling};
use inkwell::memory_buffer::MemoryBuffer;
use llvm_sys::prelude::LLVMMemoryBufferRef;
use std::ffi::{CStr, c_char, c_void};
use std::ptr::null_mut;

/// Must match profiles.cpp.
#[repr(C)]
struct Bytes {
    start: *const u8,
    len: usize,
}

unsafe extern "C" {
    /// Defined in `profiles.cpp`. The message and the buffer are the caller's.
    fn galc_llvm_merge_profiles(
        files: *const Bytes,
        count: usize,
        bad: *mut usize,
        merged: *mut LLVMMemoryBufferRef,
    ) -> *mut c_char;
    fn free(memory: *mut c_void);
}

/// What the pass pipeline has to do with profiles, and what it tells of them. Must match profiles.h.
#[repr(C)]
pub struct Exchange {
    action: u32,
    start: *const u8,
    len: usize,
    functions: u64,
    described: u64,
    mismatched: u64,
    error: *mut c_char,
}

const NOTHING: u32 = 0;
const WRITE: u32 = 1;
const USE: u32 = 2;

/// What is asked for, in the form that the passes take.
pub enum Profile<'a> {
    Off,
    Write(&'a str),
    Use { merged: MemoryBuffer<'static>, names: String },
}

impl Profile<'_> {
    pub fn new(profiling: &Profiling) -> Result<Profile<'_>, BackendError> {
        Ok(match profiling {
            Profiling::Off => Profile::Off,
            Profiling::Write(file) => Profile::Write(file),
            Profiling::Use(files) => {
                let names: Vec<String> = files.iter().map(|file| format!("`{}`", file.name)).collect();
                Profile::Use { merged: merge(files)?, names: names.join(", ") }
            }
        })
    }

    /// Its pointers are those of `self`.
    pub fn exchange(&self) -> Exchange {
        let (action, bytes) = match self {
            Profile::Off => (NOTHING, &[][..]),
            Profile::Write(file) => (WRITE, file.as_bytes()),
            Profile::Use { merged, .. } => (USE, merged.as_slice()),
        };
        let (start, len) = (bytes.as_ptr(), bytes.len());
        Exchange { action, start, len, functions: 0, described: 0, mismatched: 0, error: null_mut() }
    }

    /// What people should know after the passes have run; an error if they could do nothing with it.
    pub fn verdict(&self, exchange: &Exchange) -> Result<Option<String>, BackendError> {
        let Profile::Use { names, .. } = self else { return Ok(None) };
        if !exchange.error.is_null() {
            // SAFETY: not null, so it is a string of the shim's, which is taken here alone.
            let why = unsafe { take_text(exchange.error) };
            return Err(BackendError::Profile(format!("LLVM cannot use the profile {names}: {why}")));
        }
        Ok(complaint(names, exchange.functions, exchange.described, exchange.mismatched))
    }
}

/// What is said where a profile is not of this program. Functions that it does not have are none of its faults as long as they
/// are few: programs grow while their profile is kept.
fn complaint(names: &str, functions: u64, described: u64, mismatched: u64) -> Option<String> {
    let missing = functions.saturating_sub(described + mismatched);
    if described == 0 && functions > 0 {
        return Some(format!(
            "the profile {names} is of another program: of {functions} functions none is as it was; it is not used"
        ));
    }
    (mismatched > 0 || missing > described).then(|| {
        format!(
            "the profile {names} is of another version of the program or of other options: of {functions} functions, \
             {mismatched} have changed and {missing} are not in it; those are compiled without it"
        )
    })
}

fn merge(files: &[ProfileFile]) -> Result<MemoryBuffer<'static>, BackendError> {
    let bytes: Vec<Bytes> =
        files.iter().map(|file| Bytes { start: file.bytes.as_ptr(), len: file.bytes.len() }).collect();
    let (mut bad, mut merged) = (0, null_mut());
    // SAFETY: the slices outlive the call, their number is the array's, and both results are written to places of their types.
    let message = unsafe { galc_llvm_merge_profiles(bytes.as_ptr(), bytes.len(), &mut bad, &mut merged) };
    if message.is_null() {
        // SAFETY: where there is no message there is a buffer, which nobody else has.
        return Ok(unsafe { MemoryBuffer::new(merged) });
    }
    // SAFETY: it is a string of the shim's, which is taken here alone.
    let why = unsafe { take_text(message) };
    let name = files.get(bad).map_or("", |file| &file.name);
    Err(BackendError::Profile(format!("`{name}` is no profile that LLVM 22 can use: {why}")))
}

/// The text of a message of the shim, which is freed.
///
/// # Safety
/// `message` is a string that ends in a zero, made by `strdup`, and is not used again.
pub unsafe fn take_text(message: *mut c_char) -> String {
    // SAFETY: as the caller promises.
    unsafe {
        let text = CStr::from_ptr(message).to_string_lossy().into_owned();
        free(message.cast());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_of_other_programs_are_told_of() {
        assert_eq!(complaint("`a`", 0, 0, 0), None);
        assert_eq!(complaint("`a`", 10, 10, 0), None);
        assert_eq!(complaint("`a`", 10, 5, 0), None);
        let none = complaint("`a`", 10, 0, 3).expect("it is of another program");
        assert!(none.contains("the profile `a` is of another program: of 10 functions none"), "{none}");
        let older = complaint("`a`", 10, 7, 2).expect("it is older");
        assert!(older.contains("of 10 functions, 2 have changed and 1 are not in it"), "{older}");
        let other = complaint("`a`", 10, 4, 0).expect("most are not in it");
        assert!(other.contains("of 10 functions, 0 have changed and 6 are not in it"), "{other}");
    }
}

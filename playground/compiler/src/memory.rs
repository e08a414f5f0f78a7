//! Gives the memory of a module a maximum. Everything else stays byte by byte.
//!
//! It reads no more of the format than where sections are: a parser of modules is many times as large, and the page waits for
//! this module first.

use driver::DriverError;
use wasm_encoder::{MemorySection, MemoryType, RawSection};

const HEADER: &[u8] = b"\0asm\x01\0\0\0";
const MEMORIES: u8 = 5;
/// The flag of a memory with a maximum. The compiler's modules for the web have no other flags.
const HAS_MAXIMUM: u64 = 1;

/// The module with its memory of at most `pages` pages of 64 KiB; a module that begins with more is refused.
pub fn limit(module: &[u8], pages: u32) -> Result<Vec<u8>, DriverError> {
    let broken = || DriverError::Internal("the module is broken".to_string());
    let mut rest = module.strip_prefix(HEADER).ok_or_else(broken)?;
    let mut limited = wasm_encoder::Module::new();
    while !rest.is_empty() {
        let (id, data) = section(&mut rest).ok_or_else(broken)?;
        if id == MEMORIES {
            let (initial, maximum) = memory(data).ok_or_else(broken)?;
            let mut section = MemorySection::new();
            section.memory(limited_type(initial, maximum, pages)?);
            limited.section(&section);
        } else {
            limited.section(&RawSection { id, data });
        }
    }
    Ok(limited.finish())
}

/// The section that `rest` begins with, which is taken off.
fn section<'a>(rest: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (id, tail) = rest.split_first()?;
    *rest = tail;
    let size = usize::try_from(number(rest)?).ok()?;
    let (data, tail) = rest.split_at_checked(size)?;
    *rest = tail;
    Some((*id, data))
}

/// What the one memory begins with, and its maximum.
fn memory(mut data: &[u8]) -> Option<(u64, Option<u64>)> {
    let (count, flags) = (number(&mut data)?, number(&mut data)?);
    let initial = number(&mut data)?;
    let maximum = if flags == HAS_MAXIMUM { Some(number(&mut data)?) } else { None };
    (count == 1 && flags <= HAS_MAXIMUM && data.is_empty()).then_some((initial, maximum))
}

/// An unsigned number in LEB128, which is taken off.
fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, tail) = rest.split_first()?;
        *rest = tail;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn limited_type(initial: u64, maximum: Option<u64>, pages: u32) -> Result<MemoryType, DriverError> {
    let limit = u64::from(pages);
    if initial > limit {
        let (wanted, had) = (initial / 16, pages / 16);
        return Err(DriverError::Limit(format!(
            "its static data take {wanted} MiB, and a program has {had} MiB here"
        )));
    }
    let maximum = Some(maximum.map_or(limit, |maximum| maximum.min(limit)));
    Ok(MemoryType { minimum: initial, maximum, memory64: false, shared: false, page_size_log2: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::CustomSection;

    fn module(minimum: u64, maximum: Option<u64>) -> Vec<u8> {
        let mut module = wasm_encoder::Module::new();
        module.section(&CustomSection { name: "before".into(), data: b"abc".into() });
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum,
            maximum,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        module.section(&memories);
        module.section(&CustomSection { name: "behind".into(), data: b"de".into() });
        module.finish()
    }

    #[test]
    fn only_the_maximum_changes() {
        assert_eq!(limit(&module(1, None), 16).expect("it is small"), module(1, Some(16)));
        assert_eq!(limit(&module(1, Some(4)), 16).expect("it is small"), module(1, Some(4)));
        assert_eq!(limit(&module(1, Some(64)), 16).expect("it is small"), module(1, Some(16)));
    }

    #[test]
    fn what_cannot_be_limited_is_an_error() {
        let error = limit(&module(32, None), 16).expect_err("it is larger");
        assert!(error.to_string().contains("2 MiB") && error.to_string().contains("1 MiB"), "{error}");
        // Cut off at each place within its memory's section: `id, size, count, flags, minimum, maximum`.
        let whole = b"\0asm\x01\0\0\0\x05\x04\x01\x01\x01\x04";
        assert!(limit(whole, 16).is_ok());
        for length in 0..whole.len() {
            let is_whole = length == HEADER.len();
            assert_eq!(limit(&whole[..length], 16).is_ok(), is_whole, "{length}");
        }
        let of_64_bits = b"\0asm\x01\0\0\0\x05\x03\x01\x04\x01";
        assert!(matches!(limit(of_64_bits, 16), Err(DriverError::Internal(_))));
    }
}

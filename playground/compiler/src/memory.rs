//! Gives the memory of a module a maximum. Everything else stays byte by byte.

use driver::DriverError;
use wasm_encoder::{MemorySection, MemoryType, RawSection};
use wasmparser::{Parser, Payload};

/// The module with memories of at most `pages` pages of 64 KiB; a module that begins with more is refused.
pub fn limit(module: &[u8], pages: u32) -> Result<Vec<u8>, DriverError> {
    let broken = |error: wasmparser::BinaryReaderError| {
        DriverError::Internal(format!("the module is broken: {error}"))
    };
    let mut limited = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.map_err(broken)?;
        if let Payload::MemorySection(memories) = &payload {
            let mut section = MemorySection::new();
            for memory in memories.clone() {
                section.memory(limited_type(memory.map_err(broken)?, pages)?);
            }
            limited.section(&section);
        } else if let Some((id, range)) = payload.as_section() {
            limited.section(&RawSection { id, data: &module[range] });
        }
    }
    Ok(limited.finish())
}

fn limited_type(memory: wasmparser::MemoryType, pages: u32) -> Result<MemoryType, DriverError> {
    let limit = u64::from(pages);
    if memory.initial > limit {
        let (wanted, had) = (memory.initial / 16, pages / 16);
        return Err(DriverError::Limit(format!(
            "its static data take {wanted} MiB, and a program has {had} MiB here"
        )));
    }
    Ok(MemoryType {
        minimum: memory.initial,
        maximum: Some(memory.maximum.map_or(limit, |maximum| maximum.min(limit))),
        memory64: memory.memory64,
        shared: memory.shared,
        page_size_log2: memory.page_size_log2,
    })
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
        assert!(matches!(limit(b"\0asm\x01\0\0\0\x05", 16), Err(DriverError::Internal(_))));
    }
}

//! The functions of C that constants may come to: output, which tells of panics, memory, and the end.

use crate::host::{Host, Stop, Value};
use crate::memory::{Memory, PAGE_BYTES};
use lir::Imm;

/// Outputs to read after a run.
#[derive(Clone, Debug)]
pub struct CLibrary {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pointer_bytes: u32,
}

impl Host for CLibrary {
    fn call(
        &mut self,
        module: &str,
        name: &str,
        args: &[Value],
        memory: &mut Memory,
    ) -> Result<Vec<Value>, Stop> {
        let unknown = || Err(Stop::Unsupported(format!("there is no host function `{name}`")));
        if module != "C" {
            return unknown();
        }
        let word =
            |i: usize| args.get(i).and_then(|arg| lir::eval::imm_bits(*arg, self.pointer_bytes)).unwrap_or(0);
        let result = match name {
            "write" => {
                let written = self.write(word(0), &[(word(1), word(2))], memory)?;
                self.size(written)
            }
            "_write" => Imm::I32(self.write(word(0), &[(word(1), word(2))], memory)? as i32),
            "writev" => {
                let parts = self.parts(word(1), word(2), memory)?;
                let written = self.write(word(0), &parts, memory)?;
                self.size(written)
            }
            "malloc" => Imm::Ptr(allocate(memory, word(0))),
            "_Exit" => return Err(Stop::Exit(word(0) as i32)),
            _ => return unknown(),
        };
        Ok(vec![result])
    }
}

impl CLibrary {
    /// For a target with pointers of 4 or 8 bytes.
    pub fn new(pointer_bytes: u32) -> CLibrary {
        CLibrary { stdout: Vec::new(), stderr: Vec::new(), pointer_bytes }
    }

    /// A `size_t`.
    fn size(&self, n: i64) -> Imm {
        if self.pointer_bytes == 4 { Imm::I32(n as i32) } else { Imm::I64(n) }
    }

    /// Addresses and lengths of `struct iovec`s.
    fn parts(&self, start: u64, count: u64, memory: &Memory) -> Result<Vec<(u64, u64)>, Stop> {
        let size = u64::from(self.pointer_bytes);
        let word = |at: u64| -> Result<u64, Stop> {
            Ok(if size == 4 { u64::from(memory.read_u32(at)?) } else { memory.read_u64(at)? })
        };
        (0..count).map(|i| start + 2 * size * i).map(|at| Ok((word(at)?, word(at + size)?))).collect()
    }

    fn write(&mut self, fd: u64, parts: &[(u64, u64)], memory: &Memory) -> Result<i64, Stop> {
        let out = match fd {
            1 => &mut self.stdout,
            2 => &mut self.stderr,
            _ => return Err(Stop::Unsupported("only the standard streams are written to".into())),
        };
        let before = out.len();
        for (at, length) in parts {
            out.extend_from_slice(memory.read(*at, *length)?);
        }
        Ok((out.len() - before) as i64)
    }
}

/// A block behind all others, which is never given back; 0 if there is no more memory.
fn allocate(memory: &mut Memory, bytes: u64) -> i64 {
    let start = memory.len() as i64;
    memory.grow(bytes.div_ceil(PAGE_BYTES)).map_or(0, |_| start)
}

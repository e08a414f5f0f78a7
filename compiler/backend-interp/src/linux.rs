//! The system calls of 64-bit Linux that constants may come to: output, which tells of panics, memory, and the end.

use crate::host::{Host, Stop, Value};
use crate::memory::{Memory, PAGE_BYTES};
use lir::Imm;

const WRITE: i64 = 1;
const MMAP: i64 = 9;
const MPROTECT: i64 = 10;
const WRITEV: i64 = 20;
const EXIT_GROUP: i64 = 231;
const BAD_DESCRIPTOR: i64 = -9;
const NO_MEMORY: i64 = -12;

/// Outputs to read after a run.
#[derive(Clone, Debug, Default)]
pub struct Linux {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Host for Linux {
    fn call(
        &mut self,
        module: &str,
        name: &str,
        args: &[Value],
        memory: &mut Memory,
    ) -> Result<Vec<Value>, Stop> {
        if module != "C" || !name.starts_with("gal_syscall") {
            return Err(Stop::Unsupported(format!("there is no host function `{name}`")));
        }
        let words: Vec<i64> =
            args.iter().map(|arg| lir::eval::imm_bits(*arg, 8).unwrap_or(0) as i64).collect();
        let at = |i: usize| words.get(i).copied().unwrap_or(0);
        let word = |i: usize| at(i) as u64;
        let result = match at(0) {
            WRITE => self.write(at(1), &[(word(2), word(3))], memory)?,
            WRITEV => {
                let parts: Result<Vec<_>, Stop> = (0..word(3))
                    .map(|i| word(2) + 16 * i)
                    .map(|part| Ok((memory.read_u64(part)?, memory.read_u64(part + 8)?)))
                    .collect();
                self.write(at(1), &parts?, memory)?
            }
            // Addresses are reserved behind the memory; they are given some by growing it.
            MMAP => memory.len() as i64,
            MPROTECT => grow(memory, word(1) + word(2)),
            EXIT_GROUP => return Err(Stop::Exit(at(1) as i32)),
            number => return Err(Stop::Unsupported(format!("there is no system call {number}"))),
        };
        Ok(vec![Imm::I64(result)])
    }
}

impl Linux {
    fn write(&mut self, fd: i64, parts: &[(u64, u64)], memory: &Memory) -> Result<i64, Stop> {
        let out = match fd {
            1 => &mut self.stdout,
            2 => &mut self.stderr,
            _ => return Ok(BAD_DESCRIPTOR),
        };
        let before = out.len();
        for (at, length) in parts {
            out.extend_from_slice(memory.read(*at, *length)?);
        }
        Ok((out.len() - before) as i64)
    }
}

fn grow(memory: &mut Memory, end: u64) -> i64 {
    let pages = end.saturating_sub(memory.len()).div_ceil(PAGE_BYTES);
    memory.grow(pages).map_or(NO_MEMORY, |_| 0)
}

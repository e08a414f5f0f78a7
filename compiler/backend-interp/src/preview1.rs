//! The part of WASI preview 1 that programs under test use, answered from values instead of a system.
//!
//! Time begins at `clock_ns` and moves only when the program sleeps; random bytes come from a fixed sequence. Pointers
//! are 32 bits wide; an import may declare them as `i32` or `ptr`.

use crate::host::{Host, Stop, Value};
use crate::memory::Memory;
use lir::Imm;

const SUCCESS: i32 = 0;
const BADF: i32 = 8;
const INVAL: i32 = 28;
const SPIPE: i32 = 70;

/// Inputs to set before a run, outputs to read after it.
#[derive(Clone, Debug, Default)]
pub struct Preview1 {
    pub argv: Vec<String>,
    /// `NAME=value`
    pub environ: Vec<String>,
    pub stdin: Vec<u8>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub clock_ns: u64,
    pub random: u64,
    /// How many bytes of `stdin` have been read.
    pub stdin_at: usize,
}

impl Preview1 {
    /// The module whose functions these are.
    pub const MODULE: &str = "wasi_snapshot_preview1";
}

impl Host for Preview1 {
    fn call(
        &mut self,
        module: &str,
        name: &str,
        args: &[Value],
        memory: &mut Memory,
    ) -> Result<Vec<Value>, Stop> {
        if module != Preview1::MODULE {
            return Err(Stop::Unsupported(format!("there is no host module `{module}`")));
        }
        let words: Vec<u64> = args.iter().map(|arg| lir::eval::imm_bits(*arg, 4).unwrap_or(0)).collect();
        let at = |i: usize| words.get(i).copied().unwrap_or(0);
        let errno = match name {
            "fd_write" => self.fd_write(at(0), at(1), at(2), at(3), memory)?,
            "fd_read" => self.fd_read(at(0), at(1), at(2), at(3), memory)?,
            "args_sizes_get" => sizes(&self.argv, at(0), at(1), memory)?,
            "args_get" => strings(&self.argv, at(0), at(1), memory)?,
            "environ_sizes_get" => sizes(&self.environ, at(0), at(1), memory)?,
            "environ_get" => strings(&self.environ, at(0), at(1), memory)?,
            "clock_time_get" => {
                memory.write_u64(at(2), self.clock_ns)?;
                SUCCESS
            }
            "clock_res_get" => {
                memory.write_u64(at(1), 1)?;
                SUCCESS
            }
            "random_get" => self.random_get(at(0), at(1), memory)?,
            "poll_oneoff" => self.poll_oneoff(at(0), at(1), at(2), at(3), memory)?,
            "fd_fdstat_get" => fdstat(at(0), at(1), memory)?,
            "fd_seek" => SPIPE,
            "fd_prestat_get" | "fd_prestat_dir_name" => BADF,
            "fd_close" | "sched_yield" => SUCCESS,
            "proc_exit" => return Err(Stop::Exit(at(0) as i32)),
            _ => return Err(Stop::Unsupported(format!("there is no host function `{name}`"))),
        };
        Ok(vec![Imm::I32(errno)])
    }
}

impl Preview1 {
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    fn fd_write(
        &mut self,
        fd: u64,
        iovs: u64,
        n: u64,
        written: u64,
        memory: &mut Memory,
    ) -> Result<i32, Stop> {
        let out = match fd {
            1 => &mut self.stdout,
            2 => &mut self.stderr,
            _ => return Ok(BADF),
        };
        let mut total = 0;
        for i in 0..n {
            let (addr, len) = iovec(memory, iovs, i)?;
            out.extend_from_slice(memory.read(addr, len)?);
            total += len;
        }
        memory.write_u32(written, total as u32)?;
        Ok(SUCCESS)
    }

    fn fd_read(&mut self, fd: u64, iovs: u64, n: u64, read: u64, memory: &mut Memory) -> Result<i32, Stop> {
        if fd != 0 {
            return Ok(BADF);
        }
        let before = self.stdin_at;
        for i in 0..n {
            let (addr, len) = iovec(memory, iovs, i)?;
            let rest = &self.stdin[self.stdin_at..];
            let len = rest.len().min(len as usize);
            memory.write(addr, &rest[..len])?;
            self.stdin_at += len;
        }
        memory.write_u32(read, (self.stdin_at - before) as u32)?;
        Ok(SUCCESS)
    }

    fn random_get(&mut self, addr: u64, len: u64, memory: &mut Memory) -> Result<i32, Stop> {
        for byte in memory.read_mut(addr, len)? {
            self.random = self.random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            *byte = (self.random >> 56) as u8;
        }
        Ok(SUCCESS)
    }

    /// Clocks only: time jumps to the earliest deadline, and what is due by then is reported.
    fn poll_oneoff(
        &mut self,
        subscriptions: u64,
        events: u64,
        n: u64,
        n_events: u64,
        memory: &mut Memory,
    ) -> Result<i32, Stop> {
        const SUBSCRIPTION_BYTES: u64 = 48;
        const EVENT_BYTES: u64 = 32;
        let mut due = Vec::new();
        for i in 0..n {
            let at = subscriptions + i * SUBSCRIPTION_BYTES;
            if memory.read(at + 8, 1)?[0] != 0 {
                return Ok(INVAL);
            }
            let (timeout, absolute) = (memory.read_u64(at + 24)?, memory.read_u32(at + 40)? & 1 != 0);
            let deadline = if absolute { timeout } else { self.clock_ns.saturating_add(timeout) };
            due.push((deadline, memory.read_u64(at)?));
        }
        let Some(earliest) = due.iter().map(|d| d.0).min() else { return Ok(INVAL) };
        self.clock_ns = self.clock_ns.max(earliest);
        let mut reported = 0;
        for (_, user) in due.iter().filter(|d| d.0 <= self.clock_ns) {
            let at = events + u64::from(reported) * EVENT_BYTES;
            memory.write(at, &[0; EVENT_BYTES as usize])?;
            memory.write_u64(at, *user)?;
            reported += 1;
        }
        memory.write_u32(n_events, reported)?;
        Ok(SUCCESS)
    }
}

fn iovec(memory: &Memory, iovs: u64, i: u64) -> Result<(u64, u64), Stop> {
    Ok((memory.read_u32(iovs + 8 * i)?.into(), memory.read_u32(iovs + 8 * i + 4)?.into()))
}

fn sizes(list: &[String], count: u64, bytes: u64, memory: &mut Memory) -> Result<i32, Stop> {
    memory.write_u32(count, list.len() as u32)?;
    memory.write_u32(bytes, list.iter().map(|s| s.len() as u32 + 1).sum())?;
    Ok(SUCCESS)
}

fn strings(list: &[String], pointers: u64, mut buffer: u64, memory: &mut Memory) -> Result<i32, Stop> {
    for (i, text) in list.iter().enumerate() {
        memory.write_u32(pointers + 4 * i as u64, buffer as u32)?;
        memory.write(buffer, text.as_bytes())?;
        buffer += text.len() as u64;
        memory.write(buffer, &[0])?;
        buffer += 1;
    }
    Ok(SUCCESS)
}

/// Standard streams are character devices.
fn fdstat(fd: u64, addr: u64, memory: &mut Memory) -> Result<i32, Stop> {
    if fd > 2 {
        return Ok(BADF);
    }
    memory.write(addr, &[0; 24])?;
    memory.write(addr, &[2])?;
    Ok(SUCCESS)
}

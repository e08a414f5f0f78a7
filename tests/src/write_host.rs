//! A host that offers `fd_write` and `proc_exit` alone, and takes writes as a test tells it.

use wasmtime::{Caller, Config, Engine, Extern, Linker, Module, Store};

const MODULE: &str = "wasi_snapshot_preview1";
/// A program that has not ended after so many instructions writes without an end.
const FUEL: u64 = 10_000_000;

/// How a call of `fd_write` ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reply {
    /// Takes at most so many bytes.
    Take(usize),
    /// Fails with this error number, and takes nothing.
    Fail(i32),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    pub status: i32,
    /// What was taken, whatever the descriptor.
    pub written: String,
    pub calls: usize,
}

struct Host {
    /// Of the call with this number, from 0.
    reply: fn(usize) -> Reply,
    written: Vec<u8>,
    calls: usize,
}

/// How the program exits.
#[derive(Debug)]
struct Exit(i32);

impl std::fmt::Display for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit with status {}", self.0)
    }
}

impl std::error::Error for Exit {}

/// Runs a module's `_start`. It is an error if the module traps, does not end, or imports anything else.
pub fn run(wasm: &[u8], reply: fn(usize) -> Reply) -> Result<Outcome, String> {
    start(wasm, reply).map_err(|error| format!("{error:#}"))
}

fn start(wasm: &[u8], reply: fn(usize) -> Reply) -> wasmtime::Result<Outcome> {
    let engine = Engine::new(Config::new().consume_fuel(true))?;
    let module = Module::new(&engine, wasm)?;
    let mut store = Store::new(&engine, Host { reply, written: Vec::new(), calls: 0 });
    store.set_fuel(FUEL)?;
    let mut linker = Linker::new(&engine);
    linker.func_wrap(MODULE, "fd_write", fd_write)?;
    linker
        .func_wrap(MODULE, "proc_exit", |status: i32| -> wasmtime::Result<()> { Err(Exit(status).into()) })?;
    let instance = linker.instantiate(&mut store, &module)?;
    let start = instance.get_typed_func::<(), ()>(&mut store, "_start")?;
    let status = match start.call(&mut store, ()) {
        Ok(()) => 0,
        Err(error) => error.downcast::<Exit>()?.0,
    };
    let host = store.into_data();
    Ok(Outcome { status, written: String::from_utf8_lossy(&host.written).into_owned(), calls: host.calls })
}

fn fd_write(
    mut caller: Caller<'_, Host>,
    _fd: i32,
    iovs: u32,
    count: u32,
    written: u32,
) -> wasmtime::Result<i32> {
    let memory = caller.get_export("memory").and_then(Extern::into_memory);
    let memory = memory.ok_or_else(|| wasmtime::Error::msg("the module exports no memory"))?;
    let (bytes, host) = memory.data_and_store_mut(&mut caller);
    let number = host.calls;
    host.calls += 1;
    let mut room = match (host.reply)(number) {
        Reply::Take(room) => room,
        Reply::Fail(error) => return Ok(error),
    };
    let mut taken = 0;
    for iov in 0..count as usize {
        let (at, length) = (word(bytes, iovs as usize + 8 * iov)?, word(bytes, iovs as usize + 8 * iov + 4)?);
        let length = std::cmp::min(length, room);
        let piece = bytes.get(at..at + length).ok_or_else(outside)?;
        host.written.extend_from_slice(piece);
        (room, taken) = (room - length, taken + length);
    }
    let place = bytes.get_mut(written as usize..written as usize + 4).ok_or_else(outside)?;
    place.copy_from_slice(&(taken as u32).to_le_bytes());
    Ok(0)
}

fn word(bytes: &[u8], at: usize) -> wasmtime::Result<usize> {
    let word = bytes.get(at..at + 4).and_then(|word| word.try_into().ok()).ok_or_else(outside)?;
    Ok(u32::from_le_bytes(word) as usize)
}

fn outside() -> wasmtime::Error {
    wasmtime::Error::msg("an address outside of the memory")
}

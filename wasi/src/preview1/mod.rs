//! The functions of WASI preview 1 that a module imports from `wasi_snapshot_preview1`.
//!
//! The one table in this file gives each function its name, its parameters and the function that does it. Those take
//! the [`Context`] of the run, the program's [`Guest`] memory and the parameters, and answer with an [`Errno`] or end
//! the run with an error ([`Fault`]). Names, numbers and layouts are those of the specification
//! (WebAssembly/WASI, `legacy/preview1/docs.md`).

mod abi;
mod args;
mod clock;
mod fd;
mod guest;
mod path;
mod poll;

pub(crate) use abi::{Errno, Fault};
pub(crate) use guest::Guest;

use crate::backtrace;
use crate::context::{Context, Exit};
use wasmtime::{Caller, Engine, Extern, Linker};

const MODULE: &str = "wasi_snapshot_preview1";

/// What every function of preview 1 returns here.
pub(crate) type Answer = Result<(), Fault>;

macro_rules! functions {
    ($($name:ident($($arg:ident: $ty:ty),*) = $function:path;)*) => {
        fn add_functions(linker: &mut Linker<Context>) -> wasmtime::Result<()> {
            $(linker.func_wrap(
                MODULE,
                stringify!($name),
                |mut caller: Caller<'_, Context>, $($arg: $ty),*| -> wasmtime::Result<i32> {
                    enter(&mut caller, |ctx, guest| $function(ctx, guest, $($arg),*))
                },
            )?;)*
            add_write(linker)
        }
    };
}

functions! {
    args_get(argv: u32, buffer: u32) = args::args_get;
    args_sizes_get(count: u32, size: u32) = args::args_sizes_get;
    environ_get(environ: u32, buffer: u32) = args::environ_get;
    environ_sizes_get(count: u32, size: u32) = args::environ_sizes_get;
    clock_res_get(id: u32, out: u32) = clock::clock_res_get;
    clock_time_get(id: u32, precision: u64, out: u32) = clock::clock_time_get;
    fd_close(fd: u32) = fd::fd_close;
    fd_datasync(fd: u32) = fd::fd_sync;
    fd_fdstat_get(fd: u32, out: u32) = fd::fd_fdstat_get;
    fd_filestat_get(fd: u32, out: u32) = fd::fd_filestat_get;
    fd_filestat_set_size(fd: u32, size: u64) = fd::fd_filestat_set_size;
    fd_pread(fd: u32, iovs: u32, count: u32, offset: u64, out: u32) = fd::fd_pread;
    fd_prestat_dir_name(fd: u32, path: u32, len: u32) = fd::fd_prestat_dir_name;
    fd_prestat_get(fd: u32, out: u32) = fd::fd_prestat_get;
    fd_pwrite(fd: u32, iovs: u32, count: u32, offset: u64, out: u32) = fd::fd_pwrite;
    fd_read(fd: u32, iovs: u32, count: u32, out: u32) = fd::fd_read;
    fd_readdir(fd: u32, buffer: u32, len: u32, cookie: u64, out: u32) = path::fd_readdir;
    fd_seek(fd: u32, offset: i64, whence: u32, out: u32) = fd::fd_seek;
    fd_sync(fd: u32) = fd::fd_sync;
    fd_tell(fd: u32, out: u32) = fd::fd_tell;
    path_create_directory(fd: u32, path: u32, len: u32) = path::path_create_directory;
    path_filestat_get(fd: u32, flags: u32, path: u32, len: u32, out: u32) = path::path_filestat_get;
    path_open(fd: u32, lookup: u32, path: u32, len: u32, oflags: u32, rights: u64, inheriting: u64, fdflags: u32, out: u32)
        = path::path_open;
    path_readlink(fd: u32, path: u32, len: u32, buffer: u32, size: u32, out: u32) = path::path_readlink;
    path_remove_directory(fd: u32, path: u32, len: u32) = path::path_remove_directory;
    path_rename(fd: u32, path: u32, len: u32, to_fd: u32, to_path: u32, to_len: u32) = path::path_rename;
    path_unlink_file(fd: u32, path: u32, len: u32) = path::path_unlink_file;
    poll_oneoff(subscriptions: u32, events: u32, count: u32, out: u32) = poll::poll_oneoff;
    random_get(buffer: u32, len: u32) = args::random_get;
    sched_yield() = clock::sched_yield;
    // Not served: a module that imports them runs until it calls them, and then gets `nosys`.
    fd_advise(fd: u32, offset: u64, len: u64, advice: u32) = unserved::fd_advise;
    fd_allocate(fd: u32, offset: u64, len: u64) = unserved::fd_allocate;
    fd_fdstat_set_flags(fd: u32, flags: u32) = unserved::fd_fdstat_set_flags;
    fd_fdstat_set_rights(fd: u32, base: u64, inheriting: u64) = unserved::fd_fdstat_set_rights;
    fd_filestat_set_times(fd: u32, atim: u64, mtim: u64, flags: u32) = unserved::fd_filestat_set_times;
    fd_renumber(fd: u32, to: u32) = unserved::fd_renumber;
    path_filestat_set_times(fd: u32, lookup: u32, path: u32, len: u32, atim: u64, mtim: u64, flags: u32)
        = unserved::path_filestat_set_times;
    path_link(fd: u32, lookup: u32, path: u32, len: u32, to_fd: u32, to_path: u32, to_len: u32) = unserved::path_link;
    path_symlink(from: u32, from_len: u32, fd: u32, path: u32, len: u32) = unserved::path_symlink;
    proc_raise(signal: u32) = unserved::proc_raise;
    sock_accept(fd: u32, flags: u32, out: u32) = unserved::sock_accept;
    sock_recv(fd: u32, iovs: u32, count: u32, flags: u32, out: u32, out_flags: u32) = unserved::sock_recv;
    sock_send(fd: u32, iovs: u32, count: u32, flags: u32, out: u32) = unserved::sock_send;
    sock_shutdown(fd: u32, how: u32) = unserved::sock_shutdown;
}

/// `fd_write`, which programs also ask by for a backtrace.
fn add_write(linker: &mut Linker<Context>) -> wasmtime::Result<()> {
    let write = |mut caller: Caller<'_, Context>, fd: u32, iovs: u32, count: u32, out: u32| {
        if fd == backtrace::REQUEST {
            backtrace::print(&mut caller);
            return Ok(0);
        }
        enter(&mut caller, |ctx, guest| fd::fd_write(ctx, guest, fd, iovs, count, out))
    };
    linker.func_wrap(MODULE, "fd_write", write)?;
    Ok(())
}

/// Functions that answer `nosys`, whatever their parameters are.
mod unserved {
    use super::{Answer, Context, Errno, Guest};

    macro_rules! nosys {
        ($($name:ident($($ty:ty),*);)*) => {
            $(pub fn $name(_: &mut Context, _: &mut Guest<'_>, $(_: $ty),*) -> Answer { Err(Errno::NOSYS.into()) })*
        };
    }

    nosys! {
        fd_advise(u32, u64, u64, u32);
        fd_allocate(u32, u64, u64);
        fd_fdstat_set_flags(u32, u32);
        fd_fdstat_set_rights(u32, u64, u64);
        fd_filestat_set_times(u32, u64, u64, u32);
        fd_renumber(u32, u32);
        path_filestat_set_times(u32, u32, u32, u32, u64, u64, u32);
        path_link(u32, u32, u32, u32, u32, u32, u32);
        path_symlink(u32, u32, u32, u32, u32);
        proc_raise(u32);
        sock_accept(u32, u32, u32);
        sock_recv(u32, u32, u32, u32, u32, u32);
        sock_send(u32, u32, u32, u32, u32);
        sock_shutdown(u32, u32);
    }
}

/// A linker that provides preview 1.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<Context>> {
    let mut linker = Linker::new(engine);
    add_functions(&mut linker)?;
    linker
        .func_wrap(MODULE, "proc_exit", |status: i32| -> wasmtime::Result<()> { Err(Exit(status).into()) })?;
    Ok(linker)
}

/// Runs a function of preview 1 on the caller's memory, and turns its answer into what WebAssembly gets.
fn enter(
    caller: &mut Caller<'_, Context>,
    function: impl FnOnce(&mut Context, &mut Guest<'_>) -> Answer,
) -> wasmtime::Result<i32> {
    let memory = match caller.data().memory {
        Some(memory) => memory,
        None => {
            let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
                return Err(wasmtime::Error::msg("the module exports no memory named `memory`"));
            };
            caller.data_mut().memory = Some(memory);
            memory
        }
    };
    let (bytes, context) = memory.data_and_store_mut(caller);
    match function(context, &mut Guest::new(bytes)) {
        Ok(()) => Ok(0),
        Err(Fault::Errno(errno)) => Ok(i32::from(errno.0)),
        Err(Fault::End(error)) => Err(error),
    }
}

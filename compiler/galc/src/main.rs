//! `galc`, the command line of the GAL compiler.
//!
//! In: arguments, files, standard input. Out: files, text, an exit status (see [`exit`]). Nothing is decided here about
//! programs: the commands translate arguments, call the `driver`, and print what it gives. One file in `commands` per
//! subcommand. Start reading at [`cli`].

mod cli;
mod commands;
mod compile;
mod exit;
mod loader;
mod lsp;
mod native;
mod node;
mod package;
mod quantity;
mod shell;
mod trace;
mod usage;
mod wasm_opt;
mod watch;
mod web;

use cli::Cli;
use exit::Exit;
use shell::{Shell, complain};
use std::backtrace::{Backtrace, BacktraceStatus};
use std::ffi::OsString;

/// The front end makes and drops many small nodes, for which this allocator takes half the time of the system's.
#[global_allocator]
static ALLOCATOR: allocator::Mimalloc = allocator::Mimalloc;

/// Stack for the compiler, which recurses as deep as programs nest.
const STACK: usize = 64 << 20;

fn main() {
    let args: Vec<OsString> = std::env::args_os().collect();
    let cli = Cli::from_args(args.iter().cloned()).unwrap_or_else(|error| usage::end(&error, &args));
    std::panic::set_hook(Box::new(|panic| {
        complain(&format!("galc: internal compiler error: {panic}\n"));
        let backtrace = Backtrace::capture();
        if backtrace.status() == BacktraceStatus::Captured {
            complain(&format!("{backtrace}\n"));
        }
        complain("This is a bug in galc. Please report it, with the program that caused it.\n");
        std::process::exit(Exit::Internal.status());
    }));
    watch::end_with_watcher();
    let thread = std::thread::Builder::new().name("galc".to_string()).stack_size(STACK).spawn(|| run(cli));
    let exit = match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(exit)) => exit,
        // A panic does not come here, as the hook ends the process.
        Ok(Err(_)) => Exit::Internal,
        Err(error) => {
            complain(&format!("galc: cannot start a thread: {error}\n"));
            Exit::Internal
        }
    };
    std::process::exit(exit.status());
}

fn run(cli: Cli) -> Exit {
    let shell = Shell::new(&cli.global, cli.command.owns_stdout());
    match commands::dispatch(cli.command, &shell) {
        Ok(exit) => exit,
        Err(failure) => {
            shell.failure(&failure);
            failure.exit()
        }
    }
}

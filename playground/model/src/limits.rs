//! Every limit of the playground, in one place; `playground/README.md` has the same numbers.

/// For how long a program may run, unless the reader chooses [`RUN_MS_LONG`].
pub const RUN_MS: u32 = 10_000;
pub const RUN_MS_LONG: u32 = 120_000;

/// How much a program may write to both of its streams together.
pub const OUTPUT_BYTES: u32 = 1 << 20;

/// How large the memory of a program may grow: 4096 pages of 64 KiB.
pub const MEMORY_PAGES: u32 = 4096;
pub const MEMORY_MIB: u32 = MEMORY_PAGES / 16;

/// For how long the compiler may work on one request before it is started anew.
pub const COMPILER_MS: u32 = 20_000;

/// Files of a document, the bytes of all of them together, and the characters of a name.
pub const FILES: usize = 32;
pub const DOCUMENT_BYTES: usize = 1 << 20;
pub const NAME_CHARS: usize = 64;

/// Standard input and arguments.
pub const STDIN_BYTES: usize = 1 << 20;
pub const ARGUMENTS: usize = 256;

/// What a link may hold, packed and unpacked: more is not read.
pub const LINK_CHARS: usize = 256 << 10;
pub const LINK_BYTES: usize = 2 << 20;

/// Events of a trace that are kept, and the characters that a program with a trace may write of it.
pub const EVENTS: usize = 5_000;
pub const TRACE_BYTES: u32 = 16 << 20;

/// Commands for a run with a trace, and the characters of one.
pub const COMMANDS: usize = 64;
pub const COMMAND_CHARS: usize = 80;

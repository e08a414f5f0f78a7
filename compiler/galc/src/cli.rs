//! The arguments of galc, and how they become options of the driver and of the host.

use crate::quantity::{parse_duration, parse_size};
use clap::{Args, Parser, Subcommand, ValueEnum};
use driver::OptLevel;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

const AFTER_HELP: &str = "Exit status: 0 success, 1 errors in the program or failed tests, 2 wrong usage, 3 a bug in galc; \
`run` ends as the program does: 101 after a panic, 102 after a fatal error, 103 with `--check-leaks` if something is still allocated, 104 where `--trace-commands` pauses, 124 after a timeout.";

/// The GAL compiler.
#[derive(Parser, Debug)]
#[command(name = "galc", version, after_help = AFTER_HELP, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Args, Debug)]
pub struct GlobalArgs {
    /// How messages are written; JSON is one object a line
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Messages"
    )]
    pub message_format: MessageFormat,
    /// When messages are coloured; `auto` heeds NO_COLOR
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN", help_heading = "Messages")]
    pub color: ColorChoice,
    /// Write nothing but errors and what was asked for
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Messages")]
    pub quiet: bool,
    /// Report the time of each stage
    #[arg(short, long, global = true, help_heading = "Messages")]
    pub verbose: bool,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MessageFormat {
    #[default]
    Human,
    Json,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ColorChoice {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Make a new package
    New(NewArgs),
    /// Compile a program
    Build(BuildArgs),
    /// Compile a program and run it
    Run(RunArgs),
    /// Look for all errors that building would find, and write nothing
    Check(CheckArgs),
    /// Run the `test` blocks
    Test(TestArgs),
    /// Format source files
    Fmt(FmtArgs),
    /// Explain a diagnostic by its code
    Explain(ExplainArgs),
    /// List the targets, and what each backend can do for them
    Targets,
    /// Remove what `build` made
    Clean(CleanArgs),
    /// Serve an editor over standard input and output, by the language server protocol
    Lsp(LspArgs),
    /// Write completions for a shell to standard output
    Completions(CompletionsArgs),
}

impl Command {
    /// Whether standard output belongs to the program that runs, so that messages have to go elsewhere.
    pub fn owns_stdout(&self) -> bool {
        matches!(self, Command::Run(_) | Command::Lsp(_))
    }
}

#[derive(Args, Debug)]
pub struct LspArgs {
    /// What programs are checked for; `galc targets` lists them
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,
    /// Accepted, because some editors say it: there is no other way to talk
    #[arg(long, hide = true)]
    pub stdio: bool,
}

#[derive(Args, Debug)]
pub struct NewArgs {
    /// The folder of the package; its last part is the name
    pub path: PathBuf,
    /// The name, where it differs from the folder's
    #[arg(long)]
    pub name: Option<String>,
}

/// Options of everything that compiles.
#[derive(Args, Debug)]
pub struct CompileArgs {
    /// Optimise, and leave out overflow checks
    #[arg(long, help_heading = "Compilation")]
    pub release: bool,
    /// How much work goes into the code; 0 compiles fastest, s and z make it small [default: 0, in release 3]
    #[arg(short = 'O', value_enum, value_name = "LEVEL", help_heading = "Compilation")]
    pub opt_level: Option<LevelChoice>,
    /// What translates the program [default: wasm, in release llvm where galc has it]
    #[arg(long, value_enum, help_heading = "Compilation")]
    pub backend: Option<BackendChoice>,
    /// Put debug information into the result, and let panics print their calls
    #[arg(short = 'g', help_heading = "Compilation")]
    pub debug_info: bool,
    /// Let the program count which ways it goes, and write that to a file when it ends; a name may hold %p, the number of the
    /// process [default: default.profraw in the folder it runs in]
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "default.profraw",
          value_parser = clap::builder::NonEmptyStringValueParser::new(), help_heading = "Compilation")]
    pub profile_generate: Option<String>,
    /// Optimise by what `--profile-generate` programs have written; given more than once, by all of them
    #[arg(long, value_name = "FILE", conflicts_with = "profile_generate", help_heading = "Compilation")]
    pub profile_use: Vec<PathBuf>,
    /// Whether integer overflow panics; the default is on, in release off
    #[arg(long, value_name = "on|off", num_args = 0..=1, require_equals = true, default_missing_value = "on",
          value_parser = parse_switch, help_heading = "Compilation")]
    pub overflow_checks: Option<bool>,
    /// Leave out checks of array bounds: an index out of bounds is then undefined behaviour
    #[arg(long, help_heading = "Compilation")]
    pub unchecked_bounds: bool,
    /// Leave out counts of owners, to measure what they cost: nothing is freed, and values that share memory change together
    #[arg(long, hide = true)]
    pub uncounted: bool,
    /// What a panic does
    #[arg(long, value_enum, default_value_t, help_heading = "Compilation")]
    pub panic: PanicChoice,
    /// What vectors of 128 bits are made of
    #[arg(long, value_enum, default_value_t, help_heading = "Compilation")]
    pub simd: SimdChoice,
    /// The platform to compile for, one of `galc targets`
    #[arg(long, help_heading = "Compilation")]
    pub target: Option<String>,
    /// Optional passes to leave out, separated by commas; `mir:NAME`, `lir:NAME` and `wasm:NAME` mean the one at that level
    #[arg(long, value_name = "NAMES", value_delimiter = ',', help_heading = "Compilation")]
    pub passes_off: Vec<String>,
    /// Leave out all optional passes
    #[arg(long, conflicts_with = "passes_off", help_heading = "Compilation")]
    pub no_opt: bool,
    /// Report where a value will be copied, and why
    #[arg(long, help_heading = "Compilation")]
    pub explain_copies: bool,
    /// Let the program report what is still allocated at its end, and then end with status 103
    #[arg(long, help_heading = "Compilation")]
    pub check_leaks: bool,
    /// Waiting takes no time: when nothing can run, the clock jumps to the next timer
    #[arg(long, help_heading = "Compilation")]
    pub virtual_clock: bool,
    #[command(flatten)]
    pub trace: TraceArgs,
    /// Check the compiler's own work after every pass
    #[arg(long, help_heading = "Compilation")]
    pub verify: bool,
}

/// What is written of what a program's actors do.
#[derive(Args, Debug, Default)]
pub struct TraceArgs {
    /// Let the program write what its actors do, an event a line, to a file, or to standard error
    #[arg(id = "trace", long = "trace", value_name = "actors[=FILE]", value_parser = parse_trace, help_heading = "Trace")]
    pub target: Option<TraceTarget>,
    /// What the trace looks like: JSON, or what Chrome and Perfetto show
    #[arg(
        id = "trace_format",
        long = "trace-format",
        value_enum,
        value_name = "FORMAT",
        requires = "trace",
        help_heading = "Trace"
    )]
    pub format: Option<TraceFormat>,
    /// Write the values of messages and answers, too
    #[arg(id = "trace_values", long = "trace-values", requires = "trace", help_heading = "Trace")]
    pub values: bool,
    /// Write an actor's states after each of its handlers, too
    #[arg(id = "trace_states", long = "trace-states", requires = "trace", help_heading = "Trace")]
    pub states: bool,
    /// Do what the file says at messages: pause, end actors, drop or delay messages
    #[arg(
        id = "trace_commands",
        long = "trace-commands",
        value_name = "FILE",
        requires = "trace",
        help_heading = "Trace"
    )]
    pub commands: Option<PathBuf>,
}

impl TraceArgs {
    pub fn is_chrome(&self) -> bool {
        self.format == Some(TraceFormat::Chrome)
    }
}

/// Where a trace goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TraceTarget {
    StandardError,
    File(PathBuf),
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum TraceFormat {
    Json,
    Chrome,
}

impl TraceFormat {
    /// As the program reads it.
    pub fn name(self) -> &'static str {
        match self {
            TraceFormat::Json => "json",
            TraceFormat::Chrome => "chrome",
        }
    }
}

fn parse_trace(text: &str) -> Result<TraceTarget, String> {
    match text.split_once('=') {
        None if text == "actors" => Ok(TraceTarget::StandardError),
        Some(("actors", "")) => Err("the name of the file is missing".to_string()),
        Some(("actors", file)) => Ok(TraceTarget::File(file.into())),
        _ => Err("expected `actors` or `actors=FILE`".to_string()),
    }
}

fn parse_switch(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("expected `on` or `off`".to_string()),
    }
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum LevelChoice {
    #[value(name = "0")]
    O0,
    #[value(name = "1")]
    O1,
    #[value(name = "2")]
    O2,
    #[value(name = "3")]
    O3,
    #[value(name = "s")]
    Os,
    #[value(name = "z")]
    Oz,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum WasmOptChoice {
    Off,
    #[value(name = "1")]
    O1,
    #[value(name = "2")]
    O2,
    #[value(name = "3")]
    O3,
    #[value(name = "s")]
    Os,
    #[value(name = "z")]
    Oz,
}

impl WasmOptChoice {
    /// `None` for `off`.
    pub fn level(self) -> Option<OptLevel> {
        match self {
            WasmOptChoice::Off => None,
            WasmOptChoice::O1 => Some(OptLevel::O1),
            WasmOptChoice::O2 => Some(OptLevel::O2),
            WasmOptChoice::O3 => Some(OptLevel::O3),
            WasmOptChoice::Os => Some(OptLevel::Os),
            WasmOptChoice::Oz => Some(OptLevel::Oz),
        }
    }
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum BackendChoice {
    /// Fast, and part of every galc
    Wasm,
    /// Optimising; galc has it if it was built with `--features llvm`
    Llvm,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum PanicChoice {
    /// Release what the panic passes, then end with status 101
    #[default]
    Unwind,
    /// Stop at once; modules are smaller
    Abort,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SimdChoice {
    /// Numbers: the result has no vectors at all
    Off,
    /// The target's vectors
    #[default]
    On,
    /// And those of their operations whose results may differ between processors
    Relaxed,
}

#[derive(Args, Debug)]
pub struct WatchArgs {
    /// Do it again whenever a source file changes
    #[arg(long)]
    pub watch: bool,
}

#[derive(Args, Debug)]
pub struct BuildArgs {
    /// A source file or a package's folder [default: the package around the current folder]
    pub path: Option<PathBuf>,
    /// Where the result goes; `-` is standard output [default: build/NAME.wasm, or as --target and --emit say]
    #[arg(short, long)]
    pub output: Option<PathBuf>,
    /// What is made; text goes to standard output unless `-o` is given. `obj`, `asm`, `llvm-ir` and `bitcode` need LLVM
    /// [default: exe for native targets, wasm for others]
    #[arg(long, value_enum)]
    pub emit: Option<EmitChoice>,
    /// How much wasm-opt does to the module; `off` leaves it out [default: in release and for -O s and z what -O says,
    /// else off]
    #[arg(long, value_enum, value_name = "LEVEL", help_heading = "Compilation")]
    pub wasm_opt: Option<WasmOptChoice>,
    #[command(flatten)]
    pub compile: CompileArgs,
    #[command(flatten)]
    pub watch: WatchArgs,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum EmitChoice {
    Ast,
    Hir,
    Mir,
    Lir,
    Wat,
    Wasm,
    Exe,
    Obj,
    Asm,
    LlvmIr,
    Bitcode,
}

#[derive(Args, Debug)]
pub struct CheckArgs {
    /// A source file or a package's folder [default: the package around the current folder]
    pub path: Option<PathBuf>,
    /// The platform that the program is for, one of `galc targets`
    #[arg(long)]
    pub target: Option<String>,
    #[command(flatten)]
    pub watch: WatchArgs,
}

/// What a program is given when it runs.
#[derive(Args, Debug)]
pub struct HostArgs {
    /// Set a variable of the program's environment; without `=` pass on galc's own
    #[arg(long, value_name = "NAME[=VALUE]", help_heading = "Program")]
    pub env: Vec<String>,
    /// Pass on the whole environment
    #[arg(long, help_heading = "Program")]
    pub inherit_env: bool,
    /// Let the program use a folder, perhaps under another name
    #[arg(long, value_name = "HOST[::GUEST]", help_heading = "Program")]
    pub dir: Vec<String>,
    /// End the program after this time, such as 500ms or 10s
    #[arg(long, value_parser = parse_duration, value_name = "TIME", help_heading = "Program")]
    pub timeout: Option<Duration>,
    /// The most memory the program may have, such as 64MiB
    #[arg(long, value_parser = parse_size, value_name = "SIZE", help_heading = "Program")]
    pub max_memory: Option<u64>,
}

#[derive(Args, Debug)]
pub struct RunArgs {
    #[command(flatten)]
    pub compile: CompileArgs,
    /// Let a seed choose the order in which green threads run, the same each time; implies --virtual-clock
    #[arg(long, value_name = "N", help_heading = "Program")]
    pub schedule_seed: Option<u32>,
    #[command(flatten)]
    pub host: HostArgs,
    #[command(flatten)]
    pub watch: WatchArgs,
    /// A source file, a package's folder or a .wasm module [default: the package around the current folder], and the
    /// arguments of the program: all that stands behind FILE or `--`
    #[arg(value_name = "FILE] [ARGS", trailing_var_arg = true)]
    file_and_args: Vec<OsString>,
    /// They stand behind `--`, so that there is no FILE among them.
    #[arg(skip)]
    is_without_file: bool,
}

impl RunArgs {
    pub fn path(&self) -> Option<&Path> {
        self.file_and_args.first().filter(|_| !self.is_without_file).map(Path::new)
    }

    /// What the program is given. `--` directly behind FILE says the same as its place does.
    pub fn program_args(&self) -> &[OsString] {
        let behind = &self.file_and_args[usize::from(self.path().is_some())..];
        match self.path() {
            Some(_) => behind.strip_prefix(&[OsString::from("--")]).unwrap_or(behind),
            None => behind,
        }
    }
}

impl Cli {
    /// Parses a command line, the name of the program included.
    pub fn from_args(args: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
        let args: Vec<OsString> = args.into_iter().collect();
        let mut cli = Cli::try_parse_from(&args)?;
        if let Command::Run(run) = &mut cli.command {
            // They are the end of the line as it is written, and clap does not tell what stands before them.
            let before = args.len().checked_sub(run.file_and_args.len() + 1);
            run.is_without_file = before.is_some_and(|i| args[i] == "--");
        }
        Ok(cli)
    }
}

#[derive(Args, Debug)]
pub struct TestArgs {
    /// A source file or a package's folder [default: the package around the current folder]
    pub path: Option<PathBuf>,
    /// Run only the tests whose name contains this
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// Name the tests, and run none
    #[arg(long)]
    pub list: bool,
    /// How many tests run at once [default: the number of processors]
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<std::num::NonZeroUsize>,
    /// Run each test in so many orders of its green threads, those of the seeds from 0 on; implies --virtual-clock
    #[arg(long, value_name = "N", conflicts_with = "schedule_seed")]
    pub schedules: Option<std::num::NonZeroU32>,
    /// Run each test in the order of this seed; implies --virtual-clock
    #[arg(long, value_name = "N")]
    pub schedule_seed: Option<u32>,
    #[command(flatten)]
    pub compile: CompileArgs,
    #[command(flatten)]
    pub host: HostArgs,
    #[command(flatten)]
    pub watch: WatchArgs,
}

#[derive(Args, Debug)]
pub struct FmtArgs {
    /// Files and folders; `-` formats standard input to standard output [default: the package]
    pub paths: Vec<PathBuf>,
    /// Change nothing; name the files that would change, and end with status 1 if there are any
    #[arg(long)]
    pub check: bool,
}

#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// The code, as messages show it in brackets; without it all codes are listed
    pub code: Option<String>,
}

#[derive(Args, Debug)]
pub struct CleanArgs {
    /// A package's folder [default: the package around the current folder, or the current folder]
    pub path: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub struct CompletionsArgs {
    pub shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn definition_is_consistent() {
        Cli::command().debug_assert();
    }

    /// Whether `--release` is galc's, FILE, and what the program is given.
    fn run_args(arguments: &[&str]) -> (bool, Option<String>, Vec<String>) {
        let all = ["galc", "run"].iter().chain(arguments).map(OsString::from);
        let Command::Run(args) = Cli::from_args(all).expect("the arguments are right").command else {
            panic!("another command was parsed")
        };
        let given = args.program_args().iter().map(|a| a.to_string_lossy().into_owned()).collect();
        (args.compile.release, args.path().map(|p| p.display().to_string()), given)
    }

    #[test]
    fn all_behind_the_file_is_the_programs() {
        let texts = |list: &[&str]| list.iter().map(|s| s.to_string()).collect::<Vec<_>>();
        let file = Some("a.gal".to_string());
        let behind = texts(&["--release", "-v", "--message-format", "json", "x"]);
        let given = run_args(&["a.gal", "--release", "-v", "--message-format", "json", "x"]);
        assert_eq!(given, (false, file.clone(), behind));
        assert_eq!(run_args(&["--release", "a.gal", "x"]), (true, file.clone(), texts(&["x"])));
        assert_eq!(run_args(&["a.gal", "x", "--", "y"]), (false, file.clone(), texts(&["x", "--", "y"])));
        assert_eq!(run_args(&["a.gal", "--", "--release"]), (false, file, texts(&["--release"])));
        assert_eq!(run_args(&["--release", "--", "x", "-y"]), (true, None, texts(&["x", "-y"])));
        assert_eq!(run_args(&[]), (false, None, texts(&[])));
    }

    fn overflow_checks(arguments: &[&str]) -> Option<bool> {
        match Cli::try_parse_from(arguments).expect("the arguments are right").command {
            Command::Build(args) => args.compile.overflow_checks,
            _ => None,
        }
    }

    #[test]
    fn overflow_checks_is_a_switch_with_an_optional_value() {
        assert_eq!(overflow_checks(&["galc", "build", "a.gal"]), None);
        assert_eq!(overflow_checks(&["galc", "build", "--overflow-checks", "a.gal"]), Some(true));
        assert_eq!(overflow_checks(&["galc", "build", "--overflow-checks=off", "a.gal"]), Some(false));
        assert!(Cli::try_parse_from(["galc", "build", "--overflow-checks=maybe"]).is_err());
    }
}

//! What a run of the compiler can be asked for. Defaults are those of `galc build` without options.

pub use lir::targets::{WASM32_WASI, WASM32_WEB, WASM64_WASI, WASM64_WEB};
pub use lir::{Platform, TargetInfo, Vectors};

use backend::{ArtifactKind, BackendKind, OptLevel, Profiling};
use mir::build::Trace;

/// Decides the defaults of overflow checks and of the optional passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Profile {
    #[default]
    Debug,
    Release,
}

/// What a panic does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Panics {
    /// Releases what it passes, then ends the process with status 101.
    #[default]
    Unwind,
    /// Prints its message and traps.
    Abort,
}

/// Which roots the program is compiled for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Purpose {
    /// `main` and the exports.
    #[default]
    Program,
    /// The `test` blocks of the entry's package.
    Test,
    /// The `test` blocks of the library's modules that it reaches.
    LibraryTest,
}

/// A stage whose text can be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EmitKind {
    Ast,
    Hir,
    Mir,
    Lir,
    Wat,
}

impl EmitKind {
    pub fn name(self) -> &'static str {
        match self {
            EmitKind::Ast => "emit the syntax tree",
            EmitKind::Hir => "emit the checked program",
            EmitKind::Mir => "emit MIR",
            EmitKind::Lir => "emit LIR",
            EmitKind::Wat => "emit WebAssembly text",
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// One of [`targets`].
    pub target: &'static TargetInfo,
    pub profile: Profile,
    /// `None`: the target and the profile decide.
    pub backend: Option<BackendKind>,
    /// `None`: -O0 in the debug profile, -O3 in release.
    pub opt_level: Option<OptLevel>,
    pub artifact: ArtifactKind,
    pub purpose: Purpose,
    pub panics: Panics,
    pub vectors: Vectors,
    /// `None`: on in the debug profile, off in release.
    pub overflow_checks: Option<bool>,
    pub bounds_checks: bool,
    /// Whether owners are counted: only to measure what that costs, see [`lir::lower::LowerOptions::counts`].
    pub counts: bool,
    /// Lines and variables for debuggers, and backtraces of panics.
    pub debug_info: bool,
    pub profiling: Profiling,
    /// The program reports allocations that are alive when it ends, and exits with 103 if there are any.
    pub check_leaks: bool,
    /// The clock of timers stands still while anything can run, and then jumps to the next timer.
    pub virtual_clock: bool,
    /// The order in which green threads run is chosen by the seed in the environment's [`SCHEDULE_SEED`]. Implies the virtual clock.
    pub schedules: bool,
    /// The program writes what its actors do, where the variables of its environment say; see [`TRACE`].
    pub trace: Option<Trace>,
    /// Optional passes that are left out.
    pub passes_off: Vec<PassInfo>,
    pub explain_copies: bool,
    /// Runs the verifiers and the certifier after every pass, as builds with debug assertions always do. In modules for the web
    /// they are missing.
    pub verify: bool,
}

/// The variable of a program's environment that has the seed, where [`Options::schedules`] is set; `library/runtime/schedule.gal` has the same.
pub const SCHEDULE_SEED: &str = "GAL_SCHEDULE_SEED";

/// Variables of the environment of programs with a trace, which `library/runtime/trace.gal` has as well: the file that the trace goes to,
/// or the descriptor of one that is open.
pub const TRACE: &str = "GAL_TRACE";
pub const TRACE_FD: &str = "GAL_TRACE_FD";
/// `json` or `chrome`.
pub const TRACE_FORMAT: &str = "GAL_TRACE_FORMAT";
/// The commands, one a line.
pub const TRACE_COMMANDS: &str = "GAL_TRACE_COMMANDS";

impl Default for Options {
    fn default() -> Options {
        Options {
            target: &targets()[0],
            profile: Profile::Debug,
            backend: None,
            opt_level: None,
            artifact: ArtifactKind::WasmModule,
            purpose: Purpose::Program,
            panics: Panics::Unwind,
            vectors: Vectors::Fixed,
            overflow_checks: None,
            bounds_checks: true,
            counts: true,
            debug_info: false,
            profiling: Profiling::Off,
            check_leaks: false,
            virtual_clock: false,
            schedules: false,
            trace: None,
            passes_off: Vec::new(),
            explain_copies: false,
            verify: false,
        }
    }
}

impl Options {
    /// The names of the passes at one level that are left out.
    pub(crate) fn off_at(&self, level: Level) -> impl Iterator<Item = String> {
        self.passes_off.iter().filter(move |p| p.level == level).map(|p| p.name.to_string())
    }

    pub fn level(&self) -> OptLevel {
        self.opt_level.unwrap_or(match self.profile {
            Profile::Debug => OptLevel::O0,
            Profile::Release => OptLevel::O3,
        })
    }

    /// Whether functions keep their names in what is made.
    pub fn keeps_names(&self) -> bool {
        self.profile == Profile::Debug || self.debug_info
    }

    pub fn checks_overflow(&self) -> bool {
        self.overflow_checks.unwrap_or(self.profile == Profile::Debug)
    }
}

/// What programs of a target are made to, if nothing else is asked for.
pub fn usual_artifact(target: &TargetInfo) -> ArtifactKind {
    match target.platform {
        Platform::Wasm => ArtifactKind::WasmModule,
        Platform::X86_64Linux => ArtifactKind::Executable,
        Platform::C(_) => ArtifactKind::Object,
    }
}

/// The platforms that programs can be compiled for; the first is the default.
pub fn targets() -> &'static [TargetInfo] {
    lir::TARGETS
}

/// An optional pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PassInfo {
    pub level: Level,
    pub name: &'static str,
    pub description: &'static str,
}

/// What a pass works on. Passes of both may have the same name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    Mir,
    Lir,
    /// The functions of the backend for WebAssembly.
    Wasm,
}

impl PassInfo {
    /// The name that no other pass has.
    pub fn full_name(&self) -> String {
        match self.level {
            Level::Mir => format!("mir:{}", self.name),
            Level::Lir => format!("lir:{}", self.name),
            Level::Wasm => format!("wasm:{}", self.name),
        }
    }
}

/// All passes that can be switched off, in the order in which they run.
pub fn passes() -> Vec<PassInfo> {
    let of_mir = mir::PASSES.iter().map(|p| (Level::Mir, p.name, p.description));
    let of_lir = lir::passes::PASSES.iter().map(|p| (Level::Lir, p.name, p.description));
    let of_wasm = backend_wasm::PASSES.iter().map(|p| (Level::Wasm, p.name, p.description));
    of_mir
        .chain(of_lir)
        .chain(of_wasm)
        .map(|(level, name, description)| PassInfo { level, name, description })
        .collect()
}

/// A name that is in no list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownName {
    pub name: String,
}

/// Finds the passes for [`Options::passes_off`]. `all` stands for every optional pass, a name alone for the passes of
/// that name, and `mir:name`, `lir:name` and `wasm:name` for one of them. `_` and `-` in names are the same.
pub fn resolve_passes_off(names: &[String]) -> Result<Vec<PassInfo>, UnknownName> {
    let same = |a: &str, b: &str| a.replace('_', "-") == b.replace('_', "-");
    let mut off: Vec<PassInfo> = Vec::new();
    for name in names {
        let meant = |p: &PassInfo| name == "all" || same(p.name, name) || same(&p.full_name(), name);
        let found: Vec<PassInfo> = passes().into_iter().filter(meant).collect();
        if found.is_empty() {
            return Err(UnknownName { name: name.clone() });
        }
        off.extend(found);
    }
    Ok(off)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn off(names: &[&str]) -> Vec<String> {
        let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
        resolve_passes_off(&names).unwrap().iter().map(PassInfo::full_name).collect()
    }

    #[test]
    fn a_name_alone_means_the_passes_of_both_levels() {
        assert_eq!(off(&["inline"]), ["mir:inline", "lir:inline"]);
        assert_eq!(off(&["copy-prop"]), ["mir:copy_prop", "lir:copy-prop"]);
        assert_eq!(off(&["mir:copy_prop", "lir:inline"]), ["mir:copy_prop", "lir:inline"]);
        assert_eq!(off(&["rotate", "wasm:webs"]), ["wasm:rotate", "wasm:webs"]);
        assert_eq!(off(&["all"]).len(), passes().len());
    }

    #[test]
    fn unknown_passes_are_refused() {
        let unknown = resolve_passes_off(&["lir:early_drop".to_string()]);
        assert_eq!(unknown, Err(UnknownName { name: "lir:early_drop".to_string() }));
    }

    #[test]
    fn attributes_know_the_families_of_all_targets() {
        let families: BTreeSet<&str> = targets().iter().flat_map(|target| target.families).copied().collect();
        let known: BTreeSet<&str> = hir::TARGETS.into_iter().collect();
        assert_eq!(known, families);
    }
}

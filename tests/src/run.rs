//! Compiles a program under every profile, validates the module, runs it, and compares what it does.

use crate::linked::System;
use crate::loader::{Disk, Memory};
use crate::native;
use crate::program::Program;
use crate::wasm_opt;
use crate::web;
use backends::BACKENDS;
use driver::{
    Artifact, ArtifactKind, BackendKind, Checked, MirProgram, OptLevel, Options, Panics, Profile, Session,
    SourceLoader, TargetInfo, Vectors,
};
use std::path::Path;
use std::time::Duration;
use wasmparser::WasmFeatures;

/// A way of compiling that must not change what a program prints.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mode {
    pub name: &'static str,
    pub profile: Profile,
    pub passes_off: bool,
    pub runs_on: RunsOn,
    /// The target of modules.
    pub target: &'static TargetInfo,
    /// A panic ends the program by a trap, so that only programs that do not panic behave alike.
    pub aborts: bool,
    /// With debug information, which must not change what a program does either.
    pub debug_info: bool,
    /// What wasm-opt does to the module behind the backend.
    pub wasm_opt: Option<OptLevel>,
    pub vectors: Vectors,
    /// Left out where the small size is asked for.
    pub is_long: bool,
    /// Where the small size is asked for, one of so many programs runs in it.
    pub one_of: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunsOn {
    Interpreter,
    Wasm,
    /// By the wasm backend at a level that is not the profile's.
    WasmAt(OptLevel),
    Llvm(OptLevel),
    /// As a process of this machine.
    Native(OptLevel),
    /// In JavaScript, from the wasm backend or through LLVM.
    Web(web::Engine, Option<OptLevel>),
    /// Linked to a C library, as a process of this machine or by an emulator.
    Linked(&'static System, OptLevel),
}

const fn mode(name: &'static str, profile: Profile, runs_on: RunsOn) -> Mode {
    Mode {
        name,
        profile,
        passes_off: false,
        runs_on,
        target: &driver::WASM32_WASI,
        aborts: false,
        debug_info: false,
        wasm_opt: None,
        vectors: Vectors::Fixed,
        is_long: false,
        one_of: 1,
    }
}

const INTERPRETER: Mode = mode("interpreter", Profile::Debug, RunsOn::Interpreter);
pub const DEBUG: Mode = mode("debug", Profile::Debug, RunsOn::Wasm);

/// The interpreter and `debug` share their MIR, as they follow each other.
pub const MODES: &[Mode] = &[
    INTERPRETER,
    DEBUG,
    mode("release", Profile::Release, RunsOn::Wasm),
    Mode { passes_off: true, one_of: 2, ..mode("plain", Profile::Debug, RunsOn::Wasm) },
    Mode { aborts: true, one_of: 3, ..mode("abort", Profile::Release, RunsOn::Wasm) },
    Mode { debug_info: true, is_long: true, ..mode("debug -g", Profile::Debug, RunsOn::Wasm) },
];

const fn mode_64(name: &'static str, profile: Profile, runs_on: RunsOn) -> Mode {
    Mode { target: &driver::WASM64_WASI, ..mode(name, profile, runs_on) }
}

/// Those with a 64-bit memory, a suite of its own.
pub const WASM64_MODES: &[Mode] = &[
    mode_64("debug wasm64", Profile::Debug, RunsOn::Wasm),
    mode_64("release wasm64", Profile::Release, RunsOn::Wasm),
    Mode { passes_off: true, is_long: true, ..mode_64("plain wasm64", Profile::Debug, RunsOn::Wasm) },
    Mode { is_long: true, ..mode_64("interpreter wasm64", Profile::Debug, RunsOn::Interpreter) },
    Mode { aborts: true, is_long: true, ..mode_64("abort wasm64", Profile::Release, RunsOn::Wasm) },
    Mode { debug_info: true, is_long: true, ..mode_64("debug wasm64 -g", Profile::Debug, RunsOn::Wasm) },
];

/// Those of programs with vectors, of which other targets make something else.
pub const VECTOR_MODES: &[Mode] = &[
    Mode { vectors: Vectors::Absent, ..mode("debug without vectors", Profile::Debug, RunsOn::Wasm) },
    Mode { vectors: Vectors::Absent, ..mode("release without vectors", Profile::Release, RunsOn::Wasm) },
    Mode {
        vectors: Vectors::Relaxed,
        ..mode("release with relaxed vectors", Profile::Release, RunsOn::Wasm)
    },
    #[cfg(feature = "llvm")]
    Mode {
        vectors: Vectors::Relaxed,
        ..mode("release llvm -O3 with relaxed vectors", Profile::Release, RunsOn::Llvm(OptLevel::O3))
    },
];

/// Those of the LLVM backend, a suite of its own. Their names begin with a profile, for programs that want one only.
pub const LLVM_MODES: &[Mode] = &[
    Mode { is_long: true, ..mode("debug llvm -O0", Profile::Debug, RunsOn::Llvm(OptLevel::O0)) },
    Mode { is_long: true, ..mode("release llvm -O2", Profile::Release, RunsOn::Llvm(OptLevel::O2)) },
    mode("release llvm -O3", Profile::Release, RunsOn::Llvm(OptLevel::O3)),
    Mode { is_long: true, ..mode("release llvm -Oz", Profile::Release, RunsOn::Llvm(OptLevel::Oz)) },
    Mode {
        is_long: true,
        aborts: true,
        ..mode("abort llvm -O2", Profile::Release, RunsOn::Llvm(OptLevel::O2))
    },
    Mode {
        debug_info: true,
        is_long: true,
        ..mode("debug llvm -O0 -g", Profile::Debug, RunsOn::Llvm(OptLevel::O0))
    },
    Mode {
        debug_info: true,
        is_long: true,
        ..mode("release llvm -O2 -g", Profile::Release, RunsOn::Llvm(OptLevel::O2))
    },
];

const fn mode_web(name: &'static str, profile: Profile, engine: web::Engine) -> Mode {
    Mode { target: &driver::WASM32_WEB, ..mode(name, profile, RunsOn::Web(engine, None)) }
}

/// Those of modules for JavaScript, in Node.
pub const NODE_MODES: &[Mode] = &[
    mode_web("debug node", Profile::Debug, web::Engine::Node),
    mode_web("release node", Profile::Release, web::Engine::Node),
    Mode {
        target: &driver::WASM64_WEB,
        is_long: true,
        ..mode_web("release wasm64 node", Profile::Release, web::Engine::Node)
    },
    Mode { aborts: true, is_long: true, ..mode_web("abort node", Profile::Release, web::Engine::Node) },
];

/// Through LLVM, in Node.
#[cfg(feature = "llvm")]
pub const LLVM_NODE_MODES: &[Mode] = &[Mode {
    target: &driver::WASM32_WEB,
    ..mode("release llvm node", Profile::Release, RunsOn::Web(web::Engine::Node, Some(OptLevel::O3)))
}];

/// And in a page.
pub const CHROMIUM_MODES: &[Mode] = &[
    mode_web("release chromium", Profile::Release, web::Engine::Chromium),
    Mode { is_long: true, ..mode_web("debug chromium", Profile::Debug, web::Engine::Chromium) },
];

/// Both: LLVM, and a 64-bit memory.
pub const LLVM_WASM64_MODES: &[Mode] = &[
    Mode { is_long: true, ..mode_64("debug wasm64 llvm -O0", Profile::Debug, RunsOn::Llvm(OptLevel::O0)) },
    mode_64("release wasm64 llvm -O3", Profile::Release, RunsOn::Llvm(OptLevel::O3)),
    Mode {
        is_long: true,
        ..mode_64("release wasm64 llvm -Oz", Profile::Release, RunsOn::Llvm(OptLevel::Oz))
    },
    Mode {
        aborts: true,
        is_long: true,
        ..mode_64("abort wasm64 llvm -O2", Profile::Release, RunsOn::Llvm(OptLevel::O2))
    },
    Mode {
        debug_info: true,
        is_long: true,
        ..mode_64("release wasm64 llvm -O2 -g", Profile::Release, RunsOn::Llvm(OptLevel::O2))
    },
];

/// Those whose modules go through wasm-opt, a suite of its own.
pub const WASM_OPT_MODES: &[Mode] = &[
    Mode {
        wasm_opt: Some(OptLevel::Oz),
        ..mode("release wasm-opt -Oz", Profile::Release, RunsOn::WasmAt(OptLevel::Oz))
    },
    Mode {
        wasm_opt: Some(OptLevel::O3),
        is_long: true,
        ..mode("release wasm-opt -O3", Profile::Release, RunsOn::Wasm)
    },
    Mode {
        wasm_opt: Some(OptLevel::Oz),
        ..mode_64("release wasm64 wasm-opt -Oz", Profile::Release, RunsOn::WasmAt(OptLevel::Oz))
    },
];

/// Both, after LLVM.
pub const LLVM_WASM_OPT_MODES: &[Mode] = &[
    Mode {
        wasm_opt: Some(OptLevel::Oz),
        ..mode("release llvm wasm-opt -Oz", Profile::Release, RunsOn::Llvm(OptLevel::Oz))
    },
    Mode {
        wasm_opt: Some(OptLevel::O3),
        is_long: true,
        ..mode("release llvm wasm-opt -O3", Profile::Release, RunsOn::Llvm(OptLevel::O3))
    },
];

/// Those of native programs, a suite of its own.
pub const NATIVE_MODES: &[Mode] = &[
    Mode { is_long: true, ..mode("debug native -O0", Profile::Debug, RunsOn::Native(OptLevel::O0)) },
    Mode { is_long: true, ..mode("release native -O2", Profile::Release, RunsOn::Native(OptLevel::O2)) },
    mode("release native -O3", Profile::Release, RunsOn::Native(OptLevel::O3)),
    Mode { is_long: true, ..mode("release native -Oz", Profile::Release, RunsOn::Native(OptLevel::Oz)) },
    Mode {
        is_long: true,
        aborts: true,
        ..mode("abort native -O2", Profile::Release, RunsOn::Native(OptLevel::O2))
    },
    Mode {
        debug_info: true,
        is_long: true,
        ..mode("debug native -O0 -g", Profile::Debug, RunsOn::Native(OptLevel::O0))
    },
    Mode {
        debug_info: true,
        is_long: true,
        ..mode("release native -O3 -g", Profile::Release, RunsOn::Native(OptLevel::O3))
    },
];

/// Those of programs of a system that are object files, a suite of its own.
pub const fn linked_modes(system: &'static System) -> [Mode; 3] {
    [
        mode("release linked -O3", Profile::Release, RunsOn::Linked(system, OptLevel::O3)),
        Mode {
            is_long: true,
            ..mode("debug linked -O0", Profile::Debug, RunsOn::Linked(system, OptLevel::O0))
        },
        Mode {
            is_long: true,
            ..mode("release linked -Oz", Profile::Release, RunsOn::Linked(system, OptLevel::Oz))
        },
    ]
}

/// The name of the target whose programs are processes of this machine.
const NATIVE_TARGET: &str = "x86_64-linux";

/// The most memory of a program, more than it needs: one that takes what it gets would have the machine's otherwise.
const MEMORY_MAX: u64 = 8 << 30;

/// Longest run of one program; a program of the corpus that needs longer hangs.
pub const TIMEOUT: Duration = Duration::from_secs(60);

pub fn options(program: &Program, mode: Mode) -> Options {
    let target = match mode.runs_on {
        RunsOn::Native(_) => native_target(),
        RunsOn::Linked(system, _) => target(system.target),
        _ => mode.target,
    };
    Options {
        target,
        artifact: driver::usual_artifact(target),
        profile: mode.profile,
        backend: Some(match mode.runs_on {
            RunsOn::Llvm(_) | RunsOn::Native(_) | RunsOn::Linked(..) | RunsOn::Web(_, Some(_)) => {
                BackendKind::Llvm
            }
            RunsOn::Wasm | RunsOn::WasmAt(_) | RunsOn::Interpreter | RunsOn::Web(_, None) => {
                BackendKind::Wasm
            }
        }),
        opt_level: match mode.runs_on {
            RunsOn::WasmAt(level)
            | RunsOn::Llvm(level)
            | RunsOn::Native(level)
            | RunsOn::Linked(_, level) => Some(level),
            RunsOn::Web(_, level) => level,
            RunsOn::Wasm | RunsOn::Interpreter => None,
        },
        overflow_checks: program.overflow_checks,
        passes_off: if mode.passes_off { driver::passes() } else { program.passes_off.clone() },
        check_leaks: !program.leaks_unchecked,
        // The order of what waits must not depend on how busy the machine is.
        virtual_clock: true,
        debug_info: mode.debug_info,
        verify: true,
        panics: if mode.aborts { Panics::Abort } else { Panics::Unwind },
        vectors: mode.vectors,
        ..Options::default()
    }
}

pub fn native_target() -> &'static TargetInfo {
    target(NATIVE_TARGET)
}

/// The target that the first line of a program asks for.
pub fn target_of(text: &str) -> &'static TargetInfo {
    let first = text.lines().next().unwrap_or_default();
    first.strip_prefix("// target: ").map_or(Options::default().target, |name| target(name.trim()))
}

/// Whether a program runs on all targets; a part of a page or of a program in JavaScript names the one that it needs.
pub fn is_for_all_targets(path: &Path) -> bool {
    // What cannot be read is for others to report.
    std::fs::read_to_string(path).map_or(true, |text| target_of(&text) == Options::default().target)
}

pub fn target(name: &str) -> &'static TargetInfo {
    driver::targets().iter().find(|target| target.name == name).expect("there is such a target")
}

/// Runs a corpus program in those of the modes that it asks for.
pub fn check_program(
    root: &Path,
    engine: &wasi::Engine,
    program: &Program,
    modes: &[Mode],
    is_full: bool,
) -> Vec<String> {
    let mut failures = Vec::new();
    let mut kept = Kept::default();
    let number = program.name.bytes().fold(0, |sum, byte| sum + u32::from(byte));
    let runs = |mode: &&Mode| is_full || !mode.is_long && number.is_multiple_of(mode.one_of);
    for mode in modes.iter().filter(runs) {
        let skipped = program.only.as_deref().is_some_and(|only| !only.starts_with(mode.name));
        let panics = mode.aborts && (program.contains_panics || matches!(program.status, 101 | 102));
        let unfit = match mode.runs_on {
            RunsOn::Interpreter => program.is_heavy || !program.dirs.is_empty(),
            RunsOn::Native(_) => program.is_for_wasi,
            // The stack is the system's, and so is what is said of its end.
            RunsOn::Linked(..) => program.is_for_wasi || program.overflows_stack(),
            // There are no files, and a stack's end is the engine's.
            RunsOn::Web(..) => program.is_for_wasi || program.overflows_stack() || !program.dirs.is_empty(),
            RunsOn::Wasm | RunsOn::WasmAt(_) | RunsOn::Llvm(_) => false,
        };
        if skipped || panics || unfit {
            continue;
        }
        let mut loader = Disk { root: root.to_path_buf() };
        if let Err(problem) = check_mode(&mut loader, engine, program, *mode, &mut kept) {
            failures.push(format!("{} [{}]: {problem}", program.name, mode.name));
        }
    }
    failures
}

/// Runs a program that exists only as text (an example in a document).
pub fn check_text(
    engine: &wasi::Engine,
    name: &str,
    text: &str,
    expected: Option<&str>,
) -> Result<(), String> {
    let mut loader = Memory { name: name.to_string(), text: text.into() };
    let mut program = Program { name: name.to_string(), ..Program::default() };
    let wasm = compile(&mut loader, &program.name, options(&program, DEBUG))?;
    if let Some(expected) = expected {
        program.stdout = expected.to_string();
    }
    let outcome = execute(engine, &wasm, &program)?;
    compare(&program, outcome.status, &outcome.stdout_text(), &outcome.stderr_text(), expected.is_some())
}

/// Whether a program that exists only as text becomes a module for JavaScript, and the files beside it.
pub fn compiles_for_the_web(text: &str) -> Result<(), String> {
    let name = "example.gal";
    let mut loader = Memory { name: name.to_string(), text: text.into() };
    let program = Program { name: name.to_string(), ..Program::default() };
    let options = Options { target: &driver::WASM32_WEB, ..options(&program, DEBUG) };
    compile(&mut loader, name, options).map(drop)
}

fn check_mode(
    loader: &mut dyn SourceLoader,
    engine: &wasi::Engine,
    program: &Program,
    mode: Mode,
    kept: &mut Kept,
) -> Result<(), String> {
    let options = options(program, mode);
    if mode.runs_on == RunsOn::Interpreter {
        let outcome = interpret(loader, program, options, kept)?;
        return compare(program, outcome.status, &outcome.stdout, &outcome.stderr, true);
    }
    let artifact = kept.compile(loader, &program.name, options)?;
    let process = match mode.runs_on {
        RunsOn::Native(_) => Some(native::run(&artifact.bytes, program, TIMEOUT)?),
        RunsOn::Linked(system, _) => Some(system.run(&artifact.bytes, program, TIMEOUT)?),
        _ => None,
    };
    if let Some(outcome) = process {
        return compare(program, outcome.status, &outcome.stdout, &outcome.stderr, true);
    }
    if let RunsOn::Web(engine, _) = mode.runs_on {
        let outcome = engine.run(&artifact.bytes, program, TIMEOUT)?;
        return compare(program, outcome.status, &outcome.stdout, &outcome.stderr, true);
    }
    let module = match mode.wasm_opt {
        Some(level) => wasm_opt::run(&artifact, level)?,
        None => artifact.bytes,
    };
    let outcome = execute(engine, &module, program)?;
    compare(program, outcome.status, &outcome.stdout_text(), &outcome.stderr_text(), true)
}

/// The MIR of one program that was made last, for whoever asks for the same.
#[derive(Default)]
pub struct Kept(Option<(Options, MirProgram)>);

impl Kept {
    /// The program of the session, or what the compiler says against it.
    pub fn program(&mut self, session: &mut Session<'_>, entry: &str) -> Result<MirProgram, String> {
        match self.0.take() {
            Some((options, made)) if options == session.options => Ok(made),
            _ => driver::to_mir(session, entry).map_err(|e| e.to_string())?.map_err(|c| rejected(&c)),
        }
    }

    pub fn keep(&mut self, session: Session<'_>, made: MirProgram) {
        self.0 = Some((session.options, made));
    }

    pub fn compile(
        &mut self,
        loader: &mut dyn SourceLoader,
        entry: &str,
        options: Options,
    ) -> Result<Artifact, String> {
        let features = features(&options);
        let mut session = Session::new(loader, options).with_backends(BACKENDS);
        let made = self.program(&mut session, entry)?;
        let compiled = made.compile(&mut session).map_err(|e| e.to_string())?;
        let Some(output) = compiled.output else { return Err(rejected(&compiled.checked)) };
        if output.artifact.kind == ArtifactKind::WasmModule {
            wasmparser::Validator::new_with_features(features)
                .validate_all(&output.artifact.bytes)
                .map_err(|e| format!("invalid module: {e}"))?;
        }
        Ok(output.artifact)
    }
}

fn rejected(checked: &Checked) -> String {
    let text: Vec<String> = checked
        .diagnostics
        .iter()
        .map(|d| report::human(d, &checked.source_map, report::Style::Plain))
        .collect();
    format!("does not compile\n{}", text.join("\n"))
}

/// Compiles a program to what the options say; modules are validated.
pub fn compile(loader: &mut dyn SourceLoader, entry: &str, options: Options) -> Result<Vec<u8>, String> {
    Ok(compile_artifact(loader, entry, options)?.bytes)
}

/// The same with what else is known of the result.
pub fn compile_artifact(
    loader: &mut dyn SourceLoader,
    entry: &str,
    options: Options,
) -> Result<Artifact, String> {
    Kept::default().compile(loader, entry, options)
}

/// What a module may need of an engine: vectors only where they are asked for.
fn features(options: &Options) -> WasmFeatures {
    let without = match options.vectors {
        Vectors::Absent => WasmFeatures::SIMD | WasmFeatures::RELAXED_SIMD,
        Vectors::Fixed => WasmFeatures::RELAXED_SIMD,
        Vectors::Relaxed => WasmFeatures::empty(),
    };
    WasmFeatures::all().difference(without)
}

pub fn execute(engine: &wasi::Engine, wasm: &[u8], program: &Program) -> Result<wasi::Outcome, String> {
    let module = engine.load(wasm.to_vec()).map_err(|e| e.to_string())?;
    module.run(&host(program)).map_err(|e| e.to_string())
}

/// What a program is given.
pub fn host(program: &Program) -> wasi::RunOptions {
    let mut args = vec![program.called()];
    args.extend(program.args.iter().cloned());
    wasi::RunOptions {
        args,
        stdin: wasi::Input::Bytes(program.stdin.clone().into_bytes()),
        stdout: wasi::Output::Capture,
        stderr: wasi::Output::Capture,
        timeout: Some(TIMEOUT),
        max_memory: Some(MEMORY_MAX),
        dirs: program.dirs.iter().map(|dir| preopen(dir)).collect(),
        ..wasi::RunOptions::default()
    }
}

fn preopen(dir: &str) -> wasi::Preopen {
    let guest = dir.rsplit('/').next().unwrap_or(dir).to_string();
    wasi::Preopen { host: crate::root().join(dir), guest }
}

/// Interprets the MIR of a program, which is kept for who compiles it next.
pub fn interpret(
    loader: &mut dyn SourceLoader,
    program: &Program,
    options: Options,
    kept: &mut Kept,
) -> Result<driver::Interpreted, String> {
    let mut session = Session::new(loader, options);
    let made = kept.program(&mut session, &program.name)?;
    let stdin = program.stdin.as_bytes();
    let outcome = made
        .interpret(&mut session, &program.args, stdin, driver::INTERPRETED_STEPS)
        .map_err(|e| e.to_string());
    kept.keep(session, made);
    outcome
}

pub fn compare(
    program: &Program,
    status: i32,
    stdout: &str,
    stderr: &str,
    exact: bool,
) -> Result<(), String> {
    let mut problems = Vec::new();
    if status != program.status {
        problems.push(format!("status {status} instead of {}", program.status));
    }
    if exact && stdout != program.stdout {
        problems.push(first_difference(&program.stdout, stdout));
    }
    for wanted in &program.stderr {
        if !stderr.contains(wanted.as_str()) {
            problems.push(format!("standard error lacks `{wanted}`"));
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    if !stderr.is_empty() {
        problems.push(format!("standard error:\n{}", clip(stderr)));
    }
    Err(problems.join("; "))
}

pub fn first_difference(expected: &str, found: &str) -> String {
    let (mut want, mut got) = (expected.lines(), found.lines());
    for line in 1.. {
        match (want.next(), got.next()) {
            (None, None) => break,
            (w, g) if w == g => {}
            (w, g) => {
                let show = |l: Option<&str>| l.map_or("the end".to_string(), |l| format!("`{}`", clip(l)));
                return format!("line {line}: expected {}, found {}", show(w), show(g));
            }
        }
    }
    "output differs in its line ends".to_string()
}

pub fn clip(text: &str) -> String {
    let short: String = text.chars().take(1500).collect();
    if short.len() < text.len() { short + "…" } else { short }
}

//! The phases in order. Each hands its result to the next by value; what went wrong comes back beside it.

use crate::sources::{Sources, add_entry};
use crate::{Checked, DriverError, Level, Options, Panics, Purpose, Session, Stage};
use crate::{constants, misuses};
use backend::{Artifact, Backend, BackendKind, CompileOptions, OptLevel};
use hir::{CheckOptions, Checker};
use lir::{Target, Vectors};
use syntax::{Diagnostic, Interner, SourceMap, Span};

/// Runs one stage and tells the observer.
pub(crate) fn stage<T>(
    session: &mut Session<'_>,
    stage: Stage,
    run: impl FnOnce(&mut Session<'_>) -> T,
) -> T {
    if let Some(observer) = session.observer.as_deref_mut() {
        observer.begin(stage);
    }
    let result = run(session);
    if let Some(observer) = session.observer.as_deref_mut() {
        observer.end(stage);
    }
    result
}

/// Loads the program and checks its declarations and all of the user's bodies, so that it can be lowered.
pub(crate) fn front_end(session: &mut Session<'_>, entry: &str) -> Result<Checker, DriverError> {
    checker(session, entry, false)
}

/// Like [`front_end`], and keeps no bodies.
pub(crate) fn only_check(session: &mut Session<'_>, entry: &str) -> Result<Checker, DriverError> {
    checker(session, entry, true)
}

/// Bodies are parsed late, which is faster; but findings depend on what could not be parsed, so a program with
/// syntax errors in bodies is done once more with all of them parsed first.
fn checker(session: &mut Session<'_>, entry: &str, only_check: bool) -> Result<Checker, DriverError> {
    let checker = try_checker(session, entry, only_check, true)?;
    match checker.has_late_faults() {
        true => try_checker(session, entry, only_check, false),
        false => Ok(checker),
    }
}

fn try_checker(
    session: &mut Session<'_>,
    entry: &str,
    only_check: bool,
    bodies_later: bool,
) -> Result<Checker, DriverError> {
    let options = CheckOptions { only_check, bodies_later, ..CheckOptions::default() };
    let mut checker = declarations(session, entry, options)?;
    stage(session, Stage::Check, |_| checker.check_all_user_bodies());
    Ok(checker)
}

/// Loads the program and checks its declarations.
pub(crate) fn declarations(
    session: &mut Session<'_>,
    entry: &str,
    options: CheckOptions,
) -> Result<Checker, DriverError> {
    let mut map = SourceMap::default();
    let root = add_entry(session.loader, entry, &mut map)?;
    let target = session.options.target;
    Ok(stage(session, Stage::Parse, |session| {
        let mut sources = Sources::new(session.loader, entry, target.sys);
        let targets = target.families.iter().map(|name| name.to_string()).collect();
        let options = CheckOptions { targets, ..options };
        Checker::new(map, Interner::default(), options, &mut sources, root)
    }))
}

pub(crate) fn checked(checker: Checker) -> Checked {
    Checked { diagnostics: checker.diagnostics(), source_map: checker.map }
}

/// The `test` blocks that are roots, in the order of their modules.
pub(crate) fn tests(checker: &Checker, purpose: Purpose) -> Vec<hir::program::TestId> {
    let program = &checker.program;
    let is_wanted = |is_library: bool| match purpose {
        Purpose::Program => false,
        Purpose::Test => !is_library,
        Purpose::LibraryTest => is_library,
    };
    let tests = program.tests.iter_enumerated();
    tests.filter(|(_, test)| is_wanted(program.modules[test.module].is_library)).map(|(id, _)| id).collect()
}

/// Whether the checkers of the intermediate forms run.
fn verifies(options: &Options) -> bool {
    mir::verify::is_wanted(options.verify)
}

/// The target as the options and the backend that was chosen make it.
fn target(options: &Options, max_results: u32) -> Target {
    let target = options.target.target();
    let max_results = max_results.min(target.max_results);
    let panic_unwinds = options.panics == Panics::Unwind;
    Target { panic_unwinds, max_results, vectors: options.vectors, ..target }
}

/// From a checked program without errors to optimised MIR; `Err` carries diagnostics about limits.
pub(crate) fn to_mir(
    session: &mut Session<'_>,
    checker: &mut Checker,
) -> Result<Result<mir::Program, Vec<Diagnostic>>, DriverError> {
    let options = session.options.clone();
    if options.verify && !mir::verify::AVAILABLE {
        return Err(DriverError::Unsupported("this compiler was built without its verifiers".to_string()));
    }
    let build = mir::build::BuildOptions {
        overflow_checks: options.checks_overflow(),
        bounds_checks: options.bounds_checks,
        check_leaks: options.check_leaks,
        virtual_clock: options.virtual_clock || options.schedules,
        schedules: options.schedules,
        trace: options.trace,
        smallest: options.level() == OptLevel::Oz,
        panic_unwinds: options.panics == Panics::Unwind,
        debug_info: options.debug_info,
        relaxed_simd: options.vectors == Vectors::Relaxed,
        pointer_bytes: options.target.pointer_bytes,
        tests: (options.purpose != Purpose::Program).then(|| tests(checker, options.purpose)),
        consts: None,
        values: Default::default(),
    };
    let values = match stage(session, Stage::LowerToMir, |_| {
        constants::evaluate(checker, &build, &options.target.target())
    })? {
        Ok(values) => values,
        Err(diagnostics) => return Ok(Err(diagnostics)),
    };
    let build = mir::build::BuildOptions { values, ..build };
    let built = stage(session, Stage::LowerToMir, |_| build_mir(checker, &build, &options.target.target()));
    let mut program = match built {
        Ok(program) => program,
        Err(diagnostics) => return Ok(Err(diagnostics)),
    };
    if verifies(&options) {
        verify_mir(&program)?;
    }
    let mut off: Vec<String> = options.off_at(Level::Mir).collect();
    if options.debug_info {
        // A backtrace names the line of the call.
        off.push("share_panics".to_string());
    }
    if options.debug_info && options.level() == OptLevel::O0 {
        off.extend(mir::debug::NOT_WHEN_DEBUGGING.iter().map(|name| name.to_string()));
    } else if options.debug_info {
        mir::debug::forget_changing_variables(&mut program);
    }
    let passes =
        mir::PassOptions { off, for_size: options.level().is_for_size(), certify: verifies(&options) };
    let report = stage(session, Stage::OptimizeMir, |_| mir::optimize(&mut program, &passes));
    if let Some((pass, message)) = report.broken.first() {
        return Err(DriverError::Internal(format!("pass `{pass}` broke the program: {message}")));
    }
    if !report.misuses.is_empty() {
        return Ok(Err(misuses::report(&program, &report.misuses, &checker.map)));
    }
    Ok(Ok(program))
}

/// LIR with what is mandatory alone, for the interpreter. Panics unwind, whatever they do in the program.
pub(crate) fn plain_lir(
    mut program: mir::Program,
    map: &SourceMap,
    target: &Target,
) -> Result<Result<lir::Module, Vec<Diagnostic>>, DriverError> {
    let passes = mir::PassOptions { off: vec!["all".to_string()], ..mir::PassOptions::default() };
    let report = mir::optimize(&mut program, &passes);
    if let Some((pass, message)) = report.broken.first() {
        return Err(DriverError::Internal(format!("pass `{pass}` broke a constant: {message}")));
    }
    if !report.misuses.is_empty() {
        return Ok(Err(misuses::report(&program, &report.misuses, map)));
    }
    Ok(with_frames(lir::lower::lower_program(&program, target, lir::lower::LowerOptions::default())))
}

/// Builds MIR; `Err` carries diagnostics about limits.
pub(crate) fn build_mir(
    checker: &mut Checker,
    build: &mir::build::BuildOptions,
    target: &Target,
) -> Result<mir::Program, Vec<Diagnostic>> {
    let program = mir::build::build_program(checker, build)?;
    match lir::lower::check_sizes(&program, target) {
        Ok(()) => Ok(program),
        Err(found) => Err(vec![too_large(found)]),
    }
}

/// A value that no memory holds.
fn too_large(found: lir::lower::TooLarge) -> Diagnostic {
    let message = format!(
        "a value of type `{}` takes more than {} bytes",
        found.ty.replace('%', ""),
        lir::lower::layout::MAX_VALUE_BYTES
    );
    Diagnostic::error(hir::codes::VALUE_TOO_LARGE, found.span, message)
        .note("an `Array` has its elements elsewhere, and only as many as there are")
}

/// A module whose functions find room on the stack for what cannot be in registers.
fn with_frames(module: lir::Module) -> Result<lir::Module, Vec<Diagnostic>> {
    let limit = module.target.stack_bytes as u64;
    let mut diags = Vec::new();
    for func in module.funcs.iter() {
        let lir::FuncKind::Defined(body) = &func.kind else { continue };
        let bytes: u64 = body.slots.iter().map(|s| s.size.next_multiple_of(s.align.max(1)) as u64).sum();
        if bytes > limit {
            let message = format!("the values in this function take {bytes} bytes; the stack has {limit}");
            let diag = Diagnostic::error(hir::codes::FRAME_TOO_LARGE, place_of(&module, func), message)
                .note("an `Array` keeps its elements on the heap; a fixed array lies where its variable is");
            diags.push(diag);
        }
    }
    if diags.is_empty() { Ok(module) } else { Err(diags) }
}

/// Where a function stands; for one of no source, what has been inlined into it first.
fn place_of(module: &lir::Module, func: &lir::Function) -> Span {
    let insts = func.body().into_iter().flat_map(|body| &body.blocks).flat_map(|block| &block.insts);
    let resolved = |span| module.debug.as_ref().map_or(span, |debug| debug.inlined.place(span));
    let mut spans = std::iter::once(func.span).chain(insts.map(|inst| resolved(inst.span)));
    spans.find(|span| !span.is_dummy()).unwrap_or(Span::DUMMY)
}

fn verify_mir(program: &mir::Program) -> Result<(), DriverError> {
    match mir::verify(program) {
        Ok(()) => Ok(()),
        Err(errors) => {
            let shown: Vec<String> = errors.iter().take(3).map(|e| e.to_string()).collect();
            Err(DriverError::Internal(format!("lowering made invalid MIR: {}", shown.join("\n"))))
        }
    }
}

/// `Err` carries diagnostics about limits. `unwanted` are passes over LIR that are left out.
pub(crate) fn to_lir(
    session: &mut Session<'_>,
    program: &mir::Program,
    max_results: u32,
    unwanted: &[&str],
) -> Result<Result<lir::Module, Vec<Diagnostic>>, DriverError> {
    let options = session.options.clone();
    stage(session, Stage::LowerToLir, |_| {
        let for_size = options.level().is_for_size();
        let lower = lir::lower::LowerOptions { for_size, counts: options.counts };
        let mut module = lir::lower::lower_program(program, &target(&options, max_results), lower);
        if verifies(&options) {
            verify_lir(&module)?;
        }
        if options.vectors == Vectors::Absent {
            lir::passes::expand_vectors::expand_vectors(&mut module);
        }
        let passes = lir::passes::PassOptions {
            disabled: options
                .off_at(Level::Lir)
                .chain(unwanted.iter().map(|name| name.to_string()))
                .collect(),
            optimize: options.level() != OptLevel::O0,
            for_size,
            verify: verifies(&options),
        };
        lir::passes::optimize(&mut module, &passes);
        Ok(with_frames(module))
    })
}

fn verify_lir(module: &lir::Module) -> Result<(), DriverError> {
    match lir::verify(module) {
        Ok(()) => Ok(()),
        Err(errors) => {
            let shown: Vec<String> = errors.iter().take(3).map(|e| e.to_string()).collect();
            Err(DriverError::Internal(format!("lowering made invalid LIR: {}", shown.join("\n"))))
        }
    }
}

pub(crate) fn to_artifact(
    session: &mut Session<'_>,
    backend: &dyn Backend,
    module: &lir::Module,
    map: &SourceMap,
) -> Result<Artifact, DriverError> {
    let options = &session.options;
    let profiling = options.profiling.clone();
    let passes_off: Vec<String> = match backend.kind() {
        BackendKind::Wasm => options.off_at(Level::Wasm).collect(),
        _ => Vec::new(),
    };
    let compile = CompileOptions {
        artifact: options.artifact,
        level: options.level(),
        passes_off: &passes_off,
        names: options.keeps_names(),
        debug_info: if options.debug_info { Some(map) } else { None },
        profiling: &profiling,
    };
    Ok(stage(session, Stage::Emit, |_| backend.compile(module, &compile))?)
}

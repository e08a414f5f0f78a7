//! Evaluates the user's constants on the interpreter, before the program is lowered.
//!
//! In: a checked program without errors. Out: the values of constants that are numbers, `Bool` or `Char`, which lowering puts in their
//! places; and a diagnostic for each constant, of whatever type, whose evaluation has no end that fits the limits or ends in a
//! panic. Constants that own memory are evaluated for that alone, and made anew wherever they are used.
//! Only what the constants reach is lowered, and only if there are any that are more than a literal.

use crate::{DriverError, pipeline};
use backend_interp::{
    CLibrary, Failure, Host, Interp, Limits, Linux, Memory, Outcome, Preview1, Program, Stop, Trap, Value,
};
use hir::body::ExprKind;
use hir::codes;
use hir::program::{BodyOwner, ConstId};
use hir::ty::{IntTy, Ty, TyKind};
use hir::{Checker, program};
use lir::{Imm, Platform, Target};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use syntax::Diagnostic;

/// `docs/language.md` and the page of `const-too-long` say the same.
const LIMITS: Limits = Limits { steps: 100_000_000, memory_bytes: 256 << 20, depth: 10_000 };

pub(crate) type Values = FxHashMap<ConstId, mir::Const>;

/// `Err` carries diagnostics.
pub(crate) fn evaluate(
    checker: &mut Checker,
    build: &mir::build::BuildOptions,
    target: &Target,
) -> Result<Result<Values, Vec<Diagnostic>>, DriverError> {
    let consts = candidates(checker);
    if consts.is_empty() {
        return Ok(Ok(Values::default()));
    }
    let build = mir::build::BuildOptions {
        panic_unwinds: true,
        check_leaks: false,
        virtual_clock: false,
        schedules: false,
        trace: None,
        debug_info: false,
        tests: None,
        consts: Some(consts.clone()),
        ..build.clone()
    };
    let program = match pipeline::build_mir(checker, &build, target) {
        Ok(program) => program,
        Err(diagnostics) => return Ok(Err(diagnostics)),
    };
    let module = match pipeline::plain_lir(program, &checker.map, target)? {
        Ok(module) => module,
        Err(diagnostics) => return Ok(Err(diagnostics)),
    };
    let program: Prepared = Program::new(&module).map(Arc::new);
    let mut values = Values::default();
    let (mut faults, mut faulty) = (Vec::new(), Vec::new());
    for (i, id) in consts.into_iter().enumerate() {
        // What is wrong with it has been said of the one that it needs.
        if !faulty.is_empty() && checker.const_needs(id, &faulty) {
            continue;
        }
        match run(&module, &program, &format!("const_{i}")) {
            Ok(results) => {
                let ty = checker.program.consts[id].ty;
                if let Some(value) = results.first().and_then(|value| constant(checker, ty, value)) {
                    values.insert(id, value);
                }
            }
            Err(fault) => {
                faulty.push(id);
                faults.push((id, fault));
            }
        }
    }
    faults.retain(|(id, _)| !checker.const_needs(*id, &faulty));
    let faults: Vec<Diagnostic> =
        faults.into_iter().map(|(id, fault)| diagnostic(checker, id, fault)).collect();
    Ok(if faults.is_empty() { Ok(values) } else { Err(faults) })
}

/// The user's constants that are not written as a literal and belong to no generic item.
fn candidates(checker: &mut Checker) -> Vec<ConstId> {
    let of_user =
        |c: &program::Const| !checker.program.modules[c.module].is_library && c.generics.params.is_empty();
    let all: Vec<ConstId> =
        checker.program.consts.iter_enumerated().filter(|(_, c)| of_user(c)).map(|(id, _)| id).collect();
    let is_literal = |kind: &ExprKind| match kind {
        ExprKind::Lit(_) => true,
        ExprKind::Unary { operand, .. } => matches!(operand.kind, ExprKind::Lit(_)),
        _ => false,
    };
    all.into_iter()
        .filter(|id| {
            let body = checker.body(BodyOwner::Const(*id));
            !body.has_errors && !is_literal(&body.value.kind)
        })
        .collect()
}

/// All constants as functions of one program, or why there is none.
type Prepared = Result<Arc<Program>, Failure>;

fn run(module: &lir::Module, program: &Prepared, export: &str) -> Result<Vec<Value>, Fault> {
    let too_long = |what: String| Fault { code: codes::CONST_TOO_LONG, what, place: None };
    let failed = |failure: Failure| match failure {
        Failure::OutOfSteps => too_long("takes more than 100 million steps".to_string()),
        other => too_long(format!("cannot be done by the compiler: {other}")),
    };
    let (outcome, has_printed, said) = match module.target.platform() {
        Platform::Wasm => {
            let mut host = Preview1::default();
            (call(module, program, export, &mut host)?, !host.stdout.is_empty(), host.stderr)
        }
        Platform::X86_64Linux => {
            let mut host = Linux::default();
            (call(module, program, export, &mut host)?, !host.stdout.is_empty(), host.stderr)
        }
        Platform::C(_) => {
            let mut host = CLibrary::new(module.target.pointer_bytes);
            (call(module, program, export, &mut host)?, !host.stdout.is_empty(), host.stderr)
        }
    };
    let outcome = outcome.map_err(failed)?;
    let said = String::from_utf8_lossy(&said).trim().to_string();
    match outcome {
        Outcome::Returned(_) if has_printed => {
            let what = "prints, and nobody would see it".to_string();
            Err(Fault { code: codes::CONST_PANICS, what, place: None })
        }
        Outcome::Returned(results) => Ok(results),
        Outcome::Threw => Err(panicked(&said)),
        Outcome::Exited(_) => Err(too_long(format!("does not fit the limits: {said}"))),
        Outcome::Trapped(Trap::CallDepth) => {
            Err(too_long(format!("nests calls too deep: at most {} may be active at once", LIMITS.depth)))
        }
        Outcome::Trapped(trap) => Err(too_long(format!("does not fit the limits: {trap}"))),
    }
}

/// `Err`: the constant asks for what only the host of the program knows.
fn call(
    module: &lir::Module,
    program: &Prepared,
    export: &str,
    host: &mut dyn Host,
) -> Result<Result<Outcome, Failure>, Fault> {
    let mut host = Compiler { host, is_asked: false };
    let interp = program.clone().and_then(|program| Interp::of(program, LIMITS));
    let outcome = interp.and_then(|mut interp| interp.call(export, &result_slot(module, export), &mut host));
    if host.is_asked {
        let what = "asks the host, which there is none of yet".to_string();
        return Err(Fault { code: codes::CONST_ASKS_HOST, what, place: None });
    }
    Ok(outcome)
}

/// What the program's host is while its constants are evaluated: it gives memory and takes what a panic prints. All else would be
/// another thing where the program runs: the time, arguments, files.
struct Compiler<'a> {
    host: &'a mut dyn Host,
    is_asked: bool,
}

/// What a panic needs of Preview 1; the rest are questions, which only the host of the program can answer.
const NO_QUESTIONS: [&str; 2] = ["fd_write", "proc_exit"];

impl Host for Compiler<'_> {
    fn call(
        &mut self,
        module: &str,
        name: &str,
        args: &[Value],
        memory: &mut Memory,
    ) -> Result<Vec<Value>, Stop> {
        let answer = match module == Preview1::MODULE && !NO_QUESTIONS.contains(&name) {
            true => Err(Stop::Unsupported(format!("`{name}` is a question to the host"))),
            false => self.host.call(module, name, args, memory),
        };
        self.is_asked |= matches!(answer, Err(Stop::Unsupported(_)));
        answer
    }
}

/// The address for a result that goes to memory, which nobody reads: behind the guard for null, at the far end of the stack.
fn result_slot(module: &lir::Module, export: &str) -> Vec<Value> {
    const FAR_END: i64 = 4096;
    let func = module.exports.iter().find(|e| e.name == export).map(|e| &module.funcs[e.func]);
    let params = func.map_or(0, |func| func.sig.params.len());
    vec![Imm::Ptr(FAR_END); params]
}

/// Why a constant has no value.
struct Fault {
    code: &'static str,
    what: String,
    /// Where it panicked.
    place: Option<String>,
}

/// Out of what a panic prints, `panic at file:line:column: message`.
fn panicked(said: &str) -> Fault {
    let parts = said.strip_prefix("panic at ").and_then(|rest| rest.split_once(": "));
    let (place, message) = parts.map_or((None, said), |(place, message)| (Some(place.to_string()), message));
    Fault { code: codes::CONST_PANICS, what: format!("panics: {message}"), place }
}

fn diagnostic(checker: &Checker, id: ConstId, fault: Fault) -> Diagnostic {
    let decl = &checker.program.consts[id];
    let name = checker.program.name(decl.name);
    let message = format!("evaluating the constant `{name}` {}", fault.what);
    let diag = Diagnostic::error(fault.code, decl.span, message);
    let diag = match fault.place {
        Some(place) => diag.note(format!("at {place}")),
        None => diag,
    };
    diag.note("constants are evaluated when the program is compiled")
}

/// The value as MIR has it; `None` for values of more than one scalar.
fn constant(checker: &Checker, ty: Ty, value: &Value) -> Option<mir::Const> {
    Some(match (checker.program.types.kind(ty), *value) {
        // Of the target's width.
        (TyKind::Int(IntTy::USize), Imm::I64(bits)) => mir::Const::Int(i128::from(bits as u64), IntTy::USize),
        (TyKind::Int(int), Imm::I64(bits)) => mir::Const::Int(integer(bits, *int), *int),
        (TyKind::Int(int), Imm::I32(bits)) => mir::Const::Int(integer(i64::from(bits), *int), *int),
        (TyKind::F64, Imm::F64(bits)) => mir::Const::F64(bits),
        (TyKind::F32, Imm::F32(bits)) => mir::Const::F32(bits),
        (TyKind::Bool, Imm::I32(bits)) => mir::Const::Bool(bits != 0),
        (TyKind::Char, Imm::I32(bits)) => mir::Const::Char(char::from_u32(bits as u32)?),
        _ => return None,
    })
}

/// The number that the register's bits stand for.
fn integer(bits: i64, int: IntTy) -> i128 {
    match int {
        IntTy::U64 => i128::from(bits as u64),
        IntTy::U32 | IntTy::USize => i128::from(bits as u32),
        IntTy::U16 => i128::from(bits as u16),
        IntTy::U8 => i128::from(bits as u8),
        IntTy::I32 => i128::from(bits as i32),
        IntTy::I16 => i128::from(bits as i16),
        IntTy::I8 => i128::from(bits as i8),
        IntTy::I64 => i128::from(bits),
    }
}

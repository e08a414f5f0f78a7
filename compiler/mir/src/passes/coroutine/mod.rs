//! Functions that may suspend become state machines, so that no backend has to know of them.
//!
//! A *coroutine* is a function that calls `suspend`, directly or through other coroutines, or that is the target of a `start`.
//! Its place on the stack is taken by a *frame* in the heap, which does not move: what lives across a suspension is a field of it, all
//! else stays a local. Out of a coroutine `f` come two functions:
//!
//! * `f.frame(parent, result, arguments…)` makes the frame: the frame of the caller or 0, the address for the result, the arguments;
//! * `f(frame, mode)` goes on at the state that the frame is in: [`RUN`] as if `suspend` had returned, [`END`] as if it had
//!   thrown. It returns [`SUSPENDED`], [`FINISHED`] (the result has been written), or [`ENDED`] (it has unwound).
//!
//! A call of a coroutine by another one makes its frame, runs it at once, and gives the frame back when it has ended. If it suspends, so
//! does the caller. The scheduler resumes the innermost frame, and when that has ended, its parent, and so on: each
//! finds its state behind the call, with the mode as the call's result. So the cost of resuming is the same at any depth.
//!
//! Unwinding does not leave a coroutine: what its calls throw is caught, runs the cleanup and is returned as [`ENDED`]. That is how a green
//! thread is ended from outside, too (`END` at each frame from the innermost on), and how the scheduler contains a panic.
//!
//! A *generator* is a coroutine that whoever has its frame goes on with, by `next`, up to its next call of the function that
//! yields. That hands over a value in place of the result, and leaves the frame alone ([`YIELDED`]); its callers are not suspended by it. So
//! a generator is resumed by a direct call, which makes a coroutine of the caller only if the generator suspends otherwise, and then the frame's parent
//! is the caller's for as long as the call takes. Behind its end a generator has one more state, in which it has ended.
//!
//! The head of a frame is eight words, see [`HEAD`]; `library/runtime/coroutine.gal` has the same. The static word
//! [`SUSPENDED_FRAME`] is the frame that has called `suspend` last.
//!
//! This is the switched-resume lowering of LLVM's coroutines (LLVM, "Coroutines in LLVM"), with the calls between coroutines linked as in
//! Kotlin's and Rust's state machines. It runs on the owned stage, behind all other passes: places in frames are memory, of which the
//! certifier does not know. What it made of a body it therefore checked before.

mod body;
mod frame;
mod generator;

use crate::facts::TypeFacts;
use crate::ir::*;
use entity::{Idx, IndexVec};
use frame::Shape;

/// How to go on.
pub const RUN: i128 = 0;
pub const END: i128 = 1;

/// How that ended.
pub const SUSPENDED: i128 = 0;
pub const FINISHED: i128 = 1;
pub const ENDED: i128 = 2;
/// A generator has a value and waits to be asked for the next.
pub const YIELDED: i128 = 3;

/// The words of a frame's head.
pub const HEAD: [&str; 8] = ["code", "parent", "result", "state", "size", "kept", "spare0", "spare1"];
const CODE: u32 = 0;
const PARENT: u32 = 1;
const RESULT: u32 = 2;
const STATE: u32 = 3;
const SIZE: u32 = 4;
const KEPT: u32 = 5;

/// The variant of `Option` without a value, see docs/contracts.md.
const NONE: u32 = 0;

/// The number of the static word, as `static_addr` takes it.
pub const SUSPENDED_FRAME: u32 = 7;

/// A function that must not suspend and does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misuse {
    pub func: FuncId,
    pub why: Why,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// A user's `drop`.
    Drop,
    /// Called through a box or a table, where calls are those of functions.
    Boxed,
    /// The host calls it.
    Export,
    /// Generated code calls it.
    Lang,
}

/// The types that all frames have in common.
struct Common {
    word: Ty,
    status: Ty,
    byte_ptr: Ty,
    head: Ty,
    head_ptr: Ty,
    alloc: FuncId,
    free: FuncId,
}

/// One coroutine: its parts after the pass.
struct Coroutine {
    shape: Shape,
    make: FuncId,
    generator: Option<Generator>,
}

/// How a generator is resumed from functions that it does not suspend.
struct Generator {
    next: FuncId,
    /// Its callers are coroutines.
    suspends: bool,
}

/// Lowers all coroutines; what must not be one is returned, and then nothing has been done.
pub fn run(program: &mut Program) -> Result<(), Vec<Misuse>> {
    let suspends = suspending(program);
    let is_coroutine = coroutines(program, &suspends);
    if !is_coroutine.iter().any(|is| *is) {
        remove_suspend(program);
        return Ok(());
    }
    let misuses = misuses(program, &suspends);
    if !misuses.is_empty() {
        return Err(misuses);
    }
    let common = Common::new(program);
    let mut lowered: IndexVec<FuncId, Option<Coroutine>> = IndexVec::new();
    let generators = generator::generators(program);
    for func in is_coroutine.indices() {
        let made = is_coroutine[func].then(|| {
            let shape = Shape::new(program, &common, &suspends, func);
            let make = frame::make_function(program, &common, &shape, func);
            let generator = generators[func].then(|| {
                let next = generator::next_function(program, &common, func);
                Generator { next, suspends: suspends[func] }
            });
            Coroutine { shape, make, generator }
        });
        lowered.push(made);
    }
    let facts = TypeFacts::new(&program.types);
    for func in is_coroutine.indices() {
        match &lowered[func] {
            Some(coroutine) => body::lower(program, &common, &facts, &lowered, func, &coroutine.shape),
            None => body::lower_starts(program, &common, &lowered, func),
        }
    }
    program.has_frames = true;
    remove_suspend(program);
    Ok(())
}

/// Which functions are coroutines: those that suspend their callers, and those that are started.
fn coroutines(program: &Program, suspends: &IndexVec<FuncId, bool>) -> IndexVec<FuncId, bool> {
    let mut found = suspends.clone();
    for data in program.funcs.iter().filter_map(Function::body).flat_map(|body| &body.blocks) {
        if let Term::Call { callee: Callee::Start(func), .. } = &data.term {
            found[*func] = true;
        }
    }
    found
}

/// Which functions suspend who calls them, or, of generators, who asks for their next value.
fn suspending(program: &Program) -> IndexVec<FuncId, bool> {
    let mut callers: IndexVec<FuncId, Vec<FuncId>> = IndexVec::from_elem(Vec::new(), program.funcs.len());
    let mut found = IndexVec::from_elem(false, program.funcs.len());
    let mut work = Vec::new();
    for (id, func) in program.funcs.iter_enumerated() {
        if func.kind == FuncKind::Suspend {
            work.push(id);
        }
        for data in func.body().into_iter().flat_map(|body| &body.blocks) {
            if let Term::Call { callee: Callee::Func(callee) | Callee::Next(callee), .. } = &data.term {
                callers[*callee].push(id);
            }
        }
    }
    while let Some(func) = work.pop() {
        if !std::mem::replace(&mut found[func], true) {
            work.extend(&callers[func]);
        }
    }
    for (id, func) in program.funcs.iter_enumerated() {
        found[id] &= func.kind != FuncKind::Suspend;
    }
    found
}

fn misuses(program: &Program, suspends: &IndexVec<FuncId, bool>) -> Vec<Misuse> {
    let mut found: Vec<Misuse> = Vec::new();
    let mut note = |func: FuncId, why: Why| {
        if suspends[func] && !found.iter().any(|m| m.func == func) {
            found.push(Misuse { func, why });
        }
    };
    program.types.defs.iter().filter_map(|def| def.user_drop).for_each(|func| note(func, Why::Drop));
    for (id, func) in program.funcs.iter_enumerated() {
        if func.export.is_some() {
            note(id, Why::Export);
        }
        for stmt in func.body().into_iter().flat_map(|body| &body.blocks).flat_map(|data| &data.stmts) {
            match &stmt.kind {
                StmtKind::Assign(_, Rvalue::MakeFnBox { func, .. }) => note(*func, Why::Boxed),
                StmtKind::Assign(_, Rvalue::MakeDyn { methods, .. }) => {
                    methods.iter().for_each(|func| note(*func, Why::Boxed));
                }
                _ => {}
            }
        }
    }
    let mut lang: Vec<FuncId> = program.lang.values().copied().collect();
    lang.sort_unstable();
    lang.into_iter().for_each(|func| note(func, Why::Lang));
    found
}

/// Nothing calls it any more.
fn remove_suspend(program: &mut Program) {
    let Program { types, funcs, .. } = program;
    for func in funcs.iter_mut().filter(|func| func.leaves_caller()) {
        let decl = LocalDecl { ty: func.ret, name: None, loan_of: None, is_borrow: false, span: func.span };
        debug_assert!(types.defs[func.ret].variants.iter().all(|variant| variant.fields.is_empty()));
        let mut body = Body::default();
        body.locals.push(decl);
        body.blocks.push(BlockData {
            stmts: Vec::new(),
            term: Term::Return,
            term_span: func.span,
            is_cleanup: false,
        });
        func.may_unwind = false;
        func.params.clear();
        func.kind = FuncKind::Body(body);
    }
}

impl Common {
    fn new(program: &mut Program) -> Common {
        let types = &mut program.types;
        let word = types.intern(TyKind::Int(IntTy::USize));
        let status = types.intern(TyKind::Int(IntTy::I32));
        let byte = types.intern(TyKind::Int(IntTy::U8));
        let byte_ptr = types.intern(TyKind::Ptr(byte));
        let head = types.declare(TyKind::Struct, "coroutine.Head".to_string());
        let fields = HEAD.iter().map(|name| Field { name: name.to_string(), ty: word }).collect();
        types.defs[head].variants = vec![Variant { name: String::new(), fields }];
        let head_ptr = types.intern(TyKind::Ptr(head));
        let [alloc, free] = ["alloc", "free"].map(|name| program.lang[name]);
        Common { word, status, byte_ptr, head, head_ptr, alloc, free }
    }
}

/// Whether values of the type are nothing at all, so that there is no result to be written.
fn is_nothing(types: &Types, ty: Ty) -> bool {
    let def = &types.defs[ty];
    match def.kind {
        TyKind::Never => true,
        TyKind::Struct => def.variants.iter().all(|v| v.fields.is_empty()),
        _ => false,
    }
}

fn word(value: i128) -> Operand {
    Operand::Const(Const::Int(value, IntTy::USize))
}

fn field(pointer: Local, index: u32) -> Place {
    Place { local: pointer, proj: vec![Proj::Deref, Proj::Field(index)] }
}

fn assign(place: impl Into<Place>, value: Rvalue, span: syntax::Span) -> Stmt {
    Stmt { kind: StmtKind::Assign(place.into(), value), span }
}

/// The address of a place as a word.
fn address(
    types: &mut Types,
    body: &mut Body,
    common: &Common,
    ty: Ty,
    place: Place,
    span: syntax::Span,
) -> (Operand, [Stmt; 2]) {
    let pointer = types.intern(TyKind::Ptr(ty));
    let [pointer, address] = [pointer, common.word].map(|ty| body.new_local(ty, span));
    let stmts = [
        assign(pointer, Rvalue::AddrOf(place), span),
        assign(address, Rvalue::Cast(Operand::Copy(pointer.into())), span),
    ];
    (Operand::Copy(address.into()), stmts)
}

fn new_block(body: &mut Body, span: syntax::Span) -> Block {
    let data = BlockData { stmts: Vec::new(), term: Term::Unreachable, term_span: span, is_cleanup: false };
    let block = body.blocks.push(data);
    debug_assert!(block.index() > 0);
    block
}

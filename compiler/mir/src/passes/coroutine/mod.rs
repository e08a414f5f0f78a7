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
//! What is called through a box or a table is not known. Where the type of the box says that it may suspend, or the method in the table is declared
//! so, all that is there is a coroutine, and what is called is the function that makes its frame, in another order (`boxed.rs`); the
//! frame is resumed by its code, and given back by its size.
//!
//! The head of a frame is eight words, see [`HEAD`]; `library/runtime/coroutine.gal` has the same. The static word
//! [`SUSPENDED_FRAME`] is the frame that has called `suspend` last.
//!
//! This is the switched-resume lowering of LLVM's coroutines (LLVM, "Coroutines in LLVM"), with the calls between coroutines linked as in
//! Kotlin's and Rust's state machines. It runs on the owned stage, behind all other passes: places in frames are memory, of which the
//! certifier does not know. What it made of a body it therefore checked before.

mod body;
mod boxed;
mod frame;
mod generator;
mod misuse;
mod yielding;

use crate::facts::TypeFacts;
use crate::ir::*;
use entity::{Idx, IndexVec};
use frame::Shape;
pub use misuse::{Misuse, Why, callee_that_suspends, check};
pub use yielding::YIELDING;

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
pub const HEAD: [&str; 8] = ["code", "parent", "result", "state", "size", "spare0", "spare1", "spare2"];
const CODE: u32 = 0;
const PARENT: u32 = 1;
const RESULT: u32 = 2;
const STATE: u32 = 3;
const SIZE: u32 = 4;

/// The variant of `Option` without a value, see docs/contracts.md.
const NONE: u32 = 0;

/// The number of the static word, as `static_addr` takes it.
pub const SUSPENDED_FRAME: u32 = 7;

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
    /// The function in a box or a table.
    boxed: Option<FuncId>,
    generator: Option<Generator>,
}

/// How a generator is resumed from functions that it does not suspend.
struct Generator {
    /// `None` if it suspends who asks for a value.
    next: Option<FuncId>,
}

/// Lowers all coroutines; what must not be one is returned, and then nothing has been done.
pub fn run(program: &mut Program) -> Result<(), Vec<Misuse>> {
    if !program.funcs.iter().any(|func| func.kind == FuncKind::Suspend) {
        boxed::forget_suspensions(&mut program.types);
    }
    settle_waits(program);
    let suspends = suspending(program, None);
    let is_coroutine = coroutines(program, &suspends);
    if !is_coroutine.iter().any(|is| *is) {
        remove_suspend(program);
        return Ok(());
    }
    let misuses = misuse::misuses(program, &suspends);
    if !misuses.is_empty() {
        return Err(misuses);
    }
    let common = Common::new(program);
    let mut lowered: IndexVec<FuncId, Option<Coroutine>> = IndexVec::new();
    let generators = generator::generators(program);
    let in_boxes = boxed::in_boxes(program);
    for func in is_coroutine.indices() {
        let made = is_coroutine[func].then(|| {
            let shape = Shape::new(program, &common, &suspends, func);
            // A generator that suspends nobody is resumed by direct calls alone.
            let code = match generators[func] && !suspends[func] {
                true => word(0),
                false => Operand::Const(Const::FuncAddr(func)),
            };
            let make = frame::make_function(program, &common, &shape, func, code);
            let generator = generators[func].then(|| {
                let next = (!suspends[func]).then(|| generator::next_function(program, &common, func));
                Generator { next }
            });
            let boxed = in_boxes[func].then(|| boxed::function(program, &common, &shape, make, func));
            Coroutine { shape, make, boxed, generator }
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
    boxed::change_types(&mut program.types, &common);
    program.has_frames = true;
    remove_suspend(program);
    Ok(())
}

/// Leaves the waits that give way out of what may not suspend.
fn settle_waits(program: &mut Program) {
    let Some(wait) = program.lang.get(YIELDING).copied() else { return };
    let suspends = suspending(program, None);
    let misuses = misuse::misuses(program, &suspends);
    if misuses.is_empty() {
        return;
    }
    let others = suspending(program, Some(wait));
    let yields = suspends.iter_enumerated().map(|(func, is)| *is && !others[func]).collect();
    yielding::run(program, wait, &yields, &misuses);
}

/// Which functions are coroutines: those that suspend their callers, and those that are started.
fn coroutines(program: &Program, suspends: &IndexVec<FuncId, bool>) -> IndexVec<FuncId, bool> {
    let mut found = suspends.clone();
    for data in program.funcs.iter().filter_map(Function::body).flat_map(|body| &body.blocks) {
        if let Term::Call { callee: Callee::Start(func), .. } = &data.term {
            found[*func] = true;
        }
    }
    for (func, in_box) in boxed::in_boxes(program).iter_enumerated() {
        found[func] |= in_box;
    }
    found
}

/// Which functions suspend who calls them, or, of generators, who asks for their next value; but for the sake of `without`.
pub fn suspending(program: &Program, without: Option<FuncId>) -> IndexVec<FuncId, bool> {
    let mut callers: IndexVec<FuncId, Vec<FuncId>> = IndexVec::from_elem(Vec::new(), program.funcs.len());
    let mut found = IndexVec::from_elem(false, program.funcs.len());
    let mut work = Vec::new();
    for (id, func) in program.funcs.iter_enumerated() {
        if func.kind == FuncKind::Suspend {
            work.push(id);
        }
        for data in func.body().into_iter().flat_map(|body| &body.blocks) {
            match &data.term {
                Term::Call { callee: Callee::Func(callee) | Callee::Next(callee), .. } => {
                    callers[*callee].push(id)
                }
                Term::Call { callee, .. } if boxed::suspends(&program.types, func.body(), callee) => {
                    work.push(id)
                }
                _ => {}
            }
        }
    }
    while let Some(func) = work.pop() {
        if Some(func) != without && !std::mem::replace(&mut found[func], true) {
            work.extend(&callers[func]);
        }
    }
    for (id, func) in program.funcs.iter_enumerated() {
        found[id] &= func.kind != FuncKind::Suspend;
    }
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

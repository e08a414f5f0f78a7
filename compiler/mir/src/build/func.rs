//! The builder of one function's body: blocks, locals, statements, calls. Knows MIR and the drops of open scopes,
//! not expressions.

use super::Cx;
use super::scope::{Exit, Scheduled};
use super::types::Facts;
use crate::ir::*;
use crate::passes::coroutine::Why;
use hir::body::{LocalId, LoopId};
use hir::program::BodyRef;
use hir::ty::Args;
use rustc_hash::{FxHashMap, FxHashSet};
use syntax::Span;

/// A block that may be jumped to, made at the first jump: one that nothing reaches costs nothing.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Label(pub Option<Block>);

/// An open loop, or a block that `break` leaves.
pub(super) struct LoopScope {
    pub id: LoopId,
    pub break_: Exit,
    pub continue_: Option<Exit>,
    /// Where `break value` puts the value.
    pub dest: Option<Place>,
}

pub(super) struct Builder<'c, 'f> {
    pub cx: &'c mut Cx<'f>,
    pub func: FuncId,
    /// The instance's type arguments.
    pub args: Args,
    /// The body that is lowered, where there is one.
    pub hir: Option<BodyRef>,
    pub body: Body,
    /// The open block; `None` where nothing can be reached.
    pub block: Option<Block>,
    pub span: Span,
    /// Where the variables of HIR live.
    pub vars: FxHashMap<LocalId, Place>,
    /// Locals that stand for variables of HIR, named or not.
    pub variables: FxHashSet<Local>,
    /// The locals of variables that patterns bind.
    pub bound: FxHashMap<LocalId, Local>,
    /// Drops of variables behind calls, to be taken back if there is another use: see `settle_given`.
    pub tentative: Vec<(Block, Local)>,
    /// What the open scopes will drop, outermost first.
    pub drops: Vec<Scheduled>,
    pub loops: Vec<LoopScope>,
    pub return_: Exit,
    /// What returns joins the end, where there is still something to do.
    pub is_generator: bool,
    /// Calls stand in the guard of an arm.
    pub in_guard: bool,
    /// The cleanup block at the bottom of all unwinding, instead of `Resume`.
    pub unwind_base: Option<Block>,
    /// The hidden parameter of a `@track_caller` function.
    pub caller: Option<Local>,
    pub monos: FxHashMap<hir::ty::Ty, hir::ty::Ty>,
    n_exits: u32,
    scratch: FxHashMap<Ty, Local>,
}

impl<'c, 'f> Builder<'c, 'f> {
    pub fn new(cx: &'c mut Cx<'f>, func: FuncId, args: Args, hir: Option<BodyRef>) -> Builder<'c, 'f> {
        let (ret, span) = (cx.program.funcs[func].ret, cx.program.funcs[func].span);
        let mut this = Builder {
            cx,
            func,
            args,
            hir,
            body: Body::default(),
            block: None,
            span,
            vars: FxHashMap::default(),
            variables: FxHashSet::default(),
            bound: FxHashMap::default(),
            tentative: Vec::new(),
            drops: Vec::new(),
            loops: Vec::new(),
            return_: Exit::new(0, 0),
            is_generator: false,
            in_guard: false,
            unwind_base: None,
            caller: None,
            monos: FxHashMap::default(),
            n_exits: 1,
            scratch: FxHashMap::default(),
        };
        this.body.locals.push(LocalDecl { ty: ret, name: None, loan_of: None, is_borrow: false, span });
        let entry = this.new_block(false);
        this.block = Some(entry);
        if this.cx.facts(ret).needs_drop {
            this.return_.live = Some(RETURN.into());
        }
        this
    }

    /// Ends the body of a generator, which returns that there are no more values.
    pub fn finish_generator(mut self) -> Body {
        self.leave_scopes(None);
        let none = Const::Empty(self.local_ty(RETURN), super::generator::NONE);
        self.set(RETURN, Operand::Const(none));
        self.terminate(Term::Return);
        self.settle_given();
        self.body
    }

    /// Ends the body: the return place holds the result where the end can be reached.
    pub fn finish(mut self) -> Body {
        self.leave_scopes(Some(RETURN.into()));
        self.terminate(Term::Return);
        self.settle_given();
        self.body
    }

    /// Drops what is left, and joins all that returns.
    fn leave_scopes(&mut self, live: Option<Place>) {
        // What happens at the end of the body is at its last character, the brace.
        if self.span.lo < self.span.hi {
            self.span = Span::new(self.span.hi - 1, self.span.hi);
        }
        self.pop_drops(0, live);
        self.join(self.return_.label);
    }

    // ------------------------------------------------------------ types

    /// A type of the HIR body, as this instance has it.
    pub fn mono(&mut self, ty: hir::ty::Ty) -> hir::ty::Ty {
        if let Some(ty) = self.monos.get(&ty) {
            return *ty;
        }
        let out = self.cx.mono(ty, &self.args);
        self.monos.insert(ty, out);
        out
    }

    /// The MIR type of a type of the HIR body.
    pub fn ty(&mut self, ty: hir::ty::Ty) -> Ty {
        let ty = self.mono(ty);
        self.cx.mir_ty(ty)
    }

    pub fn facts(&mut self, ty: Ty) -> Facts {
        self.cx.facts(ty)
    }

    pub fn needs_drop(&mut self, ty: Ty) -> bool {
        self.cx.facts(ty).needs_drop
    }

    pub fn is_unit(&mut self, ty: Ty) -> bool {
        ty == self.cx.unit_ty()
    }

    pub fn local_ty(&self, local: Local) -> Ty {
        self.body.locals[local].ty
    }

    pub fn place_ty(&self, place: &Place) -> Ty {
        crate::facts::try_place_ty(&self.cx.program.types, &self.body, place)
            .unwrap_or(self.local_ty(place.local))
    }

    // ------------------------------------------------------------ locals

    pub fn temp(&mut self, ty: Ty) -> Local {
        self.body.new_local(ty, self.span)
    }

    pub fn named(&mut self, ty: Ty, name: String, span: Span) -> Local {
        let name = Some(name).filter(|n| !n.is_empty());
        self.body.locals.push(LocalDecl { ty, name, loan_of: None, is_borrow: false, span })
    }

    /// The place for results that nobody reads, one per type.
    pub fn scratch(&mut self, ty: Ty) -> Place {
        if let Some(local) = self.scratch.get(&ty) {
            return (*local).into();
        }
        let local = self.temp(ty);
        self.scratch.insert(ty, local);
        local.into()
    }

    /// Adds the next parameter.
    pub fn param(&mut self, name: String, span: Span) -> Local {
        let (ty, mode) = self.cx.program.funcs[self.func].params[self.body.params.len()];
        let local = self.named(ty, name, span);
        self.body.params.push(Param { local, mode });
        local
    }

    // ------------------------------------------------------------ blocks

    pub fn new_block(&mut self, is_cleanup: bool) -> Block {
        self.body.blocks.push(BlockData {
            stmts: Vec::new(),
            term: Term::Unreachable,
            term_span: self.span,
            is_cleanup,
        })
    }

    pub fn is_reachable(&self) -> bool {
        self.block.is_some()
    }

    /// The label's block, made if need be.
    pub fn label_block(&mut self, label: &mut Label) -> Block {
        match label.0 {
            Some(block) => block,
            None => {
                let block = self.new_block(false);
                label.0 = Some(block);
                block
            }
        }
    }

    /// Jumps, if anything is reachable here.
    pub fn goto(&mut self, label: &mut Label) {
        if self.is_reachable() {
            let block = self.label_block(label);
            self.terminate(Term::Goto(block));
        }
    }

    /// Goes on at the label: reachable if something has jumped there.
    pub fn bind(&mut self, label: Label) {
        self.block = label.0;
    }

    /// Joins the open block with a label: without a jump elsewhere to it, nothing happens.
    pub fn join(&mut self, mut label: Label) {
        if label.0.is_some() {
            self.goto(&mut label);
            self.bind(label);
        }
    }

    /// Ends the open block.
    pub fn terminate(&mut self, term: Term) {
        if let Some(block) = self.block.take() {
            self.set_term(block, term);
        }
    }

    pub fn set_term(&mut self, block: Block, term: Term) {
        let data = &mut self.body.blocks[block];
        data.term = term;
        data.term_span = self.span;
    }

    /// Branches; goes on in a new block where the condition holds and returns the block where it does not.
    pub fn branch(&mut self, cond: Operand) -> (Block, Block) {
        let (then, else_) = (self.new_block(false), self.new_block(false));
        self.terminate(Term::If { cond, then, else_ });
        (then, else_)
    }

    // ------------------------------------------------------------ statements

    pub fn emit(&mut self, kind: StmtKind) {
        let span = self.span;
        if let Some(block) = self.block {
            self.body.blocks[block].stmts.push(Stmt { kind, span });
        }
    }

    /// Assigns to an uninitialised place; temporaries that the right side moves are no longer dropped.
    pub fn assign(&mut self, place: impl Into<Place>, value: Rvalue) {
        match &value {
            Rvalue::Use(a) | Rvalue::Unary(_, a) | Rvalue::Cast(a) | Rvalue::FixedRepeat(_, a) => {
                self.consume(a);
            }
            Rvalue::Binary(_, a, b) | Rvalue::Checked(_, a, b) => {
                self.consume(a);
                self.consume(b);
            }
            Rvalue::Aggregate { fields: operands, .. }
            | Rvalue::FixedArray(_, operands)
            | Rvalue::Intrinsic(_, operands) => operands.iter().for_each(|o| self.consume(o)),
            Rvalue::MakeFnBox { env: value, .. } | Rvalue::MakeDyn { value, .. } => self.consume(value),
            Rvalue::Discriminant(_) | Rvalue::AddrOf(_) => {}
        }
        self.emit(StmtKind::Assign(place.into(), value));
    }

    /// Assigns an operand.
    pub fn set(&mut self, place: impl Into<Place>, value: Operand) {
        self.assign(place, Rvalue::Use(value));
    }

    /// A new temporary with the value, dropped at the end of the statement unless it is moved.
    pub fn assign_temp(&mut self, ty: Ty, value: Rvalue) -> Local {
        let temp = self.temp(ty);
        self.assign(temp, value);
        self.schedule_temp(temp);
        temp
    }

    /// The value of a temporary, which is used up.
    pub fn take(&mut self, local: Local) -> Operand {
        self.take_place(local.into())
    }

    /// The value of a place that is not read again: moved where that matters.
    pub fn take_place(&mut self, place: Place) -> Operand {
        let ty = self.place_ty(&place);
        let facts = self.facts(ty);
        if facts.needs_drop || facts.iso { Operand::Move(place) } else { Operand::Copy(place) }
    }

    /// The value of a place that stays: `copy`, or `move` if the type cannot be copied.
    pub fn read(&mut self, place: Place) -> Operand {
        let ty = self.place_ty(&place);
        if self.facts(ty).iso { Operand::Move(place) } else { Operand::Copy(place) }
    }

    pub fn binary(&mut self, ty: Ty, op: BinOp, a: Operand, b: Operand) -> Local {
        self.assign_temp(ty, Rvalue::Binary(op, a, b))
    }

    pub fn compare(&mut self, op: BinOp, a: Operand, b: Operand) -> Operand {
        let ty = self.cx.bool_ty();
        Operand::Copy(self.binary(ty, op, a, b).into())
    }

    // ------------------------------------------------------------ calls

    /// A call; goes on behind it, unless the callee never returns.
    pub fn emit_call(&mut self, callee: Callee, args: Vec<Arg>, dest: Place) {
        if !self.is_reachable() {
            return;
        }
        for arg in &args {
            if let Arg::Value(operand) = arg {
                self.consume(operand);
            }
        }
        let diverges = match &callee {
            Callee::Func(id) => self.is_never(self.cx.program.funcs[*id].ret),
            _ => self.is_never(self.place_ty(&dest)),
        };
        if let Some(block) = self.block.filter(|_| self.in_guard) {
            self.cx.must_not_suspend(self.func, Some(block), Why::Guard);
        }
        let unwind = self.unwind();
        let target = if diverges { None } else { Some(self.new_block(false)) };
        self.terminate(Term::Call { callee, args, dest, target, unwind });
        self.block = target;
    }

    fn is_never(&self, ty: Ty) -> bool {
        matches!(self.cx.program.types.kind(ty), TyKind::Never)
    }

    /// Calls a function with its result in `dest`, or nowhere.
    pub fn call_func(&mut self, func: FuncId, mut args: Vec<Arg>, dest: Option<Place>) {
        self.lend_args(func, &mut args);
        let ret = self.cx.program.funcs[func].ret;
        match dest {
            Some(dest) if self.place_ty(&dest) == ret => self.emit_call(Callee::Func(func), args, dest),
            _ if self.needs_drop(ret) => {
                let temp = self.temp(ret);
                self.emit_call(Callee::Func(func), args, temp.into());
                self.schedule_temp(temp);
            }
            _ => {
                let dest = self.scratch(ret);
                self.emit_call(Callee::Func(func), args, dest);
            }
        }
    }

    /// Arguments for borrowed parameters stay where they are.
    fn lend_args(&self, func: FuncId, args: &mut [Arg]) {
        for (arg, (_, mode)) in args.iter_mut().zip(&self.cx.program.funcs[func].params) {
            if let Arg::Value(Operand::Copy(place) | Operand::Move(place)) = arg
                && *mode == ParamMode::Borrowed
            {
                *arg = Arg::Value(Operand::Borrow(place.clone()));
            } else if let Arg::Mut(place) = arg
                && *mode == ParamMode::Owned
                && place.proj.last() == Some(&Proj::Deref)
            {
                // A reentrant handler gets the address of the states.
                place.proj.pop();
                *arg = Arg::Value(Operand::Copy(place.clone()));
            }
        }
    }

    /// Calls a function; the result is a temporary.
    pub fn call_temp(&mut self, func: FuncId, mut args: Vec<Arg>) -> Local {
        self.lend_args(func, &mut args);
        let ret = self.cx.program.funcs[func].ret;
        let temp = self.temp(ret);
        self.emit_call(Callee::Func(func), args, temp.into());
        self.schedule_temp(temp);
        temp
    }

    /// Where code at this span is, as the hidden argument of `@track_caller` functions.
    pub fn location_arg(&mut self, span: Span) -> Operand {
        match self.caller {
            Some(local) => Operand::Copy(local.into()),
            None => Operand::Const(Const::DataAddr(self.cx.location(span))),
        }
    }

    // ------------------------------------------------------------ constants

    pub fn const_bool(value: bool) -> Operand {
        Operand::Const(Const::Bool(value))
    }

    pub fn const_int(value: i128, ty: IntTy) -> Operand {
        Operand::Const(Const::Int(value, ty))
    }

    pub fn new_exit(&mut self) -> Exit {
        let id = self.n_exits;
        self.n_exits += 1;
        Exit::new(id, self.drops.len())
    }
}

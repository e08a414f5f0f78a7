//! What the library's scheduler is made of: functions that can be started, resumed and suspended, see
//! `crate::passes::coroutine`.

use super::Cx;
use super::func::Builder;
use super::instances::Key;
use crate::ir::*;
use crate::passes::coroutine::suspending;
use entity::IndexVec;
use hir::body::{self, Expr};
use hir::program::Inline;
use hir::resolve::callable;
use hir::ty::{Ty as HTy, TyKind as H};
use rustc_hash::FxHashMap;

/// A use of `turn_code`, which stands for the code of `plain` as long as it is not settled.
pub(super) struct TurnCode {
    asked: FuncId,
    plain: FuncId,
    other: FuncId,
}

/// Up to so many turns of a program have numbers. Then `run_turn` calls each directly and nothing else does, so that it is moved there:
/// an activation has no prologue, and no address is called. More would make one function of half the program.
const MOST_NUMBERED: usize = 4;

impl Cx<'_> {
    /// Settles what `turn_code` is, now that all functions are there, and what `run_turn` does with it. What neither names is never
    /// called: the optional passes remove it, and without them it does no harm.
    pub(super) fn settle_turn_codes(&mut self) {
        let is_asked = !self.turn_codes.is_empty() || !self.code_addresses.is_empty();
        let suspends = if is_asked { suspending(&self.program, None) } else { IndexVec::new() };
        let mut turns: Vec<FuncId> = Vec::new();
        let mut codes: FxHashMap<FuncId, (usize, FuncId)> = FxHashMap::default();
        for t in &self.turn_codes {
            let code = if suspends[t.asked] { t.other } else { t.plain };
            codes.entry(t.plain).or_insert_with(|| {
                turns.push(code);
                (turns.len() - 1, code)
            });
        }
        for (code, span) in std::mem::take(&mut self.code_addresses) {
            let is_alone = self.program.funcs[code].params.len() == 2 && !suspends[code];
            if !is_alone || codes.contains_key(&code) {
                self.internal(
                    span,
                    "`code_address` takes a function that captures nothing, never suspends and is no turn",
                );
            }
        }
        let is_numbered = turns.len() <= MOST_NUMBERED;
        let settled = |(number, code): (usize, FuncId)| match is_numbered {
            true => Const::Int(number as i128, IntTy::USize),
            false => Const::FuncAddr(code),
        };
        for body in self.program.funcs.iter_mut().filter_map(Function::body_mut) {
            for data in body.blocks.iter_mut() {
                data.for_each_const_mut(&mut |value| match value {
                    Const::FuncAddr(func) if codes.contains_key(func) => *value = settled(codes[func]),
                    _ => {}
                });
            }
        }
        if let Some(id) = self.run_turn {
            let body = self.build_run_turn(id, if is_numbered { &turns } else { &[] });
            self.program.funcs[id].kind = FuncKind::Body(body);
        }
    }

    /// The function that runs a turn: it takes a task, and the code of its turn.
    fn run_turn_fn(&mut self) -> FuncId {
        if let Some(id) = self.run_turn {
            return id;
        }
        let (unit, word) = (self.unit_ty(), self.int_ty(IntTy::USize));
        let name = self.unique_name("run_turn".to_string());
        let params = vec![(word, ParamMode::Owned), (word, ParamMode::Owned)];
        let mut func = self.new_func(name, params, unit, syntax::Span::DUMMY);
        // MIR's passes leave it alone, as they would make two of a round's way through a turn; LIR's move it.
        func.inline = Inline::Cold;
        let id = self.program.funcs.push(func);
        self.run_turn = Some(id);
        id
    }

    /// Its body: the last of the turns is that of all other codes. Without turns the code is an address.
    fn build_run_turn(&mut self, id: FuncId, turns: &[FuncId]) -> Body {
        let mut builder = Builder::new(self, id, Box::new([]), None);
        let span = builder.span;
        let task = builder.param("task".to_string(), span);
        let code = builder.param("code".to_string(), span);
        let status = builder.cx.int_ty(IntTy::I32);
        let status = builder.temp(status);
        let run = Operand::Const(Const::Int(0, IntTy::I32));
        let args = vec![Arg::Value(Operand::Copy(task.into())), Arg::Value(run)];
        let Some((last, others)) = turns.split_last() else {
            builder.emit_call(Callee::Resume, args, status.into());
            return builder.finish();
        };
        let join = builder.new_block(false);
        let blocks: Vec<Block> = turns.iter().map(|_| builder.new_block(false)).collect();
        let cases = (0..others.len()).map(|i| (i as i128, blocks[i])).collect();
        let default = blocks[others.len()];
        builder.terminate(match others {
            [] => Term::Goto(default),
            _ => Term::Switch { value: Operand::Copy(code.into()), cases, default },
        });
        for (block, turn) in blocks.into_iter().zip(others.iter().chain([last])) {
            builder.block = Some(block);
            builder.emit_call(Callee::Func(*turn), args.clone(), status.into());
            builder.terminate(Term::Goto(join));
        }
        builder.block = Some(join);
        builder.finish()
    }

    /// The function that suspends its caller.
    pub(super) fn suspend_fn(&mut self) -> FuncId {
        if let Some(id) = self.suspend {
            return id;
        }
        let unit = self.unit_ty();
        let name = self.unique_name("suspend".to_string());
        let mut func = self.new_func(name, Vec::new(), unit, syntax::Span::DUMMY);
        func.kind = FuncKind::Suspend;
        func.may_unwind = true;
        let id = self.program.funcs.push(func);
        self.suspend = Some(id);
        id
    }

    /// The function that calls a value of this type, which it owns, with nothing.
    pub(super) fn declare_task(&mut self, ty: HTy) -> Function {
        let (name, span) = match self.front.program().types.kind(ty).clone() {
            H::Closure(id, args) => (self.closure_owner(id, &args), self.front.program().closures[id].span),
            H::FnDef(id, _) => (self.front.program().fns[id].path.clone(), self.front.program().fns[id].span),
            _ => ("boxed".to_string(), self.at),
        };
        let ret = callable(self.front.program_mut(), ty).map_or(HTy::UNIT, |(_, ret)| ret);
        let (env, ret) = (self.mir_ty(ty), self.mir_ty(ret));
        let name = self.unique_name(format!("{name}.task"));
        self.new_func(name, vec![(env, ParamMode::Owned)], ret, span)
    }

    pub(super) fn build_task(&mut self, id: FuncId, ty: HTy) -> Body {
        let mut builder = Builder::new(self, id, Box::new([]), None);
        let span = builder.span;
        let env = builder.param("env".to_string(), span);
        builder.schedule(env);
        let ret: Place = RETURN.into();
        match builder.cx.front.program().types.kind(ty).clone() {
            H::FnDef(id, args) => {
                let target = builder.cx.fn_def_target(id, args);
                let func = builder.cx.instance(target.key(), span);
                let hidden = builder.cx.is_tracked(func).then(|| Arg::Value(builder.location_arg(span)));
                builder.call_func(func, hidden.into_iter().collect(), Some(ret));
            }
            H::Closure(id, args) => {
                let func = builder.cx.instance(Key::Closure(id, args), span);
                let env = builder.take(env);
                builder.call_func(func, vec![Arg::Value(env)], Some(ret));
            }
            _ => builder.emit_call(Callee::FnBox(env.into()), Vec::new(), ret),
        }
        builder.finish()
    }
}

impl Builder<'_, '_> {
    /// `coroutine(function, result)`: a frame in which the function has not begun.
    pub(super) fn start_task(&mut self, dest: Option<&Place>, e: &Expr, args: &[body::Arg]) {
        let [function, result] = args else {
            return self.cx.internal(e.span, "`coroutine` takes a function and an address");
        };
        let ty = self.mono(function.expr.ty);
        self.cx.require_lang("alloc");
        self.cx.require_lang("free");
        let env = self.operand(&function.expr);
        let env = self.stable(env);
        let result = self.operand(&result.expr);
        let func = self.cx.instance(Key::Task(ty), e.span);
        let word = self.cx.int_ty(IntTy::USize);
        let result = self.assign_temp(word, Rvalue::Cast(result));
        let dest = match dest {
            Some(dest) => dest.clone(),
            None => self.scratch(word),
        };
        let args = vec![Arg::Value(Operand::Copy(result.into())), Arg::Value(env)];
        self.emit_call(Callee::Start(func), args, dest);
    }

    /// `catches(function)`: calls it, and says whether it unwound.
    pub(super) fn catch_task(&mut self, dest: Option<&Place>, e: &Expr, args: &[body::Arg]) {
        let [function] = args else { return self.cx.internal(e.span, "`catches` takes a function") };
        let ty = self.mono(function.expr.ty);
        let env = self.operand(&function.expr);
        let env = self.stable(env);
        let func = self.cx.instance(Key::Task(ty), e.span);
        let bool_ty = self.cx.mir_ty(e.ty);
        let caught = self.temp(bool_ty);
        self.consume(&env);
        let nothing = self.scratch(self.cx.program.funcs[func].ret);
        let (returned, landing, join) = (self.new_block(false), self.new_block(true), self.new_block(false));
        let unwound = self.new_block(false);
        self.set_term(landing, Term::Caught(unwound));
        self.terminate(Term::Call {
            callee: Callee::Func(func),
            args: vec![Arg::Value(env)],
            dest: nothing,
            target: Some(returned),
            unwind: self.cx.unwinds.then_some(landing),
        });
        for (block, value) in [(unwound, true), (returned, false)] {
            self.block = Some(block);
            self.set(caught, Self::const_bool(value));
            self.terminate(Term::Goto(join));
        }
        self.block = Some(join);
        if let Some(dest) = dest {
            self.set(dest.clone(), Operand::Copy(caught.into()));
        }
    }

    /// The function that an argument is by its type.
    fn known_function(&mut self, arg: &body::Arg, span: syntax::Span) -> Option<FuncId> {
        let ty = self.mono(arg.expr.ty);
        match self.cx.front.program().types.kind(ty).clone() {
            H::FnDef(id, args) => {
                let target = self.cx.fn_def_target(id, args);
                Some(self.cx.instance(target.key(), span))
            }
            H::Closure(id, args) => Some(self.cx.instance(Key::Closure(id, args), span)),
            _ => None,
        }
    }

    /// `code_address(code)`: what others than the program call.
    pub(super) fn code_address(&mut self, dest: Option<&Place>, e: &Expr, args: &[body::Arg]) {
        let Some(code) = args.first().and_then(|arg| self.known_function(arg, e.span)) else {
            return self.cx.internal(e.span, "`code_address` takes a function that is known");
        };
        self.cx.code_addresses.push((code, e.span));
        if let Some(dest) = dest {
            self.set(dest.clone(), Operand::Const(Const::FuncAddr(code)));
        }
    }

    /// `turn_code(asked, plain, other)`: what stands for one of two functions, by whether what is asked about may suspend. That is known when
    /// everything is built.
    pub(super) fn turn_code(&mut self, dest: Option<&Place>, e: &Expr, args: &[body::Arg]) {
        let mut func = |i: usize| args.get(i).and_then(|arg| self.known_function(arg, e.span));
        let (Some(asked), Some(plain), Some(other)) = (func(0), func(1), func(2)) else {
            return self.cx.internal(e.span, "`turn_code` takes three functions that are known");
        };
        self.cx.turn_codes.push(TurnCode { asked, plain, other });
        if let Some(dest) = dest {
            self.set(dest.clone(), Operand::Const(Const::FuncAddr(plain)));
        }
    }

    /// The intrinsics that leave a function, or go on with one.
    pub(super) fn coroutine_intrinsic(&mut self, name: &str, args: &[Arg], dest: Option<&Place>) -> bool {
        match (name, args) {
            ("suspend", []) => {
                let func = self.cx.suspend_fn();
                self.call_func(func, Vec::new(), None);
            }
            ("run_turn", [Arg::Value(_), Arg::Value(_)]) => {
                let func = self.cx.run_turn_fn();
                self.call_func(func, args.to_vec(), None);
            }
            ("resume", [Arg::Value(_), Arg::Value(_)]) => {
                let i32_ty = self.cx.int_ty(IntTy::I32);
                let dest = match dest {
                    Some(dest) => dest.clone(),
                    None => self.scratch(i32_ty),
                };
                self.emit_call(Callee::Resume, args.to_vec(), dest);
            }
            _ => return false,
        }
        true
    }
}

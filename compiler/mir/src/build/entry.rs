//! Entry points: what the program is built for, and the functions that the host calls first.

use super::Cx;
use super::func::Builder;
use super::instances::Key;
use crate::ir::*;
use crate::passes::coroutine::Why;
use hir::program::FnId;
use hir::ty::{Ty as HTy, TyKind as H};
use syntax::Span;

/// The export that begins the program, but for JavaScript.
const START: &str = "_start";

/// A function behind an entry of the artifact.
pub(super) struct Root {
    pub func: FuncId,
    /// The result of `main`.
    ret: HTy,
    export: String,
    span: Span,
}

/// Asks for the instances that everything else is reached from.
pub(super) fn declare_roots(cx: &mut Cx<'_>) {
    if let Some(consts) = cx.opts.consts.clone() {
        for (i, id) in consts.into_iter().enumerate() {
            let span = cx.front.program().consts[id].span;
            let func = cx.instance(Key::Const(id, Box::new([])), span);
            cx.program.funcs[func].export = Some(format!("const_{i}"));
            cx.must_not_suspend(func, None, Why::Const);
        }
        return;
    }
    if let Some(tests) = cx.opts.tests.clone() {
        for (i, test) in tests.into_iter().enumerate() {
            let span = cx.front.program().tests[test].span;
            let func = cx.instance(Key::Test(test), span);
            cx.roots.push(Root { func, ret: HTy::UNIT, export: format!("test_{i}"), span });
        }
        // Now, so that what it needs is known when the entries are made.
        if cx.lang_fn_id(TEST_NUMBER).is_some() {
            cx.lang_fn(TEST_NUMBER, &[], Span::DUMMY);
        }
        return;
    }
    let program = cx.front.program();
    let exports: Vec<(FnId, Span)> = cx.exported_fns().collect();
    if let Some(main) = program.main {
        let (ret, span) = (program.fns[main].ret, program.fns[main].span);
        let func = cx.instance(Key::Fn(main, Box::new([])), span);
        let ret = cx.mono(ret, &[]);
        cx.roots.push(Root {
            func,
            ret,
            export: if cx.is_web() { "gal_start" } else { START }.to_string(),
            span,
        });
    }
    for (id, span) in exports {
        cx.instance(Key::Fn(id, Box::new([])), span);
    }
}

/// Builds the functions that the host calls, after all else is known.
pub(super) fn build_entries(cx: &mut Cx<'_>) {
    let allocates = cx.allocates() || cx.has_tasks();
    if allocates {
        cx.require_lang("alloc");
        cx.require_lang("free");
    }
    let wait = cx.lang_fn_id(crate::passes::coroutine::YIELDING).map(|id| Key::Fn(id, Box::new([])));
    if wait.is_some_and(|key| cx.instances.contains_key(&key)) {
        cx.require_lang(crate::passes::coroutine::YIELDING);
    }
    // Without allocation there is nothing to report, and a program that only prints stays small.
    let exits = allocates || cx.opts.check_leaks;
    let roots = std::mem::take(&mut cx.roots);
    if cx.is_web() {
        return cx.build_web_entries(roots, exits);
    }
    let entries: Vec<FuncId> = roots.into_iter().map(|root| build_entry(cx, root, exits)).collect();
    // The host of a module calls an export; a process has one entry.
    if cx.opts.tests.is_some() && cx.lang_fn_id(TEST_NUMBER).is_some() {
        build_test_start(cx, &entries);
    }
}

/// The library's function that says which test a process is to run: there only where tests are processes.
const TEST_NUMBER: &str = "test_number";

/// Calls one of the entries of tests.
fn build_test_start(cx: &mut Cx<'_>, entries: &[FuncId]) {
    let unit = cx.unit_ty();
    let name = cx.unique_name(START.to_string());
    let mut func = cx.new_func(name, Vec::new(), unit, Span::DUMMY);
    func.export = Some(START.to_string());
    let id = cx.program.funcs.push(func);
    let mut builder = Builder::new(cx, id, Box::new([]), None);
    builder.catch_all();
    let count = Arg::Value(Builder::const_int(entries.len() as i128, IntTy::I64));
    let Some(number) = builder.call_lang_temp(TEST_NUMBER, vec![count], Span::DUMMY) else { return };
    let done = builder.new_block(false);
    for (i, entry) in entries.iter().enumerate() {
        let this = Builder::const_int(i as i128, IntTy::I64);
        let is_this = builder.compare(BinOp::Eq, Operand::Copy(number.into()), this);
        let (then, else_) = builder.branch(is_this);
        builder.block = Some(then);
        builder.call_func(*entry, vec![], None);
        builder.terminate(Term::Goto(done));
        builder.block = Some(else_);
    }
    builder.terminate(Term::Goto(done));
    builder.block = Some(done);
    let body = builder.finish();
    cx.program.funcs[id].kind = FuncKind::Body(body);
}

/// Calls the root; a panic that leaves it ends the program, and so does an `Err` that it returns.
pub(super) fn build_entry(cx: &mut Cx<'_>, root: Root, exits: bool) -> FuncId {
    let unit = cx.unit_ty();
    let name = cx.unique_name(root.export.clone());
    // No backtrace tells of what is of no source.
    let span = if cx.opts.debug_info { Span::DUMMY } else { root.span };
    let mut func = cx.new_func(name, Vec::new(), unit, span);
    func.export = Some(root.export.clone());
    let id = cx.program.funcs.push(func);
    let mut builder = Builder::new(cx, id, Box::new([]), None);
    builder.catch_all();
    if builder.cx.has_tasks() {
        let task = builder.cx.main_task(&root);
        builder.run_program(task, root.span);
        if builder.cx.is_web() {
            // The end comes with a later turn.
            let body = builder.finish();
            cx.program.funcs[id].kind = FuncKind::Body(body);
            return id;
        }
    } else {
        builder.call_root(&root);
    }
    if exits && builder.cx.lang_fn_id("start_exit").is_some() {
        builder.call_lang("start_exit", &[], vec![], None, root.span);
    }
    let body = builder.finish();
    cx.program.funcs[id].kind = FuncKind::Body(body);
    id
}

impl Builder<'_, '_> {
    fn call_root(&mut self, root: &Root) {
        let ret = self.cx.program.funcs[root.func].ret;
        if self.is_unit(ret) {
            return self.call_func(root.func, vec![], None);
        }
        let result = self.call_temp(root.func, vec![]);
        self.check_result(result, root.ret, root.span);
        self.pop_drops(0, None);
    }

    /// Gives the program to the library's scheduler, with `task` as what it begins with.
    fn run_program(&mut self, task: FuncId, span: Span) {
        let word = self.cx.int_ty(IntTy::USize);
        let frame = self.temp(word);
        let nowhere = Arg::Value(Builder::const_int(0, IntTy::USize));
        self.emit_call(Callee::Start(task), vec![nowhere], frame.into());
        let frame = Arg::Value(Operand::Copy(frame.into()));
        let run = if self.cx.is_web() { "web_main" } else { "run_program" };
        self.call_lang(run, &[], vec![frame], None, span);
    }

    /// All unwinding of this function ends in `panic_unwound`.
    fn catch_all(&mut self) {
        if !self.cx.opts.panic_unwinds {
            return;
        }
        let span = self.span;
        let Some((func, _)) = self.cx.lang_fn("panic_unwound", &[], span) else { return };
        let block = self.new_block(true);
        let never = self.cx.program.funcs[func].ret;
        let dest = self.scratch(never);
        self.set_term(
            block,
            Term::Call { callee: Callee::Func(func), args: vec![], dest, target: None, unwind: None },
        );
        self.unwind_base = Some(block);
    }

    /// Ends the program with the error of a `Result`, if it is one.
    fn check_result(&mut self, result: Local, ty: HTy, span: Span) {
        let error = match self.cx.front.program().types.kind(ty).clone() {
            H::Adt(id, args) if Some(id) == self.cx.lang_adt("Result") && args.len() == 2 => args[1],
            _ => return,
        };
        let i32_ty = self.cx.int_ty(IntTy::I32);
        let tag = self.assign_temp(i32_ty, Rvalue::Discriminant(result.into()));
        let is_err = self.compare(BinOp::Ne, Operand::Copy(tag.into()), Builder::const_int(0, IntTy::I32));
        let (failed, fine) = self.branch(is_err);
        self.block = Some(failed);
        let payload = Place { local: result, proj: vec![Proj::Variant(1), Proj::Field(0)] };
        let payload = self.read(payload);
        self.call_lang("main_failed", &[error], vec![Arg::Value(payload)], None, span);
        self.terminate(Term::Unreachable);
        self.block = Some(fine);
    }
}

impl Cx<'_> {
    /// Whether anything reached suspends or is started, for which the library's scheduler has to be there. In a program
    /// that makes its coroutines itself it is not.
    pub(super) fn has_tasks(&self) -> bool {
        let starts = || self.instances.keys().any(|key| matches!(key, Key::Task(_)));
        self.lang_fn_id("run_program").is_some() && (self.suspend.is_some() || starts())
    }

    /// The root as the first green thread.
    fn main_task(&mut self, root: &Root) -> FuncId {
        let unit = self.unit_ty();
        let name = self.unique_name(format!("{}.task", root.export));
        let func = self.new_func(name, Vec::new(), unit, Span::DUMMY);
        let id = self.program.funcs.push(func);
        let mut builder = Builder::new(self, id, Box::new([]), None);
        builder.call_root(root);
        let body = builder.finish();
        self.program.funcs[id].kind = FuncKind::Body(body);
        id
    }

    /// Enters a lang function into the table for generated code, if the library has it.
    pub(super) fn require_lang(&mut self, name: &'static str) {
        if self.program.lang.contains_key(name) || self.lang_fn_id(name).is_none() {
            return;
        }
        if let Some((func, _)) = self.lang_fn(name, &[], Span::DUMMY) {
            self.program.lang.insert(name, func);
        }
    }

    /// Whether anything reached makes cells: by the library's allocator, or where code for it is generated.
    fn allocates(&self) -> bool {
        let alloc = self.lang_fn_id("alloc").map(|id| Key::Fn(id, Box::new([])));
        alloc.is_some_and(|key| self.instances.contains_key(&key))
            || self.program.funcs.iter().filter_map(|f| f.body()).any(|body| self.makes_cells(body))
    }

    fn makes_cells(&self, body: &Body) -> bool {
        let makes_cell = |stmt: &Stmt| match &stmt.kind {
            StmtKind::Assign(_, Rvalue::MakeFnBox { .. } | Rvalue::MakeDyn { .. }) => true,
            StmtKind::Assign(_, Rvalue::Aggregate { ty, fields, .. }) => {
                self.program.types.defs[*ty].is_boxed && !fields.is_empty()
            }
            _ => false,
        };
        body.blocks.iter().any(|block| block.stmts.iter().any(makes_cell))
    }
}

//! What JavaScript calls and is called by, see docs/web-abi.md: the exports of a module for the web, and the bodies of functions of
//! `extern "js"`. Numbers cross as they are; all other values in a buffer, which the library's `sys/web` reads and writes.

use super::Cx;
use super::entry::Root;
use super::func::Builder;
use super::instances::Key;
use crate::ir::*;
use crate::passes::coroutine::suspending;
use entity::Arrange;
use hir::program::{FnId, FnKind};
use hir::ty::{IntTy as HInt, Ty as HTy, TyKind as H};
use hir::web_types::MAX_PARAMS;
use syntax::Span;

/// The library's functions that take a call, by the number of parameters.
const CALLS: [&str; MAX_PARAMS + 1] = [
    "web_call0",
    "web_call1",
    "web_call2",
    "web_call3",
    "web_call4",
    "web_call5",
    "web_call6",
    "web_call7",
    "web_call8",
];
/// The same for functions that may suspend.
const STARTS: [&str; MAX_PARAMS + 1] = [
    "web_start0",
    "web_start1",
    "web_start2",
    "web_start3",
    "web_start4",
    "web_start5",
    "web_start6",
    "web_start7",
    "web_start8",
];

/// The function that lets the program go on: there only in libraries for the web.
const TURN: &str = "web_turn";

impl Cx<'_> {
    pub(super) fn is_web(&self) -> bool {
        self.lang_fn_id(TURN).is_some()
    }

    /// Whether JavaScript can call functions of the program.
    pub(super) fn has_web_exports(&self) -> bool {
        self.is_web() && self.opts.tests.is_none() && self.exported_fns().next().is_some()
    }

    /// The functions that the program exports.
    pub(super) fn exported_fns(&self) -> impl Iterator<Item = (FnId, Span)> {
        let fns = self.front.program().fns.iter_enumerated();
        fns.filter(|(_, f)| f.export.is_some() && f.generics.params.is_empty()).map(|(id, f)| (id, f.span))
    }

    /// Builds what the loader calls.
    pub(super) fn build_web_entries(&mut self, roots: Vec<Root>, exits: bool) {
        let has_tasks = self.has_tasks();
        if has_tasks {
            self.export_lang("web_initialize", "_initialize");
            self.export_lang(TURN, "gal_turn");
            if self.opts.trace.is_some() {
                self.export_lang("web_close", "gal_close");
            }
        }
        for root in roots {
            super::entry::build_entry(self, root, exits);
        }
        if self.opts.tests.is_none() && self.opts.consts.is_none() {
            self.build_web_exports();
        }
    }

    /// Exports what JavaScript calls because of what the program has reached, its entries included.
    pub(super) fn build_web_calls(&mut self) {
        let is_plain_import =
            |key: &Key| matches!(key, Key::Fn(id, _) if self.is_js(*id) && !self.is_wrapped_import(*id));
        if self.opts.panic_unwinds && self.instances.keys().any(is_plain_import) {
            self.export_lang("web_throw", "gal_throw");
        }
        let uses_buffer =
            ["wire_reader", "wire_writer", "web_buffer", "web_throw"].iter().any(|name| self.has_lang(name));
        if uses_buffer {
            self.export_lang("web_buffer", "gal_buffer");
        }
        self.note_imports();
        if self.has_lang("web_ticket") {
            self.export_lang("web_settle", "gal_settle");
        }
        if self.has_lang("web_keep") {
            self.export_lang("web_callback", "gal_call");
            self.export_lang("web_forget", "gal_forget");
        }
    }

    /// Whether anything calls a function of the library.
    fn has_lang(&self, name: &str) -> bool {
        let id = self.lang_fn_id(name);
        self.instances.keys().any(|key| matches!(key, Key::Fn(of, _) if Some(*of) == id))
    }

    fn export_lang(&mut self, name: &str, export: &str) {
        if let Some((func, _)) = self.lang_fn(name, &[], Span::DUMMY) {
            self.program.funcs[func].export = Some(export.to_string());
        }
    }

    fn build_web_exports(&mut self) {
        let fns: Vec<(FnId, Span)> = self.exported_fns().collect();
        if fns.is_empty() {
            return;
        }
        if self.opts.panic_unwinds {
            self.export_lang("web_caught", "gal_caught");
        }
        let suspends = suspending(&self.program, None);
        let mut crosses = false;
        for (id, span) in fns {
            let func = self.instance(Key::Fn(id, Box::new([])), span);
            let may_suspend = suspends.get(func).copied().unwrap_or(false);
            let call = match (may_suspend, self.is_plain(id)) {
                (true, _) => WebCall::Async,
                (false, true) => WebCall::Plain,
                (false, false) => WebCall::Buffer,
            };
            self.program.web_exports.push(WebExport { function: id, call });
            if call == WebCall::Plain {
                if self.has_tasks() {
                    self.export_contained(func, span);
                }
                continue;
            }
            crosses = true;
            self.export_wrapped(id, func, call, span);
        }
        if crosses {
            self.export_lang("web_buffer", "gal_buffer");
            if self.front.program().has_actors {
                self.export_lang("web_release", "gal_release");
            }
        }
    }

    /// Exports a function of numbers in a program with green threads: one of them may run while JavaScript calls, and a panic is not its own.
    fn export_contained(&mut self, func: FuncId, span: Span) {
        let inner = &mut self.program.funcs[func];
        let Some(export) = inner.export.take() else { return };
        let (params, ret) = (inner.params.clone(), inner.ret);
        let name = self.unique_name(format!("{export}.export"));
        let mut outer = self.new_func(name, params, ret, span);
        outer.export = Some(export);
        let id = self.program.funcs.push(outer);
        let dest = if ret == self.unit_ty() { None } else { Some(RETURN.into()) };
        let mut b = Builder::new(self, id, Box::new([]), None);
        let params = b.shim_params();
        b.call_lang("web_enter", &[], vec![], None, span);
        let args = params.into_iter().map(|param| Arg::Value(Operand::Copy(param))).collect();
        b.call_func(func, args, dest);
        b.call_lang("web_leave", &[], vec![], None, span);
        let body = b.finish();
        self.program.funcs[id].kind = FuncKind::Body(body);
    }

    /// The library's function that takes a call out of the buffer, for this function.
    fn export_wrapped(&mut self, id: FnId, func: FuncId, call: WebCall, span: Span) {
        let Some(export) = self.program.funcs[func].export.take() else { return };
        let decl = &self.front.program().fns[id];
        let (n, ret) = (decl.params.len(), decl.ret);
        let mut types: Vec<HTy> = decl.params.iter().map(|p| p.ty).collect();
        // More have been reported by the checker.
        let names = if call == WebCall::Async { STARTS } else { CALLS };
        let Some(name) = names.get(n) else { return };
        types.push(ret);
        types.push(self.front.program_mut().types.intern(H::FnDef(id, Box::new([]))));
        if let Some((wrapper, _)) = self.lang_fn(name, &types, span) {
            self.program.funcs[wrapper].export = Some(export);
        }
    }

    /// Whether only numbers cross, which do so as they are.
    fn is_plain(&self, id: FnId) -> bool {
        is_plain(self.front.program(), id)
    }

    // ------------------------------------------------------------ functions of JavaScript

    /// Whether a function of a host needs a body that brings its arguments there.
    pub(super) fn is_wrapped_import(&self, id: FnId) -> bool {
        self.is_js(id) && (self.front.program().fns[id].is_async || !self.is_plain(id))
    }

    fn is_js(&self, id: FnId) -> bool {
        matches!(&self.front.program().fns[id].kind, FnKind::Extern { abi, .. } if abi == "js")
    }

    /// The functions of JavaScript that the program calls, in the order of declaration.
    fn note_imports(&mut self) {
        let called = self.instances.keys().filter_map(|key| match key {
            Key::Fn(id, _) if self.is_js(*id) => Some(*id),
            _ => None,
        });
        let mut found: Vec<FnId> = called.collect();
        found.arrange();
        self.program.web_imports = found;
    }

    /// Writes the arguments, calls what is imported, and reads the result.
    pub(super) fn build_js_import(&mut self, id: FuncId, f: FnId) -> Body {
        let decl = &self.front.program().fns[f];
        let (is_async, ret, span) = (decl.is_async, decl.ret, decl.span);
        let tys: Vec<HTy> = decl.params.iter().map(|p| p.ty).collect();
        let raw = self.raw_import(f);
        let unit = self.unit_ty();
        let mut b = Builder::new(self, id, Box::new([]), None);
        let params = b.shim_params();
        let Some(writer) = b.call_lang_temp("wire_writer", vec![], span) else { return Body::default() };
        for (param, ty) in params.into_iter().zip(tys) {
            b.call_trait("Wire", "wire_write", ty, vec![param], Some(&writer.into()), unit);
        }
        let written = vec![Arg::Value(Operand::Copy(writer.into()))];
        let Some(length) = b.call_lang_temp("wire_length", written, span) else { return Body::default() };
        let mut args = vec![Arg::Value(Operand::Copy(length.into()))];
        let answer = if is_async {
            let Some(ticket) = b.call_lang_temp("web_ticket", vec![], span) else { return Body::default() };
            args.push(Arg::Value(Operand::Copy(ticket.into())));
            b.call_func(raw, args, None);
            ticket
        } else {
            b.call_temp(raw, args)
        };
        let (name, types) = match (is_async, b.cx.result_types(ret)) {
            (false, None) => ("web_returned", vec![ret]),
            (false, Some(types)) => ("web_returned_result", types),
            (true, None) => ("web_await", vec![ret]),
            (true, Some(types)) => ("web_await_result", types),
        };
        let dest = if b.cx.mir_ty(ret) == unit { None } else { Some(RETURN.into()) };
        b.call_lang(name, &types, vec![Arg::Value(Operand::Copy(answer.into()))], dest, span);
        b.pop_drops(0, Some(RETURN.into()));
        b.finish()
    }

    /// What is imported: a function of the length of what is in the buffer.
    fn raw_import(&mut self, f: FnId) -> FuncId {
        let decl = &self.front.program().fns[f];
        let FnKind::Extern { module, name, .. } = decl.kind.clone() else { unreachable!("an import") };
        let (is_async, path, span) = (decl.is_async, decl.path.clone(), decl.span);
        let int = self.int_ty(IntTy::I32);
        let params = vec![(int, ParamMode::Owned); if is_async { 2 } else { 1 }];
        let ret = if is_async { self.unit_ty() } else { int };
        let unique = self.unique_name(format!("{path}.import"));
        let mut func = self.new_func(unique, params, ret, span);
        func.kind = FuncKind::Extern { module, name };
        self.program.funcs.push(func)
    }

    /// The types of a `Result`.
    fn result_types(&self, ty: HTy) -> Option<Vec<HTy>> {
        match self.front.program().types.kind(ty) {
            H::Adt(id, args) if Some(*id) == self.lang_adt("Result") => Some(args.to_vec()),
            _ => None,
        }
    }
}

/// Whether a function takes and gives numbers alone. `()` is no parameter in WebAssembly, so it is none of these.
pub fn is_plain(program: &hir::program::Program, id: FnId) -> bool {
    let decl = &program.fns[id];
    decl.params.iter().all(|p| p.ty != HTy::UNIT && is_plain_type(program, p.ty))
        && is_plain_type(program, decl.ret)
}

fn is_plain_type(program: &hir::program::Program, ty: HTy) -> bool {
    match program.types.kind(ty) {
        H::Int(int) => *int != HInt::USize,
        H::F32 | H::F64 | H::Bool | H::Never => true,
        H::Tuple(parts) => parts.is_empty(),
        _ => false,
    }
}

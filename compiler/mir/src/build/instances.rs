//! Instances: what to build once per combination of type arguments, their names and signatures.

use super::Cx;
use super::func::Builder;
use super::types::mode_of;
use super::work_list::WorkFn;
use crate::ir as mir;
use crate::ir::{FuncId, ParamMode};
use crate::passes::coroutine::Why;
use hir::body::Callee;
use hir::program::{BodyOwner, ClosureId, ConstId, Container, FnId, FnKind, Inline, TestId, TraitId};
use hir::resolve::{Resolved, resolve_method, vtable_args};
use hir::ty::{Args, Ty, TyKind};
use syntax::{Diagnostic, Span};

/// Limit on the instances of one program; docs/language.md and the page of `too-many-instances` say the same.
const MAX_INSTANCES: usize = 30_000;

/// One function of the result.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Key {
    Fn(FnId, Args),
    Closure(ClosureId, Args),
    /// The value of a constant, as a function without parameters.
    Const(ConstId, Args),
    Test(TestId),
    /// The compiler's implementation of a trait's method.
    Builtin {
        trait_: TraitId,
        method: FnId,
        args: Args,
    },
    /// A function that takes an empty environment first, as boxed closures do.
    FnBox(FuncId),
    /// What is called behind an `async Fn`, which may be a coroutine though the function itself is none.
    AsyncBox(FuncId),
    /// Takes a boxed closure of this type, as its environment, and calls it.
    CallBox(Ty),
    /// Calls a value of this type, see `coroutine`.
    Task(Ty),
    /// The body of a generator; the function itself makes a frame of it.
    Generator(FnId, Args),
    /// A method whose receiver is lent, as callers through a vtable do.
    DynMethod(FuncId),
    /// Handles the lists of structural operations.
    Work(WorkFn),
}

/// A signature over HIR types: the parameters, with whether each is `mut`, and the result.
pub(super) struct Sig {
    pub params: Vec<(Ty, bool)>,
    pub ret: Ty,
}

impl<'f> Cx<'f> {
    /// The function of an instance, declared on first use.
    pub(super) fn instance(&mut self, key: Key, span: Span) -> FuncId {
        if let Some(id) = self.instances.get(&key) {
            return *id;
        }
        if let Key::Fn(_, args) | Key::Closure(_, args) | Key::Generator(_, args) | Key::Builtin { args, .. } =
            &key
            && let Some(ty) = args.clone().iter().find(|t| self.is_too_nested(**t)).copied()
        {
            self.report_nesting(ty, span);
            return self.placeholder(span);
        }
        if self.instances.len() >= MAX_INSTANCES {
            self.report_too_many(span);
            return self.placeholder(span);
        }
        let func = self.declare(&key);
        let has_body = matches!(func.kind, mir::FuncKind::Body(_));
        let id = self.program.funcs.push(func);
        if let Key::Fn(f, _) = &key
            && self.is_structural_method(*f)
        {
            self.must_not_suspend(id, None, Why::Structural);
        }
        if let Key::Fn(f, _) | Key::Generator(f, _) = &key
            && self.front.program().fns[*f].track_caller
        {
            self.tracked.insert(id);
        }
        if let Key::Fn(method, _) | Key::Builtin { method, .. } = &key
            && self.front.program().fns[*method].has_self
        {
            self.methods.insert(id);
        }
        self.instances.insert(key.clone(), id);
        if has_body {
            self.queue.push_back((id, key));
        }
        id
    }

    /// Reported once, and nothing more is built: what there is has asked for all the others.
    fn report_too_many(&mut self, span: Span) {
        self.queue.clear();
        if self.errors.iter().any(|e| e.code == hir::codes::TOO_MANY_INSTANCES) {
            return;
        }
        let span = if span.is_dummy() { self.at } else { span };
        let message = format!("the program needs more than {MAX_INSTANCES} instances of its functions");
        let error = Diagnostic::error(hir::codes::TOO_MANY_INSTANCES, span, message)
            .note("a generic function is compiled for each type; one that calls others with two new types doubles them")
            .note("`dyn Trait` or `Array<T>` keeps the type the same");
        self.errors.push(error);
    }

    /// What stands for an instance that was refused; the build fails anyway.
    fn placeholder(&mut self, span: Span) -> FuncId {
        let ret = self.unit_ty();
        self.program.funcs.push(self.new_func("refused".to_string(), Vec::new(), ret, span))
    }

    pub(super) fn new_func(
        &self,
        name: String,
        params: Vec<(mir::Ty, ParamMode)>,
        ret: mir::Ty,
        span: Span,
    ) -> mir::Function {
        mir::Function {
            name,
            params,
            ret,
            kind: mir::FuncKind::Body(mir::Body::default()),
            inline: Inline::Auto,
            export: None,
            may_unwind: self.opts.panic_unwinds,
            span,
        }
    }

    fn declare(&mut self, key: &Key) -> mir::Function {
        match key {
            Key::Fn(id, args) => self.declare_fn(*id, args),
            Key::Closure(id, args) => self.declare_closure(*id, args),
            Key::Const(id, args) => {
                let item = &self.front.program().consts[*id];
                let (ty, span) = (item.ty, item.span);
                let name = format!("const {}", self.front.program().interner.name(item.name));
                let ret = self.mono(ty, args);
                let ret = self.mir_ty(ret);
                let name = self.unique_name(name);
                self.new_func(name, Vec::new(), ret, span)
            }
            Key::Test(id) => {
                let test = &self.front.program().tests[*id];
                let (name, span) = (format!("test {}", test.name), test.span);
                let ret = self.unit_ty();
                let name = self.unique_name(name);
                self.new_func(name, Vec::new(), ret, span)
            }
            Key::Builtin { method, args, .. } => self.declare_builtin(*method, args),
            Key::FnBox(inner) => self.declare_fn_box(*inner),
            Key::AsyncBox(inner) => self.declare_async_box(*inner),
            Key::CallBox(ty) => self.declare_call_box(*ty),
            Key::Task(ty) => self.declare_task(*ty),
            Key::Generator(id, args) => self.declare_generator(*id, args),
            Key::DynMethod(inner) => self.declare_dyn_method(*inner),
            Key::Work(work) => self.declare_work(*work),
        }
    }

    fn declare_fn(&mut self, id: FnId, args: &[Ty]) -> mir::Function {
        let f = &self.front.program().fns[id];
        let (inline, span, tracked) = (f.inline, f.span, f.track_caller);
        let export = f.export.clone();
        let kind = f.kind.clone();
        let sig = self.fn_sig(id, args);
        let mut params = self.mir_params(&sig);
        self.lend_params(id, args, &mut params);
        if self.front.program().reentrant.contains(&id) {
            let states = TyKind::Ptr(sig.params[1].0);
            let states = self.front.program_mut().types.intern(states);
            params[1] = (self.mir_ty(states), ParamMode::Owned);
        }
        if tracked {
            params.push((self.location_ty(), ParamMode::Owned));
        }
        let ret = self.mir_ty(sig.ret);
        let name = self.fn_name(id, args);
        let mut func = self.new_func(name, params, ret, span);
        func.inline = inline;
        // What evaluates constants and what runs tests have exports of their own.
        func.export = export.filter(|_| self.opts.tests.is_none() && self.opts.consts.is_none());
        if let FnKind::Extern { module, name, .. } = kind
            && !self.is_wrapped_import(id)
        {
            func.kind = mir::FuncKind::Extern { module, name };
        }
        func
    }

    fn declare_closure(&mut self, id: ClosureId, args: &[Ty]) -> mir::Function {
        let decl = &self.front.program().closures[id];
        let span = decl.span;
        let is_once = self.is_once(id, args);
        let sig = self.closure_sig(id, args);
        let env = self.front.program_mut().types.intern(TyKind::Closure(id, args.into()));
        let env_mode = if is_once { ParamMode::Owned } else { ParamMode::Borrowed };
        let mut params = vec![(self.mir_ty(env), env_mode)];
        params.extend(self.mir_params(&sig));
        let ret = self.mir_ty(sig.ret);
        let owner = self.closure_owner(id, args);
        let name = self.unique_name(format!("{owner}.closure"));
        self.new_func(name, params, ret, span)
    }

    /// The name of the function in which a closure stands.
    pub(super) fn closure_owner(&mut self, id: ClosureId, args: &[Ty]) -> String {
        match self.front.program().closures[id].owner {
            BodyOwner::Fn(f) => self.fn_text(f, args),
            BodyOwner::Const(c) => {
                let program = self.front.program();
                program.interner.name(program.consts[c].name).to_string()
            }
            BodyOwner::Test(t) => format!("test {}", self.front.program().tests[t].name),
        }
    }

    /// By argument: whether what is called is only lent it, if it can only be moved.
    pub(super) fn lent_args(&mut self, target: &ResolvedFn) -> Vec<bool> {
        let ResolvedFn::Fn(id, args) = target else { return Vec::new() };
        match self.front.program().is_only_looking(*id) {
            true => vec![true; self.front.program().fns[*id].params.len()],
            false => self.lent_params(*id, args),
        }
    }

    /// Parameters that can only be moved and that the function only looks at stay the caller's.
    fn lend_params(&mut self, id: FnId, args: &[Ty], params: &mut [(mir::Ty, ParamMode)]) {
        // A generator keeps what it gets.
        if self.front.program().fns[id].generator.is_some()
            || !params.iter().any(|(ty, mode)| *mode == ParamMode::Owned && self.facts(*ty).iso)
        {
            return;
        }
        let lent = match self.front.program().is_only_looking(id) {
            true => vec![true; params.len()],
            false => self.lent_params(id, &args.into()),
        };
        for ((ty, mode), lent) in params.iter_mut().zip(lent) {
            if lent && *mode == ParamMode::Owned && self.facts(*ty).iso {
                *mode = ParamMode::Borrowed;
            }
        }
    }

    /// Whether it implements a method of `Eq`, `Ord`, `Hash` or `Show`.
    pub(super) fn is_structural_method(&self, id: FnId) -> bool {
        let program = self.front.program();
        let trait_ = match program.fns[id].container {
            Container::Impl(imp) => program.impls[imp].trait_.as_ref().map(|t| t.0),
            Container::Trait(trait_) => Some(trait_),
            Container::Module => None,
        };
        trait_.is_some_and(|t| self.structural_trait(t).is_some())
    }

    fn declare_builtin(&mut self, method: FnId, args: &[Ty]) -> mir::Function {
        let sig = self.fn_sig(method, args);
        let mut params = self.mir_params(&sig);
        self.lend_params(method, args, &mut params);
        let ret = self.mir_ty(sig.ret);
        let name = self.fn_name(method, args);
        let span = self.front.program().fns[method].span;
        let mut func = self.new_func(name, params, ret, span);
        let kind = args.first().map(|t| self.front.program().types.kind(*t));
        if let Some(TyKind::Int(_) | TyKind::F32 | TyKind::F64 | TyKind::Bool | TyKind::Char) = kind {
            func.inline = Inline::Always;
        }
        func
    }

    pub(super) fn mir_params(&mut self, sig: &Sig) -> Vec<(mir::Ty, ParamMode)> {
        sig.params.iter().map(|(t, is_mut)| (self.mir_ty(*t), mode_of(*is_mut))).collect()
    }

    pub(super) fn fn_sig(&mut self, id: FnId, args: &[Ty]) -> Sig {
        let f = &self.front.program().fns[id];
        let ret = f.ret;
        let params: Vec<(Ty, bool)> =
            f.params.iter().map(|p| (p.ty, p.mode == hir::program::ParamMode::Mut)).collect();
        let params = params.into_iter().map(|(t, m)| (self.mono(t, args), m)).collect();
        Sig { params, ret: self.mono(ret, args) }
    }

    pub(super) fn closure_sig(&mut self, id: ClosureId, args: &[Ty]) -> Sig {
        let decl = &self.front.program().closures[id];
        let ret = decl.ret;
        let params: Vec<(Ty, bool)> =
            decl.params.iter().map(|(t, m)| (*t, *m == hir::program::ParamMode::Mut)).collect();
        let params = params.into_iter().map(|(t, m)| (self.mono(t, args), m)).collect();
        Sig { params, ret: self.mono(ret, args) }
    }

    fn fn_name(&mut self, id: FnId, args: &[Ty]) -> String {
        let text = self.fn_text(id, args);
        self.unique_name(text)
    }

    /// `Array<Int>.push`, `sort.merge<Float>`.
    pub(super) fn fn_text(&mut self, id: FnId, args: &[Ty]) -> String {
        let program = self.front.program();
        let f = &program.fns[id];
        let (n_parent, container) = (f.generics.n_parent as usize, f.container);
        let name = program.interner.name(f.name).to_string();
        let mut text = match container {
            Container::Module => f.path.clone(),
            Container::Trait(_) => {
                format!("{}.{name}", args.first().map_or(String::new(), |t| self.front.program().ty_name(*t)))
            }
            Container::Impl(imp) => {
                let self_ty = program.impls[imp].self_ty;
                let self_ty = self.mono(self_ty, args);
                format!("{}.{name}", self.front.program().ty_name(self_ty))
            }
        };
        if let Some(own) = args.get(n_parent..).filter(|own| !own.is_empty()) {
            let own: Vec<String> = own.iter().map(|t| self.front.program().ty_name(*t)).collect();
            text = format!("{text}<{}>", own.join(", "));
        }
        text
    }

    /// Gives the body to a declared instance.
    pub(super) fn build_instance(&mut self, id: FuncId, key: Key) {
        let body = match key {
            Key::Fn(f, args) => self.build_fn(id, f, args),
            Key::Closure(closure, args) => {
                let owner = self.front.program().closures[closure].owner;
                let Some(builder) = self.body_builder(id, owner, args) else { return };
                builder.lower_closure_body(closure)
            }
            Key::Const(c, args) => {
                let Some(builder) = self.body_builder(id, BodyOwner::Const(c), args) else { return };
                builder.lower_body()
            }
            Key::Test(t) => {
                let Some(builder) = self.body_builder(id, BodyOwner::Test(t), Box::new([])) else { return };
                builder.lower_body()
            }
            Key::Builtin { trait_, method, args } => self.build_builtin(id, trait_, method, args),
            Key::FnBox(inner) => self.build_fn_box(id, inner),
            Key::AsyncBox(inner) => self.build_async_box(id, inner),
            Key::CallBox(_) => self.build_call_box(id),
            Key::Task(ty) => self.build_task(id, ty),
            Key::Generator(f, args) => {
                let Some(builder) = self.body_builder(id, BodyOwner::Fn(f), args) else { return };
                builder.lower_generator()
            }
            Key::DynMethod(inner) => self.build_dyn_method(id, inner),
            Key::Work(work) => self.build_work(id, work),
        };
        self.program.funcs[id].kind = mir::FuncKind::Body(body);
    }

    fn build_fn(&mut self, id: FuncId, f: FnId, args: Args) -> mir::Body {
        let decl = &self.front.program().fns[f];
        let (kind, span) = (decl.kind.clone(), decl.span);
        match kind {
            FnKind::Body if self.front.program().fns[f].generator.is_some() => {
                self.build_generator_start(id, f, args)
            }
            FnKind::Body => match self.body_builder(id, BodyOwner::Fn(f), args) {
                Some(builder) => builder.lower_body(),
                None => mir::Body::default(),
            },
            FnKind::Intrinsic(name) => self.build_intrinsic_fn(id, name, &args),
            FnKind::Extern { .. } if self.is_wrapped_import(f) => self.build_js_import(id, f),
            FnKind::Required | FnKind::Extern { .. } => {
                let what = format!("`{}` has no body", self.front.program().fns[f].path);
                self.internal(span, what);
                mir::Body::default()
            }
        }
    }

    /// A builder for a body of HIR; `None` if it has errors, which then have been reported.
    fn body_builder<'c>(&'c mut self, id: FuncId, owner: BodyOwner, args: Args) -> Option<Builder<'c, 'f>> {
        let body = self.front.body(owner);
        if body.has_errors {
            let span = self.program.funcs[id].span;
            let what = format!("`{}` was reached, which has errors", self.program.funcs[id].name);
            self.internal(span, what);
            return None;
        }
        Some(Builder::new(self, id, args, Some(body)))
    }

    /// The implementation behind a callee of HIR for an instance's arguments.
    pub(super) fn resolve_callee(&mut self, callee: &Callee, args: &[Ty]) -> Option<ResolvedFn> {
        match callee {
            Callee::Fn { id, args: own } => {
                let own = own.iter().map(|t| self.mono(*t, args)).collect();
                Some(ResolvedFn::Fn(*id, own))
            }
            Callee::TraitMethod { trait_, method, args: own } => {
                let own: Args = own.iter().map(|t| self.mono(*t, args)).collect();
                Some(self.resolve(*trait_, *method, own))
            }
            Callee::Dyn { .. } | Callee::Value(_) => None,
        }
    }

    /// As `resolve_callee`, where the receiver's type is known besides, which a method of a `dyn` needs.
    pub(super) fn resolve_callee_on(
        &mut self,
        callee: &Callee,
        args: &[Ty],
        receiver: Ty,
    ) -> Option<ResolvedFn> {
        let Callee::Dyn { trait_, method_idx } = callee else { return self.resolve_callee(callee, args) };
        let receiver = self.mono(receiver, args);
        let method = self.front.program().traits[*trait_].methods[*method_idx as usize];
        let args = self.dyn_args(receiver, *trait_)?;
        let args = vtable_args(self.front.program_mut(), method, &args);
        Some(ResolvedFn::Dyn { trait_: *trait_, method, args })
    }

    /// The implementation of a trait's method for concrete arguments.
    pub(super) fn resolve(&mut self, trait_: TraitId, method: FnId, args: Args) -> ResolvedFn {
        match resolve_method(self.front.program_mut(), trait_, method, &args) {
            Some(Resolved::Fn { id, args }) => ResolvedFn::Fn(id, args),
            Some(Resolved::Builtin { trait_, method }) => ResolvedFn::Builtin { trait_, method, args },
            Some(Resolved::Dyn { trait_, method_idx }) => {
                let method = self.front.program().traits[trait_].methods[method_idx as usize];
                ResolvedFn::Dyn { trait_, method, args }
            }
            None => {
                let what = format!("no implementation of `{}`", self.fn_text(method, &args));
                self.internal(Span::DUMMY, what);
                ResolvedFn::Builtin { trait_, method, args }
            }
        }
    }
}

/// A function with concrete arguments.
#[derive(Clone, Debug)]
pub(super) enum ResolvedFn {
    Fn(FnId, Args),
    Builtin {
        trait_: TraitId,
        method: FnId,
        args: Args,
    },
    /// Through the vtable of the first argument.
    Dyn {
        trait_: TraitId,
        method: FnId,
        args: Args,
    },
}

impl ResolvedFn {
    pub fn fn_id(&self) -> FnId {
        match self {
            ResolvedFn::Fn(id, _) => *id,
            ResolvedFn::Builtin { method, .. } | ResolvedFn::Dyn { method, .. } => *method,
        }
    }

    pub fn args(&self) -> &Args {
        match self {
            ResolvedFn::Fn(_, args) | ResolvedFn::Builtin { args, .. } | ResolvedFn::Dyn { args, .. } => args,
        }
    }

    pub fn key(self) -> Key {
        match self {
            ResolvedFn::Fn(id, args) => Key::Fn(id, args),
            ResolvedFn::Builtin { trait_, method, args } | ResolvedFn::Dyn { trait_, method, args } => {
                Key::Builtin { trait_, method, args }
            }
        }
    }
}

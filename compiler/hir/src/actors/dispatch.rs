//! The function that an actor's green thread calls with each message: it is made here, and no text stands for it.

use super::{ActorId, ReplyKind};
use crate::body::*;
use crate::checker::Checker;
use crate::program::*;
use crate::ty::{Args, Ty};
use entity::{Idx, IndexVec};
use syntax::{Span, Symbol, sym};

struct Dispatch<'c> {
    ck: &'c mut Checker,
    actor: ActorId,
    locals: IndexVec<LocalId, LocalDecl>,
    /// The actor's parameters, as arguments for themselves.
    own: Args,
    /// The reference, the struct of the states, the messages.
    types: [Ty; 3],
    span: Span,
}

/// The parameters of the function.
const CELL: LocalId = LocalId(0);
const STATE: LocalId = LocalId(1);
const MESSAGE: LocalId = LocalId(2);

impl Checker {
    /// The body of `dispatch`. Needs the types of all replies, so bodies that tell one are checked first.
    pub(crate) fn dispatch_body(&mut self, id: FnId, actor: ActorId) -> Body {
        let span = self.program.fns[id].span;
        for i in 0..self.actor(actor).messages.len() {
            self.reply_ty(actor, VariantIdx::new(i), span);
        }
        let types = self.actor_types(actor);
        let generics = self.program.fns[id].generics.clone();
        let own = self.identity(&generics).into();
        let mut dispatch = Dispatch { ck: self, actor, locals: IndexVec::new(), own, types, span };
        let params: Vec<LocalId> = (0..3).map(|i| dispatch.param(id, i)).collect();
        let arms = dispatch.arms();
        let has_errors = arms.is_none();
        let scrutinee = Box::new(dispatch.local(MESSAGE));
        let kind = match arms {
            Some(arms) => ExprKind::Match { scrutinee, arms },
            None => ExprKind::Error,
        };
        let value = Expr { kind, ty: Ty::UNIT, span };
        let locals = dispatch.locals;
        Body {
            owner: BodyOwner::Fn(id),
            params,
            locals,
            value,
            closures: Vec::new(),
            has_late_lets: false,
            has_errors,
        }
    }

    /// A function of `core.intrinsics`.
    fn intrinsic(&self, name: &str) -> Option<FnId> {
        let name = self.program.interner.get(name)?;
        self.program.fns.indices().find(
            |id| matches!(self.program.fns[*id].kind, FnKind::Intrinsic(intrinsic) if intrinsic == name),
        )
    }
}

impl Dispatch<'_> {
    fn param(&mut self, id: FnId, index: usize) -> LocalId {
        let param = &self.ck.program.fns[id].params[index];
        let (name, ty) = (param.name, param.ty);
        self.new_local(name, ty)
    }

    fn new_local(&mut self, name: Symbol, ty: Ty) -> LocalId {
        self.locals.push(LocalDecl { name, ty, is_mut: false, span: self.span })
    }

    fn local(&self, local: LocalId) -> Expr {
        Expr { kind: ExprKind::Local(local), ty: self.locals[local].ty, span: self.span }
    }

    fn binding(&self, local: LocalId) -> Pat {
        let ty = self.locals[local].ty;
        Pat { kind: PatKind::Binding { local, sub: None }, ty, span: self.span }
    }

    fn call(&self, id: FnId, args: Args, values: Vec<Arg>, ty: Ty) -> Expr {
        let callee = Callee::Fn { id, args };
        Expr { kind: ExprKind::Call { callee, args: values }, ty, span: self.span }
    }

    /// `None` where an error was reported of what the arms consist of.
    fn arms(&mut self) -> Option<Vec<Arm>> {
        let n = self.ck.actor(self.actor).messages.len();
        (0..n).map(|i| self.arm(VariantIdx::new(i))).collect()
    }

    fn arm(&mut self, variant: VariantIdx) -> Option<Arm> {
        let adt = self.ck.actor(self.actor).message;
        let tys: Vec<Ty> = self.ck.program.adts[adt].variants[variant].fields.iter().map(|f| f.ty).collect();
        if tys.iter().any(|ty| self.ck.program.types.flags(*ty).has_error) {
            return None;
        }
        let locals: Vec<LocalId> = tys.into_iter().map(|ty| self.new_local(sym::empty, ty)).collect();
        let fields = locals.iter().enumerate().map(|(i, local)| (i as u32, self.binding(*local))).collect();
        let pat = Pat { kind: PatKind::Adt { variant, fields }, ty: self.types[2], span: self.span };
        let body = match variant.index() < self.ck.actor(self.actor).n_constructors {
            true => self.construct(variant, &locals)?,
            false => self.handle(variant, &locals)?,
        };
        Some(Arm { pat, guard: None, body, span: self.span })
    }

    fn reference(&self) -> Arg {
        let cell = self.local(CELL);
        let kind =
            ExprKind::Adt { variant: VariantIdx(0), fields: vec![Some(cell)], order: vec![0], base: None };
        value(Expr { kind, ty: self.types[0], span: self.span })
    }

    /// `ptr_init(state, new(self, …))`
    fn construct(&self, variant: VariantIdx, locals: &[LocalId]) -> Option<Expr> {
        let fn_ = self.ck.actor(self.actor).messages[variant].fn_;
        let mut args = vec![self.reference()];
        args.extend(locals.iter().map(|l| value(self.local(*l))));
        let states = self.call(fn_, self.own.clone(), args, self.types[1]);
        let init = self.ck.intrinsic("ptr_init")?;
        let values = vec![value(self.local(STATE)), value(states)];
        Some(self.call(init, Box::new([self.types[1]]), values, Ty::UNIT))
    }

    /// The handler's call. What it returns is the answer, where it does not answer itself.
    fn handle(&mut self, variant: VariantIdx, locals: &[LocalId]) -> Option<Expr> {
        let message = &self.ck.actor(self.actor).messages[variant];
        let (fn_, reply) = (message.fn_, message.reply);
        let ret = self.ck.program.fns[fn_].ret;
        let (payload, answer) = match (reply, locals.split_last()) {
            (ReplyKind::ByResult, Some((answer, payload))) => (payload, Some(*answer)),
            _ => (locals, None),
        };
        let place = Box::new(self.local(STATE));
        let states = Expr { kind: ExprKind::Deref(place), ty: self.types[1], span: self.span };
        let mut args = vec![self.reference(), Arg { mode: ArgMode::Mut, expr: states }];
        args.extend(payload.iter().map(|l| value(self.local(*l))));
        let result = self.call(fn_, self.own.clone(), args, ret);
        let Some(answer) = answer else { return Some(result) };
        let local = self.new_local(sym::empty, ret);
        let stmt = Stmt::Let { pat: self.binding(local), init: Some(result), else_: None, span: self.span };
        let send = self.ck.program.lang_fn("reply_send")?;
        let values = vec![value(self.local(answer)), value(self.local(local))];
        let tail = self.call(send, Box::new([ret]), values, Ty::UNIT);
        let block = Block { stmts: vec![stmt], tail: Some(Box::new(tail)) };
        Some(Expr { kind: ExprKind::Block(block), ty: Ty::UNIT, span: self.span })
    }
}

fn value(expr: Expr) -> Arg {
    Arg { mode: ArgMode::Value, expr }
}

//! The function that an actor's green thread calls with each message.

use super::synth::{Synth, place, value};
use super::{ActorId, ReplyKind};
use crate::body::*;
use crate::checker::Checker;
use crate::program::*;
use crate::ty::{Args, Ty};
use entity::Idx;
use syntax::sym;

struct Dispatch<'c> {
    b: Synth<'c>,
    actor: ActorId,
    /// The actor's parameters, as arguments for themselves.
    own: Args,
    /// The reference, the struct of the states, the messages.
    types: [Ty; 3],
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
        let mut dispatch = Dispatch { b: Synth::new(self, id), actor, own, types };
        let value = dispatch.arms().map(|arms| {
            let scrutinee = Box::new(dispatch.b.local(MESSAGE));
            dispatch.b.expr(ExprKind::Match { scrutinee, arms }, Ty::UNIT)
        });
        dispatch.b.finish(id, value)
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
    /// `None` where an error was reported of what the arms consist of.
    fn arms(&mut self) -> Option<Vec<Arm>> {
        let n = self.b.ck.actor(self.actor).messages.len();
        (0..n).map(|i| self.arm(VariantIdx::new(i))).collect()
    }

    fn arm(&mut self, variant: VariantIdx) -> Option<Arm> {
        let b = &mut self.b;
        let adt = b.ck.actor(self.actor).message;
        let tys: Vec<Ty> = b.ck.program.adts[adt].variants[variant].fields.iter().map(|f| f.ty).collect();
        if tys.iter().any(|ty| b.ck.program.types.flags(*ty).has_error) {
            return None;
        }
        let locals: Vec<LocalId> = tys.into_iter().map(|ty| b.new_local(sym::empty, ty)).collect();
        let fields = locals.iter().enumerate().map(|(i, local)| (i as u32, b.binding(*local))).collect();
        let pat = Pat { kind: PatKind::Adt { variant, fields }, ty: self.types[2], span: b.span };
        let body = match variant.index() < b.ck.actor(self.actor).n_constructors {
            true => self.construct(variant, &locals)?,
            false => self.handle(variant, &locals)?,
        };
        Some(Arm { pat, guard: None, body, span: self.b.span })
    }

    fn reference(&self) -> Arg {
        value(self.b.adt(VariantIdx(0), vec![self.b.local(CELL)], self.types[0]))
    }

    /// `ptr_init(state, new(self, …))`
    fn construct(&self, variant: VariantIdx, locals: &[LocalId]) -> Option<Expr> {
        let b = &self.b;
        let fn_ = b.ck.actor(self.actor).messages[variant].fn_;
        let mut args = vec![self.reference()];
        args.extend(locals.iter().map(|l| value(b.local(*l))));
        let states = b.call(fn_, self.own.clone(), args, self.types[1]);
        let init = b.ck.intrinsic("ptr_init")?;
        let values = vec![value(b.local(STATE)), value(states)];
        Some(b.call(init, Box::new([self.types[1]]), values, Ty::UNIT))
    }

    /// The handler's call. What it returns is the answer, where it does not answer itself.
    fn handle(&mut self, variant: VariantIdx, locals: &[LocalId]) -> Option<Expr> {
        let message = &self.b.ck.actor(self.actor).messages[variant];
        let (fn_, reply) = (message.fn_, message.reply);
        let ret = self.b.ck.program.fns[fn_].ret;
        let (payload, answer) = match (reply, locals.split_last()) {
            (ReplyKind::ByResult, Some((answer, payload))) => (payload, Some(*answer)),
            _ => (locals, None),
        };
        let states = self.b.expr(ExprKind::Deref(Box::new(self.b.local(STATE))), self.types[1]);
        let mut args = vec![self.reference(), place(states)];
        args.extend(payload.iter().map(|l| value(self.b.local(*l))));
        let result = self.b.call(fn_, self.own.clone(), args, ret);
        let Some(answer) = answer else { return Some(result) };
        let local = self.b.new_local(sym::empty, ret);
        let b = &self.b;
        let stmt = Stmt::Let { pat: b.binding(local), init: Some(result), else_: None, span: b.span };
        let values = vec![value(b.local(answer)), value(b.local(local))];
        let tail = b.lang_call("reply_send", &[ret], values, Ty::UNIT)?;
        let block = Block { stmts: vec![stmt], tail: Some(Box::new(tail)) };
        Some(b.expr(ExprKind::Block(block), Ty::UNIT))
    }
}

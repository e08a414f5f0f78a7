//! What happens to variables along the paths of a body: values that can only be moved are moved once, variables
//! declared without a value are assigned before they are read.
//!
//! One forward walk over the structured control flow. Loops are walked again until what is known at their head no
//! longer changes. A parameter that a function only reads is *lent* to it: whether it is moved is worked out from
//! the function's body, so that `file.size()` does not consume the file.

mod actors;
mod calls;
mod conditions;
mod held;
mod param_use;
mod patterns;
mod state;
mod walk;

use crate::body::*;
use crate::checker::Checker;
use crate::codes;
use crate::program::*;
use crate::resolve::{is_iso_for, is_iso_in};
use crate::ty::{Ty, TyKind};
use crate::wellformed::is_iso_param;
use actors::reply_of;
use param_use::Found;
pub(crate) use param_use::ParamUses;
use rustc_hash::FxHashMap;
use state::{Moved, State};
use syntax::{Diagnostic, Span, sym};

/// How an expression's value is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Use {
    /// Owned by whoever uses it.
    Move,
    /// Only looked at.
    Lend,
    /// Changed in place.
    Place,
    /// What a block or a branch comes to, where that is only looked at or changed: a value of its own, so a variable is
    /// moved.
    HandOut,
}

impl Use {
    fn moves(self) -> bool {
        matches!(self, Use::Move | Use::HandOut)
    }

    /// How what a block, a branch or a coercion comes to is used, if its own value is used like this.
    fn of_a_part(self) -> Use {
        if self == Use::Move { Use::Move } else { Use::HandOut }
    }
}

pub(crate) struct Flow<'a> {
    ck: &'a mut Checker,
    body: &'a Body,
    generics: Generics,
    self_iso: bool,
    /// Nothing is reported: only copies are of interest, see [`Found`].
    quiet: bool,
    loops: Vec<LoopFrame>,
    found: Found,
    /// What was known at the heads of loops when they were walked last.
    loop_heads: FxHashMap<LoopId, State>,
    reported: Vec<(LocalId, Span)>,
    unset_reported: Vec<LocalId>,
    /// Where variables were moved because a block or a branch comes to them.
    handed_out: Vec<Span>,
    /// Expressions that have errors: what they do to variables, and whether they come to an end, is not known.
    unknown: Vec<Span>,
    /// The variable with the duty to answer, in a handler that answers by itself.
    reply: Option<LocalId>,
    /// The parameters that the function or closure hands back.
    in_out: Vec<LocalId>,
    /// What the expressions around the current place still need.
    held: Vec<held::Held>,
}

struct LoopFrame {
    id: LoopId,
    breaks: State,
    continues: State,
}

impl Checker {
    /// Walks a body and reports what is wrong with moves and assignments. `tys`: the types of its expressions, without
    /// those that are known to be copied; `generics`: those of its owner.
    pub(crate) fn check_flow(&mut self, body: &Body, tys: &[Ty], generics: &Generics) {
        if !self.needs_flow(body, tys, generics) {
            return;
        }
        self.note_param_use(body, generics);
        Flow::new(self, body, generics.clone(), false, false).run();
    }

    /// Most bodies have no value that can only be moved, in a variable or passing by, and no variable that is assigned
    /// late.
    fn needs_flow(&mut self, body: &Body, tys: &[Ty], generics: &Generics) -> bool {
        generics.params.iter().any(|p| p.kind == GenericParamKind::Type { is_iso: true })
            || body.has_late_lets
            || body.locals.iter().any(|l| is_iso_for(&mut self.program, l.ty, generics))
            || tys.iter().any(|ty| is_iso_for(&mut self.program, *ty, generics))
    }
}

impl<'a> Flow<'a> {
    fn new(ck: &'a mut Checker, body: &'a Body, generics: Generics, self_iso: bool, quiet: bool) -> Flow<'a> {
        let reply = reply_of(ck, body);
        Flow {
            ck,
            body,
            generics,
            self_iso,
            quiet,
            loops: Vec::new(),
            found: Found::default(),
            loop_heads: FxHashMap::default(),
            reported: Vec::new(),
            unset_reported: Vec::new(),
            handed_out: Vec::new(),
            unknown: Vec::new(),
            reply,
            in_out: Vec::new(),
            held: Vec::new(),
        }
    }

    fn run(mut self) -> Found {
        if let BodyOwner::Fn(id) = self.body.owner {
            let modes = self.ck.program.fns[id].params.iter().map(|p| p.mode);
            let in_out = self.body.params.iter().copied().zip(modes);
            self.in_out =
                in_out.filter(|(_, mode)| *mode == ParamMode::Mut).map(|(local, _)| local).collect();
        }
        let mut state = State { owes_reply: self.reply.is_some(), ..State::default() };
        self.expr(&self.body.value, &mut state, Use::Move);
        self.check_exit(&state, self.body.value.span);
        for (id, closure) in &self.body.closures {
            let modes = self.ck.program.closures[*id].params.iter().map(|(_, mode)| *mode);
            let in_out = closure.params.iter().copied().zip(modes);
            self.in_out =
                in_out.filter(|(_, mode)| *mode == ParamMode::Mut).map(|(local, _)| local).collect();
            let mut state = State::default();
            self.expr(&closure.value, &mut state, Use::Move);
            self.check_exit(&state, closure.value.span);
        }
        self.found
    }

    fn is_iso(&mut self, ty: Ty) -> bool {
        let (generics, self_iso) = (&self.generics, self.self_iso);
        is_iso_in(&mut self.ck.program, ty, &|i| is_iso_param(generics, i) || (self_iso && i == 0))
    }

    fn name(&self, local: LocalId) -> String {
        if self.is_states(local) {
            return "self".to_string();
        }
        let decl = &self.body.locals[local];
        // A parameter that is a pattern has no name.
        let text = if decl.name == sym::empty {
            self.ck.map.text(decl.span)
        } else {
            self.ck.program.name(decl.name)
        };
        text.to_string()
    }

    fn report(&mut self, diag: Diagnostic) {
        if !self.quiet {
            self.ck.report(diag);
        }
    }

    /// Whether there is something between two places of which it is not known what it does.
    fn is_doubtful(&self, one: Span, other: Span) -> bool {
        let (from, to) = (one.lo.min(other.lo), one.hi.max(other.hi));
        self.unknown.iter().any(|span| from <= span.hi && span.lo <= to)
    }

    /// A copy of something that can only be moved.
    fn report_copy(&mut self, ty: Ty, span: Span, why: &str) {
        self.found.note_copy(span);
        let name = self.ck.program.ty_name(ty);
        let diag = Diagnostic::error(
            codes::ISO_COPY,
            span,
            format!("`{name}` can only be moved, this would copy it"),
        );
        self.report(diag.note(why));
    }

    fn report_moved(&mut self, local: LocalId, span: Span, moved: &Moved) {
        if self.reported.contains(&(local, moved.span)) {
            return;
        }
        self.reported.push((local, moved.span));
        self.found.note_copy(span);
        // What is assigned is looked at behind its value: `q.n = eat(q)`.
        let in_loop = !self.loops.is_empty() && (moved.span == span || moved.span.lo > span.lo);
        if self.is_doubtful(moved.span, span) || in_loop && !self.unknown.is_empty() {
            return;
        }
        if self.reply == Some(local) {
            return self.report_second_reply(span, moved);
        }
        let (text, ty) = self.part_name(local, &moved.path);
        let message = format!("`{text}` was moved and cannot be used any more");
        let diag = Diagnostic::error(codes::USE_AFTER_MOVE, span, message);
        let place = if in_loop { "moved here, in the round of the loop before" } else { "moved here" };
        let diag = diag.also(moved.span, place).note(format!("`{ty}` can only be moved, not copied"));
        let is_closure = moved.path.is_empty()
            && matches!(self.ck.program.types.kind(self.body.locals[local].ty), TyKind::Closure(..));
        let diag = match is_closure {
            true => diag.note("the closure holds what can only be moved, so one call uses it up"),
            false => diag,
        };
        let diag = match self.handed_out.contains(&moved.span) {
            true => diag.note("the value that a block or a branch comes to is moved out of it, also where the code around only looks at it"),
            false => diag,
        };
        self.report(diag);
    }

    /// How a part of a variable is written, and its type.
    fn part_name(&mut self, local: LocalId, path: &[u32]) -> (String, String) {
        let (mut text, mut ty) = (self.name(local), self.body.locals[local].ty);
        for index in path {
            let (step, inner) = match self.ck.program.types.kind(ty).clone() {
                TyKind::Adt(adt, args) => {
                    let variant = self.ck.program.adts[adt].variants.as_slice().first();
                    let Some(field) = variant.and_then(|v| v.fields.get(*index as usize)) else { break };
                    let (name, field_ty) = (self.ck.program.name(field.name).to_string(), field.ty);
                    (name, self.ck.program.types.subst(field_ty, &args))
                }
                TyKind::Tuple(args) => match args.get(*index as usize) {
                    Some(inner) => (index.to_string(), *inner),
                    None => break,
                },
                _ => break,
            };
            text = format!("{text}.{step}");
            ty = inner;
        }
        if !path.is_empty() && self.is_states(local) {
            // States are written without it.
            text = text.trim_start_matches("self.").to_string();
        }
        (text, self.ck.program.ty_name(ty))
    }

    /// In-out parameters must hold a value when the function ends.
    fn check_exit(&mut self, state: &State, span: Span) {
        if state.dead {
            return;
        }
        if matches!(self.body.owner, BodyOwner::Fn(_)) {
            self.check_answered(state, span);
        }
        for local in self.in_out.clone() {
            let Some(moved) = state.moved.iter().find(|m| m.local == local) else { continue };
            if self.is_doubtful(moved.span, self.end_of(span)) {
                continue;
            }
            let text = self.part_name(local, &moved.path).0;
            let note = if self.is_states(local) {
                "the next message finds the states as this one leaves them; `take()` or `replace()` leave something in its place"
            } else {
                "a `mut` parameter is handed back to the caller; `take()` or `replace()` leave something in its place"
            };
            let message = format!("`{text}` is moved and gets no new value before the function ends");
            let diag = Diagnostic::error(codes::MOVED_MUT_PARAM, moved.span, message)
                .also(self.end_of(span), "the function ends here")
                .note(note);
            self.report(diag);
        }
    }

    /// The closing brace of a block; all of anything else.
    fn end_of(&self, span: Span) -> Span {
        let is_block = self.ck.map.text(span).ends_with('}');
        if is_block { Span::new(span.hi - 1, span.hi) } else { span }
    }

    fn closure_of(&self, id: ClosureId) -> Option<&'a ClosureBody> {
        self.body.closures.iter().find(|c| c.0 == id).map(|c| &c.1)
    }
}

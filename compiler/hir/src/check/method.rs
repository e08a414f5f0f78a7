//! Method calls: which method a name means for a receiver.
//!
//! An inherent method wins over a trait's. Of traits' methods exactly one must fit; two are told apart by
//! `Trait.f(x)`. Traits need not be imported for their methods to be called; those that are private to another module
//! do not count, and those that the module declares or imports come before others.

mod foreign;

use super::FnCtxt;
use crate::body::*;
use crate::check::actor::habits::MethodCall;
use crate::codes;
use crate::impls::Head;
use crate::program::*;
use crate::record::Target;
use crate::solve::Sel;
use crate::solve::Tri;
use crate::suggest;
use crate::ty::{Ty, TyKind, TyRow};
use smallvec::{SmallVec, smallvec};
use syntax::ast::{self, GenericArgs, Ident};
use syntax::{Diagnostic, Span, Symbol, sym};

/// A trait's method with the arguments of the trait.
pub(crate) type Candidate = (TraitId, FnId, TyRow);
pub(crate) type Candidates = SmallVec<[Candidate; 2]>;

impl FnCtxt<'_> {
    pub(crate) fn method_call(
        &mut self,
        callee: &mut ast::Expr,
        args: &mut [ast::Arg],
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        let callee_span = callee.span;
        let ast::ExprKind::Field { base, name, args: own } = &mut callee.kind else {
            return self.error_expr(span);
        };
        let name = *name;
        let recv = self.expr(base, None);
        let ty = self.settle(recv.ty);
        if ty == Ty::ERROR || name.name == sym::empty {
            self.check_loose(args);
            return self.error_expr(span);
        }
        if self.is_open(ty) {
            self.report_unknown_type(ty, recv.span);
            self.check_loose(args);
            return self.error_expr(span);
        }
        if self.ck.is_probe(name.name) {
            self.probe_members(ty);
        }
        if let Some((id, container)) = self.inherent_method(ty, name.name, span) {
            self.ck.note(name.span, Target::Fn(id));
            return self.call_inherent(id, container, own.as_deref(), recv, name, args, want, span);
        }
        let mut found = self.trait_candidates(ty, name.name, span);
        self.prefer_own_trait(ty, &mut found);
        match found.len() {
            0 => self.no_method(recv, ty, name, args, callee_span, span),
            1 => {
                let Some((trait_, id, trait_args)) = found.into_iter().next() else {
                    return self.error_expr(span);
                };
                self.ck.note(name.span, Target::Fn(id));
                if !self.ck.program.fns[id].has_self {
                    return self.not_a_method(id, (recv.ty, recv.span), name, args, span);
                }
                let decl = &self.ck.program.traits[trait_];
                let (is_pub, module) = (decl.is_pub, decl.module);
                self.check_visible(is_pub, module, name, "trait of the method");
                let own = self.own_args(id, own.as_deref());
                let all = self.fn_args(id, trait_args, own, span);
                self.call_trait_fn(trait_, id, all, Some(recv), args, want, span)
            }
            _ => {
                self.ambiguous_method(ty, name, &found);
                self.check_loose(args);
                self.error_expr(span)
            }
        }
    }

    fn call_inherent(
        &mut self,
        id: FnId,
        container: TyRow,
        own: Option<&GenericArgs>,
        recv: Expr,
        name: Ident,
        args: &mut [ast::Arg],
        want: Option<Ty>,
        span: Span,
    ) -> Expr {
        self.check_method_visible(id, name);
        if !self.ck.program.fns[id].has_self {
            return self.not_a_method(id, (recv.ty, recv.span), name, args, span);
        }
        let own = self.own_args(id, own);
        let all = self.fn_args(id, container, own, span);
        self.call_fn(id, all, Some(recv), args, want, span)
    }

    fn not_a_method(
        &mut self,
        id: FnId,
        (ty, recv): (Ty, Span),
        name: Ident,
        args: &mut [ast::Arg],
        span: Span,
    ) -> Expr {
        let text = self.ck.program.name(name.name).to_string();
        let owner = self.ty_name(ty);
        let message = format!("`{text}` has no `self`: it is called through the type");
        let diag = Diagnostic::error(codes::NOT_A_METHOD, name.span, message);
        self.report(match owner.contains(['<', '(', '[', ' ']) {
            true => diag.note(format!("write `{}(…)`", self.ck.program.fns[id].path)),
            false => diag.fix_likely(format!("write `{owner}.{text}(…)`"), recv, owner),
        });
        self.check_loose(args);
        self.error_expr(span)
    }

    /// The traits' methods of this name that the type has.
    pub(crate) fn trait_candidates(&mut self, ty: Ty, name: Symbol, span: Span) -> Candidates {
        let mut found = Candidates::new();
        let mut provided: SmallVec<[bool; 8]> = SmallVec::new();
        for (trait_, id) in self.traits_with_method(ty, name) {
            let n_args = self.ck.program.traits[trait_].generics.params.len();
            let mut args = TyRow::from_slice(&[ty]);
            for _ in 1..n_args {
                args.push(self.fresh(span));
            }
            if let Some(is_builtin) = self.may_implement(trait_, &args, span) {
                provided.push(is_builtin);
                found.push((trait_, id, args));
            }
        }
        // What every type has from the compiler gives way to what was written for it.
        if found.len() > 1 && provided.contains(&false) {
            let mut keep = provided.iter().map(|p| !p);
            found.retain(|_| keep.next().unwrap_or(true));
        }
        // What other modules keep to themselves does not stand in the way.
        if found.len() > 1 && found.iter().any(|f| self.sees_trait(f.0)) {
            found.retain(|f| self.sees_trait(f.0));
        }
        // Nor does what this module has no name for, where it has one for another.
        if found.len() > 1 && found.iter().any(|f| self.ck.names_trait(self.module, f.0)) {
            found.retain(|f| self.ck.names_trait(self.module, f.0));
        }
        found
    }

    fn sees_trait(&self, trait_: TraitId) -> bool {
        let decl = &self.ck.program.traits[trait_];
        decl.is_pub || self.ck.sees_private(self.module, decl.module)
    }

    /// The traits that could apply to the type, by its outermost constructor, and have a method of this name.
    fn traits_with_method(&self, ty: Ty, name: Symbol) -> SmallVec<[(TraitId, FnId); 4]> {
        let index = &self.ck.program.index;
        let all = index.trait_methods(name);
        if all.len() <= 4 {
            return SmallVec::from_slice(all);
        }
        if matches!(self.kind(ty), TyKind::Dyn { .. } | TyKind::Assoc { .. }) {
            // Traits above a `dyn` type's, or in the declaration of an associated type.
            return SmallVec::from_slice(all);
        }
        let head = Head::of(&self.ck.program.types, ty);
        let mut found = SmallVec::new();
        let by_head = head.map_or(&[][..], |h| index.traits_of_head(h));
        let for_any = index.traits_of_head(Head::Any);
        if all.len() < by_head.len() + for_any.len() {
            let has = |trait_, head| !index.trait_impls(trait_, head).is_empty();
            let may_apply = |trait_: TraitId| {
                head.is_some_and(|head| has(trait_, head))
                    || has(trait_, Head::Any)
                    || index.builtin(trait_).is_some()
                    || self.env.bounds.iter().any(|b| b.trait_ == trait_)
            };
            found.extend(all.iter().filter(|(trait_, _)| may_apply(*trait_)).copied());
            return found;
        }
        let bounds = self.env.bounds.iter().map(|b| b.trait_);
        let others = for_any.iter().copied().chain(index.builtin_traits());
        for trait_ in by_head.iter().copied().chain(bounds).chain(others) {
            if let Some(id) = index.method_of_trait(trait_, name)
                && !found.iter().any(|f: &(TraitId, FnId)| f.0 == trait_)
            {
                found.push((trait_, id));
            }
        }
        found
    }

    /// Whether the type may implement the trait: `Some(true)` if the compiler provides that.
    pub(super) fn may_implement(&mut self, trait_: TraitId, args: &[Ty], span: Span) -> Option<bool> {
        self.solve(span, |s| {
            s.probe(|s| match s.select(trait_, args) {
                Sel::No | Sel::Error => None,
                Sel::Builtin(_) => Some(true),
                // A blanket impl applies only where its bounds hold.
                Sel::Impl(id, iargs) => {
                    let blanket = matches!(s.p.types.kind(s.p.impls[id].self_ty), TyKind::Param(..));
                    (!blanket || s.impl_bounds_hold(id, &iargs) != Tri::No).then_some(false)
                }
                _ => Some(false),
            })
        })
    }

    /// Inside a trait, or an `impl` of it, its own methods of `Self` come first.
    pub(crate) fn prefer_own_trait(&self, ty: Ty, found: &mut Candidates) {
        let own = self.cx.self_trait.or(self.cx.impl_trait.as_ref().map(|t| t.0));
        if found.len() > 1
            && self.cx.self_ty == Some(ty)
            && let Some(candidate) = own.and_then(|own| found.iter().find(|c| c.0 == own)).cloned()
        {
            *found = smallvec![candidate];
        }
    }

    pub(crate) fn ambiguous_method(&mut self, ty: Ty, name: Ident, found: &[Candidate]) {
        let text = self.ck.program.name(name.name).to_string();
        let owner = self.ty_name(ty);
        let traits: Vec<String> = found
            .iter()
            .map(|c| self.ck.program.name(self.ck.program.traits[c.0].name).to_string())
            .collect();
        let list: Vec<String> = traits.iter().map(|t| format!("`{t}`")).collect();
        let message = format!("`{text}` of `{owner}` may be that of {}", list.join(" or "));
        let has_self = found.iter().any(|c| self.ck.program.fns[c.1].has_self);
        let args = if has_self { "x" } else { "" };
        let ways: Vec<String> = traits.iter().map(|t| format!("`{t}.{text}({args})`")).collect();
        let diag = Diagnostic::error(codes::AMBIGUOUS_METHOD, name.span, message);
        self.report(diag.note(format!("say which: {}", ways.join(" or "))));
    }

    // ------------------------------------------------------------ messages

    fn no_method(
        &mut self,
        recv: Expr,
        ty: Ty,
        name: Ident,
        args: &mut [ast::Arg],
        callee_span: Span,
        span: Span,
    ) -> Expr {
        let call = MethodCall { receiver: recv.span, whole: span };
        if self.report_actor_member(ty, name, Some(call)) {
            self.check_loose(args);
            return self.error_expr(span);
        }
        if self.report_sending_method(ty, name, call, args) {
            return self.error_expr(span);
        }
        let text = self.ck.program.name(name.name).to_string();
        if let Some((index, field_ty, ..)) = self.find_field(ty, name.name) {
            let field_ty = self.shallow(field_ty);
            self.note_field(ty, index, name.span);
            if self.solve(span, |s| s.callable(field_ty)).is_some() {
                let message = format!("`{text}` is a field: a call of its value is written with parentheses");
                let edits =
                    vec![(callee_span.before(), "(".to_string()), (callee_span.after(), ")".to_string())];
                let diag = Diagnostic::error(codes::UNKNOWN_METHOD, name.span, message);
                self.report(diag.fix_edits("add parentheses", edits));
                let field = Expr {
                    kind: ExprKind::Field { base: Box::new(recv), index },
                    ty: field_ty,
                    span: callee_span,
                };
                return self.call_expr(field, args, span);
            }
            if args.is_empty() {
                let message = format!("`{text}` is a field: it is read without parentheses");
                let diag = Diagnostic::error(codes::UNKNOWN_METHOD, name.span, message);
                let parens = Span::new(name.span.hi, span.hi);
                self.report(diag.fix_likely("remove them", parens, ""));
                return self.error_expr(span);
            }
        }
        if self.has_faulty_bound(ty) {
            self.check_loose(args);
            return self.error_expr(span);
        }
        let owner = self.ty_name(ty);
        let mut diag =
            Diagnostic::error(codes::UNKNOWN_METHOD, name.span, format!("`{owner}` has no method `{text}`"));
        diag = self.suggest_method(diag, ty, name, &text);
        self.report(diag);
        self.check_loose(args);
        self.error_expr(span)
    }

    fn suggest_method(&mut self, mut diag: Diagnostic, ty: Ty, name: Ident, text: &str) -> Diagnostic {
        if let TyKind::Adt(adt, args) = self.kind(ty).clone()
            && (Some(adt) == self.ck.known.option || Some(adt) == self.ck.known.result)
            && let Some(inner) = args.first()
        {
            let inner = self.shallow(*inner);
            if !self.is_open(inner) && self.has_method(inner, name.name) {
                let inner = self.ty_name(inner);
                return diag.note(format!(
                    "`{inner}` has one: `x?.{text}()` passes the missing case on, `match` handles it"
                ));
            }
        }
        if let TyKind::FixedArray(elem, _) = *self.kind(ty) {
            let array = self.array_of(elem);
            if self.has_method(array, name.name) {
                let title = format!("an `Array` has one: write `to_array().{text}`");
                return diag.fix_likely(title, name.span.before(), "to_array().");
            }
        }
        if let Some(param) = self.written_param(ty) {
            let param = self.ck.program.name(param).to_string();
            let traits = self.ck.program.index.trait_methods(name.name);
            if let Some((trait_, _)) = traits.first() {
                let of = self.ck.program.name(self.ck.program.traits[*trait_].name);
                return diag.note(format!("the trait `{of}` has one: write the bound `{param}: {of}`"));
            }
        }
        if let Some(diag) = self.explain_habit(&diag, ty, name) {
            return diag;
        }
        if let Some(better) = self.foreign_method(ty, text) {
            return diag.fix_likely(format!("it is called `{better}` here"), name.span, better);
        }
        if let Some(found) = self.closest_method(ty, text) {
            diag = diag.fix_likely(format!("did you mean `{found}`?"), name.span, found);
        }
        diag
    }

    fn closest_method(&mut self, ty: Ty, text: &str) -> Option<String> {
        let mut names = match Head::of(&self.ck.program.types, ty) {
            Some(head) => self.ck.program.index.method_names(head),
            None => Vec::new(),
        };
        if let Some(found) = suggest::closest(&self.ck.program.interner, text, names.iter().copied()) {
            return Some(found);
        }
        names = self.ck.program.index.trait_method_names();
        names.retain(|n| suggest::closest(&self.ck.program.interner, text, [*n]).is_some());
        names.retain(|n| !self.trait_candidates(ty, *n, Span::DUMMY).is_empty());
        suggest::closest(&self.ck.program.interner, text, names)
    }

    /// What a method of another language's library is called here, of those that the type has.
    pub(crate) fn foreign_method(&mut self, ty: Ty, text: &str) -> Option<&'static str> {
        let exact = FOREIGN.iter().filter(|f| f.0 == text);
        let near = FOREIGN.iter().filter(|f| f.0 != text && suggest::is_close(text, f.0));
        exact.chain(near).map(|f| f.1).find(|better| {
            let symbol = self.ck.program.interner.get(better);
            symbol.is_some_and(|symbol| self.has_method(ty, symbol))
        })
    }
}

/// What methods of other languages' libraries are called here. For each type it is the first that the type has.
const FOREIGN: [(&str, &str); 36] = [
    ("length", "len"),
    ("size", "len"),
    ("count", "len"),
    ("append", "push"),
    ("add", "push"),
    ("add", "insert"),
    ("push_back", "push"),
    ("set", "insert"),
    ("put", "insert"),
    ("toString", "to_string"),
    ("to_str", "to_string"),
    ("str", "to_string"),
    ("isEmpty", "is_empty"),
    ("empty", "is_empty"),
    ("forEach", "for_each"),
    ("each", "for_each"),
    ("has", "contains"),
    ("has", "contains_key"),
    ("has_key", "contains_key"),
    ("contains", "contains_key"),
    ("includes", "contains"),
    ("contains_key", "contains"),
    ("indexOf", "index_of"),
    ("indexOf", "find"),
    ("index_of", "find"),
    ("to_uppercase", "to_upper"),
    ("toUpperCase", "to_upper"),
    ("upper", "to_upper"),
    ("to_lowercase", "to_lower"),
    ("toLowerCase", "to_lower"),
    ("lower", "to_lower"),
    ("delete", "remove"),
    ("discard", "remove"),
    ("strip", "trim"),
    ("head", "first"),
    ("collect", "to_array"),
];

//! Where things are declared, implemented and used.

use crate::analysis::Analysis;
use crate::describe::Cx;
use crate::results::{Location, Reference, TextRange};
use entity::Arrange;
use hir::ActorFnKind;
use hir::program::{Container, FnId};
use hir::record::Target;
use hir::ty::{Ty, TyKind};
use rustc_hash::FxHashSet;
use syntax::Span;

pub fn definition(analysis: &Analysis, pos: u32) -> Vec<Location> {
    let Some((_, mut targets)) = analysis.targets_at(pos) else { return Vec::new() };
    // `spawn Counter(…)` goes to the constructor, unless nobody wrote one.
    if let Some(Target::Fn(id)) = targets.first().copied()
        && matches!(analysis.checker.actor_fn_kind(id), Some((_, ActorFnKind::Constructor)))
    {
        targets.truncate(1);
    }
    let mut found: Vec<Location> = targets.iter().filter_map(|target| location(analysis, *target)).collect();
    found.dedup();
    found
}

fn location(analysis: &Analysis, target: Target) -> Option<Location> {
    if let Target::Module(id) = target {
        let file = analysis.checker.program.modules[id].file?;
        let path = analysis.checker.map.file(file).name.clone();
        return Some(Location { path, range: TextRange::default() });
    }
    analysis.location(analysis.checker.target_span(target)?)
}

/// The declaration of the type of a name: of a variable, field, constant, or of what a function gives.
pub fn type_definition(analysis: &Analysis, pos: u32) -> Vec<Location> {
    let Some((span, targets)) = analysis.targets_at(pos) else { return Vec::new() };
    let program = &analysis.checker.program;
    let ty = targets.iter().find_map(|target| match target {
        Target::Local(at) => {
            analysis.locals.get(at).map(|local| local.decl.ty).or_else(|| analysis.type_of(span))
        }
        Target::Field(adt, variant, index) => {
            program.adts[*adt].variants[*variant].fields.get(*index as usize).map(|field| field.ty)
        }
        Target::Const(id) => Some(program.consts[*id].ty),
        Target::Fn(id) => Some(program.fns[*id].ret),
        _ => None,
    });
    match ty {
        Some(ty) => {
            let mut found = Vec::new();
            named_types(analysis, ty, &mut found);
            found.into_iter().filter_map(|target| location(analysis, target)).collect()
        }
        None => definition(analysis, pos),
    }
}

/// The types with declarations that a type is made of; those of the library only where there is no other.
fn named_types(analysis: &Analysis, ty: Ty, found: &mut Vec<Target>) {
    match analysis.checker.program.types.kind(ty) {
        TyKind::Adt(id, args) => {
            let inner = found.len();
            args.iter().for_each(|arg| named_types(analysis, *arg, found));
            let is_library = analysis.is_library(analysis.checker.program.adts[*id].span);
            if found.len() == inner || !is_library {
                found.push(Target::Adt(*id));
            }
        }
        TyKind::Dyn { trait_, .. } => found.push(Target::Trait(*trait_)),
        TyKind::Tuple(args) => args.iter().for_each(|arg| named_types(analysis, *arg, found)),
        _ => {}
    }
}

pub fn implementations(analysis: &Analysis, pos: u32) -> Vec<Location> {
    let Some((_, targets)) = analysis.targets_at(pos) else { return Vec::new() };
    let checker = &analysis.checker;
    let program = &checker.program;
    let mut spans = Vec::new();
    for target in targets {
        match target {
            Target::Trait(id) => {
                let impls =
                    program.impls.iter().filter(|imp| imp.trait_.as_ref().is_some_and(|of| of.0 == id));
                spans.extend(impls.map(|imp| imp.span));
                let actors = checker.actors();
                let with = actors.iter().filter(|actor| actor.traits.contains(&id));
                spans.extend(with.map(|actor| program.adts[actor.adt].span));
            }
            Target::Fn(id) => {
                spans.extend(implementing(analysis, id).into_iter().map(|id| program.fns[id].span))
            }
            Target::Adt(id) => {
                let of = |ty: Ty| matches!(program.types.kind(ty), TyKind::Adt(found, _) if *found == id);
                spans.extend(program.impls.iter().filter(|imp| of(imp.self_ty)).map(|imp| imp.span));
            }
            _ => {}
        }
    }
    let mut found: Vec<Location> = spans.into_iter().filter_map(|span| analysis.location(span)).collect();
    found.arrange();
    found.dedup();
    found
}

/// The functions that implement a trait's method, and the handlers of a trait's message.
fn implementing(analysis: &Analysis, id: FnId) -> Vec<FnId> {
    let checker = &analysis.checker;
    let program = &checker.program;
    let Container::Trait(trait_) = program.fns[id].container else { return Vec::new() };
    if let Some((name, _)) = checker.trait_messages(trait_).into_iter().find(|message| message.1 == id) {
        let actors = checker.actors().into_iter().filter(|actor| actor.traits.contains(&trait_));
        let handlers =
            actors.filter_map(|actor| actor.handlers.into_iter().find(|handler| handler.0 == name));
        return handlers.map(|handler| handler.1).collect();
    }
    let Some(index) = program.traits[trait_].methods.iter().position(|method| *method == id) else {
        return Vec::new();
    };
    let impls = program.impls.iter().filter(|imp| imp.trait_.as_ref().is_some_and(|of| of.0 == trait_));
    impls.filter_map(|imp| imp.methods.get(index).copied().flatten()).collect()
}

/// What is one thing with a target for a reader: a trait's method with those that implement it, a trait's message with
/// the handlers for it.
pub fn family(cx: &Cx<'_>, target: Target) -> Vec<Target> {
    let Target::Fn(id) = target else { return vec![target] };
    let mut roots = vec![id];
    // A handler may be for the messages of several traits.
    if let Some((adt, ActorFnKind::Handler)) = cx.analysis.checker.actor_fn_kind(id) {
        let name = cx.analysis.checker.program.fns[id].name;
        let traits = cx.analysis.checker.actor_of(adt).map(|actor| actor.traits).unwrap_or_default();
        let all = traits.into_iter().flat_map(|of| cx.analysis.checker.trait_messages(of));
        roots.extend(all.filter(|message| message.0 == name).map(|message| message.1));
    } else {
        roots.extend(cx.declared_in_trait(id));
    }
    let mut all = Vec::new();
    for root in roots {
        all.push(root);
        all.extend(implementing(cx.analysis, root));
    }
    all.arrange();
    all.dedup();
    all.into_iter().map(Target::Fn).collect()
}

/// The spans of every mention of what a name stands for, in the user's files and in the library's, ordered.
pub fn mentions(cx: &Cx<'_>, targets: &[Target]) -> Vec<(Span, bool)> {
    let analysis = cx.analysis;
    let family: Vec<Target> = targets.iter().flat_map(|target| family(cx, *target)).collect();
    let decls: FxHashSet<Span> =
        family.iter().filter_map(|target| analysis.checker.target_span(*target)).collect();
    let is_one = |used: Span, target: Target| {
        let by_span = analysis.checker.target_span(target).is_some_and(|span| decls.contains(&span));
        // `self` of a handler is declared where the handler is, and is no mention of it.
        let is_self = match target {
            Target::SelfTy(_) => true,
            Target::Local(span) => analysis.text(used) == "self" && !analysis.text(span).ends_with("self"),
            _ => false,
        };
        by_span && !is_self || family.contains(&target)
    };
    let mut found: Vec<(Span, bool)> = Vec::new();
    for (span, target) in analysis.uses() {
        if is_one(*span, *target) {
            found.push((*span, decls.contains(span)));
        }
    }
    #[allow(clippy::iter_over_hash_type, reason = "what is found is sorted")]
    for span in &decls {
        if analysis.declared(*span).is_some() {
            found.push((*span, true));
        }
    }
    found.arrange();
    found.dedup_by_key(|mention| mention.0);
    found
}

pub fn references(cx: &Cx<'_>, pos: u32) -> Vec<Reference> {
    let Some((_, targets)) = cx.analysis.targets_at(pos) else { return Vec::new() };
    let mut found: Vec<Reference> = mentions(cx, &targets)
        .into_iter()
        .filter(|(span, _)| !cx.analysis.is_library(*span))
        .filter_map(|(span, is_declaration)| {
            Some(Reference { location: cx.analysis.location(span)?, is_declaration })
        })
        .collect();
    found.arrange();
    found
}

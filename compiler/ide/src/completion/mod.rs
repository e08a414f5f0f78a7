//! Completion: what can stand at the cursor.
//!
//! A name that nothing has, the probe, is put at the cursor, and the bodies around it are checked. Where the checker
//! meets the probe it notes what it knows there (`hir::record::Probe`): variables in scope and the expected type, or the
//! members of a value, or the messages of an actor. Where it does not meet it, the tokens and the tree tell what kind of
//! place that is.

pub mod imports;
mod items;
mod missing;
mod place;

use crate::analysis::Analysis;
use crate::describe::Cx;
use crate::files::Trees;
use crate::keywords;
use crate::results::{Completion, CompletionList, SymbolKind, TextRange};
use crate::tree::Tree;
use entity::Arrange;
use hir::program::{ModuleId, VariantShape};
use hir::record::{Member, Probe, Target, Visible};
use hir::ty::{Ty, TyKind};
use items::{Items, Names, rank};
use place::Place;
use std::rc::Rc;

/// Nobody calls anything so.
pub const PROBE: &str = "probe_0x9e3779b9";

/// The text around the cursor, before anything is known of the program.
pub struct Request {
    pub tree: Rc<Tree>,
    pub offset: u32,
    /// The part of a name before the cursor, and what is replaced.
    pub replace: TextRange,
    place: Place,
}

impl Request {
    /// `None` where nothing can be completed: in comments, strings and numbers.
    pub fn new(tree: Rc<Tree>, offset: u32) -> Option<Request> {
        let replace = word_at(&tree.text, offset);
        if tree.in_comment(offset) || place::in_literal(&tree, replace.start) {
            return None;
        }
        if tree.slice(replace).starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let place = Place::of(&tree, replace.start);
        Some(Request { tree, offset, replace, place })
    }

    pub fn prefix(&self) -> &str {
        self.tree.slice(TextRange::new(self.replace.start, self.offset))
    }

    /// The text with the probe in place of the name.
    pub fn marked(&self) -> String {
        let (start, end) = (self.replace.start as usize, self.replace.end as usize);
        // A pattern without what follows it would be no arm.
        let rest = if self.place == Place::Arm { " => ()" } else { "" };
        format!("{}{PROBE}{rest}{}", &self.tree.text[..start], &self.tree.text[end..])
    }

    /// What stands at the cursor when the file is not looked at as part of a program.
    pub fn without_program(&self) -> Option<CompletionList> {
        match self.place {
            Place::Attribute => Some(self.list(attributes())),
            Place::Nothing => Some(self.list(Vec::new())),
            _ => None,
        }
    }

    fn list(&self, mut items: Vec<Completion>) -> CompletionList {
        items.arrange_by(|a, b| a.rank.cmp(&b.rank).then_with(|| a.label.cmp(&b.label)));
        items.dedup_by(|a, b| a.label == b.label && a.kind == b.kind && a.more == b.more);
        CompletionList { replace: self.replace, items }
    }
}

/// The name around an offset: all of it where a part stands before the offset, so that nothing behind an empty place is
/// eaten.
fn word_at(text: &str, offset: u32) -> TextRange {
    let at = offset as usize;
    let is_word = |c: &char| c.is_alphanumeric() || *c == '_';
    let before: usize = text[..at].chars().rev().take_while(is_word).map(char::len_utf8).sum();
    let after: usize = text[at..].chars().take_while(is_word).map(char::len_utf8).sum();
    let end = if before == 0 { at } else { at + after };
    TextRange::new((at - before) as u32, end as u32)
}

fn attributes() -> Vec<Completion> {
    let plain = |(name, docs): &(&str, &str)| Completion {
        docs: docs.to_string(),
        ..items::plain(name, SymbolKind::Attribute, rank::KEYWORD)
    };
    keywords::ATTRIBUTES.iter().map(plain).collect()
}

/// `analysis` is of the marked text; `files` lists the files of a folder, for modules that nobody has loaded.
pub fn complete(
    request: &Request,
    analysis: &Analysis,
    trees: &mut Trees,
    path: &str,
    files: &mut dyn FnMut(&[String]) -> Vec<String>,
) -> CompletionList {
    let checker = &analysis.checker;
    let module = analysis.file(path).and_then(|(id, _)| checker.module_of_file(id));
    let mut cx = Cx::new(analysis, trees);
    let mut items = Items::new(&mut cx, request);
    match (&request.place, analysis.probes.first()) {
        (Place::Use(at), _) => imports::complete_use(&mut items, at, module, files),
        (_, Some(probe)) => complete_probe(&mut items, probe, path),
        (place, None) => complete_place(&mut items, place, module, path),
    }
    let items = items.found;
    request.list(items)
}

fn complete_probe(items: &mut Items<'_, '_>, probe: &Probe, path: &str) {
    match probe {
        Probe::Members { members, .. } => items.members(members),
        Probe::Type { ty, members } => {
            items.want = Some(*ty);
            items.members(members);
        }
        Probe::Module { module, viewer } => exports(items, *module, *viewer),
        Probe::Trait { id } => {
            let methods = items.cx.analysis.checker.program.traits[*id].methods.clone();
            methods.into_iter().for_each(|id| items.function(id, rank::OWN));
        }
        Probe::Messages { messages } => {
            for (name, id) in messages {
                items.message(*name, *id);
            }
        }
        Probe::Constructors { actor } => constructors(items, *actor),
        Probe::Pattern { module, ty } => pattern(items, *module, *ty),
        Probe::Field { adt, variant, given, ty, viewer } => {
            fields(items, *adt, *variant, given, *ty, *viewer);
        }
        Probe::TypeName { module, params, self_ty } => {
            params
                .iter()
                .for_each(|(name, span)| items.target(*name, Target::TypeParam(*span, *name), rank::LOCAL));
            if self_ty.is_some() {
                items.keyword("Self");
            }
            items.scope(*module, Names::Types);
            keywords::TYPES.iter().for_each(|word| items.keyword(word));
            imports::complete_imports(items, path, Names::Types);
        }
        Probe::Name { module, locals, params, want, self_ty, actor } => {
            items.want = *want;
            if items.request.place == Place::Spawn {
                return spawned(items, *module, path);
            }
            variables(items, locals);
            params
                .iter()
                .for_each(|(name, span)| items.target(*name, Target::TypeParam(*span, *name), rank::MODULE));
            if self_ty.is_some() {
                items.keyword("Self");
            }
            if let Some(actor) = actor.and_then(|adt| items.cx.analysis.checker.actor_of(adt)) {
                actor.helpers.iter().for_each(|(_, id)| items.function(*id, rank::OWN));
            }
            wanted_variants(items, *want);
            items.scope(*module, Names::Values);
            expression_keywords(items);
            imports::complete_imports(items, path, Names::Values);
        }
    }
}

fn expression_keywords(items: &mut Items<'_, '_>) {
    keywords::EXPRESSIONS.iter().for_each(|word| items.keyword(word));
    if items.request.place == Place::BehindBrace {
        ["catch", "else"].iter().for_each(|word| items.keyword(word));
    }
    if matches!(items.request.place, Place::Statement) {
        keywords::STATEMENTS.iter().for_each(|word| items.keyword(word));
    }
}

fn variables(items: &mut Items<'_, '_>, locals: &[Visible]) {
    let states: Vec<_> =
        items.cx.analysis.checker.actors().into_iter().flat_map(|actor| actor.states).collect();
    for local in locals {
        let is_state = states.iter().any(|state| state.1 == local.span);
        let kind = match items.name(local.name) {
            "self" => SymbolKind::SelfValue,
            _ if is_state => SymbolKind::State,
            _ if local.is_param => SymbolKind::Param,
            _ => SymbolKind::Variable,
        };
        items.variable(local, kind);
    }
}

/// The variants of the enum that is expected, which may stand bare.
fn wanted_variants(items: &mut Items<'_, '_>, want: Option<Ty>) {
    let program = &items.cx.analysis.checker.program;
    let Some(TyKind::Adt(adt, _)) = want.map(|ty| program.types.kind(ty)) else { return };
    let (adt, decl) = (*adt, &program.adts[*adt]);
    if !decl.is_enum {
        return;
    }
    for (idx, variant) in decl.variants.iter_enumerated() {
        items.target(variant.name, Target::Variant(adt, idx), rank::EXPECTED);
    }
}

fn exports(items: &mut Items<'_, '_>, module: ModuleId, viewer: ModuleId) {
    for view in items.cx.analysis.checker.exports_of(module, viewer) {
        items.target(view.name, view.target, rank::OWN);
    }
}

fn constructors(items: &mut Items<'_, '_>, actor: hir::program::AdtId) {
    let Some(actor) = items.cx.analysis.checker.actor_of(actor) else { return };
    for (name, id) in actor.constructors {
        if items.name(name) != "new" {
            items.function(id, rank::OWN);
        }
    }
}

/// The actors that can be started.
fn spawned(items: &mut Items<'_, '_>, module: ModuleId, path: &str) {
    items.scope(module, Names::Actors);
    imports::complete_imports(items, path, Names::Actors);
}

fn fields(
    items: &mut Items<'_, '_>,
    adt: hir::program::AdtId,
    variant: hir::program::VariantIdx,
    given: &[syntax::Symbol],
    ty: Ty,
    viewer: ModuleId,
) {
    let program = &items.cx.analysis.checker.program;
    let args = match program.types.kind(ty) {
        TyKind::Adt(_, args) => args.to_vec(),
        _ => Vec::new(),
    };
    let sees_all = items.cx.analysis.checker.sees_module(viewer, program.adts[adt].module);
    let all = program.adts[adt].variants[variant].fields.iter().enumerate();
    let missing: Vec<_> = all
        .filter(|(_, field)| !given.contains(&field.name) && (sees_all || field.is_pub))
        .map(|(i, field)| (field.name, i as u32, field.ty))
        .collect();
    for (name, index, declared) in missing {
        let detail = items.ty_with(declared, &args);
        items.field_init(name, Target::Field(adt, variant, index), detail);
    }
}

fn pattern(items: &mut Items<'_, '_>, module: ModuleId, ty: Ty) {
    if items.request.place == Place::Binding {
        items.keyword("mut");
    }
    let program = &items.cx.analysis.checker.program;
    if let TyKind::Adt(adt, _) = program.types.kind(ty) {
        let adt = *adt;
        let decl = &program.adts[adt];
        if decl.is_enum {
            for (idx, _) in decl.variants.iter_enumerated() {
                items.variant_pattern(adt, idx);
            }
            return;
        }
        let variant = &decl.variants[hir::program::VariantIdx(0)];
        if variant.shape != VariantShape::Unit && items.cx.analysis.checker.actor_of(adt).is_none() {
            items.variant_pattern(adt, hir::program::VariantIdx(0));
        }
    }
    items.scope(module, Names::Patterns);
}

/// Where the checker has not met the probe.
fn complete_place(items: &mut Items<'_, '_>, place: &Place, module: Option<ModuleId>, path: &str) {
    let all = |items: &mut Items<'_, '_>, words: &[&str]| words.iter().for_each(|word| items.keyword(word));
    match place {
        Place::Item => all(items, keywords::ITEMS),
        Place::ActorMember => {
            all(items, keywords::ACTOR_MEMBERS);
            missing::complete_missing(items, path);
        }
        Place::Member => {
            all(items, keywords::MEMBERS);
            missing::complete_missing(items, path);
        }
        Place::BehindBrace => all(items, &["else", "catch"]),
        Place::Statement | Place::Expression | Place::Spawn => {
            if let Some(module) = module {
                items.scope(module, Names::Values);
            }
            expression_keywords(items);
            imports::complete_imports(items, path, Names::Values);
        }
        Place::Arm | Place::Dot | Place::Binding | Place::Attribute | Place::Use(_) | Place::Nothing => {}
    }
}

/// What nearly all values have.
const COMMON_TRAITS: [&str; 4] = ["Eq", "Hash", "Ord", "Show"];

/// Sorts members: fields, own methods, those of traits.
fn member_rank(items: &Items<'_, '_>, member: &Member) -> u32 {
    let program = &items.cx.analysis.checker.program;
    match (member.target, member.of_trait) {
        (Target::Fn(_), None) => rank::OWN,
        (Target::Fn(_), Some(of)) if COMMON_TRAITS.contains(&program.name(program.traits[of].name)) => {
            rank::COMMON
        }
        (Target::Fn(_), Some(_)) => rank::TRAIT,
        _ => rank::LOCAL,
    }
}

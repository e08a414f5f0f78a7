//! What an `impl` or an actor still lacks of its traits: methods and handlers, with their signatures.

use super::items::{Items, plain, rank};
use crate::results::SymbolKind;
use crate::tree::Tree;
use hir::program::{FnKind, TraitId};
use hir::record::Target;
use std::rc::Rc;
use syntax::ast::{ActorDecl, ImplDecl, Item, ItemKind, Type, TypeKind};

/// Offers the members of traits that the declaration around the cursor has to have and has not.
pub fn complete_missing(items: &mut Items<'_, '_>, path: &str) {
    let tree = Rc::clone(&items.request.tree);
    let offset = items.request.replace.start;
    let Some(file) = items.cx.analysis.file(path).map(|(_, file)| file.start) else { return };
    match tree.file.items.iter().find(|item| within(&tree, item, offset)).map(|item| &item.kind) {
        Some(ItemKind::Impl(decl)) => methods(items, &tree, file, decl),
        Some(ItemKind::Actor(decl)) => handlers(items, &tree, file, decl),
        _ => {}
    }
}

fn within(tree: &Tree, item: &Item, offset: u32) -> bool {
    let range = tree.range(item.span);
    range.start < offset && offset <= range.end
}

/// The trait that a type names. Offsets before the cursor are the same in the program that was checked.
fn trait_of(items: &Items<'_, '_>, tree: &Tree, start: u32, ty: &Type) -> Option<TraitId> {
    let TypeKind::Path(path) = &ty.kind else { return None };
    let name = path.segments.last()?.ident.span;
    let (_, targets) = items.cx.analysis.targets_at(start + tree.range(name).start)?;
    targets.into_iter().find_map(|target| match target {
        Target::Trait(id) => Some(id),
        _ => None,
    })
}

fn methods(items: &mut Items<'_, '_>, tree: &Tree, start: u32, decl: &ImplDecl) {
    let Some(ty) = &decl.trait_ else { return };
    let Some(id) = trait_of(items, tree, start, ty) else { return };
    let there: Vec<&str> = decl
        .items
        .iter()
        .filter_map(|item| match &item.kind {
            ItemKind::Fn(decl) => Some(tree.name(decl.name.name)),
            ItemKind::Type(decl) => Some(tree.name(decl.name.name)),
            _ => None,
        })
        .collect();
    let program = &items.cx.analysis.checker.program;
    let types: Vec<String> =
        program.traits[id].assoc_types.iter().map(|assoc| program.name(assoc.name).to_string()).collect();
    for name in types.into_iter().filter(|name| !there.contains(&name.as_str())) {
        let mut item = plain(&format!("type {name}"), SymbolKind::AssocType, rank::EXPECTED);
        item.insert = format!("type {name} = $0");
        item.is_snippet = true;
        items.found.push(item);
    }
    let names = arguments(items, tree, id, ty);
    for method in program.traits[id].methods.clone() {
        let name = items.name(program.fns[method].name);
        if !there.contains(&name) {
            // A method that has a default may be written, others must.
            let rank =
                if program.fns[method].kind == FnKind::Required { rank::EXPECTED } else { rank::TRAIT };
            member(items, method, SymbolKind::Method, &names, rank);
        }
    }
}

/// What stands in this `impl` for each parameter of the trait, as it is written.
fn arguments(items: &Items<'_, '_>, tree: &Tree, id: TraitId, ty: &Type) -> Vec<(String, String)> {
    let TypeKind::Path(path) = &ty.kind else { return Vec::new() };
    let Some(args) = path.segments.last().and_then(|segment| segment.args.as_deref()) else {
        return Vec::new();
    };
    let params = items.cx.analysis.checker.program.traits[id].generics.params.iter().skip(1);
    let texts = args.args.iter().map(|arg| tree.source(arg.span).to_string());
    params.map(|param| items.name(param.name).to_string()).zip(texts).collect()
}

fn handlers(items: &mut Items<'_, '_>, tree: &Tree, start: u32, decl: &ActorDecl) {
    let there: Vec<&str> = decl.handlers.iter().map(|handler| tree.name(handler.name.name)).collect();
    for ty in &decl.traits {
        let Some(id) = trait_of(items, tree, start, ty) else { continue };
        let names = arguments(items, tree, id, ty);
        for (name, message) in items.cx.analysis.checker.trait_messages(id) {
            if !there.contains(&items.name(name)) {
                member(items, message, SymbolKind::Message, &names, rank::EXPECTED);
            }
        }
    }
}

fn member(
    items: &mut Items<'_, '_>,
    id: hir::program::FnId,
    kind: SymbolKind,
    names: &[(String, String)],
    rank: u32,
) {
    let span = items.cx.analysis.checker.program.fns[id].span;
    let Some((_, decl)) = items.cx.decl(span) else { return };
    let header = decl.header.strip_prefix("pub ").unwrap_or(&decl.header);
    let header = replaced(header, names);
    let head = header.split('(').next().unwrap_or(&header).split("->").next().unwrap_or(&header).trim();
    let mut item = plain(head, kind, rank);
    item.signature = header[head.len()..].to_string();
    item.docs = items.cx.docs(Target::Fn(id));
    // Places to jump to begin with `$`, which no signature has.
    item.insert = format!("{header} {{\n    $0\n\\}}");
    item.is_snippet = true;
    items.found.push(item);
}

/// The text with names in it replaced by others.
fn replaced(text: &str, names: &[(String, String)]) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut out, mut rest) = (String::new(), text);
    while !rest.is_empty() {
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let word = &rest[..end];
        match names.iter().find(|(name, _)| name == word) {
            Some((_, other)) => out.push_str(other),
            None => out.push_str(word),
        }
        rest = &rest[end..];
        let next = rest.chars().next().map_or(0, char::len_utf8);
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    out
}

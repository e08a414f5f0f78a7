//! Names of other modules: in `use`, and such as a `use` would make known.

use super::items::{Items, Names, plain, rank};
use crate::describe::Cx;
use crate::outline::Decl;
use crate::results::{Completion, SymbolKind, TextEdit, TextRange};
use crate::tree::Tree;
use entity::Arrange;
use hir::program::ModuleId;
use hir::record::Target;
use rustc_hash::FxHashSet;
use std::rc::Rc;
use syntax::ast::{ItemKind, UseKind};

/// What can follow a path in a `use`.
pub fn complete_use(
    items: &mut Items<'_, '_>,
    path: &[String],
    viewer: Option<ModuleId>,
    files: &mut dyn FnMut(&[String]) -> Vec<String>,
) {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    let mut modules = files(path);
    if path.is_empty() {
        modules.extend(["core".to_string(), "std".to_string()]);
    }
    if let Some(package @ ("core" | "std" | "runtime" | "sys")) = names.first().copied() {
        modules.extend(library_modules(package, &names[1..]));
    }
    if let Some(module) = items.cx.analysis.checker.module_named(&names)
        && !path.is_empty()
    {
        let viewer = viewer.unwrap_or(module);
        for view in items.cx.analysis.checker.exports_of(module, viewer) {
            match view.target {
                Target::Module(_) => modules.push(items.name(view.name).to_string()),
                target => used(items, view.name, target),
            }
        }
    }
    if let Some(adt) = enum_named(items, &names) {
        let variants = items.cx.analysis.checker.program.adts[adt].variants.iter_enumerated();
        let variants: Vec<_> =
            variants.map(|(idx, variant)| (variant.name, Target::Variant(adt, idx))).collect();
        variants.into_iter().for_each(|(name, target)| used(items, name, target));
    }
    modules.retain(|name| name != super::PROBE);
    modules.arrange();
    modules.dedup();
    items.found.extend(modules.iter().map(|name| plain(name, SymbolKind::Module, rank::LOCAL)));
}

/// In a `use` only the name is written, whatever it is.
fn used(items: &mut Items<'_, '_>, name: syntax::Symbol, target: Target) {
    let from = items.found.len();
    items.target(name, target, rank::OWN);
    for item in &mut items.found[from..] {
        item.insert = item.label.clone();
        item.is_snippet = false;
    }
}

fn enum_named(items: &Items<'_, '_>, path: &[&str]) -> Option<hir::program::AdtId> {
    let (last, head) = path.split_last()?;
    let checker = &items.cx.analysis.checker;
    let module = checker.module_named(head)?;
    let name = checker.program.interner.get(last)?;
    let found = checker.exports_of(module, module).into_iter().find(|view| view.name == name)?;
    match found.target {
        Target::Adt(id) if checker.program.adts[id].is_enum => Some(id),
        _ => None,
    }
}

/// The modules of the library right below a path.
fn library_modules(package: &str, path: &[&str]) -> Vec<String> {
    let folder = std::iter::once(package).chain(path.iter().copied()).collect::<Vec<_>>().join("/");
    let below = driver::library::paths().filter_map(|file| file.strip_prefix(&folder)?.strip_prefix('/'));
    let names = below.filter_map(|rest| rest.split('/').next());
    names.map(|name| name.trim_end_matches(".gal").to_string()).filter(|name| name != "mod").collect()
}

// ---------------------------------------------------------------- names that need a `use`

/// What other modules export and is not known here yet, with the `use` that makes it known.
pub fn complete_imports(items: &mut Items<'_, '_>, path: &str, names: Names) {
    let prefix = items.request.prefix().to_lowercase();
    // Without a letter there would be hundreds.
    let Some(first) = prefix.chars().next() else { return };
    let known: FxHashSet<String> = items.found.iter().map(|item| item.label.clone()).collect();
    let modules = all_modules(items.cx, path);
    for (module, tree) in &modules {
        for decl in exported(tree) {
            let starts = decl.name.to_lowercase().starts_with(first);
            if starts && fits(decl.kind, names) && !known.contains(&decl.name) {
                let item = import(items, passed_on(&modules, module, &decl.name), decl);
                items.found.push(item);
            }
        }
    }
}

/// What a `use` could name that makes a name known in a file: whole paths.
pub fn importable(cx: &mut Cx<'_>, path: &str, name: &str) -> Vec<String> {
    let modules = all_modules(cx, path);
    let mut found: Vec<String> = modules
        .iter()
        .filter(|(_, tree)| exported(tree).any(|decl| decl.name == name))
        .map(|(module, _)| format!("{}.{name}", passed_on(&modules, module, name)))
        .collect();
    found.arrange();
    found.dedup();
    found
}

/// The modules that a file of the user's may import from, with their trees.
fn all_modules(cx: &mut Cx<'_>, path: &str) -> Vec<(String, Rc<Tree>)> {
    let mut modules = library(cx);
    modules.extend(user_modules(cx, path));
    modules
}

/// The modules of `std`, with their trees.
fn library(cx: &mut Cx<'_>) -> Vec<(String, Rc<Tree>)> {
    let files = driver::library::paths().filter(|file| file.starts_with("std/"));
    files
        .filter_map(|file| {
            let tree = cx.trees.get(&format!("library/{file}"), driver::library::text(file)?);
            Some((file.trim_end_matches(".gal").trim_end_matches("/mod").replace('/', "."), tree))
        })
        .collect()
}

/// The module around that passes a name on by `pub use`, if one does, for its path is the shorter one.
fn passed_on<'m>(modules: &[(String, Rc<Tree>)], mut module: &'m str, name: &str) -> &'m str {
    while let Some((parent, last)) = module.rsplit_once('.') {
        let passes = modules.iter().any(|(path, tree)| path == parent && passes_on(tree, last, name));
        if !passes {
            break;
        }
        module = parent;
    }
    module
}

fn passes_on(tree: &Tree, from: &str, name: &str) -> bool {
    tree.file.items.iter().filter(|item| item.vis.is_some()).any(|item| {
        let ItemKind::Use(used) = &item.kind else { return false };
        let is = |ident: &syntax::ast::Ident, text: &str| tree.name(ident.name) == text;
        let path = used.path.as_slice();
        match &used.kind {
            UseKind::All => path.last().is_some_and(|last| is(last, from)),
            UseKind::Single { rename } => {
                let [.., module, last] = path else { return false };
                rename.is_none() && is(module, from) && is(last, name)
            }
            UseKind::Group(names) => {
                let is_name = |leaf: &syntax::ast::UseTree| {
                    matches!(leaf.kind, UseKind::Single { rename: None })
                        && matches!(leaf.path.as_slice(), [leaf] if is(leaf, name))
                };
                path.last().is_some_and(|last| is(last, from)) && names.iter().any(is_name)
            }
        }
    })
}

fn exported(tree: &Tree) -> impl Iterator<Item = &Decl> {
    tree.decls.iter().filter(|decl| decl.parent.is_none() && decl.header.starts_with("pub "))
}

fn fits(kind: SymbolKind, names: Names) -> bool {
    let is_type = matches!(
        kind,
        SymbolKind::Struct | SymbolKind::Enum | SymbolKind::Trait | SymbolKind::TypeAlias | SymbolKind::Actor
    );
    match names {
        Names::Actors => kind == SymbolKind::Actor,
        Names::Types => is_type,
        _ => is_type || matches!(kind, SymbolKind::Function | SymbolKind::Const),
    }
}

/// The other modules of the user's program, with their trees.
fn user_modules(cx: &mut Cx<'_>, path: &str) -> Vec<(String, Rc<Tree>)> {
    let checker = &cx.analysis.checker;
    let mut found = Vec::new();
    for (id, module) in checker.program.modules.iter_enumerated() {
        let Some(file) = module.file.filter(|_| !module.is_library && !module.path.is_empty()) else {
            continue;
        };
        let file = checker.map.file(file);
        if file.name != path {
            found.push((checker.module_name(id), cx.trees.get(&file.name, &file.text)));
        }
    }
    found
}

fn import(items: &Items<'_, '_>, module: &str, decl: &Decl) -> Completion {
    let mut item = plain(&decl.name, decl.kind, rank::IMPORT);
    item.detail = format!("use {module}.{}", decl.name);
    item.docs = decl.docs.clone().unwrap_or_default();
    if decl.kind == SymbolKind::Function {
        item.signature = crate::signature::params_of_header(&decl.header);
        let has_parens = items.request.tree.text[items.request.replace.end as usize..].starts_with('(');
        if !has_parens {
            let is_empty = item.signature == "()";
            item.insert = format!("{}({}", decl.name, if is_empty { ")$0" } else { "$0)" });
            item.is_snippet = true;
        }
    }
    item.more = vec![use_edit(&items.request.tree, &format!("{module}.{}", decl.name))];
    item
}

/// The edit that adds a `use` behind those that are there, or at the head of the file.
pub fn use_edit(tree: &Tree, path: &str) -> TextEdit {
    let last = tree.file.items.iter().rfind(|item| matches!(item.kind, ItemKind::Use(_)));
    if let Some(last) = last {
        let at = tree.range(last.span).end;
        return TextEdit { range: TextRange::empty(at), text: format!("\nuse {path}") };
    }
    let at = tree.file.items.first().map_or(0, |item| {
        let start = tree.range(item.span).start;
        // Docs stand before the item and belong to it.
        let docs = tree.lexed.comments.iter().rev().map(|c| tree.range(c.span));
        let mut at = start;
        for comment in docs.filter(|comment| comment.end <= start) {
            let between = tree.slice(TextRange::new(comment.end, at));
            if !between.trim().is_empty()
                || tree.slice(comment).starts_with("//!")
                || between.matches('\n').count() > 1
            {
                break;
            }
            at = comment.start;
        }
        at
    });
    TextEdit { range: TextRange::empty(at), text: format!("use {path}\n\n") }
}

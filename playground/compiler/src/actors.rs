//! The names of a program's actors, from its syntax: they stand before the names of what is compiled of them.

use crate::problems::place;
use playground_model::document::File;
use playground_model::protocol::Place;
use syntax::ast::{self, Ident, ItemKind};
use syntax::{Bodies, Interner, SourceMap, Span};

pub fn names(files: &[File]) -> Vec<String> {
    let mut names = Vec::new();
    for_each_file(files, |ast, _, interner| {
        for item in &ast.items {
            if let ItemKind::Actor(actor) = &item.kind {
                names.push(interner.name(actor.name.name).to_string());
            }
        }
    });
    names
}

fn for_each_file(files: &[File], mut look: impl FnMut(&ast::File, &SourceMap, &Interner)) {
    for file in files {
        let (mut map, mut interner) = (SourceMap::default(), Interner::default());
        let Some(id) = map.add(file.name.clone(), file.text.clone(), false) else { continue };
        let (ast, _) = syntax::parser::parse_file(&map, id, &mut interner, Bodies::Skip);
        look(&ast, &map, &interner);
    }
}

/// Where an actor, or its handler or constructor of a name, is declared; `main` without an actor. `None` if that is not in these files.
/// An actor without a constructor is declared where its name stands.
pub fn declaration(files: &[File], actor: Option<&str>, handler: Option<&str>) -> Option<Place> {
    let mut found = None;
    for_each_file(files, |ast, map, interner| {
        if found.is_none() {
            let span = ast.items.iter().find_map(|item| match actor {
                Some(actor) => in_item(&item.kind, actor, handler, interner),
                None => main_of(&item.kind, interner),
            });
            found = span.and_then(|span| place(span, map));
        }
    });
    found
}

/// `handler`: one of an actor's messages, also of a constructor.
fn in_item(item: &ItemKind, actor: &str, handler: Option<&str>, interner: &Interner) -> Option<Span> {
    let ItemKind::Actor(declared) = item else { return None };
    // Traces have generic actors with their arguments: `Slot<Branch>`.
    let plain = actor.split('<').next().unwrap_or(actor);
    if interner.name(declared.name.name) != plain {
        return None;
    }
    let Some(handler) = handler else { return Some(declared.name.span) };
    let is_it = |name: &Ident| interner.name(name.name) == handler;
    let names =
        declared.handlers.iter().map(|it| it.name).chain(declared.constructors.iter().map(|it| it.name));
    Some(names.into_iter().find(is_it).unwrap_or(declared.name).span)
}

fn main_of(item: &ItemKind, interner: &Interner) -> Option<Span> {
    match item {
        ItemKind::Fn(function) if interner.name(function.name.name) == "main" => Some(function.name.span),
        ItemKind::Actor(actor) if interner.name(actor.name.name) == "Main" => Some(actor.name.span),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actors_are_found_in_all_files() {
        let file = |name: &str, text: &str| File { name: name.into(), text: text.into() };
        let files = [
            file("main.gal", "actor Counter {\n    on Add {}\n}\nfn main() { let"),
            file("other.gal", "pub actor Log {\n    on Put {}\n}\n"),
        ];
        assert_eq!(names(&files), ["Counter", "Log"]);
    }

    #[test]
    fn declarations_are_found_by_names() {
        let file = |name: &str, text: &str| File { name: name.into(), text: text.into() };
        let files = [
            file("main.gal", "fn main() { let"),
            file(
                "other.gal",
                "pub actor Log<T> {\n    new(n: Int) {}\n    new named(n: Int) {}\n    on Put(x: T) {}\n}\n",
            ),
            file("last.gal", "actor Plain {\n    on Put {}\n}\n"),
        ];
        let at = |actor: Option<&str>, handler: Option<&str>| {
            let place = declaration(&files, actor, handler)?;
            Some(format!("{}:{}:{}", place.file, place.line, place.column))
        };
        assert_eq!(at(None, None).as_deref(), Some("main.gal:1:4"));
        assert_eq!(at(Some("Log<Int>"), None).as_deref(), Some("other.gal:1:11"));
        assert_eq!(at(Some("Log<Int>"), Some("Put")).as_deref(), Some("other.gal:4:8"));
        assert_eq!(at(Some("Log"), Some("new")).as_deref(), Some("other.gal:2:5"));
        assert_eq!(at(Some("Log"), Some("named")).as_deref(), Some("other.gal:3:9"));
        assert_eq!(at(Some("Plain"), Some("new")).as_deref(), Some("last.gal:1:7"), "it has none");
        assert_eq!(at(Some("Supervisor"), Some("Add")), None);
    }
}

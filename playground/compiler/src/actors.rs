//! The names of a program's actors, from its syntax: they stand before the names of what is compiled of them.

use playground_model::document::File;
use syntax::ast::ItemKind;
use syntax::{Bodies, Interner, SourceMap};

pub fn names(files: &[File]) -> Vec<String> {
    let mut names = Vec::new();
    for file in files {
        let (mut map, mut interner) = (SourceMap::default(), Interner::default());
        let Some(id) = map.add(file.name.clone(), file.text.clone(), false) else { continue };
        let (ast, _) = syntax::parser::parse_file(&map, id, &mut interner, Bodies::Skip);
        for item in &ast.items {
            if let ItemKind::Actor(actor) = &item.kind {
                names.push(interner.name(actor.name.name).to_string());
            }
        }
    }
    names
}

/// The actor whose code a function is: `Counter.dispatch`, `Body<Counter.State, Counter.Message>.drop`.
pub fn owner(function: &str, actors: &[String]) -> Option<String> {
    let parts = function.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
    let mut owners = parts.filter_map(|part| part.split_once('.')).map(|(first, _)| first);
    owners.find(|first| actors.iter().any(|actor| actor == first)).map(str::to_string)
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
    fn functions_have_owners() {
        let actors = ["Counter".to_string()];
        for name in
            ["Counter.dispatch", "Body<Counter.State, Counter.Message>.drop", "actor_spawn<Counter.State>"]
        {
            assert_eq!(owner(name, &actors).as_deref(), Some("Counter"), "{name}");
        }
        for name in ["main", "Int.show", "MyCounter.new", "Array<Counter>.push"] {
            assert_eq!(owner(name, &actors), None, "{name}");
        }
    }
}

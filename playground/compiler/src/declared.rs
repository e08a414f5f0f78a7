//! The names of what a program's own files declare.

use playground_model::document::File;
use std::collections::BTreeSet;
use syntax::ast::{Ident, ItemKind};
use syntax::{Bodies, Interner, SourceMap};

/// Functions, and types, which stand before their methods.
pub fn names(files: &[File]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files {
        let (mut map, mut interner) = (SourceMap::default(), Interner::default());
        let Some(id) = map.add(file.name.clone(), file.text.clone(), false) else { continue };
        let (ast, _) = syntax::parser::parse_file(&map, id, &mut interner, Bodies::Skip);
        let mut add = |name: &Ident| names.insert(interner.name(name.name).to_string());
        for item in &ast.items {
            match &item.kind {
                ItemKind::Fn(decl) => add(&decl.name),
                ItemKind::Struct(decl) => add(&decl.name),
                ItemKind::Enum(decl) => add(&decl.name),
                ItemKind::Trait(decl) => add(&decl.name),
                ItemKind::Actor(decl) => add(&decl.name),
                _ => false,
            };
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_and_types_have_names() {
        let text = "actor Counter {\n    on Add {}\n}\nstruct Box {}\nfn main() { let".to_string();
        let files = [File { name: "main.gal".into(), text }];
        let expected = ["Box", "Counter", "main"].map(str::to_string);
        assert_eq!(names(&files), BTreeSet::from(expected));
    }
}

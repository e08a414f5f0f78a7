//! The library's sources, embedded by the build script. In a module for the web, which readers wait for, they are without what
//! compiling for the web does without, see `strip.rs`; a host can bring their documentation later.

#[cfg(test)]
mod strip;

use std::sync::OnceLock;

include!(concat!(env!("OUT_DIR"), "/library.rs"));

type File = (&'static str, &'static str);

/// The files with their documentation, if that has come later.
static WITH_DOCS: OnceLock<Vec<File>> = OnceLock::new();

fn files() -> &'static [File] {
    WITH_DOCS.get().map_or(FILES, Vec::as_slice)
}

/// The text of a file by its path below `library/`.
pub fn text(path: &str) -> Option<&'static str> {
    let files = files();
    let index = files.binary_search_by(|(name, _)| (*name).cmp(path)).ok()?;
    Some(files[index].1)
}

/// The paths of all files, sorted.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// Whether the files have their documentation.
pub fn has_docs() -> bool {
    !IS_STRIPPED || WITH_DOCS.get().is_some()
}

/// Puts documentation into files that are without it, once: `docs` tells its lines by a file's path, each where it belongs, the
/// others empty. Nothing else moves; but what has been made of the texts is still without it.
pub fn add_docs<'a>(docs: impl Fn(&str) -> Option<&'a str>) {
    WITH_DOCS.get_or_init(|| {
        let with = |(path, text): &File| match docs(path).and_then(|docs| merge(text, docs)) {
            Some(merged) => (*path, &*merged.leak()),
            None => (*path, *text),
        };
        FILES.iter().map(with).collect()
    });
}

/// `None` if the documentation is of another text: a page that has been open for long gets it from a newer site.
fn merge(text: &str, docs: &str) -> Option<String> {
    if text.lines().count() != docs.lines().count() {
        return None;
    }
    let mut merged = String::with_capacity(text.len() + docs.len());
    for (line, doc) in text.lines().zip(docs.lines()) {
        if !line.is_empty() && !doc.is_empty() {
            return None;
        }
        merged.push_str(if line.is_empty() { doc } else { line });
        merged.push('\n');
    }
    Some(merged)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_sorted_and_holds_the_prelude() {
        assert!(super::FILES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(super::text("core/mod.gal").is_some());
        assert!(super::text("core/no_such_file.gal").is_none());
    }

    /// What is left stands where it stood, and with the documentation the trees are the same.
    #[test]
    fn stripped_files_have_the_same_declarations_in_the_same_places() {
        assert!(super::has_docs());
        for (name, text) in super::FILES {
            let stripped = super::strip::strip(text);
            let lines = text.lines().zip(stripped.lines());
            assert!(lines.clone().all(|(a, b)| b.is_empty() || a == b), "{name}");
            assert_eq!(lines.count(), text.lines().count(), "{name}");
            let is_doc = |line: &str| ["///", "//!"].iter().any(|mark| line.trim_start().starts_with(mark));
            let docs =
                text.lines().map(|line| if is_doc(line) { format!("{line}\n") } else { "\n".to_string() });
            let with_docs =
                super::merge(&stripped, &docs.collect::<String>()).expect("they are of this text");
            assert_eq!(tree(name, text), tree(name, &with_docs), "{name}");
            tree(name, &stripped);
        }
    }

    #[test]
    fn documentation_of_another_text_is_left_out() {
        let text = "\nfn f() {}\n";
        assert_eq!(super::merge(text, "/// F.\n\n").as_deref(), Some("/// F.\nfn f() {}\n"));
        assert_eq!(super::merge(text, "/// F.\n"), None);
        assert_eq!(super::merge(text, "\n/// F.\n"), None);
    }

    /// Without tests.
    fn tree(name: &str, text: &str) -> String {
        let (mut map, mut interner) = (syntax::SourceMap::default(), syntax::Interner::default());
        let file = map.add(name.to_string(), text.to_string(), true).expect("it is small");
        let (mut ast, faults) = syntax::parser::parse_file(&map, file, &mut interner, syntax::Bodies::Parse);
        assert!(faults.is_empty(), "{name}: {faults:?}");
        ast.items.retain(|item| !matches!(item.kind, syntax::ast::ItemKind::Test(_)));
        syntax::pretty::dump_file(&ast, &interner)
    }
}

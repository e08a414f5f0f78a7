//! Where texts come from: open files first, then the loader, and the library's own.

use crate::tree::Tree;
use driver::SourceLoader;
use entity::Arrange;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// What the library's files are called in programs.
const LIBRARY: &str = "library/";

/// The texts of a workspace as the driver asks for them.
pub struct Overlay<'a> {
    pub open: &'a FxHashMap<String, Rc<str>>,
    pub loader: &'a mut dyn SourceLoader,
    /// A file that has another text for one question.
    pub patch: Option<(&'a str, String)>,
}

impl SourceLoader for Overlay<'_> {
    fn load(&mut self, path: &str) -> Option<String> {
        if let Some((patched, text)) = &self.patch
            && *patched == path
        {
            return Some(text.clone());
        }
        self.open.get(path).map(|text| text.to_string()).or_else(|| self.loader.load(path))
    }

    fn load_bytes(&mut self, path: &str) -> Option<Vec<u8>> {
        self.loader.load_bytes(path)
    }

    fn exists(&mut self, path: &str) -> bool {
        self.open.contains_key(path) || self.loader.exists(path)
    }

    fn list(&mut self, folder: &str) -> Vec<String> {
        let mut names = self.loader.list(folder);
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut open: Vec<&str> = self.open.keys().filter_map(|path| path.strip_prefix(&prefix)).collect();
        open.arrange();
        names.extend(open.into_iter().filter_map(|rest| rest.split('/').next()).map(str::to_string));
        names.dedup();
        names
    }
}

/// The text of a file that comes with the compiler.
pub fn library_text(path: &str) -> Option<&'static str> {
    driver::library::text(path.strip_prefix(LIBRARY)?)
}

pub fn is_library(path: &str) -> bool {
    library_text(path).is_some()
}

/// Trees of files, made when they are first asked for.
#[derive(Default)]
pub struct Trees {
    library: FxHashMap<String, Rc<Tree>>,
    user: FxHashMap<String, Rc<Tree>>,
}

impl Trees {
    /// The tree of a file with this text.
    pub fn get(&mut self, path: &str, text: &str) -> Rc<Tree> {
        let all = if is_library(path) { &mut self.library } else { &mut self.user };
        if let Some(tree) = all.get(path).filter(|tree| tree.text == text) {
            return Rc::clone(tree);
        }
        let tree = Rc::new(Tree::parse(text));
        all.insert(path.to_string(), Rc::clone(&tree));
        tree
    }

    pub fn forget(&mut self, path: &str) {
        self.user.remove(path);
    }
}

//! Where modules come from: the user's package through the loader, the library from the embedded table.

use crate::{SourceLoader, library};
use entity::Arrange;
use hir::{ModuleSource, Package, SourceText};

pub struct Sources<'a> {
    pub loader: &'a mut dyn SourceLoader,
    /// The folder of the entry file, with a `/` at its end unless it is empty.
    folder: String,
    /// The folder of `library/sys` for the target.
    sys: &'static str,
}

impl<'a> Sources<'a> {
    pub fn new(loader: &'a mut dyn SourceLoader, entry: &str, sys: &'static str) -> Sources<'a> {
        let folder = entry.rfind('/').map_or("", |i| &entry[..=i]).to_string();
        Sources { loader, folder, sys }
    }

    fn user(&mut self, path: &str) -> Option<SourceText> {
        let (name, rival) = self.user_file(path);
        let text = self.loader.load(&name)?;
        Some(SourceText { name, text, rival })
    }

    /// The file of a module, if it has one, and another that could be it too.
    fn user_file(&mut self, path: &str) -> (String, Option<String>) {
        // Two names for each module: `format` would take ten times as long.
        let file = [&self.folder, path, ".gal"].concat();
        let folder = [&self.folder, path, "/mod.gal"].concat();
        match (self.loader.exists(&file), self.loader.exists(&folder)) {
            (true, true) => (file, Some(folder)),
            (true, false) => (file, None),
            (false, _) => (folder, None),
        }
    }

    fn library(&self, folder: &str, path: &str) -> Option<SourceText> {
        let base = if path.is_empty() { folder.to_string() } else { format!("{folder}/{path}") };
        [format!("{base}.gal"), format!("{base}/mod.gal")].into_iter().find_map(|name| {
            library::text(&name).map(|text| SourceText {
                name: format!("library/{name}"),
                text: text.to_string(),
                rival: None,
            })
        })
    }
}

impl ModuleSource for Sources<'_> {
    fn load(&mut self, package: Package, path: &[&str]) -> Option<SourceText> {
        let path = path.join("/");
        match package {
            Package::User => self.user(&path),
            Package::Core => self.library("core", &path),
            Package::Std => self.library("std", &path),
            Package::Runtime => self.library("runtime", &path),
            Package::Sys => self.library(&format!("sys/{}", self.sys), &path),
        }
    }

    fn unreadable(&mut self, path: &[&str]) -> Option<String> {
        let (name, _) = self.user_file(&path.join("/"));
        (self.loader.exists(&name) && self.loader.load(&name).is_none()).then_some(name)
    }

    fn modules_below(&mut self, path: &[&str]) -> Vec<String> {
        let folder = format!("{}{}", self.folder, path.join("/"));
        let mut names = self.loader.list(folder.trim_end_matches('/'));
        names.retain_mut(|name| {
            // What has no extension is a folder, as a rule.
            let stem = name.strip_suffix(".gal").unwrap_or(name).to_string();
            *name = stem;
            name != "mod" && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        });
        names.arrange();
        names
    }
}

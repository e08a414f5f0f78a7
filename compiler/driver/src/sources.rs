//! Where modules come from: the user's package through the loader, the library from the embedded table.

use crate::{DriverError, SourceLoader, library};
use entity::Arrange;
use hir::{ModuleSource, Package, SourceText};
use syntax::{BadByte, FileId, SourceMap};

/// The text of a file, also of one that is not UTF-8.
pub struct Loaded {
    pub text: String,
    pub bad_byte: Option<BadByte>,
}

pub fn load(loader: &mut dyn SourceLoader, path: &str) -> Option<Loaded> {
    if let Some(text) = loader.load(path) {
        return Some(Loaded { text, bad_byte: None });
    }
    let bytes = loader.load_bytes(path)?;
    let bad_byte = BadByte::find(&bytes);
    Some(Loaded { text: String::from_utf8_lossy(&bytes).into_owned(), bad_byte })
}

/// Enters the file that a program begins with.
pub fn add_entry(
    loader: &mut dyn SourceLoader,
    entry: &str,
    map: &mut SourceMap,
) -> Result<FileId, DriverError> {
    let Loaded { text, bad_byte } =
        load(loader, entry).ok_or_else(|| DriverError::MissingEntry(entry.to_string()))?;
    add(map, entry, text, bad_byte)
}

/// Enters a file of the user.
pub fn add(
    map: &mut SourceMap,
    name: &str,
    text: String,
    bad_byte: Option<BadByte>,
) -> Result<FileId, DriverError> {
    let too_large = || DriverError::Limit(format!("sources of more than {} bytes", SourceMap::MAX_BYTES));
    let file = map.add(name.to_string(), text, false).ok_or_else(too_large)?;
    map.set_bad_byte(file, bad_byte);
    Ok(file)
}

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
        let Loaded { text, bad_byte } = load(self.loader, &name)?;
        Some(SourceText { name, text, bad_byte, rival })
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
                bad_byte: None,
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
        (self.loader.exists(&name) && load(self.loader, &name).is_none()).then_some(name)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Session, check};

    /// A file that is there and cannot be read, beside one that can.
    struct Locked;

    impl SourceLoader for Locked {
        fn load(&mut self, path: &str) -> Option<String> {
            (path == "main.gal").then(|| "use locked.x\n\nfn main() { x() }\n".to_string())
        }

        fn exists(&mut self, path: &str) -> bool {
            ["main.gal", "locked.gal"].contains(&path)
        }
    }

    #[test]
    fn modules_that_cannot_be_read_are_told_from_those_that_are_missing() {
        let checked = check(&mut Session::new(&mut Locked, Options::default()), "main.gal");
        let checked = checked.expect("the entry can be read");
        let told: Vec<(&str, &str)> =
            checked.diagnostics.iter().map(|d| (d.code, d.message.as_str())).collect();
        assert_eq!(told, [("unknown-module", "the module `locked` cannot be read")]);
        assert_eq!(checked.diagnostics[0].notes, ["`locked.gal` is there, but cannot be read"]);
    }
}

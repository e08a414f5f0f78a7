//! What a command works on: a single file, or the package described by a `gal.toml`.

use crate::exit::{Failure, io_failure};
use driver::Checked;
use std::fs;
use std::path::{Component, Path, PathBuf};
use syntax::codes::CodeInfo;
use syntax::{Diagnostic, SourceMap, Span};
use toml::de::{DeTable, DeValue};

pub const MANIFEST: &str = "gal.toml";
/// The folder, in a package or beside a single file's caller, for results.
pub const BUILD_DIR: &str = "build";
const DEFAULT_ENTRY: &str = "src/main.gal";

pub static INVALID_MANIFEST: CodeInfo = CodeInfo {
    code: "invalid-manifest",
    title: "A `gal.toml` is not understood.",
    explanation: "A manifest is TOML. It has one table, `[package]`, with `name` (small letters, digits, `_` and `-`), and if need be
`version` (`MAJOR.MINOR.PATCH`) and `entry`, the file with `main`, a path below the manifest. Anything else is an error,
so that a misspelt key is noticed. So is an entry that is missing or no file.

```toml-fail
[package]
name = \"My App\"
version = \"1\"
author = \"me\"
```
```toml
[package]
name = \"my-app\"
version = \"0.1.0\"
entry = \"src/main.gal\"
```",
};

/// A program to compile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit {
    /// The entry file as the driver and messages name it.
    pub entry: String,
    /// The name of results.
    pub name: String,
    /// The package's folder; `None` for a single file.
    pub root: Option<PathBuf>,
}

impl Unit {
    /// Finds what is meant by a path on the command line, or by none.
    pub fn find(path: Option<&Path>) -> Result<Unit, Failure> {
        match path {
            Some(path) if path.is_dir() => Unit::of_package(path),
            Some(path) if path.file_name().is_some_and(|name| name == MANIFEST) => {
                Unit::of_package(path.parent().unwrap_or(Path::new(".")))
            }
            Some(path) => Unit::of_file(path),
            None => match package_around(&current_dir()?) {
                Some(root) => Unit::of_package(&root),
                None => Err(Failure::Usage(format!(
                    "there is no `{MANIFEST}` here or in a folder above; name a source file or a package's folder"
                ))),
            },
        }
    }

    fn of_file(path: &Path) -> Result<Unit, Failure> {
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("main").to_string();
        Ok(Unit { entry: source_name(path)?, name, root: None })
    }

    fn of_package(root: &Path) -> Result<Unit, Failure> {
        if !root.join(MANIFEST).is_file() {
            return Err(Failure::Usage(format!(
                "there is no `{MANIFEST}` in the folder `{}`; name a source file, or make a package with `galc new`",
                root.display()
            )));
        }
        let manifest = Manifest::read(&root.join(MANIFEST))?;
        Ok(Unit {
            entry: source_name(&root.join(&manifest.entry))?,
            name: manifest.name,
            root: Some(root.into()),
        })
    }

    /// The folder whose sources belong to the program.
    pub fn source_root(&self) -> PathBuf {
        let beside = || Path::new(&self.entry).parent().filter(|parent| !parent.as_os_str().is_empty());
        match &self.root {
            Some(root) => root.clone(),
            None => beside().unwrap_or(Path::new(".")).to_path_buf(),
        }
    }

    /// Why nothing can be compiled, at the entry in the manifest if it is named there.
    pub fn missing_entry(&self, why: &str) -> Failure {
        let manifest = self.root.as_ref().map(|root| root.join(MANIFEST));
        let fault = manifest.and_then(|path| {
            let text = fs::read_to_string(&path).ok()?;
            let at = Manifest::parse(&text).ok()?.entry_at?;
            Some(Failure::Manifest(Box::new(checked(&path, text, &[Fault::new(at, why)]))))
        });
        fault.unwrap_or_else(|| Failure::Usage(why.to_string()))
    }

    pub fn build_dir(&self) -> PathBuf {
        self.root.clone().unwrap_or_default().join(BUILD_DIR)
    }
}

fn current_dir() -> Result<PathBuf, Failure> {
    std::env::current_dir().map_err(|error| Failure::Usage(format!("there is no current folder: {error}")))
}

/// The nearest folder with a manifest, from `from` upwards, relative to it where that is possible.
pub fn package_around(from: &Path) -> Option<PathBuf> {
    let levels = from.ancestors().position(|folder| folder.join(MANIFEST).is_file())?;
    Some(if levels == 0 { PathBuf::from(".") } else { vec![".."; levels].iter().collect() })
}

/// A path as the driver wants it: `/` between components, no leading `./`.
fn source_name(path: &Path) -> Result<String, Failure> {
    let path: PathBuf = path.components().filter(|component| *component != Component::CurDir).collect();
    let text = path.to_str().ok_or_else(|| Failure::Usage(format!("`{}` is not UTF-8", path.display())))?;
    Ok(text.replace(std::path::MAIN_SEPARATOR, "/"))
}

/// Whether a folder may hold sources: not hidden, not results.
pub fn is_source_dir(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
    !name.starts_with('.') && !is_build_dir(path, name) && name != "target" && name != "node_modules"
}

/// Results lie in a package's root, or in the current folder. Elsewhere a module may have the name.
fn is_build_dir(path: &Path, name: &str) -> bool {
    let parent = path.parent().unwrap_or(Path::new(""));
    let is_here = parent.components().all(|component| component == Component::CurDir);
    name == BUILD_DIR && (is_here || parent.join(MANIFEST).is_file())
}

/// Whether a package may have this name: it becomes a file name and part of paths in GAL.
pub fn is_package_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-')
}

/// The contents of a `gal.toml`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Manifest {
    pub name: String,
    /// `MAJOR.MINOR.PATCH`
    pub version: String,
    /// Relative to the manifest.
    pub entry: String,
    /// Where in the text that stands, if it does.
    pub entry_at: Option<std::ops::Range<usize>>,
}

impl Manifest {
    pub fn read(path: &Path) -> Result<Manifest, Failure> {
        let text = fs::read_to_string(path).map_err(|error| io_failure("read", path, &error))?;
        Manifest::parse(&text).map_err(|mut faults| {
            faults.sort_by_key(|fault| fault.at.start);
            Failure::Manifest(Box::new(checked(path, text, &faults)))
        })
    }

    /// All mistakes are found in one go.
    fn parse(text: &str) -> Result<Manifest, Vec<Fault>> {
        let document = DeTable::parse(text).map_err(|error| {
            vec![Fault { at: error.span().unwrap_or(0..0), message: error.message().to_string() }]
        })?;
        let (mut faults, mut package) = (Vec::new(), None);
        let is_of_package = |key: &str| matches!(key, "name" | "version" | "entry");
        for (key, value) in document.get_ref().iter() {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("package", DeValue::Table(table)) => package = Some(table),
                ("package", _) => faults.push(Fault::new(value.span(), "`package` is a table: `[package]`")),
                (key, _) if is_of_package(key) && !document.get_ref().contains_key("package") => {}
                (other, _) => faults.push(Fault::new(
                    key.span(),
                    format!("`{other}` is not known here; expected `[package]`"),
                )),
            }
        }
        match package {
            Some(table) => Manifest::from_table(table, faults),
            None => {
                // What stands there instead was reported.
                if faults.is_empty() {
                    faults.push(Fault::new(0..0, "the table `[package]` is missing"));
                }
                Err(faults)
            }
        }
    }

    fn from_table(table: &DeTable<'_>, mut faults: Vec<Fault>) -> Result<Manifest, Vec<Fault>> {
        let (mut name, mut version, mut entry) = (None, None, None);
        for (key, value) in table.iter() {
            let slot = match key.get_ref().as_ref() {
                "name" => &mut name,
                "version" => &mut version,
                "entry" => &mut entry,
                other => {
                    let message =
                        format!("`{other}` is not known; a package has `name`, `version` and `entry`");
                    faults.push(Fault::new(key.span(), message));
                    continue;
                }
            };
            match value.get_ref().as_str() {
                Some(text) => *slot = Some((text.to_string(), value.span())),
                None => faults.push(Fault::new(value.span(), format!("`{}` is a string", key.get_ref()))),
            }
        }
        if let Some((name, at)) = &name
            && !is_package_name(name)
        {
            let message =
                "a package's name begins with a small letter and has only small letters, digits, `_` and `-`";
            faults.push(Fault::new(at.clone(), message));
        }
        if let Some((version, at)) = &version
            && let Some(fault) = version_fault(version)
        {
            faults.push(Fault::new(at.clone(), fault));
        }
        if let Some((entry, at)) = &entry
            && let Some(fault) = entry_fault(entry)
        {
            faults.push(Fault::new(at.clone(), fault));
        }
        let missing_name = || Fault::new(0..0, "`name` is missing in `[package]`");
        let name = name.map(|(name, _)| name).ok_or_else(missing_name);
        match name {
            Ok(name) if faults.is_empty() => Ok(Manifest {
                name,
                version: version.map_or_else(|| "0.0.0".to_string(), |(version, _)| version),
                entry_at: entry.as_ref().map(|(_, at)| at.clone()),
                entry: entry.map_or_else(|| DEFAULT_ENTRY.to_string(), |(entry, _)| entry),
            }),
            Ok(_) => Err(faults),
            Err(missing) => {
                // A name of the wrong type is reported already.
                if faults.is_empty() {
                    faults.push(missing);
                }
                Err(faults)
            }
        }
    }
}

/// What is wrong with a version.
fn version_fault(text: &str) -> Option<&'static str> {
    let parts: Vec<&str> = text.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if parts.len() != 3 || !parts.iter().all(is_number) {
        return Some("a version is three numbers: `MAJOR.MINOR.PATCH`");
    }
    // `1.2.3` and `01.2.3` would be two versions with the same numbers.
    let is_padded = parts.iter().any(|part| part.len() > 1 && part.starts_with('0'));
    is_padded.then_some("the numbers of a version have no leading zeros")
}

/// What is wrong with the path of an entry.
fn entry_fault(path: &str) -> Option<&'static str> {
    let path = Path::new(path);
    if !path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Some("the entry is a path inside the package");
    }
    let is_file = path.extension().is_some_and(|extension| extension == "gal");
    (!is_file).then_some("the entry is a file whose name ends in `.gal`, such as `src/main.gal`")
}

/// A mistake in a manifest.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Fault {
    at: std::ops::Range<usize>,
    message: String,
}

impl Fault {
    fn new(at: std::ops::Range<usize>, message: impl Into<String>) -> Fault {
        Fault { at, message: message.into() }
    }
}

/// The mistakes as diagnostics, with the text they are in.
fn checked(path: &Path, text: String, faults: &[Fault]) -> Checked {
    let mut source_map = SourceMap::default();
    let name = source_name(path).unwrap_or_else(|_| MANIFEST.to_string());
    source_map.add(name, text, false);
    let diagnostics = faults.iter().map(|fault| {
        // The file is the first, and starts at position 1.
        let span = Span::new(fault.at.start as u32 + 1, fault.at.end as u32 + 1);
        Diagnostic::error(INVALID_MANIFEST.code, span, fault.message.as_str())
    });
    Checked { diagnostics: diagnostics.collect(), source_map }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(text: &str) -> Vec<String> {
        Manifest::parse(text)
            .expect_err("the manifest is wrong")
            .into_iter()
            .map(|fault| fault.message)
            .collect()
    }

    #[test]
    fn one_mistake_about_the_table_has_one_message() {
        let missing = ["the table `[package]` is missing"];
        assert_eq!(messages("name = \"p\"\nversion = \"0.1.0\"\n"), missing);
        assert_eq!(messages(""), missing);
        assert_eq!(messages("package = 5\n"), ["`package` is a table: `[package]`"]);
        let unknown = ["`pckage` is not known here; expected `[package]`"];
        assert_eq!(messages("[pckage]\nname = \"p\"\n"), unknown);
    }

    #[test]
    fn manifest_has_defaults() {
        let manifest = Manifest::parse("[package]\nname = \"my-app\"\n").expect("the manifest is right");
        assert_eq!((manifest.name.as_str(), manifest.entry.as_str()), ("my-app", "src/main.gal"));
    }

    #[test]
    fn mistakes_in_a_manifest_are_all_found() {
        let text = "extra = 1\n[package]\nname = \"My App\"\nversion = \"1\"\nentry = \"../x.gal\"\nauthor = \"me\"\n";
        let found = messages(text);
        assert_eq!(found.len(), 5, "{found:?}");
        assert_eq!(messages("[package]\nname = 3"), ["`name` is a string"]);
        assert_eq!(messages("[package]"), ["`name` is missing in `[package]`"]);
        assert_eq!(messages(""), ["the table `[package]` is missing"]);
        assert_eq!(messages("[package").len(), 1);
        let of = |key: &str, value: &str| messages(&format!("[package]\nname = \"a\"\n{key} = \"{value}\""));
        for version in ["01.2.3", "1.00.3", "1.2.03"] {
            assert_eq!(of("version", version), ["the numbers of a version have no leading zeros"]);
        }
        for version in ["1.2", "1.2.x", "1..3", ""] {
            assert_eq!(of("version", version), ["a version is three numbers: `MAJOR.MINOR.PATCH`"]);
        }
        for entry in ["src", "src/main", "", "main.txt"] {
            let wanted = "the entry is a file whose name ends in `.gal`, such as `src/main.gal`";
            assert_eq!(of("entry", entry), [wanted], "{entry}");
        }
        for entry in ["/a.gal", "../a.gal"] {
            assert_eq!(of("entry", entry), ["the entry is a path inside the package"]);
        }
    }

    #[test]
    fn the_page_shows_a_manifest_that_is_wrong_and_one_that_is_right() {
        let fenced = |fence: &str| -> Vec<&str> {
            let blocks = INVALID_MANIFEST.explanation.split(fence).skip(1);
            blocks.filter_map(|block| block.split("```").next()).collect()
        };
        let (wrong, right) = (fenced("```toml-fail\n"), fenced("```toml\n"));
        assert_eq!((wrong.len(), right.len()), (1, 1));
        assert_eq!(messages(wrong[0]).len(), 3);
        assert!(Manifest::parse(right[0]).is_ok());
    }

    #[test]
    fn paths_become_names() {
        assert_eq!(source_name(Path::new("./a/./b.gal")).ok().as_deref(), Some("a/b.gal"));
        assert_eq!(source_name(Path::new("../b.gal")).ok().as_deref(), Some("../b.gal"));
    }
}

//! Open documents: their names in the protocol and in the workspace, the programs that they belong to, what was told of
//! them.

use super::capabilities::Agreed;
use super::convert;
use crate::loader::DiskLoader;
use crate::package::{MANIFEST, Manifest};
use driver::Options;
use gen_lsp_types as lsp;
use ide::{Lines, Location, TextRange, Workspace};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;

pub struct Documents {
    pub workspace: Workspace,
    pub agreed: Agreed,
    /// By path: the name under which the client knows the document, and its version.
    open: BTreeMap<String, (lsp::Uri, i32)>,
    /// The root files of packages, by folder; found anew after [`Documents::reload`].
    entries: HashMap<PathBuf, Option<String>>,
    /// Files that were said to have mistakes.
    marked: BTreeSet<String>,
    /// Something has changed since diagnostics were told.
    is_dirty: bool,
    /// What has changed was opened or saved, and not typed: there is time to look at instances, too.
    is_settled: bool,
    /// Where the library's files are written so that editors can show them.
    library: PathBuf,
}

/// A text with what converts its positions.
pub struct Text {
    pub text: Rc<str>,
    pub lines: Lines,
}

impl Documents {
    pub fn new(options: Options) -> Documents {
        Documents {
            workspace: Workspace::new(Box::new(DiskLoader::default()), options),
            agreed: Agreed::default(),
            open: BTreeMap::new(),
            entries: HashMap::new(),
            marked: BTreeSet::new(),
            is_dirty: false,
            is_settled: false,
            library: library_folder(),
        }
    }

    pub fn agree(&mut self, agreed: Agreed) {
        self.agreed = agreed;
    }

    // ------------------------------------------------------------ texts

    pub fn open(&mut self, uri: &lsp::Uri, version: i32, text: String) {
        let path = self.path(uri);
        self.workspace.set_text(&path, text);
        self.open.insert(path, (uri.clone(), version));
        (self.is_dirty, self.is_settled) = (true, true);
    }

    /// The text tells what is wrong with a change that cannot be made.
    pub fn change(&mut self, params: lsp::DidChangeTextDocumentParams) -> Result<(), String> {
        let path = self.path(&params.text_document.text_document_identifier.uri);
        if !self.open.contains_key(&path) {
            return Err(format!("`{path}` changes, and was not opened"));
        }
        for change in params.content_changes {
            match change {
                lsp::TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => {
                    self.workspace.set_text(&path, whole.text);
                }
                lsp::TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    let text = self.text(&path).ok_or_else(|| format!("cannot read `{path}`"))?;
                    let range = convert::range_from(&text, part.range, self.agreed.encoding);
                    self.workspace.edit(&path, range, &part.text).map_err(|error| error.to_string())?;
                }
            }
        }
        if let Some(document) = self.open.get_mut(&path) {
            document.1 = params.text_document.version;
        }
        (self.is_dirty, self.is_settled) = (true, false);
        Ok(())
    }

    pub fn close(&mut self, uri: &lsp::Uri) {
        let path = self.path(uri);
        self.workspace.close(&path);
        self.open.remove(&path);
        self.is_dirty = true;
    }

    /// Files on the disk have changed.
    pub fn reload(&mut self) {
        self.workspace.reload();
        self.entries.clear();
        (self.is_dirty, self.is_settled) = (true, true);
    }

    pub fn text(&mut self, path: &str) -> Option<Text> {
        let text: Rc<str> = self.workspace.text(path)?.into();
        let lines = Lines::new(&text);
        Some(Text { text, lines })
    }

    // ------------------------------------------------------------ names

    /// The path of a document in the workspace. What has no path, as a text that was never saved, has its whole name.
    pub fn path(&self, uri: &lsp::Uri) -> String {
        let Some(path) = path_of(uri.as_ref()) else { return uri.to_string() };
        match Path::new(&path).strip_prefix(&self.library) {
            Ok(inside) => format!("library/{}", inside.to_string_lossy().replace('\\', "/")),
            Err(_) => path,
        }
    }

    /// The name of a file for the client. One of the library is written where the client can read it.
    pub fn uri(&self, path: &str) -> Option<lsp::Uri> {
        if let Some((uri, _)) = self.open.get(path) {
            return Some(uri.clone());
        }
        if let Some(inside) = path.strip_prefix("library/")
            && let Some(text) = driver::library::text(inside)
        {
            let file = self.library.join(inside);
            write_library(&file, text).ok()?;
            return Some(uri_of(&file.to_string_lossy()));
        }
        Some(uri_of(path))
    }

    pub fn location(&mut self, location: &Location) -> Option<lsp::Location> {
        let range = self.range(&location.path, location.range)?;
        Some(lsp::Location { uri: self.uri(&location.path)?, range })
    }

    pub fn range(&mut self, path: &str, range: TextRange) -> Option<lsp::Range> {
        let text = self.text(path)?;
        Some(convert::range(&text, range, self.agreed.encoding))
    }

    // ------------------------------------------------------------ programs

    /// The root file of the program that a file belongs to: that of its package, or the file itself.
    pub fn entry(&mut self, path: &str) -> String {
        let folder = Path::new(path).parent().unwrap_or(Path::new("")).to_path_buf();
        if path.starts_with("library/") {
            return self.root_with(path).unwrap_or_else(|| path.to_string());
        }
        let known = self.entries.entry(folder.clone()).or_insert_with(|| package_entry(&folder));
        known.clone().unwrap_or_else(|| path.to_string())
    }

    /// For a file of the library: an open program that has it.
    fn root_with(&mut self, path: &str) -> Option<String> {
        let open: Vec<String> =
            self.open.keys().filter(|path| !path.starts_with("library/")).cloned().collect();
        let roots: BTreeSet<String> = open.iter().map(|open| self.entry(open)).collect();
        roots.into_iter().find(|root| self.workspace.reaches(root, path))
    }

    /// What has changed in what is to be told, of all programs with open files; and what went wrong.
    pub fn diagnostics(&mut self) -> (Vec<lsp::PublishDiagnosticsParams>, Vec<String>) {
        if !std::mem::take(&mut self.is_dirty) {
            return (Vec::new(), Vec::new());
        }
        let (mut found, mut faults) = (BTreeMap::new(), Vec::new());
        let open: Vec<String> =
            self.open.keys().filter(|path| !path.starts_with("library/")).cloned().collect();
        let mut roots: Vec<String> = open.iter().map(|path| self.entry(path)).collect();
        // Packages come before files that stand alone.
        roots.extend(open);
        let mut checked = BTreeSet::new();
        for root in roots {
            if found.contains_key(&root) || !checked.insert(root.clone()) {
                continue;
            }
            match self.diagnostics_of(&root, &mut faults) {
                Ok(files) => {
                    for file in files {
                        found.entry(file.path).or_insert(file.diagnostics);
                    }
                }
                Err(error) => faults.push(error.to_string()),
            }
        }
        let gone: Vec<String> =
            self.marked.iter().filter(|path| !found.contains_key(*path)).cloned().collect();
        found.extend(gone.into_iter().map(|path| (path, Vec::new())));
        let all =
            found.into_iter().filter_map(|(path, diagnostics)| self.published(&path, &diagnostics)).collect();
        (all, faults)
    }

    /// Of the program of a root file; with instances where there is time for them.
    fn diagnostics_of(
        &mut self,
        root: &str,
        faults: &mut Vec<String>,
    ) -> Result<Vec<ide::FileDiagnostics>, ide::Error> {
        if self.is_settled {
            match self.workspace.instance_diagnostics(root) {
                Ok(Some(all)) => return Ok(all),
                Ok(None) => {}
                Err(error) => faults.push(error.to_string()),
            }
        }
        self.workspace.diagnostics(root)
    }

    /// `None` where nothing is told: the file had no marks and has none now, and is not open.
    fn published(
        &mut self,
        path: &str,
        diagnostics: &[ide::Diagnostic],
    ) -> Option<lsp::PublishDiagnosticsParams> {
        let was_marked = self.marked.remove(path);
        if !diagnostics.is_empty() {
            self.marked.insert(path.to_string());
        }
        let version = self.open.get(path).map(|document| document.1);
        if diagnostics.is_empty() && !was_marked && version.is_none() {
            return None;
        }
        let uri = self.uri(path)?;
        let diagnostics =
            diagnostics.iter().filter_map(|found| convert::diagnostic(self, path, found)).collect();
        Some(lsp::PublishDiagnosticsParams { uri, version, diagnostics })
    }
}

/// The root file that the manifest around a folder names; texts that were never saved are in none. A manifest with mistakes has none; `galc check` tells them.
fn package_entry(folder: &Path) -> Option<String> {
    if !folder.is_absolute() {
        return None;
    }
    let root = folder.ancestors().find(|folder| folder.join(MANIFEST).is_file())?;
    let manifest = Manifest::read(&root.join(MANIFEST)).ok()?;
    let entry = root.join(manifest.entry);
    entry.is_file().then(|| entry.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"))
}

// ---------------------------------------------------------------- the library

/// A folder of this version's: where caches are, or with temporary files.
fn library_folder() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let base = cache.or_else(home).unwrap_or_else(std::env::temp_dir);
    base.join("galc").join(format!("library-{}", env!("CARGO_PKG_VERSION")))
}

/// Writes a file unless it is there with this text.
fn write_library(file: &Path, text: &str) -> std::io::Result<()> {
    if std::fs::read_to_string(file).is_ok_and(|old| old == text) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, text)
}

// ---------------------------------------------------------------- URIs

/// The path in a `file:` URI.
fn path_of(uri: &str) -> Option<String> {
    let rest = uri.strip_prefix("file://")?;
    let path = &rest[rest.find('/')?..];
    let path = decode(path.split(['?', '#']).next().unwrap_or(path))?;
    // `/C:/…`
    let has_drive = cfg!(windows) && path.as_bytes().get(2) == Some(&b':');
    Some(if has_drive { path[1..].to_string() } else { path })
}

fn uri_of(path: &str) -> lsp::Uri {
    let path = path.replace(std::path::MAIN_SEPARATOR, "/");
    if path.contains("://") || path.starts_with("untitled:") {
        return path.into();
    }
    let absolute = match std::path::absolute(&path) {
        Ok(absolute) => absolute.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"),
        Err(_) => path,
    };
    let slash = if absolute.starts_with('/') { "" } else { "/" };
    format!("file://{slash}{}", encode(&absolute)).into()
}

/// Undoes `%20` and its like; `None` if the result is not UTF-8.
fn decode(text: &str) -> Option<String> {
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    while at < bytes.len() {
        let digits = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).ok()
}

fn encode(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                out.push(byte as char)
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_and_paths_are_each_others_inverse() {
        for path in ["/a/b.gal", "/a b/ü%20#?.gal", "/x+y/[z].gal"] {
            let uri = uri_of(path);
            assert!(!uri.0.contains([' ', '#', '?']), "{uri}");
            assert_eq!(path_of(&uri.0).as_deref(), Some(path));
        }
        assert_eq!(path_of("file:///a%20b/c%3A.gal").as_deref(), Some("/a b/c:.gal"));
        assert_eq!(path_of("file://host/a.gal").as_deref(), Some("/a.gal"));
        assert_eq!(path_of("untitled:Untitled-1"), None);
        assert_eq!(path_of("file:///%ff"), None);
        assert_eq!(path_of("file:///100%"), Some("/100%".to_string()));
        assert_eq!(uri_of("untitled:Untitled-1").0, "untitled:Untitled-1");
    }
}

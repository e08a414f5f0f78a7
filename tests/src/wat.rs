//! What small functions become in release: the WebAssembly text of one function is compared as a whole.
//!
//! The first line of `tests/wat/<name>.gal` is `// show: <function>`; the text stands in `<name>.wat`. `BLESS=1` writes it, and the
//! difference is read.

use crate::loader::Disk;
use driver::{EmitKind, Options, Profile, Session};
use std::path::Path;

pub fn check(root: &Path, path: &Path) -> Vec<String> {
    let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    match shown(root, path, &name) {
        Ok(text) => compare(path, &name, &text),
        Err(problem) => vec![format!("{name}: {problem}")],
    }
}

fn shown(root: &Path, path: &Path, name: &str) -> Result<String, String> {
    let source = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let function = source.strip_prefix("// show: ").and_then(|rest| rest.lines().next());
    let function = function.ok_or("the first line is not `// show: <function>`")?.trim();
    let mut loader = Disk { root: root.to_path_buf() };
    let options = Options { profile: Profile::Release, debug_info: true, ..Options::default() };
    let mut session = Session::new(&mut loader, options);
    let emitted = driver::emit(&mut session, name, EmitKind::Wat).map_err(|error| error.to_string())?;
    let text = emitted.text.ok_or("does not compile")?;
    let head = format!("  (func ${function} ");
    let lines = text.lines().skip_while(|line| !line.starts_with(&head));
    let mut body: Vec<&str> = lines.take_while(|line| *line != "  )").collect();
    if body.is_empty() {
        return Err(format!("there is no function `{function}`"));
    }
    body.push("  )");
    Ok(body.join("\n") + "\n")
}

fn compare(path: &Path, name: &str, text: &str) -> Vec<String> {
    let expected_path = path.with_extension("wat");
    if std::env::var_os("BLESS").is_some() {
        let written = std::fs::write(&expected_path, text);
        return written.err().map(|error| format!("{name}: {error}")).into_iter().collect();
    }
    let expected = std::fs::read_to_string(&expected_path).unwrap_or_default();
    if expected == text { Vec::new() } else { vec![format!("{name}: expected\n{expected}\nfound\n{text}")] }
}

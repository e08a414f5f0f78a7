//! What small functions become: the text of some functions is compared as a whole.
//!
//! The first line of `tests/wat/<name>.gal` is `// show: <function>`; its WebAssembly in release stands in `<name>.wat`. In
//! `tests/built/<name>.gal` it may name several; their MIR without any pass that can be left out stands in `<name>.mir`. `BLESS=1` writes
//! these files, and the difference is read.

use crate::loader::Disk;
use driver::{EmitKind, Options, Profile, Session};
use std::path::Path;

/// What is compared, and how a function looks there.
#[derive(Clone, Copy)]
pub enum Form {
    Wat,
    Mir,
}

impl Form {
    fn extension(self) -> &'static str {
        match self {
            Form::Wat => "wat",
            Form::Mir => "mir",
        }
    }

    fn kind(self) -> EmitKind {
        match self {
            Form::Wat => EmitKind::Wat,
            Form::Mir => EmitKind::Mir,
        }
    }

    fn options(self) -> Options {
        match self {
            Form::Wat => Options { profile: Profile::Release, debug_info: true, ..Options::default() },
            Form::Mir => Options { passes_off: driver::passes(), ..Options::default() },
        }
    }

    /// The lines of a function: all from its head to its end.
    fn function(self, text: &str, name: &str) -> Option<String> {
        let (head, end) = match self {
            Form::Wat => (format!("  (func ${name} "), "  )"),
            Form::Mir => (format!("fn @{name}("), "}"),
        };
        let lines = text.lines().skip_while(|line| !line.starts_with(&head));
        let body: Vec<&str> = lines.take_while(|line| *line != end).collect();
        if body.is_empty() { None } else { Some(format!("{}\n{end}\n", body.join("\n"))) }
    }
}

pub fn check(root: &Path, path: &Path, form: Form) -> Vec<String> {
    let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    match shown(root, path, &name, form) {
        Ok(text) => compare(&path.with_extension(form.extension()), &name, &text),
        Err(problem) => vec![format!("{name}: {problem}")],
    }
}

fn shown(root: &Path, path: &Path, name: &str, form: Form) -> Result<String, String> {
    let source = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let functions = source.strip_prefix("// show: ").and_then(|rest| rest.lines().next());
    let functions = functions.ok_or("the first line is not `// show: <function>`")?;
    let mut loader = Disk { root: root.to_path_buf() };
    let mut session = Session::new(&mut loader, form.options());
    let emitted = driver::emit(&mut session, name, form.kind()).map_err(|error| error.to_string())?;
    let text = emitted.text.ok_or("does not compile")?;
    let function = |name| form.function(&text, name).ok_or_else(|| format!("there is no function `{name}`"));
    Ok(functions.split_whitespace().map(function).collect::<Result<Vec<_>, _>>()?.join("\n"))
}

fn compare(expected_path: &Path, name: &str, text: &str) -> Vec<String> {
    if std::env::var_os("BLESS").is_some() {
        let written = std::fs::write(expected_path, text);
        return written.err().map(|error| format!("{name}: {error}")).into_iter().collect();
    }
    let expected = std::fs::read_to_string(expected_path).unwrap_or_default();
    if expected == text { Vec::new() } else { vec![format!("{name}: expected\n{expected}\nfound\n{text}")] }
}

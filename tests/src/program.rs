//! A program of `tests/run` or `examples` with its expectations, which are comments in it.
//!
//! ```text
//! // heavy                     not run on the interpreter
//! // args: one two             arguments of the program
//! // stdin: text               one line of input; several lines add up
//! // stdin-end: text           the end of the input, without a line's end; `\r` and `\n` are written so
//! // status: 101               expected exit status, 0 if absent
//! // stderr: text              must occur in standard error; several lines are all looked for
//! // flags: overflow-checks    on in every profile; `no-overflow-checks` likewise
//! // passes-off: a, b          these passes are left out in every profile
//! // only: debug               only this profile (a reason must follow in the text)
//! // panics: contained         it goes on after a panic, so it is not run where panics abort
//! // order: one                 what it prints depends on the order in which green threads run (a reason must follow in the text)
//! // leaks: unchecked          the program ends early (exit, abort): nothing is said of its allocations
//! // host: wasi              not as a process of this machine (a reason must follow in the text)
//! // dir: tests/data            a folder of the workspace that the program may read as `data`; not on the interpreter
//! //> a line                   expected standard output, unless a file `<name>.out` stands beside
//! // full-args: 40000          its arguments at the full size: `GAL_TEST_SIZE=full` also runs it with these, not on the interpreter
//! //full> a line               expected standard output at the full size
//! ```

use std::path::{Path, PathBuf};

#[derive(Clone, Debug, Default)]
pub struct Program {
    pub path: PathBuf,
    /// Relative to the workspace, as diagnostics and panics show it.
    pub name: String,
    pub text: String,
    pub is_heavy: bool,
    pub args: Vec<String>,
    pub stdin: String,
    pub status: i32,
    pub stderr: Vec<String>,
    pub overflow_checks: Option<bool>,
    pub passes_off: Vec<driver::PassInfo>,
    pub only: Option<String>,
    pub contains_panics: bool,
    pub leaks_unchecked: bool,
    pub has_one_order: bool,
    /// What it prints is so on WASI alone.
    pub is_for_wasi: bool,
    /// Folders below the workspace that the program may read, by their last component.
    pub dirs: Vec<String>,
    pub stdout: String,
    /// What is different at the full size, if the program has one.
    pub full: Option<FullSize>,
}

/// The arguments of a program at its full size, and what it prints then.
#[derive(Clone, Debug, Default)]
pub struct FullSize {
    pub args: Vec<String>,
    pub stdout: String,
}

/// The mode that a program alone is for, or no mode: what other programs import.
const ONLY: [&str; 2] = ["release", "as a module of the program beside the folder"];

impl Program {
    pub fn read(root: &Path, path: &Path) -> Result<Program, String> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let mut this = Program { path: path.to_path_buf(), name, ..Program::default() };
        for line in text.lines() {
            this.directive(line)?;
        }
        if let Ok(out) = std::fs::read_to_string(path.with_extension("out")) {
            this.stdout = out;
        }
        if this.full.as_ref().is_some_and(|full| full.args.is_empty() || full.stdout.is_empty()) {
            return Err(format!("{}: a full size needs both `full-args:` and `//full>`", this.name));
        }
        this.text = text;
        Ok(this)
    }

    /// The same program at its full size, which is too much for the interpreter.
    pub fn at_full_size(&self) -> Option<Program> {
        let FullSize { args, stdout } = self.full.clone()?;
        Some(Program { args, stdout, is_heavy: true, ..self.clone() })
    }

    /// Whether it ends because its stack does.
    pub fn overflows_stack(&self) -> bool {
        self.stderr.iter().any(|text| text.contains("stack overflow"))
    }

    /// The name that it sees itself called by.
    pub fn called(&self) -> String {
        let stem = Path::new(&self.name).file_stem();
        stem.map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    }

    fn directive(&mut self, line: &str) -> Result<(), String> {
        if let Some(expected) = line.strip_prefix("//>") {
            push_line(&mut self.stdout, expected);
            return Ok(());
        }
        if let Some(expected) = line.strip_prefix("//full>") {
            push_line(&mut self.full.get_or_insert_default().stdout, expected);
            return Ok(());
        }
        let Some(comment) = line.strip_prefix("// ") else { return Ok(()) };
        if comment == "heavy" {
            self.is_heavy = true;
        }
        let Some((key, value)) = comment.split_once(':') else { return Ok(()) };
        let value = value.trim();
        match key {
            "args" => self.args = words(value),
            "full-args" => self.full.get_or_insert_default().args = words(value),
            "stdin" => {
                self.stdin.push_str(value);
                self.stdin.push('\n');
            }
            "stdin-end" => self.stdin.push_str(&value.replace("\\r", "\r").replace("\\n", "\n")),
            "status" => {
                self.status = value.parse().map_err(|_| format!("{}: bad status {value}", self.name))?
            }
            "host" if value == "wasi" => self.is_for_wasi = true,
            "host" => return Err(format!("{}: unknown host {value}", self.name)),
            "stderr" => self.stderr.push(value.to_string()),
            "flags" => {
                self.overflow_checks = match value {
                    "overflow-checks" => Some(true),
                    "no-overflow-checks" => Some(false),
                    _ => return Err(format!("{}: unknown flag {value}", self.name)),
                }
            }
            "passes-off" => {
                let names: Vec<String> = value.split(',').map(|n| n.trim().to_string()).collect();
                self.passes_off = driver::resolve_passes_off(&names)
                    .map_err(|e| format!("{}: no pass `{}`", self.name, e.name))?;
            }
            "dir" => self.dirs.push(value.to_string()),
            "only" if ONLY.contains(&value) => self.only = Some(value.to_string()),
            "panics" if value == "contained" => self.contains_panics = true,
            "order" if value == "one" => self.has_one_order = true,
            "leaks" if value == "unchecked" => self.leaks_unchecked = true,
            "only" | "panics" | "order" | "leaks" => {
                return Err(format!("{}: `{key}` cannot be {value}", self.name));
            }
            _ => {}
        }
        Ok(())
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_string).collect()
}

fn push_line(output: &mut String, line: &str) {
    output.push_str(line.strip_prefix(' ').unwrap_or(line));
    output.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<Program, String> {
        let path = std::env::temp_dir().join(format!("gal-program-{}-{name}.gal", std::process::id()));
        std::fs::write(&path, text).expect("it can be written");
        let program = Program::read(&std::env::temp_dir(), &path);
        std::fs::remove_file(&path).expect("it is there");
        program
    }

    #[test]
    fn what_a_program_says_of_itself_is_understood() {
        for wrong in ["only: relaese", "panics: no", "order: two", "leaks: none", "flags: all", "status: x"] {
            assert!(read("wrong", &format!("// {wrong}\n")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_program_has_two_sizes() {
        let text = "// args: 1\n// full-args: 2 3\n//> one\n//full> two\n//full>\n";
        let small = read("sizes", text).expect("it is right");
        assert_eq!((small.args.join(" "), small.stdout.as_str()), ("1".to_string(), "one\n"));
        let full = small.at_full_size().expect("it has one");
        assert_eq!((full.args.join(" "), full.stdout.as_str()), ("2 3".to_string(), "two\n\n"));
        assert!(full.is_heavy && !small.is_heavy);
        assert!(read("size", "//> one\n").expect("it is right").at_full_size().is_none());
    }

    #[test]
    fn half_a_full_size_is_an_error() {
        for text in ["// full-args: 2\n//> one\n", "//full> two\n", "// full-args:\n//full> two\n"] {
            let error = read("half", text).expect_err("something is missing");
            assert!(error.ends_with("a full size needs both `full-args:` and `//full>`"), "{error}");
        }
    }
}

//! Sources as the compilers get them: copies in a folder of their own, with other constants where the program is to be
//! small.

use crate::programs::Program;
use crate::{Result, target};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The extension of the one language that has comments and constants of its own kind.
const ERLANG: &str = "erl";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Size {
    /// As it is measured.
    Full,
    /// As it is tested.
    Small,
}

/// Copies a language's folder to one for this program, and returns the path of the program's source in it.
///
/// The copy ends with a comment that no other has, as some compilers remember what they have compiled.
pub fn prepare(folder: &Path, extension: &str, key: &str, program: &Program, size: Size) -> Result<PathBuf> {
    let file = format!("{}.{extension}", program.stem());
    let source = folder.join(&file);
    let text = fs::read_to_string(&source).map_err(|error| format!("{}: {error}", source.display()))?;
    let text = match size {
        Size::Full => text,
        Size::Small => shrink(&text, &program.small).map_err(|error| format!("{file}: {error}"))?,
    };
    let target = target().join("bench").join(key).join(program.stem());
    let copied = copy_files(folder, &target);
    copied
        .map_err(|error| format!("cannot copy `{}` to `{}`: {error}", folder.display(), target.display()))?;
    let path = target.join(&file);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let comment = if extension == ERLANG { "%" } else { "//" };
    fs::write(&path, format!("{text}\n{comment} {now}\n"))
        .map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
    Ok(path)
}

fn copy_files(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Gives constants other values.
fn shrink(text: &str, constants: &[(String, i64)]) -> Result<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
    for (name, value) in constants {
        let mut found = lines.iter_mut().filter_map(|line| Some((replaced(line, name, *value)?, line)));
        let (new, line) = found.next().ok_or(format!("there is no line that defines `{name}`"))?;
        *line = new;
    }
    Ok(lines.join("\n"))
}

/// The value of a constant of a GAL program.
pub fn constant(text: &str, name: &str) -> Option<i64> {
    let line = text.lines().find(|line| replaced(line, name, 0).is_some())?;
    line.rsplit(' ').next()?.replace('_', "").parse().ok()
}

/// The line with another number at its end, if it defines this constant: `#define SIZE 10`, `const SIZE: i64 = 10;`,
/// `const size = 10`, `-define(SIZE, 10).`. Case is ignored, as languages have their ways.
fn replaced(line: &str, name: &str, value: i64) -> Option<String> {
    let rest = ["#define ", "const ", "-define("].iter().find_map(|start| line.strip_prefix(start))?;
    let defined = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()?;
    if !defined.eq_ignore_ascii_case(name) {
        return None;
    }
    let body = line.trim_end_matches([';', ')', '.']);
    let number = body.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    (number.len() < body.len()).then(|| format!("{number}{value}{}", &line[body.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contenders::{ACTORS, ALL, Contender};
    use crate::programs::{List, listed, programs};
    use crate::root;

    #[test]
    fn constants_are_replaced_in_every_language() {
        let new = |line| replaced(line, "SIZE", 7);
        assert_eq!(new("#define SIZE 1400").as_deref(), Some("#define SIZE 7"));
        assert_eq!(new("const SIZE: Int = 2_000_000").as_deref(), Some("const SIZE: Int = 7"));
        assert_eq!(new("const SIZE: usize = 10;").as_deref(), Some("const SIZE: usize = 7;"));
        assert_eq!(new("const size = 10").as_deref(), Some("const size = 7"));
        assert_eq!(new("-define(SIZE, 10).").as_deref(), Some("-define(SIZE, 7)."));
        assert_eq!(new("const SIZES = 10"), None);
        assert_eq!(new("const SIZE = other"), None);
        assert_eq!(new("    SIZE = 10"), None);
    }

    #[test]
    fn constants_are_read() {
        let text = "const SIZES: Int = 3\nconst SIZE: Int = 2_000_000\n";
        assert_eq!(constant(text, "SIZE"), Some(2_000_000));
        assert_eq!(constant(text, "LENGTH"), None);
    }

    #[test]
    fn a_constant_that_is_not_there_is_an_error() {
        let error = shrink("const A = 1", &[("B".to_string(), 2)]);
        assert_eq!(error, Err("there is no line that defines `B`".to_string()));
    }

    #[test]
    fn every_program_is_there_in_every_language_and_can_be_small() {
        let mut all = programs(&[]).expect("the list is right");
        all.push(Program::hello());
        let actors = listed(List::Actors, &[]).expect("the list is right");
        for (contenders, programs) in [(ALL, all), (ACTORS, actors)] {
            check_sources(contenders, &programs);
        }
    }

    fn check_sources(contenders: &[&dyn Contender], programs: &[Program]) {
        for contender in contenders {
            let language = contender.language();
            for program in programs {
                let file = format!("benches/{}/{}.{}", language.folder, program.stem(), language.extension);
                let text =
                    fs::read_to_string(root().join(&file)).unwrap_or_else(|_| panic!("{file} is missing"));
                assert!(shrink(&text, &program.small).is_ok(), "{file}");
            }
        }
    }
}

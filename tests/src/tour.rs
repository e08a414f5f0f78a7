//! The lessons of the playground's tour, in `playground/tour/NN-slug/`; the readme there says what belongs to one.
//!
//! [`lessons`] reads them. The `check_…` functions say what of a lesson does not hold; an empty list is good news.

use crate::docs::{self, Example};
use crate::loader::Disk;
use crate::program::Program;
use crate::run::{self, DEBUG, MODES, TIMEOUT};
use crate::{schedules, test_blocks, web};
use backends::BACKENDS;
use driver::{Compiled, Options, Profile, Session, SourceLoader, WebNames};
use std::fs;
use std::path::{Path, PathBuf};

/// How many words a lesson has, beside its title and what stands in fences.
const WORDS: std::ops::RangeInclusive<usize> = 80..=200;
const EXERCISE: &str = "## Exercise";
const FENCES: [&str; 5] = ["gal", "gal-fail", "gal-web", "output", "text"];
/// What the learner begins with, and what it may become.
const START: &str = "start.gal";
const SOLUTION: &str = "solution.gal";
/// What a snippet is called, as in other documents.
const SNIPPET: &str = "example.gal";
/// Stands in the exercises whose `start.gal` has an error, before the error's code.
const DOES_NOT_COMPILE: &str = "does not compile";

#[derive(Clone, Debug, Default)]
pub struct Lesson {
    /// The folder's: `NN-slug`.
    pub name: String,
    pub folder: PathBuf,
    pub text: String,
    pub hint: String,
    pub start: String,
    pub solution: String,
    pub stdin: String,
    pub expected: String,
}

/// All lessons in their order, and what is missing.
pub fn lessons(tour: &Path) -> (Vec<Lesson>, Vec<String>) {
    let entries = fs::read_dir(tour).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    let (mut lessons, mut failures) = (Vec::new(), Vec::new());
    for (index, folder) in folders.iter().enumerate() {
        match Lesson::read(folder) {
            Ok(lesson) => {
                failures.extend(lesson.check_number(index + 1));
                lessons.push(lesson);
            }
            Err(problem) => failures.push(problem),
        }
    }
    (lessons, failures)
}

impl Lesson {
    fn read(folder: &Path) -> Result<Lesson, String> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text =
            |file: &str| fs::read_to_string(folder.join(file)).map_err(|e| format!("{name}/{file}: {e}"));
        let stdin = if folder.join("stdin.txt").exists() { text("stdin.txt")? } else { String::new() };
        Ok(Lesson {
            text: text("lesson.md")?,
            hint: text("hint.md")?,
            start: text(START)?,
            solution: text(SOLUTION)?,
            expected: text("expected.txt")?,
            stdin,
            folder: folder.to_path_buf(),
            name,
        })
    }

    /// Lessons are numbered from 1 on, without gaps.
    fn check_number(&self, number: usize) -> Option<String> {
        let slug = self.name.strip_prefix(&format!("{number:02}-")).unwrap_or_default();
        let is_slug = !slug.is_empty() && slug.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        (!is_slug).then(|| format!("{}: its name is not `{number:02}-` and small letters", self.name))
    }

    /// Whether it needs JavaScript around it; the first line of its programs says so.
    pub fn is_for_the_web(&self) -> bool {
        run::target_of(&self.solution).is_web()
    }

    /// The code of the error that `start.gal` has, if the exercise says that it does not compile.
    fn error_of_the_start(&self) -> Result<Option<&str>, String> {
        let Some((_, exercise)) = self.text.split_once(EXERCISE) else { return Ok(None) };
        let Some((_, behind)) = exercise.split_once(DOES_NOT_COMPILE) else { return Ok(None) };
        match behind.split('`').nth(1) {
            Some(code) => Ok(Some(code)),
            None => Err(self.tell("the exercise does not say which error its program has")),
        }
    }

    fn tell(&self, problem: &str) -> String {
        format!("{}: {problem}", self.name)
    }

    fn program(&self, file: &str) -> Program {
        Program {
            name: file.to_string(),
            stdin: self.stdin.clone(),
            stdout: self.expected.clone(),
            // Some lessons are about actors that panic.
            contains_panics: true,
            ..Program::default()
        }
    }

    fn disk(&self) -> Disk {
        Disk { root: self.folder.clone() }
    }

    /// Compiles one of its files for the target that it names.
    fn compiled(&self, file: &str, profile: Profile) -> Result<Compiled, String> {
        let text = if file == START { &self.start } else { &self.solution };
        let options = Options { target: run::target_of(text), profile, ..self.options(file) };
        compiled(&mut self.disk(), file, options)
    }

    fn options(&self, file: &str) -> Options {
        run::options(&self.program(file), DEBUG)
    }
}

/// Title, sections, length, and fences whose language means something.
pub fn check_text(lesson: &Lesson) -> Vec<String> {
    let mut failures = Vec::new();
    let mut tell = |problem: String| failures.push(lesson.tell(&problem));
    if !lesson.text.starts_with("# ") {
        tell("its first line is not `# Title`".to_string());
    }
    let (words, fences) = (words(&lesson.text), fences(&lesson.text));
    if !WORDS.contains(&words) {
        tell(format!("{words} words, and not {} to {}", WORDS.start(), WORDS.end()));
    }
    let headings: Vec<&str> = lesson.text.lines().filter(|line| line.starts_with("##")).collect();
    if headings != [EXERCISE] {
        tell(format!("its sections are {headings:?}, and not `{EXERCISE}` alone"));
    }
    if lesson.text.split_once(EXERCISE).is_some_and(|(_, exercise)| exercise.trim().is_empty()) {
        tell("its exercise is empty".to_string());
    }
    for fence in fences.iter().filter(|fence| !FENCES.contains(&fence.as_str())) {
        tell(format!("there is a fence `{fence}`"));
    }
    if lesson.hint.trim().is_empty() {
        tell("its hint is empty".to_string());
    }
    failures.extend(lesson.error_of_the_start().err());
    failures
}

/// What opens the fenced blocks of a text.
fn fences(text: &str) -> Vec<String> {
    let marks = text.lines().filter_map(|line| line.trim_start().strip_prefix("```"));
    marks.step_by(2).map(|mark| mark.trim().to_string()).collect()
}

/// The words of a lesson behind its title and outside of fences.
fn words(text: &str) -> usize {
    let mut is_fenced = false;
    let mut count = 0;
    for line in text.lines().skip(1) {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        } else if !is_fenced {
            count += line.split_whitespace().count();
        }
    }
    count
}

/// The files and the snippets are as the formatter would have them.
pub fn check_layout(lesson: &Lesson) -> Vec<String> {
    let mut texts: Vec<(String, String)> = Vec::new();
    let mut failures = Vec::new();
    for path in crate::files(&lesson.folder, "gal") {
        match fs::read_to_string(&path) {
            Ok(text) => texts.push((path.display().to_string(), text)),
            Err(error) => failures.push(format!("{}: {error}", path.display())),
        }
    }
    texts.extend(snippets(lesson).into_iter().map(|snippet| (snippet.name(), snippet.text)));
    for (name, text) in texts {
        match driver::format(&name, &text) {
            Ok(formatted) if formatted.text.as_deref() == Some(text.as_str()) => {}
            Ok(_) => failures.push(format!("{name}: `galc fmt` would change it")),
            Err(error) => failures.push(format!("{name}: {error}")),
        }
    }
    failures
}

fn snippets(lesson: &Lesson) -> Vec<Example> {
    docs::examples(&format!("{}/lesson.md", lesson.name), &lesson.text)
}

/// Snippets compile, or do not where they should not, print what stands behind them, and get the messages that do.
pub fn check_snippets(engine: &wasi::Engine, lesson: &Lesson) -> Vec<String> {
    let check = |snippet: &Example| {
        check_snippet(engine, lesson, snippet).err().map(|problem| format!("{}: {problem}", snippet.name()))
    };
    snippets(lesson).iter().filter_map(check).collect()
}

fn check_snippet(engine: &wasi::Engine, lesson: &Lesson, snippet: &Example) -> Result<(), String> {
    let mut options = lesson.options(SNIPPET);
    if snippet.is_web {
        options.target = &driver::WASM32_WEB;
    }
    let mut loader = Beside { folder: lesson.disk(), text: snippet.program() };
    let compiled = compiled(&mut loader, SNIPPET, options)?;
    let found = messages(&compiled);
    if let Some(missing) = snippet.messages.iter().find(|message| !found.contains(message)) {
        return Err(format!("`{missing}` is not among {found:?}"));
    }
    let Some(output) = compiled.output else {
        return if snippet.must_fail { Ok(()) } else { Err(format!("does not compile: {found:?}")) };
    };
    if snippet.must_fail {
        return Err("must not compile, but does".to_string());
    }
    if snippet.is_web {
        return Ok(());
    }
    let expected = snippet.output.clone();
    let program = Program {
        name: SNIPPET.to_string(),
        stdout: expected.clone().unwrap_or_default(),
        ..Program::default()
    };
    let outcome = run::execute(engine, &output.artifact.bytes, &program)?;
    let (stdout, stderr) = (outcome.stdout_text(), outcome.stderr_text());
    run::compare(&program, outcome.status, &stdout, &stderr, expected.is_some())
}

/// A text as a file in the folder of a lesson, so that it sees the modules there.
struct Beside {
    folder: Disk,
    text: String,
}

impl SourceLoader for Beside {
    fn load(&mut self, path: &str) -> Option<String> {
        if path == SNIPPET { Some(self.text.clone()) } else { self.folder.load(path) }
    }

    fn exists(&mut self, path: &str) -> bool {
        path == SNIPPET || self.folder.exists(path)
    }
}

/// The solution is compiled without a warning, and prints what is expected, in both profiles, on the interpreter and in all orders.
pub fn check_solution(engine: &wasi::Engine, lesson: &Lesson) -> Vec<String> {
    let mut failures = Vec::new();
    match lesson.compiled(SOLUTION, Profile::Debug) {
        Ok(compiled) if messages(&compiled).is_empty() => {}
        Ok(compiled) => failures.push(format!("{SOLUTION}: {:?}", messages(&compiled))),
        Err(problem) => failures.push(problem),
    }
    if !lesson.is_for_the_web() {
        let program = lesson.program(SOLUTION);
        failures.extend(run::check_program(&lesson.folder, engine, &program, MODES, crate::is_full()));
        failures.extend(schedules::check_seeds(&lesson.folder, engine, &program).err());
    }
    failures.iter().map(|failure| lesson.tell(failure)).collect()
}

/// What the learner begins with is compiled, but prints something else; or it has the error that the exercise tells of.
pub fn check_start(engine: &wasi::Engine, lesson: &Lesson) -> Vec<String> {
    let profiles = [Profile::Debug, Profile::Release];
    let check = |profile| check_start_in(engine, lesson, profile);
    profiles.into_iter().filter_map(|p| check(p).err()).map(|problem| lesson.tell(&problem)).collect()
}

fn check_start_in(engine: &wasi::Engine, lesson: &Lesson, profile: Profile) -> Result<(), String> {
    let compiled = lesson.compiled(START, profile)?;
    let found = messages(&compiled);
    if let Some(code) = lesson.error_of_the_start()? {
        let has_code = found.iter().any(|message| message.starts_with(&format!("error[{code}]")));
        return if has_code { Ok(()) } else { Err(format!("{START}: `{code}` is not among {found:?}")) };
    }
    let output = compiled.output.ok_or_else(|| format!("{START} does not compile: {found:?}"))?;
    if lesson.is_for_the_web() {
        return Ok(());
    }
    let outcome = run::execute(engine, &output.artifact.bytes, &lesson.program(START))?;
    is_different(lesson, &outcome.stdout_text())
}

/// As the playground compares: blanks at the ends of lines and of the text do not count.
fn is_different(lesson: &Lesson, stdout: &str) -> Result<(), String> {
    let lines =
        |text: &str| text.trim_end().lines().map(|line| line.trim_end().to_string()).collect::<Vec<_>>();
    if lines(stdout) == lines(&lesson.expected) {
        return Err(format!("{START} prints what is expected already"));
    }
    Ok(())
}

/// Both programs in Node, as the playground has them: the solution prints what is expected, the other one does not.
pub fn check_in_javascript(lesson: &Lesson) -> Vec<String> {
    let solution = run_in_javascript(lesson, SOLUTION).and_then(|outcome| {
        run::compare(&lesson.program(SOLUTION), outcome.status, &outcome.stdout, &outcome.stderr, true)
    });
    let start = match lesson.error_of_the_start() {
        Ok(Some(_)) => Ok(()),
        Ok(None) => {
            run_in_javascript(lesson, START).and_then(|outcome| is_different(lesson, &outcome.stdout))
        }
        Err(problem) => Err(problem),
    };
    [solution, start].into_iter().filter_map(Result::err).map(|problem| lesson.tell(&problem)).collect()
}

fn run_in_javascript(lesson: &Lesson, file: &str) -> Result<web::Outcome, String> {
    let options = Options { target: &driver::WASM32_WEB, ..lesson.options(file) };
    let compiled = compiled(&mut lesson.disk(), file, options)?;
    let found = messages(&compiled);
    let output = compiled.output.ok_or_else(|| format!("{file} does not compile: {found:?}"))?;
    let interface = output.web.ok_or("a program for JavaScript has no interface")?;
    let bytes = &output.artifact.bytes;
    let names = WebNames {
        module_file: "./program.wasm".to_string(),
        program: file.trim_end_matches(".gal").to_string(),
        source: file.to_string(),
        runtime: package_file("node"),
        is_64: false,
    };
    let script = interface.js(&names, bytes, &|module: &str| {
        module.strip_prefix("@gal-lang/runtime/").map_or_else(|| module.to_string(), package_file)
    });
    web::Engine::Node.run_with(bytes, Some(&script), &lesson.program(file), TIMEOUT)
}

/// A file of the npm package, which the module beside a program imports.
fn package_file(name: &str) -> String {
    crate::root().join(format!("runtime-wasm/dist/{name}.js")).display().to_string()
}

/// Where a lesson has `test` blocks, the solution passes them, and what the learner begins with does not.
pub fn check_test_blocks(engine: &wasi::Engine, lesson: &Lesson) -> Vec<String> {
    let mut failures = Vec::new();
    if has_test_blocks(&lesson.solution) {
        let passed = test_blocks::check_test_blocks(&lesson.folder, engine, SOLUTION, Profile::Debug);
        failures.extend(passed.err().unwrap_or_default());
    }
    if has_test_blocks(&lesson.start) {
        match test_blocks::check_test_blocks(&lesson.folder, engine, START, Profile::Debug) {
            Ok(_) => failures.push(format!("the tests of {START} pass already")),
            Err(found) if found.iter().all(|failure| failure.contains("assertion failed")) => {}
            Err(found) => failures.extend(found),
        }
    }
    failures.iter().map(|failure| lesson.tell(failure)).collect()
}

pub fn has_test_blocks(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("test \""))
}

fn compiled(loader: &mut dyn SourceLoader, entry: &str, options: Options) -> Result<Compiled, String> {
    let mut session = Session::new(loader, options).with_backends(BACKENDS);
    driver::compile(&mut session, entry).map_err(|e| e.to_string())
}

/// The first lines of all diagnostics, as people see them.
fn messages(compiled: &Compiled) -> Vec<String> {
    let level = |is_error| if is_error { "error" } else { "warning" };
    let diagnostics = compiled.checked.diagnostics.iter();
    diagnostics.map(|d| format!("{}[{}]: {}", level(d.is_error()), d.code, d.message)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# A title\n\nThree small words.\n\n```gal\nfn f() {}\n```\n\n## Exercise\n\nIt does not compile: `private`.\n";

    fn lesson(text: &str) -> Lesson {
        Lesson {
            name: "01-a".to_string(),
            text: text.to_string(),
            hint: "h".to_string(),
            ..Lesson::default()
        }
    }

    #[test]
    fn words_are_counted_outside_of_fences_and_without_the_title() {
        assert_eq!(words(TEXT), 3 + 2 + 5);
    }

    #[test]
    fn a_lesson_that_is_not_as_it_should_be_is_told() {
        let found = check_text(&lesson("No title\n\n## Other\n\n```rust\n```\n"));
        for part in ["first line", "words", "sections", "`rust`"] {
            assert!(found.iter().any(|failure| failure.contains(part)), "{part}: {found:?}");
        }
        assert_eq!(check_text(&lesson(TEXT)).len(), 1, "it is too short, and nothing else");
    }

    #[test]
    fn the_exercise_names_the_error() {
        assert_eq!(lesson(TEXT).error_of_the_start(), Ok(Some("private")));
        assert_eq!(lesson("# A\n\n## Exercise\n\nWrite `it`.\n").error_of_the_start(), Ok(None));
        assert!(lesson("# A\n\n## Exercise\n\nIt does not compile.\n").error_of_the_start().is_err());
    }

    #[test]
    fn numbers_have_no_gaps() {
        assert_eq!(lesson(TEXT).check_number(1), None);
        assert!(lesson(TEXT).check_number(2).is_some());
    }
}

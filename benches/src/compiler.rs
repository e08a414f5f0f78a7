//! The compiler's own speed: the front end on many lines, galc as a fresh process, the size of hello world.

use crate::gal::{self, RootLoader, first_error};
use crate::stats::{median, milliseconds};
use crate::{Options, Result, root};
use driver::{BackendKind, Session, SourceLoader};
use std::collections::HashMap;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What the project wants to reach.
const LINES_PER_SECOND: f64 = 400_000.0;
const CHECK_LIMIT: Duration = Duration::from_millis(30);
/// How often the front end is timed.
const CHECKS: usize = 5;
const HELLO_BYTES: usize = 1_000;

/// The command that checks once.
pub const FRONT_END: &str = "front-end-once";

const HELLO: &str = "examples/hello.gal";

pub fn compiler(options: &Options) -> Result {
    let results = [hello_size(), fresh_process(), front_end(options.lines)];
    let failures: Vec<String> = results.into_iter().filter_map(std::result::Result::err).collect();
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
}

fn verdict(holds: bool) -> &'static str {
    if holds { "reached" } else { "missed" }
}

fn hello_size() -> Result {
    let (wasm, times) =
        gal::compile(HELLO, gal::Build { backend: BackendKind::Wasm, no_opt: false, is_native: false })?;
    let size = wasm.len();
    println!("{HELLO}: {size} bytes (at most {HELLO_BYTES}: {})", verdict(size <= HELLO_BYTES));
    println!("{HELLO}: compiled in {:.2} ms", milliseconds(times.total()));
    Ok(())
}

/// `galc check` of hello world, from start to end of the process.
fn fresh_process() -> Result {
    let galc = gal::galc()?;
    let mut times = Vec::new();
    for _ in 0..20 {
        let begin = Instant::now();
        let output = Command::new(&galc).args(["check", HELLO]).current_dir(root()).output();
        times.push(begin.elapsed());
        let output = output.map_err(|error| format!("`{}` cannot be run: {error}", galc.display()))?;
        if !output.status.success() {
            return Err(format!(
                "`galc check {HELLO}` fails: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            ));
        }
    }
    let time = median(times);
    let limit = milliseconds(CHECK_LIMIT);
    println!(
        "galc check {HELLO}: {:.1} ms (at most {limit}: {})",
        milliseconds(time),
        verdict(time <= CHECK_LIMIT)
    );
    Ok(())
}

/// Modules in memory, before those on the disk.
struct Modules(HashMap<String, String>);

impl SourceLoader for Modules {
    fn load(&mut self, path: &str) -> Option<String> {
        // Each is asked for once, and given away: a copy would be none of the compiler's work.
        self.0.remove(path).or_else(|| RootLoader.load(path))
    }

    fn exists(&mut self, path: &str) -> bool {
        // The disk is asked for the library only: what is measured is the compiler.
        self.0.contains_key(path) || (path.starts_with("library/") && RootLoader.exists(path))
    }
}

/// Checks a program made of the programs in `tests/run`, again and again under other module names until there are
/// enough lines. A program that does not get along with the others is left out, and all is done again.
fn front_end(lines: usize) -> Result {
    let mut sources = sound_sources();
    while !sources.is_empty() {
        let (mut modules, count) = repeat(&sources, lines);
        let files = modules.0.len();
        let mut session = Session::new(&mut modules, driver::Options::default());
        let checked = driver::check(&mut session, "main.gal").map_err(|error| error.to_string())?;
        if !checked.has_errors() {
            print_speed(count, files, check_afresh(&sources, lines)?);
            return Ok(());
        }
        let message = first_error(&checked);
        let module = message.strip_prefix('m').and_then(|rest| rest.split('.').next()?.parse::<usize>().ok());
        let Some(module) = module else {
            return Err(format!("the front end's program has errors: {message}"));
        };
        println!("left out: {message}");
        sources.remove(module % sources.len());
    }
    Err("there are no programs in tests/run".to_string())
}

/// The times of some checks, each in a process of its own: what this one did before has scattered its memory.
fn check_afresh(sources: &[String], lines: usize) -> Result<Vec<Duration>> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut times = Vec::new();
    for _ in 0..CHECKS {
        let mut command = Command::new(&this);
        command.args([FRONT_END, "--lines", &lines.to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let stdin = child.stdin.take().ok_or("no standard input")?;
        BufWriter::new(stdin).write_all(sources.join("\0").as_bytes()).map_err(|error| error.to_string())?;
        let output = child.wait_with_output().map_err(|error| error.to_string())?;
        let nanos = String::from_utf8_lossy(&output.stdout).trim().parse();
        times.push(Duration::from_nanos(nanos.map_err(|_| "the process that checks failed")?));
    }
    Ok(times)
}

/// Checks the sources on standard input, between which a zero byte stands, and prints how many nanoseconds it took.
pub fn front_end_once(options: &Options) -> Result {
    let text = std::io::read_to_string(std::io::stdin()).map_err(|error| error.to_string())?;
    let sources: Vec<String> = text.split('\0').map(str::to_string).collect();
    println!("{}", check_once(&sources, options.lines)?.as_nanos());
    Ok(())
}

/// How long it takes to check so many lines of the sources.
pub fn check_once(sources: &[String], lines: usize) -> Result<Duration> {
    let (mut modules, _) = repeat(sources, lines);
    let mut session = Session::new(&mut modules, driver::Options::default());
    let begin = Instant::now();
    let checked = driver::check(&mut session, "main.gal").map_err(|error| error.to_string())?;
    let time = begin.elapsed();
    if checked.has_errors() { Err(first_error(&checked)) } else { Ok(time) }
}

/// Modules with the sources in turn, until they have so many lines; and how many lines they have.
fn repeat(sources: &[String], lines: usize) -> (Modules, usize) {
    let mut modules = HashMap::new();
    let mut entry = String::new();
    let mut count = 0;
    for (index, source) in sources.iter().cycle().enumerate() {
        if count >= lines {
            break;
        }
        // At least one, so that this ends.
        count += code_lines(source).max(1);
        // What nobody uses would be a warning for each module, which is none of the programs' work.
        entry.push_str(&format!("pub use m{index}\n"));
        modules.insert(format!("m{index}.gal"), source.clone());
    }
    entry.push_str("fn main() {}\n");
    modules.insert("main.gal".to_string(), entry);
    (Modules(modules), count)
}

/// The median counts; the fastest shows how much of it is the machine's unrest.
fn print_speed(lines: usize, files: usize, times: Vec<Duration>) {
    let fastest = milliseconds(times.iter().min().copied().unwrap_or_default());
    let time = median(times);
    let speed = lines as f64 / time.as_secs_f64();
    println!(
        "front end: {lines} lines in {files} modules, {:.0} ms (fastest {fastest:.0}), {speed:.0} lines a second \
         (at least {LINES_PER_SECOND}: {})",
        milliseconds(time),
        verdict(speed >= LINES_PER_SECOND)
    );
}

/// Lines that are neither blank nor only a comment.
fn code_lines(text: &str) -> usize {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

/// The programs in `tests/run` that have no errors each by itself; the others are named and left out.
pub fn sound_sources() -> Vec<String> {
    let mut sound = Vec::new();
    for path in sources(&root().join("tests/run")) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let mut loader = Modules(HashMap::from([("main.gal".to_string(), text.clone())]));
        let mut session = Session::new(&mut loader, driver::Options::default());
        match driver::check(&mut session, "main.gal") {
            Ok(checked) if !checked.has_errors() => sound.push(text),
            Ok(checked) => println!("left out: {}: {}", path.display(), first_error(&checked)),
            Err(error) => println!("left out: {}: {error}", path.display()),
        }
    }
    sound
}

pub fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "gal") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

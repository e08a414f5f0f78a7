//! Damaged programs: each ends in a module or in diagnostics that point into its sources, without a panic and in time.
//!
//! Texts come from the corpora, cut short or changed in a few places by a generator with a fixed seed, so that a failure repeats;
//! its text is written to the target folder and named. What still compiles is compiled in debug and release, with the
//! checkers of the intermediate forms on, and the module is validated.

use crate::loader::Memory;
use driver::{DriverError, Options, Profile, Session};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// No text of the corpus is anywhere near as slow; an endless loop ends here only once it is over, but then it is named.
const TIME_MAX: Duration = Duration::from_secs(20);

/// A generator of numbers: Marsaglia's xorshift64.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() >> 11) as usize % n.max(1)
    }
}

/// What is put in: pieces that meet rarely, and some that mean much.
const PIECES: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "\"",
    "{{",
    "}}",
    "'",
    "\\",
    "\n",
    ";",
    ",",
    ".",
    "..",
    "..=",
    "=>",
    "->",
    "=",
    "|",
    "||",
    "&&",
    "?",
    "@",
    ":",
    "!",
    "-",
    "**",
    "+",
    "%",
    " as ",
    " is ",
    "if ",
    "else ",
    "match ",
    "fn ",
    "impl ",
    "struct ",
    "enum ",
    "trait ",
    "let ",
    "let mut ",
    "mut ",
    "try ",
    "catch ",
    "when ",
    "use ",
    "unsafe\n",
    "r#\"",
    "\"\"\"",
    "/*",
    "*/",
    "//",
    "0x",
    "1e",
    "9223372036854775808",
    "-1",
    "0",
    "1.5f32",
    "5s",
    "é",
    "\u{1F600}",
    "\u{0}",
    "\r\n",
    "self",
    "Self",
    ".<",
    " in ",
    "loop ",
    "while ",
    "for ",
    "return ",
    "break ",
    "continue ",
    "where ",
    "iso ",
    "const ",
    "test \"x\" ",
    "pub ",
    "dyn ",
    "None",
    "Some(",
    "Ok(",
    "Int",
    "String",
    "Array<",
    "Map<",
    "T",
    "_",
    "true",
    "()",
    "|x| x",
    "actor ",
    "async ",
    "spawn ",
    "export ",
];

/// The text with up to six changes, or cut off.
pub fn mutate(text: &str, rng: &mut Rng) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=rng.below(6) {
        let at = rng.below(chars.len());
        match rng.below(8) {
            0 => chars.truncate(at),
            1 => drop(chars.drain(at..(at + rng.below(12)).min(chars.len()))),
            2 | 3 => drop(chars.splice(at..at, PIECES[rng.below(PIECES.len())].chars())),
            4 => {
                let from = rng.below(chars.len());
                let piece: Vec<char> = chars[from..(from + rng.below(80)).min(chars.len())].to_vec();
                chars.splice(at..at, piece);
            }
            5 => swap_words(&mut chars, rng),
            6 if !chars.is_empty() => chars[at] = char::from(32 + rng.below(95) as u8),
            _ => drop(chars.splice(at..(at + 1).min(chars.len()), PIECES[rng.below(PIECES.len())].chars())),
        }
    }
    chars.into_iter().collect()
}

/// Puts a name of the text where another one stands: such texts get past the parser.
fn swap_words(chars: &mut Vec<char>, rng: &mut Rng) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let word_at = |chars: &[char], at: usize| {
        let from = chars[..at].iter().rposition(|c| !is_word(*c)).map_or(0, |i| i + 1);
        let to = chars[at..].iter().position(|c| !is_word(*c)).map_or(chars.len(), |i| at + i);
        from..to
    };
    let mut pick = || {
        let start = rng.below(chars.len());
        (start..chars.len()).find(|i| is_word(chars[*i])).map(|at| word_at(chars, at))
    };
    if let (Some(from), Some(to)) = (pick(), pick()) {
        let word: Vec<char> = chars[from].to_vec();
        chars.splice(to, word);
    }
}

/// What is wrong with how the compiler takes a text.
pub fn check(text: &str) -> Option<String> {
    let begin = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| {
        both_profiles(text).and_then(|compiles| if compiles { Ok(()) } else { formatting(text) })
    }));
    let problem = match result {
        Ok(Ok(())) => None,
        Ok(Err(problem)) => Some(problem),
        Err(panic) => Some(format!("panic: {}", message(&*panic))),
    };
    problem.or_else(|| (begin.elapsed() > TIME_MAX).then(|| format!("took {:?}", begin.elapsed())))
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("without a message").to_string()
}

/// Whether the text compiles.
fn both_profiles(text: &str) -> Result<bool, String> {
    for profile in [Profile::Debug, Profile::Release] {
        let mut loader = Memory { name: "fuzz.gal".to_string(), text: text.to_string() };
        let options = Options { profile, verify: true, ..Options::default() };
        let mut session = Session::new(&mut loader, options);
        let compiled = match driver::compile(&mut session, "fuzz.gal") {
            Ok(compiled) => compiled,
            Err(DriverError::Limit(_)) => return Ok(true),
            Err(error) => return Err(error.to_string()),
        };
        let Some(output) = compiled.output else { return spans(&compiled.checked).map(|()| false) };
        wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
            .validate_all(&output.wasm)
            .map_err(|error| format!("invalid module: {error}"))?;
    }
    Ok(true)
}

/// Errors there must be, each with a message and a place in a source.
fn spans(checked: &driver::Checked) -> Result<(), String> {
    if !checked.has_errors() {
        return Err("there is neither a module nor an error".to_string());
    }
    for diagnostic in &checked.diagnostics {
        if diagnostic.code == "internal-error" {
            return Err(format!("an internal error: {}", diagnostic.message));
        }
        let placed =
            diagnostic.labels.first().is_some_and(|label| checked.source_map.locate(label.span).is_some());
        if !placed || diagnostic.message.is_empty() {
            return Err(format!("a diagnostic without a place: {diagnostic:?}"));
        }
        // Rendering looks at every label, note and fix.
        let shown = report::human(diagnostic, &checked.source_map, report::Style::Plain);
        if shown.is_empty() {
            return Err(format!("a diagnostic that shows nothing: {diagnostic:?}"));
        }
    }
    Ok(())
}

fn formatting(text: &str) -> Result<(), String> {
    driver::format("fuzz.gal", text).map(|_| ()).map_err(|error| error.to_string())
}

//! Generated programs: each does the same however it is compiled. What differs is reduced to a small program.
//!
//! The first configuration that can run a program says what is right; the others must agree in output, standard error and
//! status. Overflow checks are the program's own, the same in all profiles; leaks are looked for in all. A program that the
//! checker does not take is a failure as well: either the generator or the checker is wrong.

use crate::loader::Memory;
use crate::native;
use crate::program::Program;
use crate::run::{self, Kept, Mode, RunsOn};
use driver::{DriverError, Session};
use generate::Record;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Programs are made to take some 100,000 steps; what takes so many is not run on the interpreter.
const STEPS_MAX: u64 = 30_000_000;
/// A program that does not end is stopped.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Programs tried for making one smaller.
const TRIALS: usize = 2_500;

/// How programs are compiled and run.
pub const CONFIGURATIONS: &[Mode] = &[
    run::MODES[0],
    run::MODES[1],
    run::MODES[2],
    run::MODES[3],
    #[cfg(feature = "llvm")]
    run::LLVM_MODES[0],
    #[cfg(feature = "llvm")]
    run::LLVM_MODES[2],
    #[cfg(all(feature = "llvm", target_os = "linux", target_arch = "x86_64"))]
    run::NATIVE_MODES[2],
    run::WASM64_MODES[1],
];

/// What a program did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// What is wrong with a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    pub kind: Kind,
    /// The place in [`CONFIGURATIONS`] where it shows.
    pub configuration: usize,
    pub text: String,
}

/// Reducing keeps the kind, so that it does not go from one fault to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The checker does not take it. With the code of its first message.
    Rejected(String),
    /// The compiler fails. With the first words of what it says.
    Compiler(String),
    Differs,
    Leaks,
    /// It is stopped, or ends in a trap.
    Fatal,
}

/// How often what happened, over many programs.
#[derive(Default)]
pub struct Counts {
    pub runs: [AtomicUsize; 8],
    pub over_limit: AtomicUsize,
    pub panics: AtomicUsize,
}

pub struct Suite {
    pub engine: wasi::Engine,
    pub counts: Counts,
}

impl Default for Suite {
    fn default() -> Suite {
        // The programs run for milliseconds.
        Suite { engine: wasi::Engine::fast_compile(), counts: Counts::default() }
    }
}

impl Suite {
    /// Runs a program in some of the configurations, which are in order.
    pub fn check(&self, text: &str, checks_overflow: bool, configurations: &[usize]) -> Option<Fault> {
        let mut first: Option<(usize, Outcome)> = None;
        let mut kept = Kept::default();
        for configuration in configurations.iter().copied() {
            let outcome = match self.run(text, checks_overflow, configuration, &mut kept) {
                Ok(Some(outcome)) => outcome,
                Ok(None) => continue,
                Err((kind, text)) => return Some(Fault { kind, configuration, text }),
            };
            self.counts.runs[configuration].fetch_add(1, Ordering::Relaxed);
            if let Some(fault) = fault_of(&outcome, configuration) {
                return Some(fault);
            }
            match &first {
                None => {
                    self.counts.panics.fetch_add(usize::from(outcome.status == 101), Ordering::Relaxed);
                    first = Some((configuration, outcome));
                }
                Some((reference, expected)) if *expected != outcome => {
                    let names = [CONFIGURATIONS[*reference].name, CONFIGURATIONS[configuration].name];
                    let text = difference(names, expected, &outcome);
                    return Some(Fault { kind: Kind::Differs, configuration, text });
                }
                Some(_) => {}
            }
        }
        None
    }

    /// None for a program that takes too long on the interpreter.
    fn run(
        &self,
        text: &str,
        checks_overflow: bool,
        configuration: usize,
        kept: &mut Kept,
    ) -> Result<Option<Outcome>, (Kind, String)> {
        let mode = CONFIGURATIONS[configuration];
        let result = catch_unwind(AssertUnwindSafe(|| match mode.runs_on {
            RunsOn::Interpreter => self.interpret(text, checks_overflow, mode, kept),
            _ => self.execute(text, checks_overflow, mode, kept).map(Some),
        }));
        result.unwrap_or_else(|panic| {
            let message = crate::fuzz::message(&*panic);
            Err((compiler_fault(&message), format!("the compiler panics: {message}")))
        })
    }

    fn interpret(
        &self,
        text: &str,
        checks_overflow: bool,
        mode: Mode,
        kept: &mut Kept,
    ) -> Result<Option<Outcome>, (Kind, String)> {
        let (program, mut loader) = (program(checks_overflow), memory(text));
        let mut session = Session::new(&mut loader, run::options(&program, mode));
        let made = kept.program(&mut session, NAME).map_err(classified)?;
        let outcome = made.interpret(&mut session, &[], &[], STEPS_MAX);
        kept.keep(session, made);
        match outcome {
            Ok(driver::Interpreted { status, stdout, stderr }) => {
                Ok(Some(Outcome { status, stdout, stderr }))
            }
            Err(DriverError::Limit(_)) => {
                self.counts.over_limit.fetch_add(1, Ordering::Relaxed);
                Ok(None)
            }
            Err(error) => Err((compiler_fault(&error.to_string()), error.to_string())),
        }
    }

    fn execute(
        &self,
        text: &str,
        checks_overflow: bool,
        mode: Mode,
        kept: &mut Kept,
    ) -> Result<Outcome, (Kind, String)> {
        let (program, mut loader) = (program(checks_overflow), memory(text));
        let options = run::options(&program, mode);
        let made = kept.compile(&mut loader, NAME, options).map_err(classified)?.bytes;
        if matches!(mode.runs_on, RunsOn::Native(_)) {
            let native::Outcome { status, stdout, stderr } = native::run(&made, &program, TIMEOUT)
                .map_err(|problem| (compiler_fault(&problem), problem))?;
            return Ok(Outcome { status, stdout, stderr });
        }
        let outcome = run::execute(&self.engine, &made, &program)
            .map_err(|problem| (compiler_fault(&problem), problem))?;
        Ok(Outcome { status: outcome.status, stdout: outcome.stdout_text(), stderr: outcome.stderr_text() })
    }

    /// A smaller program with the same fault, and the fault that it has.
    pub fn reduce(&self, record: Record, fault: &Fault) -> (generate::Program, Fault) {
        // Those that agree tell nothing; the first says what is right.
        let mut configurations = vec![0, fault.configuration];
        if fault.kind == Kind::Differs && fault.configuration > 0 {
            let program = generate::replay(&record.made);
            let pair = self.check(&program.text, program.checks_overflow, &configurations);
            if pair.is_none() {
                configurations = (0..=fault.configuration).collect();
            }
        }
        configurations.dedup();
        let mut trial = |made: &[u64]| {
            let program = generate::replay(made);
            let found = self.check(&program.text, program.checks_overflow, &configurations);
            (program.record, found.is_some_and(|found| found.kind == fault.kind))
        };
        let small = generate::shrink(record, TRIALS, &mut trial);
        let program = generate::replay(&small.made);
        let found = self.check(&program.text, program.checks_overflow, &configurations);
        (program, found.unwrap_or_else(|| fault.clone()))
    }
}

/// As it stands in messages of panics, which are compared.
const NAME: &str = "generated.gal";

fn memory(text: &str) -> Memory {
    Memory { name: NAME.to_string(), text: text.into() }
}

fn program(checks_overflow: bool) -> Program {
    Program { name: NAME.to_string(), overflow_checks: Some(checks_overflow), ..Program::default() }
}

/// Whose fault it is that there is nothing to run.
fn classified(problem: String) -> (Kind, String) {
    let kind = match problem.starts_with("does not compile") {
        true => rejected(&problem),
        false => compiler_fault(&problem),
    };
    (kind, problem)
}

fn rejected(problem: &str) -> Kind {
    let code = problem.lines().find_map(|line| line.strip_prefix("error[")?.split(']').next());
    Kind::Rejected(code.unwrap_or("unknown").to_string())
}

fn compiler_fault(message: &str) -> Kind {
    let words = message.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).take(6);
    Kind::Compiler(words.collect::<Vec<_>>().join(" "))
}

/// What is wrong with an outcome, whatever the others are.
fn fault_of(outcome: &Outcome, configuration: usize) -> Option<Fault> {
    let kind = match outcome.status {
        _ if outcome.stderr.contains("leak") => Kind::Leaks,
        0 | 101 => return None,
        103 => Kind::Leaks,
        _ => Kind::Fatal,
    };
    let text = format!("status {}\n{}", outcome.status, run::clip(&outcome.stderr));
    Some(Fault { kind, configuration, text })
}

fn difference(names: [&str; 2], expected: &Outcome, found: &Outcome) -> String {
    let mut text = format!("{} and {} differ", names[0], names[1]);
    if expected.status != found.status {
        text += &format!("; status {} and {}", expected.status, found.status);
    }
    if expected.stdout != found.stdout {
        text += &format!("; output: {}", run::first_difference(&expected.stdout, &found.stdout));
    }
    if expected.stderr != found.stderr {
        text += &format!("; standard error: {}", run::first_difference(&expected.stderr, &found.stderr));
    }
    text
}

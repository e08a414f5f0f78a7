//! Passes over whole programs, and the order in which they run: [`optimize`].

mod elaborate;
mod emit_drops;
pub(crate) mod nounwind;

use crate::facts::TypeFacts;
use crate::ir::*;

/// An optional pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PassInfo {
    pub name: &'static str,
    pub description: &'static str,
}

/// All passes that can be switched off, in the order in which they first run.
pub const PASSES: &[PassInfo] = &[];

/// What `optimize` is to do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PassOptions {
    /// Names out of [`PASSES`] of what is left out; `all` stands for all of them.
    pub off: Vec<String>,
    /// Verifies after every pass and certifies at the end, as builds with debug assertions always do.
    pub certify: bool,
}

/// What `optimize` has done.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// What the verifier and the certifier found, which is the fault of a pass: its name and the message.
    pub broken: Vec<(String, String)>,
}

/// From the built stage to the owned stage (see [`crate::ir`]). With every pass off, only what is mandatory happens.
pub fn optimize(program: &mut Program, opts: &PassOptions) -> Report {
    let mut pipeline = Pipeline { opts, report: Report::default(), facts: TypeFacts::new(&program.types) };
    pipeline.check(program, "build", false);
    pipeline.run(program);
    pipeline.report
}

struct Pipeline<'a> {
    opts: &'a PassOptions,
    report: Report,
    facts: TypeFacts,
}

impl Pipeline<'_> {
    fn run(&mut self, program: &mut Program) {
        self.elaborate(program);
    }

    /// Mandatory: from here on the program is in the owned stage.
    fn elaborate(&mut self, program: &mut Program) {
        for func in program.funcs.indices() {
            if let FuncKind::Body(body) = &mut program.funcs[func].kind {
                elaborate::run(&mut program.types, &self.facts, body);
            }
        }
        self.check(program, "elaborate", true);
    }

    /// Verifies what a pass has made; in the owned stage also certifies it.
    fn check(&mut self, program: &Program, pass: &str, owned: bool) {
        if !(self.opts.certify || cfg!(debug_assertions)) || !self.report.broken.is_empty() {
            return;
        }
        let mut result = crate::verify(program);
        if owned && result.is_ok() {
            result = crate::certify(program);
        }
        if let Err(errors) = result {
            self.report.broken.extend(errors.iter().map(|e| (pass.to_string(), e.to_string())));
        }
    }
}

/// Runs one pass alone, for tests: a name of [`PASSES`] or `elaborate`. `None` if there is no such pass.
pub fn run_pass(program: &mut Program, name: &str) -> Option<Report> {
    let opts = PassOptions { off: Vec::new(), certify: true };
    let mut pipeline =
        Pipeline { opts: &opts, report: Report::default(), facts: TypeFacts::new(&program.types) };
    match name {
        "elaborate" => pipeline.elaborate(program),
        _ => return None,
    }
    Some(pipeline.report)
}

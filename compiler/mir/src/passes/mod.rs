//! Passes over whole programs, and the order in which they run: [`optimize`].

mod borrow_locals;
mod borrow_params;
mod cleanup_edges;
mod const_prop;
mod copy_prop;
mod dead_code;
mod early_drop;
mod elaborate;
mod emit_drops;
mod fold;
mod last_use;
pub(crate) mod nounwind;
mod simplify;
mod split_cleanup;

use crate::facts::TypeFacts;
use crate::ir::*;

/// An optional pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PassInfo {
    pub name: &'static str,
    pub description: &'static str,
}

/// All passes that can be switched off, in the order in which they first run.
pub const PASSES: &[PassInfo] = &[
    pass("simplify", "jumps to jumps, blocks with one way in and known branches are folded"),
    pass("const_prop", "constants and copies are propagated and folded"),
    pass("copy_prop", "reads of copies become reads of the original"),
    pass("dead_code", "assignments that nobody needs are removed"),
    pass("borrow_params", "parameters that are not consumed are borrowed"),
    pass("borrow_locals", "locals that only read what they copy become borrows"),
    pass("last_use", "copies of values that nobody needs afterwards become moves"),
    pass("early_drop", "values are dropped after their last use, not at the end of their scope"),
    pass("split_cleanup", "each way of unwinding has cleanup of its own instead of drop flags"),
];

const fn pass(name: &'static str, description: &'static str) -> PassInfo {
    PassInfo { name, description }
}

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
        self.optional(program, "simplify");
        for name in ["const_prop", "copy_prop", "dead_code", "simplify"] {
            self.optional(program, name);
        }
        for name in ["borrow_params", "borrow_locals", "last_use", "early_drop", "split_cleanup"] {
            self.optional(program, name);
        }
        self.mandatory(program);
        self.optional(program, "simplify");
        self.check(program, "simplify", true);
    }

    /// Runs a pass unless it is switched off.
    fn optional(&mut self, program: &mut Program, name: &str) {
        if !self.opts.off.iter().any(|off| off == name || off == "all") {
            self.pass(program, name);
        }
    }

    fn pass(&mut self, program: &mut Program, name: &str) {
        match name {
            "simplify" => self.bodies(program, |_, _, body| simplify::run(body)),
            "borrow_params" => borrow_params::run(program, &self.facts),
            "const_prop" => self.bodies(program, const_prop::run),
            "copy_prop" => self.bodies(program, copy_prop::run),
            "dead_code" => self.bodies(program, dead_code::run),
            "borrow_locals" => self.bodies(program, borrow_locals::run),
            "last_use" => self.bodies(program, last_use::run),
            "early_drop" => self.bodies(program, early_drop::run),
            "split_cleanup" => self.bodies(program, split_cleanup::run),
            _ => {}
        }
        self.check(program, name, false);
    }

    fn bodies(&self, program: &mut Program, run: fn(&Types, &TypeFacts, &mut Body)) {
        let Program { types, funcs, .. } = program;
        for func in funcs.iter_mut() {
            if let Some(body) = func.body_mut() {
                run(types, &self.facts, body);
            }
        }
    }

    /// From here on the program is in the owned stage.
    fn mandatory(&mut self, program: &mut Program) {
        let Program { types, funcs, .. } = program;
        let unwinds = funcs.iter().map(|f| f.may_unwind).collect();
        for func in funcs.iter_mut() {
            if let Some(body) = func.body_mut() {
                elaborate::run(types, &self.facts, &unwinds, body);
                simplify::compact_blocks(body);
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
        "elaborate" => pipeline.mandatory(program),
        _ if PASSES.iter().any(|p| p.name == name) => pipeline.pass(program, name),
        _ => return None,
    }
    Some(pipeline.report)
}

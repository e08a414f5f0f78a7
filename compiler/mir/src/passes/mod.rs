//! Passes over whole programs, and the order in which they run: [`optimize`].

mod borrow_locals;
mod borrow_params;
mod cleanup_edges;
mod coalesce;
mod const_prop;
mod copy_prop;
pub mod coroutine;
mod dead_code;
mod dead_functions;
mod early_drop;
mod elaborate;
mod emit_drops;
mod fold;
mod holes;
mod inline;
mod last_use;
mod moved_params;
pub(crate) mod nounwind;
mod postpone;
mod reuse;
mod share_panics;
mod simplify;
mod splice;
mod split_cleanup;
mod sroa;
mod thread_jumps;
mod unique;
mod unique_facts;
mod unique_flow;

use crate::facts::TypeFacts;
use crate::ir::*;
use crate::verify::{self, is_wanted};

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
    pass("coalesce", "locals that are only moved on from another one are joined with it"),
    pass("thread_jumps", "branches whose way is known by where control comes from are skipped"),
    pass("sroa", "structs, tuples and enums become locals for their fields"),
    pass("inline", "calls of small functions, and of functions called once, are replaced by their bodies"),
    pass("nounwind", "edges for unwinding that is impossible are removed"),
    pass("dead_functions", "functions that nothing reaches are removed"),
    pass("unique", "whether a buffer has one owner is asked once, and before loops"),
    pass("share_panics", "calls that never return share one block where what they drop is the same"),
    pass("borrow_params", "parameters that are not consumed are borrowed"),
    pass("borrow_locals", "locals that only read what they copy become borrows"),
    pass("last_use", "copies of values that nobody needs afterwards become moves"),
    pass("early_drop", "values are dropped after their last use, not at the end of their scope"),
    pass(
        "sink_drops",
        "drops in all places that go on to one call that never returns stand in front of the call",
    ),
    pass("reuse", "new cells are built in the memory of cells that were just taken apart"),
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
    /// Whether size counts more than speed.
    pub for_size: bool,
    /// Verifies after every pass and certifies at the end, as builds with debug assertions always do.
    pub certify: bool,
}

/// What `optimize` has done.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// What the verifier and the certifier found, which is the fault of a pass: its name and the message.
    pub broken: Vec<(String, String)>,
    /// Functions that suspend where none may: the program's mistakes. It cannot be lowered further.
    pub misuses: Vec<coroutine::Misuse>,
}

/// From the built stage to the owned stage (see [`crate::ir`]). With every pass off, only what is mandatory happens.
pub fn optimize(program: &mut Program, opts: &PassOptions) -> Report {
    Pipeline::new(program, opts).finish(program)
}

/// As [`optimize`], but certifies after every pass over a single body what the body would be without further passes.
/// Slow; it finds the pass that is wrong.
pub fn optimize_suspiciously(program: &mut Program, opts: &PassOptions) -> Report {
    let mut pipeline = Pipeline::new(program, opts);
    pipeline.certify_each = true;
    pipeline.finish(program)
}

/// Runs one pass alone, for tests: a name of [`PASSES`], `elaborate`, `holes` or `coroutine`. `None` if there is no such pass.
pub fn run_pass(program: &mut Program, name: &str) -> Option<Report> {
    let opts = PassOptions { certify: true, ..PassOptions::default() };
    let mut pipeline = Pipeline::new(program, &opts);
    match name {
        "elaborate" => pipeline.mandatory(program),
        "holes" => holes::run(program, &pipeline.facts),
        "coroutine" => pipeline.coroutines(program),
        _ if PASSES.iter().any(|p| p.name == name) => pipeline.pass(program, name),
        _ => return None,
    }
    Some(pipeline.report)
}

struct Pipeline<'a> {
    opts: &'a PassOptions,
    report: Report,
    facts: TypeFacts,
    certify_each: bool,
}

/// The passes that make a body small, in order.
const SCALAR: [&str; 7] =
    ["simplify", "const_prop", "copy_prop", "thread_jumps", "sroa", "coalesce", "dead_code"];

/// The passes that settle ownership, in order.
const OWNERSHIP: [&str; 6] =
    ["borrow_params", "borrow_locals", "last_use", "early_drop", "sink_drops", "split_cleanup"];

impl<'a> Pipeline<'a> {
    fn new(program: &Program, opts: &'a PassOptions) -> Pipeline<'a> {
        Pipeline {
            opts,
            report: Report::default(),
            facts: TypeFacts::new(&program.types),
            certify_each: false,
        }
    }

    fn finish(mut self, program: &mut Program) -> Report {
        self.check(program, "build", false);
        self.report.misuses = coroutine::check(program);
        if self.report.misuses.is_empty() {
            self.run(program);
        }
        self.report
    }

    fn run(&mut self, program: &mut Program) {
        holes::run(program, &self.facts);
        self.check(program, "holes", false);
        if program.panics_abort && program.funcs.iter().any(Function::leaves_caller) {
            // Only suspensions unwind, and which those are is to be known.
            self.pass(program, "nounwind");
        } else {
            self.optional(program, "nounwind");
        }
        if self.is_on("inline") {
            self.pass(program, "inline");
        } else {
            program.funcs.indices().for_each(|func| self.shrink(program, func));
            self.check(program, "shrink", false);
        }
        // Inlining has made functions unreachable, and told of some that they do not unwind.
        self.optional(program, "dead_functions");
        self.optional(program, "nounwind");
        self.optional(program, "unique");
        self.optional(program, "dead_functions");
        self.optional(program, "share_panics");
        for name in OWNERSHIP {
            self.optional(program, name);
        }
        self.mandatory(program);
        self.optional(program, "simplify");
        if self.is_on("reuse") {
            self.reuse(program);
        }
        self.bodies(program, "compact", |_, _, body| simplify::compact_locals(body));
        self.check(program, "simplify", true);
        self.coroutines(program);
    }

    /// Behind this the certifier has nothing to say: what is in frames is memory.
    fn coroutines(&mut self, program: &mut Program) {
        if let Err(misuses) = coroutine::run(program) {
            self.report.misuses = misuses;
            return;
        }
        self.check(program, "coroutine", false);
    }

    fn is_on(&self, name: &str) -> bool {
        !self.opts.off.iter().any(|off| off == name || off == "all")
    }

    /// Runs a pass unless it is switched off.
    fn optional(&mut self, program: &mut Program, name: &str) {
        if self.is_on(name) {
            self.pass(program, name);
        }
    }

    fn pass(&mut self, program: &mut Program, name: &str) {
        match name {
            "borrow_params" => borrow_params::run(program, &self.facts, self.is_on("reuse")),
            "nounwind" => nounwind::run(program),
            "dead_functions" => dead_functions::run(program),
            "share_panics" => share_panics::run(program, &self.facts),
            "unique" => self.unique(program),
            "early_drop" => {
                let unwinds = nounwind::Unwinds::new(program);
                self.bodies(program, name, |types, facts, body| {
                    early_drop::run(types, facts, &unwinds, body)
                });
            }
            "last_use" => {
                let unwinds = nounwind::Unwinds::new(program);
                self.bodies(program, name, |types, facts, body| {
                    last_use::run_observed(types, facts, &unwinds, body)
                });
            }
            "reuse" => self.reuse(program),
            "inline" => {
                let facts = self.facts.clone();
                inline::run(program, &facts, self.opts.for_size, &mut |program, func| {
                    self.shrink(program, func)
                });
            }
            _ => {
                if let Some(run) = body_pass(name) {
                    self.bodies(program, name, run);
                }
            }
        }
        self.check(program, name, false);
    }

    fn unique(&mut self, program: &mut Program) {
        self.bodies(program, "unique", |types, facts, body| last_use::run_on_buffers(types, facts, body));
        let known = unique_facts::unique_facts(program);
        for func in program.funcs.indices() {
            let Program { types, funcs, .. } = &mut *program;
            if funcs[func].body_mut().is_some_and(|body| unique::run(types, &known, func, body)) {
                self.shrink(program, func);
            }
        }
    }

    fn bodies(&mut self, program: &mut Program, name: &str, run: impl Fn(&mut Types, &TypeFacts, &mut Body)) {
        for func in program.funcs.indices() {
            self.body(program, func, name, &run);
        }
    }

    fn body(
        &mut self,
        program: &mut Program,
        func: FuncId,
        name: &str,
        run: impl Fn(&mut Types, &TypeFacts, &mut Body),
    ) {
        let Program { types, funcs, .. } = &mut *program;
        let Some(body) = funcs[func].body_mut() else { return };
        run(types, &self.facts, body);
        if verify::AVAILABLE && self.certify_each && self.report.broken.is_empty() {
            self.certify_built(program, func, name);
        }
    }

    /// Makes a body small, until little is left to do.
    fn shrink(&mut self, program: &mut Program, func: FuncId) {
        if program.funcs[func].body().is_none() {
            return;
        }
        if self.certify_each {
            self.body(program, func, "inline", |_, _, _| {});
        }
        for _ in 0..3 {
            let before = program.funcs[func].body().map(size);
            for name in SCALAR {
                if let Some(run) = body_pass(name).filter(|_| self.is_on(name)) {
                    self.body(program, func, name, run);
                }
            }
            if program.funcs[func].body().map(size) == before {
                break;
            }
        }
        self.body(program, func, "compact", |_, _, body| simplify::compact_locals(body));
    }

    fn reuse(&mut self, program: &mut Program) {
        reuse::run(program, &self.facts);
        self.check(program, "reuse", true);
    }

    /// From here on the program is in the owned stage.
    fn mandatory(&mut self, program: &mut Program) {
        // Bodies are elaborated now: what follows is certified as it is.
        self.certify_each = false;
        let unwinds = nounwind::Unwinds::new(program);
        let Program { types, funcs, .. } = program;
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
        if !is_wanted(self.opts.certify) || !self.report.broken.is_empty() {
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

    /// Certifies what elaboration would make of a body as it is now.
    fn certify_built(&mut self, program: &mut Program, func: FuncId, pass: &str) {
        let unwinds = nounwind::Unwinds::new(program);
        let saved = program.funcs[func].clone();
        let Program { types, funcs, .. } = &mut *program;
        if let Some(body) = funcs[func].body_mut() {
            elaborate::run(types, &self.facts, &unwinds, body);
        }
        let errors = crate::certify::certify_func(program, &self.facts, func);
        program.funcs[func] = saved;
        if !errors.is_empty() {
            let text = crate::print::print_function(program, func);
            self.report.broken.extend(
                errors.iter().map(|e| (pass.to_string(), format!("{e}\nbefore elaboration:\n{text}"))),
            );
        }
    }
}

type BodyPass = fn(&mut Types, &TypeFacts, &mut Body);

/// The pass over single bodies of this name.
fn body_pass(name: &str) -> Option<BodyPass> {
    Some(match name {
        "simplify" => |_, _, body| simplify::run(body),
        "const_prop" => |types, facts, body| const_prop::run(types, facts, body),
        "copy_prop" => |types, facts, body| copy_prop::run(types, facts, body),
        "coalesce" => |types, facts, body| coalesce::run(types, facts, body),
        "thread_jumps" => |types, facts, body| thread_jumps::run(types, facts, body),
        "sroa" => sroa::run,
        "dead_code" => |types, facts, body| dead_code::run(types, facts, body),
        "borrow_locals" => |types, facts, body| borrow_locals::run(types, facts, body),
        "sink_drops" => |_, _, body| share_panics::sink(body),
        "split_cleanup" => |types, facts, body| split_cleanup::run(types, facts, body),
        _ => return None,
    })
}

fn size(body: &Body) -> (usize, usize, usize) {
    let stmts = body.blocks.iter().map(|data| data.stmts.len()).sum();
    (body.blocks.len(), stmts, body.locals.len())
}

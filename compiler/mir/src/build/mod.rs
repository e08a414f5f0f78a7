//! Typed HIR in, MIR out: one function per instance, reachable parts only.
//!
//! [`build_program`] starts from the entry points and works through the instances that each body asks for
//! ([`instances`]). A body is lowered by a [`func::Builder`]: expressions in [`expr`], [`control`], [`call`], [`arith`]
//! and [`place`], patterns in [`pattern`], drops and unwinding in [`scope`]. Types are translated in
//! [`types`]; what has no body in the library (structural `Eq`, adapters of closures) is made in [`shims`].
//!
//! What comes out is MIR of the stage *built* (see `crate::ir`): reads copy, parameters own, drops may name places
//! that are moved out. It is straightforward on purpose; making it fast is the passes' work.

mod actors;
mod adapters;
mod arith;
mod branches;
mod call;
mod closure;
mod compare;
mod constant;
mod control;
mod coroutine;
mod decision;
mod drops;
mod effects;
mod entry;
mod expr;
mod flat;
mod flat_maps;
mod flat_steps;
mod front;
mod func;
mod generator;
mod held;
mod instances;
mod intrinsics;
mod lending;
mod pattern;
mod place;
mod recursion;
mod scope;
mod shims;
mod show;
#[cfg(test)]
mod tests;
mod trace;
mod types;
mod vector;
pub mod web;
mod wire;
mod work_list;

use crate::ir as mir;
use crate::passes::coroutine::Why;
pub use front::Front;
use hir::program::{ConstId, TestId};
use instances::Key;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;
use syntax::{Diagnostic, Span};

/// What a trace has besides the events themselves.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Trace {
    /// The values of messages and answers.
    pub values: bool,
    /// The states behind each handler.
    pub states: bool,
}

#[derive(Clone, Debug)]
pub struct BuildOptions {
    pub overflow_checks: bool,
    pub bounds_checks: bool,
    /// Reports live allocations when the program ends.
    pub check_leaks: bool,
    /// Waiting takes no time.
    pub virtual_clock: bool,
    /// A seed that the program is given chooses the order in which green threads run.
    pub schedules: bool,
    /// The program writes what its actors do.
    pub trace: Option<Trace>,
    /// Whether the size of the code counts more than anything else.
    pub smallest: bool,
    pub panic_unwinds: bool,
    /// Keeps what debuggers and backtraces need.
    pub debug_info: bool,
    /// Whether the target has relaxed vectors.
    pub relaxed_simd: bool,
    /// 4 or 8.
    pub pointer_bytes: u32,
    /// The tests to build, exported as `test_0`, `test_1`, … in this order, instead of `main` and the exports.
    pub tests: Option<Vec<TestId>>,
    /// The constants to build, exported as `const_0`, `const_1`, … in this order, instead of anything else.
    pub consts: Option<Vec<ConstId>>,
    /// The values of constants that have been evaluated.
    pub values: FxHashMap<ConstId, mir::Const>,
}

/// Lowers everything that the entry points reach.
///
/// Fails with diagnostics about limits only: the program has been checked. Bodies that have errors must not
/// be reached.
pub fn build_program(front: &mut dyn Front, opts: &BuildOptions) -> Result<mir::Program, Vec<Diagnostic>> {
    let mut cx = Cx::new(front, opts);
    cx.unwinds |= cx.lang_fn_id("drive").is_some();
    entry::declare_roots(&mut cx);
    cx.run();
    cx.check_actors();
    cx.check_drops();
    cx.settle_turn_codes();
    if cx.errors.is_empty() { Ok(cx.program) } else { Err(cx.errors) }
}

/// The state shared by all functions of one build.
struct Cx<'f> {
    front: &'f mut dyn Front,
    opts: &'f BuildOptions,
    program: mir::Program,
    types: types::TypeMap,
    lending: hir::lending::Lending<lending::Instance>,
    instances: FxHashMap<Key, mir::FuncId>,
    turn_codes: Vec<coroutine::TurnCode>,
    /// What `code_address` was asked for.
    code_addresses: Vec<(mir::FuncId, Span)>,
    /// The function that runs turns, once it is asked for.
    run_turn: Option<mir::FuncId>,
    /// Instances with the hidden parameter of `@track_caller`.
    tracked: FxHashSet<mir::FuncId>,
    /// Instances whose first parameter is the receiver.
    methods: FxHashSet<mir::FuncId>,
    /// Declared, without a body yet.
    queue: VecDeque<(mir::FuncId, Key)>,
    /// How often each name of a function or type has been given.
    names: FxHashMap<String, u32>,
    /// Static texts, as `caller_location` and `actor_name` return them.
    locations: FxHashMap<String, mir::DataId>,
    roots: Vec<entry::Root>,
    /// Whether calls need edges for unwinding: what suspends may be told to end also where panics abort.
    unwinds: bool,
    /// The function that suspends, once it is asked for.
    suspend: Option<mir::FuncId>,
    /// The functions that yield, by the `Option` that the value is in.
    yields: FxHashMap<mir::Ty, mir::FuncId>,
    errors: Vec<Diagnostic>,
    /// The expression of the user's program that is being lowered, for faults that have no place of their own.
    at: Span,
}

impl<'f> Cx<'f> {
    fn new(front: &'f mut dyn Front, opts: &'f BuildOptions) -> Cx<'f> {
        Cx {
            front,
            opts,
            program: mir::Program {
                panics_abort: !opts.panic_unwinds,
                inlined: opts.debug_info.then(Default::default),
                ..mir::Program::default()
            },
            types: types::TypeMap::default(),
            lending: hir::lending::Lending::default(),
            instances: FxHashMap::default(),
            turn_codes: Vec::new(),
            code_addresses: Vec::new(),
            run_turn: None,
            tracked: FxHashSet::default(),
            methods: FxHashSet::default(),
            queue: VecDeque::new(),
            names: FxHashMap::default(),
            locations: FxHashMap::default(),
            roots: Vec::new(),
            unwinds: opts.panic_unwinds,
            suspend: None,
            yields: FxHashMap::default(),
            errors: Vec::new(),
            at: Span::DUMMY,
        }
    }

    /// Notes that a function, or one call in it, must not suspend its caller.
    fn must_not_suspend(&mut self, func: mir::FuncId, block: Option<mir::Block>, why: Why) {
        self.program.must_not_suspend.push(mir::MustNotSuspend { func, block, why });
    }

    /// Builds bodies until no instance waits; then the entries, whose text depends on what was reached.
    fn run(&mut self) {
        self.drain();
        entry::build_entries(self);
        self.drain();
        if self.is_web() {
            self.build_web_calls();
            self.drain();
        }
    }

    fn drain(&mut self) {
        while let Some((id, key)) = self.queue.pop_front() {
            self.build_instance(id, key);
        }
    }

    /// A name that nothing else in the program has.
    fn unique_name(&mut self, name: String) -> String {
        let n = self.names.entry(name.clone()).or_insert(0);
        *n += 1;
        if *n == 1 {
            return name;
        }
        let numbered = format!("{name}#{n}");
        self.unique_name(numbered)
    }

    /// A fault of the compiler, not of the program: reported instead of a panic, so that others can go on.
    fn internal(&mut self, span: Span, what: impl Into<String>) {
        let message = format!("internal compiler error in lowering: {}", what.into());
        if self.errors.len() < 20 {
            self.errors.push(Diagnostic::error("internal-error", span, message));
        }
    }

    /// The static text `file:line:column` of a place, with its length before it (docs/contracts.md).
    fn location(&mut self, span: Span) -> mir::DataId {
        let text = self.front.describe(span);
        self.static_text(text)
    }

    /// A text behind its length, four bytes.
    fn static_text(&mut self, text: String) -> mir::DataId {
        if let Some(id) = self.locations.get(&text) {
            return *id;
        }
        let mut bytes = (text.len() as u32).to_le_bytes().to_vec();
        bytes.extend_from_slice(text.as_bytes());
        let id = self.program.datas.push(mir::Data::Bytes(bytes));
        self.locations.insert(text, id);
        id
    }
}

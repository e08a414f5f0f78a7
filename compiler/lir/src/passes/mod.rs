//! Passes over LIR. [`optimize`] runs them in order; each is a file with one entry function and may be switched off.
//!
//! Every pass keeps the invariants of [`crate::ir`]: with debug assertions, or when asked to, the verifier runs after each. None depends
//! on another for correctness. All take time near-linear in the module's size.

mod bulk;
mod call_graph;
mod choices;
pub mod coalesce;
pub mod copy_prop;
pub mod dead_code;
pub mod dead_items;
pub mod dedup_functions;
mod edit;
mod expand_lanes;
pub mod expand_overflow;
pub mod expand_vectors;
mod fold;
mod fold_cmp;
mod fold_int;
mod fold_mem;
mod induction;
pub mod inline;
mod known;
pub mod licm;
mod liveness;
mod loads;
pub mod local_cse;
pub mod may_unwind;
pub mod merge_blocks;
mod phis;
pub mod promote_slots;
mod range;
pub mod ranges;
pub mod simplify_cfg;
mod splice;
pub mod unwind_by_result;

use crate::ir::Module;
use crate::verify::assert_valid;
use mir::verify::is_wanted;
use std::collections::BTreeSet;

/// A pass over a module.
#[derive(Clone, Copy)]
pub struct Pass {
    pub name: &'static str,
    pub description: &'static str,
    /// The options tell a pass that uses others which of them are off.
    pub run: fn(&mut Module, &PassOptions),
}

macro_rules! passes {
    ($($name:literal $run:expr, $description:literal;)*) => {
        &[$(Pass { name: $name, description: $description, run: $run }),*]
    };
}

/// The passes of [`optimize`], in the order of their first run. Each can be switched off.
pub const PASSES: &[Pass] = passes! {
    "dead-items" |m, _| dead_items::dead_items(m), "remove functions, data and globals that nothing reaches";
    "may-unwind" |m, _| may_unwind::may_unwind(m), "turn invokes of functions that cannot throw into calls";
    "simplify-cfg" |m, _| simplify_cfg::simplify_cfg(m), "fold known branches, thread jumps, join and remove blocks";
    "copy-prop" copy_prop::copy_prop, "propagate copies, constants and ranges; make operations cheaper";
    "promote-slots" |m, _| promote_slots::promote_slots(m), "keep private pieces of the stack frame in registers";
    "local-cse" |m, _| local_cse::local_cse(m), "compute and load nothing twice";
    "dead-code" |m, _| dead_code::dead_code(m), "remove instructions whose results are not read";
    "inline" inline::inline, "copy small functions and move functions called once";
    "licm" |m, _| licm::licm(m), "move out of loops what does not change in them";
    "merge-blocks" |m, _| merge_blocks::merge_blocks(m), "keep one of several equal blocks";
    "dedup-functions" |m, _| dedup_functions::dedup_functions(m), "keep one of several equal functions";
    "coalesce" |m, _| coalesce::coalesce(m), "let registers that are not live together share one";
};

/// Passes for targets that lack something; a backend asks for them by calling their function.
pub const TARGET_PASSES: &[Pass] = passes! {
    "expand-overflow" |m, _| expand_overflow::expand_overflow(m), "check overflow with plain arithmetic";
    "expand-vectors" |m, _| expand_vectors::expand_vectors(m), "make numbers of vectors";
    "unwind-by-result" |m, _| drop(unwind_by_result::unwind_by_result(m)), "tell of panics by a result of each function that unwinds";
};

/// What every build runs: it makes less work for the backend than it is itself.
const ALWAYS: &[&str] = &["dead-items"];

/// What an optimising build runs. Bodies are cleaned before they are inlined, so that their sizes are true, and after.
/// Copies come before and after common expressions: equal operands make them, and they make new copies.
const OPTIMIZE: &[&str] = &[
    "may-unwind",
    "simplify-cfg",
    "copy-prop",
    "promote-slots",
    "local-cse",
    "copy-prop",
    "dead-code",
    "simplify-cfg",
    "inline",
    "may-unwind",
    "dead-items",
    "simplify-cfg",
    "copy-prop",
    "promote-slots",
    "local-cse",
    "licm",
    // What several blocks of a loop load stands before it as often now.
    "local-cse",
    "copy-prop",
    "dead-code",
    "merge-blocks",
    "simplify-cfg",
    "dedup-functions",
    "dead-items",
    "coalesce",
];

/// What [`optimize`] is asked to do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PassOptions {
    /// Names out of [`PASSES`].
    pub disabled: BTreeSet<String>,
    /// Without this only what every build gains from is done.
    pub optimize: bool,
    /// Whether size counts more than speed.
    pub for_size: bool,
    /// Verifies after every pass, as builds with debug assertions always do.
    pub verify: bool,
}

impl PassOptions {
    pub(crate) fn is_on(&self, name: &str) -> bool {
        !self.disabled.contains(name)
    }
}

/// The pass called `name`.
pub fn find_pass(name: &str) -> Option<&'static Pass> {
    PASSES.iter().chain(TARGET_PASSES).find(|pass| pass.name == name)
}

/// Runs the passes that `opts` asks for.
///
/// # Panics
/// With [`PassOptions::verify`], when a pass breaks the module: that is a bug in it.
pub fn optimize(module: &mut Module, opts: &PassOptions) {
    let more = if opts.optimize { OPTIMIZE } else { &[] };
    for name in ALWAYS.iter().chain(more) {
        if let Some(pass) = find_pass(name).filter(|pass| opts.is_on(pass.name)) {
            (pass.run)(module, opts);
            if is_wanted(opts.verify) {
                assert_valid(module, name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pass_runs_and_every_run_is_a_pass() {
        let runs: Vec<&str> = ALWAYS.iter().chain(OPTIMIZE).copied().collect();
        assert!(PASSES.iter().all(|pass| runs.contains(&pass.name)));
        assert!(runs.iter().all(|name| PASSES.iter().any(|pass| pass.name == *name)));
    }
}

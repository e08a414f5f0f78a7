//! Passes over LIR. [`optimize`] runs them in order; each is a file with one entry function and may be switched off.
//!
//! Every pass keeps the invariants of [`crate::ir`]: with debug assertions the verifier runs after each. None depends
//! on another for correctness. All take time near-linear in the module's size.

pub mod copy_prop;
pub mod dead_code;
mod edit;
mod fold;
mod fold_cmp;
mod fold_int;
mod fold_mem;
mod known;
mod liveness;
mod loads;
pub mod local_cse;
pub mod simplify_cfg;

use crate::ir::Module;
use crate::verify::assert_valid;
use std::collections::BTreeSet;

/// A pass over a module.
#[derive(Clone, Copy)]
pub struct Pass {
    pub name: &'static str,
    pub description: &'static str,
    pub run: fn(&mut Module),
}

/// All passes that can be switched off, in the order of their first run.
pub const PASSES: &[Pass] = &[
    pass(
        "simplify-cfg",
        "fold known branches, thread jumps, join and remove blocks",
        simplify_cfg::simplify_cfg,
    ),
    pass(
        "copy-prop",
        "propagate copies, constants and ranges; make operations cheaper",
        copy_prop::copy_prop,
    ),
    pass("local-cse", "compute and load nothing twice", local_cse::local_cse),
    pass("dead-code", "remove instructions whose results are not read", dead_code::dead_code),
];

const fn pass(name: &'static str, description: &'static str, run: fn(&mut Module)) -> Pass {
    Pass { name, description, run }
}

/// What [`optimize`] is asked to do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PassOptions {
    /// Names out of [`PASSES`].
    pub disabled: BTreeSet<String>,
    /// Without this only what every build needs is done.
    pub optimize: bool,
}

/// The pass called `name`.
pub fn find_pass(name: &str) -> Option<&'static Pass> {
    PASSES.iter().find(|pass| pass.name == name)
}

/// Runs the passes that `opts` asks for.
pub fn optimize(module: &mut Module, opts: &PassOptions) {
    if opts.optimize {
        for pass in PASSES {
            run_pass(module, opts, pass);
        }
    }
}

fn run_pass(module: &mut Module, opts: &PassOptions, pass: &Pass) {
    if opts.disabled.contains(pass.name) {
        return;
    }
    (pass.run)(module);
    if cfg!(debug_assertions) {
        assert_valid(module, pass.name);
    }
}

//! Functions that suspend where none may.
//!
//! Asked before other passes run, so that the answer does not depend on them, and once more by the pass itself, for what only they
//! have brought there.

use super::*;
use entity::Arrange;
use syntax::Span;

/// So many calls tell how a function comes to suspend.
const MAX_CALLS: usize = 16;

/// A function that must not suspend and does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misuse {
    pub func: FuncId,
    pub why: Why,
    /// The calls that lead there, from the one in the function itself.
    pub calls: Vec<Span>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// A user's `drop`.
    Drop,
    /// Called through a box of a type that does not say so.
    Boxed,
    /// Boxed by the compiler, because the closures of a recursion would have types without end.
    Nested,
    /// Called through a table, and the trait does not say so.
    Method,
    /// The host calls it.
    Export,
    /// The value of a constant.
    Const,
    /// A method of `Eq`, `Ord`, `Hash` or `Show`.
    Structural,
    /// The guard of an arm.
    Guard,
    /// Generated code calls it.
    Lang,
}

/// What suspends where it must not, in a program as it was built.
pub fn check(program: &mut Program) -> Vec<Misuse> {
    let places = std::mem::take(&mut program.must_not_suspend);
    // What a type says counts also where nothing suspends, so that unrelated code does not decide on it.
    let something_suspends = program.funcs.iter().any(|func| func.kind == FuncKind::Suspend);
    if !something_suspends && !boxed::may_suspend(&program.types) {
        return Vec::new();
    }
    // A wait that gives way is left out of what may not suspend.
    let suspends = suspending(program, program.lang.get(YIELDING).copied());
    let mut found: Vec<Misuse> = Vec::new();
    for MustNotSuspend { func, block, why } in places {
        let calls = match block {
            Some(block) => calls_of_block(program, &suspends, func, block),
            None if suspends[func] => calls(program, &suspends, func),
            None => continue,
        };
        if block.is_none() || !calls.is_empty() {
            found.push(Misuse { func, why, calls });
        }
    }
    let known: Vec<FuncId> = found.iter().map(|misuse| misuse.func).collect();
    let others = misuses(program, &suspends).into_iter().filter(|misuse| !known.contains(&misuse.func));
    // Without a scheduler, entries call what they begin with.
    found.extend(others.filter(|misuse| something_suspends || misuse.why != Why::Export));
    found
}

pub(super) fn misuses(program: &Program, suspends: &IndexVec<FuncId, bool>) -> Vec<Misuse> {
    let mut found: Vec<Misuse> = Vec::new();
    let mut note = |func: FuncId, why: Why| {
        if suspends[func] && !found.iter().any(|m| m.func == func) {
            found.push(Misuse { func, why, calls: calls(program, suspends, func) });
        }
    };
    program.types.defs.iter().filter_map(|def| def.user_drop).for_each(|func| note(func, Why::Drop));
    for (id, func) in program.funcs.iter_enumerated() {
        if func.export.is_some() {
            note(id, Why::Export);
        }
        for stmt in func.body().into_iter().flat_map(|body| &body.blocks).flat_map(|data| &data.stmts) {
            boxed::plain_functions(&program.types, &stmt.kind, &mut note);
        }
    }
    let lang = program.lang.iter().filter(|(name, _)| **name != YIELDING);
    let mut lang: Vec<FuncId> = lang.map(|(_, func)| *func).collect();
    lang.arrange();
    lang.into_iter().for_each(|func| note(func, Why::Lang));
    found
}

/// The calls by which a function comes to suspend.
fn calls(program: &Program, suspends: &IndexVec<FuncId, bool>, func: FuncId) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = Some(func);
    while let Some(body) = at.and_then(|func| program.funcs[func].body()) {
        let Some((block, next)) = suspending_call(program, suspends, body) else { break };
        found.push(body.blocks[block].term_span);
        if found.len() == MAX_CALLS {
            break;
        }
        at = next;
    }
    found
}

fn calls_of_block(
    program: &Program,
    suspends: &IndexVec<FuncId, bool>,
    func: FuncId,
    block: Block,
) -> Vec<Span> {
    let Some(body) = program.funcs[func].body() else { return Vec::new() };
    match callee_that_suspends(program, suspends, body, block) {
        Some(next) => {
            let mut found = vec![body.blocks[block].term_span];
            found.extend(next.map(|func| calls(program, suspends, func)).into_iter().flatten());
            found
        }
        None => Vec::new(),
    }
}

/// The first call in a body that suspends it, and what is called, if that is known.
fn suspending_call(
    program: &Program,
    suspends: &IndexVec<FuncId, bool>,
    body: &Body,
) -> Option<(Block, Option<FuncId>)> {
    let found = |block| Some((block, callee_that_suspends(program, suspends, body, block)?));
    body.blocks.indices().find_map(found)
}

/// What a block's call suspends by: the function, if it is known. `None` if it does not.
pub fn callee_that_suspends(
    program: &Program,
    suspends: &IndexVec<FuncId, bool>,
    body: &Body,
    block: Block,
) -> Option<Option<FuncId>> {
    let Term::Call { callee, .. } = &body.blocks[block].term else { return None };
    match callee {
        Callee::Func(func) | Callee::Next(func) => {
            (suspends[*func] || program.funcs[*func].kind == FuncKind::Suspend).then_some(Some(*func))
        }
        _ => boxed::suspends(&program.types, Some(body), callee).then_some(None),
    }
}

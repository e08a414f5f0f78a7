//! Inlining, callees before callers, each optimised before it is inlined. Functions that call each other in circles are not
//! inlined into each other.
//!
//! In and out: the built stage, whose scope-end drops make it simple: parameters that the callee only reads stand for
//! the argument's place and lose their drops, `mut` parameters stand for theirs; what the callee's cleanup goes on to is the
//! caller's.

use crate::analysis::call_graph::components;
use crate::analysis::defs::{LocalInfo, local_infos};
use crate::debug::mark_inlined;
use crate::facts::{TypeFacts, is_untracked};
use crate::ir::*;
use crate::passes::moved_params;
use crate::passes::splice::splice;
use entity::IndexVec;
use hir::program::Inline;

/// The most that a body may cost whose calls are replaced by it.
struct Limits {
    /// About where a body is cheaper than its call.
    tiny: u32,
    /// Outside of cold code.
    small: u32,
    /// For functions that are called from one place only.
    once: u32,
    /// For functions with a parameter that is a closure, as its calls can be inlined in turn.
    higher_order: u32,
    /// For `@inline`.
    always: u32,
}

const FOR_SPEED: Limits = Limits { tiny: 12, small: 45, once: 600, higher_order: 150, always: 3000 };
/// Only what makes nothing larger.
const FOR_SIZE: Limits = Limits { tiny: 12, small: 12, once: 600, higher_order: 12, always: 12 };

/// Callers do not grow beyond this, but by tiny callees.
const CALLER_MAX: u32 = 4000;
/// Nor beyond this, by functions that are `@inline`: the analyses take time by the square of a body's size, and what
/// is so large, a thousand alike arms or elements, spends its time elsewhere.
const CALLER_MAX_ALWAYS: u32 = 8000;

/// What is known of a function that may be inlined.
struct Known {
    cost: u32,
    infos: IndexVec<Local, LocalInfo>,
    /// Which parameters may stand for places behind pointers.
    fits_memory: Vec<bool>,
}

/// `optimize` makes a body small before it is judged.
pub fn run(
    program: &mut Program,
    facts: &TypeFacts,
    for_size: bool,
    optimize: &mut dyn FnMut(&mut Program, FuncId),
) {
    let limits = if for_size { &FOR_SIZE } else { &FOR_SPEED };
    let mut callees: IndexVec<FuncId, Option<Known>> = IndexVec::new();
    program.funcs.iter().for_each(|_| {
        callees.push(None);
    });
    let n_calls = count_calls(program);
    for component in components(program) {
        for func in &component {
            inline_calls(program, facts, limits, &callees, &n_calls, &component, *func);
            optimize(program, *func);
        }
        for func in component {
            callees[func] = judge(program, facts, func);
        }
    }
}

fn count_calls(program: &Program) -> IndexVec<FuncId, u32> {
    let mut n = IndexVec::from_elem(0, program.funcs.len());
    for body in program.funcs.iter().filter_map(|f| f.body()) {
        crate::analysis::call_graph::direct_callees(body).for_each(|f| n[f] += 1);
    }
    n
}

/// `None` for what is never inlined.
fn judge(program: &mut Program, facts: &TypeFacts, func: FuncId) -> Option<Known> {
    let mut settled = program.funcs[func].body()?.clone();
    let unwinds = |body: &Body, term: &Term| may_unwind(program, body, term);
    let fits_memory = moved_params::settle(&program.types, facts, &mut settled, &unwinds);
    if let Some(body) = program.funcs[func].body_mut() {
        *body = settled;
    }
    let function = &program.funcs[func];
    let body = function.body()?;
    if matches!(function.inline, Inline::Never | Inline::Cold) {
        return None;
    }
    if body.blocks.iter().any(|data| data.term == Term::Throw) {
        return None;
    }
    Some(Known { cost: cost(program, facts, body), infos: local_infos(body), fits_memory })
}

// ---------------------------------------------------------------- cost

/// Instructions, roughly; cleanup and ways into a panic count little, as they lie apart.
fn cost(program: &Program, facts: &TypeFacts, body: &Body) -> u32 {
    let cold = cold_blocks(program, body);
    let mut sum = 0;
    for (block, data) in body.blocks.iter_enumerated() {
        if data.is_cleanup {
            continue;
        }
        if cold[block] {
            sum += 1;
            continue;
        }
        sum += data.stmts.iter().map(|stmt| stmt_cost(program, facts, body, &stmt.kind)).sum::<u32>();
        sum += term_cost(&data.term);
    }
    sum
}

fn stmt_cost(program: &Program, facts: &TypeFacts, body: &Body, stmt: &StmtKind) -> u32 {
    match stmt {
        StmtKind::Assign(_, Rvalue::Use(Operand::Const(_))) => 0,
        StmtKind::Assign(_, Rvalue::Use(Operand::Copy(place))) => {
            1 + 2 * u32::from(facts.needs_drop(crate::facts::place_ty(&program.types, body, place)))
        }
        StmtKind::Assign(_, Rvalue::Aggregate { ty, .. }) if program.types.defs[*ty].is_boxed => 6,
        StmtKind::Assign(_, Rvalue::Aggregate { fields, .. }) => fields.len() as u32,
        StmtKind::Assign(_, Rvalue::FixedArray(_, list)) => list.len() as u32,
        StmtKind::Assign(_, Rvalue::FixedRepeat(..)) => 6,
        StmtKind::Assign(_, Rvalue::MakeFnBox { .. } | Rvalue::MakeDyn { .. }) => 6,
        StmtKind::Assign(..) => 1,
        StmtKind::Drop(_) => 1,
        StmtKind::DropReuse { .. } => 5,
        StmtKind::FreeToken { .. } => 2,
        StmtKind::Nop => 0,
    }
}

fn term_cost(term: &Term) -> u32 {
    match term {
        Term::Call { args, .. } => 3 + args.len() as u32,
        Term::Drop { .. } => 3,
        Term::Switch { cases, .. } => 1 + cases.len() as u32,
        Term::If { .. } => 1,
        _ => 0,
    }
}

/// Blocks from which control only comes to functions that never return, to cold functions, or nowhere.
pub(crate) fn cold_blocks(program: &Program, body: &Body) -> IndexVec<Block, bool> {
    let mut cold = IndexVec::<Block, bool>::from_elem(false, body.blocks.len());
    for block in crate::analysis::order::postorder(body) {
        let data = &body.blocks[block];
        cold[block] = match &data.term {
            Term::Call { target: None, .. } | Term::Unreachable | Term::Throw => true,
            Term::Call { callee: Callee::Func(func), .. } if program.funcs[*func].inline == Inline::Cold => {
                true
            }
            Term::Return | Term::Resume => false,
            term => {
                let unwind = term.unwind();
                let mut ways = term.successors().filter(|next| Some(*next) != unwind).peekable();
                ways.peek().is_some() && ways.all(|next| cold[next])
            }
        };
    }
    cold
}

// ---------------------------------------------------------------- decisions

fn inline_calls(
    program: &mut Program,
    facts: &TypeFacts,
    limits: &Limits,
    callees: &IndexVec<FuncId, Option<Known>>,
    n_calls: &IndexVec<FuncId, u32>,
    component: &[FuncId],
    func: FuncId,
) {
    let Some(body) = program.funcs[func].body() else { return };
    let cold = cold_blocks(program, body);
    let mut size = cost(program, facts, body);
    let mut sites = Vec::new();
    for (block, data) in body.blocks.iter_enumerated() {
        let Term::Call { callee: Callee::Func(callee), args, .. } = &data.term else { continue };
        let Some(known) = callees[*callee].as_ref().filter(|_| !component.contains(callee)) else { continue };
        if data.is_cleanup || !known.fits(&program.types, body, args) {
            continue;
        }
        let limit = limits.of(program, *callee, n_calls[*callee], cold[block], size);
        if known.cost <= limit {
            size += known.cost;
            sites.push((block, *callee));
        }
    }
    for (block, callee) in sites {
        let Some(known) = &callees[callee] else { continue };
        let Some(mut inlined) = program.funcs[callee].body().cloned() else { continue };
        let unwinds: Vec<bool> =
            inlined.blocks.iter().map(|data| may_unwind(program, &inlined, &data.term)).collect();
        let Program { types, funcs, inlined: table, .. } = &mut *program;
        if let (Some(table), Some(body)) = (table, funcs[func].body()) {
            let (from, at) = (&funcs[callee], body.blocks[block].term_span);
            mark_inlined(table, &from.name, from.span, at, &mut inlined);
        }
        if let Some(body) = funcs[func].body_mut() {
            splice(types, body, block, inlined, &known.infos, &unwinds);
        }
    }
}

impl Known {
    fn fits(&self, types: &Types, body: &Body, args: &[Arg]) -> bool {
        let in_memory = |arg: &Arg| match arg {
            Arg::Mut(place) => is_untracked(types, body, place),
            Arg::Value(_) => false,
        };
        args.iter().zip(&self.fits_memory).all(|(arg, fits)| *fits || !in_memory(arg))
    }
}

fn may_unwind(program: &Program, body: &Body, term: &Term) -> bool {
    match term {
        Term::Call { callee, .. } => program.call_may_unwind(callee),
        Term::Drop { place, .. } => {
            program.drop_may_unwind(crate::facts::place_ty(&program.types, body, place))
        }
        _ => false,
    }
}

impl Limits {
    fn of(&self, program: &Program, callee: FuncId, n_calls: u32, is_cold: bool, caller_size: u32) -> u32 {
        let function = &program.funcs[callee];
        if is_cold {
            return 0;
        }
        let private = function.export.is_none() && !program.lang.values().any(|f| *f == callee);
        let is_once = n_calls == 1 && private;
        if function.inline == Inline::Always && (!is_once || self.always > self.once) {
            return if caller_size > CALLER_MAX_ALWAYS { self.tiny } else { self.always };
        }
        if caller_size > CALLER_MAX {
            return self.tiny;
        }
        if is_once {
            return self.once;
        }
        if function.params.iter().any(|(ty, _)| is_closure(program, *ty)) {
            self.higher_order
        } else {
            self.small
        }
    }
}

/// The environment of a closure, as lowering names it.
fn is_closure(program: &Program, ty: Ty) -> bool {
    let def = &program.types.defs[ty];
    def.kind == TyKind::Struct && def.name.ends_with(".env")
}

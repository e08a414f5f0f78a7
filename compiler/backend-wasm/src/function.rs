//! The passes over one function, in order.

use entity::Arrange;
use lir::Function;

use crate::cfg::Cfg;
use crate::ctx::Ctx;
use crate::encode::{self, Encoded};
use crate::liveness::Liveness;
use crate::locals::{self, Locals};
use crate::structure::{self, Event};
use crate::wir::{B, Func};
use crate::{RESHAPE, ROTATE, SIMPLIFY, WEBS};
use crate::{graph, irreducible, lower, reshape, rotate, simplify, stackify, tries, webs};

/// A function's code with what the debug sections need.
pub struct Compiled {
    pub ty: u32,
    pub code: Encoded,
    pub n_locals: u32,
    pub local_names: Vec<(u32, String)>,
}

/// Compiles a defined function; none for an import.
pub fn compile<'m>(ctx: &mut Ctx<'m>, function: &'m Function) -> Option<Compiled> {
    let mut func = lower::lower(ctx, function)?;
    graph::tidy(&mut func);
    irreducible::make_reducible(&mut func);
    if !ctx.opts.optimize_size && ctx.opts.runs(&ROTATE) {
        rotate::rotate_loops(&mut func);
        graph::contract(&mut func);
    }
    if ctx.opts.runs(&WEBS) {
        webs::split(&mut func);
    }
    if ctx.opts.runs(&SIMPLIFY) {
        simplify::simplify(&mut func, ctx.ptr);
    }
    let cfg = Cfg::new(&func);
    let mut events = structure::structure(&func, &cfg);
    if ctx.opts.runs(&RESHAPE) {
        events = reshape::reshape(&func, events);
    }
    let liveness = Liveness::of(&func);
    let (code, constants) = stackify::stackify(&mut func, &liveness);
    let order = order(&events);
    let locals = locals::assign(&func, &code, &constants, &liveness, &order);
    let events = tries::place_tries(&code, &events);
    let input = encode::Input {
        func: &func,
        code: &code,
        constants: &constants,
        locals: &locals,
        events: &events,
        ptr: ctx.ptr,
        wants_spans: ctx.opts.wants_spans(),
        wants_hints: ctx.opts.branch_hints,
    };
    let code = encode::encode(input, &mut ctx.types);
    let ty = ctx.sig_type(&function.sig);
    let local_names = local_names(&func, &locals);
    Some(Compiled { ty, code, n_locals: locals.n_locals, local_names })
}

/// Blocks in the order of their code, each with the number of loops around it.
fn order(events: &[Event]) -> Vec<(B, u32)> {
    let mut order = Vec::new();
    let mut is_loop = Vec::new();
    let mut depth = 0;
    for &event in events {
        match event {
            Event::End => depth -= u32::from(is_loop.pop().unwrap_or(false)),
            Event::Code { block, .. } => order.push((block, depth)),
            event if event.opens() => {
                is_loop.push(matches!(event, Event::Loop(_)));
                depth += u32::from(matches!(event, Event::Loop(_)));
            }
            _ => {}
        }
    }
    order
}

/// A local that holds several values is called by the first that has a name.
fn local_names(func: &Func, locals: &Locals) -> Vec<(u32, String)> {
    let mut names: Vec<(u32, String)> = Vec::new();
    for (value, name) in &func.names {
        let local = locals.index[*value];
        if local != locals::NO_LOCAL {
            names.push((local, name.clone()));
        }
    }
    names.arrange_by_key(|&(local, _)| local);
    names.dedup_by_key(|&mut (local, _)| local);
    names
}

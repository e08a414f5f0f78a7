//! Propagates copies and constants, folds what is then known, and makes operations cheaper.
//!
//! Walks down the dominator tree with what is [`Known`] about the values in registers. Conditions of branches tell
//! ranges of numbers to the blocks behind them, and loops that count tell where they begin; that decides later
//! comparisons, bounds checks and overflow checks.

use super::PassOptions;
use super::bulk;
use super::edit::{for_each_body, forward_variables};
use super::fold::{Fold, simplify};
use super::fold_cmp::{condition, signed_form};
use super::fold_mem::direct;
use super::induction::{Counter, Limit, find_counters};
use super::known::{Known, Mark, Val};
use super::range::Range;
use crate::cfg::{Doms, Preds};
use crate::ir::*;
use syntax::Span;

/// Rules applied to one instruction; the bound is a safety net.
const RULES_MAX: usize = 16;

pub fn copy_prop(module: &mut Module, opts: &PassOptions) {
    for_each_body(module, |module, _, body| propagate(module, opts, body));
}

pub(crate) fn propagate(module: &Module, opts: &PassOptions, body: &mut Body) {
    forward_variables(body);
    let preds = Preds::new(body);
    let doms = Doms::new(body, &preds);
    let known = Known::new(body, &doms, &preds, module.target.pointer_bytes);
    let counters = find_counters(body, &doms, &preds);
    let for_size = opts.for_size;
    let mut cx = Fold { module, known, body, out: Vec::new(), span: Span::DUMMY, for_size };
    let mut open: Vec<(Block, Mark, usize)> = Vec::new();
    let start = |cx: &mut Fold<'_>, block: Block| {
        let starts = starts(cx, &counters, block);
        let mark = cx.known.enter(block);
        for Start { reg, range, at_most } in starts {
            cx.known.learn_range(reg, range);
            if let Some(most) = at_most.and_then(|value| cx.known.holder(value)) {
                cx.known.decide(CmpOp::LeS, reg, most);
            }
        }
        if let [pred] = preds.of(block)[..] {
            learn_edge(cx, pred, block);
        }
        run_block(cx, block);
        (block, mark, 0)
    };
    open.push(start(&mut cx, Body::ENTRY));
    while let Some((block, mark, next)) = open.last_mut() {
        match doms.children(*block).get(*next) {
            Some(&child) => {
                *next += 1;
                open.push(start(&mut cx, child));
            }
            None => {
                cx.known.leave(mark);
                open.pop();
            }
        }
    }
}

/// What a counter is in each round.
struct Start {
    reg: Reg,
    range: Range,
    /// It counts down from this.
    at_most: Option<Val>,
}

/// Where counters of the loop with head `block` lie, before what they hold at its entry is forgotten.
fn starts(cx: &Fold<'_>, counters: &[Counter], block: Block) -> Vec<Start> {
    let first = counters.partition_point(|counter| counter.header < block);
    let here = counters[first..].iter().take_while(|counter| counter.header == block);
    let start = |counter: &Counter| {
        let limit = match counter.limit {
            Limit::Reg(reg) => cx.known.range(reg),
            Limit::Const(value) => Range { lo: value, hi: value },
        };
        let (reg, step, all) = (counter.reg, i128::from(counter.step), Range::of(counter.ty));
        let Range { lo, hi } = cx.known.range(reg);
        if step > 0 {
            let fits = i128::from(limit.hi) - 1 + step <= i128::from(all.hi);
            fits.then_some(Start { reg, range: Range { lo, ..all }, at_most: None })
        } else {
            let fits = i128::from(limit.lo) + 1 + step >= i128::from(all.lo);
            fits.then_some(Start { reg, range: Range { hi, ..all }, at_most: Some(cx.known.value(reg)) })
        }
    };
    here.filter_map(start).collect()
}

fn run_block(cx: &mut Fold<'_>, block: Block) {
    let insts = std::mem::take(&mut cx.body.blocks[block].insts);
    cx.out.reserve(insts.len());
    for inst in insts {
        cx.span = inst.span;
        run_inst(cx, inst.op);
    }
    cx.span = cx.body.blocks[block].term_span;
    let mut term = std::mem::replace(&mut cx.body.blocks[block].term, Term::Unreachable);
    run_term(cx, &mut term);
    cx.body.blocks[block].term = term;
    cx.body.blocks[block].insts = std::mem::take(&mut cx.out);
}

fn run_inst(cx: &mut Fold<'_>, mut op: Op) {
    op.for_each_read_mut(|reg| *reg = cx.known.root(*reg));
    let remainder =
        matches!(op, Op::Bin { op: BinOp::RemS, .. }).then(|| (op.clone(), cx.known.operands(&op)));
    for _ in 0..RULES_MAX {
        match simplify(cx, &op) {
            Some(simpler) => op = simpler,
            None => break,
        }
        op.for_each_read_mut(|reg| *reg = cx.known.root(*reg));
    }
    match op {
        Op::Copy { dst, src } if dst == src => {}
        Op::MemCopy { .. } | Op::MemFill { .. } if bulk::expand(cx, &op) => {}
        op => cx.emit(op),
    }
    // A comparison with zero has a shorter form for the remainder than for what replaces it.
    if let Some((op, operands)) = remainder
        && let Some(dst) = op.single_write()
        && cx.known.constant(dst).is_none()
    {
        cx.known.describe(dst, op, operands);
    }
}

fn run_term(cx: &mut Fold<'_>, term: &mut Term) {
    term.for_each_read_mut(|reg| *reg = cx.known.root(*reg));
    match term {
        Term::Branch { cond, then, else_ } => {
            let (tested, inverted) = condition(cx, *cond);
            *cond = tested;
            if inverted {
                std::mem::swap(then, else_);
            }
            let range = cx.known.range(*cond);
            if range == (Range { lo: 0, hi: 0 }) {
                *term = Term::Jump(*else_);
            } else if range.lo > 0 || range.hi < 0 {
                *term = Term::Jump(*then);
            }
        }
        Term::Invoke { callee, .. } => {
            if let Some(found) = direct(cx, callee) {
                *callee = found;
            }
        }
        _ => {}
    }
    term.for_each_write(|reg| cx.known.write(reg));
}

/// What is known because the edge from `from` to `to` was taken.
fn learn_edge(cx: &mut Fold<'_>, from: Block, to: Block) {
    let Term::Branch { cond, then, else_ } = cx.body.blocks[from].term else { return };
    if then == else_ {
        return;
    }
    let holds = to == then;
    learn_condition(cx, cond, holds);
    let Some(&Op::Cmp { op, ty, a, b, .. }) = cx.def(cond) else { return };
    let Some(op) = (if holds { Some(op) } else { op.negated() }) else { return };
    cx.known.decide(op, a, b);
    if matches!(ty, Ty::I32 | Ty::I64) {
        learn_order(cx, op, ty, a, b);
        learn_order(cx, op.swapped(), ty, b, a);
        // The same question may be asked again in its signed form, which needs what has just been learnt.
        if let Some(op) = signed_form(op, cx.known.range(a), cx.known.range(b)) {
            cx.known.decide(op, a, b);
        }
    }
}

fn learn_condition(cx: &mut Fold<'_>, cond: Reg, holds: bool) {
    if !holds {
        cx.known.learn_range(cond, Range { lo: 0, hi: 0 });
    } else if cx.known.range(cond).lo >= 0 {
        cx.known.learn_range(cond, Range { lo: 1, hi: i32::MAX.into() });
    }
}

/// What `a op b` says about `a`.
fn learn_order(cx: &mut Fold<'_>, op: CmpOp, ty: Ty, a: Reg, b: Reg) {
    let full = Range::of(ty);
    let other = cx.known.range(b);
    let range = match op {
        CmpOp::Eq => other,
        CmpOp::LtS => Range { hi: other.hi.saturating_sub(1), ..full },
        CmpOp::LeS => Range { hi: other.hi, ..full },
        CmpOp::GtS => Range { lo: other.lo.saturating_add(1), ..full },
        CmpOp::GeS => Range { lo: other.lo, ..full },
        // Below a number that is not negative, there are no negative ones.
        CmpOp::LtU if other.lo >= 0 => Range { lo: 0, hi: other.hi.saturating_sub(1) },
        CmpOp::LeU if other.lo >= 0 => Range { lo: 0, hi: other.hi },
        _ => return,
    };
    cx.known.learn_range(a, range);
}

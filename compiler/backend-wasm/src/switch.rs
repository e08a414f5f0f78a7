//! `Switch`: tables for dense groups of cases, ranges for neighbours with one target, and a balanced tree of
//! comparisons above them, as in LLVM's SwitchLoweringUtils.

use entity::Arrange;
use lir::Reg;

use crate::code;
use crate::lower::{Lowering, v};
use crate::wir::{B, Const, Op, Term, V, Vt};

/// A table needs at least so many ranges to pay.
const TABLE_MIN: usize = 4;
/// Holes a table may have, per range.
const TABLE_HOLES: i128 = 3;
/// Engines limit tables to some 65 000 entries, and each target is a block around the table.
const TABLE_MAX: i128 = 8192;
/// Up to so many tests in a row are no worse than a tree.
const LINEAR_MAX: usize = 3;
/// A table starts at zero rather than at its first case if that costs no more bytes than a subtraction.
const PAD_MAX: i64 = 3;

/// Values that lead to one block.
#[derive(Clone, Copy, Debug)]
struct Range {
    lo: i64,
    hi: i64,
    target: B,
}

/// Neighbouring ranges that are decided together: by a test if it is one, else by a table.
type Cluster = Vec<Range>;

struct Switch {
    value: V,
    ty: Vt,
    default: B,
}

/// What is known of the value where a part of the tree is entered.
#[derive(Clone, Copy)]
struct Bounds {
    lo: i64,
    hi: i64,
}

impl Lowering<'_, '_> {
    pub fn switch(&mut self, value: Reg, cases: &[(i64, lir::Block)], default: lir::Block) -> Term {
        let ty = self.func.vals[v(value)];
        let default = B(default.0);
        let clusters = clusters(ranges(cases, ty, default));
        let bounds = match ty {
            Vt::I32 => Bounds { lo: i32::MIN.into(), hi: i32::MAX.into() },
            _ => Bounds { lo: i64::MIN, hi: i64::MAX },
        };
        let switch = Switch { value: v(value), ty, default };
        self.tree(&switch, &clusters, bounds)
    }

    fn tree(&mut self, switch: &Switch, clusters: &[Cluster], bounds: Bounds) -> Term {
        let [first, rest @ ..] = clusters else { return Term::Jump(switch.default) };
        if rest.is_empty() || clusters.len() <= LINEAR_MAX {
            return self.linear(switch, first, rest, bounds);
        }
        let (low, high) = clusters.split_at(clusters.len() / 2);
        let pivot = high[0][0].lo;
        let then = self.new_block(|cx| cx.tree(switch, low, Bounds { hi: pivot - 1, ..bounds }));
        let else_ = self.new_block(|cx| cx.tree(switch, high, Bounds { lo: pivot, ..bounds }));
        let is_low = self.compare(switch, lir::CmpOp::LtS, pivot);
        self.branch(is_low, then, else_)
    }

    /// Tests the first cluster, then the rest.
    fn linear(&mut self, switch: &Switch, first: &Cluster, rest: &[Cluster], bounds: Bounds) -> Term {
        let (lo, hi) = (first[0].lo, first[first.len() - 1].hi);
        let mut beyond = bounds;
        if lo <= bounds.lo && hi < bounds.hi {
            beyond.lo = hi + 1;
        }
        let otherwise = match rest {
            [] => switch.default,
            _ => self.new_block(|cx| cx.tree(switch, rest, beyond)),
        };
        match first[..] {
            [range] => self.test_range(switch, range, bounds, otherwise),
            _ => self.table(switch, first, bounds, otherwise),
        }
    }

    fn test_range(&mut self, switch: &Switch, range: Range, bounds: Bounds, otherwise: B) -> Term {
        let Range { lo, hi, target } = range;
        let above = lo <= bounds.lo;
        let below = hi >= bounds.hi;
        let cond = match (above, below) {
            (true, true) => return Term::Jump(target),
            _ if lo == hi => self.compare(switch, lir::CmpOp::Eq, lo),
            (true, false) => self.compare(switch, lir::CmpOp::LeS, hi),
            (false, true) => self.compare(switch, lir::CmpOp::GeS, lo),
            (false, false) => {
                let moved = self.minus(switch, lo);
                let moved = Switch { value: moved, ..*switch };
                self.compare(&moved, lir::CmpOp::LeU, hi.wrapping_sub(lo))
            }
        };
        self.branch(cond, target, otherwise)
    }

    fn table(&mut self, switch: &Switch, cluster: &Cluster, bounds: Bounds, otherwise: B) -> Term {
        let mut lo = cluster[0].lo;
        let hi = cluster[cluster.len() - 1].hi;
        if switch.ty == Vt::I32 && (0..=PAD_MAX).contains(&lo) {
            lo = 0;
        }
        let mut targets = vec![otherwise; (hi - lo + 1) as usize];
        for range in cluster {
            targets[(range.lo - lo) as usize..=(range.hi - lo) as usize].fill(range.target);
        }
        let moved = if lo == 0 { switch.value } else { self.minus(switch, lo) };
        if switch.ty == Vt::I32 {
            return self.jump_table(moved, targets, otherwise);
        }
        if lo <= bounds.lo && hi >= bounds.hi {
            let index = self.value(Vt::I32, Op::Num(code::Code::I32WrapI64), &[moved]);
            return self.jump_table(index, targets, otherwise);
        }
        let inside = self.new_block(|cx| {
            let index = cx.value(Vt::I32, Op::Num(code::Code::I32WrapI64), &[moved]);
            cx.jump_table(index, targets, otherwise)
        });
        let moved = Switch { value: moved, ..*switch };
        let cond = self.compare(&moved, lir::CmpOp::LeU, hi - lo);
        self.branch(cond, inside, otherwise)
    }

    fn jump_table(&mut self, index: V, mut targets: Vec<B>, default: B) -> Term {
        while targets.last() == Some(&default) {
            targets.pop();
        }
        Term::Table { index: self.func.list([index]), targets, default }
    }

    fn compare(&mut self, switch: &Switch, op: lir::CmpOp, n: i64) -> V {
        let n = self.constant(Const::of_int(switch.ty, n));
        let code = code::cmp(op, switch.ty).expect("integers have every comparison");
        self.value(Vt::I32, Op::Num(code), &[switch.value, n])
    }

    fn minus(&mut self, switch: &Switch, n: i64) -> V {
        let n = self.constant(Const::of_int(switch.ty, n));
        let code = code::bin(lir::BinOp::Sub, switch.ty).expect("integers have a difference");
        self.value(switch.ty, Op::Num(code), &[switch.value, n])
    }
}

/// The cases by rising values, neighbours with one target joined, those that do as the default left out.
fn ranges(cases: &[(i64, lir::Block)], ty: Vt, default: B) -> Vec<Range> {
    let normal = |n: i64| if ty == Vt::I32 { i64::from(n as i32) } else { n };
    let mut cases: Vec<(i64, B)> =
        cases.iter().map(|&(n, target)| (normal(n), B(target.0))).filter(|&(_, to)| to != default).collect();
    cases.arrange_by_key(|&(n, _)| n);
    let mut ranges: Vec<Range> = Vec::new();
    for (n, target) in cases {
        match ranges.last_mut() {
            Some(last) if last.target == target && last.hi.checked_add(1) == Some(n) => last.hi = n,
            _ => ranges.push(Range { lo: n, hi: n, target }),
        }
    }
    ranges
}

fn clusters(ranges: Vec<Range>) -> Vec<Cluster> {
    let mut clusters = Vec::new();
    let mut rest = &ranges[..];
    while !rest.is_empty() {
        let len = dense_prefix(rest);
        if len >= TABLE_MIN {
            clusters.push(rest[..len].to_vec());
            rest = &rest[len..];
        } else {
            clusters.push(vec![rest[0]]);
            rest = &rest[1..];
        }
    }
    clusters
}

/// How many ranges from the first on fill one table well enough.
fn dense_prefix(ranges: &[Range]) -> usize {
    let lo = i128::from(ranges[0].lo);
    let fits = |&(n, range): &(usize, &Range)| {
        let entries = i128::from(range.hi) - lo + 1;
        entries <= (n as i128 + 1) * (1 + TABLE_HOLES) && entries <= TABLE_MAX
    };
    ranges.iter().enumerate().take_while(fits).count()
}

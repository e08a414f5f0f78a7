//! What a `drop` may not do, nor have others do: give `self` another value, or away. The old one would be dropped for it, by the same `drop`, and
//! the new one by nobody. What the `drop` itself assigns the checker sees; here it is followed through the calls that have
//! `self` as a `mut` argument, where all that is called is known but boxed closures and methods of `dyn` values. Parts
//! of `self` may be replaced.
//!
//! Asked of the program as it is built, where no call is in the place of another and each function has its own parameters.

use super::Cx;
use crate::ir::*;
use crate::visit::Access;
use entity::Arrange;
use rustc_hash::FxHashSet;
use syntax::{Diagnostic, Span};

/// A function and one of its parameters.
type Param = (FuncId, usize);

/// How `self` comes to another value.
enum Replaced {
    /// The `drop` itself moves it, on a way that does not end: else it would have to give it another value.
    Away,
    /// What is called writes it here.
    At(Span),
    /// What is called moves it here.
    Taken(Span),
    /// By something that is not known.
    Unknown,
}

impl Cx<'_> {
    pub(super) fn check_drops(&mut self) {
        let mut drops: Vec<FuncId> = self.program.types.defs.iter().filter_map(|def| def.user_drop).collect();
        drops.arrange();
        let mut found: Vec<(Span, Replaced)> = Vec::new();
        for drop in drops {
            let moved = accesses(&self.program, (drop, 0), |access| access == Access::Move);
            let moved = moved.into_iter().map(|span| (span, Replaced::Away));
            let calls = calls_with(&self.program, (drop, 0)).into_iter();
            let calls = calls.filter_map(|(call, to)| Some((call, replaced(&self.program, to)?)));
            for new in moved.chain(calls) {
                // Instances of a generic type have the same.
                if !found.iter().any(|known| known.0 == new.0) {
                    found.push(new);
                }
            }
        }
        for (span, replaced) in found {
            self.report_replaced(span, &replaced);
        }
    }

    fn report_replaced(&mut self, span: Span, replaced: &Replaced) {
        let message = match replaced {
            Replaced::Away => "`drop` cannot move `self` away: it would be dropped again, by this `drop`",
            _ => {
                "`drop` cannot give `self` another value: the old one would be dropped for it, by this `drop`"
            }
        };
        let diag = Diagnostic::error(hir::codes::BAD_DROP, span, message);
        let diag = match replaced {
            Replaced::Away => diag,
            Replaced::At(at) => diag.also(*at, "this gives it another value"),
            Replaced::Taken(at) => diag.also(*at, "this takes its value"),
            Replaced::Unknown => diag
                .note("what is called in the end is not known before the program runs, so it may give it another value"),
        };
        self.errors.push(diag.note("its fields may be changed; they are dropped when it is done"));
    }
}

/// How a parameter comes to another value, by its function or by whom that passes it on to. `None` stands for a parameter of what is
/// not known.
fn replaced(program: &Program, to: Option<Param>) -> Option<Replaced> {
    let mut seen: FxHashSet<Param> = FxHashSet::default();
    let mut work = vec![to];
    while let Some(next) = work.pop() {
        let Some(param) = next else { return Some(Replaced::Unknown) };
        if !seen.insert(param) {
            continue;
        }
        if let Some(found) = replaced_by(program, param) {
            return Some(found);
        }
        work.extend(calls_with(program, param).into_iter().map(|(_, to)| to));
    }
    None
}

/// Where a function itself writes its parameter as a whole. One that moves it out writes it afterwards, or never ends.
fn replaced_by(program: &Program, param: Param) -> Option<Replaced> {
    let is_write = |access| matches!(access, Access::Write | Access::CallWrite | Access::Drop);
    let is_taken = |access| matches!(access, Access::Move | Access::AddrOf);
    let first = |spans: Vec<Span>| spans.first().copied();
    let written = first(accesses(program, param, is_write)).map(Replaced::At);
    written.or_else(|| first(accesses(program, param, is_taken)).map(Replaced::Taken))
}

/// Where the parameter is accessed as a whole, in a way that is asked for.
fn accesses(program: &Program, (func, index): Param, is_asked: impl Fn(Access) -> bool) -> Vec<Span> {
    let Some(body) = program.funcs[func].body() else { return Vec::new() };
    let Some(param) = body.params.get(index).map(|param| param.local) else { return Vec::new() };
    let mut found = Vec::new();
    let mut note = |span: Span, place: &Place, access: Access| {
        if is_asked(access) && place.local == param && place.proj.is_empty() {
            found.push(span);
        }
    };
    for data in &body.blocks {
        for stmt in &data.stmts {
            stmt.kind.for_each_access(|place, access| note(stmt.span, place, access));
        }
        data.term.for_each_access(|place, access| note(data.term_span, place, access));
    }
    found.arrange_by_key(|span| span.lo);
    found
}

/// The calls that have a function's parameter as a `mut` argument, as a whole: where, and whose parameter it is then.
fn calls_with(program: &Program, (func, index): Param) -> Vec<(Span, Option<Param>)> {
    let Some(body) = program.funcs[func].body() else { return Vec::new() };
    let Some(param) = body.params.get(index).map(|param| param.local) else { return Vec::new() };
    let mut found = Vec::new();
    for data in &body.blocks {
        let Term::Call { callee, args, .. } = &data.term else { continue };
        for (i, arg) in args.iter().enumerate() {
            if let Arg::Mut(place) = arg
                && place.local == param
                && place.proj.is_empty()
            {
                let to = match callee {
                    Callee::Func(callee) => Some((*callee, i)),
                    _ => None,
                };
                found.push((data.term_span, to));
            }
        }
    }
    found
}

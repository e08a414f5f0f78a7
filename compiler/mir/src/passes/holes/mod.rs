//! What the owner of a value with a `drop` of its own learns of its parts. Mandatory, the first pass.
//!
//! While a function has moved the value of a `mut` parameter out, there is a *hole* in the place, and unwinding that leaves
//! then leaves a poison in it. Poison may be dropped, but nothing may look at it, and a user's `drop` looks at all parts. So where a
//! call is given a part of such a value, the value's owner, and what it calls may leave a hole:
//!
//! * the call goes to a copy of the function, which takes one more `mut` parameter, a `Bool` that elaboration sets where it writes
//!   poison (`Body::hole`), and hands it on to what it calls in turn;
//! * where unwinding comes back with it set, the owner is *disarmed*: its parts are dropped, its `drop` does not run.
//!
//! Of functions that are called through a box or a table there are no copies: whether one of them may leave a hole is all
//! that is known, and then the owner is disarmed by any panic that comes out of such a call.
//!
//! Values that can be copied are never elsewhere as the program is built; passes that move them in place of copying must not let that be
//! seen. The parameters that may be given a part are noted in `Body::observed`, for `last_use`.
//!
//! In and out: the built stage.

mod calls;
mod rewrite;

use crate::facts::TypeFacts;
use crate::ir::*;
use crate::passes::moved_params;
use crate::passes::nounwind::Unwinds;
use calls::{Given, Roots, Site, sites};
use entity::Arrange;
use rewrite::Rewriter;
use rustc_hash::{FxHashMap, FxHashSet};

pub fn run(program: &mut Program, facts: &TypeFacts) {
    if !program.types.defs.iter().any(|def| def.user_drop.is_some()) {
        return;
    }
    let unwinds = Unwinds::inferred(program);
    let mut finder = Finder::new(program, facts, &unwinds);
    finder.find();
    let Finder { known, owners, holes, table, .. } = finder;
    let mut rewriter = Rewriter::new(program, facts, known, holes, table);
    owners.into_iter().for_each(|func| rewriter.owner(func));
    rewriter.finish();
}

/// A function that can be given a part of such a value, or that gives one away.
struct Known {
    sites: Vec<Site>,
}

/// What may be called through boxes and tables.
#[derive(Default)]
struct Table {
    /// Functions whose first parameter is what they are called through.
    funcs: Vec<FuncId>,
    /// Those of tables. Both are in order.
    methods: Vec<FuncId>,
}

/// Which `mut` parameters may be left with a hole, by function.
#[derive(Default)]
struct Holes {
    params: FxHashMap<FuncId, Vec<bool>>,
}

impl Holes {
    fn of(&self, func: FuncId, param: usize) -> bool {
        self.params.get(&func).is_some_and(|list| list.get(param) == Some(&true))
    }

    /// Whether the call may leave a hole in what it is given so.
    fn at(&self, program: &Program, table: &Table, callee: &Callee, given: &Given) -> bool {
        match (callee, given.arg) {
            (Callee::Func(func), Some(arg)) => self.of(*func, arg),
            (Callee::Dyn { .. }, None) => table.methods.iter().any(|func| self.of(*func, 0)),
            _ => self.params.iter().any(|(func, list)| {
                let params = &program.funcs[*func].params;
                table.funcs.binary_search(func).is_ok()
                    && list.iter().zip(params).any(|(hole, (ty, _))| *hole && *ty == given.ty)
            }),
        }
    }
}

struct Finder<'a> {
    program: &'a Program,
    facts: &'a TypeFacts,
    unwinds: &'a Unwinds,
    known: FxHashMap<FuncId, Known>,
    /// The functions that own what they give a part of.
    owners: Vec<FuncId>,
    holes: Holes,
    table: Table,
}

impl<'a> Finder<'a> {
    fn new(program: &'a Program, facts: &'a TypeFacts, unwinds: &'a Unwinds) -> Self {
        let (known, holes) = (FxHashMap::default(), Holes::default());
        Finder { program, facts, unwinds, known, owners: Vec::new(), holes, table: table(program) }
    }

    fn find(&mut self) {
        let mut work: Vec<FuncId> = Vec::new();
        for (func, function) in self.program.funcs.iter_enumerated() {
            let Some(body) = function.body() else { continue };
            let sites = sites(&self.program.types, self.facts, self.unwinds, body);
            let own = |site: &Site| site.given.iter().any(|given| !given.owners.is_empty());
            if !sites.iter().any(own) {
                continue;
            }
            self.owners.push(func);
            sites.iter().filter(|site| own(site)).for_each(|site| self.callees(site, &mut work));
            self.known.insert(func, Known { sites });
        }
        self.reach(work);
        self.settle();
    }

    fn callees(&self, site: &Site, work: &mut Vec<FuncId>) {
        match &site.callee {
            Callee::Func(func) => work.push(*func),
            _ => work.extend(&self.table.funcs),
        }
    }

    /// Looks at the functions, and at what they hand their parameters on to.
    fn reach(&mut self, mut work: Vec<FuncId>) {
        let mut seen: FxHashSet<FuncId> = FxHashSet::default();
        while let Some(func) = work.pop() {
            let Some(body) = self.program.funcs[func].body().filter(|_| seen.insert(func)) else { continue };
            let sites = match self.known.remove(&func) {
                Some(known) => known.sites,
                None => sites(&self.program.types, self.facts, self.unwinds, body),
            };
            let on = sites.iter().filter(|site| site.given.iter().any(|given| given.roots != Roots::None));
            on.for_each(|site| self.callees(site, &mut work));
            self.known.insert(func, Known { sites });
            let own = self.own_holes(body);
            self.holes.params.insert(func, own);
        }
    }

    /// The parameters that the function itself may leave without a value.
    fn own_holes(&self, body: &Body) -> Vec<bool> {
        let types = &self.program.types;
        if !body.params.iter().any(|param| param.mode == ParamMode::Mut) {
            return vec![false; body.params.len()];
        }
        let unwinds = |body: &Body, term: &Term| self.unwinds.term(types, body, term);
        moved_params::settle(types, self.facts, &mut body.clone(), &unwinds)
            .into_iter()
            .map(|fits| !fits)
            .collect()
    }

    /// What is handed on to a function that may leave a hole in it may be left with one.
    fn settle(&mut self) {
        let funcs: Vec<FuncId> = self.holes.params.keys().copied().collect();
        loop {
            let mut changed = false;
            for func in &funcs {
                let mut found = self.holes.params[func].clone();
                for site in &self.known[func].sites {
                    for given in site.given.iter().filter(|given| given.roots != Roots::None) {
                        if self.holes.at(self.program, &self.table, &site.callee, given) {
                            given.roots.mark(&mut found);
                        }
                    }
                }
                changed |= found != self.holes.params[func];
                self.holes.params.insert(*func, found);
            }
            if !changed {
                return;
            }
        }
    }
}

fn table(program: &Program) -> Table {
    let mut table = Table::default();
    let bodies = program.funcs.iter().filter_map(|func| func.body());
    for stmt in bodies.flat_map(|body| &body.blocks).flat_map(|data| &data.stmts) {
        match &stmt.kind {
            StmtKind::Assign(_, Rvalue::MakeFnBox { func, .. }) => {
                table.funcs.push(*func);
            }
            StmtKind::Assign(_, Rvalue::MakeDyn { methods, .. }) => {
                table.funcs.extend(methods);
                table.methods.extend(methods);
            }
            _ => {}
        }
    }
    for list in [&mut table.funcs, &mut table.methods] {
        list.arrange();
        list.dedup();
    }
    table
}

/// The parameters of a body that a call may change and whose values are owned.
fn changed_params<'a>(facts: &'a TypeFacts, body: &'a Body) -> impl Iterator<Item = Local> + 'a {
    let owned =
        |param: &&Param| param.mode == ParamMode::Mut && facts.needs_drop(body.locals[param.local].ty);
    body.params.iter().filter(owned).map(|param| param.local)
}

//! Drop elaboration: after it every `Drop` is unconditional. Mandatory.
//!
//! In: `Drop`s that may name places moved out or never written on some or all paths, where they do nothing. Out: those
//! are removed; where it depends on the path a flag (a `Bool` local) decides; a value of which parts are moved out has its
//! other parts dropped. Where unwinding leaves a function while a `mut` parameter is moved out, `Const::Poison` is written to it.
//!
//! The method is that of rustc's `elaborate_drops`: two dataflow bits a move path (`analysis::init`), a plan for each
//! `Drop` from them, then the flags the plans ask for.

use crate::analysis::bitset::BitSet;
use crate::analysis::init::{Init, Status};
use crate::analysis::move_paths::{Detail, Lookup, MovePaths, Path, Step};
use crate::facts::{TypeFacts, place_ty};
use crate::ir::*;
use crate::passes::emit_drops::Emitter;
use crate::passes::nounwind::Unwinds;
use crate::visit::Access;
use entity::IndexVec;

/// What is to be done for one `Drop`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Plan {
    Nothing,
    /// Drop the place; the path is there to keep flags up to date.
    Whole(Place, Option<Path>),
    /// Only if the path's flag is set, which is cleared unless it is asked again.
    Flagged {
        path: Path,
        inner: Box<Plan>,
        is_asked_again: bool,
    },
    /// The parts of a value; of this path, whose flag does not speak for them any longer.
    Seq(Option<Path>, Vec<Plan>),
    /// By the variant of the enum at the place; other variants are dropped whole.
    Switch {
        place: Place,
        cases: Vec<(u32, Plan)>,
        path: Path,
    },
    /// Frees the cell of an enum, of whose variant nothing is left to be dropped.
    Free {
        place: Place,
        variant: u32,
    },
}

/// What the emitter needs to know of one body.
pub(crate) struct Elaboration {
    pub paths: MovePaths,
    /// In the order of blocks and statements; one for each `Drop`.
    pub plans: Vec<Plan>,
    /// Paths whose state is kept in a flag.
    pub flagged: BitSet,
    /// Per block of ordinary code that may be left by unwinding: what of `mut` parameters may be moved out on it.
    pub poison: IndexVec<Block, Vec<Poison>>,
}

/// A place that may be moved out.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Poison {
    pub place: Place,
    pub ty: Ty,
    /// Whose flag tells whether it is there, where that depends.
    pub path: Option<Path>,
    /// Parts that may be moved out where the whole is not.
    pub parts: Vec<Poison>,
}

pub fn run(types: &mut Types, facts: &TypeFacts, unwinds: &Unwinds, body: &mut Body) {
    let elaboration = plan_body(types, facts, unwinds, body);
    Emitter::new(types, facts, unwinds, body, elaboration).run();
    // From here on each place says what is in it.
    body.observed.clear();
    body.hole = None;
}

fn plan_body(types: &Types, facts: &TypeFacts, unwinds: &Unwinds, body: &Body) -> Elaboration {
    let paths = MovePaths::new(types, facts, body, Detail::Opened);
    let init = Init { types, body, paths: &paths };
    let entry = init.compute();
    let mut planner = Planner {
        facts,
        init: &init,
        plans: Vec::new(),
        flagged: BitSet::new(paths.len()),
        taken: taken(types, body, &paths),
        state: BitSet::new(0),
    };
    let mut poison = IndexVec::from_elem(Vec::new(), body.blocks.len());
    for (block, data) in body.blocks.iter_enumerated() {
        planner.state = entry[block].clone();
        for stmt in &data.stmts {
            if let StmtKind::Drop(place) = &stmt.kind {
                planner.drop(place);
            }
            crate::analysis::flow::Forward::stmt(&init, &mut planner.state, &stmt.kind);
        }
        if let Term::Drop { place, .. } = &data.term {
            planner.drop(place);
        }
        crate::analysis::flow::Forward::term(&init, &mut planner.state, &data.term);
        if !data.is_cleanup && may_unwind(types, unwinds, body, &data.term) {
            init.unwinding(&mut planner.state, &data.term);
            poison[block] = planner.poison();
        }
    }
    let (plans, flagged) = (planner.plans, planner.flagged);
    Elaboration { paths, plans, flagged, poison }
}

fn taken(types: &Types, body: &Body, paths: &MovePaths) -> BitSet {
    let mut set = BitSet::new(paths.len());
    let mut note = |place: &Place, access: Access| {
        if matches!(access, Access::Move | Access::Drop)
            && let Lookup::Exact(path) = paths.lookup(types, place)
        {
            set.insert(path.bit());
        }
    };
    for data in &body.blocks {
        data.stmts.iter().for_each(|stmt| stmt.kind.for_each_access(&mut note));
        data.term.for_each_access(&mut note);
    }
    set
}

fn may_unwind(types: &Types, unwinds: &Unwinds, body: &Body, term: &Term) -> bool {
    match term {
        Term::Call { unwind: Some(_), .. } | Term::Drop { unwind: Some(_), .. } => true,
        Term::Call { .. } | Term::Drop { .. } => unwinds.term(types, body, term),
        _ => false,
    }
}

struct Planner<'a> {
    facts: &'a TypeFacts,
    init: &'a Init<'a>,
    plans: Vec<Plan>,
    flagged: BitSet,
    /// Paths that are moved or dropped for themselves somewhere.
    taken: BitSet,
    state: BitSet,
}

/// What is to be done for a field, which has a path of its own or not.
struct Part {
    plan: Plan,
    is_tracked: bool,
}

fn flagged(path: Path, inner: Plan) -> Plan {
    Plan::Flagged { path, inner: Box::new(inner), is_asked_again: false }
}

fn asked_again(path: Path, run: Vec<Plan>) -> Plan {
    Plan::Flagged { path, inner: Box::new(Plan::Seq(None, run)), is_asked_again: true }
}

impl Planner<'_> {
    fn drop(&mut self, place: &Place) {
        let ty = place_ty(self.init.types, self.init.body, place);
        let plan = if self.facts.needs_drop(ty) { self.plan_place(place) } else { Plan::Nothing };
        self.note_flags(&plan);
        self.plans.push(plan);
    }

    fn plan_place(&self, place: &Place) -> Plan {
        match self.init.paths.lookup(self.init.types, place) {
            Lookup::Exact(path) => self.plan(path),
            // Memory, or a local that is not owned.
            Lookup::Untracked if place.is_indirect() => Plan::Whole(place.clone(), None),
            Lookup::Untracked => Plan::Nothing,
            Lookup::Within { path, .. } => match self.init.status(&self.state, path) {
                Status::Init | Status::Maybe => Plan::Whole(place.clone(), None),
                Status::Uninit | Status::Unreached => Plan::Nothing,
            },
        }
    }

    fn status(&self, path: Path) -> Status {
        self.init.status(&self.state, path)
    }

    fn all_below(&self, path: Path, wanted: Status) -> bool {
        !self.init.paths.any_below(path, &mut |p| self.status(p) != wanted)
    }

    fn plan(&self, path: Path) -> Plan {
        let data = &self.init.paths.paths[path];
        let status = self.status(path);
        let whole = Plan::Whole(data.place.clone(), Some(path));
        if status == Status::Unreached || self.all_below(path, Status::Uninit) {
            return Plan::Nothing;
        }
        if self.all_below(path, Status::Init) {
            return whole;
        }
        if data.children.is_empty() {
            return flagged(path, whole);
        }
        match data.children[0].0 {
            Step::Field(_) => self.plan_struct(path),
            Step::Variant(..) => {
                let inner = self.plan_enum(path);
                match status {
                    Status::Init => inner,
                    Status::Maybe => flagged(path, inner),
                    _ => Plan::Nothing,
                }
            }
        }
    }

    /// The parts in the order of the fields. Those without a path share the state of the whole: its flag is asked once for
    /// each run of them.
    fn plan_struct(&self, path: Path) -> Plan {
        let parts = self.parts(path, 0, Step::Field, &[]);
        let status = self.status(path);
        let (mut seq, mut run) = (Vec::new(), Vec::new());
        for Part { plan, is_tracked } in parts {
            if is_tracked && status == Status::Maybe && !run.is_empty() {
                seq.push(asked_again(path, std::mem::take(&mut run)));
            }
            match (is_tracked, status) {
                (true, _) | (false, Status::Init) => seq.push(plan),
                (false, Status::Maybe) => run.push(plan),
                _ => {}
            }
        }
        if !run.is_empty() {
            seq.push(asked_again(path, run));
        }
        let last = seq.iter_mut().rev().find_map(|plan| match plan {
            Plan::Flagged { path: of, is_asked_again, .. } if *of == path => Some(is_asked_again),
            _ => None,
        });
        // Asking the flag clears it.
        let cleared = last.map(|is_asked_again| *is_asked_again = false).is_some();
        Plan::Seq((!cleared).then_some(path), seq)
    }

    /// What there is to do for the fields of a variant, or of a struct, in the order in which they are dropped: theirs. Only
    /// those without a path whose drop nobody sees come first, so that there are few runs of them.
    fn parts(&self, path: Path, variant: u32, step: impl Fn(u32) -> Step, prefix: &[Proj]) -> Vec<Part> {
        let data = &self.init.paths.paths[path];
        let fields = &self.init.types.defs[data.ty].variants[variant as usize].fields;
        let (mut first, mut list) = (Vec::new(), Vec::new());
        for (i, field) in (0..).zip(fields) {
            if let Some((_, child)) = data.children.iter().find(|c| c.0 == step(i)) {
                let plan = self.plan(*child);
                if plan != Plan::Nothing {
                    list.push(Part { plan, is_tracked: true });
                }
            } else if self.facts.needs_drop(field.ty) {
                let mut place = data.place.clone();
                place.proj.extend_from_slice(prefix);
                let plan = Plan::Whole(place.with(Proj::Field(i)), None);
                let is_seen = self.facts.stays(field.ty) || self.facts.runs_user_drop(field.ty);
                let order = if is_seen { &mut list } else { &mut first };
                order.push(Part { plan, is_tracked: false });
            }
        }
        first.extend(list);
        first
    }

    /// The enum itself is there; fields of some variants may not be.
    fn plan_enum(&self, path: Path) -> Plan {
        let data = &self.init.paths.paths[path];
        let mut variants: Vec<u32> = Vec::new();
        for (step, child) in &data.children {
            if let Step::Variant(v, _) = step {
                // A field that is gone on every path tells the variant.
                if self.status(*child) == Status::Uninit {
                    return self.plan_variant(path, *v);
                }
                if !variants.contains(v) && !self.all_below(*child, Status::Init) {
                    variants.push(*v);
                }
            }
        }
        let cases = variants.into_iter().map(|v| (v, self.plan_variant(path, v))).collect();
        Plan::Switch { place: data.place.clone(), cases, path }
    }

    fn plan_variant(&self, path: Path, variant: u32) -> Plan {
        let data = &self.init.paths.paths[path];
        let parts = self.parts(path, variant, |i| Step::Variant(variant, i), &[Proj::Variant(variant)]);
        let mut seq: Vec<Plan> = parts.into_iter().map(|part| part.plan).collect();
        if self.init.types.defs[data.ty].is_boxed {
            seq.push(Plan::Free { place: data.place.clone(), variant });
        }
        // Otherwise the flag has been asked, which clears it.
        Plan::Seq((self.status(path) == Status::Init).then_some(path), seq)
    }

    fn note_flags(&mut self, plan: &Plan) {
        match plan {
            Plan::Nothing | Plan::Whole(..) | Plan::Free { .. } => {}
            Plan::Flagged { path, inner, .. } => {
                self.flagged.insert(path.bit());
                self.note_flags(inner);
            }
            Plan::Seq(_, list) => list.iter().for_each(|p| self.note_flags(p)),
            Plan::Switch { cases, .. } => cases.iter().for_each(|(_, p)| self.note_flags(p)),
        }
    }

    fn poison(&mut self) -> Vec<Poison> {
        let mut list = Vec::new();
        for param in &self.init.body.params {
            if let (ParamMode::Mut, Some(path)) = (param.mode, self.init.paths.of_local[param.local]) {
                self.poison_below(path, &mut list);
            }
        }
        list
    }

    fn poison_below(&mut self, path: Path, list: &mut Vec<Poison>) {
        let data = &self.init.paths.paths[path];
        let mut parts = Vec::new();
        let status = self.status(path);
        for (_, child) in &data.children {
            // What only ever goes with the whole has nothing to say for itself.
            let goes_alone = self.init.paths.any_below(*child, &mut |p| self.taken.contains(p.bit()));
            if goes_alone && status != Status::Uninit {
                self.poison_below(*child, &mut parts);
            }
        }
        let flag = match status {
            Status::Uninit => None,
            Status::Maybe => Some(path),
            Status::Init | Status::Unreached => return list.append(&mut parts),
        };
        if let Some(path) = flag {
            self.flagged.insert(path.bit());
        }
        list.push(Poison { place: data.place.clone(), ty: data.ty, path: flag, parts });
    }
}

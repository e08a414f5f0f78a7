//! What is known of buffers in `mut` parameters and results where functions begin and end: see [`super::unique`].
//!
//! The greatest solution: it is taken that all buffers have one owner at each call of a function that only direct calls reach, and at
//! each return; what some call site or some way to `return` does not bear out is taken away, until nothing more is.

use super::unique_flow::{Unique, tracked};
use crate::ir::*;
use entity::{Arrange, IndexVec};

/// A buffer in a `mut` parameter, or in what is returned, and the way to the buffer.
pub(crate) type Way = (Source, Vec<Proj>);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Source {
    /// The parameter with this number.
    Param(usize),
    Result,
}

impl Source {
    /// In the function itself.
    pub(crate) fn local(self, body: &Body) -> Local {
        match self {
            Source::Param(i) => body.params[i].local,
            Source::Result => RETURN,
        }
    }

    /// At a call.
    pub(crate) fn place<'t>(self, args: &'t [Arg], dest: &'t Place) -> Option<&'t Place> {
        match self {
            Source::Param(i) => match args.get(i) {
                Some(Arg::Mut(place)) => Some(place),
                _ => None,
            },
            Source::Result => Some(dest),
        }
    }
}

/// Per function, the buffers that have one owner: at each entry, at each exit, and at each exit if they have at entry.
#[derive(Clone, PartialEq)]
pub(crate) struct Facts {
    pub entry: IndexVec<FuncId, Vec<Way>>,
    pub exit: IndexVec<FuncId, Vec<Way>>,
    pub keeps: IndexVec<FuncId, Vec<Way>>,
    /// The functions that unwind.
    pub unwinds: IndexVec<FuncId, bool>,
}

/// Structs in structs are followed so deep.
const DEPTH_MAX: usize = 4;

pub(crate) fn unique_facts(program: &Program) -> Facts {
    let all: IndexVec<FuncId, Vec<Way>> = program
        .funcs
        .iter()
        .map(|func| func.body().map_or(Vec::new(), |body| ways(&program.types, body)))
        .collect();
    let unwinds = program.funcs.iter().map(|func| func.may_unwind && !program.panics_abort).collect();
    let mut facts = Facts { entry: all.clone(), exit: all.clone(), keeps: all, unwinds };
    for (func, exit) in facts.exit.iter_enumerated_mut() {
        let Some(body) = program.funcs[func].body() else { continue };
        let returned = buffers_in(&program.types, body.locals[RETURN].ty);
        exit.extend(returned.into_iter().map(|proj| (Source::Result, proj)));
    }
    for func in reached_otherwise(program) {
        facts.entry[func].clear();
    }
    loop {
        let mut next = facts.clone();
        for func in program.funcs.indices() {
            if let Some(body) = program.funcs[func].body() {
                narrow(&program.types, &facts, &mut next, func, body);
            }
        }
        let same = next == facts;
        facts = next;
        if same {
            return facts;
        }
    }
}

/// The buffers in the `mut` parameters of a body.
fn ways(types: &Types, body: &Body) -> Vec<Way> {
    let mut list = Vec::new();
    for (i, param) in body.params.iter().enumerate().filter(|(_, p)| p.mode == ParamMode::Mut) {
        let of_param = buffers_in(types, body.locals[param.local].ty);
        list.extend(of_param.into_iter().map(|proj| (Source::Param(i), proj)));
    }
    list
}

/// The ways to buffers in a value of the type, through the fields of structs.
pub(crate) fn buffers_in(types: &Types, ty: Ty) -> Vec<Vec<Proj>> {
    let mut found = Vec::new();
    let mut work = vec![(ty, Vec::new())];
    while let Some((ty, proj)) = work.pop() {
        match types.kind(ty) {
            TyKind::Buffer(_) => found.push(proj),
            TyKind::Struct if proj.len() < DEPTH_MAX => {
                let fields = types.defs[ty].variants.first().map_or(&[][..], |v| &v.fields);
                for (i, field) in fields.iter().enumerate() {
                    let mut inner = proj.clone();
                    inner.push(Proj::Field(i as u32));
                    work.push((field.ty, inner));
                }
            }
            _ => {}
        }
    }
    found
}

/// Functions that are called from elsewhere than by direct calls in the program, or not at all.
fn reached_otherwise(program: &Program) -> Vec<FuncId> {
    let mut called: IndexVec<FuncId, bool> = IndexVec::from_elem(false, program.funcs.len());
    for data in program.funcs.iter().filter_map(Function::body).flat_map(|body| &body.blocks) {
        if let Term::Call { callee: Callee::Func(func), .. } = &data.term {
            called[*func] = true;
        }
    }
    let mut list: Vec<FuncId> = program.lang.values().copied().collect();
    list.extend(called.iter_enumerated().filter(|(_, called)| !**called).map(|(func, _)| func));
    list.extend(program.types.defs.iter().filter_map(|def| def.user_drop));
    for (id, func) in program.funcs.iter_enumerated() {
        if func.export.is_some() {
            list.push(id);
        }
        for data in func.body().into_iter().flat_map(|body| &body.blocks) {
            data.for_each_code(&mut |func| list.push(func));
            if let Term::Call { callee: Callee::Start(func), .. } = &data.term {
                list.push(*func);
            }
        }
        for stmt in func.body().into_iter().flat_map(|body| &body.blocks).flat_map(|data| &data.stmts) {
            match &stmt.kind {
                StmtKind::Assign(_, Rvalue::MakeFnBox { func, .. }) => list.push(*func),
                StmtKind::Assign(_, Rvalue::MakeDyn { methods, .. }) => list.extend(methods),
                _ => {}
            }
        }
    }
    list.arrange();
    list.dedup();
    list
}

/// Takes away what this function does not bear out: of its own exit, and of the entries of what it calls.
fn narrow(types: &Types, facts: &Facts, next: &mut Facts, func: FuncId, body: &Body) {
    let calls = |term: &Term| match term {
        Term::Call { callee: Callee::Func(callee), args, .. } => {
            !facts.entry[*callee].is_empty() && args.iter().any(|arg| matches!(arg, Arg::Mut(_)))
        }
        _ => false,
    };
    if facts.keeps[func].is_empty()
        && facts.exit[func].is_empty()
        && !body.blocks.iter().any(|data| calls(&data.term))
    {
        return;
    }
    let mut places = tracked(types, body);
    for (source, proj) in &facts.keeps[func] {
        let place = Place { local: source.local(body), proj: proj.clone() };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let unique = Unique::new(body, facts, func, places);
    let entry = unique.solve(None);
    for (block, data) in body.blocks.iter_enumerated() {
        let Some(state) = &entry[block] else { continue };
        if data.term != Term::Return && !calls(&data.term) {
            continue;
        }
        let mut state = state.clone();
        data.stmts.iter().for_each(|stmt| unique.stmt(&mut state, &stmt.kind));
        match &data.term {
            Term::Return => next.exit[func]
                .retain(|(source, proj)| unique.holds(&state, &source.local(body).into(), proj)),
            term @ Term::Call { callee: Callee::Func(callee), args, dest, .. } => {
                unique.arguments(&mut state, term);
                next.entry[*callee].retain(|(source, proj)| {
                    source.place(args, dest).is_some_and(|place| unique.holds(&state, place, proj))
                });
            }
            _ => {}
        }
    }
    let exit = &next.exit[func];
    next.keeps[func].retain(|way| exit.contains(way) || keeps(&unique, body, way));
}

/// Whether a buffer that has one owner at entry has one at each exit.
fn keeps(unique: &Unique, body: &Body, (source, proj): &Way) -> bool {
    let place = Place { local: source.local(body), proj: proj.clone() };
    let Some(bit) = unique.bit(&place) else { return false };
    let entry = unique.solve(Some((Block(0), bit)));
    body.blocks.iter_enumerated().filter(|(_, data)| data.term == Term::Return).all(|(block, data)| {
        let Some(mut state) = entry[block].clone() else { return true };
        data.stmts.iter().for_each(|stmt| unique.stmt(&mut state, &stmt.kind));
        state.contains(bit)
    })
}

//! Which parameters of types that can only be moved functions take, and which they are only lent.
//!
//! Such a parameter is moved if the body moves it, or a part of it, or passes it on to a parameter that is moved;
//! otherwise the caller stays its owner, so that `file.size()` does not consume the file. A body is summed up once, by
//! itself ([`summary`]): what it moves, and what it passes on to whom. Then all functions that one leads to are answered at
//! once ([`moved_params`]), so that it does not matter in which order functions that call each other are looked at.
//!
//! The checker asks per function, to report uses after moves, and lowering per instance, where all types are known. It must
//! agree with how each form of expression is lowered: what is called moved too often is only refused, what is called lent
//! and is moved would be freed twice. So code that is never reached counts, too.

use crate::body::*;
use crate::program::ClosureId;
use crate::ty::Ty;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::hash::Hash;

/// What holds of which parameter.
pub type Flags = SmallVec<[bool; 8]>;

/// What is called, as far as its parameters are concerned.
pub enum Target<K> {
    /// It only looks at what it is given.
    Looks,
    /// It takes all, or nothing is known of it.
    Takes,
    Known(K),
}

/// What a summary must know of the types and calls in a body.
pub trait Facts {
    type Key;

    fn is_iso(&mut self, ty: Ty) -> bool;

    fn target(&mut self, callee: &Callee) -> Target<Self::Key>;
}

/// What one body does with its parameters. The default is that of a function that takes all of them.
#[derive(Clone, Debug)]
pub struct Summary<K> {
    moved: Flags,
    /// Parameters passed on: which, to whom, as which.
    passed: Vec<(usize, K, usize)>,
}

impl<K> Default for Summary<K> {
    fn default() -> Summary<K> {
        Summary { moved: Flags::new(), passed: Vec::new() }
    }
}

impl<K> Summary<K> {
    /// That of a function that looks at its parameters only.
    pub fn looks(n: usize) -> Summary<K> {
        Summary { moved: Flags::from_elem(false, n), passed: Vec::new() }
    }
}

/// What has been found out about functions, in the program or in one of its instances.
#[derive(Debug)]
pub struct Lending<K> {
    answers: FxHashMap<K, Flags>,
}

impl<K> Default for Lending<K> {
    fn default() -> Lending<K> {
        Lending { answers: FxHashMap::default() }
    }
}

/// Who knows the bodies.
pub trait Summaries {
    type Key: Clone + Eq + Hash;

    fn lending(&mut self) -> &mut Lending<Self::Key>;

    /// `None` where it is not known yet: then the function is taken to move all, and nothing is kept of the answer.
    fn summarise(&mut self, key: &Self::Key) -> Option<Summary<Self::Key>>;
}

/// By parameter of a function: whether it is moved. Those that are not there are.
pub fn moved_params<S: Summaries>(source: &mut S, root: &S::Key) -> Flags {
    if let Some(known) = source.lending().answers.get(root) {
        return known.clone();
    }
    let mut reached = Reached::default();
    let is_complete = reached.collect(source, root);
    reached.spread();
    let answer = reached.summaries.first().map(|s| s.moved.clone()).unwrap_or_default();
    if is_complete {
        // Whatever they pass on to has been reached, too, so all of them are answered.
        let all = reached.keys.into_iter().zip(reached.summaries).map(|(key, s)| (key, s.moved));
        source.lending().answers.extend(all);
    }
    answer
}

/// The functions that one passes its parameters on to, itself the first.
struct Reached<K> {
    index: FxHashMap<K, usize>,
    keys: Vec<K>,
    summaries: Vec<Summary<K>>,
}

impl<K> Default for Reached<K> {
    fn default() -> Reached<K> {
        Reached { index: FxHashMap::default(), keys: Vec::new(), summaries: Vec::new() }
    }
}

impl<K: Clone + Eq + Hash> Reached<K> {
    /// Whether all of them are known.
    fn collect(&mut self, source: &mut impl Summaries<Key = K>, root: &K) -> bool {
        let mut is_complete = true;
        self.add(root);
        let mut next = 0;
        while let Some(key) = self.keys.get(next).cloned() {
            next += 1;
            let known = source.lending().answers.get(&key).cloned();
            let summary = match known {
                Some(moved) => Summary { moved, passed: Vec::new() },
                None => source.summarise(&key).unwrap_or_else(|| {
                    is_complete = false;
                    Summary::default()
                }),
            };
            summary.passed.iter().for_each(|(_, to, _)| self.add(to));
            self.summaries.push(summary);
        }
        is_complete
    }

    fn add(&mut self, key: &K) {
        if !self.index.contains_key(key) {
            self.index.insert(key.clone(), self.keys.len());
            self.keys.push(key.clone());
        }
    }

    /// Follows what is moved back to the parameters that are passed on to it.
    fn spread(&mut self) {
        let mut from: FxHashMap<(usize, usize), Vec<(usize, usize)>> = FxHashMap::default();
        let mut work: Vec<(usize, usize)> = Vec::new();
        for (function, summary) in self.summaries.iter().enumerate() {
            let moved = summary.moved.iter().enumerate().filter(|(_, moved)| **moved);
            work.extend(moved.map(|(param, _)| (function, param)));
            for (param, to, as_param) in &summary.passed {
                let to = (self.index[to], *as_param);
                match self.summaries[to.0].moved.get(to.1) {
                    Some(_) => from.entry(to).or_default().push((function, *param)),
                    None => work.push((function, *param)),
                }
            }
        }
        while let Some(param) = work.pop() {
            if let Some(moved) = self.summaries[param.0].moved.get_mut(param.1) {
                *moved = true;
            }
            // Once is enough: they are taken out.
            work.extend(from.remove(&param).into_iter().flatten());
        }
    }
}

/// Sums up a body.
pub fn summary<F: Facts>(facts: &mut F, body: &Body) -> Summary<F::Key> {
    let mut walk = Walk { facts, body, out: Summary::looks(body.params.len()) };
    walk.expr(&body.value, true);
    for (_, closure) in &body.closures {
        walk.expr(&closure.value, true);
    }
    walk.out
}

struct Walk<'a, F: Facts> {
    facts: &'a mut F,
    body: &'a Body,
    out: Summary<F::Key>,
}

impl<F: Facts> Walk<'_, F> {
    /// `moves`: whether the value is owned by whoever uses it, else it is only looked at.
    fn expr(&mut self, e: &Expr, moves: bool) {
        match &e.kind {
            ExprKind::Local(_) | ExprKind::Field { .. } => self.place(e, moves),
            ExprKind::IndexPlace { base, index, .. }
            | ExprKind::FixedIndex { base, index }
            | ExprKind::IndexValue { base, index, .. } => {
                self.expr(base, false);
                self.expr(index, true);
            }
            ExprKind::Deref(inner) | ExprKind::Unary { operand: inner, .. } | ExprKind::Cast(inner) => {
                self.expr(inner, false);
            }
            ExprKind::Binary { lhs, rhs, .. } => {
                self.expr(lhs, false);
                self.expr(rhs, false);
            }
            ExprKind::Call { callee, args } => self.call(callee, args),
            ExprKind::Interp(parts) => {
                for part in parts {
                    if let InterpPart::Expr { expr, .. } = part {
                        self.expr(expr, false);
                    }
                }
            }
            ExprKind::Closure(id) => self.captures(*id),
            ExprKind::Assign { place, value } => {
                self.expr(value, true);
                self.expr(place, false);
            }
            ExprKind::AssignOp { place, value, .. } => {
                self.expr(value, true);
                self.expr(place, false);
            }
            ExprKind::Is { expr, pat } => {
                let binds = self.binds_iso(pat);
                self.matched(expr, binds);
            }
            ExprKind::Match { scrutinee, arms } => {
                let binds = arms.iter().any(|a| self.binds_iso(&a.pat));
                self.matched(scrutinee, binds);
                for arm in arms {
                    arm.guard.iter().for_each(|g| self.expr(g, true));
                    self.expr(&arm.body, true);
                }
            }
            ExprKind::Block(block) => self.block(block),
            _ => for_each_child(e, &mut |child| self.expr(child, true)),
        }
    }

    fn place(&mut self, e: &Expr, moves: bool) {
        let moves = moves && self.is_iso(e.ty);
        let mut root = e;
        while let ExprKind::Field { base, .. } = &root.kind {
            root = base;
        }
        match root.kind {
            ExprKind::Local(local) => {
                if let Some(index) = self.param(local).filter(|_| moves) {
                    self.out.moved[index] = true;
                }
            }
            _ => self.expr(root, moves),
        }
    }

    fn param(&self, local: LocalId) -> Option<usize> {
        self.body.params.iter().position(|p| *p == local)
    }

    fn is_iso(&mut self, ty: Ty) -> bool {
        self.facts.is_iso(ty)
    }

    /// The parameter that an argument is a part of, if it can only be moved.
    fn passed_param(&mut self, e: &Expr) -> Option<usize> {
        let mut root = e;
        while let ExprKind::Field { base, .. } = &root.kind {
            root = base;
        }
        match root.kind {
            ExprKind::Local(local) => self.param(local).filter(|_| self.is_iso(e.ty)),
            _ => None,
        }
    }

    fn call(&mut self, callee: &Callee, args: &[Arg]) {
        if let Callee::Value(value) = callee {
            let moves = self.is_iso(value.ty);
            self.expr(value, moves);
        }
        for (i, arg) in args.iter().enumerate() {
            if arg.mode == ArgMode::Mut {
                self.expr(&arg.expr, false);
                continue;
            }
            match self.passed_param(&arg.expr) {
                Some(param) => match self.facts.target(callee) {
                    Target::Known(key) => self.out.passed.push((param, key, i)),
                    Target::Takes => self.out.moved[param] = true,
                    Target::Looks => {}
                },
                // A place that holds no parameter concerns nobody here, its operands do.
                None => self.expr(&arg.expr, !is_place(&arg.expr)),
            }
        }
    }

    fn captures(&mut self, id: ClosureId) {
        let Some((_, closure)) = self.body.closures.iter().find(|c| c.0 == id) else { return };
        for (_, outer) in &closure.captures {
            let ty = self.body.locals[*outer].ty;
            if let Some(index) = self.param(*outer).filter(|_| self.is_iso(ty)) {
                self.out.moved[index] = true;
            }
        }
    }

    /// A value meets patterns; `binds`: one of them binds a part that can only be moved.
    fn matched(&mut self, value: &Expr, binds: bool) {
        self.expr(value, binds || !is_place(value));
    }

    fn block(&mut self, block: &Block) {
        for stmt in &block.stmts {
            match stmt {
                Stmt::Expr(e) => self.expr(e, !is_place(e)),
                Stmt::Let { pat, init, else_, .. } => {
                    let binds = self.binds_iso(pat);
                    init.iter().for_each(|init| self.matched(init, binds));
                    else_.iter().for_each(|e| self.expr(e, true));
                }
            }
        }
        block.tail.iter().for_each(|tail| self.expr(tail, true));
    }

    fn binds_iso(&mut self, pat: &Pat) -> bool {
        match &pat.kind {
            PatKind::Binding { sub, .. } => {
                self.is_iso(pat.ty) || sub.as_ref().is_some_and(|s| self.binds_iso(s))
            }
            PatKind::Or(pats) | PatKind::Tuple(pats) => pats.iter().any(|p| self.binds_iso(p)),
            PatKind::Adt { fields, .. } => fields.iter().any(|f| self.binds_iso(&f.1)),
            PatKind::Array { prefix, rest, suffix } => {
                prefix.iter().chain(suffix).any(|p| self.binds_iso(p))
                    || (matches!(rest, Some(Some(_))) && self.is_iso(pat.ty))
            }
            _ => false,
        }
    }
}

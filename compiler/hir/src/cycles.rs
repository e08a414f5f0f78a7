//! Circles of constants and functions: evaluating such a constant would need its own value.

use crate::checker::Checker;
use crate::codes;
use crate::program::{BodyOwner, ConstId, FnId};
use rustc_hash::{FxHashMap, FxHashSet};
use syntax::{Diagnostic, Span};

/// Which constants and functions the bodies of the user's package mention, in the order of the text.
#[derive(Default)]
pub(crate) struct Uses {
    by_body: FxHashMap<BodyOwner, Vec<(BodyOwner, Span)>>,
    /// Constants whose circle has been reported.
    pub cyclic: FxHashSet<ConstId>,
    /// One of these was met since this was last cleared: what needs its value fails silently.
    pub met_cyclic: bool,
}

impl Checker {
    pub(crate) fn note_const_use(&mut self, by: BodyOwner, id: ConstId, span: Span) {
        self.uses.by_body.entry(by).or_default().push((BodyOwner::Const(id), span));
    }

    pub(crate) fn note_fn_use(&mut self, by: BodyOwner, id: FnId, span: Span) {
        if self.is_user(self.program.fns[id].module) {
            self.uses.by_body.entry(by).or_default().push((BodyOwner::Fn(id), span));
        }
    }

    /// Whether the value of a constant needs that of another one in the list, directly or through functions.
    pub fn const_needs(&self, id: ConstId, others: &[ConstId]) -> bool {
        let (mut seen, mut todo) = (FxHashSet::default(), vec![BodyOwner::Const(id)]);
        while let Some(at) = todo.pop() {
            for (used, _) in self.uses.by_body.get(&at).map_or(&[][..], Vec::as_slice) {
                let is_listed = matches!(used, BodyOwner::Const(c) if *c != id && others.contains(c));
                if is_listed {
                    return true;
                }
                if seen.insert(*used) {
                    todo.push(*used);
                }
            }
        }
        false
    }

    /// Reports each circle once, at its first constant.
    pub(crate) fn check_const_cycles(&mut self) {
        for id in self.program.consts.indices() {
            if self.uses.cyclic.contains(&id) || !self.is_user(self.program.consts[id].module) {
                continue;
            }
            let Some(circle) = self.const_circle(id) else { continue };
            let known = circle
                .iter()
                .any(|(node, _)| matches!(node, BodyOwner::Const(c) if self.uses.cyclic.contains(c)));
            self.uses.cyclic.extend(circle.iter().filter_map(|(node, _)| match node {
                BodyOwner::Const(c) => Some(*c),
                _ => None,
            }));
            if !known {
                self.report_circle(id, &circle);
            }
        }
    }

    /// What leads from a constant back to it: each node with the place where it is mentioned; the constant is last.
    fn const_circle(&self, start: ConstId) -> Option<Vec<(BodyOwner, Span)>> {
        let goal = BodyOwner::Const(start);
        let mut seen = FxHashSet::default();
        // The path so far, and how many uses of its last node have been followed.
        let mut path: Vec<(BodyOwner, Span)> = Vec::new();
        let mut next = vec![0usize];
        loop {
            let at = path.last().map_or(goal, |p| p.0);
            let followed = next.last_mut()?;
            let uses = self.uses.by_body.get(&at).map_or(&[][..], Vec::as_slice);
            let Some((node, span)) = uses.get(*followed).copied() else {
                next.pop();
                path.pop();
                continue;
            };
            *followed += 1;
            if node == goal {
                path.push((node, span));
                return Some(path);
            }
            if seen.insert(node) {
                path.push((node, span));
                next.push(0);
            }
        }
    }

    fn report_circle(&mut self, id: ConstId, circle: &[(BodyOwner, Span)]) {
        let Some((_, used_at)) = circle.last().copied() else { return };
        let decl = &self.program.consts[id];
        let message = format!("the constant `{}` is defined by itself", self.program.name(decl.name));
        let diag = Diagnostic::error(codes::CONST_CYCLE, decl.span, message)
            .also(used_at, "used here while it is being worked out");
        let by: Vec<String> = circle[..circle.len() - 1]
            .iter()
            .map(|(node, _)| match node {
                BodyOwner::Fn(id) => format!("the function `{}`", self.program.fns[*id].path),
                BodyOwner::Const(id) => format!("`{}`", self.program.name(self.program.consts[*id].name)),
                BodyOwner::Test(_) => String::new(),
            })
            .collect();
        self.report(match by.is_empty() {
            true => diag,
            false => diag.note(format!("used by {}", by.join(", which uses "))),
        });
    }
}

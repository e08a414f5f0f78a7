//! Reports about patterns that do not cover what they must, and arms that are never reached.

use super::FnCtxt;
use crate::body::*;
use crate::codes;
use crate::exhaustive::{self, is_irrefutable};
use crate::program::AdtId;
use crate::ty::TyKind;
use syntax::{Diagnostic, Span};

impl FnCtxt<'_> {
    /// Checks the arms of a `match` or `catch` whose types are known.
    pub(crate) fn check_match(&mut self, scrutinee: &Expr, arms: &[Arm], span: Span) {
        if self.ck.program.types.flags(scrutinee.ty).has_error || is_made_by_checker(arms, span) {
            return;
        }
        if arms.iter().any(|a| has_error(&a.pat)) {
            return;
        }
        let parts: Vec<&[Pat]> = arms.iter().map(|a| alternatives(&a.pat)).collect();
        let rows =
            arms.iter().zip(&parts).flat_map(|(a, parts)| parts.iter().map(|p| (p, a.guard.is_some())));
        let rows: Vec<(&Pat, bool)> = rows.collect();
        let array = self.ck.known.array;
        let found = exhaustive::check(&mut self.ck.program, scrutinee.ty, &rows, array);
        if found.too_complex {
            // What takes every value covers all of them; only which arms are reached is not known then.
            if arms.iter().any(|a| a.guard.is_none() && takes_all(&a.pat)) {
                return;
            }
            let diag = Diagnostic::error(
                codes::MATCH_TOO_COMPLEX,
                span,
                "this `match` is too complex to be checked",
            )
            .note("match its parts one after the other, or end with `_ => …`");
            return self.report(diag);
        }
        if !found.missing.is_empty() {
            self.report_missing(scrutinee, &found.missing, arms, span);
        }
        if self.warns() {
            self.warn_unreachable_arms(arms, &parts, &found.useful);
        }
    }

    /// `useful` speaks of all alternatives of all arms, one after the other.
    fn warn_unreachable_arms(&mut self, arms: &[Arm], parts: &[&[Pat]], useful: &[bool]) {
        let mut rest = useful;
        for (i, (arm, parts)) in arms.iter().zip(parts).enumerate() {
            let (own, behind) = rest.split_at(parts.len().min(rest.len()));
            rest = behind;
            let reached = own.iter().any(|useful| *useful);
            let is_bad = |s: &Span| arm.pat.span.lo <= s.lo && s.hi <= arm.pat.span.hi;
            if self.bad_pats.iter().any(is_bad) {
                continue;
            }
            if reached {
                for (part, _) in parts.iter().zip(own).filter(|(_, useful)| !**useful) {
                    let diag = Diagnostic::warning(
                        codes::UNREACHABLE_ARM,
                        part.span,
                        "this alternative is never reached",
                    )
                    .note("what stands before it matches every value that it would match");
                    self.report(diag);
                }
                continue;
            }
            if arms[..i].iter().any(|a| self.warn_binding_for_variant(a)) {
                return;
            }
            let diag = Diagnostic::warning(codes::UNREACHABLE_ARM, arm.pat.span, "this arm is never reached")
                .note("the arms before it match every value that it would match");
            self.report(diag);
        }
    }

    /// An arm with a new variable whose name is that of a variant in other letters takes all that follow.
    fn warn_binding_for_variant(&mut self, arm: &Arm) -> bool {
        let PatKind::Binding { local, sub: None } = arm.pat.kind else { return false };
        let TyKind::Adt(adt, _) = *self.kind(arm.pat.ty) else { return false };
        if arm.guard.is_some() || self.info[local].is_used || !self.ck.program.adts[adt].is_enum {
            return false;
        }
        let Some(variant) = self.variant_called(local, adt) else { return false };
        self.info[local].is_used = true;
        let text = self.ck.program.name(self.locals[local].name);
        let message =
            format!("`{text}` is a new variable that matches everything: no arm behind it is ever reached");
        self.warn_binding(codes::UNREACHABLE_ARM, arm.pat.span, message, variant);
        true
    }

    /// A pattern that is a variable which nobody uses, with the name of a variant in other letters.
    pub(crate) fn warn_binding_in_place(&mut self, local: LocalId) -> bool {
        let (ty, span) = (self.locals[local].ty, self.locals[local].span);
        let TyKind::Adt(adt, _) = *self.kind(ty) else { return false };
        if !self.ck.program.adts[adt].is_enum || !self.is_whole_pattern(span) {
            return false;
        }
        let Some(variant) = self.variant_called(local, adt) else { return false };
        let text = self.ck.program.name(self.locals[local].name);
        let message = format!("`{text}` is a new variable that matches everything, and nobody uses it");
        self.warn_binding(codes::UNUSED_VARIABLE, span, message, variant);
        true
    }

    /// Whether a name is all of the pattern of an arm or of `is`.
    fn is_whole_pattern(&self, name: Span) -> bool {
        let Some(file) = self.ck.map.file_at(name.lo) else { return false };
        let source = self.ck.map.file(file);
        let (before, rest) = source.text.split_at((name.lo - source.start) as usize);
        let behind = rest[(name.hi - name.lo) as usize..].trim_start();
        let is_arm = behind.starts_with("=>") || behind.starts_with("when ");
        is_arm || before.trim_end().ends_with(" is")
    }

    /// The variant that has the name of a variable but for small and large letters, as it is written.
    fn variant_called(&self, local: LocalId, adt: AdtId) -> Option<String> {
        let text = self.ck.program.name(self.locals[local].name);
        let mut names = self.ck.program.adts[adt].variants.iter().map(|v| self.ck.program.name(v.name));
        let variant = names.find(|n| n.eq_ignore_ascii_case(text))?;
        // In small letters a name alone is a variable.
        Some(match variant == text {
            true => format!("{}.{variant}", self.ck.program.name(self.ck.program.adts[adt].name)),
            false => variant.to_string(),
        })
    }

    fn warn_binding(&mut self, code: &'static str, span: Span, message: String, variant: String) {
        let title = format!("the variant is written `{variant}`");
        self.report(Diagnostic::warning(code, span, message).fix_likely(title, span, variant));
    }

    fn report_missing(
        &mut self,
        scrutinee: &Expr,
        missing: &[crate::witness::Witness],
        arms: &[Arm],
        span: Span,
    ) {
        let list: Vec<String> = missing.iter().map(|w| self.ck.program.witness_text(w)).collect();
        let shown: Vec<String> = list.iter().take(3).map(|t| format!("`{t}`")).collect();
        let more = if list.len() > 3 { ", …" } else { "" };
        let is_catch = is_tried(scrutinee);
        let what = if is_catch { "`catch`" } else { "`match`" };
        let message = match list.as_slice() {
            [one] if one == "_" => format!("this {what} does not cover all values"),
            _ => format!("this {what} does not cover {}{more}", shown.join(", ")),
        };
        let mut diag = Diagnostic::error(codes::NOT_EXHAUSTIVE, span, message);
        if let TyKind::Adt(adt, _) = self.kind(scrutinee.ty)
            && self.ck.is_user(self.ck.program.adts[*adt].module)
        {
            diag = diag.also(self.ck.program.adts[*adt].span, "the type is declared here");
        }
        if arms.iter().any(|a| a.guard.is_some()) {
            diag = diag.note("an arm with a guard does not count: the guard may be false");
        }
        diag = match arms.last() {
            Some(last) => {
                // A `match` in one line stays in it.
                let before = match self.ck.map.text(span.to(last.pat.span)).contains('\n') {
                    true => format!("\n{}", self.indent_of(last.pat.span)),
                    false => ", ".to_string(),
                };
                let added: String = list.iter().map(|t| format!("{before}{t} => todo()")).collect();
                diag.fix_likely("add what is missing", last.span.after(), added)
            }
            None => diag.note("a `match` without arms is for values that do not exist"),
        };
        self.report(diag);
    }

    /// The white space that the line of a span starts with.
    fn indent_of(&self, span: Span) -> String {
        let Some((file, lc)) = self.ck.map.line_col(span.lo) else { return String::new() };
        let file = self.ck.map.file(file);
        let start = file.line_starts()[lc.line as usize - 1] as usize;
        file.text[start..].chars().take_while(|c| *c == ' ' || *c == '\t').collect()
    }

    /// A pattern that must match: in `let`, `for` and parameters.
    pub(crate) fn check_irrefutable(&mut self, pat: &Pat) {
        if matches!(pat.kind, PatKind::Wild | PatKind::Binding { sub: None, .. })
            || self.ck.program.types.flags(pat.ty).has_error
            || has_error(pat)
        {
            return;
        }
        let array = self.ck.known.array;
        if let Some(witness) = is_irrefutable(&mut self.ck.program, pat, array) {
            let text = self.ck.program.witness_text(&witness);
            let message = match text.as_str() {
                "_" => "this pattern does not match every value".to_string(),
                _ => format!("this pattern does not match `{text}`"),
            };
            let diag = Diagnostic::error(codes::REFUTABLE_PATTERN, pat.span, message)
                .note("`let … else { … }` says what to do otherwise; so do `if … is …` and `match`, also for a parameter or element that is taken with a name");
            self.report(diag);
        }
    }
}

/// Whether a match came out of `?`: its arms have the place of the whole.
fn is_made_by_checker(arms: &[Arm], span: Span) -> bool {
    arms.len() == 2 && arms.iter().all(|a| a.span == span)
}

/// Whether this is the body of a `try`, whose value is the error.
fn is_tried(scrutinee: &Expr) -> bool {
    let ExprKind::BreakBlock { body, .. } = &scrutinee.kind else { return false };
    matches!(body.kind, ExprKind::Coerce { kind: Coercion::NeverToAny, .. })
}

/// The alternatives of a pattern; one without any is its only one.
fn alternatives(pat: &Pat) -> &[Pat] {
    match &pat.kind {
        PatKind::Or(pats) => pats,
        _ => std::slice::from_ref(pat),
    }
}

fn takes_all(pat: &Pat) -> bool {
    match &pat.kind {
        PatKind::Wild => true,
        PatKind::Binding { sub, .. } => sub.as_ref().is_none_or(|s| takes_all(s)),
        PatKind::Or(pats) => pats.iter().any(takes_all),
        _ => false,
    }
}

fn has_error(pat: &Pat) -> bool {
    match &pat.kind {
        PatKind::Error => true,
        PatKind::Binding { sub: Some(sub), .. } => has_error(sub),
        PatKind::Or(pats) | PatKind::Tuple(pats) => pats.iter().any(has_error),
        PatKind::Adt { fields, .. } => fields.iter().any(|f| has_error(&f.1)),
        PatKind::Array { prefix, suffix, .. } => prefix.iter().chain(suffix).any(has_error),
        _ => false,
    }
}

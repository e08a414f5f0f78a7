//! `async fn`: methods of traits that may suspend where they are called through `dyn`. All others may anyway, without saying so.

use crate::checker::Checker;
use crate::codes;
use crate::program::*;
use syntax::{Diagnostic, Span, ast};

impl Checker {
    /// Reports `async fn` where it says nothing.
    pub(crate) fn check_async_fn(&mut self, decl: &ast::FnDecl, container: Container) {
        let is_trait = match container {
            Container::Module => false,
            Container::Trait(_) => true,
            Container::Impl(id) => self.program.impls[id].trait_.is_some(),
        };
        if !decl.is_async || is_trait {
            return;
        }
        let start = decl.sig_span.lo;
        let words = self.map.text(Span::new(start, decl.name.span.lo));
        let Some(at) = words.find("async") else { return };
        let behind = &words[at + "async".len()..];
        let spaces = behind.len() - behind.trim_start().len();
        let from = start + at as u32;
        let keyword = Span::new(from, from + "async".len() as u32);
        let to = keyword.hi + spaces as u32;
        let diag = Diagnostic::error(
            codes::UNNEEDED_ASYNC,
            keyword,
            "any function may suspend without `async`",
        )
        .note(
            "it is for methods of traits, which are called through `dyn`; `async f(x)` runs a call meanwhile",
        )
        .fix_likely("remove `async`", Span::new(from, to), "");
        self.report(diag);
    }

    /// What is wrong with `async` at a method of an impl, as the trait declares it.
    pub(crate) fn async_difference(&self, own: FnId, decl: FnId) -> Option<String> {
        let (a, b) = (&self.program.fns[own], &self.program.fns[decl]);
        (a.is_async && !b.is_async)
            .then(|| format!("`{}` is an `async fn`, in the trait it is none", self.program.name(a.name)))
    }
}

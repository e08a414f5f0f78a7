//! Analyses of a body whose types are known.

use super::FnCtxt;
use crate::body::*;
use crate::ty::Ty;

impl FnCtxt<'_> {
    /// `tys`: the types of all of the body's expressions.
    pub(crate) fn analyse(&mut self, body: &mut Body, tys: &[Ty]) {
        body.has_late_lets = self.info.iter().any(|i| i.is_late);
        body.has_errors |= self.has_errors;
        body.locals = std::mem::take(&mut self.locals);
        let mark = self.ck.diags.len();
        self.ck.check_flow(body, tys, &self.cx.generics);
        self.has_errors |= self.ck.diags[mark..].iter().any(syntax::Diagnostic::is_error);
        self.locals = std::mem::take(&mut body.locals);
    }
}

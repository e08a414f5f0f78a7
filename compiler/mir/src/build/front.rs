//! What lowering needs of the checker.

use hir::program::{BodyOwner, BodyRef, Program};
use syntax::Span;

/// Typed declarations, bodies on demand, and where code stands.
pub trait Front {
    fn program(&self) -> &Program;
    fn program_mut(&mut self) -> &mut Program;
    /// The typed body of a function, constant or test.
    fn body(&mut self, owner: BodyOwner) -> BodyRef;
    /// `file:line:column` of a span's start.
    fn describe(&self, span: Span) -> String;
}

impl Front for hir::Checker {
    fn program(&self) -> &Program {
        &self.program
    }

    fn program_mut(&mut self) -> &mut Program {
        &mut self.program
    }

    fn body(&mut self, owner: BodyOwner) -> BodyRef {
        hir::Checker::body(self, owner)
    }

    fn describe(&self, span: Span) -> String {
        self.map.describe(span)
    }
}

//! Analyses of a body whose types are known.

use super::FnCtxt;
use crate::body::*;

impl FnCtxt<'_> {
    pub(crate) fn analyse(&mut self, _body: &mut Body) {}
}

//! What keeps debug information true while passes change a program. Only for `-g`.

use crate::analysis::defs::local_infos;
use crate::ir::*;
use syntax::{InlineTable, Span};

/// Passes that debuggers would see through: variables vanish, or change their place, by them. `-g` without optimisation leaves
/// them out.
pub const NOT_WHEN_DEBUGGING: &[&str] =
    &["const_prop", "copy_prop", "dead_code", "coalesce", "thread_jumps", "sroa", "inline", "early_drop"];

/// Forgets where variables are declared that are written more than once, before optimisation: debuggers are not told of those.
/// Passes remove writes whose values they have put elsewhere, and a debugger would show the value that was written before.
pub fn forget_changing_variables(program: &mut Program) {
    for func in program.funcs.iter_mut() {
        let Some(body) = func.body_mut() else { continue };
        let infos = local_infos(body);
        for (local, decl) in body.locals.iter_enumerated_mut() {
            if !infos[local].is_single() {
                decl.span = Span::DUMMY;
            }
        }
    }
}

/// Marks a body that is to be copied to the place of the call `at` as `func`'s.
pub(crate) fn mark_inlined(table: &mut InlineTable, name: &str, span: Span, at: Span, body: &mut Body) {
    let func = table.func(name, span);
    let mut mark = |span: &mut Span| *span = table.mark(*span, func, at);
    for decl in body.locals.iter_mut() {
        mark(&mut decl.span);
    }
    for data in body.blocks.iter_mut() {
        data.stmts.iter_mut().for_each(|stmt| mark(&mut stmt.span));
        mark(&mut data.term_span);
    }
}

impl Program {
    /// The place in the text of a span that may be a mark.
    pub fn place_of(&self, span: Span) -> Span {
        self.inlined.as_ref().map_or(span, |table| table.place(span))
    }
}

//! Names of the language that this version does not have, so that their use is not taken for a mistake.

use crate::checker::Checker;
use syntax::ast::Ident;

/// The part of the language that a name belongs to, as messages say it.
pub(crate) fn planned(name: &str) -> Option<&'static str> {
    Some(match name {
        "Simd" | "F32x4" | "F64x2" | "I8x16" | "I16x8" | "I32x4" | "I64x2" | "U8x16" | "U16x8" | "U32x4"
        | "U64x2" => "vectors (`Simd`)",
        "Future" => "futures",
        "Timer" | "send_after" | "every" => "actors and their timers",
        "Reply" | "defer_reply" | "Down" | "Crashed" => "actors and their replies",
        _ => return None,
    })
}

impl Checker {
    /// What a path into `std` would be of, if this version had it.
    pub(crate) fn planned_in_std(&self, path: &[Ident]) -> Option<&'static str> {
        let text = |i: usize| path.get(i).map_or("", |ident| self.program.name(ident.name));
        if text(0) != "std" {
            return None;
        }
        match (text(1), text(2)) {
            ("supervisor", _) => Some("supervisors (`std.supervisor`)"),
            ("simd", _) => Some("vectors (`std.simd`)"),
            ("js", _) => Some("`std.js`"),
            ("dom", _) => Some("`std.dom`"),
            ("time", "sleep") => Some("`sleep`"),
            (_, last) => planned(last),
        }
    }
}

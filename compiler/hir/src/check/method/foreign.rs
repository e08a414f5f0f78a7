//! What people write from habit for methods that other languages have, and what does the same here.

use crate::check::FnCtxt;
use crate::ty::{Ty, TyKind};
use syntax::ast::Ident;
use syntax::{Diagnostic, Symbol};

impl FnCtxt<'_> {
    /// Adds to the message for a method that is not there how its work is done, where no method of another name does it.
    pub(super) fn explain_habit(&mut self, diag: &Diagnostic, ty: Ty, name: Ident) -> Option<Diagnostic> {
        let text = self.ck.program.name(name.name).to_string();
        if let Some(note) = self.method_habit(ty, &text) {
            return Some(diag.clone().note(note));
        }
        if self.is_array(ty) && self.is_method_of_iterators(name.name) {
            let title = "iterators have one";
            return Some(diag.clone().fix_likely(title, name.span.before(), "iter()."));
        }
        None
    }

    fn method_habit(&mut self, ty: Ty, text: &str) -> Option<&'static str> {
        let is_array = self.is_array(ty);
        let is_sequence = is_array || ty == self.ck.string_ty();
        Some(match text {
            "clone" | "cloned" | "copy" | "to_owned" | "to_vec" | "deepcopy" if !self.is_iso(ty) => {
                "a value is copied by `=`: after `let b = a`, what changes one leaves the other as it is"
            }
            "collect" if is_array => "`map`, `filter` and others of an array give an array at once",
            "slice" | "substring" | "substr" if is_sequence => {
                "a part is written `x[i..j]`, its end left out"
            }
            "tail" if is_sequence => "`x[1..]` is all but the first",
            "parse" if self.has_named(ty, "parse_int") => {
                "`text.parse_int()` and `text.parse_float()` give `Some(n)` or `None`"
            }
            "entry" if self.has_named(ty, "get_or_insert") => {
                "`m.update(key, 0, |mut n| n += 1)` changes the value of a key, `m.get_or_insert(key, value)` gives it"
            }
            "items" | "entries" | "iteritems" if self.has_named(ty, "contains_key") => {
                "`for (key, value) in m` takes them one by one"
            }
            "iter_mut" if self.has_named(ty, "update_each") => {
                "`xs.update_each(|mut x| x += 1)` changes each element"
            }
            "unwrap_or_default" if self.has_named(ty, "unwrap_or") => {
                "no value is a default by itself: `x.unwrap_or(value)` names it"
            }
            _ => return None,
        })
    }

    fn is_array(&self, ty: Ty) -> bool {
        matches!(self.kind(ty), TyKind::Adt(id, _) if Some(*id) == self.ck.known.array)
    }

    fn has_named(&mut self, ty: Ty, name: &str) -> bool {
        let symbol = self.ck.program.interner.get(name);
        symbol.is_some_and(|symbol| self.has_method(ty, symbol))
    }

    fn is_method_of_iterators(&self, name: Symbol) -> bool {
        let iterator = self.ck.known.iterator;
        self.ck.program.index.trait_methods(name).iter().any(|(trait_, _)| Some(*trait_) == iterator)
    }
}

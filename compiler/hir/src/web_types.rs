//! What may cross between the program and JavaScript: what the library's trait `Wire` is implemented for.

use crate::checker::Checker;
use crate::codes;
use crate::program::*;
use crate::ty::{Ty, TyKind};
use syntax::{Diagnostic, Span};

/// How many parameters a function may have that crosses: so many variants of a call the library has, in sys/web/calls.gal. docs/language.md has
/// the same number, and that for messages of actors, of which the actor is one.
pub const MAX_PARAMS: usize = 8;
/// JavaScript has the name of a variant under this name.
const TAG: &str = "tag";

/// What keeps a type with `Wire` from crossing.
enum Obstacle {
    /// A reference to an actor that JavaScript has no class for.
    HiddenActor(AdtId),
    /// A function of the program, which goes out only.
    Callback,
    /// A field that JavaScript knows something else by.
    Tag(Span),
}

impl Checker {
    pub(crate) fn check_web_fn(&mut self, id: FnId, tys: &[(Ty, Span)]) {
        let function = &self.program.fns[id];
        if function.params.len() > MAX_PARAMS {
            let message =
                format!("a function that crosses to JavaScript has at most {MAX_PARAMS} parameters");
            let diag = Diagnostic::error(codes::BAD_HOST_TYPE, function.span, message);
            self.report(diag.note("a struct brings several values in one"));
            return;
        }
        let Some(wire) = self.program.lang_trait("Wire") else { return };
        let is_import = matches!(function.kind, FnKind::Extern { .. });
        let last = tys.len() - 1;
        for (i, (ty, span)) in tys.iter().enumerate() {
            let comes_in = is_import == (i == last);
            let kind = self.program.types.kind(*ty);
            if matches!(kind, TyKind::Error | TyKind::Never) {
                continue;
            }
            if !crate::resolve::implements(&mut self.program, *ty, wire, &[]) {
                self.report_uncrossable(*ty, *span);
            } else if let Some(obstacle) = self.obstacle(*ty, comes_in, &mut Vec::new()) {
                self.report_obstacle(*ty, *span, &obstacle);
            }
        }
    }

    fn report_uncrossable(&mut self, ty: Ty, span: Span) {
        let text = self.program.ty_name(ty);
        let message = format!("values of type `{text}` cannot cross to JavaScript");
        let diag = Diagnostic::error(codes::BAD_HOST_TYPE, span, message).note(
            "numbers, `Bool`, `Char`, `String`, `Duration`, collections, structs and enums of these can, and references to actors",
        );
        self.report(diag);
    }

    fn report_obstacle(&mut self, ty: Ty, span: Span, obstacle: &Obstacle) {
        let text = self.program.ty_name(ty);
        let message = format!("values of type `{text}` cannot cross to JavaScript");
        let diag = Diagnostic::error(codes::BAD_HOST_TYPE, span, message);
        self.report(match obstacle {
            Obstacle::HiddenActor(adt) => {
                let actor = self.program.name(self.program.adts[*adt].name);
                diag.note(format!(
                    "JavaScript has no class for the actor `{actor}`: write `export actor {actor}`"
                ))
            }
            Obstacle::Callback => {
                diag.note("a `Callback` is a function of the program: it goes to JavaScript, and does not come back; take a `Js`")
            }
            Obstacle::Tag(field) => diag
                .also(*field, "JavaScript has the name of the variant under this name")
                .note("give the field another name"),
        });
    }

    /// `comes_in`: whether JavaScript gives the value.
    fn obstacle(&self, ty: Ty, comes_in: bool, seen: &mut Vec<Ty>) -> Option<Obstacle> {
        if seen.contains(&ty) {
            return None;
        }
        seen.push(ty);
        match self.program.types.kind(ty) {
            TyKind::Tuple(parts) => parts.iter().find_map(|part| self.obstacle(*part, comes_in, seen)),
            TyKind::FixedArray(elem, _) => self.obstacle(*elem, comes_in, seen),
            TyKind::Adt(adt, args) if self.program.lang_adt("Callback") == Some(*adt) => match comes_in {
                true => Some(Obstacle::Callback),
                false => {
                    let parameter = self.obstacle(args[0], true, seen);
                    parameter.or_else(|| self.obstacle(args[1], false, seen))
                }
            },
            TyKind::Adt(adt, _) if self.decls.actors.by_adt.contains_key(adt) => {
                let is_exported = self.program.exported_actors.contains(adt);
                (!is_exported).then_some(Obstacle::HiddenActor(*adt))
            }
            TyKind::Adt(adt, args) => {
                let own = args.iter().find_map(|arg| self.obstacle(*arg, comes_in, seen));
                own.or_else(|| self.obstacle_in(*adt, comes_in, seen))
            }
            _ => None,
        }
    }

    /// In the fields of a type; what its parameters stand for has been looked at.
    fn obstacle_in(&self, adt: AdtId, comes_in: bool, seen: &mut Vec<Ty>) -> Option<Obstacle> {
        let decl = &self.program.adts[adt];
        if self.program.modules[decl.module].is_library {
            return None;
        }
        decl.variants.iter().flat_map(|v| &v.fields).find_map(|field| {
            if decl.is_enum && self.program.name(field.name) == TAG {
                return Some(Obstacle::Tag(field.span));
            }
            self.obstacle(field.ty, comes_in, seen)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::MAX_PARAMS;

    #[test]
    fn the_library_and_the_document_have_the_same_number_of_parameters() {
        let calls = include_str!("../../../library/sys/web/calls.gal");
        for kind in ["web_call", "web_start"] {
            let has = |n: usize| calls.contains(&format!("@lang(\"{kind}{n}\")"));
            assert!((0..=MAX_PARAMS).all(has), "{kind} with at most {MAX_PARAMS}");
            assert!(!has(MAX_PARAMS + 1), "{kind} with more");
        }
        let of_messages = MAX_PARAMS - 1;
        let document = include_str!("../../../docs/language.md");
        for text in [
            format!(
                "has at most {MAX_PARAMS} parameters, a message of an exported actor at most {of_messages}."
            ),
            format!("of a message of an exported actor | {MAX_PARAMS}; {of_messages} |"),
        ] {
            assert!(document.contains(&text), "{text}");
        }
    }
}

//! Types and functions as people write them, for messages and symbols.

use crate::program::{
    Bound, BoundKind, FnId, GenericParam, GenericParamKind, Generics, Param, Program, TraitId,
};
use crate::ty::{Ty, TyKind};
use syntax::Symbol;

/// Types are cut off below this depth, so that a message stays readable.
const MAX_DEPTH: u32 = 12;

/// So many bytes of a type are enough.
const MAX_LEN: usize = 400;

impl Program {
    /// The type as it is written in source.
    pub fn ty_name(&self, ty: Ty) -> String {
        let mut out = String::new();
        self.write_ty(&mut out, ty, 0);
        out
    }

    pub fn name(&self, symbol: Symbol) -> &str {
        self.interner.name(symbol)
    }

    /// A parameter as it is declared, `x: T`, where that of a closure is `Fn(…)`; the pattern of one without a name is `_`.
    pub fn param_text(&self, generics: &Generics, param: &Param) -> String {
        let name = self.name(param.name);
        let mut out = format!("{}: ", if name.is_empty() { "_" } else { name });
        let is_hidden =
            |i: u32| generics.params.get(i as usize).map(|p| p.kind) == Some(GenericParamKind::Closure);
        let bound = match self.types.kind(param.ty) {
            TyKind::Param(i, _) if is_hidden(*i) => generics.bounds.iter().find(|b| b.ty == param.ty),
            _ => None,
        };
        match bound.map(|bound| &bound.kind) {
            Some(BoundKind::Fn { params, ret, is_async }) => {
                out.push_str(if *is_async { "async " } else { "" });
                self.write_fn(&mut out, params, *ret, 0);
            }
            _ => self.write_ty(&mut out, param.ty, 0),
        }
        out
    }

    /// `T: A + B<C>` for a type parameter of an item, `const N: Int` for a constant.
    pub(crate) fn generic_text(&self, param: &GenericParam, ty: Ty, bounds: &[Bound]) -> String {
        let name = self.name(param.name);
        let mut out = match param.kind {
            GenericParamKind::Const(of) => return format!("const {name}: {}", self.ty_name(of)),
            GenericParamKind::Type { is_iso: true } => format!("iso {name}"),
            _ => name.to_string(),
        };
        for (i, bound) in bounds.iter().filter(|bound| bound.ty == ty).enumerate() {
            out.push_str(if i == 0 { ": " } else { " + " });
            match &bound.kind {
                BoundKind::Trait { trait_, args, assoc } => {
                    out.push_str(self.name(self.traits[*trait_].name));
                    self.write_dyn_args(&mut out, args, assoc, 0);
                }
                BoundKind::Fn { params, ret, .. } => self.write_fn(&mut out, params, *ret, 0),
            }
        }
        out
    }

    /// `Trait<A, B>` for a trait's arguments without `Self`.
    pub fn trait_ref_name(&self, trait_: TraitId, args: &[Ty]) -> String {
        let mut out = self.name(self.traits[trait_].name).to_string();
        self.write_args(&mut out, args, 0);
        out
    }

    /// A function with its type arguments, for dumps and symbols.
    pub fn fn_name(&self, id: FnId, args: &[Ty]) -> String {
        let mut out = self.fns[id].path.clone();
        self.write_args(&mut out, args, 0);
        out
    }

    fn write_args(&self, out: &mut String, args: &[Ty], depth: u32) {
        if args.is_empty() {
            return;
        }
        out.push('<');
        self.write_list(out, args, depth);
        out.push('>');
    }

    fn write_list(&self, out: &mut String, args: &[Ty], depth: u32) {
        for (i, arg) in args.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            self.write_ty(out, *arg, depth);
        }
    }

    fn write_ty(&self, out: &mut String, ty: Ty, depth: u32) {
        if depth > MAX_DEPTH || out.len() > MAX_LEN {
            out.push('…');
            return;
        }
        let next = depth + 1;
        match self.types.kind(ty) {
            TyKind::Int(int) => out.push_str(int.name()),
            TyKind::F32 => out.push_str("Float32"),
            TyKind::F64 => out.push_str("Float"),
            TyKind::Bool => out.push_str("Bool"),
            TyKind::Char => out.push_str("Char"),
            TyKind::Never => out.push_str("Never"),
            TyKind::V128 => out.push_str("V128"),
            TyKind::Tuple(args) => {
                out.push('(');
                self.write_list(out, args, next);
                out.push_str(if args.len() == 1 { ",)" } else { ")" });
            }
            TyKind::FixedArray(elem, len) => {
                out.push('[');
                self.write_ty(out, *elem, next);
                out.push_str("; ");
                self.write_ty(out, *len, next);
                out.push(']');
            }
            TyKind::Adt(adt, args) => {
                out.push_str(self.name(self.adts[*adt].name));
                self.write_args(out, args, next);
            }
            TyKind::Fn { params, ret, is_async } => {
                if *is_async {
                    out.push_str("async ");
                }
                self.write_fn(out, params, *ret, next);
            }
            TyKind::Closure(id, _) => {
                let closure = &self.closures[*id];
                let params: Vec<(Ty, bool)> =
                    closure.params.iter().map(|(t, m)| (*t, *m == crate::program::ParamMode::Mut)).collect();
                self.write_fn(out, &params, closure.ret, next);
            }
            TyKind::FnDef(id, args) => {
                out.push_str("fn ");
                out.push_str(&self.fns[*id].path);
                self.write_args(out, args, next);
            }
            TyKind::Dyn { trait_, args, assoc } => {
                out.push_str("dyn ");
                out.push_str(self.name(self.traits[*trait_].name));
                self.write_dyn_args(out, args, assoc, next);
            }
            TyKind::Param(_, name) => out.push_str(self.name(*name)),
            TyKind::Assoc { args, name, .. } => {
                self.write_ty(out, args[0], next);
                out.push('.');
                out.push_str(self.name(*name));
            }
            TyKind::ConstInt(value) => out.push_str(&value.to_string()),
            TyKind::Ptr(inner) => self.write_wrapped(out, "Ptr", *inner, next),
            TyKind::Buffer(inner) => self.write_wrapped(out, "Buffer", *inner, next),
            TyKind::Infer(_) | TyKind::Error => out.push('_'),
        }
    }

    fn write_wrapped(&self, out: &mut String, name: &str, inner: Ty, depth: u32) {
        out.push_str(name);
        self.write_args(out, &[inner], depth);
    }

    fn write_dyn_args(&self, out: &mut String, args: &[Ty], assoc: &[(Symbol, Ty)], depth: u32) {
        if args.is_empty() && assoc.is_empty() {
            return;
        }
        out.push('<');
        self.write_list(out, args, depth);
        for (i, (name, ty)) in assoc.iter().enumerate() {
            if i > 0 || !args.is_empty() {
                out.push_str(", ");
            }
            out.push_str(self.name(*name));
            out.push_str(" = ");
            self.write_ty(out, *ty, depth);
        }
        out.push('>');
    }

    fn write_fn(&self, out: &mut String, params: &[(Ty, bool)], ret: Ty, depth: u32) {
        out.push_str("Fn(");
        for (i, (ty, is_mut)) in params.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            if *is_mut {
                out.push_str("mut ");
            }
            self.write_ty(out, *ty, depth);
        }
        out.push(')');
        if ret != Ty::UNIT {
            out.push_str(" -> ");
            self.write_ty(out, ret, depth);
        }
    }
}

/// `Option<T>` in the text of types as it is usually written: `T?`.
pub(crate) fn with_question_marks(text: &str) -> String {
    let mut text = text.to_string();
    // The last one holds no other.
    while let Some(start) = last_option(&text) {
        let inner = &text[start + "Option<".len()..];
        let mut depth = 0usize;
        let end = inner.char_indices().find(|(at, c)| match c {
            '<' => {
                depth += 1;
                false
            }
            '>' if inner[..*at].ends_with('-') => false,
            '>' if depth > 0 => {
                depth -= 1;
                false
            }
            c => *c == '>',
        });
        let Some((end, _)) = end else { break };
        let value = &inner[..end];
        let value = if value.contains("->") { format!("({value})") } else { value.to_string() };
        text = format!("{}{value}?{}", &text[..start], &inner[end + 1..]);
    }
    text
}

fn last_option(text: &str) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.rmatch_indices("Option<").map(|found| found.0).find(|at| !text[..*at].ends_with(is_part))
}

#[cfg(test)]
mod tests {
    use super::with_question_marks;

    #[test]
    fn options_have_question_marks() {
        assert_eq!(
            with_question_marks("fn f(x: Option<Int>) -> Option<Array<Option<T>>>"),
            "fn f(x: Int?) -> Array<T?>?"
        );
        assert_eq!(
            with_question_marks("f: Option<Fn(Int) -> Int>, MyOption<Int>"),
            "f: (Fn(Int) -> Int)?, MyOption<Int>"
        );
        assert_eq!(with_question_marks("Array<Int>"), "Array<Int>");
    }
}

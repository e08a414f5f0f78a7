//! Intrinsics that look into messages and states, for `runtime.trace`.

use super::Cx;
use super::func::{Builder, Label};
use super::shims::FieldPath;
use crate::ir::*;
use hir::body;
use hir::ty::{Ty as HTy, TyKind as H};
use syntax::Span;

impl Cx<'_> {
    /// Whether `Show` prints values of the type where they are.
    fn is_shown(&mut self, ty: HTy) -> bool {
        let mir = self.mir_ty(ty);
        if self.facts(mir).iso || mir == self.unit_ty() {
            return false;
        }
        let Some(show) = self.lang_trait("Show") else { return false };
        hir::resolve::implements(self.front.program_mut(), ty, show, &[])
    }

    fn is_lang(&self, ty: HTy, name: &str) -> bool {
        matches!(self.front.program().types.kind(ty), H::Adt(id, _) if Some(*id) == self.lang_adt(name))
    }
}

impl Builder<'_, '_> {
    /// `message_name.<M>(p)`, `message_reply.<M>(p)` and `show_parts.<T>(p, mut f)`; false for others.
    pub(super) fn trace_intrinsic(
        &mut self,
        dest: Option<&Place>,
        span: Span,
        name: &str,
        types: &[HTy],
        args: &[body::Arg],
    ) -> bool {
        if !matches!(name, "message_name" | "message_reply" | "show_parts") {
            return false;
        }
        let plans = self.plan_args(args);
        let args = self.finish_args(plans);
        let (Some(ty), Some(Arg::Value(pointer))) = (types.first(), args.first()) else {
            self.cx.internal(span, format!("`{name}` takes an address"));
            return true;
        };
        let value = self.behind(pointer.clone());
        match (name, args.get(1), dest) {
            ("message_name", _, Some(dest)) => self.message_name(*ty, &value, dest),
            ("message_reply", _, Some(dest)) => self.message_reply(*ty, &value, dest),
            ("show_parts", Some(Arg::Mut(formatter)), _) => self.show_parts(*ty, &value, formatter, span),
            _ => {}
        }
        true
    }

    /// The name of the variant, as `caller_location` gives texts.
    fn message_name(&mut self, ty: HTy, value: &Place, dest: &Place) {
        let mir = self.cx.mir_ty(ty);
        let names: Vec<String> =
            self.cx.program.types.defs[mir].variants.iter().map(|v| v.name.clone()).collect();
        let texts: Vec<DataId> = names.into_iter().map(|name| self.cx.static_text(name)).collect();
        let i32_ty = self.cx.int_ty(IntTy::I32);
        let tag = self.assign_temp(i32_ty, Rvalue::Discriminant(value.clone()));
        let mut cases: Vec<(i128, Block)> =
            (0..texts.len()).map(|v| (v as i128, self.new_block(false))).collect();
        let blocks: Vec<Block> = cases.iter().map(|(_, block)| *block).collect();
        let Some((_, default)) = cases.pop() else { return };
        match cases.is_empty() {
            true => self.terminate(Term::Goto(default)),
            false => self.terminate(Term::Switch { value: Operand::Copy(tag.into()), cases, default }),
        }
        let mut end = Label::default();
        for (text, block) in texts.into_iter().zip(blocks) {
            self.block = Some(block);
            self.set(dest.clone(), Operand::Const(Const::DataAddr(text)));
            self.goto(&mut end);
        }
        self.join(end);
    }

    /// The address in the `Reply` that a message ends with, or 0.
    fn message_reply(&mut self, ty: HTy, value: &Place, dest: &Place) {
        self.set(dest.clone(), Self::const_int(0, IntTy::USize));
        let (parts, _) = self.cx.parts(ty);
        let mut end = Label::default();
        self.per_variant(value, &parts, &mut end, |this, _, fields| {
            let reply = fields.last().filter(|(_, ty)| this.cx.is_lang(*ty, "Reply"));
            let Some((path, _)) = reply else { return };
            let cell = path.of(value).with(Proj::Field(0));
            this.assign(dest.clone(), Rvalue::Cast(Operand::Copy(cell)));
        });
        self.join(end);
    }

    /// Has each part written, by its name where it has one.
    fn show_parts(&mut self, ty: HTy, value: &Place, formatter: &Place, span: Span) {
        let (parts, is_enum) = self.cx.parts(ty);
        if is_enum {
            let mut end = Label::default();
            self.per_variant(value, &parts, &mut end, |this, _, mut fields| {
                // The asker's, not the message's.
                if fields.last().is_some_and(|(_, ty)| this.cx.is_lang(*ty, "Reply")) {
                    fields.pop();
                }
                for (path, ty) in fields {
                    this.show_part("", ty, path.of(value), formatter, span);
                }
            });
            return self.join(end);
        }
        let managed = self.cx.is_lang(ty, "Managed");
        let names = self.part_names(ty);
        for (i, (ty, name)) in parts.into_iter().flatten().zip(names).enumerate() {
            let place = FieldPath(None, i as u32).of(value);
            match (managed, name.as_str()) {
                (true, "state") => self.show_parts(ty, &place, formatter, span),
                (true, _) => {}
                (false, name) => self.show_part(name, ty, place, formatter, span),
            }
        }
    }

    /// Those of a struct; the parts of a tuple have none.
    fn part_names(&mut self, ty: HTy) -> Vec<String> {
        let is_tuple = matches!(self.cx.front.program().types.kind(ty), H::Tuple(_));
        let mir = self.cx.mir_ty(ty);
        let fields = self.cx.program.types.defs[mir].variants.first().map_or(&[][..], |only| &only.fields);
        fields.iter().map(|field| if is_tuple { String::new() } else { field.name.clone() }).collect()
    }

    fn show_part(&mut self, name: &str, ty: HTy, place: Place, formatter: &Place, span: Span) {
        let text = self.str_const(name, span);
        self.call_lang("trace_part", &[], vec![Arg::Mut(formatter.clone()), Arg::Value(text)], None, span);
        if !self.cx.is_shown(ty) {
            return self.call_lang("trace_hidden", &[], vec![Arg::Mut(formatter.clone())], None, span);
        }
        let mir = self.cx.mir_ty(ty);
        let pointer = self.cx.ptr_ty(mir);
        let address = self.assign_temp(pointer, Rvalue::AddrOf(place));
        let args = vec![Arg::Value(Operand::Copy(address.into())), Arg::Mut(formatter.clone())];
        self.call_lang("trace_shown", &[ty], args, None, span);
    }
}

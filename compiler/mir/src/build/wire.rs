//! Structural `Wire`: values as bytes for JavaScript, by their parts. docs/web-abi.md has the format.

use super::Cx;
use super::func::{Builder, Label};
use super::instances::ResolvedFn;
use super::shims::FieldPath;
use crate::ir::*;
use hir::program::TraitId;
use hir::ty::{Ty as HTy, TyKind as H};
use rustc_hash::FxHashSet;

impl Cx<'_> {
    pub(super) fn is_wire(&self, trait_: TraitId) -> bool {
        self.lang_trait("Wire") == Some(trait_)
    }

    /// Whether values of a type hold others of it.
    fn holds_itself(&mut self, ty: HTy) -> bool {
        let mut seen = FxHashSet::default();
        let mut work = self.wire_parts(ty);
        while let Some(part) = work.pop() {
            if part == ty {
                return true;
            }
            if seen.insert(part) {
                work.extend(self.wire_parts(part));
            }
        }
        false
    }

    fn wire_parts(&mut self, ty: HTy) -> Vec<HTy> {
        match self.front.program().types.kind(ty).clone() {
            H::FixedArray(elem, _) => vec![elem],
            H::Tuple(_) => self.parts(ty).0.concat(),
            // A reference crosses as a number, whatever its actor holds.
            H::Adt(id, _) if Some(id) == self.lang_adt("ActorRef") => Vec::new(),
            H::Adt(_, args) => {
                let Some((trait_, method)) = self.lang_method("Wire", "wire_write") else {
                    return Vec::new();
                };
                match self.resolve(trait_, method, Box::new([ty])) {
                    ResolvedFn::Builtin { .. } => self.parts(ty).0.concat(),
                    // The library's collections hold what their arguments say.
                    _ => args.to_vec(),
                }
            }
            _ => Vec::new(),
        }
    }
}

impl Builder<'_, '_> {
    pub fn shim_wire(&mut self, method: &str, ty: HTy, params: &[Place]) -> bool {
        match (method, params) {
            ("wire_write", [value, writer]) => self.wire_write(ty, value, writer),
            ("wire_read", [reader]) => self.wire_read(ty, reader),
            _ => return false,
        }
        true
    }

    fn wire_write(&mut self, ty: HTy, value: &Place, writer: &Place) {
        if let Some((elem, len)) = self.fixed_array(ty) {
            return self.each_element(len, |this, index| {
                this.write_part(elem, value.with(Proj::Index(index)), writer);
            });
        }
        let (parts, is_enum) = self.cx.parts(ty);
        let nests = self.cx.holds_itself(ty);
        let span = self.span;
        if nests {
            self.call_lang("wire_enter", &[], vec![Arg::Mut(writer.clone())], None, span);
        }
        if is_enum {
            let i32_ty = self.cx.int_ty(IntTy::I32);
            let tag = self.assign_temp(i32_ty, Rvalue::Discriminant(value.clone()));
            let args = vec![Arg::Value(Operand::Copy(tag.into())), Arg::Mut(writer.clone())];
            self.call_lang("wire_write_tag", &[], args, None, span);
            let mut end = Label::default();
            self.per_variant(value, &parts, &mut end, |this, _, fields| {
                for (path, ty) in fields {
                    this.write_part(ty, path.of(value), writer);
                }
            });
            self.join(end);
        } else {
            for (i, ty) in parts.into_iter().flatten().enumerate() {
                self.write_part(ty, FieldPath(None, i as u32).of(value), writer);
            }
        }
        if nests {
            self.call_lang("wire_leave", &[], vec![Arg::Mut(writer.clone())], None, span);
        }
    }

    fn write_part(&mut self, ty: HTy, value: Place, writer: &Place) {
        let unit = self.cx.unit_ty();
        self.call_trait("Wire", "wire_write", ty, vec![value], Some(writer), unit);
    }

    fn wire_read(&mut self, ty: HTy, reader: &Place) {
        let mir_ty = self.local_ty(RETURN);
        if let Some((elem, len)) = self.fixed_array(ty) {
            let fields: Vec<Operand> = (0..len).filter_map(|_| self.read_part(elem, reader)).collect();
            return self.assign(RETURN, Rvalue::FixedArray(mir_ty, fields));
        }
        let (parts, is_enum) = self.cx.parts(ty);
        if !is_enum {
            return self.read_variant(mir_ty, 0, parts.first().map_or(&[], |p| p), reader);
        }
        let span = self.span;
        let args = vec![Arg::Mut(reader.clone())];
        let Some(tag) = self.call_lang_temp("wire_read_tag", args, span) else { return };
        let mut end = Label::default();
        let blocks: Vec<Block> = parts.iter().map(|_| self.new_block(false)).collect();
        let mut cases: Vec<(i128, Block)> = (0..).zip(blocks.iter().copied()).collect();
        // The loader writes no other index.
        let Some((_, default)) = cases.pop() else { return };
        match cases.is_empty() {
            true => self.terminate(Term::Goto(default)),
            false => self.terminate(Term::Switch { value: Operand::Copy(tag.into()), cases, default }),
        }
        for (variant, block) in blocks.into_iter().enumerate() {
            self.block = Some(block);
            self.read_variant(mir_ty, variant as u32, &parts[variant], reader);
            self.goto(&mut end);
        }
        self.join(end);
    }

    fn read_variant(&mut self, ty: Ty, variant: u32, fields: &[HTy], reader: &Place) {
        let values: Vec<Operand> = fields.iter().filter_map(|field| self.read_part(*field, reader)).collect();
        self.build_aggregate(RETURN.into(), ty, variant, values);
    }

    fn read_part(&mut self, ty: HTy, reader: &Place) -> Option<Operand> {
        let ret = self.cx.mir_ty(ty);
        if self.is_unit(ret) {
            return Some(Operand::Const(Const::Unit));
        }
        let value = self.call_trait("Wire", "wire_read", ty, vec![], Some(reader), ret)?;
        self.schedule_temp(value);
        Some(self.take(value))
    }
}

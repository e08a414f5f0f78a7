//! Structural `Show`: `Point { x: 1.0, y: 2.0 }`, `Circle(1.0)`, `(1, "a")`, `()`.

use super::func::{Builder, Label};
use super::shims::FieldPath;
use crate::ir::*;
use hir::program::VariantShape;
use hir::ty::{Ty as HTy, TyKind as H};

/// How one variant prints.
struct Text {
    name: String,
    shape: VariantShape,
    fields: Vec<String>,
}

impl Text {
    /// What is written before each field, and after the last one.
    fn around_fields(&self) -> Vec<String> {
        let (open, close) = match self.shape {
            VariantShape::Unit => ("", ""),
            VariantShape::Tuple => ("(", ")"),
            VariantShape::Named => (" { ", " }"),
        };
        if self.fields.is_empty() {
            // A struct without fields prints as its name.
            let brackets = if self.shape == VariantShape::Tuple { "()" } else { "" };
            return vec![format!("{}{brackets}", self.name)];
        }
        let mut texts = Vec::with_capacity(self.fields.len() + 1);
        for (i, field) in self.fields.iter().enumerate() {
            let before = if i == 0 { format!("{}{open}", self.name) } else { ", ".to_string() };
            let label = if self.shape == VariantShape::Named { format!("{field}: ") } else { String::new() };
            texts.push(before + &label);
        }
        // A tuple of one element needs its comma.
        let comma = if self.name.is_empty() && self.fields.len() == 1 { "," } else { "" };
        texts.push(format!("{comma}{close}"));
        texts
    }
}

impl Builder<'_, '_> {
    pub fn shim_show(&mut self, ty: HTy, value: &Place, formatter: &Place) {
        let (parts, is_enum) = self.cx.parts(ty);
        let texts = self.texts(ty);
        if let H::FixedArray(elem, len) = *self.cx.front.program().types.kind(ty) {
            let len = self.cx.const_len(len);
            return self.show_fixed(elem, len, value, formatter);
        }
        if !is_enum {
            let fields: Vec<(FieldPath, HTy)> = parts
                .into_iter()
                .flatten()
                .enumerate()
                .map(|(i, ty)| (FieldPath(None, i as u32), ty))
                .collect();
            if let Some(text) = texts.first() {
                self.show_variant(&text.around_fields(), &fields, value, formatter);
            }
            return;
        }
        let mut end = Label::default();
        self.show_unit_variants(&texts, value, formatter, &mut end);
        self.per_variant(value, &parts, &mut end, |this, v, fields| {
            this.show_variant(&texts[v as usize].around_fields(), &fields, value, formatter);
        });
        self.join(end);
    }

    /// Variants without fields print their names.
    fn show_unit_variants(&mut self, texts: &[Text], value: &Place, formatter: &Place, end: &mut Label) {
        let units: Vec<usize> = (0..texts.len()).filter(|v| texts[*v].fields.is_empty()).collect();
        if units.is_empty() {
            return;
        }
        let i32_ty = self.cx.int_ty(IntTy::I32);
        let tag = self.assign_temp(i32_ty, Rvalue::Discriminant(value.clone()));
        let rest = self.new_block(false);
        let cases: Vec<(i128, Block)> = units.iter().map(|v| (*v as i128, self.new_block(false))).collect();
        let blocks: Vec<Block> = cases.iter().map(|(_, b)| *b).collect();
        self.terminate(Term::Switch { value: Operand::Copy(tag.into()), cases, default: rest });
        for (v, block) in units.into_iter().zip(blocks) {
            self.block = Some(block);
            self.push_text(formatter, &texts[v].name);
            self.goto(end);
        }
        self.block = Some(rest);
    }

    fn show_variant(
        &mut self,
        texts: &[String],
        fields: &[(FieldPath, HTy)],
        value: &Place,
        formatter: &Place,
    ) {
        for (text, (path, ty)) in texts.iter().zip(fields) {
            self.push_text(formatter, text);
            self.show_nested(*ty, path.of(value), formatter);
        }
        if let Some(last) = texts.last() {
            self.push_text(formatter, last);
        }
    }

    /// For each variant what is written before each field, and after the last one.
    pub fn show_texts(&self, ty: HTy) -> Vec<Vec<String>> {
        self.texts(ty).iter().map(Text::around_fields).collect()
    }

    fn show_nested(&mut self, ty: HTy, value: Place, formatter: &Place) {
        let unit = self.cx.unit_ty();
        self.call_trait("Show", "show_nested", ty, vec![value], Some(formatter), unit);
    }

    fn show_fixed(&mut self, elem: HTy, len: u64, value: &Place, formatter: &Place) {
        self.push_text(formatter, "[");
        self.each_element(len, |this, index| {
            let zero = Builder::const_int(0, IntTy::USize);
            let first = this.compare(BinOp::Eq, Operand::Copy(index.into()), zero);
            let (join, comma) = this.branch(first);
            this.block = Some(comma);
            this.push_text(formatter, ", ");
            this.terminate(Term::Goto(join));
            this.block = Some(join);
            this.show_nested(elem, value.with(Proj::Index(index)), formatter);
        });
        self.push_text(formatter, "]");
    }

    pub fn push_text(&mut self, formatter: &Place, text: &str) {
        let span = self.span;
        let text = self.str_const(text, span);
        let args = vec![Arg::Mut(formatter.clone()), Arg::Value(text)];
        self.call_lang("formatter_push_str", &[], args, None, span);
    }

    fn texts(&self, ty: HTy) -> Vec<Text> {
        let program = self.cx.front.program();
        let name = |s| program.interner.name(s).to_string();
        match program.types.kind(ty) {
            H::Tuple(elems) => {
                let fields = (0..elems.len()).map(|i| i.to_string()).collect();
                vec![Text { name: String::new(), shape: VariantShape::Tuple, fields }]
            }
            H::Adt(id, _) => program.adts[*id]
                .variants
                .iter()
                .map(|v| {
                    let own = if program.adts[*id].is_enum { v.name } else { program.adts[*id].name };
                    let fields = v.fields.iter().map(|f| name(f.name)).collect();
                    Text { name: name(own), shape: v.shape, fields }
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}

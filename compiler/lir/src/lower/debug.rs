//! Describes variables and types, for `-g`.

use super::Cx;
use super::func::FuncLower;
use super::place::Rep;
use crate::debug::{Field, Piece, TypeData, TypeId, TypeKind, Variable, VariablePlace, Variant};
use mir::ir as m;

impl FuncLower<'_, '_, '_> {
    /// Enters the variables of the source into the body's table.
    pub fn describe_variables(&mut self) {
        if self.e.cx.module.debug.is_none() {
            return;
        }
        let body = self.body;
        for (local, decl) in body.locals.iter_enumerated() {
            // What changes in optimised code has no place, see `mir::debug`.
            let Some(name) = decl.name.clone().filter(|_| !decl.span.is_dummy()) else { continue };
            let number = body.params.iter().position(|param| param.local == local);
            let place = match self.reps[local].clone() {
                Rep::Slot(slot) => VariablePlace::Slot(slot),
                Rep::Indirect(reg) => VariablePlace::Behind(reg),
                Rep::Regs(regs) => {
                    let layout = self.e.layout(decl.ty);
                    let scalars = layout.flat.iter().flatten().zip(regs);
                    let pieces =
                        scalars.map(|(scalar, reg)| Piece { reg, mem: scalar.mem, offset: scalar.offset });
                    VariablePlace::Regs(pieces.collect())
                }
            };
            let Some(ty) = self.e.cx.debug_type(decl.ty) else { continue };
            let param = number.map(|n| n as u32 + 1);
            self.e.b.body.variables.push(Variable { name, ty, span: decl.span, param, place });
        }
    }
}

impl Cx<'_> {
    /// The description of a type; none without `-g`.
    fn debug_type(&mut self, ty: m::Ty) -> Option<TypeId> {
        if let Some(&known) = self.debug_types.get(&ty) {
            return Some(known);
        }
        let layout = self.layouts.get(ty);
        let def = &self.program.types.defs[ty];
        let name = match def.name.as_str() {
            "" => mir::print_ty(self.program, ty).replace('%', ""),
            name => name.to_string(),
        };
        let data = TypeData { name, size: layout.size, align: layout.align, kind: TypeKind::Opaque };
        // Entered first: the fields may refer to the type itself.
        let id = self.module.debug.as_mut()?.types.push(data);
        self.debug_types.insert(ty, id);
        let kind = self.debug_kind(ty)?;
        self.module.debug.as_mut()?.types[id].kind = kind;
        Some(id)
    }

    fn debug_kind(&mut self, ty: m::Ty) -> Option<TypeKind> {
        let program = self.program;
        let def = &program.types.defs[ty];
        Some(match &def.kind {
            m::TyKind::Int(int) if int.is_signed() => TypeKind::Signed,
            // What lanes a vector has only its uses know: its bits are one number.
            m::TyKind::Int(_) | m::TyKind::V128 => TypeKind::Unsigned,
            m::TyKind::F32 | m::TyKind::F64 => TypeKind::Float,
            m::TyKind::Bool => TypeKind::Bool,
            m::TyKind::Char => TypeKind::Char,
            m::TyKind::Never => TypeKind::Struct(Vec::new()),
            m::TyKind::FnBox { .. } | m::TyKind::Dyn { .. } => TypeKind::Opaque,
            m::TyKind::Ptr(to) => TypeKind::Pointer(self.debug_type(*to)?),
            m::TyKind::Buffer(element) => self.debug_elements(*element)?,
            m::TyKind::FixedArray(element, len) => {
                let stride = self.layouts.get(*element).stride();
                TypeKind::FixedArray { element: self.debug_type(*element)?, stride, len: *len }
            }
            m::TyKind::Struct if program.string_ty == Some(ty) => {
                let offsets = self.layouts.get(ty).variants[0].offsets.clone();
                TypeKind::Text { data: offsets[1], len: offsets[2] }
            }
            m::TyKind::Struct => self.debug_struct(ty)?,
            m::TyKind::Enum if def.is_boxed => {
                let tag = self.layouts.pointer_bytes;
                TypeKind::BoxedEnum { variants: self.debug_variants(ty, self.layouts.cell_header())?, tag }
            }
            m::TyKind::Enum => TypeKind::Enum(self.debug_variants(ty, 0)?),
        })
    }

    /// A struct of one buffer, such as `Array`, is its elements.
    fn debug_struct(&mut self, ty: m::Ty) -> Option<TypeKind> {
        let fields = &self.program.types.defs[ty].variants[0].fields;
        if let [field] = fields.as_slice()
            && let m::TyKind::Buffer(element) = *self.program.types.kind(field.ty)
        {
            return self.debug_elements(element);
        }
        let variant = self.debug_variants(ty, 0)?.pop()?;
        Some(TypeKind::Struct(variant.fields))
    }

    fn debug_elements(&mut self, element: m::Ty) -> Option<TypeKind> {
        let stride = self.layouts.get(element).stride();
        let (len, first) = (2 * self.layouts.pointer_bytes, self.layouts.buffer_header());
        Some(TypeKind::Elements { element: self.debug_type(element)?, stride, len, first })
    }

    /// Fields lie `start` bytes behind what the layout says.
    fn debug_variants(&mut self, ty: m::Ty, start: u32) -> Option<Vec<Variant>> {
        let layout = self.layouts.get(ty);
        let variants = &self.program.types.defs[ty].variants;
        let mut out = Vec::with_capacity(variants.len());
        for (variant, placed) in variants.iter().zip(&layout.variants) {
            let mut fields = Vec::with_capacity(variant.fields.len());
            for (field, &offset) in variant.fields.iter().zip(&placed.offsets) {
                let ty = self.debug_type(field.ty)?;
                fields.push(Field { name: field.name.clone(), ty, offset: start + offset });
            }
            out.push(Variant { name: variant.name.clone(), fields });
        }
        Some(out)
    }
}

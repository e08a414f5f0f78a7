//! Types as debuggers see them. Enums are structs with variant parts.
//!
//! Arrays and strings take one of two forms. Where a value is sure to be in memory and no element of an array, it is an array that
//! says by expressions, which start from the address of the value, where its elements are and how many: a debugger shows them
//! without help. gdb can evaluate such expressions for nothing else, and ends itself over arrays of such. So in registers, which optimised
//! code keeps values in, and within elements of arrays, an array is the address of a struct with its elements, and a string is
//! the address of its bytes with their number.

use super::Debug;
use super::nodes::{Decl, Node};
use lir::debug::{Field, TypeData, TypeId, TypeKind, Variant};

/// DWARF's numbers.
mod dw {
    pub const ATE_BOOLEAN: u32 = 0x02;
    pub const ATE_FLOAT: u32 = 0x04;
    pub const ATE_SIGNED: u32 = 0x05;
    pub const ATE_UNSIGNED: u32 = 0x07;
    pub const ATE_UTF: u32 = 0x10;
    pub const OP_DEREF: u64 = 0x06;
    pub const OP_CONSTU: u64 = 0x10;
    pub const OP_MINUS: u64 = 0x1c;
    pub const OP_PLUS_UCONST: u64 = 0x23;
    pub const OP_PUSH_OBJECT_ADDRESS: u64 = 0x97;
}

/// The member of an enum that tells the variant.
const TAG: &str = "variant";

/// The form of arrays and strings within a type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Form {
    /// Arrays, found by expressions.
    Shown,
    /// Structs and addresses.
    Plain,
}

impl<'ctx> Debug<'ctx, '_> {
    /// The type of a variable.
    pub(super) fn type_of_variable(&self, id: TypeId) -> Node<'ctx> {
        self.type_of(id, if self.is_optimized { Form::Plain } else { Form::Shown })
    }

    fn type_of(&self, id: TypeId, form: Form) -> Node<'ctx> {
        let form = if self.has_forms(id, 0) { form } else { Form::Shown };
        if let Some(&known) = self.types.borrow().get(&(id, form)) {
            return known;
        }
        let Some(data) = self.data(id) else { return Node::NONE };
        let bits = bits(data.size);
        let node = match &data.kind {
            TypeKind::Signed => self.nodes.basic(&data.name, bits, dw::ATE_SIGNED),
            TypeKind::Unsigned => self.nodes.basic(&data.name, bits, dw::ATE_UNSIGNED),
            TypeKind::Float => self.nodes.basic(&data.name, bits, dw::ATE_FLOAT),
            TypeKind::Bool => self.nodes.basic(&data.name, bits, dw::ATE_BOOLEAN),
            // Debuggers know characters of four bytes by this name.
            TypeKind::Char => self.named(self.nodes.basic("char32_t", bits, dw::ATE_UTF), data),
            TypeKind::Opaque => self.named(self.nodes.pointer(Node::NONE, bits), data),
            TypeKind::Pointer(to) => self.nodes.pointer(self.type_of(*to, Form::Plain), bits),
            TypeKind::Struct(fields) => return self.structure(id, form, fields),
            TypeKind::Enum(variants) => return self.enumeration(id, form, variants),
            TypeKind::BoxedEnum { variants, tag } => return self.boxed(id, variants, *tag),
            TypeKind::FixedArray { element, stride, len } => {
                let (of, stride) = self.element(*element, *stride);
                self.nodes.array(of, bits, data.align * 8, *len, stride)
            }
            TypeKind::Elements { element, stride, len, first } => match form {
                Form::Shown => self.shown_elements(data, *element, *stride, [*len, *first]),
                Form::Plain => return self.plain_elements(id, *element, *stride, [*len, *first]),
            },
            TypeKind::Text { data: start, len } => match form {
                Form::Shown => self.shown_text(data, *start, *len),
                Form::Plain => return self.plain_text(id, *start, *len),
            },
        };
        self.enter(id, form, node);
        node
    }

    fn data(&self, id: TypeId) -> Option<&TypeData> {
        self.module.debug.as_ref()?.types.get(id)
    }

    /// Types that refer to themselves are entered before their parts are made.
    fn enter(&self, id: TypeId, form: Form, node: Node<'ctx>) {
        self.types.borrow_mut().insert((id, form), node);
    }

    /// Whether arrays or strings lie in the value itself, so that the forms differ. Values are not in themselves, so the depth
    /// has an end; that of a program that nests more is not worth the time.
    fn has_forms(&self, id: TypeId, depth: u32) -> bool {
        const DEPTH_MAX: u32 = 64;
        let of_fields = |fields: &[Field]| fields.iter().any(|field| self.has_forms(field.ty, depth + 1));
        match self.data(id).map(|data| &data.kind) {
            _ if depth > DEPTH_MAX => true,
            Some(TypeKind::Elements { .. } | TypeKind::Text { .. }) => true,
            Some(TypeKind::Struct(fields)) => of_fields(fields),
            Some(TypeKind::Enum(variants)) => variants.iter().any(|variant| of_fields(&variant.fields)),
            _ => false,
        }
    }

    fn decl<'n>(&self, name: &'n str) -> Decl<'ctx, 'n> {
        Decl { name, file: self.unit_file, line: 0 }
    }

    fn named(&self, ty: Node<'ctx>, data: &TypeData) -> Node<'ctx> {
        self.nodes.typedef(ty, self.decl(&data.name))
    }

    fn word(&self) -> Node<'ctx> {
        self.nodes.basic("USize", bits(self.module.target.pointer_bytes), dw::ATE_UNSIGNED)
    }

    fn byte(&self) -> Node<'ctx> {
        self.nodes.basic("char", 8, dw::ATE_UTF)
    }

    /// A struct without fields as yet.
    fn open(&self, name: &str, size: u32, align: u32, form: Form) -> Node<'ctx> {
        let uid = format!("{name} {form:?}");
        self.nodes.structure(self.decl(name), self.unit_file, bits(size), align * 8, &uid)
    }

    // ------------------------------------------------------------ arrays and strings

    /// The type of elements, and their distance where that is not their size.
    fn element(&self, id: TypeId, stride: u32) -> (Node<'ctx>, u64) {
        let is_size = self.data(id).is_some_and(|data| data.size == stride);
        (self.type_of(id, Form::Plain), if is_size { 0 } else { u64::from(stride) })
    }

    fn shown_elements(
        &self,
        data: &TypeData,
        element: TypeId,
        stride: u32,
        [len, first]: [u32; 2],
    ) -> Node<'ctx> {
        let (of, stride) = self.element(element, stride);
        let start = [dw::OP_PUSH_OBJECT_ADDRESS, dw::OP_DEREF, dw::OP_PLUS_UCONST];
        let elements = [&start[..], &[u64::from(first)]].concat();
        let count = [&start[..], &[u64::from(len), dw::OP_DEREF]].concat();
        self.nodes.dynamic_array(self.decl(&data.name), of, &elements, &count, stride)
    }

    /// The address of a cell, which has the number of its elements at a distance before them.
    fn plain_elements(&self, id: TypeId, element: TypeId, stride: u32, [len, first]: [u32; 2]) -> Node<'ctx> {
        let Some(data) = self.data(id) else { return Node::NONE };
        let cell = self.open(&format!("{} cell", data.name), first, data.align, Form::Plain);
        let pointer = self.named(self.nodes.pointer(cell, bits(data.size)), data);
        self.enter(id, Form::Plain, pointer);
        let (of, stride) = self.element(element, stride);
        let distance = u64::from(first - len);
        let count = [dw::OP_PUSH_OBJECT_ADDRESS, dw::OP_CONSTU, distance, dw::OP_MINUS, dw::OP_DEREF];
        let items = self.nodes.dynamic_array(self.decl(""), of, &[], &count, stride);
        let members = [
            self.nodes.member(cell, self.decl("len"), bits(data.size), bits(len), self.word()),
            self.nodes.member(cell, self.decl("items"), 0, bits(first), items),
        ];
        self.nodes.set_elements(cell, &members);
        pointer
    }

    fn shown_text(&self, data: &TypeData, start: u32, len: u32) -> Node<'ctx> {
        let word = |at: u32| [dw::OP_PUSH_OBJECT_ADDRESS, dw::OP_PLUS_UCONST, u64::from(at), dw::OP_DEREF];
        self.nodes.dynamic_array(self.decl(&data.name), self.byte(), &word(start), &word(len), 0)
    }

    fn plain_text(&self, id: TypeId, start: u32, len: u32) -> Node<'ctx> {
        let Some(data) = self.data(id) else { return Node::NONE };
        let node = self.open(&data.name, data.size, data.align, Form::Plain);
        let word = bits(self.module.target.pointer_bytes);
        let bytes = self.nodes.pointer(self.byte(), word);
        let members = [
            self.nodes.member(node, self.decl("len"), word, bits(len), self.word()),
            self.nodes.member(node, self.decl("data"), word, bits(start), bytes),
        ];
        let node = self.nodes.set_elements(node, &members);
        self.enter(id, Form::Plain, node);
        node
    }

    // ------------------------------------------------------------ structs and enums

    fn structure(&self, id: TypeId, form: Form, fields: &[Field]) -> Node<'ctx> {
        let Some(data) = self.data(id) else { return Node::NONE };
        let node = self.open(&data.name, data.size, data.align, form);
        self.enter(id, form, node);
        self.nodes.set_elements(node, &self.members(node, fields, form))
    }

    fn members(&self, scope: Node<'ctx>, fields: &[Field], form: Form) -> Vec<Node<'ctx>> {
        let member = |field: &Field| {
            let size = self.data(field.ty).map_or(0, |data| bits(data.size));
            let name = field_name(&field.name);
            let ty = self.type_of(field.ty, form);
            self.nodes.member(scope, self.decl(&name), size, bits(field.offset), ty)
        };
        fields.iter().map(member).collect()
    }

    fn enumeration(&self, id: TypeId, form: Form, variants: &[Variant]) -> Node<'ctx> {
        if let [variant] = variants {
            return self.structure(id, form, &variant.fields);
        }
        let Some(data) = self.data(id) else { return Node::NONE };
        let node = self.open(&data.name, data.size, data.align, form);
        self.enter(id, form, node);
        let part = self.variants(node, data, variants, form, data.size, (0, 8));
        self.nodes.set_elements(node, &[part])
    }

    /// The address of a cell; what is in the cell is told of the type that it points to.
    fn boxed(&self, id: TypeId, variants: &[Variant], tag: u32) -> Node<'ctx> {
        let Some(data) = self.data(id) else { return Node::NONE };
        let size = self.cell_size(variants, tag + data.size);
        let cell = self.open(&format!("{} cell", data.name), size, data.align, Form::Shown);
        let pointer = self.named(self.nodes.pointer(cell, bits(data.size)), data);
        self.enter(id, Form::Shown, pointer);
        let with_fields: Vec<&Variant> =
            variants.iter().filter(|variant| !variant.fields.is_empty()).collect();
        let part = match with_fields[..] {
            // Only this one has cells, and they do not tell.
            [only] => {
                let fields = self.variant_fields(data, only, Form::Shown, size);
                self.nodes.member(cell, self.decl(&only.name), bits(size), 0, fields)
            }
            _ => self.variants(cell, data, variants, Form::Shown, size, (tag, bits(data.size))),
        };
        self.nodes.set_elements(cell, &[part]);
        pointer
    }

    /// The fields of a variant as a struct of their own, which begins where the enum or its cell does.
    fn variant_fields(&self, data: &TypeData, variant: &Variant, form: Form, size: u32) -> Node<'ctx> {
        let node = self.open(&format!("{}.{}", data.name, variant.name), size, data.align, form);
        self.nodes.set_elements(node, &self.members(node, &variant.fields, form))
    }

    /// The size of the largest cell, at least that of the header.
    fn cell_size(&self, variants: &[Variant], header: u32) -> u32 {
        let end = |field: &Field| field.offset + self.data(field.ty).map_or(0, |data| data.size);
        variants.iter().flat_map(|variant| &variant.fields).map(end).fold(header, u32::max)
    }

    /// The part of a struct of a size that is one of several, as the tag (at an offset, of so many bits) says.
    fn variants(
        &self,
        scope: Node<'ctx>,
        data: &TypeData,
        variants: &[Variant],
        form: Form,
        size: u32,
        tag: (u32, u64),
    ) -> Node<'ctx> {
        let name = format!("{} {TAG}", data.name);
        let names: Vec<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
        let base = self.nodes.basic("UInt", tag.1, dw::ATE_UNSIGNED);
        let ty = self.nodes.enumeration(self.decl(&name), tag.1, &names, base);
        let discriminant = self.nodes.member(scope, self.decl(TAG), tag.1, bits(tag.0), ty);
        let part = self.nodes.variant_part(scope, self.unit_file, discriminant, &format!("{name} {form:?}"));
        let mut parts = Vec::new();
        for (number, variant) in variants.iter().enumerate().filter(|(_, variant)| !variant.fields.is_empty())
        {
            let fields = self.variant_fields(data, variant, form, size);
            let tag = (tag.1 as u32, number as u64);
            parts.push(self.nodes.variant(part, self.decl(&variant.name), bits(size), tag, fields));
        }
        self.nodes.set_elements(part, &parts)
    }
}

/// Debuggers take a number for no name: the fields of a tuple are `_0`, `_1`, ….
fn field_name(name: &str) -> String {
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name.to_string() }
}

fn bits(bytes: u32) -> u64 {
    u64::from(bytes) * 8
}

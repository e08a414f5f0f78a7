//! Layouts: how a MIR type lies in registers and in memory.
//!
//! In registers a value is a row of scalars, its *flat form*, as long as that has at most [`MAX_SCALARS`] entries and no
//! fixed array in it; other types live in memory only. The flat form of a struct is that of its fields, in
//! declaration order. An enum (that is not boxed) has its tag first and then slots which the variants share: a variant's
//! scalar takes the first free slot of its type. In memory the fields of a struct are sorted by falling alignment; an enum with
//! a flat form lies there as its slots, so that loading and storing need not look at the tag; one without starts with its tag,
//! one byte, and lays out each variant as a struct behind it.

use crate::ir::{MemTy, Ty as LTy};
use mir::ir::{IntTy, Ty, TyKind, Types};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// More scalars than this and a value is passed and kept in memory.
pub const MAX_SCALARS: usize = 16;

/// Values below this number in a boxed enum are variants without fields, see `docs/contracts.md`.
pub const FIRST_ADDRESS: i64 = 4096;

/// One scalar: its register type, its form in memory, and its offset in the value's memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scalar {
    pub reg: LTy,
    pub mem: MemTy,
    pub offset: u32,
}

/// Fields of one variant (or struct).
#[derive(Clone, Debug, Default)]
pub struct VariantLayout {
    /// Offset of each field: from the start of the value, or of the payload in a boxed enum's cell.
    pub offsets: Vec<u32>,
    /// Positions of each field's scalars in the flat form of the whole type.
    pub slots: Vec<Vec<usize>>,
    /// Boxed enums: bytes of the whole cell.
    pub cell_size: u32,
}

#[derive(Clone, Debug)]
pub struct Layout {
    pub size: u32,
    pub align: u32,
    /// `None`: lives in memory only.
    pub flat: Option<Vec<Scalar>>,
    pub variants: Vec<VariantLayout>,
    /// Whether the first scalar (and first byte) is a tag.
    pub has_tag: bool,
    /// Anything counted or with a user's drop inside.
    pub needs_drop: bool,
    /// Copying it must retain something.
    pub is_counted: bool,
    /// Dropping it may run a user's `drop`.
    pub has_user_drop: bool,
}

impl Layout {
    pub fn in_memory(&self) -> bool {
        self.flat.is_none()
    }

    /// Distance of neighbours in an array.
    pub fn stride(&self) -> u32 {
        self.size.next_multiple_of(self.align).max(self.align.min(self.size.max(1)))
    }
}

pub struct Layouts<'a> {
    types: &'a Types,
    pub pointer_bytes: u32,
    cache: FxHashMap<Ty, Rc<Layout>>,
}

impl<'a> Layouts<'a> {
    pub fn new(types: &'a Types, pointer_bytes: u32) -> Layouts<'a> {
        Layouts { types, pointer_bytes, cache: FxHashMap::default() }
    }

    pub fn types(&self) -> &'a Types {
        self.types
    }

    /// Bytes before the payload of a boxed enum.
    pub fn cell_header(&self) -> u32 {
        2 * self.pointer_bytes
    }

    /// Bytes before the elements of a buffer, the environment of a closure, the value of a `dyn`.
    pub fn buffer_header(&self) -> u32 {
        4 * self.pointer_bytes
    }

    pub fn get(&mut self, ty: Ty) -> Rc<Layout> {
        if let Some(layout) = self.cache.get(&ty) {
            return layout.clone();
        }
        let layout = Rc::new(self.compute(ty));
        self.cache.insert(ty, layout.clone());
        layout
    }

    fn pointer(&self, needs_drop: bool) -> Layout {
        let w = self.pointer_bytes;
        Layout { needs_drop, is_counted: needs_drop, ..scalar(LTy::Ptr, MemTy::Ptr, w) }
    }

    fn compute(&mut self, ty: Ty) -> Layout {
        let types = self.types;
        let def = &types.defs[ty];
        match &def.kind {
            TyKind::Int(int) => int_layout(*int, self.pointer_bytes),
            TyKind::F32 => scalar(LTy::F32, MemTy::F32, 4),
            TyKind::F64 => scalar(LTy::F64, MemTy::F64, 8),
            TyKind::Bool => scalar(LTy::I32, MemTy::I8 { signed: false }, 1),
            TyKind::Char => scalar(LTy::I32, MemTy::I32, 4),
            TyKind::Never => empty(),
            TyKind::Ptr(_) => self.pointer(false),
            TyKind::Buffer(_) | TyKind::FnBox { .. } | TyKind::Dyn { .. } => self.pointer(true),
            TyKind::FixedArray(elem, n) => self.fixed_array(*elem, *n),
            TyKind::Enum if def.is_boxed => self.boxed_enum(ty),
            TyKind::Struct => self.aggregate(ty, false),
            TyKind::Enum => self.aggregate(ty, def.variants.len() > 1),
        }
    }

    fn fixed_array(&mut self, elem: Ty, n: u64) -> Layout {
        let e = self.get(elem);
        let size = (e.stride() as u64).saturating_mul(n).min(u32::MAX as u64) as u32;
        Layout { size, flat: None, variants: Vec::new(), has_tag: false, ..(*e).clone() }
    }

    /// The value itself is a pointer; the fields of the variants lie in cells.
    fn boxed_enum(&mut self, ty: Ty) -> Layout {
        let types = self.types;
        // Entered first: the fields refer to the type itself.
        let mut layout = self.pointer(true);
        layout.has_user_drop = types.defs[ty].user_drop.is_some();
        self.cache.insert(ty, Rc::new(layout.clone()));
        let header = self.cell_header();
        for variant in &types.defs[ty].variants {
            let fields: Vec<Ty> = variant.fields.iter().map(|f| f.ty).collect();
            let (offsets, size, _) = self.place_fields(&fields, 0);
            layout.has_user_drop |= fields.iter().any(|f| self.get(*f).has_user_drop);
            let cell_size = (header + size).next_multiple_of(self.pointer_bytes);
            layout.variants.push(VariantLayout { offsets, slots: Vec::new(), cell_size });
        }
        layout
    }

    fn aggregate(&mut self, ty: Ty, has_tag: bool) -> Layout {
        let types = self.types;
        let def = &types.defs[ty];
        let mut out = Layout {
            has_tag,
            needs_drop: def.user_drop.is_some(),
            has_user_drop: def.user_drop.is_some(),
            ..empty()
        };
        let mut fields_flat = true;
        for variant in &def.variants {
            let fields: Vec<Ty> = variant.fields.iter().map(|f| f.ty).collect();
            let (offsets, size, align) = self.place_fields(&fields, has_tag as u32);
            out.size = out.size.max(size);
            out.align = out.align.max(align);
            for field in fields {
                let layout = self.get(field);
                out.needs_drop |= layout.needs_drop;
                out.is_counted |= layout.is_counted;
                out.has_user_drop |= layout.has_user_drop;
                fields_flat &= layout.flat.is_some();
            }
            out.variants.push(VariantLayout { offsets, slots: Vec::new(), cell_size: 0 });
        }
        out.size = out.size.max(has_tag as u32).next_multiple_of(out.align);
        out.flat = None;
        if fields_flat {
            self.flatten(ty, &mut out);
        }
        out
    }

    /// Gives the type its flat form, if it is short enough.
    fn flatten(&mut self, ty: Ty, out: &mut Layout) {
        let def = &self.types.defs[ty];
        let mut slots: Vec<Scalar> = Vec::new();
        if out.has_tag {
            slots.push(Scalar { reg: LTy::I32, mem: MemTy::I8 { signed: false }, offset: 0 });
        }
        let mut field_slots = Vec::new();
        for (v, variant) in def.variants.iter().enumerate() {
            let mut used = vec![false; slots.len()];
            used[..out.has_tag as usize].fill(true);
            let mut of_variant = Vec::with_capacity(variant.fields.len());
            for (f, field) in variant.fields.iter().enumerate() {
                let start = out.variants[v].offsets[f];
                let flat = self.get(field.ty).flat.clone().unwrap_or_default();
                let of_field = flat
                    .iter()
                    .map(|s| take_slot(&mut slots, &mut used, Scalar { offset: s.offset + start, ..*s }))
                    .collect();
                of_variant.push(of_field);
            }
            field_slots.push(of_variant);
        }
        if slots.len() > MAX_SCALARS {
            return;
        }
        for (variant, slots) in out.variants.iter_mut().zip(field_slots) {
            variant.slots = slots;
        }
        if def.variants.len() > 1 {
            (out.size, out.align) = self.place_slots(&mut slots);
        }
        out.flat = Some(slots);
    }

    /// Puts the slots of an enum side by side, the most aligned first; size and alignment of the whole.
    fn place_slots(&self, slots: &mut [Scalar]) -> (u32, u32) {
        let mut order: Vec<usize> = (0..slots.len()).collect();
        order.sort_by_key(|i| std::cmp::Reverse(self.scalar_bytes(slots[*i].mem)));
        let (mut end, mut align) = (0u32, 1);
        for i in order {
            let bytes = self.scalar_bytes(slots[i].mem);
            end = end.next_multiple_of(bytes);
            slots[i].offset = end;
            end += bytes;
            align = align.max(bytes);
        }
        (end.next_multiple_of(align), align)
    }

    pub fn scalar_bytes(&self, mem: MemTy) -> u32 {
        match mem {
            MemTy::I8 { .. } => 1,
            MemTy::I16 { .. } => 2,
            MemTy::I32 | MemTy::F32 => 4,
            MemTy::I64 | MemTy::F64 => 8,
            MemTy::V128 => 16,
            MemTy::Ptr => self.pointer_bytes,
        }
    }

    /// Offsets in declaration order, the end, and the alignment; the first `start` bytes stay free.
    fn place_fields(&mut self, fields: &[Ty], start: u32) -> (Vec<u32>, u32, u32) {
        let layouts: Vec<Rc<Layout>> = fields.iter().map(|f| self.get(*f)).collect();
        let mut order: Vec<usize> = (0..fields.len()).collect();
        // Behind a tag the small fields come first: they fill the gap before the aligned ones.
        if start == 0 {
            order.sort_by_key(|i| std::cmp::Reverse(layouts[*i].align));
        } else {
            order.sort_by_key(|i| layouts[*i].align);
        }
        let mut offsets = vec![0; fields.len()];
        let (mut end, mut align) = (start, 1);
        for i in order {
            end = end.next_multiple_of(layouts[i].align);
            offsets[i] = end;
            end = end.saturating_add(layouts[i].size);
            align = align.max(layouts[i].align);
        }
        (offsets, end, align)
    }
}

fn take_slot(slots: &mut Vec<Scalar>, used: &mut Vec<bool>, scalar: Scalar) -> usize {
    let free = (0..slots.len()).find(|i| !used[*i] && slots[*i].reg == scalar.reg);
    let slot = free.unwrap_or_else(|| {
        slots.push(scalar);
        used.push(false);
        slots.len() - 1
    });
    used[slot] = true;
    // Narrow integers of different kinds share a slot as the full register.
    if slots[slot].mem != scalar.mem {
        slots[slot].mem = MemTy::I32;
    }
    slot
}

fn empty() -> Layout {
    Layout {
        size: 0,
        align: 1,
        flat: Some(Vec::new()),
        variants: Vec::new(),
        has_tag: false,
        needs_drop: false,
        is_counted: false,
        has_user_drop: false,
    }
}

fn scalar(reg: LTy, mem: MemTy, bytes: u32) -> Layout {
    Layout { size: bytes, align: bytes, flat: Some(vec![Scalar { reg, mem, offset: 0 }]), ..empty() }
}

fn int_layout(int: IntTy, pointer_bytes: u32) -> Layout {
    let signed = int.is_signed();
    match int {
        IntTy::I8 | IntTy::U8 => scalar(LTy::I32, MemTy::I8 { signed }, 1),
        IntTy::I16 | IntTy::U16 => scalar(LTy::I32, MemTy::I16 { signed }, 2),
        IntTy::I32 | IntTy::U32 => scalar(LTy::I32, MemTy::I32, 4),
        IntTy::I64 | IntTy::U64 => scalar(LTy::I64, MemTy::I64, 8),
        // Arithmetic on it is arithmetic of the pointer's width.
        IntTy::USize if pointer_bytes == 4 => scalar(LTy::I32, MemTy::I32, 4),
        IntTy::USize => scalar(LTy::I64, MemTy::I64, 8),
    }
}

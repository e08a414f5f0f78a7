//! Layouts: how a MIR type lies in registers and in memory.
//!
//! In registers a value is a row of scalars, its *flat form*, as long as that has at most [`MAX_SCALARS`] entries and no
//! fixed array in it; other types live in memory only. The flat form of a struct is that of its fields, in
//! declaration order. An enum (that is not boxed) has its tag first and then slots which the variants share: a variant's
//! scalars share those of others that are alike and lie at the same place. In memory the fields of a struct are sorted by falling
//! alignment. An enum starts with its tag, one byte. One with a flat form lies in memory as its slots, which do not overlap, so that
//! loading and storing need not look at the tag; one without lays out each variant as a struct behind the tag.

use crate::ir::{MemTy, Ty as LTy};
use entity::Arrange;
use mir::ir::{IntTy, Ty, TyKind, Types};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// More scalars than this and a value is passed and kept in memory.
pub const MAX_SCALARS: usize = 16;

/// Values below this number in a boxed enum are variants without fields, see `docs/contracts.md`.
pub const FIRST_ADDRESS: i64 = 4096;

/// Bytes of the largest value; docs/language.md says the same. Offsets within values, cells included, then fit 32 bits
/// with room to spare.
pub const MAX_VALUE_BYTES: u32 = 1 << 30;

/// One scalar: its register type, its form in memory, and its offset in the value's memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scalar {
    pub reg: LTy,
    pub mem: MemTy,
    pub offset: u32,
    /// A pointer or a length.
    pub is_word: bool,
    /// How many bytes may be read at it, if it is a pointer that is never null and never anything else.
    pub readable: u32,
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
    /// Where a byte says whether the value is there, of a type of [`Layouts::perishable`]; the last scalar of its flat form.
    pub live: Option<u32>,
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
    /// Types with a `drop` of their own in whose place a poison may stand, for which it must not run.
    perishable: FxHashSet<Ty>,
    /// Those whose values may lose their `drop`.
    disarmed: FxHashSet<Ty>,
    /// The first type found whose values exceed [`MAX_VALUE_BYTES`]. What is lowered with it means nothing.
    pub too_large: Option<Ty>,
}

impl<'a> Layouts<'a> {
    pub fn new(types: &'a Types, pointer_bytes: u32) -> Layouts<'a> {
        let (perishable, disarmed) = (FxHashSet::default(), FxHashSet::default());
        Layouts { types, pointer_bytes, cache: FxHashMap::default(), perishable, disarmed, too_large: None }
    }

    pub fn with_perishable(self, perishable: FxHashSet<Ty>, disarmed: FxHashSet<Ty>) -> Layouts<'a> {
        Layouts { perishable, disarmed, ..self }
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

    fn pointer(&self, needs_drop: bool, readable: u32) -> Layout {
        let mut layout = scalar(LTy::Ptr, MemTy::Ptr, self.pointer_bytes);
        layout.flat.iter_mut().flatten().for_each(|s| s.readable = readable);
        Layout { needs_drop, is_counted: needs_drop, ..layout }
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
            TyKind::V128 => scalar(LTy::V128, MemTy::V128, 16),
            TyKind::Ptr(_) => self.pointer(false, 0),
            TyKind::Buffer(_) | TyKind::FnBox { .. } | TyKind::Dyn { .. } => {
                self.pointer(true, self.buffer_header())
            }
            TyKind::FixedArray(elem, n) => self.fixed_array(ty, *elem, *n),
            TyKind::Enum if def.is_boxed => self.boxed_enum(ty),
            TyKind::Struct => self.aggregate(ty, false),
            TyKind::Enum => self.aggregate(ty, def.variants.len() > 1),
        }
    }

    pub fn is_perishable(&self, ty: Ty) -> bool {
        self.perishable.contains(&ty)
    }

    pub fn is_disarmed(&self, ty: Ty) -> bool {
        self.disarmed.contains(&ty)
    }

    /// The size of a type, or of a part of it: 0 and a note if it is too large.
    fn bounded(&mut self, ty: Ty, bytes: u64) -> u32 {
        if bytes <= MAX_VALUE_BYTES as u64 {
            return bytes as u32;
        }
        self.too_large.get_or_insert(ty);
        0
    }

    fn fixed_array(&mut self, ty: Ty, elem: Ty, n: u64) -> Layout {
        let e = self.get(elem);
        let size = self.bounded(ty, (e.stride() as u64).saturating_mul(n));
        Layout { size, flat: None, variants: Vec::new(), has_tag: false, live: None, ..(*e).clone() }
    }

    /// The value itself is a pointer; the fields of the variants lie in cells.
    fn boxed_enum(&mut self, ty: Ty) -> Layout {
        let types = self.types;
        // Entered first: the fields refer to the type itself.
        let is_cell = !types.defs[ty].variants.iter().any(|v| v.fields.is_empty());
        let mut layout = self.pointer(true, if is_cell { self.cell_header() } else { 0 });
        layout.has_user_drop = types.defs[ty].user_drop.is_some();
        self.cache.insert(ty, Rc::new(layout.clone()));
        let header = self.cell_header();
        for variant in &types.defs[ty].variants {
            let fields: Vec<Ty> = variant.fields.iter().map(|f| f.ty).collect();
            let (offsets, size, _) = self.place_fields(ty, &fields, 0);
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
            let (offsets, size, align) = self.place_fields(ty, &fields, has_tag as u32);
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
        if self.perishable.contains(&ty) {
            add_live(&mut out);
        }
        out
    }

    /// Gives the type its flat form, if it is short enough.
    fn flatten(&mut self, ty: Ty, out: &mut Layout) {
        let def = &self.types.defs[ty];
        let mut slots = Slots { scalars: Vec::new(), used: Vec::new() };
        if out.has_tag {
            slots.scalars.push(Scalar {
                reg: LTy::I32,
                mem: MemTy::I8 { signed: false },
                offset: 0,
                is_word: false,
                readable: 0,
            });
        }
        let is_enum = def.variants.len() > 1;
        let mut variants = Vec::with_capacity(def.variants.len());
        for (v, variant) in def.variants.iter().enumerate() {
            slots.used = vec![false; slots.scalars.len()];
            slots.used[..out.has_tag as usize].fill(true);
            let layouts: Vec<Rc<Layout>> = variant.fields.iter().map(|f| self.get(f.ty)).collect();
            let mut placed = VariantLayout {
                offsets: out.variants[v].offsets.clone(),
                slots: vec![Vec::new(); layouts.len()],
                cell_size: 0,
            };
            let mut order: Vec<usize> = (0..layouts.len()).collect();
            if is_enum {
                order.arrange_by_key(|i| std::cmp::Reverse(layouts[*i].align));
            }
            for i in order {
                let flat = layouts[i].flat.as_deref().unwrap_or_default();
                if is_enum {
                    placed.offsets[i] = self.find_room(&slots, flat, layouts[i].align);
                }
                let at = placed.offsets[i];
                let place = |s: &Scalar| Scalar {
                    offset: s.offset + at,
                    // What another variant has in the slot is no pointer, or the slot is not written at all.
                    readable: if is_enum { 0 } else { s.readable },
                    ..*s
                };
                placed.slots[i] = flat.iter().map(|s| slots.take(place(s))).collect();
            }
            variants.push(placed);
        }
        if slots.scalars.len() > MAX_SCALARS {
            return;
        }
        out.variants = variants;
        if is_enum {
            let end = slots.scalars.iter().map(|s| s.offset + self.scalar_bytes(s.mem)).max();
            out.align = slots.scalars.iter().map(|s| self.scalar_bytes(s.mem)).max().unwrap_or(1);
            out.size = end.unwrap_or(0).next_multiple_of(out.align);
        }
        out.flat = Some(slots.scalars);
    }

    /// The lowest offset at which a field can lie as its own type says, so that each of its scalars either shares a
    /// slot of another variant, of the same kind at the same place, or touches no slot at all.
    fn find_room(&self, slots: &Slots, field: &[Scalar], align: u32) -> u32 {
        let fits = |at: u32| {
            field.iter().all(|s| {
                let (lo, hi) = (s.offset + at, s.offset + at + self.scalar_bytes(s.mem));
                slots.scalars.iter().zip(&slots.used).all(|(slot, used)| {
                    let (from, to) = (slot.offset, slot.offset + self.scalar_bytes(slot.mem));
                    hi <= from || to <= lo || (!used && lo == from && s.mem == slot.mem && s.reg == slot.reg)
                })
            })
        };
        (0..).map(|n| n * align).find(|at| fits(*at)).unwrap_or(0)
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
    fn place_fields(&mut self, ty: Ty, fields: &[Ty], start: u32) -> (Vec<u32>, u32, u32) {
        let layouts: Vec<Rc<Layout>> = fields.iter().map(|f| self.get(*f)).collect();
        let mut order: Vec<usize> = (0..fields.len()).collect();
        // Behind a tag the small fields come first: they fill the gap before the aligned ones.
        if start == 0 {
            order.arrange_by_key(|i| std::cmp::Reverse(layouts[*i].align));
        } else {
            order.arrange_by_key(|i| layouts[*i].align);
        }
        let mut offsets = vec![0; fields.len()];
        let (mut end, mut align) = (start, 1);
        for i in order {
            end = end.next_multiple_of(layouts[i].align);
            offsets[i] = end;
            end = self.bounded(ty, end as u64 + layouts[i].size as u64);
            align = align.max(layouts[i].align);
        }
        (offsets, end, align)
    }
}

/// Adds the byte that says whether the value is there.
fn add_live(layout: &mut Layout) {
    let offset = layout.size;
    layout.live = Some(offset);
    layout.size = (offset + 1).next_multiple_of(layout.align);
    let mem = MemTy::I8 { signed: false };
    let live = Scalar { reg: LTy::I32, mem, offset, is_word: false, readable: 0 };
    layout.flat = layout.flat.take().filter(|flat| flat.len() < MAX_SCALARS).map(|mut flat| {
        flat.push(live);
        flat
    });
}

/// The flat form of an enum while variant after variant is placed.
struct Slots {
    scalars: Vec<Scalar>,
    /// By the variant at hand.
    used: Vec<bool>,
}

impl Slots {
    /// The slot for a scalar at its place; fields of no size take none, so places tell scalars apart.
    fn take(&mut self, scalar: Scalar) -> usize {
        let alike = |s: &Scalar| (s.reg, s.mem, s.offset) == (scalar.reg, scalar.mem, scalar.offset);
        let same = (0..self.scalars.len()).find(|i| !self.used[*i] && alike(&self.scalars[*i]));
        let slot = same.unwrap_or_else(|| {
            self.scalars.push(scalar);
            self.used.push(false);
            self.scalars.len() - 1
        });
        // A number of one variant that lies where another has a length is neither.
        self.scalars[slot].is_word &= scalar.is_word;
        self.used[slot] = true;
        slot
    }
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
        live: None,
    }
}

fn scalar(reg: LTy, mem: MemTy, bytes: u32) -> Layout {
    let is_word = mem == MemTy::Ptr;
    Layout {
        size: bytes,
        align: bytes,
        flat: Some(vec![Scalar { reg, mem, offset: 0, is_word, readable: 0 }]),
        ..empty()
    }
}

fn word(reg: LTy, mem: MemTy, bytes: u32) -> Layout {
    let flat = Some(vec![Scalar { reg, mem, offset: 0, is_word: true, readable: 0 }]);
    Layout { flat, ..scalar(reg, mem, bytes) }
}

fn int_layout(int: IntTy, pointer_bytes: u32) -> Layout {
    let signed = int.is_signed();
    match int {
        IntTy::I8 | IntTy::U8 => scalar(LTy::I32, MemTy::I8 { signed }, 1),
        IntTy::I16 | IntTy::U16 => scalar(LTy::I32, MemTy::I16 { signed }, 2),
        IntTy::I32 | IntTy::U32 => scalar(LTy::I32, MemTy::I32, 4),
        IntTy::I64 | IntTy::U64 => scalar(LTy::I64, MemTy::I64, 8),
        // Arithmetic on it is arithmetic of the pointer's width.
        IntTy::USize if pointer_bytes == 4 => word(LTy::I32, MemTy::I32, 4),
        IntTy::USize => word(LTy::I64, MemTy::I64, 8),
    }
}

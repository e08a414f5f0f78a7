//! What is known about the contents of memory and globals: recent loads and stores whose places nothing has touched.

use super::edit::Defs;
use super::known::Val;
use crate::ir::*;
use entity::IndexVec;

/// The most recent accesses; a longer memory finds little more and costs a scan at each store.
const PLACES_MAX: usize = 32;

/// What an address points into, as far as that tells two addresses apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Object {
    Slot(Slot),
    Data(DataId),
    Unknown,
}

/// What producers of LIR say of an access: data never lies where words do, and elements never where headers do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    /// A word of a header.
    Header,
    Word,
    Data,
    /// Elements that may be words.
    Elements,
    Unknown,
}

impl Class {
    pub fn of(op: &Op) -> Class {
        match op {
            Op::Load { region: Region::Header, .. } | Op::Store { region: Region::Header, .. } => {
                Class::Header
            }
            Op::Load { is_word: true, .. } => Class::Word,
            Op::Store { is_data: true, .. } => Class::Data,
            Op::Load { region: Region::Elements, .. } | Op::Store { region: Region::Elements, .. } => {
                Class::Elements
            }
            _ => Class::Unknown,
        }
    }

    /// Whether what is known of the two keeps them apart.
    fn is_apart(self, other: Class) -> bool {
        let one_way = |a, b| {
            matches!((a, b), (Class::Header | Class::Word, Class::Data) | (Class::Header, Class::Elements))
        };
        one_way(self, other) || one_way(other, self)
    }

    /// Whether it stays as it is through such writes.
    pub fn survives(self, written: Written) -> bool {
        match written {
            Written::Nothing => true,
            Written::Data => matches!(self, Class::Header | Class::Word),
            Written::Elements => self == Class::Header,
            Written::Anything => false,
        }
    }
}

/// What may have been written to memory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub(crate) enum Written {
    #[default]
    Nothing,
    /// Data alone: words are as they were.
    Data,
    /// Elements and data: headers are as they were.
    Elements,
    Anything,
}

impl Written {
    /// By one operation that writes memory.
    pub fn by(op: &Op) -> Written {
        match Class::of(op) {
            Class::Data => Written::Data,
            Class::Elements => Written::Elements,
            _ => Written::Anything,
        }
    }
}

/// Where an access goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Memory {
        object: Object,
        /// The address; none where `object` says it all.
        base: Option<Val>,
        start: u32,
        end: u64,
        ty: MemTy,
        is_constant: bool,
        class: Class,
    },
    Global(GlobalId),
}

impl Place {
    /// `def` is what gave the address.
    pub fn memory(
        module: &Module,
        def: Option<&Op>,
        base: Val,
        offset: u32,
        (ty, class): (MemTy, Class),
        bytes: u32,
    ) -> Place {
        let (object, base, start) = match def {
            Some(&Op::SlotAddr { slot, .. }) => (Object::Slot(slot), None, offset),
            Some(&Op::DataAddr { data, offset: more, .. }) => {
                (Object::Data(data), None, offset.saturating_add(more))
            }
            _ => (Object::Unknown, Some(base), offset),
        };
        let is_constant = match object {
            Object::Data(data) => !module.datas[data].is_mutable && module.heap_base != Some(data),
            _ => false,
        };
        let end = u64::from(start) + u64::from(bytes);
        Place::Memory { object, base, start, end, ty, is_constant, class }
    }

    /// Whether the two are the same bytes, read in the same way.
    fn is_same(self, other: Place) -> bool {
        match (self, other) {
            (
                Place::Memory { object: a, base: ab, start: a_start, ty: a_ty, .. },
                Place::Memory { object: b, base: bb, start: b_start, ty: b_ty, .. },
            ) => (a, ab, a_start, a_ty) == (b, bb, b_start, b_ty),
            (a, b) => a == b,
        }
    }

    fn may_overlap(self, other: Place) -> bool {
        match (self, other) {
            (
                Place::Memory { object: a, base: ab, start: a_start, end: a_end, class: a_class, .. },
                Place::Memory { object: b, base: bb, start: b_start, end: b_end, class: b_class, .. },
            ) => {
                if a_class.is_apart(b_class) {
                    return false;
                }
                if a == b && ab == bb {
                    return u64::from(a_start) < b_end && u64::from(b_start) < a_end;
                }
                a == Object::Unknown || b == Object::Unknown || a == b
            }
            (Place::Global(a), Place::Global(b)) => a == b,
            _ => false,
        }
    }
}

/// Places and the values in them.
#[derive(Clone)]
pub(crate) struct Loads {
    known: Vec<(Place, Val)>,
    /// Slots whose address goes anywhere but into loads and stores.
    escaped: std::rc::Rc<IndexVec<Slot, bool>>,
}

impl Loads {
    pub fn new(body: &Body) -> Loads {
        let escaped = escaped_slots(body, &slot_registers(body));
        Loads { known: Vec::new(), escaped: std::rc::Rc::new(escaped) }
    }

    pub fn get(&self, place: Place) -> Option<Val> {
        self.known.iter().find(|(known, _)| known.is_same(place)).map(|(_, value)| *value)
    }

    /// `value` has just been loaded from `place`.
    pub fn read(&mut self, place: Place, value: Val) {
        if self.known.len() == PLACES_MAX {
            self.known.remove(0);
        }
        self.known.push((place, value));
    }

    /// `value` has just been stored to `place`.
    pub fn write(&mut self, place: Place, value: Val) {
        let escaped = self.escaped.clone();
        let is_private = |known: &Place| is_private(&escaped, known);
        // An address that nobody knows of is written through itself only.
        let hidden = |known: &Place| is_private(known) && !is_private(&place);
        self.known.retain(|(known, _)| is_constant(known) || hidden(known) || !known.may_overlap(place));
        let is_whole = !matches!(place, Place::Memory { ty: MemTy::I8 { .. } | MemTy::I16 { .. }, .. });
        if is_whole {
            self.read(place, value);
        }
    }

    /// Anything may have happened to what others can reach.
    pub fn call(&mut self) {
        let escaped = self.escaped.clone();
        self.known.retain(|(known, _)| is_constant(known) || is_private(&escaped, known));
    }

    /// A write whose extent is not known. Globals are not memory.
    pub fn write_anywhere(&mut self, op: &Op) {
        if matches!(op, Op::MemGrow { .. }) {
            return;
        }
        let escaped = self.escaped.clone();
        let stays = |known: &Place| {
            matches!(known, Place::Global(_)) || is_constant(known) || is_private(&escaped, known)
        };
        self.known.retain(|(known, _)| stays(known));
    }

    /// Other paths lead here, on which memory or globals may have been written.
    pub fn forget(&mut self, memory: Written, globals: bool) {
        self.known.retain(|(known, _)| match known {
            Place::Global(_) => !globals,
            Place::Memory { class, .. } => class.survives(memory) || is_constant(known),
        });
    }
}

fn is_constant(place: &Place) -> bool {
    matches!(place, Place::Memory { is_constant: true, .. })
}

fn is_private(escaped: &IndexVec<Slot, bool>, place: &Place) -> bool {
    matches!(place, Place::Memory { object: Object::Slot(slot), .. } if !escaped[*slot])
}

/// The slot whose address is all that a register ever holds.
pub(crate) fn slot_registers(body: &Body) -> IndexVec<Reg, Option<Slot>> {
    let defs = Defs::new(body);
    let mut slot_of = IndexVec::<Reg, Option<Slot>>::from_elem(None, body.regs.len());
    for inst in body.blocks.iter().flat_map(|block| &block.insts) {
        if let Op::SlotAddr { dst, slot } = inst.op
            && defs.is_single(dst)
        {
            slot_of[dst] = Some(slot);
        }
    }
    slot_of
}

/// A slot is private if its address is in such registers only, and those are only ever the addresses of plain accesses.
pub(crate) fn escaped_slots(body: &Body, slot_of: &IndexVec<Reg, Option<Slot>>) -> IndexVec<Slot, bool> {
    let mut escaped = IndexVec::<Slot, bool>::from_elem(false, body.slots.len());
    let mut escape = |reg: Reg| {
        if let Some(slot) = slot_of[reg] {
            escaped[slot] = true;
        }
    };
    let mut unknown = Vec::new();
    for inst in body.blocks.iter().flat_map(|block| &block.insts) {
        match inst.op {
            Op::SlotAddr { dst, slot } if slot_of[dst].is_none() => unknown.push(slot),
            Op::Load { .. } => {}
            Op::Store { value, .. } => escape(value),
            ref op => op.for_each_read(&mut escape),
        }
    }
    body.blocks.iter().for_each(|block| block.term.for_each_read(&mut escape));
    unknown.into_iter().for_each(|slot| escaped[slot] = true);
    escaped
}

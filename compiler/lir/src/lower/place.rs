//! Places: where a value lies, in registers or in memory.

use super::func::FuncLower;
use super::layout::Layout;
use crate::ir::*;
use mir::ir as m;

/// Where the value of a place is.
#[derive(Clone, Debug)]
pub(crate) enum Loc {
    /// The scalars of a local, or some of them.
    Regs(Vec<Reg>),
    /// In memory at `addr + offset`, laid out as its type says.
    Mem { addr: Reg, offset: u32, region: Region },
}

impl Loc {
    fn at(addr: Reg, offset: u32) -> Loc {
        Loc::Mem { addr, offset, region: Region::Anywhere }
    }
}

/// How a local is kept.
#[derive(Clone, Debug)]
pub(crate) enum Rep {
    Regs(Vec<Reg>),
    Slot(Slot),
    /// A parameter that came as an address.
    Indirect(Reg),
}

impl FuncLower<'_, '_, '_> {
    pub fn place_ty(&self, place: &m::Place) -> m::Ty {
        let (mut ty, mut variant) = (self.body.locals[place.local].ty, 0);
        let types = self.e.types();
        for proj in &place.proj {
            match (*proj, types.kind(ty)) {
                (m::Proj::Variant(v), _) => variant = v,
                (m::Proj::Field(f), _) => {
                    ty = types.field(ty, variant, f);
                    variant = 0;
                }
                (m::Proj::Index(_), m::TyKind::FixedArray(elem, _)) => ty = *elem,
                (m::Proj::Deref, m::TyKind::Ptr(to)) => ty = *to,
                (proj, kind) => unreachable!("projection {proj:?} of {kind:?}: the verifier excludes it"),
            }
        }
        ty
    }

    pub fn local_loc(&mut self, local: m::Local) -> Loc {
        match self.reps[local].clone() {
            Rep::Regs(regs) => Loc::Regs(regs),
            Rep::Slot(slot) => Loc::at(self.e.b.slot_addr(slot), 0),
            Rep::Indirect(addr) => Loc::at(addr, 0),
        }
    }

    pub fn loc(&mut self, place: &m::Place) -> Loc {
        let mut loc = self.local_loc(place.local);
        let (mut ty, mut variant) = (self.body.locals[place.local].ty, 0u32);
        let types = self.e.types();
        for proj in &place.proj {
            match *proj {
                m::Proj::Variant(v) => {
                    variant = v;
                    if types.defs[ty].is_boxed {
                        let addr = self.read_regs(ty, &loc)[0];
                        loc = Loc::at(addr, self.e.cx.layouts.cell_header());
                    }
                }
                m::Proj::Field(f) => {
                    let layout = self.e.layout(ty);
                    loc = self.field_loc(loc, &layout, variant, f);
                    ty = types.field(ty, variant, f);
                    variant = 0;
                }
                m::Proj::Index(index) => {
                    let m::TyKind::FixedArray(elem, _) = *types.kind(ty) else { continue };
                    loc = self.element_loc(loc, elem, index);
                    ty = elem;
                }
                m::Proj::Deref => {
                    let m::TyKind::Ptr(to) = *types.kind(ty) else { continue };
                    let addr = self.read_regs(ty, &loc)[0];
                    loc = Loc::Mem { addr, offset: 0, region: self.region_of(to) };
                    ty = to;
                }
            }
        }
        loc
    }

    /// What lies behind a `Ptr`. Only unsafe modules have them: they reach elements, headers as `CellWord`s, and as bare
    /// words what has no owner yet or no longer.
    fn region_of(&self, to: m::Ty) -> Region {
        let def = &self.e.types().defs[to];
        match def.kind {
            m::TyKind::Int(m::IntTy::USize) | m::TyKind::Ptr(_) => Region::Anywhere,
            _ if def.is_cell_word => Region::Header,
            _ => Region::Elements,
        }
    }

    fn in_region<R>(&mut self, region: Region, access: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.e.b.region, region);
        let result = access(self);
        self.e.b.region = outer;
        result
    }

    fn field_loc(&self, base: Loc, layout: &Layout, variant: u32, field: u32) -> Loc {
        let of_variant = &layout.variants[variant as usize];
        match base {
            Loc::Regs(regs) => Loc::Regs(of_variant.slots[field as usize].iter().map(|s| regs[*s]).collect()),
            Loc::Mem { addr, offset, region } => {
                Loc::Mem { addr, offset: offset + of_variant.offsets[field as usize], region }
            }
        }
    }

    fn element_loc(&mut self, base: Loc, elem: m::Ty, index: m::Local) -> Loc {
        let stride = self.e.layout(elem).stride();
        let index_loc = self.local_loc(index);
        let index = self.read_regs(self.body.locals[index].ty, &index_loc)[0];
        let index = self.e.b.int_to_ptr(index);
        let bytes = self.e.b.bin_imm(BinOp::Mul, index, stride as i64);
        match base {
            Loc::Mem { addr, offset, region } => {
                Loc::Mem { addr: self.e.b.bin(BinOp::Add, addr, bytes), offset, region }
            }
            loc => unreachable!("a fixed array in {loc:?}"),
        }
    }

    /// The registers for using the value: its scalars, or its address if it lives in memory.
    pub fn read_regs(&mut self, ty: m::Ty, loc: &Loc) -> Vec<Reg> {
        match loc {
            Loc::Regs(regs) => regs.clone(),
            Loc::Mem { addr, offset, region } => {
                self.in_region(*region, |this| this.e.load_value(ty, *addr, *offset))
            }
        }
    }

    /// Writes a value given as `read_regs` gives it.
    pub fn write_regs(&mut self, ty: m::Ty, loc: &Loc, regs: &[Reg]) {
        match loc {
            Loc::Regs(dsts) => self.move_regs(dsts, regs),
            Loc::Mem { addr, offset, region } => {
                self.in_region(*region, |this| this.e.store_value(ty, *addr, *offset, regs));
            }
        }
    }

    /// Copies registers as if all at once.
    fn move_regs(&mut self, dsts: &[Reg], srcs: &[Reg]) {
        let clobbers = dsts.iter().enumerate().any(|(i, d)| srcs[i + 1..].contains(d) && srcs[i] != *d);
        let srcs: Vec<Reg> = if clobbers {
            srcs.iter()
                .map(|s| {
                    let temp = self.e.b.reg(self.e.b.ty(*s));
                    self.e.b.copy(temp, *s);
                    temp
                })
                .collect()
        } else {
            srcs.to_vec()
        };
        for (dst, src) in dsts.iter().zip(srcs) {
            self.e.b.copy(*dst, src);
        }
    }

    /// The address of a place, or a slot that stands in for it: then the second value says how to copy back.
    pub fn address_of(&mut self, place: &m::Place) -> (Reg, Option<Reload>) {
        let loc = self.loc(place);
        if let Loc::Mem { addr, offset, .. } = loc {
            return (self.e.b.offset(addr, offset), None);
        }
        let ty = self.place_ty(place);
        let layout = self.e.layout(ty);
        let slot = self.e.b.slot(layout.size.max(1), layout.align);
        let addr = self.e.b.slot_addr(slot);
        let regs = self.read_regs(ty, &loc);
        self.e.store_value(ty, addr, 0, &regs);
        (addr, Some(Reload { ty, loc, slot }))
    }

    pub fn reload(&mut self, reload: &Reload) {
        let addr = self.e.b.slot_addr(reload.slot);
        let regs = self.e.load_value(reload.ty, addr, 0);
        self.write_regs(reload.ty, &reload.loc, &regs);
    }
}

/// A slot whose contents go back to a place after a call.
pub(crate) struct Reload {
    ty: m::Ty,
    loc: Loc,
    slot: Slot,
}

//! What LIR says of the places of accesses, as LLVM's type-based alias analysis takes it: two regions are two scalar types
//! of one tree, and an access without a tag may be to either.
//!
//! See "Type-Based Alias Analysis" in LLVM's language reference. Tags hold between any two accesses that LLVM can bring
//! together, and memory that is given back changes its region; LIR has a barrier there.

use crate::bug::{Result, bug};
use inkwell::context::Context;
use inkwell::values::{InstructionValue, MetadataValue};
use lir::Region;

pub struct Regions<'ctx> {
    kind: u32,
    header: MetadataValue<'ctx>,
    elements: MetadataValue<'ctx>,
    nonnull: u32,
    nothing: MetadataValue<'ctx>,
}

impl<'ctx> Regions<'ctx> {
    pub fn new(context: &'ctx Context) -> Regions<'ctx> {
        let root = context.metadata_node(&[context.metadata_string("gal").into()]);
        let zero = context.i64_type().const_zero();
        let tag = |region: Region| {
            let name = context.metadata_string(region.name());
            let ty = context.metadata_node(&[name.into(), root.into(), zero.into()]);
            // Base type, type of the access, offset in the base type.
            context.metadata_node(&[ty.into(), ty.into(), zero.into()])
        };
        Regions {
            kind: context.get_kind_id("tbaa"),
            header: tag(Region::Header),
            elements: tag(Region::Elements),
            nonnull: context.get_kind_id("nonnull"),
            nothing: context.metadata_node(&[]),
        }
    }

    /// The count of a cell that is there, which is at least 1: what was counted just now has other owners, and dropping it frees nothing.
    pub fn mark_count(&self, load: Option<InstructionValue<'ctx>>) -> Result {
        let load = load.ok_or_else(|| bug("a load is an instruction"))?;
        load.set_metadata(self.nothing, self.nonnull).map_err(bug)
    }

    pub fn mark(&self, access: Option<InstructionValue<'ctx>>, region: Region) -> Result {
        let tag = match region {
            Region::Anywhere => return Ok(()),
            Region::Header => self.header,
            Region::Elements => self.elements,
        };
        let access = access.ok_or_else(|| bug("an access is an instruction"))?;
        access.set_metadata(tag, self.kind).map_err(bug)
    }
}

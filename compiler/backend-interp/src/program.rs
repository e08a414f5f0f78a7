//! A module in the flat form, which any number of [`crate::Interp`] run.

use crate::decode::{Code, DataLayout, check_limits, decode};
use crate::memory::Memory;
use crate::{Failure, Limits};
use lir::eval;
use lir::{FuncId, Imm, Module};
use rustc_hash::FxHashMap;

pub struct Program {
    pub(crate) code: Code,
    pub(crate) exports: FxHashMap<String, FuncId>,
    /// What globals begin with: two words each, because of vectors.
    pub(crate) globals: Vec<[u64; 2]>,
    pub(crate) stack_bytes: u64,
    layout: DataLayout,
    /// Static data, as addresses and bytes.
    image: Vec<(u64, Vec<u8>)>,
}

impl Program {
    pub fn new(module: &Module) -> Result<Program, Failure> {
        let layout = DataLayout::new(module);
        let code = decode(module, &layout)?;
        let init = |value| match value {
            Imm::V128(bits) => [bits as u64, (bits >> 64) as u64],
            value => [eval::imm_bits(value, code.pointer_bytes).unwrap_or(0), 0],
        };
        Ok(Program {
            exports: module.exports.iter().map(|e| (e.name.clone(), e.func)).collect(),
            globals: module.globals.iter().map(|g| init(g.init)).collect(),
            stack_bytes: u64::from(module.target.stack_bytes),
            image: layout.image(module),
            code,
            layout,
        })
    }

    /// The memory that it begins with.
    pub(crate) fn memory(&self, limits: &Limits) -> Result<Memory, Failure> {
        check_limits(&self.layout, limits)?;
        let mut memory = Memory::new(self.layout.end, limits.memory_bytes);
        for (addr, bytes) in &self.image {
            memory.write(*addr, bytes).map_err(|_| Failure::invalid("a datum lies outside memory"))?;
        }
        Ok(memory)
    }
}

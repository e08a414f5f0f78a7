//! What lowering a function needs to know of the module: indices, addresses, types.

use entity::{Arrange, IndexVec};
use lir::{DataId, FuncId, FuncKind, GlobalId, Module, Signature};

use crate::EmitOptions;
use crate::code::scalar;
use crate::helpers::Helpers;
use crate::layout::{self, Layout};
use crate::types::Types;
use crate::usage::Usage;
use crate::wir::Vt;

/// Hosts take a pointer that is closer to the stack's end for that of an overflow. Must match wasi/src/outcome.rs.
const SMALL_FRAME: u32 = 4096;

pub struct Ctx<'a> {
    pub module: &'a Module,
    pub opts: &'a EmitOptions<'a>,
    pub usage: Usage,
    /// The type of addresses.
    pub ptr: Vt,
    pub layout: Layout,
    /// Used imports, in wasm's order.
    pub imports: Vec<FuncId>,
    /// Defined functions, in wasm's order.
    pub defined: Vec<FuncId>,
    pub func_index: IndexVec<FuncId, u32>,
    /// Functions of the table, from index 1.
    pub table: Vec<FuncId>,
    pub table_index: IndexVec<FuncId, u32>,
    /// The stack pointer's global.
    pub sp: Option<u32>,
    /// Used globals, in wasm's order.
    pub globals: Vec<GlobalId>,
    pub global_index: IndexVec<GlobalId, u32>,
    pub types: Types,
    pub helpers: Helpers,
    /// The start function.
    pub start: Option<u32>,
}

impl<'a> Ctx<'a> {
    pub fn new(module: &'a Module, opts: &'a EmitOptions<'a>) -> Ctx<'a> {
        let usage = Usage::of(module);
        let ptr = if module.target.pointer_bytes == 8 { Vt::I64 } else { Vt::I32 };
        let (imports, defined) = order_functions(module, &usage);
        let all: Vec<FuncId> = imports.iter().chain(&defined).copied().collect();
        let func_index = number(&all, module.funcs.len(), 0);
        let table: Vec<FuncId> = module.funcs.indices().filter(|&id| usage.in_table[id]).collect();
        let table_index = number(&table, module.funcs.len(), 1);
        let sp = usage.slots.then_some(0);
        let globals: Vec<GlobalId> = module.globals.indices().filter(|&id| usage.globals[id]).collect();
        let global_index = number(&globals, module.globals.len(), u32::from(usage.slots));
        let layout = layout::lay_out(module, &usage, &table_index, opts.shared_memory);
        let helpers = Helpers::new(all.len() as u32);
        Ctx {
            module,
            opts,
            usage,
            ptr,
            layout,
            imports,
            defined,
            func_index,
            table,
            table_index,
            sp,
            globals,
            global_index,
            types: Types::default(),
            helpers,
            start: None,
        }
    }

    /// Whether the stack pointer must tell of a frame even where nothing is called meanwhile.
    pub fn is_told_by_sp(&self, frame_bytes: u32) -> bool {
        self.opts.export_stack_pointer.is_some() && frame_bytes >= SMALL_FRAME
    }

    pub fn vts(&self, tys: &[lir::Ty]) -> Vec<Vt> {
        tys.iter().map(|&ty| scalar(ty, self.ptr)).collect()
    }

    pub fn sig_type(&mut self, sig: &Signature) -> u32 {
        let (params, results) = (self.vts(&sig.params), self.vts(&sig.results));
        self.types.intern(&params, &results)
    }

    pub fn data_addr(&self, data: DataId, offset: u32) -> i64 {
        (self.layout.addr[data] + u64::from(offset)) as i64
    }
}

/// Functions that are called often get small indices where that makes the numbers shorter.
fn order_functions(module: &Module, usage: &Usage) -> (Vec<FuncId>, Vec<FuncId>) {
    const ONE_BYTE: usize = 128;
    let is_import = |id: &FuncId| matches!(module.funcs[*id].kind, FuncKind::Import { .. });
    let is_exported = |id: &FuncId| module.exports.iter().any(|export| export.func == *id);
    let imports: Vec<FuncId> = module.funcs.indices().filter(is_import).collect();
    let imports: Vec<FuncId> =
        imports.into_iter().filter(|id| usage.is_func_used(*id) || is_exported(id)).collect();
    let mut defined: Vec<FuncId> = module.funcs.indices().filter(|id| !is_import(id)).collect();
    if imports.len() + defined.len() > ONE_BYTE {
        defined.arrange_by_key(|&id| std::cmp::Reverse(usage.calls[id]));
    }
    (imports, defined)
}

fn number<I: entity::Idx>(order: &[I], len: usize, first: u32) -> IndexVec<I, u32> {
    let mut index = IndexVec::from_elem(0, len);
    for (n, &id) in order.iter().enumerate() {
        index[id] = first + n as u32;
    }
    index
}

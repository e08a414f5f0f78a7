//! Addresses of static memory.
//!
//! With stack slots the shadow stack comes first, so that its overflow leaves the memory and traps instead of
//! overwriting data; without any, data starts behind a page-like gap that keeps small addresses invalid. Read-only data
//! comes before mutable data, and what is all zero comes last and takes no room in the module. Equal read-only data is
//! stored once: its identity has no meaning in LIR.

use entity::{Arrange, IndexVec};
use lir::{Data, DataId, FuncId, Module, Reloc};
use rustc_hash::FxHashMap;

use crate::usage::Usage;

/// Addresses below this are never valid, so that a null pointer with an offset does not hit data.
pub const NULL_GUARD: u64 = 1024;
/// Alignment of the heap's start and of the stack pointer.
pub const STACK_ALIGN: u64 = 16;
/// Zeros fewer than this are cheaper inside a segment than the head of another segment.
const GAP: usize = 10;
/// Data that points to equal data is found equal one round later; deeper chains are not worth the time.
const MERGE_ROUNDS: usize = 8;
/// Engines limit the number of segments to 100 000; stay far from it.
const MAX_SEGMENTS: usize = 10_000;

#[derive(Debug)]
pub struct Layout {
    pub addr: IndexVec<DataId, u64>,
    /// Initialised bytes in the order of their addresses, without overlap.
    pub segments: Vec<(u64, Vec<u8>)>,
    /// The initial stack pointer, if there is a stack.
    pub stack_top: Option<u64>,
    /// A word that tells whether a shared memory has its data; see `init.rs`.
    pub init_flag: Option<u64>,
    /// The first address behind static data.
    pub heap_base: u64,
}

/// Lays out the data that `usage` names. `table` gives the value of a function's address.
pub fn lay_out(module: &Module, usage: &Usage, table: &IndexVec<FuncId, u32>, is_shared: bool) -> Layout {
    let stack = u64::from(module.target.stack_bytes).next_multiple_of(STACK_ALIGN);
    let stack_top = usage.slots.then_some(stack);
    let same = merge_equal(module, usage);
    let mut align: IndexVec<DataId, u64> = IndexVec::from_elem(1, module.datas.len());
    for (id, data) in module.datas.iter_enumerated() {
        align[same[id]] = align[same[id]].max(data.align.into());
    }
    let order = order(module, usage, &same, &align);
    let mut addr = IndexVec::from_elem(0u64, module.datas.len());
    let mut end = stack_top.unwrap_or(NULL_GUARD);
    for &id in &order {
        end = end.next_multiple_of(align[id]);
        addr[id] = end;
        end += size(&module.datas[id], module, id);
    }
    for id in module.datas.indices() {
        addr[id] = addr[same[id]];
    }
    let init_flag = (is_shared && !order.is_empty()).then(|| end.next_multiple_of(4));
    let heap_base = init_flag.map_or(end, |flag| flag + 4).next_multiple_of(STACK_ALIGN);
    let image = Image { module, addr: &addr, table, heap_base };
    let pieces = order.iter().map(|&id| (addr[id], image.bytes(id))).collect();
    Layout { segments: split_segments(pieces), addr, stack_top, init_flag, heap_base }
}

/// The datum has room for the heap's address even if it was declared empty.
fn size(data: &Data, module: &Module, id: DataId) -> u64 {
    let size = data.bytes.len() as u64 + u64::from(data.zeroed);
    if module.heap_base == Some(id) { size.max(module.target.pointer_bytes.into()) } else { size }
}

/// Maps each datum to the first one that is equal to it, relocations compared by what they point to.
fn merge_equal(module: &Module, usage: &Usage) -> IndexVec<DataId, DataId> {
    let mut same: IndexVec<DataId, DataId> = module.datas.indices().collect();
    for _ in 0..MERGE_ROUNDS {
        let mut seen = FxHashMap::default();
        let mut changed = false;
        for (id, data) in module.datas.iter_enumerated() {
            if data.is_mutable || !usage.datas[id] || module.heap_base == Some(id) || same[id] != id {
                continue;
            }
            let first = *seen.entry(key(data, &same)).or_insert(id);
            changed |= first != id;
            same[id] = first;
        }
        for id in module.datas.indices() {
            same[id] = same[same[id]];
        }
        if !changed {
            break;
        }
    }
    same
}

/// Bytes, size, relocations: place, whether it is a function, number, offset.
type Key<'a> = (&'a [u8], u64, Vec<(u32, bool, u32, u32)>);

fn key<'a>(data: &'a Data, same: &IndexVec<DataId, DataId>) -> Key<'a> {
    let relocs = data.relocs.iter().map(|(at, reloc)| match reloc {
        Reloc::Data { data, offset } => (*at, false, same[*data].0, *offset),
        Reloc::Func(func) => (*at, true, func.0, 0),
    });
    (&data.bytes, data.bytes.len() as u64 + u64::from(data.zeroed), relocs.collect())
}

/// The data to store: read-only, mutable, zeroed; inside each by falling alignment to save padding.
fn order(
    module: &Module,
    usage: &Usage,
    same: &IndexVec<DataId, DataId>,
    align: &IndexVec<DataId, u64>,
) -> Vec<DataId> {
    let mut order: Vec<DataId> =
        module.datas.indices().filter(|&id| usage.datas[id] && same[id] == id).collect();
    order.arrange_by_key(|&id| {
        let data = &module.datas[id];
        let is_zero = data.relocs.is_empty() && data.bytes.iter().all(|&byte| byte == 0);
        let class = match (is_zero && module.heap_base != Some(id), data.is_mutable) {
            (true, _) => 2,
            (false, is_mutable) => u8::from(is_mutable),
        };
        (class, std::cmp::Reverse(align[id]), data.zeroed)
    });
    order
}

struct Image<'a> {
    module: &'a Module,
    addr: &'a IndexVec<DataId, u64>,
    table: &'a IndexVec<FuncId, u32>,
    heap_base: u64,
}

impl Image<'_> {
    /// The bytes of a datum with its relocations resolved, zeroed tail left out.
    fn bytes(&self, id: DataId) -> Vec<u8> {
        let data = &self.module.datas[id];
        let mut bytes = data.bytes.clone();
        for (at, reloc) in &data.relocs {
            let word = match reloc {
                Reloc::Data { data, offset } => self.addr[*data] + u64::from(*offset),
                Reloc::Func(func) => self.table[*func].into(),
            };
            self.store(&mut bytes, *at as usize, word);
        }
        if self.module.heap_base == Some(id) {
            self.store(&mut bytes, 0, self.heap_base);
        }
        bytes
    }

    fn store(&self, bytes: &mut Vec<u8>, at: usize, word: u64) {
        let width = self.module.target.pointer_bytes as usize;
        if bytes.len() < at + width {
            bytes.resize(at + width, 0);
        }
        bytes[at..at + width].copy_from_slice(&word.to_le_bytes()[..width]);
    }
}

/// Joins what is close together and leaves out runs of zeros.
fn split_segments(pieces: Vec<(u64, Vec<u8>)>) -> Vec<(u64, Vec<u8>)> {
    let mut gap = GAP;
    loop {
        let mut segments: Vec<(u64, Vec<u8>)> = Vec::new();
        pieces.iter().for_each(|(addr, bytes)| append_nonzero(&mut segments, *addr, bytes, gap));
        if segments.len() <= MAX_SEGMENTS {
            return segments;
        }
        gap *= 4;
    }
}

fn append_nonzero(segments: &mut Vec<(u64, Vec<u8>)>, addr: u64, bytes: &[u8], gap: usize) {
    let mut at = 0;
    while let Some(skip) = bytes[at..].iter().position(|&byte| byte != 0) {
        at += skip;
        let len = bytes[at..].iter().position(|&byte| byte == 0).unwrap_or(bytes.len() - at);
        append(segments, addr + at as u64, &bytes[at..at + len], gap);
        at += len;
    }
}

fn append(segments: &mut Vec<(u64, Vec<u8>)>, addr: u64, bytes: &[u8], gap: usize) {
    if let Some((start, last)) = segments.last_mut() {
        let end = *start + last.len() as u64;
        if addr - end < gap as u64 {
            last.resize((addr - *start) as usize, 0);
            last.extend_from_slice(bytes);
            return;
        }
    }
    segments.push((addr, bytes.to_vec()));
}

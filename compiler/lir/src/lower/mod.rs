//! MIR in, LIR out: layouts, ownership operations and calls become scalars and memory.
//!
//! [`lower_program`] is the entry. A function's body is lowered in [`func`]; what an operation on a whole value
//! means for its scalars is in [`value`], the routines that drop cells are made in [`glue`], closures
//! and `dyn` values in [`boxes`]. How values look is in [`layout`] alone; what cells look like is fixed in
//! `docs/contracts.md`, and the library's side must match.

mod arith;
mod boxes;
mod builder;
mod call;
mod consts;
mod debug;
mod func;
mod glue;
mod intrinsics;
pub mod layout;
mod place;
mod rvalue;
mod value;
mod vector;
mod visit;

use crate::debug::{Debug, TypeId};
use crate::ir::*;
use layout::Layouts;
use mir::ir as m;
use rustc_hash::{FxHashMap, FxHashSet};
use syntax::Span;

/// Everything that lowering adds to while it goes through the functions.
pub(crate) struct Cx<'a> {
    pub program: &'a m::Program,
    pub layouts: Layouts<'a>,
    pub module: Module,
    /// MIR functions are the first LIR functions, in the same order.
    pub glue: FxHashMap<glue::Glue, FuncId>,
    /// Glue that is declared and not built yet.
    pub queue: Vec<(glue::Glue, FuncId)>,
    pub strings: FxHashMap<Box<[u8]>, DataId>,
    pub datas: FxHashMap<m::DataId, DataId>,
    pub statics: FxHashMap<u32, DataId>,
    pub immortal: Option<DataId>,
    pub drop_list: Option<DataId>,
    /// Whether any code can allocate: if not, all cells are static and counts need no care.
    pub allocates: bool,
    /// Types whose cells are dropped through the list, see `glue`.
    pub recursive: FxHashSet<m::Ty>,
    /// Made when they are asked for.
    pub type_facts: Option<mir::TypeFacts>,
    /// What has been described for `-g`.
    pub debug_types: FxHashMap<m::Ty, TypeId>,
    pub opts: LowerOptions,
}

/// How a program is lowered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LowerOptions {
    /// What drops values is called, where it would otherwise stand in place.
    pub for_size: bool,
    /// Whether owners are counted. Without, nothing is freed, and values that share memory change together: only to
    /// measure what counts cost.
    pub counts: bool,
}

impl Default for LowerOptions {
    fn default() -> LowerOptions {
        LowerOptions { for_size: false, counts: true }
    }
}

/// The layout of a count that static cells start with.
pub(crate) fn immortal_count(pointer_bytes: u32) -> i64 {
    if pointer_bytes == 4 { 1 << 30 } else { 1 << 62 }
}

/// Types with a `drop` of their own of which a poison may be dropped, and those of which a value may lose its `drop`, which are among
/// them.
fn perishable(program: &m::Program) -> (FxHashSet<m::Ty>, FxHashSet<m::Ty>) {
    let (mut work, mut disarmed) = (Vec::new(), FxHashSet::default());
    for body in program.funcs.iter().filter_map(|func| func.body()) {
        for stmt in body.blocks.iter().flat_map(|block| &block.stmts) {
            match stmt.kind {
                m::StmtKind::Assign(_, m::Rvalue::Use(m::Operand::Const(m::Const::Poison(ty)))) => {
                    work.push(ty)
                }
                m::StmtKind::Assign(_, m::Rvalue::Intrinsic(m::Intrinsic::Disarm(ty), _)) => {
                    disarmed.insert(ty);
                }
                _ => {}
            }
        }
    }
    let mut seen: FxHashSet<m::Ty> = work.iter().copied().collect();
    while let Some(ty) = work.pop() {
        let def = &program.types.defs[ty];
        // What is behind a pointer is not written over.
        let parts = def.variants.iter().filter(|_| !def.is_boxed).flat_map(|variant| &variant.fields);
        let elem = match def.kind {
            m::TyKind::FixedArray(elem, _) => Some(elem),
            _ => None,
        };
        work.extend(parts.map(|field| field.ty).chain(elem).filter(|part| seen.insert(*part)));
    }
    seen.retain(|ty| program.types.defs[*ty].user_drop.is_some());
    seen.extend(&disarmed);
    (seen, disarmed)
}

/// A type whose values no memory holds, and where one would be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TooLarge {
    /// As it stands in MIR's text.
    pub ty: String,
    pub span: Span,
}

/// Whether each value of a program as it was built fits: what the passes leave out counts too, so that the answer does
/// not depend on them.
pub fn check_sizes(program: &m::Program, target: &Target) -> Result<(), TooLarge> {
    let mut layouts = Layouts::new(&program.types, target.pointer_bytes);
    for func in &program.funcs {
        let m::FuncKind::Body(body) = &func.kind else { continue };
        for local in &body.locals {
            layouts.get(local.ty);
            if let Some(ty) = layouts.too_large {
                return Err(TooLarge { ty: mir::print_ty(program, ty), span: local.span });
            }
        }
    }
    Ok(())
}

/// Lowers a whole program. The MIR must have passed its verifier and certifier, and [`check_sizes`] as it was built.
pub fn lower_program(program: &m::Program, target: &Target, opts: LowerOptions) -> Module {
    let (perishable, disarmed) = perishable(program);
    let mut cx = Cx {
        program,
        layouts: Layouts::new(&program.types, target.pointer_bytes).with_perishable(perishable, disarmed),
        module: Module {
            target: target.clone(),
            funcs: Default::default(),
            datas: Default::default(),
            globals: Default::default(),
            exports: Vec::new(),
            heap_base: None,
            debug: program
                .inlined
                .clone()
                .map(|inlined| Box::new(Debug { inlined: *inlined, ..Debug::default() })),
        },
        debug_types: FxHashMap::default(),
        glue: FxHashMap::default(),
        queue: Vec::new(),
        strings: FxHashMap::default(),
        datas: FxHashMap::default(),
        statics: FxHashMap::default(),
        immortal: None,
        drop_list: None,
        allocates: boxes::program_allocates(program),
        recursive: glue::recursive_types(&program.types),
        type_facts: None,
        opts,
    };
    for func in &program.funcs {
        cx.declare(func);
    }
    for (id, func) in program.funcs.iter_enumerated() {
        if let m::FuncKind::Body(body) = &func.kind {
            let lowered = func::lower_body(&mut cx, func, body);
            cx.module.funcs[FuncId(id.0)].kind = FuncKind::Defined(lowered);
        }
    }
    while let Some((glue, id)) = cx.queue.pop() {
        let body = glue::build(&mut cx, glue);
        cx.module.funcs[id].kind = FuncKind::Defined(body);
    }
    assert!(cx.layouts.too_large.is_none(), "sizes were checked when the program was built");
    cx.module
}

impl<'a> Cx<'a> {
    fn declare(&mut self, func: &m::Function) {
        let sig = self.signature(&func.params, func.ret);
        let kind = match &func.kind {
            m::FuncKind::Extern { module, name } => {
                FuncKind::Import { module: module.clone(), name: name.clone() }
            }
            m::FuncKind::Body(_) => FuncKind::Defined(Body::default()),
            m::FuncKind::Suspend | m::FuncKind::Yield => {
                unreachable!("`passes::coroutine` has taken the calls of it away")
            }
        };
        let may_unwind = match &kind {
            FuncKind::Import { module, .. } => self.program.import_may_unwind(module),
            FuncKind::Defined(_) => func.may_unwind,
        };
        let id = self.module.funcs.push(Function {
            name: func.name.clone(),
            sig,
            kind,
            may_unwind,
            is_noinline: func.inline == hir::program::Inline::Never,
            span: func.span,
        });
        if let Some(name) = &func.export {
            self.module.exports.push(Export { name: name.clone(), func: id });
        }
    }

    /// Whether results of this type come back through a caller's slot, whose address is the first parameter.
    pub fn returns_by_slot(&mut self, ty: m::Ty) -> bool {
        let max = self.module.target.max_results as usize;
        self.layouts.get(ty).flat.as_ref().is_none_or(|flat| flat.len() > max)
    }

    /// The registers of one parameter.
    pub fn param_tys(&mut self, ty: m::Ty, mode: m::ParamMode) -> Vec<Ty> {
        let layout = self.layouts.get(ty);
        match (&layout.flat, mode) {
            (Some(flat), m::ParamMode::Owned | m::ParamMode::Borrowed | m::ParamMode::Token { .. }) => {
                flat.iter().map(|s| s.reg).collect()
            }
            _ => vec![Ty::Ptr],
        }
    }

    pub fn result_tys(&mut self, ret: m::Ty) -> Vec<Ty> {
        if self.returns_by_slot(ret) {
            return Vec::new();
        }
        let layout = self.layouts.get(ret);
        layout.flat.iter().flatten().map(|s| s.reg).collect()
    }

    pub fn signature(&mut self, params: &[(m::Ty, m::ParamMode)], ret: m::Ty) -> Signature {
        let mut tys = Vec::new();
        if self.returns_by_slot(ret) {
            tys.push(Ty::Ptr);
        }
        for (ty, mode) in params {
            tys.extend(self.param_tys(*ty, *mode));
        }
        Signature { params: tys, results: self.result_tys(ret) }
    }

    /// The function of a lang item, if the program has it.
    pub fn lang(&self, name: &str) -> Option<FuncId> {
        self.program.lang.get(name).map(|id| FuncId(id.0))
    }

    pub fn declare_glue(&mut self, name: String, sig: Signature, may_unwind: bool) -> FuncId {
        self.module.funcs.push(Function {
            name,
            sig,
            kind: FuncKind::Defined(Body::default()),
            may_unwind: may_unwind && !self.program.panics_abort,
            is_noinline: false,
            span: Span::DUMMY,
        })
    }

    pub fn bytes(&mut self, bytes: &[u8]) -> DataId {
        if let Some(id) = self.strings.get(bytes) {
            return *id;
        }
        let id = self.module.datas.push(Data {
            name: String::new(),
            bytes: bytes.to_vec(),
            align: 1,
            relocs: Vec::new(),
            is_mutable: false,
            zeroed: 0,
        });
        self.strings.insert(bytes.into(), id);
        id
    }

    /// Where the bytes of a static string lie; those of the empty one nowhere in particular.
    pub fn text(&mut self, text: &str) -> DataId {
        if text.is_empty() { self.immortal_cell() } else { self.bytes(text.as_bytes()) }
    }

    /// Static values of `String`, one behind the other.
    pub fn strings(&mut self, texts: &[Box<str>]) -> DataId {
        let word = self.layouts.pointer_bytes as usize;
        let owner = self.immortal_cell();
        let (mut bytes, mut relocs) = (Vec::new(), Vec::new());
        for text in texts {
            for data in [owner, self.text(text)] {
                relocs.push((bytes.len() as u32, Reloc::Data { data, offset: 0 }));
                bytes.resize(bytes.len() + word, 0);
            }
            bytes.extend_from_slice(&(text.len() as u64).to_le_bytes()[..word]);
        }
        let (name, align) = (String::new(), word as u32);
        self.module.datas.push(Data { name, bytes, align, relocs, is_mutable: false, zeroed: 0 })
    }

    /// The static cell that stands for the empty buffer and for poison.
    pub fn immortal_cell(&mut self) -> DataId {
        if let Some(id) = self.immortal {
            return id;
        }
        let w = self.layouts.pointer_bytes;
        let mut bytes = immortal_count(w).to_le_bytes().to_vec();
        bytes.truncate(w as usize);
        // Length, capacity and element space are zero.
        let zeroed = self.layouts.buffer_header() - w;
        let id = self.module.datas.push(Data {
            name: "empty".into(),
            bytes,
            align: 16,
            relocs: Vec::new(),
            is_mutable: true,
            zeroed,
        });
        self.immortal = Some(id);
        id
    }

    pub fn zeroed_data(&mut self, name: &str, size: u32) -> DataId {
        self.module.datas.push(Data {
            name: name.into(),
            bytes: Vec::new(),
            align: 16,
            relocs: Vec::new(),
            is_mutable: true,
            zeroed: size,
        })
    }
}

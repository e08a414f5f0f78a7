//! The module's sections.

use lir::{FuncId, FuncKind};
use wasm_encoder::{
    BranchHints, CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Elements, EntityType,
    ExportKind, ExportSection, FunctionSection, GlobalSection, GlobalType, ImportSection, MemorySection,
    MemoryType, Module, RefType, StartSection, TableSection, TableType, TagKind, TagSection, TagType,
};

use crate::code::scalar;
use crate::ctx::Ctx;
use crate::function::{self, Compiled};
use crate::lower::constant;
use crate::wir::{Const, Vt};
use crate::{EmitError, Emitted, debug, init};

const PAGE: u64 = 65536;
/// Limits of engines, which would refuse the module without saying which function is to blame.
const MAX_BODY: usize = 7_654_321;
const MAX_LOCALS: u32 = 50_000;

pub fn emit(ctx: &mut Ctx) -> Result<Emitted, EmitError> {
    let import_types: Vec<u32> =
        ctx.imports.clone().into_iter().map(|id| ctx.sig_type(&ctx.module.funcs[id].sig)).collect();
    let functions = compile_all(ctx)?;
    if let Some(flag) = ctx.layout.init_flag {
        let segments: Vec<(u64, u64)> =
            ctx.layout.segments.iter().map(|(addr, bytes)| (*addr, bytes.len() as u64)).collect();
        let body = init::start_function(&segments, flag, ctx.ptr);
        ctx.start = Some(ctx.helpers.add("init_memory", ctx.types.intern(&[], &[]), body));
    }
    let tag_type = ctx.usage.throws.then(|| ctx.types.intern(&[], &[]));
    let mut module = Module::new();
    if !ctx.types.is_empty() {
        module.section(&ctx.types.section());
    }
    imports(ctx, &mut module, &import_types);
    functions_section(ctx, &mut module, &functions);
    table(ctx, &mut module);
    memory(ctx, &mut module);
    if let Some(func_type_idx) = tag_type {
        let mut tags = TagSection::new();
        tags.tag(TagType { kind: TagKind::Exception, func_type_idx });
        module.section(&tags);
    }
    globals(ctx, &mut module);
    exports(ctx, &mut module);
    if let Some(function_index) = ctx.start {
        module.section(&StartSection { function_index });
    }
    elements(ctx, &mut module);
    branch_hints(ctx, &mut module, &functions);
    code(ctx, &mut module, &functions);
    let code_end = module.len();
    data(ctx, &mut module);
    let source_map = debug::emit(ctx, &mut module, &functions, code_end);
    Ok(Emitted { wasm: module.finish(), source_map, heap_base: ctx.layout.heap_base })
}

fn compile_all(ctx: &mut Ctx) -> Result<Vec<Compiled>, EmitError> {
    let mut functions = Vec::with_capacity(ctx.defined.len());
    for id in ctx.defined.clone() {
        let function = &ctx.module.funcs[id];
        let compiled = function::compile(ctx, function).expect("defined functions have bodies");
        if compiled.code.body.len() > MAX_BODY || compiled.n_locals > MAX_LOCALS {
            return Err(EmitError::FunctionTooLarge {
                name: function.name.clone(),
                bytes: compiled.code.body.len(),
            });
        }
        functions.push(compiled);
    }
    Ok(functions)
}

fn memory_type(ctx: &Ctx) -> Option<MemoryType> {
    let has_data = !ctx.layout.segments.is_empty() || ctx.layout.stack_top.is_some();
    let has_datas = ctx.usage.datas.iter().any(|&used| used);
    if !(has_data || has_datas || ctx.usage.memory || ctx.opts.shared_memory) {
        return None;
    }
    let minimum = ctx.layout.heap_base.div_ceil(PAGE);
    let maximum = ctx.opts.max_pages.or(ctx.opts.shared_memory.then_some(PAGE));
    Some(MemoryType {
        minimum,
        maximum: maximum.map(|maximum| maximum.max(minimum)),
        memory64: ctx.ptr == Vt::I64,
        shared: ctx.opts.shared_memory,
        page_size_log2: None,
    })
}

fn imports(ctx: &Ctx, module: &mut Module, types: &[u32]) {
    let mut section = ImportSection::new();
    for (&id, &ty) in ctx.imports.iter().zip(types) {
        if let FuncKind::Import { module, name } = &ctx.module.funcs[id].kind {
            section.import(module, name, EntityType::Function(ty));
        }
    }
    if let (Some((from, name)), Some(ty)) = (&ctx.opts.import_memory, memory_type(ctx)) {
        section.import(from, name, ty);
    }
    if !section.is_empty() {
        module.section(&section);
    }
}

fn functions_section(ctx: &Ctx, module: &mut Module, functions: &[Compiled]) {
    let mut section = FunctionSection::new();
    let helpers = ctx.helpers.list.iter().map(|helper| helper.ty);
    functions.iter().map(|function| function.ty).chain(helpers).for_each(|ty| {
        section.function(ty);
    });
    if !section.is_empty() {
        module.section(&section);
    }
}

fn table(ctx: &Ctx, module: &mut Module) {
    if ctx.table.is_empty() && !ctx.usage.indirect_calls {
        return;
    }
    let len = ctx.table.len() as u64 + 1;
    let mut section = TableSection::new();
    section.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: len,
        maximum: Some(len),
        shared: false,
    });
    module.section(&section);
}

fn memory(ctx: &Ctx, module: &mut Module) {
    if let (Some(ty), None) = (memory_type(ctx), &ctx.opts.import_memory) {
        let mut section = MemorySection::new();
        section.memory(ty);
        module.section(&section);
    }
}

fn globals(ctx: &Ctx, module: &mut Module) {
    let mut section = GlobalSection::new();
    if let Some(top) = ctx.layout.stack_top {
        let init = const_expr(Const::of_int(ctx.ptr, top as i64));
        section.global(GlobalType { val_type: ctx.ptr.into(), mutable: true, shared: false }, &init);
    }
    for &id in &ctx.globals {
        let global = &ctx.module.globals[id];
        let val_type = scalar(global.ty, ctx.ptr).into();
        let init = const_expr(constant(global.init, ctx.ptr));
        section.global(GlobalType { val_type, mutable: true, shared: false }, &init);
    }
    if !section.is_empty() {
        module.section(&section);
    }
}

fn const_expr(value: Const) -> ConstExpr {
    match value {
        Const::I32(n) => ConstExpr::i32_const(n),
        Const::I64(n) => ConstExpr::i64_const(n),
        Const::F32(bits) => ConstExpr::f32_const(wasm_encoder::Ieee32::new(bits)),
        Const::F64(bits) => ConstExpr::f64_const(wasm_encoder::Ieee64::new(bits)),
        Const::V128(bits) => ConstExpr::v128_const(bits as i128),
    }
}

fn exports(ctx: &Ctx, module: &mut Module) {
    let mut section = ExportSection::new();
    for export in &ctx.module.exports {
        section.export(&export.name, ExportKind::Func, ctx.func_index[export.func]);
    }
    if let (Some(name), Some(_)) = (&ctx.opts.export_memory, memory_type(ctx)) {
        section.export(name, ExportKind::Memory, 0);
    }
    if let (Some(name), Some(sp)) = (&ctx.opts.export_stack_pointer, ctx.sp) {
        section.export(name, ExportKind::Global, sp);
    }
    if !section.is_empty() {
        module.section(&section);
    }
}

fn elements(ctx: &Ctx, module: &mut Module) {
    if ctx.table.is_empty() {
        return;
    }
    let indices: Vec<u32> = ctx.table.iter().map(|&id: &FuncId| ctx.func_index[id]).collect();
    let mut section = ElementSection::new();
    section.active(None, &ConstExpr::i32_const(1), Elements::Functions(indices.into()));
    module.section(&section);
}

fn branch_hints(ctx: &Ctx, module: &mut Module, functions: &[Compiled]) {
    let mut section = BranchHints::new();
    for (id, function) in ctx.defined.iter().zip(functions) {
        let hints = &function.code.hints;
        if !hints.is_empty() {
            section.function_hints(ctx.func_index[*id], hints.iter().copied());
        }
    }
    if !section.is_empty() {
        module.section(&section);
    }
}

fn code(ctx: &Ctx, module: &mut Module, functions: &[Compiled]) {
    if ctx.start.is_some() {
        module.section(&DataCountSection { count: ctx.layout.segments.len() as u32 });
    }
    let mut section = CodeSection::new();
    for function in functions {
        section.raw(&function.code.body);
    }
    for helper in &ctx.helpers.list {
        section.function(&helper.body);
    }
    if !section.is_empty() {
        module.section(&section);
    }
}

fn data(ctx: &Ctx, module: &mut Module) {
    let mut section = DataSection::new();
    for (addr, bytes) in &ctx.layout.segments {
        if ctx.start.is_some() {
            section.passive(bytes.iter().copied());
        } else {
            let at = const_expr(Const::of_int(ctx.ptr, *addr as i64));
            section.active(0, &at, bytes.iter().copied());
        }
    }
    if !section.is_empty() {
        module.section(&section);
    }
}

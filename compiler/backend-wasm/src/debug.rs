//! The name section, DWARF and source maps.

use wasm_encoder::{IndirectNameMap, Module, NameMap, NameSection};

use crate::ctx::Ctx;
use crate::function::Compiled;

#[derive(Default)]
pub struct Debug {
    pub source_map: Option<String>,
}

/// Adds the debug sections that were asked for. `code_end` is the offset behind the code section.
pub fn emit(ctx: &Ctx, module: &mut Module, functions: &[Compiled], code_end: usize) -> Debug {
    if ctx.opts.names {
        names(ctx, module, functions);
    }
    let _ = code_end;
    Debug::default()
}

fn names(ctx: &Ctx, module: &mut Module, functions: &[Compiled]) {
    let mut func_names = NameMap::new();
    let mut local_names = IndirectNameMap::new();
    let all = ctx.imports.iter().chain(&ctx.defined);
    for (index, &id) in all.enumerate() {
        func_names.append(index as u32, &ctx.module.funcs[id].name);
    }
    for (n, helper) in ctx.helpers.list.iter().enumerate() {
        func_names.append(ctx.helpers.first() + n as u32, helper.name);
    }
    for (n, function) in functions.iter().enumerate().filter(|(_, function)| !function.local_names.is_empty()) {
        let mut map = NameMap::new();
        function.local_names.iter().for_each(|(local, name)| map.append(*local, name));
        local_names.append((ctx.imports.len() + n) as u32, &map);
    }
    let mut section = NameSection::new();
    section.functions(&func_names);
    section.locals(&local_names);
    module.section(&section);
}

//! The name section: functions and locals.

use wasm_encoder::{IndirectNameMap, NameMap, NameSection};

use crate::ctx::Ctx;
use crate::function::Compiled;

pub fn section(ctx: &Ctx, functions: &[Compiled]) -> NameSection {
    let mut func_names = NameMap::new();
    for (index, &id) in ctx.imports.iter().chain(&ctx.defined).enumerate() {
        func_names.append(index as u32, &ctx.module.funcs[id].name);
    }
    for (n, helper) in ctx.helpers.list.iter().enumerate() {
        func_names.append(ctx.helpers.first() + n as u32, helper.name);
    }
    let mut local_names = IndirectNameMap::new();
    for (n, function) in functions.iter().enumerate().filter(|(_, function)| !function.local_names.is_empty())
    {
        let mut map = NameMap::new();
        function.local_names.iter().for_each(|(local, name)| map.append(*local, name));
        local_names.append((ctx.imports.len() + n) as u32, &map);
    }
    let mut section = NameSection::new();
    section.functions(&func_names);
    section.locals(&local_names);
    section
}

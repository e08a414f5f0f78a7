//! What debuggers and backtraces read: the name section, DWARF and source maps. Nothing of it is in a release.

mod dwarf;
mod inlined;
mod names;
mod source_map;

use syntax::Span;
use wasm_encoder::{CustomSection, Module};

use crate::Position;
use crate::ctx::Ctx;
use crate::function::Compiled;

/// Whether DWARF can be written. A module for the web has no code for it: there nobody can ask for it, and every reader of the
/// playground would load it.
pub const HAS_DWARF: bool = cfg!(debug_assertions) || !cfg!(target_family = "wasm");

/// Adds the sections that were asked for, behind the code section, which must be the last one with offsets. Returns the
/// source map. `code_end` is the offset behind the code section.
pub fn emit(ctx: &Ctx, module: &mut Module, functions: &[Compiled], code_end: usize) -> Option<String> {
    let places = place(ctx, functions);
    if ctx.opts.names {
        module.section(&names::section(ctx, functions));
    }
    if HAS_DWARF && ctx.opts.dwarf {
        for (name, bytes) in dwarf::sections(ctx, functions, &places) {
            module.section(&CustomSection { name: name.into(), data: (&bytes[..]).into() });
        }
    }
    let url = ctx.opts.source_map_url.as_ref()?;
    let mut data = Vec::new();
    wasm_encoder::Encode::encode(url.as_str(), &mut data);
    module.section(&CustomSection { name: "sourceMappingURL".into(), data: data.into() });
    let code_start = code_end - places.len;
    Some(source_map::write(ctx, functions, &places, code_start))
}

/// Where the functions' bodies lie, counted from the start of the code section's contents, as DWARF in wasm counts.
struct Places {
    bodies: Vec<usize>,
    /// The length of the section's contents.
    len: usize,
}

fn place(ctx: &Ctx, functions: &[Compiled]) -> Places {
    let helpers = ctx.helpers.list.iter().map(|helper| helper.body.byte_len());
    let lens: Vec<usize> = functions.iter().map(|function| function.code.body.len()).chain(helpers).collect();
    let mut at = leb_len(lens.len());
    let mut bodies = Vec::with_capacity(lens.len());
    for len in lens {
        at += leb_len(len);
        bodies.push(at);
        at += len;
    }
    Places { bodies, len: at }
}

/// The length of an unsigned LEB128 number.
fn leb_len(n: usize) -> usize {
    (usize::BITS - n.leading_zeros()).div_ceil(7).max(1) as usize
}

/// The place in the text of code that may have been inlined.
fn place_of(ctx: &Ctx, span: Span) -> Span {
    ctx.module.debug.as_ref().map_or(span, |debug| debug.inlined.place(span))
}

/// The positions of a function's code: its own at the start, then where they change. Offsets count from the body.
fn rows(ctx: &Ctx, function: &Compiled, span: Span) -> Vec<(u32, Position)> {
    let Some(positions) = ctx.opts.positions else { return Vec::new() };
    let mut rows: Vec<(u32, Position)> = positions.position(span).map(|it| (0, it)).into_iter().collect();
    for &(offset, span) in &function.code.spans {
        match positions.position(place_of(ctx, span)) {
            Some(position) if rows.last().is_none_or(|&(_, last)| last != position) => {
                rows.push((offset, position))
            }
            _ => {}
        }
    }
    rows
}

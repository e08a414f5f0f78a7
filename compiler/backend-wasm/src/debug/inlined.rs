//! Calls that MIR or LIR has inlined, as DWARF's inlined subroutines: backtraces tell of them as of calls.

use super::dwarf::Writer;
use super::place_of;
use crate::function::Compiled;
use gimli::constants as dw;
use gimli::write::{Address, AttributeValue, UnitEntryId};
use lir::debug::readable_name;
use syntax::Span;

/// Code of one place, with the calls around it, the outermost first: the function's number and the call's span.
struct Piece {
    start: u64,
    end: u64,
    calls: Vec<(u32, Span)>,
}

impl Writer<'_> {
    /// Describes the calls that were inlined into a function whose body lies at `start`.
    pub fn inlined_calls(&mut self, entry: UnitEntryId, function: &Compiled, start: u64) {
        let spans = &function.code.spans;
        let ends = spans.iter().skip(1).map(|&(offset, _)| u64::from(offset));
        let ends = ends.chain([function.code.body.len() as u64]);
        let pieces: Vec<Piece> = spans
            .iter()
            .zip(ends)
            .map(|(&(offset, span), end)| Piece {
                start: start + u64::from(offset),
                end: start + end,
                calls: self.calls(span),
            })
            .collect();
        self.scopes(entry, &pieces, 0);
    }

    fn calls(&self, span: Span) -> Vec<(u32, Span)> {
        let Some(debug) = &self.ctx.module.debug else { return Vec::new() };
        let mut calls = Vec::new();
        let mut next = debug.inlined.get(span);
        while let Some(copy) = next {
            calls.push((copy.func, copy.at));
            next = debug.inlined.get(copy.at);
        }
        calls.reverse();
        calls
    }

    /// The calls at a depth: neighbours of one call are one scope.
    fn scopes(&mut self, parent: UnitEntryId, pieces: &[Piece], depth: usize) {
        for group in pieces.chunk_by(|a, b| a.calls.get(depth) == b.calls.get(depth)) {
            self.scope(parent, group, depth);
        }
    }

    fn scope(&mut self, parent: UnitEntryId, group: &[Piece], depth: usize) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { return };
        let Some(&(func, at)) = first.calls.get(depth) else { return };
        let origin = self.origin(func);
        let entry = self.dwarf.unit.add(parent, dw::DW_TAG_inlined_subroutine);
        self.set(entry, dw::DW_AT_abstract_origin, AttributeValue::UnitRef(origin));
        self.set(entry, dw::DW_AT_low_pc, AttributeValue::Address(Address::Constant(first.start)));
        self.set(entry, dw::DW_AT_high_pc, AttributeValue::Udata(last.end - first.start));
        if let Some(at) = self.position(place_of(self.ctx, at)) {
            let file = self.file(at);
            self.set(entry, dw::DW_AT_call_file, AttributeValue::FileIndex(Some(file)));
            self.set(entry, dw::DW_AT_call_line, AttributeValue::Udata(at.line.into()));
            self.set(entry, dw::DW_AT_call_column, AttributeValue::Udata(at.column.into()));
        }
        self.scopes(entry, group, depth + 1);
    }

    /// The function that was inlined, apart from any code of it.
    fn origin(&mut self, func: u32) -> UnitEntryId {
        if let Some(&known) = self.origins.get(&func) {
            return known;
        }
        let entry = self.dwarf.unit.add(self.dwarf.unit.root(), dw::DW_TAG_subprogram);
        self.origins.insert(func, entry);
        self.set(entry, dw::DW_AT_inline, AttributeValue::Inline(dw::DW_INL_inlined));
        let inlined =
            self.ctx.module.debug.as_ref().map(|debug| debug.inlined.funcs()[func as usize].clone());
        if let Some(function) = inlined {
            self.set_string(entry, dw::DW_AT_name, readable_name(&function.name));
            self.declare(entry, function.span);
        }
        entry
    }
}

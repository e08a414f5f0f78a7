//! DWARF 4: one compilation unit with a subprogram for each function, and the line table.
//!
//! Addresses are offsets into the code section's contents (https://yurydelendik.github.io/webassembly-dwarf/). Each
//! function is a sequence of its own in the line table. Inlined calls are in `inlined.rs`. Variables are not described: they are
//! the LLVM backend's.

use gimli::write::{
    Address, AttributeValue, DwarfUnit, EndianVec, FileId, LineProgram, LineString, Sections, UnitEntryId,
};
use gimli::{Encoding, Format, LineEncoding, LittleEndian, constants as dw};
use lir::debug::readable_name;
use rustc_hash::FxHashMap;
use syntax::Span;

use super::{Places, rows};
use crate::Position;
use crate::ctx::Ctx;
use crate::function::Compiled;

const ENCODING: Encoding = Encoding { format: Format::Dwarf32, version: 4, address_size: 4 };

/// The sections that are not empty, by name.
pub fn sections(ctx: &Ctx, functions: &[Compiled], places: &Places) -> Vec<(&'static str, Vec<u8>)> {
    let (files, origins) = (FxHashMap::default(), FxHashMap::default());
    let mut writer = Writer { ctx, dwarf: DwarfUnit::new(ENCODING), files, origins };
    writer.unit(functions, places);
    let mut sections = Sections::new(EndianVec::new(LittleEndian));
    writer.dwarf.write(&mut sections).expect("addresses are numbers and all references are inside the unit");
    let mut list = Vec::new();
    let filled: Result<(), ()> = sections.for_each(|id, data| {
        if !data.slice().is_empty() {
            list.push((id.name(), data.slice().to_vec()));
        }
        Ok(())
    });
    debug_assert!(filled.is_ok());
    list
}

pub(super) struct Writer<'a> {
    pub ctx: &'a Ctx<'a>,
    pub dwarf: DwarfUnit,
    files: FxHashMap<u32, FileId>,
    /// Functions that have been inlined, by their numbers in LIR's table.
    pub origins: FxHashMap<u32, UnitEntryId>,
}

impl Writer<'_> {
    fn unit(&mut self, functions: &[Compiled], places: &Places) {
        let name = self.ctx.opts.unit_name.clone();
        let dir = LineString::new(".", ENCODING, &mut self.dwarf.line_strings);
        let file = LineString::new(name.as_bytes(), ENCODING, &mut self.dwarf.line_strings);
        self.dwarf.unit.line_program =
            LineProgram::new(ENCODING, LineEncoding::default(), dir, None, file, None);
        let root = self.dwarf.unit.root();
        self.set_string(root, dw::DW_AT_producer, "galc");
        self.set_string(root, dw::DW_AT_name, &name);
        // No number is assigned to GAL; as C, debuggers show integers and addresses rightly.
        self.set(root, dw::DW_AT_language, AttributeValue::Language(dw::DW_LANG_C99));
        self.set(root, dw::DW_AT_low_pc, AttributeValue::Address(Address::Constant(0)));
        self.set(root, dw::DW_AT_high_pc, AttributeValue::Udata(places.len as u64));
        for ((n, function), &start) in functions.iter().enumerate().zip(&places.bodies) {
            self.function(n, function, start as u64);
        }
    }

    pub fn set(&mut self, entry: UnitEntryId, name: gimli::DwAt, value: AttributeValue) {
        self.dwarf.unit.get_mut(entry).set(name, value);
    }

    pub fn set_string(&mut self, entry: UnitEntryId, name: gimli::DwAt, text: &str) {
        let text = self.dwarf.strings.add(text);
        self.set(entry, name, AttributeValue::StringRef(text));
    }

    fn function(&mut self, n: usize, function: &Compiled, start: u64) {
        let id = self.ctx.defined[n];
        let declared = &self.ctx.module.funcs[id];
        let len = function.code.body.len() as u64;
        let entry = self.dwarf.unit.add(self.dwarf.unit.root(), dw::DW_TAG_subprogram);
        self.set_string(entry, dw::DW_AT_name, readable_name(&declared.name));
        self.set(entry, dw::DW_AT_low_pc, AttributeValue::Address(Address::Constant(start)));
        self.set(entry, dw::DW_AT_high_pc, AttributeValue::Udata(len));
        if self.ctx.module.exports.iter().any(|export| export.func == id) {
            self.set(entry, dw::DW_AT_external, AttributeValue::Flag(true));
        }
        self.declare(entry, declared.span);
        let rows = rows(self.ctx, function, declared.span);
        if rows.is_empty() {
            return;
        }
        let files: Vec<FileId> = rows.iter().map(|&(_, at)| self.file(at)).collect();
        let lines = &mut self.dwarf.unit.line_program;
        lines.begin_sequence(Some(Address::Constant(start)));
        for (&(offset, at), file) in rows.iter().zip(files) {
            let row = lines.row();
            row.address_offset = offset.into();
            row.file = file;
            row.line = at.line.into();
            row.column = at.column.into();
            lines.generate_row();
        }
        lines.end_sequence(len);
        self.inlined_calls(entry, function, start);
    }

    /// Says where a function is declared.
    pub fn declare(&mut self, entry: UnitEntryId, span: Span) {
        if let Some(at) = self.position(span) {
            let file = self.file(at);
            self.set(entry, dw::DW_AT_decl_file, AttributeValue::FileIndex(Some(file)));
            self.set(entry, dw::DW_AT_decl_line, AttributeValue::Udata(at.line.into()));
        }
    }

    pub fn position(&self, span: Span) -> Option<Position> {
        self.ctx.opts.positions.and_then(|positions| positions.position(span))
    }

    pub fn file(&mut self, at: Position) -> FileId {
        if let Some(&file) = self.files.get(&at.file) {
            return file;
        }
        let name = self.ctx.opts.positions.map_or("", |positions| positions.file_name(at.file));
        let name = LineString::new(name.as_bytes(), ENCODING, &mut self.dwarf.line_strings);
        let lines = &mut self.dwarf.unit.line_program;
        let file = lines.add_file(name, lines.default_directory(), None);
        self.files.insert(at.file, file);
        file
    }
}

//! What a module contains, read out of its bytes.

use wasmparser::{KnownCustom, Name, Operator, Parser, Payload, TypeRef};

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Contents {
    /// `module.name` of each import, in order.
    pub imports: Vec<String>,
    pub exports: Vec<String>,
    /// Names of functions, imported ones first; of modules with debug information.
    pub functions: Vec<String>,
    pub tables: u32,
    pub tags: u32,
    /// How many instructions throw or catch.
    pub unwinding: usize,
}

impl Contents {
    pub fn read(wasm: &[u8]) -> wasmparser::Result<Contents> {
        let mut contents = Contents::default();
        for payload in Parser::new(0).parse_all(wasm) {
            contents.add(payload?)?;
        }
        Ok(contents)
    }

    pub fn has_unwinding(&self) -> bool {
        self.tags > 0 || self.unwinding > 0
    }

    fn add(&mut self, payload: Payload<'_>) -> wasmparser::Result<()> {
        match payload {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    self.imports.push(format!("{}.{}", import.module, import.name));
                    self.tags += matches!(import.ty, TypeRef::Tag(_)) as u32;
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    self.exports.push(export?.name.to_string());
                }
            }
            Payload::TableSection(section) => self.tables += section.count(),
            Payload::TagSection(section) => self.tags += section.count(),
            Payload::CodeSectionEntry(body) => {
                for operator in body.get_operators_reader()? {
                    self.unwinding += is_unwinding(&operator?) as usize;
                }
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(names) = section.as_known() {
                    self.add_names(names)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn add_names(&mut self, names: wasmparser::NameSectionReader<'_>) -> wasmparser::Result<()> {
        for part in names {
            if let Name::Function(map) = part? {
                for naming in map {
                    self.functions.push(naming?.name.to_string());
                }
            }
        }
        Ok(())
    }
}

fn is_unwinding(operator: &Operator<'_>) -> bool {
    use Operator as O;
    matches!(
        operator,
        O::TryTable { .. }
            | O::Throw { .. }
            | O::ThrowRef
            | O::Try { .. }
            | O::Catch { .. }
            | O::CatchAll
            | O::Rethrow { .. }
            | O::Delegate { .. }
    )
}

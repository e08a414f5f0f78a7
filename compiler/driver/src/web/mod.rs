//! What galc writes beside a module for the web: an `app.js` that describes it to `@gal-lang/runtime`, and an `app.d.ts`. docs/web-abi.md has
//! the form.
//!
//! [`WebInterface::new`] gathers what crosses, [`shape`] says how each type does; [`js`] and [`dts`] print.

mod dts;
mod js;
mod shape;

use hir::Checker;
use hir::program::{FnId, FnKind, Function, Program};
use mir::{WebCall, WebExport};
use shape::{Shape, Shapes};

/// What a module and JavaScript call of each other.
#[derive(Debug, Default)]
pub struct WebInterface {
    shapes: Shapes,
    functions: Vec<WebFunction>,
    actors: Vec<WebActor>,
    imports: Vec<WebImport>,
}

/// A function with what crosses.
#[derive(Debug)]
struct WebFunction {
    /// What it is called in GAL; for a message its own name.
    name: String,
    params: Vec<(String, Shape)>,
    result: Shape,
    call: WebCall,
    docs: Option<String>,
}

/// An exported actor: constructors, and messages.
#[derive(Debug)]
struct WebActor {
    name: String,
    constructors: Vec<WebFunction>,
    messages: Vec<WebFunction>,
    docs: Option<String>,
}

/// A function of JavaScript.
#[derive(Debug)]
struct WebImport {
    module: String,
    function: WebFunction,
}

/// What galc's texts begin with.
pub const WEB_MARK: &str = "// Made by galc from ";

/// The package whose modules the library imports.
const RUNTIME: &str = "@gal-lang/runtime";

/// What the texts have to know besides.
#[derive(Clone, Debug)]
pub struct WebNames {
    /// The file of the module, as seen from the one with the text.
    pub module_file: String,
    /// What the program is called.
    pub program: String,
    /// The source, for the first line.
    pub source: String,
    /// Where `@gal-lang/runtime` is found.
    pub runtime: String,
    /// Whether addresses have 64 bits.
    pub is_64: bool,
}

impl WebInterface {
    pub fn new(checker: &mut Checker, program: &mir::Program) -> WebInterface {
        let mut web = WebInterface::default();
        web.add_actors(checker);
        for export in &program.web_exports {
            web.add_export(checker, *export);
        }
        for id in &program.web_imports {
            web.add_import(checker, *id);
        }
        web.shapes.find_docs(&checker.map);
        web
    }

    /// For each declared type whether anything that JavaScript calls, or that the user writes for the program to call, mentions it.
    fn types_of_exports(&self) -> Vec<bool> {
        let own = self
            .imports
            .iter()
            .filter(|import| !import.module.starts_with(RUNTIME))
            .map(|import| &import.function);
        let members = self.actors.iter().flat_map(|a| a.constructors.iter().chain(&a.messages));
        let mut work: Vec<&Shape> = self
            .functions
            .iter()
            .chain(members)
            .chain(own)
            .flat_map(|f| f.params.iter().map(|p| &p.1).chain([&f.result]))
            .collect();
        let mut used = vec![false; self.shapes.named.len()];
        while let Some(shape) = work.pop() {
            if let Shape::Named(index) = shape
                && !std::mem::replace(&mut used[*index], true)
            {
                work.extend(self.shapes.named[*index].kind.parts());
            }
            work.extend(shape.parts());
        }
        used
    }

    /// The modules of JavaScript that it imports, each once, in order: as they are written.
    pub fn imported_modules(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for import in &self.imports {
            if !found.contains(&import.module.as_str()) {
                found.push(&import.module);
            }
        }
        found
    }

    /// The text of the ES module. `bytes` is the module; `resolve` says where one of JavaScript is from there.
    pub fn js(&self, names: &WebNames, bytes: &[u8], resolve: &dyn Fn(&str) -> String) -> String {
        js::print(self, names, bytes, resolve)
    }

    /// The text of its types.
    pub fn types(&self, names: &WebNames) -> String {
        dts::print(self, names)
    }

    fn add_actors(&mut self, checker: &Checker) {
        for adt in &checker.program.exported_actors {
            let decl = &checker.program.adts[*adt];
            let name = checker.program.name(decl.name).to_string();
            let docs = decl.docs.clone();
            self.shapes.actors.push(name.clone());
            self.actors.push(WebActor { name, constructors: Vec::new(), messages: Vec::new(), docs });
        }
    }

    fn add_export(&mut self, checker: &mut Checker, export: WebExport) {
        let decl = &checker.program.fns[export.function];
        let path = decl.export.clone().unwrap_or_default();
        let span = decl.span;
        let mut function = self.function(&mut checker.program, export.function, export.call);
        // Messages and constructors have none in the program.
        function.docs = function.docs.or_else(|| checker.map.docs_above(span));
        let Some((owner, member)) = path.split_once('.') else {
            return self.functions.push(WebFunction { name: path, ..function });
        };
        let Some(actor) = self.actors.iter_mut().find(|a| a.name == owner) else { return };
        match member.strip_prefix("new") {
            Some("") => actor.constructors.push(WebFunction { name: "new".to_string(), ..function }),
            Some(named) if named.starts_with('.') => {
                actor.constructors.push(WebFunction { name: named[1..].to_string(), ..function });
            }
            _ => {
                // The actor itself comes first.
                let params = function.params.into_iter().skip(1).collect();
                actor.messages.push(WebFunction { name: member.to_string(), params, ..function });
            }
        }
    }

    fn add_import(&mut self, checker: &mut Checker, id: FnId) {
        let decl = &checker.program.fns[id];
        let FnKind::Extern { module, name, .. } = decl.kind.clone() else { return };
        let call = match decl.is_async {
            true => WebCall::Async,
            false if mir::build::web::is_plain(&checker.program, id) => WebCall::Plain,
            false => WebCall::Buffer,
        };
        let function = WebFunction { name, ..self.function(&mut checker.program, id, call) };
        self.imports.push(WebImport { module, function });
    }

    fn function(&mut self, program: &mut Program, id: FnId, call: WebCall) -> WebFunction {
        let decl: &Function = &program.fns[id];
        let params: Vec<_> = decl.params.iter().map(|p| (program.name(p.name).to_string(), p.ty)).collect();
        let (ret, docs) = (decl.ret, decl.docs.clone());
        let params = params.into_iter().map(|(name, ty)| (name, self.shapes.of(program, ty))).collect();
        let result = self.shapes.of(program, ret);
        WebFunction { name: String::new(), params, result, call, docs }
    }
}

/// Whether a module uses exceptions: whether it has a section for their tags.
fn has_exceptions(module: &[u8]) -> bool {
    /// The number of the section, by the WebAssembly specification, version 3.
    const TAG_SECTION: u8 = 13;
    let mut rest = module.get(8..).unwrap_or_default();
    while let Some((&id, behind)) = rest.split_first() {
        if id == TAG_SECTION {
            return true;
        }
        let mut size = 0usize;
        let mut shift = 0;
        let mut at = 0;
        while let Some(byte) = behind.get(at) {
            size |= usize::from(byte & 0x7F) << shift;
            (shift, at) = (shift + 7, at + 1);
            if byte & 0x80 == 0 || shift > 28 {
                break;
            }
        }
        rest = behind.get(at + size..).unwrap_or_default();
    }
    false
}

/// A name that stands in JavaScript without quotes.
fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '$';
    chars.next().is_some_and(starts) && chars.all(|c| starts(c) || c.is_ascii_digit())
}

/// A text in quotes.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The name of a property.
fn key(name: &str) -> String {
    if is_identifier(name) { name.to_string() } else { quoted(name) }
}

/// A message's name as a method.
fn method(message: &str) -> String {
    let mut chars = message.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_section_is_found() {
        let header = b"\0asm\x01\0\0\0";
        assert!(!has_exceptions(header));
        let types = [&header[..], &[1, 2, 0, 0]].concat();
        assert!(!has_exceptions(&types));
        assert!(has_exceptions(&[&types[..], &[13, 1, 0]].concat()));
        // What is cut off has none, and is no reason to fail.
        assert!(!has_exceptions(&[&header[..], &[1, 0xFF, 0xFF]].concat()));
    }

    #[test]
    fn texts_are_quoted() {
        assert_eq!(quoted("a\"\\\n\u{2028}\u{1}é"), r#""a\"\\\n\u2028\u0001é""#);
        assert_eq!((key("Add"), key("Counter.new")), ("Add".to_string(), "\"Counter.new\"".to_string()));
        assert_eq!(method("AddThenGet"), "addThenGet");
    }
}

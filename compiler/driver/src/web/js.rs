//! The text of `app.js`.

use super::shape::{Fields, Named, NamedKind, Shape, WebField, WebVariant};
use super::{WEB_MARK, WebFunction, WebInterface, WebNames, has_exceptions, is_identifier, key, quoted};
use mir::WebCall;
use std::collections::BTreeSet;
use std::fmt::Write;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Not,
    /// Its parts are being written: in them it is named by what is called later.
    Begun,
    Whole,
}

struct Printer<'a> {
    web: &'a WebInterface,
    /// What is used of the runtime.
    used: BTreeSet<&'static str>,
    /// How far each type is written.
    written: Vec<Written>,
    types: String,
}

pub(super) fn print(
    web: &WebInterface,
    names: &WebNames,
    bytes: &[u8],
    resolve: &dyn Fn(&str) -> String,
) -> String {
    let mut p = Printer {
        web,
        used: BTreeSet::from(["program"]),
        written: vec![Written::Not; web.shapes.named.len()],
        types: String::new(),
    };
    let body = p.program(names, bytes);
    let mut out = format!("{WEB_MARK}{}: changes are lost with the next build.\n", names.source);
    let used: Vec<&str> = p.used.iter().copied().collect();
    let _ = writeln!(out, "import {{ {} }} from {};", used.join(", "), quoted(&names.runtime));
    for (i, module) in web.imported_modules().into_iter().enumerate() {
        let _ = writeln!(out, "import * as module{} from {};", i + 1, quoted(&resolve(module)));
    }
    out + "\n" + &p.types + &body + "\nexport const instantiate = app.instantiate;\n"
}

impl Printer<'_> {
    fn program(&mut self, names: &WebNames, bytes: &[u8]) -> String {
        let mut out = String::from("const app = program({\n");
        let _ = writeln!(
            out,
            "    url: () => new URL({}, import.meta.url),",
            quoted(&in_url(&names.module_file))
        );
        let _ = writeln!(out, "    name: {},", quoted(&names.program));
        let mut needs = Vec::new();
        if has_exceptions(bytes) {
            needs.push("\"exnref\"");
        }
        if names.is_64 {
            needs.push("\"memory64\"");
        }
        if !needs.is_empty() {
            let _ = writeln!(out, "    needs: [{}],", needs.join(", "));
        }
        self.imports(&mut out);
        let exports: Vec<String> = self
            .web
            .functions
            .iter()
            .map(|f| {
                self.used.insert("fn");
                format!("        {}: fn({}),\n", key(&f.name), self.signature(f))
            })
            .collect();
        section(&mut out, "exports", &exports);
        let actors: Vec<String> = self.web.actors.iter().map(|actor| self.actor(actor)).collect();
        section(&mut out, "actors", &actors);
        out + "});\n"
    }

    fn imports(&mut self, out: &mut String) {
        let web = self.web;
        let modules = web.imported_modules();
        let mut lines = Vec::new();
        for (i, module) in modules.into_iter().enumerate() {
            let mut text = format!("        {}: {{\n", quoted(module));
            for import in web.imports.iter().filter(|import| import.module == module) {
                let f = &import.function;
                let access = match is_identifier(&f.name) {
                    true => format!("module{}.{}", i + 1, f.name),
                    false => format!("module{}[{}]", i + 1, quoted(&f.name)),
                };
                let _ = writeln!(text, "            {}: [{access}, {}],", key(&f.name), self.signature(f));
            }
            lines.push(text + "        },\n");
        }
        section(out, "imports", &lines);
    }

    fn actor(&mut self, actor: &super::WebActor) -> String {
        self.used.insert("actor");
        let constructors: Vec<String> = actor
            .constructors
            .iter()
            .map(|f| format!("{}: {}", key(&f.name), self.params(&f.params)))
            .collect();
        let mut sends = Vec::new();
        let mut asks = Vec::new();
        for f in &actor.messages {
            let params = self.params(&f.params);
            match f.call {
                WebCall::Async => {
                    asks.push(format!("{}: [{params}, {}]", key(&f.name), self.codec(&f.result)))
                }
                _ => sends.push(format!("{}: {params}", key(&f.name))),
            }
        }
        let object = |entries: &[String]| match entries {
            [] => "{}".to_string(),
            _ => format!("{{ {} }}", entries.join(", ")),
        };
        let (constructors, sends, asks) = (object(&constructors), object(&sends), object(&asks));
        format!("        {}: actor({constructors}, {sends}, {asks}),\n", actor.name)
    }

    /// Parameters, result and flags, as far as they say something.
    fn signature(&mut self, f: &WebFunction) -> String {
        let mut parts = vec![self.params(&f.params)];
        let flags = match f.call {
            WebCall::Plain => Some("{ plain: true }"),
            WebCall::Buffer => None,
            WebCall::Async => Some("{ async: true }"),
        };
        if f.result != Shape::Unit || flags.is_some() {
            parts.push(self.codec(&f.result));
        }
        parts.extend(flags.map(str::to_string));
        parts.join(", ")
    }

    /// With their names, unless these are not in JavaScript's order: numbers come first there.
    fn params(&mut self, params: &[(String, Shape)]) -> String {
        let are_names = params.iter().all(|p| is_identifier(&p.0) && p.0 != "__proto__");
        match params {
            [] => "[]".to_string(),
            _ if are_names => {
                let all: Vec<String> =
                    params.iter().map(|(name, shape)| format!("{name}: {}", self.codec(shape))).collect();
                format!("{{ {} }}", all.join(", "))
            }
            _ => {
                let all: Vec<String> = params.iter().map(|(_, shape)| self.codec(shape)).collect();
                format!("[{}]", all.join(", "))
            }
        }
    }

    fn codec(&mut self, shape: &Shape) -> String {
        let (name, text): (&'static str, String) = match shape {
            Shape::Unit => ("unit", String::new()),
            Shape::Simple(name) => (name, String::new()),
            Shape::Array(elem) => ("array", self.codec(elem)),
            Shape::Fixed(elem, n) => ("fixed", format!("{}, {n}", self.codec(elem))),
            Shape::Set(elem) => ("set", self.codec(elem)),
            Shape::Map(key, value) => ("map", format!("{}, {}", self.codec(key), self.codec(value))),
            Shape::Tuple(parts) => ("tuple", format!("[{}]", self.codecs(parts))),
            Shape::Option(inner) => ("option", self.codec(inner)),
            Shape::Result(ok, error) => ("result", format!("{}, {}", self.codec(ok), self.codec(error))),
            Shape::Callback(parameter, result) => {
                let parameters = self.codecs(parameter.as_parameters());
                ("callback", format!("[{parameters}], {}", self.codec(result)))
            }
            Shape::Actor(name) => ("ref", quoted(name)),
            Shape::Named(index) => return self.named(*index),
        };
        self.used.insert(name);
        if text.is_empty() { name.to_string() } else { format!("{name}({text})") }
    }

    fn codecs(&mut self, shapes: &[Shape]) -> String {
        let all: Vec<String> = shapes.iter().map(|shape| self.codec(shape)).collect();
        all.join(", ")
    }

    /// Writes a type before its first use; inside of itself it is named by what is called later.
    fn named(&mut self, index: usize) -> String {
        let web = self.web;
        let named = &web.shapes.named[index];
        match self.written[index] {
            Written::Not => {
                self.written[index] = Written::Begun;
                let text = self.definition(named);
                let _ = writeln!(self.types, "const {} = {text};", named.name);
                self.written[index] = Written::Whole;
                named.name.clone()
            }
            Written::Begun => {
                self.used.insert("lazy");
                format!("lazy(() => {})", named.name)
            }
            Written::Whole => named.name.clone(),
        }
    }

    fn definition(&mut self, named: &Named) -> String {
        match &named.kind {
            NamedKind::Struct(fields) => {
                self.used.insert("struct");
                format!("struct({})", self.object(fields))
            }
            NamedKind::Positional(parts) => {
                self.used.insert("tuple");
                format!("tuple([{}])", self.codecs(parts))
            }
            NamedKind::Enum(variants) if variants.iter().all(|v| matches!(v.fields, Fields::None)) => {
                self.used.insert("enumeration");
                let names: Vec<String> = variants.iter().map(|v| quoted(&v.name)).collect();
                format!("enumeration([{}])", names.join(", "))
            }
            NamedKind::Enum(variants) => {
                self.used.insert("union");
                let all: Vec<String> = variants
                    .iter()
                    .map(|WebVariant { name, fields, .. }| {
                        let fields = match fields {
                            Fields::None => "[]".to_string(),
                            Fields::Positional(parts) => format!("[{}]", self.codecs(parts)),
                            Fields::Named(fields) => self.object(fields),
                        };
                        format!("{}: {fields}", key(name))
                    })
                    .collect();
                format!("union({{ {} }})", all.join(", "))
            }
            NamedKind::Open => "struct({})".to_string(),
        }
    }

    fn object(&mut self, fields: &[WebField]) -> String {
        let all: Vec<String> =
            fields.iter().map(|f| format!("{}: {}", key(&f.name), self.codec(&f.shape))).collect();
        if all.is_empty() { "{}".to_string() } else { format!("{{ {} }}", all.join(", ")) }
    }
}

fn section(out: &mut String, name: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = write!(out, "    {name}: {{\n{}    }},\n", lines.concat());
    }
}

/// A relative path in a URL: what has a meaning of its own there is escaped (RFC 3986, 2.1).
fn in_url(path: &str) -> String {
    path.chars().fold(String::new(), |mut out, c| {
        match c {
            '%' | '#' | '?' | '\\' => _ = write!(out, "%{:02X}", c as u32),
            _ => out.push(c),
        }
        out
    })
}

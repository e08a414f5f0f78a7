//! The text of `app.d.ts`.

use super::shape::{Fields, Named, NamedKind, Shape, WebField};
use super::{WEB_MARK, WebActor, WebFunction, WebInterface, WebNames, is_identifier, key, method, quoted};
use mir::WebCall;
use std::fmt::Write;

pub(super) fn print(web: &WebInterface, names: &WebNames) -> String {
    let mut out = format!("{WEB_MARK}{}: changes are lost with the next build.\n", names.source);
    let runtime = quoted(&names.runtime);
    let _ = writeln!(out, "import type {{ Instance, Options, Source }} from {runtime};\n");
    let printer = Printer { web };
    let used = web.types_of_exports();
    for (named, _) in web.shapes.named.iter().zip(used).filter(|(_, is_used)| *is_used) {
        printer.named(&mut out, named);
    }
    for actor in &web.actors {
        printer.actor(&mut out, actor);
    }
    docs(&mut out, "", Some("An instance of the program."));
    out.push_str("export interface App extends Instance {\n");
    for f in &web.functions {
        docs(&mut out, "    ", f.docs.as_deref());
        let _ = writeln!(out, "    {}{};", key(&f.name), printer.signature(f, "): "));
    }
    for actor in &web.actors {
        printer.class(&mut out, actor);
    }
    out.push_str("}\n\n");
    docs(
        &mut out,
        "",
        Some("Loads the module and makes an instance; `source` is the module beside this file unless given."),
    );
    out.push_str("export declare function instantiate(source?: Source, options?: Options): Promise<App>;\n");
    out
}

/// Comments as TypeScript's tools show them.
fn docs(out: &mut String, indent: &str, text: Option<&str>) {
    let Some(text) = text else { return };
    // No text ends the comment.
    let text = text.replace("*/", "*\u{2215}");
    let lines: Vec<&str> = text.trim().lines().collect();
    match lines.as_slice() {
        [] => {}
        [line] => {
            let _ = writeln!(out, "{indent}/** {line} */");
        }
        lines => {
            let _ = writeln!(out, "{indent}/**");
            for line in lines {
                let _ = writeln!(out, "{}", format!("{indent} * {line}").trim_end());
            }
            let _ = writeln!(out, "{indent} */");
        }
    }
}

struct Printer<'a> {
    web: &'a WebInterface,
}

impl Printer<'_> {
    fn named(&self, out: &mut String, named: &Named) {
        docs(out, "", named.docs.as_deref());
        match &named.kind {
            NamedKind::Struct(fields) => {
                let _ = writeln!(out, "export interface {} {}\n", named.name, self.block(fields));
            }
            NamedKind::Positional(parts) => {
                let _ = writeln!(out, "export type {} = [{}];\n", named.name, self.tys(parts));
            }
            NamedKind::Enum(variants)
                if variants.iter().all(|v| matches!(v.fields, Fields::None) && v.docs.is_none()) =>
            {
                let names: Vec<String> = variants.iter().map(|v| quoted(&v.name)).collect();
                let names = if names.is_empty() { "never".to_string() } else { names.join(" | ") };
                let _ = writeln!(out, "export type {} = {names};\n", named.name);
            }
            NamedKind::Enum(variants) => {
                let is_plain = variants.iter().all(|v| matches!(v.fields, Fields::None));
                let _ = writeln!(out, "export type {} =", named.name);
                for variant in variants {
                    docs(out, "    ", variant.docs.as_deref());
                    let text = match is_plain {
                        true => quoted(&variant.name),
                        false => self.variant(&variant.name, &variant.fields),
                    };
                    let _ = writeln!(out, "    | {text}");
                }
                out.truncate(out.trim_end().len());
                out.push_str(";\n\n");
            }
            NamedKind::Open => {}
        }
    }

    fn variant(&self, name: &str, fields: &Fields) -> String {
        let tag = format!("tag: {}", quoted(name));
        match fields {
            Fields::None => format!("{{ {tag} }}"),
            Fields::Positional(parts) if parts.len() == 1 => {
                format!("{{ {tag}; value: {} }}", self.ty(&parts[0]))
            }
            Fields::Positional(parts) => format!("{{ {tag}; values: [{}] }}", self.tys(parts)),
            Fields::Named(fields) => {
                let fields: Vec<String> = fields.iter().map(|field| self.field(field)).collect();
                format!("{{ {tag}; {} }}", fields.join("; "))
            }
        }
    }

    fn block(&self, fields: &[WebField]) -> String {
        let mut all = String::new();
        for field in fields {
            docs(&mut all, "    ", field.docs.as_deref());
            let _ = writeln!(all, "    {};", self.field(field));
        }
        if all.is_empty() { "{}".to_string() } else { format!("{{\n{all}}}") }
    }

    fn field(&self, field: &WebField) -> String {
        let mark = if matches!(field.shape, Shape::Option(_)) { "?" } else { "" };
        format!("{}{mark}: {}", key(&field.name), self.ty(&field.shape))
    }

    fn actor(&self, out: &mut String, actor: &WebActor) {
        docs(out, "", actor.docs.as_deref());
        let _ = writeln!(out, "export interface {} {{", actor.name);
        for f in &actor.messages {
            docs(out, "    ", f.docs.as_deref());
            let _ = writeln!(out, "    {}{};", method(&f.name), self.message(f));
        }
        docs(out, "    ", Some("The program may free the actor when nothing else refers to it."));
        out.push_str("    free(): void;\n    [Symbol.dispose](): void;\n}\n\n");
    }

    /// An answer comes with a promise; that the actor may be gone rejects it.
    fn message(&self, f: &WebFunction) -> String {
        let result = match (&f.result, f.call) {
            (Shape::Result(reply, _), WebCall::Async) => match reply.as_ref() {
                Shape::Result(ok, _) => self.ty(ok),
                reply => self.ty(reply),
            },
            (result, _) => self.ty(result),
        };
        let result = if f.call == WebCall::Async { format!("Promise<{result}>") } else { result };
        format!("({}): {result}", self.params(&f.params))
    }

    fn class(&self, out: &mut String, actor: &WebActor) {
        docs(out, "    ", actor.docs.as_deref());
        let _ = writeln!(out, "    readonly {}: {{", actor.name);
        for f in &actor.constructors {
            docs(out, "        ", f.docs.as_deref());
            let name = if f.name == "new" { "new " } else { &f.name };
            let _ = writeln!(out, "        {name}({}): {};", self.params(&f.params), actor.name);
        }
        out.push_str("    };\n");
    }

    fn signature(&self, f: &WebFunction, close: &str) -> String {
        let result = match &f.result {
            // An `Err` is thrown.
            Shape::Result(ok, _) => self.ty(ok),
            other => self.ty(other),
        };
        let result = if f.call == WebCall::Async { format!("Promise<{result}>") } else { result };
        format!("({}{close}{result}", self.params(&f.params))
    }

    /// What may be left out at the end is optional.
    fn params(&self, params: &[(String, Shape)]) -> String {
        let needed = params.iter().rposition(|p| !matches!(p.1, Shape::Option(_))).map_or(0, |i| i + 1);
        let all: Vec<String> = params
            .iter()
            .enumerate()
            .map(|(i, (name, shape))| {
                let mark = if i >= needed { "?" } else { "" };
                let name = if is_identifier(name) && !is_reserved(name) {
                    name.clone()
                } else {
                    format!("arg{}", i + 1)
                };
                format!("{name}{mark}: {}", self.ty(shape))
            })
            .collect();
        all.join(", ")
    }

    fn tys(&self, shapes: &[Shape]) -> String {
        let all: Vec<String> = shapes.iter().map(|shape| self.ty(shape)).collect();
        all.join(", ")
    }

    fn ty(&self, shape: &Shape) -> String {
        match shape {
            Shape::Unit => "void".to_string(),
            Shape::Simple(codec) => simple(codec).to_string(),
            Shape::Array(elem) => format!("{}[]", self.element(elem)),
            Shape::Fixed(elem, n) if *n <= 16 => {
                format!("[{}]", vec![self.ty(elem); *n as usize].join(", "))
            }
            Shape::Fixed(elem, _) => format!("{}[]", self.element(elem)),
            Shape::Set(elem) => format!("Set<{}>", self.ty(elem)),
            Shape::Map(key, value) => format!("Map<{}, {}>", self.ty(key), self.ty(value)),
            Shape::Tuple(parts) => format!("[{}]", self.tys(parts)),
            Shape::Option(inner) if matches!(**inner, Shape::Option(_)) => {
                let Shape::Option(innermost) = &**inner else { return String::new() };
                format!("{{ some: {} }} | null | undefined", self.ty(innermost))
            }
            Shape::Option(inner) if is_nullish(inner) => {
                format!("{{ some: {} }} | undefined", self.ty(inner))
            }
            Shape::Option(inner) => format!("{} | undefined", self.ty(inner)),
            Shape::Result(ok, error) => {
                format!("{{ ok: {} }} | {{ error: {} }}", self.ty(ok), self.ty(error))
            }
            Shape::Callback(parameter, result) => {
                let parameters: Vec<String> = parameter
                    .as_parameters()
                    .iter()
                    .enumerate()
                    .map(|(i, part)| format!("arg{}: {}", i + 1, self.ty(part)))
                    .collect();
                // As of an export, an `Err` is thrown.
                let result = if let Shape::Result(ok, _) = &**result { ok } else { result };
                format!("({}) => {}", parameters.join(", "), self.ty(result))
            }
            Shape::Named(index) => self.web.shapes.named[*index].name.clone(),
            Shape::Actor(name) => name.clone(),
        }
    }

    /// In front of `[]`.
    fn element(&self, shape: &Shape) -> String {
        match shape {
            Shape::Option(_) | Shape::Result(..) | Shape::Callback(..) => format!("({})", self.ty(shape)),
            _ => self.ty(shape),
        }
    }
}

fn simple(codec: &str) -> &'static str {
    match codec {
        "bool" => "boolean",
        "char" | "string" => "string",
        "uint64" => "bigint",
        "bytes" => "Uint8Array",
        "js" => "unknown",
        _ => "number",
    }
}

/// Whether a value of it may be nothing itself.
fn is_nullish(shape: &Shape) -> bool {
    matches!(shape, Shape::Unit | Shape::Simple("js"))
}

/// Words that cannot name a parameter.
fn is_reserved(name: &str) -> bool {
    const WORDS: [&str; 46] = [
        "arguments",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "eval",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "let",
        "new",
        "null",
        "package",
        "private",
        "protected",
        "public",
        "return",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "var",
        "void",
        "while",
    ];
    WORDS.contains(&name) || name == "with" || name == "yield"
}

//! How declarations are shown: as they are written, with what stands around them and their docs.

use crate::analysis::Analysis;
use crate::files::Trees;
use crate::outline::Decl;
use crate::results::SymbolKind;
use crate::tree::Tree;
use hir::ActorFnKind;
use hir::program::{Container, FnId};
use hir::record::Target;
use hir::ty::{Ty, TyKind};
use std::rc::Rc;
use syntax::{Span, Symbol};

/// How many members of a struct, enum or actor are shown.
const MAX_MEMBERS: usize = 12;

pub struct Cx<'a> {
    pub analysis: &'a Analysis,
    pub trees: &'a mut Trees,
}

/// A declaration for people.
#[derive(Clone, Debug, Default)]
pub struct Described {
    /// Where it belongs: a module, a type.
    pub owner: String,
    /// Code.
    pub code: String,
    /// Markdown.
    pub docs: String,
    /// A line below the code.
    pub note: String,
}

impl Described {
    pub fn markdown(&self) -> String {
        let mut parts = Vec::new();
        if !self.owner.is_empty() {
            parts.push(format!("```gal\n{}\n```", self.owner));
        }
        parts.push(format!("```gal\n{}\n```", self.code));
        if !self.note.is_empty() {
            parts.push(self.note.clone());
        }
        if !self.docs.is_empty() {
            parts.push(format!("---\n\n{}", self.docs));
        }
        parts.join("\n\n")
    }
}

impl<'a> Cx<'a> {
    pub fn new(analysis: &'a Analysis, trees: &'a mut Trees) -> Cx<'a> {
        Cx { analysis, trees }
    }

    fn name(&self, symbol: Symbol) -> &'a str {
        self.analysis.checker.program.name(symbol)
    }

    /// The file of a span, and the offset in it.
    pub fn tree_of(&mut self, span: Span) -> Option<(Rc<Tree>, u32)> {
        let map = &self.analysis.checker.map;
        let file = map.file(map.file_at(span.lo)?);
        Some((self.trees.get(&file.name, &file.text), span.lo - file.start))
    }

    /// The declaration whose name has this span, as it is written.
    pub fn decl(&mut self, span: Span) -> Option<(Rc<Tree>, Decl)> {
        let (tree, offset) = self.tree_of(span)?;
        let decl = tree.decl_at(offset)?.clone();
        Some((tree, decl))
    }

    pub fn docs(&mut self, target: Target) -> String {
        let Some(span) = self.analysis.checker.target_span(target) else {
            return match target {
                Target::Module(id) => self.module_docs(id).unwrap_or_default(),
                Target::Builtin(ty) => builtin_docs(&self.analysis.ty_name(ty)).to_string(),
                _ => String::new(),
            };
        };
        let own = self.decl(span).and_then(|(_, decl)| decl.docs);
        own.or_else(|| self.inherited_docs(target)).or_else(|| self.docs_of_file(target)).unwrap_or_default()
    }

    /// Where a type of the library has a file of its own, the head of that speaks of it: ``//! `Array<T>`: …``.
    fn docs_of_file(&mut self, target: Target) -> Option<String> {
        let Target::Adt(id) = target else { return None };
        let program = &self.analysis.checker.program;
        let (span, name) = (program.adts[id].span, program.name(program.adts[id].name));
        if !self.analysis.is_library(span) {
            return None;
        }
        let docs = self.tree_of(span)?.0.file.docs.clone()?;
        let rest = docs.strip_prefix('`')?.strip_prefix(name)?;
        rest.starts_with(['<', '`']).then_some(docs)
    }

    /// What the trait says of a method or message that has no docs of its own.
    fn inherited_docs(&mut self, target: Target) -> Option<String> {
        let Target::Fn(id) = target else { return None };
        let of = self.declared_in_trait(id)?;
        let span = self.analysis.checker.target_span(Target::Fn(of))?;
        self.decl(span)?.1.docs
    }

    /// The trait's method that a method of an `impl` implements, or the trait's message of a handler.
    pub fn declared_in_trait(&self, id: FnId) -> Option<FnId> {
        let checker = &self.analysis.checker;
        let program = &checker.program;
        if let Some((adt, ActorFnKind::Handler)) = checker.actor_fn_kind(id) {
            let name = program.fns[id].name;
            let traits = checker.actor_of(adt)?.traits;
            let all = traits.into_iter().flat_map(|of| checker.trait_messages(of));
            return all.into_iter().find(|message| message.0 == name).map(|message| message.1);
        }
        let Container::Impl(imp) = program.fns[id].container else { return None };
        let (trait_, _) = program.impls[imp].trait_.as_ref()?;
        let index = program.impls[imp].methods.iter().position(|method| *method == Some(id))?;
        program.traits[*trait_].methods.get(index).copied()
    }

    fn module_docs(&mut self, id: hir::program::ModuleId) -> Option<String> {
        let file = self.analysis.checker.program.modules[id].file?;
        let file = self.analysis.checker.map.file(file);
        self.trees.get(&file.name, &file.text).file.docs.clone()
    }

    // ------------------------------------------------------------ declarations

    pub fn describe(&mut self, target: Target) -> Option<Described> {
        let mut found = match target {
            Target::Local(span) => self.variable(span)?,
            Target::TypeParam(span, name) => self.type_param(span, name),
            Target::Module(id) => Described {
                code: format!("module {}", self.analysis.checker.module_name(id)),
                ..Described::default()
            },
            Target::Builtin(ty) => Described { code: self.analysis.ty_name(ty), ..Described::default() },
            Target::Raw(name) => {
                Described { code: format!("{}<T>", self.name(name)), ..Described::default() }
            }
            Target::SelfTy(ty) => self.self_type(ty),
            _ => self.written(target)?,
        };
        if found.docs.is_empty() {
            found.docs = self.docs(target);
        }
        Some(found)
    }

    /// What stands in the text of the program.
    fn written(&mut self, target: Target) -> Option<Described> {
        let span = self.analysis.checker.target_span(target)?;
        let Some((tree, decl)) = self.decl(span) else { return self.unwritten(target) };
        let code = match decl.kind {
            SymbolKind::Struct | SymbolKind::Enum | SymbolKind::Actor | SymbolKind::Trait => {
                self.with_members(&tree, &decl, span)
            }
            _ => decl.header.clone(),
        };
        let owner = match decl.parent.map(|parent| &tree.decls[parent]) {
            Some(parent) => parent.header.clone(),
            None => self.module_of(span),
        };
        Some(Described { owner, code, docs: decl.docs.clone().unwrap_or_default(), note: String::new() })
    }

    /// A field without a name, or an actor's constructor that nobody wrote.
    fn unwritten(&mut self, target: Target) -> Option<Described> {
        let program = &self.analysis.checker.program;
        match target {
            Target::Field(adt, variant, index) => {
                let decl = &program.adts[adt];
                let field = decl.variants[variant].fields.get(index as usize)?;
                let code = format!("{}: {}", self.name(field.name), self.analysis.ty_name(field.ty));
                Some(Described { owner: self.name(decl.name).to_string(), code, ..Described::default() })
            }
            Target::Fn(id) => Some(Described { code: program.fns[id].path.clone(), ..Described::default() }),
            _ => None,
        }
    }

    /// The module that a declaration stands in; nothing for the root of the user's program.
    fn module_of(&self, span: Span) -> String {
        let checker = &self.analysis.checker;
        let file = checker.map.file_at(span.lo);
        let module = file.and_then(|file| checker.module_of_file(file));
        module.map(|module| checker.module_name(module)).filter(|name| !name.is_empty()).unwrap_or_default()
    }

    /// A type with what its users reach: fields, variants, messages, methods of a trait.
    fn with_members(&self, tree: &Tree, decl: &Decl, span: Span) -> String {
        let Some(index) = tree.decls.iter().position(|d| d.name_range == decl.name_range) else {
            return decl.header.clone();
        };
        let is_library = self.analysis.is_library(span);
        let members: Vec<&Decl> = tree
            .decls
            .iter()
            .filter(|member| member.parent == Some(index) && !member.is_local)
            .filter(|member| match member.kind {
                SymbolKind::Field => !is_library || member.header.starts_with("pub "),
                SymbolKind::Variant | SymbolKind::Constructor | SymbolKind::Message => true,
                SymbolKind::Method | SymbolKind::AssocType => decl.kind == SymbolKind::Trait,
                _ => false,
            })
            .collect();
        let hides = is_library
            && decl.kind == SymbolKind::Struct
            && tree
                .decls
                .iter()
                .any(|member| member.parent == Some(index) && !member.header.starts_with("pub "));
        if members.is_empty() {
            return if hides { format!("{} {{ … }}", decl.header) } else { decl.header.clone() };
        }
        let mut lines = vec![format!("{} {{", decl.header)];
        for member in members.iter().take(MAX_MEMBERS) {
            lines.extend(member.header.lines().map(|line| format!("    {line}")));
        }
        if members.len() > MAX_MEMBERS || hides {
            lines.push("    …".to_string());
        }
        lines.push("}".to_string());
        lines.join("\n")
    }

    // ------------------------------------------------------------ variables, parameters

    fn variable(&mut self, span: Span) -> Option<Described> {
        let states = self.decl(span).filter(|(_, decl)| decl.kind == SymbolKind::State);
        if let Some((tree, decl)) = states {
            let owner = decl.parent.map(|parent| tree.decls[parent].header.clone()).unwrap_or_default();
            let docs = decl.docs.clone().unwrap_or_default();
            return Some(Described { owner, code: decl.header, docs, note: String::new() });
        }
        let Some(local) = self.analysis.locals.get(&span) else {
            return self.actor_self(span);
        };
        let (name, ty) = (self.name(local.decl.name), self.local_type(local));
        let mark = if local.decl.is_mut { "mut " } else { "" };
        let code = match local.is_param {
            true => format!("{mark}{name}: {ty}"),
            false => format!("let {mark}{name}: {ty}"),
        };
        Some(Described { code, ..Described::default() })
    }

    /// The type of a variable. That of a parameter which takes closures is as it is written: the checker has a type
    /// parameter without a name for it.
    pub fn local_type(&mut self, local: &hir::record::LocalRecord) -> String {
        let program = &self.analysis.checker.program;
        let is_closure =
            matches!(program.types.kind(local.decl.ty), TyKind::Param(_, name) if *name == local.decl.name);
        let written = if local.is_param && is_closure { self.written_type(local.decl.span) } else { None };
        written.unwrap_or_else(|| self.analysis.ty_name(local.decl.ty))
    }

    /// The type that stands behind the name of a parameter.
    fn written_type(&mut self, span: Span) -> Option<String> {
        let (tree, offset) = self.tree_of(span)?;
        let mut found = None;
        crate::walk::walk_file(&tree.file, &mut |node| {
            let params = match node {
                crate::walk::Node::Fn(decl) => &decl.params,
                crate::walk::Node::Handler(decl) => &decl.params,
                _ => return tree.range(node.span()).touches(offset),
            };
            for param in params {
                if let syntax::ast::ParamKind::Normal { ty, .. } = &param.kind
                    && tree.range(param.span).touches(offset)
                {
                    found = Some(tree.source(ty.span).to_string());
                }
            }
            true
        });
        found
    }

    /// `self` in an actor has the span of the actor's name, or of the parameter of a function of it.
    fn actor_self(&mut self, span: Span) -> Option<Described> {
        let Some(Target::Adt(adt)) = self.analysis.declared(span) else { return None };
        let code = format!("self: {}", self.name(self.analysis.checker.program.adts[adt].name));
        Some(Described { code, ..Described::default() })
    }

    fn type_param(&mut self, span: Span, name: Symbol) -> Described {
        // The bounds are written right behind the name.
        let text = self.name(name).to_string();
        let written = self.tree_of(span).and_then(|(tree, offset)| {
            let rest = tree.text.get(offset as usize..)?;
            let end = rest.char_indices().scan(0i32, |depth, (at, c)| {
                match c {
                    '<' | '(' => *depth += 1,
                    '>' | ')' if *depth == 0 => return Some((at, true)),
                    '>' | ')' => *depth -= 1,
                    ',' | '\n' if *depth == 0 => return Some((at, true)),
                    _ => {}
                }
                Some((at, false))
            });
            let end = end.filter(|(_, is_end)| *is_end).map(|(at, _)| at).next()?;
            Some(rest.get(..end)?.trim().to_string())
        });
        let code = written.filter(|w| w.starts_with(&text)).unwrap_or(text);
        Described { code: format!("<{code}>"), note: "type parameter".to_string(), ..Described::default() }
    }

    fn self_type(&mut self, ty: Ty) -> Described {
        let code = format!("type Self = {}", self.analysis.ty_name(ty));
        Described { code, ..Described::default() }
    }
}

/// What the built-in types are, which no file declares.
pub fn builtin_docs(name: &str) -> &'static str {
    match name {
        "Int" | "Int64" => "A signed integer of 64 bits. Overflow panics where the program checks for it.",
        "Int8" => "A signed integer of 8 bits: -128 to 127.",
        "Int16" => "A signed integer of 16 bits: -32768 to 32767.",
        "Int32" => "A signed integer of 32 bits.",
        "UInt8" => "An unsigned integer of 8 bits: 0 to 255.",
        "UInt16" => "An unsigned integer of 16 bits: 0 to 65535.",
        "UInt32" => "An unsigned integer of 32 bits.",
        "UInt64" => "An unsigned integer of 64 bits.",
        "USize" => "An unsigned integer as wide as an address. Unsafe modules only.",
        "Float" | "Float64" => "A floating-point number of 64 bits, as IEEE 754 defines it.",
        "Float32" => "A floating-point number of 32 bits, as IEEE 754 defines it.",
        "Bool" => "`true` or `false`.",
        "Char" => "A Unicode scalar value.",
        "Never" => "The type of what gives no value: `panic(…)`, `return`, `break`.",
        "V128" => "128 bits in a vector register. Unsafe modules only.",
        _ => "",
    }
}

//! Items, types and patterns in text form.

use super::{Dump, Node, atom, list, quoted, tagged};
use crate::ast::*;

impl Dump<'_> {
    pub(super) fn item(&self, item: &Item) -> Node {
        let node = self.item_kind(&item.kind);
        let Node::List(mut nodes, _) = node else { return node };
        let mut extra = Vec::new();
        if item.vis.is_some() {
            extra.push(atom("pub"));
        }
        extra.extend(self.attrs(&item.attrs));
        extra.extend(item.docs.as_deref().map(|d| self.docs(d)));
        nodes.splice(1..1, extra);
        list(nodes)
    }

    fn item_kind(&self, kind: &ItemKind) -> Node {
        match kind {
            ItemKind::Use(tree) => tagged("use", [self.use_tree(tree)]),
            ItemKind::Fn(decl) => self.fn_decl("fn", decl),
            ItemKind::Struct(decl) => self.struct_decl(decl),
            ItemKind::Enum(decl) => self.enum_decl(decl),
            ItemKind::Trait(decl) => self.trait_decl(decl),
            ItemKind::Impl(decl) => self.impl_decl(decl),
            ItemKind::Const(decl) => {
                let mut nodes = vec![self.ident(decl.name)];
                nodes.extend(decl.ty.as_ref().map(|t| tagged(":", [self.ty(t)])));
                nodes.extend(decl.value.as_ref().map(|e| tagged("=", [self.expr(e)])));
                tagged("const", nodes)
            }
            ItemKind::Type(alias) => {
                let mut nodes = vec![self.ident(alias.name)];
                nodes.extend(self.generics(&alias.generics));
                nodes.push(self.ty(&alias.ty));
                tagged("type", nodes)
            }
            ItemKind::Test(test) => tagged("test", [quoted(&test.name), self.body(&test.body)]),
            ItemKind::Extern(block) => {
                let mut nodes = vec![quoted(&block.abi.0)];
                nodes.extend(block.module.as_ref().map(|m| tagged("module", [quoted(&m.0)])));
                nodes.extend(block.items.iter().map(|i| self.item(i)));
                tagged("extern", nodes)
            }
            ItemKind::Actor(actor) => self.actor(actor),
            ItemKind::ExportActor(name) => tagged("export-actor", [self.ident(*name)]),
            ItemKind::Error => tagged("error", []),
        }
    }

    fn attrs(&self, attrs: &[Attribute]) -> Vec<Node> {
        attrs
            .iter()
            .map(|attr| {
                let name = format!("@{}", self.name(attr.name.name));
                if attr.args.is_empty() {
                    atom(name)
                } else {
                    tagged(&name, attr.args.iter().map(|a| self.attr_arg(a)))
                }
            })
            .collect()
    }

    fn attr_arg(&self, arg: &AttrArg) -> Node {
        match arg {
            AttrArg::Name(name) => self.ident(*name),
            AttrArg::Str(text, _) => quoted(text),
            AttrArg::Int(value, _) => atom(value.to_string()),
            AttrArg::Named(name, arg) => list(vec![self.ident(*name), self.attr_arg(arg)]),
        }
    }

    fn use_tree(&self, tree: &UseTree) -> Node {
        let path: Vec<&str> = tree.path.iter().map(|i| self.name(i.name)).collect();
        let path = atom(path.join("."));
        match &tree.kind {
            UseKind::Single { rename: None } => path,
            UseKind::Single { rename: Some(name) } => tagged("as", [path, self.ident(*name)]),
            UseKind::Group(trees) => {
                list(std::iter::once(path).chain(trees.iter().map(|t| self.use_tree(t))).collect())
            }
            UseKind::All => list(vec![path, atom("*")]),
        }
    }

    pub(super) fn fn_decl(&self, tag: &str, decl: &FnDecl) -> Node {
        let mut nodes = Vec::new();
        for (set, name) in [(decl.is_async, "async"), (decl.is_export, "export"), (decl.is_unsafe, "unsafe")]
        {
            if set {
                nodes.push(atom(name));
            }
        }
        nodes.push(self.ident(decl.name));
        nodes.extend(self.generics(&decl.generics));
        nodes.push(self.params(&decl.params));
        nodes.extend(decl.ret.as_ref().map(|t| tagged("->", [self.ty(t)])));
        nodes.extend(decl.body.as_ref().map(|b| self.body(b)));
        tagged(tag, nodes)
    }

    fn body(&self, body: &FnBody) -> Node {
        match body {
            FnBody::Block(block) => self.block(block),
            FnBody::Expr(expr) => tagged("=>", [self.expr(expr)]),
            FnBody::Deferred(_) => tagged("deferred", []),
        }
    }

    fn params(&self, params: &[Param]) -> Node {
        let param = |param: &Param| {
            let mut nodes = Vec::new();
            if param.is_mut {
                nodes.push(atom("mut"));
            }
            match &param.kind {
                ParamKind::SelfParam => nodes.push(atom("self")),
                ParamKind::Normal { pat, ty } => nodes.extend([self.pat(pat), self.ty(ty)]),
            }
            list(nodes)
        };
        list(params.iter().map(param).collect())
    }

    fn generics(&self, generics: &Generics) -> Vec<Node> {
        let mut nodes = Vec::new();
        if !generics.params.is_empty() {
            nodes.push(tagged("<>", generics.params.iter().map(|p| self.generic_param(p))));
        }
        if !generics.where_clauses.is_empty() {
            let clause = |w: &WherePredicate| {
                list(std::iter::once(self.ty(&w.ty)).chain(w.bounds.iter().map(|b| self.ty(b))).collect())
            };
            nodes.push(tagged("where", generics.where_clauses.iter().map(clause)));
        }
        nodes
    }

    fn generic_param(&self, param: &GenericParam) -> Node {
        let mut nodes = vec![self.ident(param.name)];
        match &param.kind {
            GenericParamKind::Const { .. } => nodes.insert(0, atom("const")),
            GenericParamKind::Type { is_iso: true, .. } => nodes.insert(0, atom("iso")),
            GenericParamKind::Type { .. } => {}
        }
        match &param.kind {
            GenericParamKind::Const { ty } => nodes.push(self.ty(ty)),
            GenericParamKind::Type { bounds, .. } => nodes.extend(bounds.iter().map(|b| self.ty(b))),
        }
        if nodes.len() == 1 { self.ident(param.name) } else { list(nodes) }
    }

    fn struct_decl(&self, decl: &StructDecl) -> Node {
        let mut nodes = vec![self.ident(decl.name)];
        nodes.extend(self.generics(&decl.generics));
        nodes.extend(self.variant_body(&decl.body));
        tagged(if decl.is_iso { "iso-struct" } else { "struct" }, nodes)
    }

    fn variant_body(&self, body: &VariantBody) -> Vec<Node> {
        match body {
            VariantBody::Unit => Vec::new(),
            VariantBody::Tuple(fields) => vec![tagged("tuple", fields.iter().map(|f| self.tuple_field(f)))],
            VariantBody::Named(fields) => vec![tagged("fields", fields.iter().map(|f| self.field(f)))],
        }
    }

    fn tuple_field(&self, field: &TupleFieldDecl) -> Node {
        match field.vis {
            Some(_) => tagged("pub", [self.ty(&field.ty)]),
            None => self.ty(&field.ty),
        }
    }

    fn field(&self, field: &FieldDecl) -> Node {
        let mut nodes = vec![self.ident(field.name)];
        if field.vis.is_some() {
            nodes.push(atom("pub"));
        }
        nodes.extend(self.attrs(&field.attrs));
        nodes.extend(field.docs.as_deref().map(|d| self.docs(d)));
        nodes.push(self.ty(&field.ty));
        list(nodes)
    }

    fn enum_decl(&self, decl: &EnumDecl) -> Node {
        let mut nodes = vec![self.ident(decl.name)];
        nodes.extend(self.generics(&decl.generics));
        nodes.extend(decl.variants.iter().map(|variant| {
            let mut nodes = vec![self.ident(variant.name)];
            nodes.extend(variant.docs.as_deref().map(|d| self.docs(d)));
            nodes.extend(self.variant_body(&variant.body));
            list(nodes)
        }));
        tagged(if decl.is_iso { "iso-enum" } else { "enum" }, nodes)
    }

    fn trait_decl(&self, decl: &TraitDecl) -> Node {
        let mut nodes = vec![self.ident(decl.name)];
        nodes.extend(self.generics(&decl.generics));
        if !decl.supertraits.is_empty() {
            nodes.push(tagged(":", decl.supertraits.iter().map(|t| self.ty(t))));
        }
        nodes.extend(decl.assoc_types.iter().map(|t| {
            let mut nodes = vec![self.ident(t.name)];
            nodes.extend(t.docs.as_deref().map(|d| self.docs(d)));
            nodes.extend(t.bounds.iter().map(|b| self.ty(b)));
            nodes.extend(t.default.as_ref().map(|d| tagged("=", [self.ty(d)])));
            tagged("type", nodes)
        }));
        nodes.extend(decl.handlers.iter().map(|h| self.handler(h)));
        nodes.extend(decl.items.iter().map(|i| self.item(i)));
        tagged("trait", nodes)
    }

    fn impl_decl(&self, decl: &ImplDecl) -> Node {
        let mut nodes = self.generics(&decl.generics);
        nodes.extend(decl.trait_.as_ref().map(|t| self.ty(t)));
        nodes.push(tagged("for", [self.ty(&decl.self_ty)]));
        nodes.extend(decl.items.iter().map(|i| self.item(i)));
        tagged("impl", nodes)
    }

    fn actor(&self, actor: &ActorDecl) -> Node {
        let mut nodes = vec![self.ident(actor.name)];
        nodes.extend(self.generics(&actor.generics));
        if !actor.traits.is_empty() {
            nodes.push(tagged(":", actor.traits.iter().map(|t| self.ty(t))));
        }
        nodes.extend(actor.states.iter().map(|state| {
            let mut nodes = vec![self.ident(state.name), self.ty(&state.ty)];
            nodes.extend(state.init.as_ref().map(|e| self.expr(e)));
            tagged("state", nodes)
        }));
        nodes.extend(actor.constructors.iter().map(|c| self.fn_decl("new", c)));
        nodes.extend(actor.handlers.iter().map(|h| self.handler(h)));
        nodes.extend(actor.items.iter().map(|i| self.item(i)));
        tagged("actor", nodes)
    }

    fn handler(&self, handler: &HandlerDecl) -> Node {
        let mut nodes = self.attrs(&handler.attrs);
        nodes.extend(handler.docs.as_deref().map(|d| self.docs(d)));
        nodes.push(self.ident(handler.name));
        nodes.push(self.params(&handler.params));
        nodes.extend(handler.ret.as_ref().map(|t| tagged("->", [self.ty(t)])));
        nodes.extend(handler.body.as_ref().map(|b| self.body(b)));
        tagged("on", nodes)
    }

    pub(super) fn ty(&self, ty: &Type) -> Node {
        match &ty.kind {
            TypeKind::Path(path) => self.path(path),
            TypeKind::Tuple(types) => tagged("tuple", types.iter().map(|t| self.ty(t))),
            TypeKind::FixedArray(elem, len) => tagged("array", [self.ty(elem), self.expr(len)]),
            TypeKind::Optional(inner) => tagged("?", [self.ty(inner)]),
            TypeKind::Fn { params, ret, is_async } => {
                let param = |p: &FnTypeParam| match p.is_mut {
                    true => tagged("mut", [self.ty(&p.ty)]),
                    false => self.ty(&p.ty),
                };
                let mut nodes: Vec<Node> = params.iter().map(param).collect();
                nodes.extend(ret.as_ref().map(|r| tagged("->", [self.ty(r)])));
                tagged(if *is_async { "async-Fn" } else { "Fn" }, nodes)
            }
            TypeKind::Dyn(inner) => tagged("dyn", [self.ty(inner)]),
            TypeKind::Const(value) => self.expr(value),
            TypeKind::Infer => atom("_"),
            TypeKind::Error => tagged("error", []),
        }
    }

    pub(super) fn generic_args(&self, args: &GenericArgs) -> Vec<Node> {
        let bindings = args.bindings.iter().map(|(name, ty)| tagged("=", [self.ident(*name), self.ty(ty)]));
        args.args.iter().map(|t| self.ty(t)).chain(bindings).collect()
    }

    pub(super) fn path(&self, path: &Path) -> Node {
        let mut nodes = Vec::new();
        let mut text = String::new();
        for segment in &path.segments {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(self.name(segment.ident.name));
            if let Some(args) = &segment.args {
                nodes.push(tagged("<>", self.generic_args(args)));
            }
        }
        if nodes.is_empty() { atom(text) } else { tagged(&text, nodes) }
    }

    pub(super) fn pat(&self, pat: &Pat) -> Node {
        let pats = |pats: &[Pat]| pats.iter().map(|p| self.pat(p)).collect::<Vec<_>>();
        match &pat.kind {
            PatKind::Wild => atom("_"),
            PatKind::Binding { name, is_mut, sub } => {
                let mut nodes = Vec::new();
                if *is_mut {
                    nodes.push(atom("mut"));
                }
                nodes.push(self.ident(*name));
                nodes.extend(sub.as_ref().map(|p| self.pat(p)));
                match sub {
                    Some(_) => tagged("@", nodes),
                    None if *is_mut => list(nodes),
                    None => self.ident(*name),
                }
            }
            PatKind::Literal(value) => self.expr(value),
            PatKind::Range { lo, hi, inclusive } => self.range(lo.as_deref(), hi.as_deref(), *inclusive),
            PatKind::Or(alternatives) => tagged("|", pats(alternatives)),
            PatKind::Tuple(elems) => tagged("tuple", pats(elems)),
            PatKind::Path(path) => tagged("path", [self.path(path)]),
            PatKind::TupleStruct { path, elems } => {
                list(std::iter::once(self.path(path)).chain(pats(elems)).collect())
            }
            PatKind::Struct { path, fields, rest } => {
                let mut nodes = vec![self.path(path)];
                nodes.extend(fields.iter().map(|f| {
                    let mut nodes = vec![self.ident(f.name)];
                    if f.is_mut {
                        nodes.insert(0, atom("mut"));
                    }
                    nodes.extend(f.pat.as_ref().map(|p| self.pat(p)));
                    list(nodes)
                }));
                nodes.extend(rest.map(|_| atom("..")));
                tagged("struct", nodes)
            }
            PatKind::Array(elems) => tagged("array", pats(elems)),
            PatKind::Rest(None) => atom(".."),
            PatKind::Rest(Some(name)) => tagged("..", [self.ident(*name)]),
            PatKind::Error => tagged("error", []),
        }
    }
}

//! Questions that editors have about a program that has been checked.

use crate::actors::ActorRole;
use crate::checker::Checker;
use crate::program::*;
use crate::record::Target;
use crate::scope::{AliasId, Def, Entry, GlobSource};
use crate::ty::Ty;
use entity::Arrange;
use syntax::{FileId, Span, Symbol};

/// A name that can be written somewhere.
#[derive(Clone, Copy, Debug)]
pub struct NameView {
    pub name: Symbol,
    pub target: Target,
    /// It comes from the library without a `use`.
    pub is_prelude: bool,
}

/// An actor as its users see it, and as its own bodies do.
#[derive(Clone, Debug)]
pub struct ActorView {
    pub name: Symbol,
    pub adt: AdtId,
    pub module: ModuleId,
    /// Name, span, type.
    pub states: Vec<(Symbol, Span, Ty)>,
    pub constructors: Vec<(Symbol, FnId)>,
    pub handlers: Vec<(Symbol, FnId)>,
    pub helpers: Vec<(Symbol, FnId)>,
    /// The message traits of its declaration, and those above them.
    pub traits: Vec<TraitId>,
}

/// What a function of an actor is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ActorFnKind {
    Constructor,
    Handler,
    Helper,
    /// Nobody can name it.
    Hidden,
}

impl Checker {
    pub fn actors(&self) -> Vec<ActorView> {
        self.decls.actors.all.indices().map(|id| self.actor_view(id)).collect()
    }

    pub fn actor_of(&self, adt: AdtId) -> Option<ActorView> {
        self.decls.actors.by_adt.get(&adt).map(|id| self.actor_view(*id))
    }

    fn actor_view(&self, id: crate::actors::ActorId) -> ActorView {
        let actor = self.actor(id);
        let tys = self.program.adts[actor.state].variants.as_slice().first();
        let tys = tys.map(|v| v.fields.iter().map(|f| f.ty).collect::<Vec<_>>()).unwrap_or_default();
        let ty_of = |i: usize| tys.get(i).copied().unwrap_or(Ty::ERROR);
        ActorView {
            name: actor.name,
            adt: actor.adt,
            module: actor.module,
            states: actor.states.iter().enumerate().map(|(i, s)| (s.name, s.span, ty_of(i))).collect(),
            constructors: actor.constructors().map(|(_, m)| (m.name, m.fn_)).collect(),
            handlers: actor.handlers().map(|(_, m)| (m.name, m.fn_)).collect(),
            helpers: actor.helpers.clone(),
            traits: actor.traits.iter().map(|t| t.trait_id()).collect(),
        }
    }

    /// The actor whose function it is, and which of them.
    pub fn actor_fn_kind(&self, id: FnId) -> Option<(AdtId, ActorFnKind)> {
        if self.decls.actors.glue.contains_key(&id) {
            return None;
        }
        let of = self.actor_fn(id)?;
        let kind = match of.role {
            ActorRole::Constructor(_) => ActorFnKind::Constructor,
            ActorRole::Handler(_) => ActorFnKind::Handler,
            ActorRole::Helper { .. } => ActorFnKind::Helper,
            ActorRole::StateInit(_) | ActorRole::Dispatch => ActorFnKind::Hidden,
        };
        Some((self.actor(of.actor).adt, kind))
    }

    /// The messages of a trait that lists messages: names and functions. Empty for other traits.
    pub fn trait_messages(&self, id: TraitId) -> Vec<(Symbol, FnId)> {
        let messages = self.decls.message_traits.get(&id).map(|t| t.messages.as_slice());
        messages.unwrap_or_default().iter().map(|m| (m.name, m.fn_)).collect()
    }

    /// Whether the type is one of those that an actor is made of and nobody can name, or the function likewise.
    pub fn is_hidden_adt(&self, id: AdtId) -> bool {
        self.decls.actors.all.iter().any(|actor| actor.state == id || actor.message == id)
    }

    /// The name as it is written, without what sets messages of traits apart from methods.
    pub fn fn_name_text(&self, id: FnId) -> &str {
        let text = self.program.name(self.program.fns[id].name);
        text.strip_prefix("on ").unwrap_or(text)
    }

    pub fn aliases(&self) -> impl Iterator<Item = (AliasId, Symbol, Span)> {
        self.aliases.iter_enumerated().map(|(id, alias)| (id, alias.name, alias.span))
    }

    pub fn module_of_file(&self, file: FileId) -> Option<ModuleId> {
        self.program.modules.iter_enumerated().find(|(_, m)| m.file == Some(file)).map(|(id, _)| id)
    }

    /// Whether code of one module sees what is private to another.
    pub fn sees_module(&self, viewer: ModuleId, owner: ModuleId) -> bool {
        self.sees_private(viewer, owner)
    }

    /// `a.b.c`, or the package's name for its root.
    pub fn module_name(&self, module: ModuleId) -> String {
        self.module_path(self.file_module(module))
    }

    /// The module of the package with this path, if it was loaded; `core`, `std`, … stand first for the library.
    pub fn module_named(&self, path: &[&str]) -> Option<ModuleId> {
        let symbol = |name: &str| self.program.interner.get(name);
        let mut names = path.iter();
        let mut at = self.root;
        if let Some(package) = path.first().and_then(|name| self.package_root(symbol(name)?)) {
            let Def::Module(module) = package else { return None };
            at = module;
            names.next();
        }
        for name in names {
            at = *self.scopes[at].children.get(&symbol(name)?)?;
        }
        Some(at)
    }

    /// All names that can be written alone in a module (or a block with items of its own), each kind once, sorted.
    pub fn names_at(&self, module: ModuleId) -> Vec<NameView> {
        let mut found = Vec::new();
        let mut at = module;
        loop {
            self.collect_names(at, true, &mut Vec::new(), &mut found);
            match self.program.modules[at].parent {
                Some(parent) if self.scopes[at].is_block => at = parent,
                _ => break,
            }
        }
        #[allow(clippy::iter_over_hash_type, reason = "what is collected is sorted")]
        for (name, names) in &self.prelude {
            found.extend(names.iter().filter_map(|entry| self.name_view(*name, entry, true)));
        }
        self.sorted(found)
    }

    /// What a module exports to another one.
    pub fn exports_of(&self, module: ModuleId, viewer: ModuleId) -> Vec<NameView> {
        let mut found = Vec::new();
        self.collect_names(module, self.sees_private(viewer, module), &mut Vec::new(), &mut found);
        let children = self.scopes[module].children.iter();
        found.extend(children.map(|(name, id)| NameView {
            name: *name,
            target: Target::Module(*id),
            is_prelude: false,
        }));
        self.sorted(found)
    }

    fn name_view(&self, name: Symbol, entry: Entry, is_prelude: bool) -> Option<NameView> {
        Some(NameView { name, target: self.target_of(entry.def)?, is_prelude })
    }

    fn collect_names(
        &self,
        module: ModuleId,
        all: bool,
        seen: &mut Vec<ModuleId>,
        found: &mut Vec<NameView>,
    ) {
        if seen.contains(&module) {
            return;
        }
        seen.push(module);
        let scope = &self.scopes[module];
        #[allow(clippy::iter_over_hash_type, reason = "what is collected is sorted")]
        for (name, names) in &scope.names {
            let visible = names.iter().filter(|entry| all || entry.is_pub);
            found.extend(visible.filter_map(|entry| self.name_view(*name, entry, false)));
        }
        for glob in scope.globs.iter().filter(|glob| all || glob.is_pub) {
            match glob.from {
                GlobSource::Module(from) => self.collect_names(from, false, seen, found),
                GlobSource::Variants(adt) => {
                    let variants = self.program.adts[adt].variants.iter_enumerated();
                    found.extend(variants.map(|(idx, variant)| NameView {
                        name: variant.name,
                        target: Target::Variant(adt, idx),
                        is_prelude: false,
                    }));
                }
            }
        }
    }

    /// By name; of equal names the one that was found first, for each kind, comes first and stays.
    fn sorted(&self, mut found: Vec<NameView>) -> Vec<NameView> {
        let kind = |view: &NameView| match view.target {
            Target::Fn(_) | Target::Const(_) | Target::Variant(..) => 0,
            Target::Module(_) => 2,
            _ => 1,
        };
        found.arrange_by(|a, b| {
            self.program.name(a.name).cmp(self.program.name(b.name)).then(kind(a).cmp(&kind(b)))
        });
        found.dedup_by(|b, a| a.name == b.name && kind(a) == kind(b));
        found
    }

    /// Checks the user's bodies in which a place of the program lies. Nothing is said of what nobody uses then.
    pub fn check_bodies_at(&mut self, pos: u32) {
        let mut next = (0, 0, 0);
        loop {
            let before = next;
            while next.0 < self.program.fns.len() {
                let id = FnId(next.0 as u32);
                if self.body_is_at(self.decls.fns[id].as_ref().and_then(|d| d.body.as_ref()), pos) {
                    self.body(BodyOwner::Fn(id));
                }
                next.0 += 1;
            }
            while next.1 < self.program.consts.len() {
                let id = ConstId(next.1 as u32);
                let value = self.decls.consts[id].decl.as_ref().and_then(|d| d.value.as_ref());
                if value.is_some_and(|value| touches(value.span, pos)) {
                    self.body(BodyOwner::Const(id));
                }
                next.1 += 1;
            }
            while next.2 < self.program.tests.len() {
                let id = TestId(next.2 as u32);
                if self.body_is_at(self.decls.tests[id].as_ref(), pos) {
                    self.body(BodyOwner::Test(id));
                }
                next.2 += 1;
            }
            if next == before {
                return;
            }
        }
    }

    fn body_is_at(&self, body: Option<&syntax::ast::FnBody>, pos: u32) -> bool {
        use syntax::ast::FnBody;
        match body {
            Some(FnBody::Block(block)) => touches(block.span, pos),
            Some(FnBody::Expr(expr)) => touches(expr.span, pos),
            Some(FnBody::Deferred(span)) => touches(*span, pos),
            None => false,
        }
    }

    /// Checks all bodies of one file, of the library too.
    pub fn check_bodies_of(&mut self, file: FileId) {
        let Some(module) = self.module_of_file(file) else { return };
        let mut next = 0;
        while next < self.program.fns.len() {
            let id = FnId(next as u32);
            let decl = &self.program.fns[id];
            if decl.kind == FnKind::Body && self.file_module(decl.module) == module && !self.is_made_late(id)
            {
                self.body(BodyOwner::Fn(id));
            }
            next += 1;
        }
    }
}

fn touches(span: Span, pos: u32) -> bool {
    span.lo <= pos && pos <= span.hi
}

//! The checker: owns the program while it is being made, and all that is needed to make it.

use crate::check::Spares;
use crate::collect::Decls;
use crate::cycles::Uses;
use crate::env::ParamEnv;
use crate::flow::ParamUses;
use crate::infer::InferTable;
use crate::iso_methods::{DefaultUse, SelfFacts};
use crate::lang::Known;
use crate::program::{BodyOwner, BodyRef, Container, FnId, ModuleId, Program};
use crate::record::{Record, RecordOptions};
use crate::scope::{Alias, AliasId, Import, ImportId, ModuleScope, Names};
use crate::unread::Unread;
use entity::{Arrange, IndexVec};
use rustc_hash::FxHashMap;
use syntax::ast::FnBody;
use syntax::{BadByte, Diagnostic, FileId, Interner, KeptBodies, Room, SourceMap, Span, Symbol};

/// Where a module belongs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Package {
    User,
    Core,
    Std,
    Runtime,
    /// The folder of the chosen target.
    Sys,
}

/// A file as the host found it.
pub struct SourceText {
    /// As diagnostics and panics show it.
    pub name: String,
    pub text: String,
    /// Where it is not UTF-8.
    pub bad_byte: Option<BadByte>,
    /// Another file that would be the same module.
    pub rival: Option<String>,
}

/// How the checker asks for modules. Module `a.b` is the file `a/b.gal` or `a/b/mod.gal` below the package's
/// root; the root module of a package of the library, the empty path, is `mod.gal`.
pub trait ModuleSource {
    fn load(&mut self, package: Package, path: &[&str]) -> Option<SourceText>;

    /// For messages: the file of a module of the user that is there, but cannot be read.
    fn unreadable(&mut self, _path: &[&str]) -> Option<String> {
        None
    }

    /// For messages: what modules the user's package has below a path, as far as the host tells.
    fn modules_below(&mut self, _path: &[&str]) -> Vec<String> {
        Vec::new()
    }
}

#[derive(Clone, Debug, Default)]
pub struct CheckOptions {
    /// The names that `@target(name)` selects, e.g. `wasi`; items for other targets do not exist.
    pub targets: Vec<String>,
    /// Checks the declarations of the library too, as its own tests do.
    pub check_library: bool,
    /// Gives no warnings.
    pub no_warnings: bool,
    /// Nothing is lowered: bodies are dropped as soon as they have been checked.
    pub only_check: bool,
    /// The user's bodies are parsed when they are checked, so that the trees of all of them are never there at
    /// once. A program of which [`Checker::has_late_faults`] then holds has to be checked again without this.
    pub bodies_later: bool,
    /// Notes what names stand for and which types expressions have, see [`crate::record`].
    pub record: Option<RecordOptions>,
}

/// Checks a program: declarations at once, bodies when asked for.
pub struct Checker {
    pub program: Program,
    pub map: SourceMap,
    pub(crate) options: CheckOptions,
    pub(crate) diags: Vec<Diagnostic>,
    /// What the parser found.
    pub(crate) syntax_diags: Vec<Diagnostic>,
    pub(crate) unread: Unread,
    pub(crate) uses: Uses,
    pub(crate) scopes: IndexVec<ModuleId, ModuleScope>,
    pub(crate) imports: IndexVec<ImportId, Import>,
    pub(crate) packages: Vec<(Symbol, ModuleId)>,
    pub(crate) root: ModuleId,
    pub(crate) prelude: FxHashMap<Symbol, Names>,
    /// Per module, the variants that may stand bare; `None` where several enums have one of the name.
    pub(crate) bare_variants: FxHashMap<ModuleId, crate::scope::BareVariants>,
    pub(crate) aliases: IndexVec<AliasId, Alias>,
    pub(crate) decls: Decls,
    pub(crate) known: Known,
    /// Variables of the body being checked, and of types in signatures.
    pub(crate) infer: InferTable,
    pub(crate) bodies: FxHashMap<BodyOwner, BodyRef>,
    /// Tables of bodies, kept between them.
    pub(crate) spares: Spares,
    /// What most bodies may assume about their parameters: nothing.
    pub(crate) no_env: std::rc::Rc<ParamEnv>,
    /// Which parameters functions move.
    pub(crate) param_uses: ParamUses,
    /// Default methods that run for `iso` types, and what default methods ask of theirs, see [`crate::iso_methods`].
    pub(crate) default_uses: Vec<DefaultUse>,
    pub(crate) self_facts: FxHashMap<FnId, SelfFacts>,
    /// Bodies that are being checked, outermost first.
    pub(crate) open_bodies: Vec<BodyOwner>,
    /// The user's bodies that are not parsed yet, in the order of the files.
    pub(crate) kept: Vec<(FileId, KeptBodies)>,
    /// Memory for parsing.
    pub(crate) room: Room,
    pub(crate) late_faults: bool,
    pub(crate) record: Option<Box<Record>>,
}

impl Checker {
    /// Loads the program whose root module is `root`, a file of `map`, with everything that it uses, and checks all
    /// declarations. Bodies are checked by [`Checker::check_all_user_bodies`] and [`Checker::body`].
    pub fn new(
        map: SourceMap,
        interner: Interner,
        options: CheckOptions,
        source: &mut dyn ModuleSource,
        root: FileId,
    ) -> Checker {
        let mut this = Checker {
            program: Program::new(interner),
            map,
            options,
            diags: Vec::new(),
            syntax_diags: Vec::new(),
            unread: Unread::default(),
            uses: Uses::default(),
            scopes: IndexVec::new(),
            imports: IndexVec::new(),
            packages: Vec::new(),
            root: ModuleId(0),
            prelude: FxHashMap::default(),
            bare_variants: FxHashMap::default(),
            aliases: IndexVec::new(),
            decls: Decls::default(),
            known: Known::default(),
            infer: InferTable::default(),
            bodies: FxHashMap::default(),
            spares: Spares::default(),
            no_env: std::rc::Rc::default(),
            param_uses: ParamUses::default(),
            default_uses: Vec::new(),
            self_facts: FxHashMap::default(),
            open_bodies: Vec::new(),
            kept: Vec::new(),
            room: Room::default(),
            late_faults: false,
            record: None,
        };
        if let Some(record) = &this.options.record {
            let probe = record.probe.as_deref().map(|name| this.program.interner.intern(name));
            this.record = Some(Box::new(Record { probe, ..Record::default() }));
        }
        let imports = this.load_all(source, root);
        this.resolve_imports(imports, Some(source));
        this.build_prelude();
        this.find_known();
        this.resolve_new_items();
        this.find_main();
        this
    }

    pub(crate) fn report(&mut self, diag: Diagnostic) {
        self.diags.push(diag);
    }

    /// What was found so far, in the order of the sources, each finding once; without what only follows from a
    /// syntax error.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let known = self.unread.known(&self.map, &self.program, &self.diags);
        let mut diags: Vec<Diagnostic> = known.into_iter().cloned().collect();
        diags.extend(self.syntax_diags.iter().cloned());
        if self.options.no_warnings {
            diags.retain(Diagnostic::is_error);
        }
        // What cannot be changed yet may be what the `mut` is for.
        if diags.iter().any(|d| d.code == crate::codes::NOT_MUTABLE) {
            diags.retain(|d| d.code != crate::codes::UNUSED_MUT);
        }
        diags.arrange_by_key(|d| (d.span().lo, d.span().hi, d.code));
        diags.dedup_by(|a, b| a.code == b.code && a.span() == b.span());
        diags
    }

    pub fn has_errors(&self) -> bool {
        self.diags.iter().chain(&self.syntax_diags).any(Diagnostic::is_error)
    }

    /// Whether a module belongs to the user: warnings are given for these only.
    pub(crate) fn is_user(&self, module: ModuleId) -> bool {
        !self.program.modules[module].is_library
    }

    /// Checks the bodies of all functions, constants and tests of the user's package.
    pub fn check_all_user_bodies(&mut self) {
        self.check_bodies(false);
    }

    /// Checks every body, those of the library too.
    pub fn check_everything(&mut self) {
        self.check_bodies(true);
    }

    fn check_bodies(&mut self, library: bool) {
        // Bodies may declare items of their own, so the tables grow meanwhile.
        let wanted = |this: &Checker, module: ModuleId| library || this.is_user(module);
        let (mut fns, mut consts, mut tests) = (0, 0, 0);
        loop {
            let before = (fns, consts, tests);
            while let Some(decl) = self.program.fns.as_slice().get(fns) {
                let has_body = decl.kind == crate::program::FnKind::Body;
                if has_body && wanted(self, decl.module) && !self.is_made_late(FnId(fns as u32)) {
                    self.check_one(BodyOwner::Fn(FnId(fns as u32)));
                }
                fns += 1;
            }
            while let Some(decl) = self.program.consts.as_slice().get(consts) {
                if wanted(self, decl.module) {
                    self.check_one(BodyOwner::Const(crate::program::ConstId(consts as u32)));
                }
                consts += 1;
            }
            while let Some(decl) = self.program.tests.as_slice().get(tests) {
                if wanted(self, decl.module) {
                    self.check_one(BodyOwner::Test(crate::program::TestId(tests as u32)));
                }
                tests += 1;
            }
            if before == (fns, consts, tests) {
                break;
            }
        }
        self.parse_rest();
        self.check_const_cycles();
        self.check_iso_methods(library);
        self.warn_unused(library);
    }

    /// Whether syntax errors were found after other findings had been made without them.
    pub fn has_late_faults(&self) -> bool {
        self.late_faults
    }

    /// Parses a body that was left for later when its file was read.
    pub(crate) fn parse_deferred(&mut self, body: FnBody) -> FnBody {
        let FnBody::Deferred(span) = body else { return body };
        if let Some(at) = self.kept_at(span)
            && let Some(body) = self.parse_kept(at, span)
        {
            return body;
        }
        let (body, diags) = syntax::parse_body(&self.map, span, &mut self.program.interner);
        self.syntax_diags.extend(diags);
        body
    }

    /// Which of the files with bodies that were kept has this one.
    fn kept_at(&self, span: Span) -> Option<usize> {
        let file = self.map.file_at(span.lo)?;
        self.kept.binary_search_by_key(&file, |kept| kept.0).ok()
    }

    fn parse_kept(&mut self, at: usize, span: Span) -> Option<FnBody> {
        let (file, kept) = &mut self.kept[at];
        let interner = &mut self.program.interner;
        let (body, diags) = syntax::parse_kept(&self.map, *file, kept, span, interner, &mut self.room)?;
        self.late_faults |= diags.iter().any(Diagnostic::is_error);
        self.syntax_diags.extend(diags);
        Some(body)
    }

    /// Finds the faults in bodies that nobody asked for, such as those for another target.
    fn parse_rest(&mut self) {
        for at in 0..self.kept.len() {
            let rest: Vec<Span> = self.kept[at].1.rest().collect();
            for span in rest {
                self.parse_kept(at, span);
            }
        }
        self.kept = Vec::new();
    }

    fn check_one(&mut self, owner: BodyOwner) {
        if !self.options.only_check || self.is_default_method(owner) {
            self.body(owner);
            return;
        }
        // One that another body asked for has been checked.
        if self.bodies.remove(&owner).is_none() {
            self.new_body(owner);
        }
    }

    /// Default methods are walked once more where `Self` is a type that can only be moved, see `flow`. Of all other
    /// bodies with such types the use of the parameters is known when they have been checked.
    fn is_default_method(&self, owner: BodyOwner) -> bool {
        matches!(owner, BodyOwner::Fn(id) if matches!(self.program.fns[id].container, Container::Trait(_)))
    }
}

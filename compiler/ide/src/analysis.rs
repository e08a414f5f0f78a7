//! A checked program with all that was noted of it, and look-ups by place.

use crate::results::{Location, TextRange};
use entity::Arrange;
use hir::body::LocalDecl;
use hir::program::{FnKind, ParamMode};
use hir::record::{LocalRecord, Probe, Record, Target};
use hir::ty::Ty;
use hir::{ActorFnKind, Checker};
use rustc_hash::FxHashMap;
use syntax::span::SourceFile;
use syntax::{Diagnostic, FileId, SourceMap, Span};

pub struct Analysis {
    pub checker: Checker,
    pub diagnostics: Vec<Diagnostic>,
    /// By span; one place may stand for several things.
    uses: Vec<(Span, Target)>,
    /// By span.
    types: Vec<(Span, Ty)>,
    pub locals: FxHashMap<Span, LocalRecord>,
    pub probes: Vec<Probe>,
    /// What is declared at a span.
    decls: FxHashMap<Span, Target>,
    files: FxHashMap<String, FileId>,
}

/// Parameters of functions without a body, which no body has noted.
fn add_params(checker: &Checker, locals: &mut FxHashMap<Span, LocalRecord>) {
    for function in checker.program.fns.iter().filter(|function| function.kind == FnKind::Required) {
        // What was made for the checker has the place of what it was made for.
        let written =
            function.params.iter().filter(|param| param.span != function.span && !param.span.is_dummy());
        for param in written {
            let is_mut = param.mode == ParamMode::Mut;
            let decl = LocalDecl { name: param.name, ty: param.ty, is_mut, span: param.span };
            locals.entry(param.span).or_insert(LocalRecord { decl, is_param: true });
        }
    }
}

impl Analysis {
    pub fn new(mut checker: Checker) -> Analysis {
        let diagnostics = checker.diagnostics();
        let Record { mut uses, mut types, locals, probes, .. } = checker.take_record();
        uses.retain(|(span, _)| !span.is_dummy());
        uses.arrange_by_key(|(span, _)| *span);
        uses.dedup();
        types.arrange_by_key(|(span, _)| *span);
        let files = checker.map.files().map(|(id, file)| (file.name.clone(), id)).collect();
        let mut locals: FxHashMap<Span, LocalRecord> =
            locals.into_iter().map(|local| (local.decl.span, local)).collect();
        add_params(&checker, &mut locals);
        let mut this = Analysis {
            checker,
            diagnostics,
            uses,
            types,
            locals,
            probes,
            decls: FxHashMap::default(),
            files,
        };
        this.decls = this.find_decls();
        this
    }

    /// Every declaration that has a name in the text.
    fn find_decls(&self) -> FxHashMap<Span, Target> {
        let program = &self.checker.program;
        let mut decls = FxHashMap::default();
        // What an actor is made of shares spans with what is written: what comes first stays.
        let mut add = |span: Span, target: Target| {
            if !span.is_dummy() {
                decls.entry(span).or_insert(target);
            }
        };
        for (id, adt) in program.adts.iter_enumerated() {
            if self.checker.is_hidden_adt(id) {
                continue;
            }
            add(adt.span, Target::Adt(id));
            adt.generics.params.iter().for_each(|p| add(p.span, Target::TypeParam(p.span, p.name)));
            for (idx, variant) in adt.variants.iter_enumerated() {
                if adt.is_enum {
                    add(variant.span, Target::Variant(id, idx));
                }
                if variant.shape == hir::program::VariantShape::Named {
                    let fields = (0..).zip(&variant.fields);
                    fields.for_each(|(i, field)| add(field.span, Target::Field(id, idx, i)));
                }
            }
        }
        for (id, trait_) in program.traits.iter_enumerated() {
            add(trait_.span, Target::Trait(id));
            trait_.assoc_types.iter().for_each(|assoc| add(assoc.span, Target::AssocTy(id, assoc.name)));
            trait_
                .generics
                .params
                .iter()
                .skip(1)
                .for_each(|p| add(p.span, Target::TypeParam(p.span, p.name)));
        }
        for actor in self.checker.actors() {
            actor.states.iter().for_each(|(_, span, _)| add(*span, Target::Local(*span)));
        }
        for (id, function) in program.fns.iter_enumerated() {
            if !matches!(self.checker.actor_fn_kind(id), Some((_, ActorFnKind::Hidden))) {
                add(function.span, Target::Fn(id));
            }
            let own = function.generics.params.iter();
            own.for_each(|p| add(p.span, Target::TypeParam(p.span, p.name)));
        }
        for (id, decl) in program.consts.iter_enumerated() {
            add(decl.span, Target::Const(id));
        }
        for (id, _, span) in self.checker.aliases() {
            add(span, Target::Alias(id));
        }
        for imp in program.impls.iter() {
            imp.generics.params.iter().for_each(|p| add(p.span, Target::TypeParam(p.span, p.name)));
        }
        #[allow(clippy::iter_over_hash_type, reason = "each has a span of its own")]
        for span in self.locals.keys() {
            add(*span, Target::Local(*span));
        }
        decls
    }

    // ------------------------------------------------------------ files

    pub fn file(&self, path: &str) -> Option<(FileId, &SourceFile)> {
        let id = *self.files.get(path)?;
        Some((id, self.checker.map.file(id)))
    }

    /// The position in the program of a byte of a file.
    pub fn pos(&self, path: &str, offset: u32) -> Option<u32> {
        let (_, file) = self.file(path)?;
        Some(file.start + offset.min(file.text.len() as u32))
    }

    pub fn location(&self, span: Span) -> Option<Location> {
        location(&self.checker.map, span)
    }

    pub fn text(&self, span: Span) -> &str {
        self.checker.map.text(span)
    }

    pub fn is_library(&self, span: Span) -> bool {
        self.checker.map.file_at(span.lo).is_some_and(|id| self.checker.map.file(id).is_library)
    }

    // ------------------------------------------------------------ places

    /// What the name at a position stands for, the most telling first, with the name's span. A name ends before the
    /// position where nothing begins there.
    pub fn targets_at(&self, pos: u32) -> Option<(Span, Vec<Target>)> {
        let before = pos.checked_sub(1);
        self.targets_over(pos).or_else(|| self.targets_over(before?))
    }

    fn targets_over(&self, pos: u32) -> Option<(Span, Vec<Target>)> {
        let to = self.uses.partition_point(|(span, _)| span.lo <= pos);
        // Names are short, and nothing that was noted holds another thing that was.
        let around = self.uses[..to].iter().rev().take(16).filter(|(span, _)| span.contains(pos));
        let used =
            around.map(|(span, _)| *span).filter(|span| self.is_name(*span)).min_by_key(|s| s.hi - s.lo);
        let declared = self.declared_at(pos);
        let span = used.or(declared.map(|(span, _)| span))?;
        let mut found: Vec<Target> =
            self.uses.iter().skip(self.first_at(span)).take_while(|u| u.0 == span).map(|u| u.1).collect();
        found.extend(declared.filter(|(at, _)| *at == span).map(|(_, target)| target));
        // A constructor says more than the actor that it makes, a variable more than the field of its name.
        found.arrange_by_key(|target| match target {
            Target::Fn(_) => 0,
            Target::Local(_) | Target::Variant(..) | Target::Const(_) => 1,
            Target::Module(_) => 3,
            _ => 2,
        });
        found.dedup();
        Some((span, found))
    }

    fn first_at(&self, span: Span) -> usize {
        self.uses.partition_point(|(at, _)| *at < span)
    }

    /// Whether a span is that of a single name, which what was noted of whole paths is not.
    fn is_name(&self, span: Span) -> bool {
        let text = self.text(span);
        !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
    }

    /// A declaration whose name is around a position. Found by its text: names are few on a line.
    fn declared_at(&self, pos: u32) -> Option<(Span, Target)> {
        let id = self.checker.map.file_at(pos)?;
        let file = self.checker.map.file(id);
        let at = (pos - file.start) as usize;
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let (before, after) = (file.text.get(..at)?, file.text.get(at..)?);
        let lo = at - before.chars().rev().take_while(|c| is_word(*c)).map(char::len_utf8).sum::<usize>();
        let hi = at + after.chars().take_while(|c| is_word(*c)).map(char::len_utf8).sum::<usize>();
        let span = Span::new(file.start + lo as u32, file.start + hi as u32);
        self.decls.get(&span).map(|target| (span, *target))
    }

    pub fn declared(&self, span: Span) -> Option<Target> {
        self.decls.get(&span).copied()
    }

    pub fn uses(&self) -> &[(Span, Target)] {
        &self.uses
    }

    /// What a name with exactly this span stands for.
    pub fn targets_of(&self, span: Span) -> impl Iterator<Item = Target> {
        self.uses[self.first_at(span)..]
            .iter()
            .take_while(move |(at, _)| *at == span)
            .map(|(_, target)| *target)
    }

    /// The type of the expression with exactly this span.
    pub fn type_of(&self, span: Span) -> Option<Ty> {
        let from = self.types.partition_point(|(at, _)| *at < span);
        let found = self.types[from..].iter().take_while(|(at, _)| *at == span).map(|(_, ty)| *ty);
        found.last().filter(|ty| *ty != Ty::ERROR)
    }

    /// The type of the smallest expression that ends where a name does: of `a.b` for `b`.
    pub fn type_ending_at(&self, name: Span) -> Option<Ty> {
        let ends = self.types.iter().filter(|(at, _)| at.hi == name.hi && at.lo <= name.lo);
        ends.max_by_key(|(at, _)| at.lo).map(|(_, ty)| *ty).filter(|ty| *ty != Ty::ERROR)
    }

    pub fn ty_name(&self, ty: Ty) -> String {
        self.checker.program.ty_name(ty)
    }
}

/// The file and the range of a span.
pub fn location(map: &SourceMap, span: Span) -> Option<Location> {
    let (id, range) = map.locate(span)?;
    let range = TextRange::new(range.start as u32, range.end as u32);
    Some(Location { path: map.file(id).name.clone(), range })
}

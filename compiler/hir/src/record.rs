//! What names were resolved to and what types expressions got, for editors: [`CheckOptions::record`] switches it on.
//!
//! Off, all that remains is a test of one pointer at each place that would note something. Spans are those of single
//! names; a name may be noted more than once, and for two things at once (`Point { x }` is a field and a variable). The
//! checker goes the same ways with and without it, so diagnostics do not differ.
//!
//! A *probe* is a name that nothing has, put into the text where somebody asks what could stand there. Where the checker
//! meets it, it notes what it knows at the place, see [`Probe`].
//!
//! [`CheckOptions::record`]: crate::CheckOptions::record

use crate::body::LocalDecl;
use crate::checker::Checker;
use crate::program::*;
use crate::scope::{AliasId, Def};
use crate::ty::{Ty, TyKind};
use syntax::{Span, Symbol};

/// What is asked of [`crate::CheckOptions::record`].
#[derive(Clone, Debug, Default)]
pub struct RecordOptions {
    /// The name to be looked for.
    pub probe: Option<String>,
}

/// What a name stands for. Two targets are the same thing if [`Checker::target_span`] is the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    Module(ModuleId),
    Adt(AdtId),
    Trait(TraitId),
    Alias(AliasId),
    /// A type that is built in.
    Builtin(Ty),
    /// `Ptr` and `Buffer`.
    Raw(Symbol),
    Fn(FnId),
    Const(ConstId),
    Variant(AdtId, VariantIdx),
    Field(AdtId, VariantIdx, u32),
    /// A parameter in `<…>`, by the span of its name.
    TypeParam(Span, Symbol),
    AssocTy(TraitId, Symbol),
    /// A variable, parameter or state, by the span of its name.
    Local(Span),
    /// `Self`.
    SelfTy(Ty),
}

/// A variable of a body. Its type is [`Ty::ERROR`] where it is not known.
#[derive(Clone, Debug)]
pub struct LocalRecord {
    pub decl: LocalDecl,
    pub is_param: bool,
}

/// What could stand behind a dot.
#[derive(Clone, Debug)]
pub struct Member {
    pub target: Target,
    pub name: Symbol,
    /// Of a field; of a method the result.
    pub ty: Ty,
    /// Of a method, without the receiver.
    pub params: Vec<(Symbol, Ty, ParamMode)>,
    /// The trait that it comes from.
    pub of_trait: Option<TraitId>,
}

/// A variable that can be named at a place.
#[derive(Clone, Debug)]
pub struct Visible {
    pub name: Symbol,
    pub ty: Ty,
    pub span: Span,
    pub is_param: bool,
    pub is_mut: bool,
}

/// What is known where the probe stands.
#[derive(Clone, Debug)]
pub enum Probe {
    /// In an expression, alone. Variables with the innermost first.
    Name {
        module: ModuleId,
        locals: Vec<Visible>,
        params: Vec<(Symbol, Span)>,
        /// The type that the place has.
        want: Option<Ty>,
        self_ty: Option<Ty>,
        /// The actor whose body it is.
        actor: Option<AdtId>,
    },
    /// Behind the dot of a value.
    Members {
        ty: Ty,
        members: Vec<Member>,
    },
    /// Behind the dot of a module.
    Module {
        module: ModuleId,
        viewer: ModuleId,
    },
    /// Behind the dot of a type.
    Type {
        ty: Ty,
        members: Vec<Member>,
    },
    Trait {
        id: TraitId,
    },
    /// The message of `send` and its like.
    Messages {
        messages: Vec<(Symbol, FnId)>,
    },
    /// Behind the dot in `spawn Actor.…`.
    Constructors {
        actor: AdtId,
    },
    /// In a type. `wants_trait`: a bound.
    TypeName {
        module: ModuleId,
        params: Vec<(Symbol, Span)>,
        self_ty: Option<Ty>,
    },
    /// In a pattern for values of a type.
    Pattern {
        module: ModuleId,
        ty: Ty,
    },
    /// A field in a literal or pattern; those that are there already.
    Field {
        adt: AdtId,
        variant: VariantIdx,
        ty: Ty,
        given: Vec<Symbol>,
        viewer: ModuleId,
    },
}

/// Everything that was noted.
#[derive(Default)]
pub struct Record {
    pub uses: Vec<(Span, Target)>,
    /// Of expressions; [`Ty::ERROR`] where it is not known.
    pub types: Vec<(Span, Ty)>,
    pub locals: Vec<LocalRecord>,
    /// The first is what the place really is; further ones come from bodies that are checked more than once.
    pub probes: Vec<Probe>,
    /// The name of the probe.
    pub(crate) probe: Option<Symbol>,
}

impl Checker {
    /// What was noted; empty if nobody asked for it.
    pub fn take_record(&mut self) -> Record {
        self.record.take().map(|record| *record).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn note(&mut self, span: Span, target: Target) {
        if let Some(record) = &mut self.record {
            record.uses.push((span, target));
        }
    }

    #[inline]
    pub(crate) fn note_def(&mut self, span: Span, def: Def) {
        if self.record.is_some()
            && let Some(target) = self.target_of(def)
        {
            self.note(span, target);
        }
    }

    pub(crate) fn target_of(&self, def: Def) -> Option<Target> {
        Some(match def {
            Def::Module(id) => Target::Module(id),
            Def::Adt(id) => Target::Adt(id),
            Def::Trait(id) => Target::Trait(id),
            Def::Alias(id) => Target::Alias(id),
            Def::Prim(ty) => Target::Builtin(ty),
            Def::Ptr => Target::Raw(syntax::sym::Ptr),
            Def::Buffer => Target::Raw(syntax::sym::Buffer),
            Def::Fn(id) => Target::Fn(id),
            Def::Const(id) => Target::Const(id),
            Def::Variant(adt, variant) => Target::Variant(adt, variant),
            Def::Error => return None,
        })
    }

    /// Whether a name is the one that is asked about.
    #[inline]
    pub(crate) fn is_probe(&self, name: Symbol) -> bool {
        self.record.as_ref().is_some_and(|record| record.probe == Some(name))
    }

    #[cold]
    pub(crate) fn found_probe(&mut self, probe: Probe) {
        if let Some(record) = &mut self.record {
            record.probes.push(probe);
        }
    }

    /// The span of the name in the declaration; `None` for what has none: built-in types, modules, `Self`.
    pub fn target_span(&self, target: Target) -> Option<Span> {
        let program = &self.program;
        let span = match target {
            Target::Module(_) | Target::Builtin(_) | Target::Raw(_) => return None,
            Target::Adt(id) => program.adts[id].span,
            Target::Trait(id) => program.traits[id].span,
            Target::Alias(id) => self.aliases[id].span,
            Target::Fn(id) => program.fns[id].span,
            Target::Const(id) => program.consts[id].span,
            Target::Variant(adt, variant) => program.adts[adt].variants[variant].span,
            Target::Field(adt, variant, index) => {
                program.adts[adt].variants[variant].fields.get(index as usize)?.span
            }
            Target::TypeParam(span, _) | Target::Local(span) => span,
            Target::AssocTy(id, name) => {
                program.traits[id].assoc_types.iter().find(|assoc| assoc.name == name)?.span
            }
            Target::SelfTy(ty) => match program.types.kind(ty) {
                TyKind::Adt(id, _) => program.adts[*id].span,
                _ => return None,
            },
        };
        (!span.is_dummy()).then_some(span)
    }

    /// What an alias stands for.
    pub fn alias(&self, id: AliasId) -> (Symbol, ModuleId, Ty) {
        let alias = &self.aliases[id];
        (alias.name, alias.module, alias.ty)
    }
}

//! How values of each type look in JavaScript.

use hir::program::{AdtId, Program, VariantIdx, VariantShape};
use hir::ty::{IntTy, Ty, TyKind};
use rustc_hash::FxHashMap;
use syntax::{SourceMap, Span};

/// The form of a type. Types that are declared are numbers into [`Shapes::named`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    Unit,
    /// By the name of its codec: what has no parts.
    Simple(&'static str),
    Array(Box<Shape>),
    Fixed(Box<Shape>, u64),
    Set(Box<Shape>),
    Map(Box<Shape>, Box<Shape>),
    Tuple(Vec<Shape>),
    Option(Box<Shape>),
    Result(Box<Shape>, Box<Shape>),
    /// A function of the program: what it takes, and gives.
    Callback(Box<Shape>, Box<Shape>),
    Named(usize),
    /// A reference to an exported actor.
    Actor(String),
}

impl Shape {
    /// The shapes that it is made of; a declared type is looked up.
    pub fn parts(&self) -> Vec<&Shape> {
        match self {
            Shape::Unit | Shape::Simple(_) | Shape::Named(_) | Shape::Actor(_) => Vec::new(),
            Shape::Array(a) | Shape::Fixed(a, _) | Shape::Set(a) | Shape::Option(a) => vec![a],
            Shape::Map(a, b) | Shape::Result(a, b) | Shape::Callback(a, b) => vec![a, b],
            Shape::Tuple(parts) => parts.iter().collect(),
        }
    }

    /// What a callback takes: a tuple is several parameters, and `()` none.
    pub fn as_parameters(&self) -> &[Shape] {
        match self {
            Shape::Unit => &[],
            Shape::Tuple(parts) => parts,
            other => std::slice::from_ref(other),
        }
    }
}

/// A struct or an enum.
#[derive(Debug)]
pub(super) struct Named {
    pub name: String,
    pub docs: Option<String>,
    pub kind: NamedKind,
}

#[derive(Debug)]
pub(super) enum NamedKind {
    Struct(Vec<WebField>),
    /// A struct whose fields have no names.
    Positional(Vec<Shape>),
    Enum(Vec<WebVariant>),
    /// A type that holds itself is entered before its parts are known.
    Open,
}

impl NamedKind {
    /// The shapes of all fields.
    pub fn parts(&self) -> Vec<&Shape> {
        match self {
            NamedKind::Struct(fields) => fields.iter().map(|f| &f.shape).collect(),
            NamedKind::Positional(parts) => parts.iter().collect(),
            NamedKind::Enum(variants) => variants.iter().flat_map(|v| v.fields.parts()).collect(),
            NamedKind::Open => Vec::new(),
        }
    }
}

impl Fields {
    fn parts(&self) -> Vec<&Shape> {
        match self {
            Fields::None => Vec::new(),
            Fields::Positional(parts) => parts.iter().collect(),
            Fields::Named(fields) => fields.iter().map(|f| &f.shape).collect(),
        }
    }
}

#[derive(Debug)]
pub(super) enum Fields {
    None,
    Positional(Vec<Shape>),
    Named(Vec<WebField>),
}

#[derive(Debug)]
pub(super) struct WebField {
    pub name: String,
    pub shape: Shape,
    pub docs: Option<String>,
    span: Span,
}

#[derive(Debug)]
pub(super) struct WebVariant {
    pub name: String,
    pub fields: Fields,
    pub docs: Option<String>,
    span: Span,
}

#[derive(Debug, Default)]
pub(super) struct Shapes {
    pub named: Vec<Named>,
    /// Names of actors, which are types of their own.
    pub actors: Vec<String>,
    known: FxHashMap<Ty, usize>,
}

/// Names that mean something else in the text of the types, or of the module.
const TAKEN: [&str; 24] = [
    "App",
    "Array",
    "BigInt",
    "Boolean",
    "Error",
    "Float64Array",
    "Function",
    "Instance",
    "Map",
    "Number",
    "Object",
    "Options",
    "Partial",
    "Promise",
    "Readonly",
    "Record",
    "Response",
    "Set",
    "Source",
    "String",
    "Symbol",
    "URL",
    "Uint8Array",
    "WebAssembly",
];

impl Shapes {
    pub fn of(&mut self, program: &mut Program, ty: Ty) -> Shape {
        match program.types.kind(ty).clone() {
            TyKind::Int(int) => Shape::Simple(int_codec(int)),
            TyKind::F32 => Shape::Simple("float32"),
            TyKind::F64 => Shape::Simple("float"),
            TyKind::Bool => Shape::Simple("bool"),
            TyKind::Char => Shape::Simple("char"),
            TyKind::Tuple(parts) if parts.is_empty() => Shape::Unit,
            TyKind::Tuple(parts) => Shape::Tuple(self.all(program, &parts)),
            TyKind::FixedArray(elem, len) => {
                let len = match program.types.kind(len) {
                    TyKind::ConstInt(n) => u64::try_from(*n).unwrap_or(0),
                    _ => 0,
                };
                Shape::Fixed(Box::new(self.of(program, elem)), len)
            }
            TyKind::Adt(adt, args) => self.adt(program, ty, adt, &args),
            // Nothing else crosses; a function that never returns gives nothing.
            _ => Shape::Unit,
        }
    }

    fn all(&mut self, program: &mut Program, tys: &[Ty]) -> Vec<Shape> {
        tys.iter().map(|ty| self.of(program, *ty)).collect()
    }

    fn adt(&mut self, program: &mut Program, ty: Ty, adt: AdtId, args: &[Ty]) -> Shape {
        let is = |name: &str| program.lang_adt(name) == Some(adt);
        if is("String") {
            return Shape::Simple("string");
        }
        if is("Duration") {
            return Shape::Simple("duration");
        }
        if is("Js") {
            return Shape::Simple("js");
        }
        if is("Array") && matches!(program.types.kind(args[0]), TyKind::Int(IntTy::U8)) {
            return Shape::Simple("bytes");
        }
        if is("Callback") {
            return Shape::Callback(Box::new(self.of(program, args[0])), Box::new(self.of(program, args[1])));
        }
        let make: Option<fn(Vec<Shape>) -> Shape> = if is("Array") {
            Some(|parts| Shape::Array(first(parts)))
        } else if is("Set") {
            Some(|parts| Shape::Set(first(parts)))
        } else if is("Option") {
            Some(|parts| Shape::Option(first(parts)))
        } else if is("Map") {
            Some(|parts| two(parts, Shape::Map))
        } else if is("Result") {
            Some(|parts| two(parts, Shape::Result))
        } else {
            None
        };
        if let Some(make) = make {
            return make(self.all(program, args));
        }
        if program.exported_actors.contains(&adt) {
            return Shape::Actor(program.name(program.adts[adt].name).to_string());
        }
        self.declared(program, ty, adt, args)
    }

    fn declared(&mut self, program: &mut Program, ty: Ty, adt: AdtId, args: &[Ty]) -> Shape {
        if let Some(index) = self.known.get(&ty) {
            return Shape::Named(*index);
        }
        let decl = &program.adts[adt];
        let name = self.unique(program.name(decl.name));
        let docs = decl.docs.clone();
        let index = self.named.len();
        self.known.insert(ty, index);
        self.named.push(Named { name, docs, kind: NamedKind::Open });
        let is_enum = program.adts[adt].is_enum;
        let variants: Vec<VariantIdx> = program.adts[adt].variants.indices().collect();
        let mut all: Vec<WebVariant> = Vec::new();
        for variant in variants {
            let decl = &program.adts[adt].variants[variant];
            let (name, shape, span) = (program.name(decl.name).to_string(), decl.shape, decl.span);
            let fields: Vec<(String, Ty, Span)> =
                decl.fields.iter().map(|f| (program.name(f.name).to_string(), f.ty, f.span)).collect();
            let mut parts: Vec<WebField> = Vec::with_capacity(fields.len());
            for (name, ty, span) in fields {
                let ty = hir::resolve::subst(program, ty, args);
                parts.push(WebField { name, shape: self.of(program, ty), docs: None, span });
            }
            let fields = match shape {
                _ if parts.is_empty() => Fields::None,
                VariantShape::Tuple => Fields::Positional(parts.into_iter().map(|p| p.shape).collect()),
                _ => Fields::Named(parts),
            };
            all.push(WebVariant { name, fields, docs: None, span });
        }
        self.named[index].kind = match (is_enum, all.pop()) {
            (false, Some(WebVariant { fields: Fields::Named(fields), .. })) => NamedKind::Struct(fields),
            (false, Some(WebVariant { fields: Fields::Positional(parts), .. })) => {
                NamedKind::Positional(parts)
            }
            (false, _) => NamedKind::Struct(Vec::new()),
            (true, last) => NamedKind::Enum(all.into_iter().chain(last).collect()),
        };
        Shape::Named(index)
    }

    /// Puts in what the sources say of fields and variants.
    pub fn find_docs(&mut self, map: &SourceMap) {
        let describe = |fields: &mut Vec<WebField>| {
            fields.iter_mut().for_each(|field| field.docs = map.docs_above(field.span));
        };
        for named in &mut self.named {
            match &mut named.kind {
                NamedKind::Struct(fields) => describe(fields),
                NamedKind::Enum(variants) => variants.iter_mut().for_each(|variant| {
                    variant.docs = map.docs_above(variant.span);
                    if let Fields::Named(fields) = &mut variant.fields {
                        describe(fields);
                    }
                }),
                NamedKind::Positional(_) | NamedKind::Open => {}
            }
        }
    }

    /// Types of several modules may have one name, and each instance of a generic one needs its own.
    fn unique(&self, name: &str) -> String {
        let plain = name.replace('.', "_");
        let numbered = (2..).map(|n| format!("{plain}{n}"));
        let mut all = std::iter::once(plain.clone()).chain(numbered);
        let free = |name: &String| {
            !TAKEN.contains(&name.as_str())
                && !self.actors.contains(name)
                && !self.named.iter().any(|named| named.name == *name)
        };
        all.find(free).unwrap_or(plain)
    }
}

fn first(parts: Vec<Shape>) -> Box<Shape> {
    Box::new(parts.into_iter().next().unwrap_or(Shape::Unit))
}

fn two(parts: Vec<Shape>, make: fn(Box<Shape>, Box<Shape>) -> Shape) -> Shape {
    let mut parts = parts.into_iter().map(Box::new);
    make(parts.next().unwrap_or(Box::new(Shape::Unit)), parts.next().unwrap_or(Box::new(Shape::Unit)))
}

fn int_codec(int: IntTy) -> &'static str {
    match int {
        IntTy::I8 => "int8",
        IntTy::I16 => "int16",
        IntTy::I32 => "int32",
        IntTy::I64 => "int",
        IntTy::U8 => "uint8",
        IntTy::U16 => "uint16",
        IntTy::U32 => "uint32",
        IntTy::U64 => "uint64",
        IntTy::USize => "usize",
    }
}

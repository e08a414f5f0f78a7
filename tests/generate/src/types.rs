//! Types of generated programs, and the declarations that they name.

/// An integer type: its size in bits, and whether it has a sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IntTy {
    pub bits: u32,
    pub signed: bool,
}

pub const INT: IntTy = IntTy { bits: 64, signed: true };
pub const UINT8: IntTy = IntTy { bits: 8, signed: false };

/// `Int` first: the simplest choice.
pub const INTS: [IntTy; 8] = [
    INT,
    IntTy { bits: 32, signed: true },
    UINT8,
    IntTy { bits: 64, signed: false },
    IntTy { bits: 8, signed: true },
    IntTy { bits: 16, signed: true },
    IntTy { bits: 16, signed: false },
    IntTy { bits: 32, signed: false },
];

impl IntTy {
    pub fn name(self) -> &'static str {
        match (self.signed, self.bits) {
            (true, 8) => "Int8",
            (true, 16) => "Int16",
            (true, 32) => "Int32",
            (true, _) => "Int",
            (false, 8) => "UInt8",
            (false, 16) => "UInt16",
            (false, 32) => "UInt32",
            (false, _) => "UInt64",
        }
    }

    pub fn suffix(self) -> String {
        format!("{}{}", if self.signed { 'i' } else { 'u' }, self.bits)
    }

    pub fn min(self) -> i128 {
        if self.signed { -(1 << (self.bits - 1)) } else { 0 }
    }

    pub fn max(self) -> i128 {
        (1 << (self.bits - u32::from(self.signed))) - 1
    }

    /// A literal: parenthesised with a sign, and with a suffix unless it is an `Int`.
    pub fn literal(self, value: i128) -> String {
        let suffix = if self == INT { String::new() } else { self.suffix() };
        if value < 0 { format!("(-{}{suffix})", -value) } else { format!("{value}{suffix}") }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ty {
    Int(IntTy),
    Float,
    Float32,
    Bool,
    Char,
    Str,
    Array(Box<Ty>),
    Fixed(Box<Ty>, usize),
    Map(Box<Ty>, Box<Ty>),
    Set(Box<Ty>),
    Tuple(Vec<Ty>),
    Option(Box<Ty>),
    Result(Box<Ty>, Box<Ty>),
    /// A struct or enum, by its place in the program's list.
    Adt(usize, Vec<Ty>),
    Fn(Vec<Ty>, Box<Ty>),
    Dyn(usize),
    Param(usize),
}

impl Ty {
    pub fn int() -> Ty {
        Ty::Int(INT)
    }

    pub fn array(of: Ty) -> Ty {
        Ty::Array(Box::new(of))
    }

    pub fn option(of: Ty) -> Ty {
        Ty::Option(Box::new(of))
    }

    /// The types that stand directly inside, but not those of a struct's fields.
    pub fn parts(&self) -> Vec<&Ty> {
        match self {
            Ty::Array(a) | Ty::Fixed(a, _) | Ty::Set(a) | Ty::Option(a) => vec![a],
            Ty::Map(a, b) | Ty::Result(a, b) => vec![a, b],
            Ty::Tuple(parts) | Ty::Adt(_, parts) => parts.iter().collect(),
            Ty::Fn(params, result) => params.iter().chain([&**result]).collect(),
            _ => Vec::new(),
        }
    }

    /// The type with arguments in the place of parameters.
    pub fn with(&self, args: &[Ty]) -> Ty {
        let one = |ty: &Ty| Box::new(ty.with(args));
        let all = |tys: &[Ty]| tys.iter().map(|ty| ty.with(args)).collect();
        match self {
            Ty::Param(index) => args.get(*index).cloned().unwrap_or_else(|| self.clone()),
            Ty::Array(a) => Ty::Array(one(a)),
            Ty::Fixed(a, n) => Ty::Fixed(one(a), *n),
            Ty::Set(a) => Ty::Set(one(a)),
            Ty::Option(a) => Ty::Option(one(a)),
            Ty::Map(a, b) => Ty::Map(one(a), one(b)),
            Ty::Result(a, b) => Ty::Result(one(a), one(b)),
            Ty::Tuple(parts) => Ty::Tuple(all(parts)),
            Ty::Adt(id, parts) => Ty::Adt(*id, all(parts)),
            Ty::Fn(params, result) => Ty::Fn(all(params), one(result)),
            other => other.clone(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Field {
    /// None: a field without a name.
    pub name: Option<String>,
    pub ty: Ty,
}

#[derive(Clone, Debug)]
pub struct Variant {
    pub name: String,
    pub fields: Vec<Field>,
}

/// A struct has one variant with its own name.
#[derive(Clone, Debug)]
pub struct Adt {
    pub name: String,
    pub params: usize,
    pub is_enum: bool,
    pub is_recursive: bool,
    pub variants: Vec<Variant>,
    /// Has an own `Add`.
    pub adds: bool,
}

impl Adt {
    /// The fields of a variant for some type arguments.
    pub fn fields(&self, variant: usize, args: &[Ty]) -> Vec<Field> {
        let fields = self.variants[variant].fields.iter();
        fields.map(|field| Field { name: field.name.clone(), ty: field.ty.with(args) }).collect()
    }
}

/// What a function can be given.
#[derive(Clone, Debug)]
pub struct Param {
    pub name: String,
    pub ty: Ty,
    pub is_mut: bool,
}

/// What the values of a type parameter can do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Bound {
    Nothing,
    /// Compared for equality, hashed, printed.
    Shown,
    Ordered,
    /// And they implement a trait of the program.
    Trait(usize),
}

#[derive(Clone)]
pub struct Function {
    pub name: String,
    pub bounds: Vec<Bound>,
    /// Is a method of this type.
    pub receiver: Option<(Ty, bool)>,
    pub params: Vec<Param>,
    pub result: Ty,
    /// Takes the sum into which values are noted, before its other parameters.
    pub notes: bool,
    /// Its last parameter limits how deep it calls itself.
    pub has_fuel: bool,
    /// About how many steps a call takes.
    pub cost: u64,
}

/// By its name, for `Generator::pick`.
impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl Function {
    /// Its type, if it can be a value: it has no type parameters, takes no sum, changes nothing and is cheap.
    pub fn value_ty(&self) -> Option<Ty> {
        let is_simple = self.receiver.is_none() && self.bounds.is_empty() && !self.notes && !self.has_fuel;
        let is_fit = is_simple && self.cost < 500 && !self.params.is_empty();
        let takes_copies = self.params.iter().all(|param| !param.is_mut && !matches!(param.ty, Ty::Fn(..)));
        let params = self.params.iter().map(|param| param.ty.clone()).collect();
        (is_fit && takes_copies).then(|| Ty::Fn(params, Box::new(self.result.clone())))
    }
}

/// A trait has two methods: `<name>_get(self, x: Int) -> Int`, and `<name>_text(self) -> String`, which has a default;
/// one of each trait changes its receiver.
#[derive(Clone, Debug)]
pub struct Trait {
    pub name: String,
    pub implementors: Vec<Ty>,
}

#[derive(Clone, Debug)]
pub struct Const {
    pub name: String,
    pub ty: Ty,
}

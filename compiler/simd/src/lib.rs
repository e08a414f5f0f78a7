//! The table of operations on 128-bit vectors: what each is called, of which shapes it exists, what it takes and gives.
//!
//! An operation is a [`Kind`] on a [`Shape`]. The intrinsics of `library/std/simd`, MIR's and LIR's instructions, their text, the
//! verifiers, the interpreter, every backend's table and the generated tests follow the rows below; none lists operations of
//! its own without a test or a `match` that fails when a row is missing there. Names and meanings are those of WebAssembly's
//! fixed-width vectors, with the shape of the source left out where the shape of the result tells it.

use std::fmt;

/// How 128 bits are divided into lanes. Lane 0 is in the lowest bits, and at the lowest address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Shape {
    /// Bits without lanes.
    V128,
    I8x16,
    I16x8,
    I32x4,
    I64x2,
    F32x4,
    F64x2,
}

/// The type of one lane in a register by itself. Lanes of 8 and 16 bits are 32-bit integers there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scalar {
    I32,
    I64,
    F32,
    F64,
}

/// A type of lanes in GAL.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Lane {
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
}

/// What an operation takes and gives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Form {
    /// From so many vectors a vector: 1 to 3.
    Vectors(u8),
    /// A vector and a count, an `I32` that is taken modulo the width of a lane.
    Shift,
    /// A vector whose lanes all are one scalar.
    Splat,
    /// One lane, the number of which is an immediate.
    Extract,
    /// A vector with another value in one lane, the number of which is an immediate.
    Replace,
    /// An `I32` from a vector.
    Test,
    /// Sixteen bytes out of two vectors, the numbers of which are immediates.
    Shuffle,
}

/// What an instruction has besides its operands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub enum Imm {
    #[default]
    None,
    Lane(u8),
    Bytes([u8; 16]),
}

/// One operation.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Op {
    pub kind: Kind,
    pub shape: Shape,
}

const ALL: &[Shape] = &[Shape::I8x16, Shape::I16x8, Shape::I32x4, Shape::I64x2, Shape::F32x4, Shape::F64x2];
const INTS: &[Shape] = &[Shape::I8x16, Shape::I16x8, Shape::I32x4, Shape::I64x2];
const FLOATS: &[Shape] = &[Shape::F32x4, Shape::F64x2];
const BITS: &[Shape] = &[Shape::V128];
const BYTES: &[Shape] = &[Shape::I8x16];
/// Lanes narrower than the registers that they are extracted to.
const NARROW: &[Shape] = &[Shape::I8x16, Shape::I16x8];
const WIDE: &[Shape] = &[Shape::I32x4, Shape::I64x2, Shape::F32x4, Shape::F64x2];
const UP_TO_32: &[Shape] = &[Shape::I8x16, Shape::I16x8, Shape::I32x4];
const PRODUCTS: &[Shape] = &[Shape::I16x8, Shape::I32x4, Shape::I64x2, Shape::F32x4, Shape::F64x2];
/// Integers made of narrower ones.
const WIDENED: &[Shape] = &[Shape::I16x8, Shape::I32x4, Shape::I64x2];
const PAIRS: &[Shape] = &[Shape::I16x8, Shape::I32x4];
const I16X8: &[Shape] = &[Shape::I16x8];
const I32X4: &[Shape] = &[Shape::I32x4];
const F32X4: &[Shape] = &[Shape::F32x4];
const F64X2: &[Shape] = &[Shape::F64x2];

const UNARY: Form = Form::Vectors(1);
const BINARY: Form = Form::Vectors(2);
const TERNARY: Form = Form::Vectors(3);

macro_rules! table {
    ($($(#[$doc:meta])* $kind:ident $name:literal $form:expr, $shapes:ident;)*) => {
        /// What is done, on any shape.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum Kind { $($(#[$doc])* $kind),* }

        impl Kind {
            pub const ALL: &'static [Kind] = &[$(Kind::$kind),*];

            /// The mnemonic behind the shape: `add` of `i32x4.add`.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$kind => $name,)* }
            }

            pub fn form(self) -> Form {
                match self { $(Kind::$kind => $form,)* }
            }

            /// The shapes that it exists of.
            pub fn shapes(self) -> &'static [Shape] {
                match self { $(Kind::$kind => $shapes,)* }
            }
        }
    };
}

table! {
    Splat "splat" Form::Splat, ALL;
    ExtractLane "extract_lane" Form::Extract, WIDE;
    ExtractLaneS "extract_lane_s" Form::Extract, NARROW;
    ExtractLaneU "extract_lane_u" Form::Extract, NARROW;
    ReplaceLane "replace_lane" Form::Replace, ALL;
    /// Bytes 0 to 15 are those of the first operand, 16 to 31 of the second.
    Shuffle "shuffle" Form::Shuffle, BYTES;
    /// The bytes of the first operand that the second numbers; 0 where a number is above 15.
    Swizzle "swizzle" BINARY, BYTES;

    Not "not" UNARY, BITS;
    And "and" BINARY, BITS;
    Or "or" BINARY, BITS;
    Xor "xor" BINARY, BITS;
    /// The bits of the first operand that the second has not.
    Andnot "andnot" BINARY, BITS;
    /// Bits of the first operand where the third has a one, else of the second.
    Bitselect "bitselect" TERNARY, BITS;
    AnyTrue "any_true" Form::Test, BITS;

    // Each lane is all ones or all zeros.
    Eq "eq" BINARY, ALL;
    Ne "ne" BINARY, ALL;
    Lt "lt" BINARY, FLOATS;
    LtS "lt_s" BINARY, INTS;
    LtU "lt_u" BINARY, UP_TO_32;
    Le "le" BINARY, FLOATS;
    LeS "le_s" BINARY, INTS;
    LeU "le_u" BINARY, UP_TO_32;
    Gt "gt" BINARY, FLOATS;
    GtS "gt_s" BINARY, INTS;
    GtU "gt_u" BINARY, UP_TO_32;
    Ge "ge" BINARY, FLOATS;
    GeS "ge_s" BINARY, INTS;
    GeU "ge_u" BINARY, UP_TO_32;
    /// Whether no lane is 0.
    AllTrue "all_true" Form::Test, INTS;
    /// The highest bits of the lanes, that of lane 0 lowest.
    Bitmask "bitmask" Form::Test, INTS;

    // Integers wrap.
    Add "add" BINARY, ALL;
    Sub "sub" BINARY, ALL;
    Mul "mul" BINARY, PRODUCTS;
    Div "div" BINARY, FLOATS;
    Neg "neg" UNARY, ALL;
    Abs "abs" UNARY, ALL;
    AddSatS "add_sat_s" BINARY, NARROW;
    AddSatU "add_sat_u" BINARY, NARROW;
    SubSatS "sub_sat_s" BINARY, NARROW;
    SubSatU "sub_sat_u" BINARY, NARROW;
    MinS "min_s" BINARY, UP_TO_32;
    MinU "min_u" BINARY, UP_TO_32;
    MaxS "max_s" BINARY, UP_TO_32;
    MaxU "max_u" BINARY, UP_TO_32;
    /// NaN if one is NaN; -0 is less than 0.
    Min "min" BINARY, FLOATS;
    Max "max" BINARY, FLOATS;
    /// The mean, rounded up.
    AvgrU "avgr_u" BINARY, NARROW;
    Popcnt "popcnt" UNARY, BYTES;
    Sqrt "sqrt" UNARY, FLOATS;
    Ceil "ceil" UNARY, FLOATS;
    Floor "floor" UNARY, FLOATS;
    Trunc "trunc" UNARY, FLOATS;
    /// Halves to even.
    Nearest "nearest" UNARY, FLOATS;
    Shl "shl" Form::Shift, INTS;
    ShrS "shr_s" Form::Shift, INTS;
    ShrU "shr_u" Form::Shift, INTS;

    // Signed lanes of twice the width, saturated; those of the first operand first.
    NarrowS "narrow_s" BINARY, NARROW;
    NarrowU "narrow_u" BINARY, NARROW;
    // One half of the lanes of half the width.
    ExtendLowS "extend_low_s" UNARY, WIDENED;
    ExtendLowU "extend_low_u" UNARY, WIDENED;
    ExtendHighS "extend_high_s" UNARY, WIDENED;
    ExtendHighU "extend_high_u" UNARY, WIDENED;
    ExtmulLowS "extmul_low_s" BINARY, WIDENED;
    ExtmulLowU "extmul_low_u" BINARY, WIDENED;
    ExtmulHighS "extmul_high_s" BINARY, WIDENED;
    ExtmulHighU "extmul_high_u" BINARY, WIDENED;
    // Sums of neighbours.
    ExtaddPairwiseS "extadd_pairwise_s" UNARY, PAIRS;
    ExtaddPairwiseU "extadd_pairwise_u" UNARY, PAIRS;
    /// Products of 16-bit lanes, neighbours added.
    DotS "dot_s" BINARY, I32X4;
    /// Products of fixed-point numbers with 15 bits behind the point, rounded and saturated.
    Q15mulrSatS "q15mulr_sat_s" BINARY, I16X8;

    ConvertS "convert_s" UNARY, F32X4;
    ConvertU "convert_u" UNARY, F32X4;
    ConvertLowS "convert_low_s" UNARY, F64X2;
    ConvertLowU "convert_low_u" UNARY, F64X2;
    // From `f32x4`; saturating, NaN gives 0.
    TruncSatS "trunc_sat_s" UNARY, I32X4;
    TruncSatU "trunc_sat_u" UNARY, I32X4;
    // From `f64x2` to the low half; the high one is 0.
    TruncSatZeroS "trunc_sat_s_zero" UNARY, I32X4;
    TruncSatZeroU "trunc_sat_u_zero" UNARY, I32X4;
    DemoteZero "demote_zero" UNARY, F32X4;
    PromoteLow "promote_low" UNARY, F64X2;

    /// The product of the first two plus the third, rounded once or twice, as is fastest.
    RelaxedMadd "relaxed_madd" TERNARY, FLOATS;
    /// The third minus the product of the first two, likewise.
    RelaxedNmadd "relaxed_nmadd" TERNARY, FLOATS;
}

impl Kind {
    /// Whether only targets with relaxed vectors have it.
    pub fn is_relaxed(self) -> bool {
        matches!(self, Kind::RelaxedMadd | Kind::RelaxedNmadd)
    }

    pub fn is_commutative(self) -> bool {
        use Kind::*;
        matches!(self, And | Or | Xor | Eq | Ne | Add | Mul | AddSatS | AddSatU | MinS | MinU | MaxS | MaxU)
    }
}

impl Shape {
    pub const ALL: &'static [Shape] =
        &[Shape::V128, Shape::I8x16, Shape::I16x8, Shape::I32x4, Shape::I64x2, Shape::F32x4, Shape::F64x2];

    pub fn name(self) -> &'static str {
        match self {
            Shape::V128 => "v128",
            Shape::I8x16 => "i8x16",
            Shape::I16x8 => "i16x8",
            Shape::I32x4 => "i32x4",
            Shape::I64x2 => "i64x2",
            Shape::F32x4 => "f32x4",
            Shape::F64x2 => "f64x2",
        }
    }

    /// How many lanes there are.
    pub fn lanes(self) -> u32 {
        128 / self.bits()
    }

    /// Bits of a lane.
    pub fn bits(self) -> u32 {
        match self {
            Shape::V128 => 128,
            Shape::I8x16 => 8,
            Shape::I16x8 => 16,
            Shape::I32x4 | Shape::F32x4 => 32,
            Shape::I64x2 | Shape::F64x2 => 64,
        }
    }

    pub fn is_float(self) -> bool {
        matches!(self, Shape::F32x4 | Shape::F64x2)
    }

    /// The register of a lane; bits without lanes have none.
    pub fn scalar(self) -> Option<Scalar> {
        Some(match self {
            Shape::V128 => return None,
            Shape::I8x16 | Shape::I16x8 | Shape::I32x4 => Scalar::I32,
            Shape::I64x2 => Scalar::I64,
            Shape::F32x4 => Scalar::F32,
            Shape::F64x2 => Scalar::F64,
        })
    }
}

impl Lane {
    pub const ALL: &'static [Lane] = &[
        Lane::I8,
        Lane::I16,
        Lane::I32,
        Lane::I64,
        Lane::U8,
        Lane::U16,
        Lane::U32,
        Lane::U64,
        Lane::F32,
        Lane::F64,
    ];

    pub fn shape(self) -> Shape {
        match self {
            Lane::I8 | Lane::U8 => Shape::I8x16,
            Lane::I16 | Lane::U16 => Shape::I16x8,
            Lane::I32 | Lane::U32 => Shape::I32x4,
            Lane::I64 | Lane::U64 => Shape::I64x2,
            Lane::F32 => Shape::F32x4,
            Lane::F64 => Shape::F64x2,
        }
    }

    pub fn is_unsigned(self) -> bool {
        matches!(self, Lane::U8 | Lane::U16 | Lane::U32 | Lane::U64)
    }
}

impl Op {
    pub fn new(kind: Kind, shape: Shape) -> Option<Op> {
        kind.shapes().contains(&shape).then_some(Op { kind, shape })
    }

    /// Every operation there is.
    pub fn all() -> impl Iterator<Item = Op> {
        Kind::ALL.iter().flat_map(|&kind| kind.shapes().iter().map(move |&shape| Op { kind, shape }))
    }

    /// The operation that text calls `i32x4.add`.
    pub fn find(text: &str) -> Option<Op> {
        let (shape, name) = text.split_once('.')?;
        let shape = Shape::ALL.iter().copied().find(|it| it.name() == shape)?;
        Kind::ALL.iter().filter(|kind| kind.name() == name).find_map(|&kind| Op::new(kind, shape))
    }

    /// The operation that an intrinsic `simd_NAME` is on lanes of a type: what is called so for its shape, or for bits; where
    /// signed and unsigned lanes differ, the type decides.
    pub fn of_lane(name: &str, lane: Lane) -> Option<Op> {
        let suffix = if lane.is_unsigned() { "_u" } else { "_s" };
        let is_called = |kind: Kind| kind.name() == name || kind.name().strip_suffix(suffix) == Some(name);
        let ops = |shape| {
            Kind::ALL.iter().filter(|kind| is_called(**kind)).find_map(move |&kind| Op::new(kind, shape))
        };
        ops(lane.shape()).or_else(|| ops(Shape::V128))
    }

    pub fn form(self) -> Form {
        self.kind.form()
    }

    /// Registers that it reads.
    pub fn arity(self) -> usize {
        match self.form() {
            Form::Vectors(n) => n.into(),
            Form::Splat | Form::Extract | Form::Test => 1,
            Form::Shift | Form::Replace | Form::Shuffle => 2,
        }
    }

    /// The scalar operand at a place; `None` where it is a vector.
    pub fn operand(self, index: usize) -> Option<Scalar> {
        match (self.form(), index) {
            (Form::Shift, 1) => Some(Scalar::I32),
            (Form::Splat, 0) | (Form::Replace, 1) => self.shape.scalar(),
            _ => None,
        }
    }

    /// The scalar that is the result; `None` where it is a vector.
    pub fn result(self) -> Option<Scalar> {
        match self.form() {
            Form::Test => Some(Scalar::I32),
            Form::Extract => self.shape.scalar(),
            _ => None,
        }
    }

    /// Whether the immediate is one that the operation takes.
    pub fn takes(self, imm: Imm) -> bool {
        match (self.form(), imm) {
            (Form::Extract | Form::Replace, Imm::Lane(lane)) => u32::from(lane) < self.shape.lanes(),
            (Form::Shuffle, Imm::Bytes(bytes)) => bytes.iter().all(|&byte| byte < 32),
            (Form::Extract | Form::Replace | Form::Shuffle, _) => false,
            (_, imm) => imm == Imm::None,
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.shape.name(), self.kind.name())
    }
}

impl fmt::Debug for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_operation_is_found_by_its_text() {
        let mut seen = BTreeSet::new();
        for op in Op::all() {
            assert_eq!(Op::find(&op.to_string()), Some(op));
            assert!(seen.insert(op.to_string()), "{op} is twice in the table");
        }
        assert_eq!(Op::find("i8x16.div"), None);
        assert_eq!(Op::find("add"), None);
    }

    #[test]
    fn the_type_of_lanes_decides_the_sign() {
        let name = |name, lane| Op::of_lane(name, lane).map(|op| op.to_string());
        assert_eq!(name("min", Lane::U8).as_deref(), Some("i8x16.min_u"));
        assert_eq!(name("min", Lane::I16).as_deref(), Some("i16x8.min_s"));
        assert_eq!(name("min", Lane::F64).as_deref(), Some("f64x2.min"));
        assert_eq!(name("add", Lane::U64).as_deref(), Some("i64x2.add"));
        assert_eq!(name("lt", Lane::U64), None);
        assert_eq!(name("and", Lane::F32).as_deref(), Some("v128.and"));
        assert_eq!(name("extract_lane", Lane::U16).as_deref(), Some("i16x8.extract_lane_u"));
    }

    #[test]
    fn immediates_are_in_range() {
        let extract = Op::find("i32x4.extract_lane").expect("a row");
        assert!(extract.takes(Imm::Lane(3)) && !extract.takes(Imm::Lane(4)) && !extract.takes(Imm::None));
        let shuffle = Op::find("i8x16.shuffle").expect("a row");
        assert!(shuffle.takes(Imm::Bytes([31; 16])) && !shuffle.takes(Imm::Bytes([32; 16])));
        let add = Op::find("i32x4.add").expect("a row");
        assert!(add.takes(Imm::None) && !add.takes(Imm::Lane(0)));
    }
}

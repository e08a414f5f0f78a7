//! The verifier's part for one body; `crate::verify` lists what is checked.

use crate::facts::{TypeFacts, try_place_ty};
use crate::ir::*;
use crate::print::print_ty;
use entity::{Idx, IndexVec};

/// Block, statement (the terminator has the number of its statements), message.
pub(crate) type Found = (Option<Block>, Option<usize>, String);

pub(crate) fn verify_body(program: &Program, facts: &TypeFacts, func: &Function, body: &Body) -> Vec<Found> {
    let mut v = Verifier { program, facts, func, body, at: (None, None), found: Vec::new() };
    v.header();
    // Later checks index locals by what the header has promised.
    if v.found.is_empty() {
        v.edges();
        for (block, data) in body.blocks.iter_enumerated() {
            for (i, stmt) in data.stmts.iter().enumerate() {
                v.at = (Some(block), Some(i));
                v.stmt(&stmt.kind);
            }
            v.at = (Some(block), Some(data.stmts.len()));
            v.term(&data.term, data.is_cleanup);
        }
    }
    v.found
}

struct Verifier<'a> {
    program: &'a Program,
    facts: &'a TypeFacts,
    func: &'a Function,
    body: &'a Body,
    at: (Option<Block>, Option<usize>),
    found: Vec<Found>,
}

/// What is known about a constant's or place's type: some constants have none of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Ty(Ty),
    Int(IntTy),
    F32,
    F64,
    Bool,
    Char,
    Unit,
    /// An address of static bytes.
    AnyPtr,
}

impl<'a> Verifier<'a> {
    fn fail(&mut self, message: impl Into<String>) {
        if self.found.len() < 20 {
            self.found.push((self.at.0, self.at.1, message.into()));
        }
    }

    fn name(&self, ty: Ty) -> String {
        print_ty(self.program, ty)
    }

    fn kind(&self, ty: Ty) -> &'a TyKind {
        &self.program.types.defs[ty].kind
    }

    fn header(&mut self) {
        let (func, body) = (self.func, self.body);
        let n_types = self.program.types.defs.len();
        if body.locals.is_empty() || body.blocks.is_empty() {
            return self.fail("a body has at least `_0` and `bb0`");
        }
        if body
            .locals
            .iter()
            .any(|l| l.ty.index() >= n_types || l.loan_of.is_some_and(|o| o.index() >= body.locals.len()))
        {
            return self.fail("a local has a type or owner that does not exist");
        }
        if body.locals[RETURN].ty != func.ret {
            self.fail("`_0` does not have the type of the result");
        }
        if body.params.len() != func.params.len() {
            return self.fail("the body has another number of parameters than the signature");
        }
        let mut seen = IndexVec::<Local, bool>::from_elem(false, body.locals.len());
        for (param, (ty, mode)) in body.params.iter().zip(&func.params) {
            if param.local == RETURN || param.local.index() >= body.locals.len() || seen[param.local] {
                return self.fail("a parameter's local is `_0`, out of range, or taken");
            }
            seen[param.local] = true;
            if body.locals[param.local].ty != *ty || param.mode != *mode {
                self.fail(format!("parameter {} does not agree with the signature", param.local));
            }
        }
        for (local, decl) in body.locals.iter_enumerated() {
            if decl.is_borrow && (local == RETURN || seen[local]) {
                self.fail(format!("{local} cannot be a borrow: it is a parameter or the result"));
            }
        }
    }

    fn edges(&mut self) {
        let body = self.body;
        for (block, data) in body.blocks.iter_enumerated() {
            self.at = (Some(block), Some(data.stmts.len()));
            for to in data.term.successors() {
                if to.index() >= body.blocks.len() {
                    self.fail(format!("goes to {to}, which does not exist"));
                    continue;
                }
                if to.index() == 0 {
                    self.fail("goes to the entry");
                }
                let unwinds = data.term.unwind() == Some(to);
                if unwinds && data.is_cleanup {
                    self.fail("unwinds inside of cleanup");
                }
                let expected = data.is_cleanup || unwinds;
                if body.blocks[to].is_cleanup != expected {
                    self.fail(format!("{to} is cleanup on one side of the edge only"));
                }
            }
        }
        if body.blocks[Block(0)].is_cleanup {
            self.fail("the entry is cleanup");
        }
    }

    fn place(&mut self, place: &Place) -> Option<Ty> {
        let n = self.body.locals.len();
        if place.local.index() >= n || place.indices().any(|i| i.index() >= n) {
            self.fail("a place has a local that does not exist");
            return None;
        }
        for index in place.indices() {
            if *self.kind(self.body.locals[index].ty) != TyKind::Int(IntTy::USize) {
                self.fail(format!("the index {index} is not a `USize`"));
            }
        }
        let ty = try_place_ty(&self.program.types, self.body, place);
        if ty.is_none() {
            self.fail(format!("the place at {} {:?} is malformed", place.local, place.proj));
        }
        ty
    }

    fn constant(&mut self, value: &Const) -> Option<Known> {
        Some(match value {
            Const::Int(_, ty) => Known::Int(*ty),
            Const::F32(_) => Known::F32,
            Const::F64(_) => Known::F64,
            Const::Bool(_) => Known::Bool,
            Const::Char(_) => Known::Char,
            Const::Unit => Known::Unit,
            Const::DataAddr(data) => {
                if data.index() >= self.program.datas.len() {
                    self.fail(format!("{data} does not exist"));
                }
                Known::AnyPtr
            }
            Const::Str(_, ty) | Const::Poison(ty) => Known::Ty(*ty),
            Const::Null(ty) => {
                self.expect_kind(*ty, "`null` is of a pointer's type", |k| {
                    matches!(k, TyKind::Ptr(_) | TyKind::Int(IntTy::USize))
                });
                Known::Ty(*ty)
            }
            Const::EmptyBuffer(ty) => {
                self.expect_kind(*ty, "`empty_buffer` is of a buffer's type", |k| {
                    matches!(k, TyKind::Buffer(_))
                });
                Known::Ty(*ty)
            }
            Const::Empty(ty, variant) => {
                let variant = self.program.types.defs[*ty].variants.get(*variant as usize);
                if !variant.is_some_and(|v| v.fields.is_empty()) {
                    self.fail("`empty` needs a variant without fields");
                }
                Known::Ty(*ty)
            }
        })
    }

    fn expect_kind(&mut self, ty: Ty, what: &str, fits: impl Fn(&TyKind) -> bool) {
        if !fits(self.kind(ty)) {
            self.fail(format!("{what}, not `{}`", self.name(ty)));
        }
    }

    /// An operand that may not be lent.
    fn value(&mut self, op: &Operand) -> Option<Known> {
        if matches!(op, Operand::Borrow(_)) {
            self.fail("nothing is lent here");
        }
        self.lent(op)
    }

    /// An operand that may be lent.
    fn lent(&mut self, op: &Operand) -> Option<Known> {
        match op {
            Operand::Copy(p) | Operand::Borrow(p) | Operand::Move(p) => self.place(p).map(Known::Ty),
            Operand::Const(value) => self.constant(value),
        }
    }

    fn fits(&self, known: Known, ty: Ty) -> bool {
        match (known, self.kind(ty)) {
            (Known::Ty(t), _) => t == ty,
            (Known::Int(a), TyKind::Int(b)) => a == *b,
            (Known::F32, TyKind::F32)
            | (Known::F64, TyKind::F64)
            | (Known::Bool, TyKind::Bool)
            | (Known::Char, TyKind::Char)
            | (Known::AnyPtr, TyKind::Ptr(_)) => true,
            (Known::Unit, TyKind::Struct) => {
                self.program.types.defs[ty].variants.first().is_some_and(|v| v.fields.is_empty())
            }
            _ => false,
        }
    }

    fn agree(&mut self, known: Option<Known>, ty: Option<Ty>, what: &str) {
        let (Some(known), Some(ty)) = (known, ty) else { return };
        if !self.fits(known, ty) {
            let found = match known {
                Known::Ty(t) => format!("`{}`", self.name(t)),
                Known::Int(t) => format!("a constant `{}`", t.name()),
                _ => "a constant of another type".to_string(),
            };
            self.fail(format!("{what} should be `{}`, is {found}", self.name(ty)));
        }
    }

    /// The kind of what is known, if it is a scalar.
    fn scalar(&self, known: Known) -> Option<TyKind> {
        Some(match known {
            Known::Ty(t) => self.kind(t).clone(),
            Known::Int(t) => TyKind::Int(t),
            Known::F32 => TyKind::F32,
            Known::F64 => TyKind::F64,
            Known::Bool => TyKind::Bool,
            Known::Char => TyKind::Char,
            Known::AnyPtr => TyKind::Ptr(Ty(0)),
            Known::Unit => return None,
        })
    }

    fn is_int(&self, known: Known) -> bool {
        matches!(self.scalar(known), Some(TyKind::Int(_)))
    }

    fn stmt(&mut self, stmt: &StmtKind) {
        match stmt {
            StmtKind::Assign(place, rvalue) => {
                let ty = self.place(place);
                self.borrow_into(place, rvalue);
                self.rvalue(rvalue, ty);
            }
            StmtKind::Drop(place) => {
                if let Some(ty) = self.place(place)
                    && self.facts.runs_user_drop(ty)
                {
                    self.fail("dropping this may run a user's code, which takes a terminator");
                }
            }
            StmtKind::DropReuse { place, variant, taken, token } => {
                self.drop_reuse(place, *variant, taken);
                self.token(*token);
            }
            StmtKind::FreeToken { token, ty } => {
                self.token(*token);
                if !self.program.types.defs.get(*ty).is_some_and(|d| d.is_boxed) {
                    self.fail("a token is of a boxed enum");
                }
            }
            StmtKind::Nop => {}
        }
    }

    fn borrow_into(&mut self, place: &Place, rvalue: &Rvalue) {
        if let Rvalue::Use(Operand::Borrow(_)) = rvalue {
            let lent_to =
                place.proj.is_empty() && self.body.locals.get(place.local).is_some_and(|l| l.is_borrow);
            if !lent_to {
                self.fail("`borrow` may be assigned only to a local that is a borrow");
            }
        }
    }

    fn drop_reuse(&mut self, place: &Place, variant: u32, taken: &[u32]) {
        let Some(ty) = self.place(place) else { return };
        let def = &self.program.types.defs[ty];
        let Some(variant) = def.variants.get(variant as usize) else {
            return self.fail("the variant does not exist");
        };
        if !def.is_boxed || variant.fields.is_empty() {
            self.fail("only variants with fields of boxed enums have memory to reuse");
        }
        if taken.iter().any(|i| *i as usize >= variant.fields.len()) {
            self.fail("a taken field does not exist");
        }
    }

    fn token(&mut self, token: Local) {
        let is_word =
            self.body.locals.get(token).is_some_and(|l| *self.kind(l.ty) == TyKind::Int(IntTy::USize));
        if !is_word {
            self.fail("a token is a `USize` local");
        }
    }

    fn rvalue(&mut self, rvalue: &Rvalue, ty: Option<Ty>) {
        match rvalue {
            Rvalue::Use(op) => {
                let known = self.lent(op);
                self.agree(known, ty, "the value");
            }
            Rvalue::Binary(op, a, b) => self.binary(*op, a, b, ty),
            Rvalue::Checked(op, a, b) => self.checked(*op, a, b, ty),
            Rvalue::Unary(_, a) => {
                let known = self.value(a);
                self.agree(known, ty, "the operand");
            }
            Rvalue::Cast(a) => {
                let known = self.value(a);
                let ok = |k: Option<TyKind>| {
                    matches!(
                        k,
                        Some(
                            TyKind::Int(_)
                                | TyKind::F32
                                | TyKind::F64
                                | TyKind::Bool
                                | TyKind::Char
                                | TyKind::Ptr(_)
                        )
                    )
                };
                let to = ty.map(|t| self.kind(t).clone());
                if !ok(known.and_then(|k| self.scalar(k))) || !ok(to) {
                    self.fail("casts are between numbers, `Char`, `Bool` and pointers");
                }
            }
            Rvalue::Aggregate { ty: of, variant, fields, reuse } => {
                self.agree(Some(Known::Ty(*of)), ty, "the value");
                self.aggregate(*of, *variant, fields);
                if let Some(token) = reuse {
                    self.token(*token);
                }
            }
            Rvalue::FixedRepeat(of, elem) => {
                self.agree(Some(Known::Ty(*of)), ty, "the value");
                let &TyKind::FixedArray(elem_ty, n) = self.kind(*of) else {
                    return self.fail("a repeated element makes a `[T; n]`");
                };
                if n == 0 {
                    self.fail("an array without elements repeats none");
                }
                let known = self.value(elem);
                self.agree(known, Some(elem_ty), "the element");
            }
            Rvalue::FixedArray(of, list) => {
                self.agree(Some(Known::Ty(*of)), ty, "the value");
                let &TyKind::FixedArray(elem, n) = self.kind(*of) else {
                    return self.fail("an array's elements make a `[T; n]`");
                };
                if n != list.len() as u64 {
                    self.fail("the number of elements is not that of the type");
                }
                for op in list {
                    let known = self.value(op);
                    self.agree(known, Some(elem), "the element");
                }
            }
            Rvalue::Discriminant(place) => {
                if let Some(of) = self.place(place) {
                    self.expect_kind(of, "only enums have discriminants", |k| *k == TyKind::Enum);
                }
                self.agree(Some(Known::Int(IntTy::I32)), ty, "the destination of a discriminant");
            }
            Rvalue::MakeFnBox { ty: of, env, func } => {
                self.agree(Some(Known::Ty(*of)), ty, "the value");
                self.fn_box(*of, env, *func);
            }
            Rvalue::MakeDyn { ty: of, value, methods } => {
                self.agree(Some(Known::Ty(*of)), ty, "the value");
                self.make_dyn(*of, value, methods);
            }
            Rvalue::AddrOf(place) => {
                let of = self.place(place);
                if let (Some(of), Some(ty)) = (of, ty)
                    && *self.kind(ty) != TyKind::Ptr(of)
                {
                    self.fail(format!("the address of a `{}` is a `Ptr` to it", self.name(of)));
                }
            }
            Rvalue::Intrinsic(op, list) => self.intrinsic(*op, list, ty),
        }
    }

    fn binary(&mut self, op: BinOp, a: &Operand, b: &Operand, ty: Option<Ty>) {
        let comparison = matches!(op, BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge);
        let (a, b) = if comparison { (self.lent(a), self.lent(b)) } else { (self.value(a), self.value(b)) };
        let (Some(a), Some(b)) = (a, b) else { return };
        let same = self.scalar(a).is_some() && (a == b || self.same_scalar(a, b));
        match op {
            BinOp::And | BinOp::Or | BinOp::Pow => self.fail("this operator has been lowered before MIR"),
            BinOp::Shl | BinOp::Shr => {
                self.agree(Some(a), ty, "the left operand");
                if !self.is_int(a) || !self.is_int(b) {
                    self.fail("shifts are on integers");
                }
            }
            _ if !same => self.fail("both operands have one scalar type"),
            _ if comparison => self.agree(Some(Known::Bool), ty, "the destination of a comparison"),
            _ => self.agree(Some(a), ty, "the operands"),
        }
    }

    fn same_scalar(&self, a: Known, b: Known) -> bool {
        match (self.scalar(a), self.scalar(b)) {
            (Some(TyKind::Ptr(_)), Some(TyKind::Ptr(_))) => a == Known::AnyPtr || b == Known::AnyPtr,
            (a, b) => a == b,
        }
    }

    fn checked(&mut self, op: BinOp, a: &Operand, b: &Operand, ty: Option<Ty>) {
        let (a, b) = (self.value(a), self.value(b));
        let (Some(a), Some(b), Some(ty)) = (a, b, ty) else { return };
        if !matches!(op, BinOp::Add | BinOp::Sub | BinOp::Mul) || !self.is_int(a) || !self.is_int(b) {
            self.fail("checked are `add`, `sub` and `mul` on integers");
        }
        let fields: Vec<Ty> =
            self.program.types.defs[ty].variants.iter().flat_map(|v| v.fields.iter().map(|f| f.ty)).collect();
        let &[result, overflowed] = &fields[..] else {
            return self.fail("the destination is a pair of result and overflow");
        };
        self.agree(Some(a), Some(result), "the left operand");
        self.agree(Some(b), Some(result), "the right operand");
        self.agree(Some(Known::Bool), Some(overflowed), "the second field");
    }

    fn aggregate(&mut self, ty: Ty, variant: u32, fields: &[Operand]) {
        let def = &self.program.types.defs[ty];
        let Some(variant) = def.variants.get(variant as usize) else {
            return self.fail("the variant does not exist");
        };
        if variant.fields.len() != fields.len() {
            self.fail("the number of fields is not that of the type");
        }
        for (op, field) in fields.iter().zip(&variant.fields) {
            let known = self.value(op);
            self.agree(known, Some(field.ty), "the field");
        }
    }

    fn fn_box(&mut self, ty: Ty, env: &Operand, func: FuncId) {
        let env = self.value(env);
        let TyKind::FnBox { params, ret } = self.kind(ty) else {
            return self.fail("a boxed closure has an `fn` type");
        };
        let Some(callee) = self.program.funcs.get(func) else {
            return self.fail(format!("{func} does not exist"));
        };
        let Some(((env_ty, mode), rest)) = callee.params.split_first() else {
            return self.fail("the closure's function takes its environment first");
        };
        self.agree(env, Some(*env_ty), "the environment");
        if *mode != ParamMode::Borrowed || *rest != **params || callee.ret != *ret {
            self.fail("the closure's function does not fit the type (with its environment borrowed first)");
        }
    }

    fn make_dyn(&mut self, ty: Ty, value: &Operand, methods: &[FuncId]) {
        let value = self.value(value);
        let &TyKind::Dyn { n_methods, .. } = self.kind(ty) else {
            return self.fail("a `dyn` value has a `dyn` type");
        };
        if n_methods as usize != methods.len() {
            self.fail("the number of methods is not that of the type");
        }
        for func in methods {
            match self.program.funcs.get(*func).and_then(|f| f.params.first()) {
                Some((receiver, _)) => self.agree(value, Some(*receiver), "the receiver of a method"),
                None => self.fail("a method takes its receiver first"),
            }
        }
    }

    fn intrinsic(&mut self, op: Intrinsic, list: &[Operand], ty: Option<Ty>) {
        let lends = matches!(op, Intrinsic::BufferPtr | Intrinsic::IsUnique);
        let known: Vec<Option<Known>> =
            list.iter().map(|op| if lends { self.lent(op) } else { self.value(op) }).collect();
        let arity = match op {
            Intrinsic::SizeOf(_) | Intrinsic::AlignOf(_) | Intrinsic::NeedsDrop(_) => 0,
            Intrinsic::MemorySize | Intrinsic::HeapBase | Intrinsic::StaticAddr(_) | Intrinsic::Trap => 0,
            Intrinsic::PtrOffset(_) | Intrinsic::Rotl | Intrinsic::Rotr | Intrinsic::MulHigh => 2,
            Intrinsic::Copysign | Intrinsic::FMin | Intrinsic::FMax => 2,
            Intrinsic::AtomicStore | Intrinsic::AtomicAdd => 2,
            Intrinsic::MemCopy | Intrinsic::MemFill | Intrinsic::AtomicCas => 3,
            _ => 1,
        };
        if list.len() != arity {
            return self.fail(format!("this intrinsic takes {arity} operands"));
        }
        let first = known.first().copied().flatten();
        let first_kind = first.and_then(|k| self.scalar(k));
        let wrong = |known: bool, message: &'static str| known.then_some(message);
        let message = match op {
            Intrinsic::BufferPtr | Intrinsic::BufferIntoPtr => {
                let fits = first_kind.is_none_or(|k| matches!(k, TyKind::Buffer(_)));
                wrong(!fits, "the operand is a buffer")
            }
            Intrinsic::IsUnique => {
                let counted = |k| {
                    matches!(k, TyKind::Buffer(_) | TyKind::Enum | TyKind::FnBox { .. } | TyKind::Dyn { .. })
                };
                wrong(!first_kind.is_none_or(counted), "the operand is counted")
            }
            Intrinsic::BufferFromPtr(elem) => {
                let differs = ty.is_some_and(|t| *self.kind(t) != TyKind::Buffer(elem));
                wrong(differs, "the destination is a buffer of these elements")
            }
            Intrinsic::PtrOffset(elem) => {
                self.agree(first, ty, "the pointer");
                let differs = ty.is_some_and(|t| *self.kind(t) != TyKind::Ptr(elem));
                wrong(differs, "the destination is a pointer to these elements")
            }
            _ => None,
        };
        if let Some(message) = message {
            self.fail(message);
        }
    }

    fn term(&mut self, term: &Term, is_cleanup: bool) {
        match term {
            Term::If { cond, .. } => {
                let known = self.value(cond);
                if known.is_some_and(|k| self.scalar(k) != Some(TyKind::Bool)) {
                    self.fail("the condition is not a `Bool`");
                }
            }
            Term::Switch { value, cases, .. } => {
                let known = self.value(value);
                if known.is_some_and(|k| {
                    !matches!(self.scalar(k), Some(TyKind::Int(_) | TyKind::Char | TyKind::Bool))
                }) {
                    self.fail("the value of a switch is an integer or a `Char`");
                }
                let mut values: Vec<i128> = cases.iter().map(|c| c.0).collect();
                values.sort_unstable();
                if values.windows(2).any(|w| w[0] == w[1]) {
                    self.fail("two cases of a switch are the same");
                }
            }
            Term::Call { callee, args, dest, target, .. } => self.call(callee, args, dest, *target),
            Term::Drop { place, .. } => {
                self.place(place);
            }
            Term::Return | Term::Throw if is_cleanup => self.fail("cleanup ends in `resume`"),
            Term::Resume if !is_cleanup => self.fail("`resume` ends cleanup only"),
            Term::Goto(_) | Term::Return | Term::Throw | Term::Resume | Term::Unreachable => {}
        }
    }

    fn call(&mut self, callee: &Callee, args: &[Arg], dest: &Place, target: Option<Block>) {
        let (params, ret): (&[(Ty, ParamMode)], Ty) = match callee {
            Callee::Func(func) => match self.program.funcs.get(*func) {
                Some(f) => (&f.params, f.ret),
                None => return self.fail(format!("{func} does not exist")),
            },
            Callee::FnBox(place) => {
                let Some(ty) = self.place(place) else { return };
                match self.kind(ty) {
                    TyKind::FnBox { params, ret } => (params, *ret),
                    _ => return self.fail("what is called is not a boxed closure"),
                }
            }
            Callee::Dyn { object, method, params, ret, .. } => {
                let Some(ty) = self.place(object) else { return };
                match self.kind(ty) {
                    TyKind::Dyn { n_methods, .. } if method < n_methods => (params, *ret),
                    _ => return self.fail("what is called is not a method of a `dyn` value"),
                }
            }
        };
        let ty = self.place(dest);
        if *self.kind(ret) != TyKind::Never {
            self.agree(Some(Known::Ty(ret)), ty, "the destination of the call");
        } else if target.is_some() {
            self.fail("a callee that never returns has no normal edge");
        }
        if params.len() != args.len() {
            return self.fail(format!("the callee takes {} arguments", params.len()));
        }
        for (i, (arg, (ty, mode))) in args.iter().zip(params).enumerate() {
            let known = self.arg(arg, *mode, i);
            self.agree(known, Some(*ty), &format!("argument {i}"));
        }
    }

    fn arg(&mut self, arg: &Arg, mode: ParamMode, i: usize) -> Option<Known> {
        match (arg, mode) {
            (Arg::Mut(place), ParamMode::Mut) => self.place(place).map(Known::Ty),
            (Arg::Value(op @ (Operand::Borrow(_) | Operand::Const(_))), ParamMode::Borrowed) => self.lent(op),
            (Arg::Value(op), ParamMode::Owned) => self.value(op),
            _ => {
                self.fail(format!("argument {i} does not fit the mode of its parameter"));
                None
            }
        }
    }
}

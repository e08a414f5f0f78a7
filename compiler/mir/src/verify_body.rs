//! The verifier's part for one body; `crate::verify` lists what is checked.

mod rvalue;

use crate::facts::{TypeFacts, try_place_ty};
use crate::ir::*;
use crate::print::print_ty;
use entity::{Arrange, Idx, IndexVec};

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

pub(crate) struct Verifier<'a> {
    pub program: &'a Program,
    facts: &'a TypeFacts,
    func: &'a Function,
    pub body: &'a Body,
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
    pub(crate) fn fail(&mut self, message: impl Into<String>) {
        if self.found.len() < 20 {
            self.found.push((self.at.0, self.at.1, message.into()));
        }
    }

    fn name(&self, ty: Ty) -> String {
        print_ty(self.program, ty)
    }

    pub(crate) fn kind(&self, ty: Ty) -> &'a TyKind {
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
            self.token_param(param);
        }
        let is_changed = |local: Local| body.param_mode(local) == Some(ParamMode::Mut);
        if !body.observed.iter().chain(&body.hole).all(|local| is_changed(*local)) {
            self.fail("what is observed, and what tells of holes, are `mut` parameters");
        } else if body.hole.is_some_and(|local| *self.kind(body.locals[local].ty) != TyKind::Bool) {
            self.fail("what tells of holes is a `Bool`");
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
                let expected = !matches!(data.term, Term::Caught(_)) && data.is_cleanup || unwinds;
                if body.blocks[to].is_cleanup != expected {
                    self.fail(format!("{to} is cleanup on one side of the edge only"));
                }
            }
        }
        if body.blocks[Block(0)].is_cleanup {
            self.fail("the entry is cleanup");
        }
    }

    pub(crate) fn place(&mut self, place: &Place) -> Option<Ty> {
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
            Const::FuncAddr(func) => {
                if func.index() >= self.program.funcs.len() {
                    self.fail(format!("{func} does not exist"));
                }
                Known::Int(IntTy::USize)
            }
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
            // In frames, which are behind pointers, borrows have no declaration.
            let lent_to = self.program.has_frames && place.is_indirect()
                || place.proj.is_empty() && self.body.locals.get(place.local).is_some_and(|l| l.is_borrow);
            if !lent_to {
                self.fail("`borrow` may be assigned only to a local that is a borrow");
            }
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
                values.arrange();
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
            Term::Caught(_) if !is_cleanup => self.fail("`caught` ends cleanup only"),
            Term::Goto(_)
            | Term::Caught(_)
            | Term::Return
            | Term::Throw
            | Term::Resume
            | Term::Unreachable => {}
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
                    TyKind::FnBox { params, ret, .. } => (params, *ret),
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
            Callee::Start(func) => return self.start(*func, args, dest),
            Callee::Resume => return self.resume(args, dest),
            Callee::Next(func) => return self.next(*func, args, dest),
            Callee::End(_) => return self.frame_arg(args),
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

    fn start(&mut self, func: FuncId, args: &[Arg], dest: &Place) {
        let Some(func) = self.program.funcs.get(func) else {
            return self.fail(format!("{func} does not exist"));
        };
        let [result, rest @ ..] = args else { return self.fail("`start` takes the address for a result") };
        self.int_arg(result, IntTy::USize, 0);
        self.expect_int(dest, IntTy::USize);
        if rest.len() != func.params.len() {
            return self.fail(format!("the function takes {} arguments", func.params.len()));
        }
        for (i, (arg, (ty, mode))) in rest.iter().zip(&func.params).enumerate() {
            if *mode != ParamMode::Owned {
                self.fail("what is started owns its arguments");
            }
            let known = self.arg(arg, *mode, i + 1);
            self.agree(known, Some(*ty), &format!("argument {}", i + 1));
        }
    }

    fn resume(&mut self, args: &[Arg], dest: &Place) {
        let [frame, mode] = args else { return self.fail("`resume` takes a frame and a mode") };
        self.int_arg(frame, IntTy::USize, 0);
        self.int_arg(mode, IntTy::I32, 1);
        self.expect_int(dest, IntTy::I32);
    }

    fn next(&mut self, func: FuncId, args: &[Arg], dest: &Place) {
        let Some(func) = self.program.funcs.get(func) else {
            return self.fail(format!("{func} does not exist"));
        };
        self.frame_arg(args);
        let ty = self.place(dest);
        self.agree(Some(Known::Ty(func.ret)), ty, "the destination of the call");
    }

    fn frame_arg(&mut self, args: &[Arg]) {
        match args {
            [frame] => self.int_arg(frame, IntTy::USize, 0),
            _ => self.fail("the callee takes a frame"),
        }
    }

    fn int_arg(&mut self, arg: &Arg, ty: IntTy, i: usize) {
        let known = self.arg(arg, ParamMode::Owned, i);
        if known.is_some_and(|k| self.scalar(k) != Some(TyKind::Int(ty))) {
            self.fail(format!("argument {i} should be `{}`", ty.name()));
        }
    }

    fn expect_int(&mut self, dest: &Place, ty: IntTy) {
        if self.place(dest).is_some_and(|found| *self.kind(found) != TyKind::Int(ty)) {
            self.fail(format!("the destination of the call should be `{}`", ty.name()));
        }
    }

    fn arg(&mut self, arg: &Arg, mode: ParamMode, i: usize) -> Option<Known> {
        match (arg, mode) {
            (Arg::Mut(place), ParamMode::Mut) => self.place(place).map(Known::Ty),
            (Arg::Value(op @ (Operand::Borrow(_) | Operand::Const(_))), ParamMode::Borrowed) => self.lent(op),
            (Arg::Value(op), ParamMode::Owned) => self.value(op),
            (Arg::Value(op @ Operand::Move(place)), ParamMode::Token { ty, variant }) => {
                self.given_token(place, ty, variant);
                self.value(op)
            }
            _ => {
                self.fail(format!("argument {i} does not fit the mode of its parameter"));
                None
            }
        }
    }
}

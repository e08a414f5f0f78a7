//! Walks over the parts of statements and terminators, in the order of evaluation: what is read, then what is written.

use crate::ir::*;

/// What happens to a place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Access {
    Copy,
    Move,
    Borrow,
    /// The variant is read.
    Discriminant,
    /// Its address goes to a pointer.
    AddrOf,
    /// Lent to a `mut` parameter.
    Mut,
    /// Overwritten.
    Write,
    /// Overwritten on the normal edge of a call.
    CallWrite,
    Drop,
}

impl Operand {
    fn access(&self, f: &mut impl FnMut(&Place, Access)) {
        match self {
            Operand::Copy(p) => f(p, Access::Copy),
            Operand::Move(p) => f(p, Access::Move),
            Operand::Borrow(p) => f(p, Access::Borrow),
            Operand::Const(_) => {}
        }
    }
}

impl Rvalue {
    pub fn for_each_operand<'a>(&'a self, mut f: impl FnMut(&'a Operand)) {
        match self {
            Rvalue::Use(a) | Rvalue::Unary(_, a) | Rvalue::Cast(a) | Rvalue::FixedRepeat(_, a) => f(a),
            Rvalue::Binary(_, a, b) | Rvalue::Checked(_, a, b) => {
                f(a);
                f(b);
            }
            Rvalue::Aggregate { fields: list, .. }
            | Rvalue::FixedArray(_, list)
            | Rvalue::Intrinsic(_, list) => {
                list.iter().for_each(f);
            }
            Rvalue::MakeFnBox { env: a, .. } | Rvalue::MakeDyn { value: a, .. } => f(a),
            Rvalue::Discriminant(_) | Rvalue::AddrOf(_) => {}
        }
    }

    pub fn for_each_operand_mut(&mut self, mut f: impl FnMut(&mut Operand)) {
        match self {
            Rvalue::Use(a) | Rvalue::Unary(_, a) | Rvalue::Cast(a) | Rvalue::FixedRepeat(_, a) => f(a),
            Rvalue::Binary(_, a, b) | Rvalue::Checked(_, a, b) => {
                f(a);
                f(b);
            }
            Rvalue::Aggregate { fields: list, .. }
            | Rvalue::FixedArray(_, list)
            | Rvalue::Intrinsic(_, list) => {
                list.iter_mut().for_each(f);
            }
            Rvalue::MakeFnBox { env: a, .. } | Rvalue::MakeDyn { value: a, .. } => f(a),
            Rvalue::Discriminant(_) | Rvalue::AddrOf(_) => {}
        }
    }

    /// The places read, without the locals inside of projections. A reuse token counts as moved.
    pub fn for_each_access(&self, f: &mut impl FnMut(&Place, Access)) {
        match self {
            Rvalue::Discriminant(p) => f(p, Access::Discriminant),
            Rvalue::AddrOf(p) => f(p, Access::AddrOf),
            _ => self.for_each_operand(|op| op.access(f)),
        }
        if let Rvalue::Aggregate { reuse: Some(token), .. } = self {
            f(&Place::from(*token), Access::Move);
        }
    }
}

impl StmtKind {
    /// The places accessed, without the locals inside of projections.
    pub fn for_each_access(&self, mut f: impl FnMut(&Place, Access)) {
        match self {
            StmtKind::Assign(place, rvalue) => {
                rvalue.for_each_access(&mut f);
                f(place, Access::Write);
            }
            StmtKind::Drop(place) => f(place, Access::Drop),
            StmtKind::DropReuse { place, token, .. } => {
                f(place, Access::Drop);
                f(&Place::from(*token), Access::Write);
            }
            StmtKind::FreeToken { token, .. } => f(&Place::from(*token), Access::Move),
            StmtKind::Nop => {}
        }
    }

    pub fn for_each_operand_mut(&mut self, f: impl FnMut(&mut Operand)) {
        if let StmtKind::Assign(_, rvalue) = self {
            rvalue.for_each_operand_mut(f);
        }
    }

    pub fn for_each_operand<'a>(&'a self, f: impl FnMut(&'a Operand)) {
        if let StmtKind::Assign(_, rvalue) = self {
            rvalue.for_each_operand(f);
        }
    }

    pub fn for_each_place_mut(&mut self, f: &mut impl FnMut(&mut Place)) {
        match self {
            StmtKind::Assign(place, rvalue) => {
                match rvalue {
                    Rvalue::Discriminant(p) | Rvalue::AddrOf(p) => f(p),
                    _ => rvalue.for_each_operand_mut(|op| operand_place(op, f)),
                }
                f(place);
            }
            StmtKind::Drop(place) | StmtKind::DropReuse { place, .. } => f(place),
            StmtKind::FreeToken { .. } | StmtKind::Nop => {}
        }
    }

    /// Every mention of a local, tokens and indices included.
    pub fn for_each_local_mut(&mut self, f: &mut impl FnMut(&mut Local)) {
        self.for_each_place_mut(&mut |place| place_locals(place, f));
        match self {
            StmtKind::Assign(_, Rvalue::Aggregate { reuse: Some(token), .. })
            | StmtKind::DropReuse { token, .. }
            | StmtKind::FreeToken { token, .. } => f(token),
            _ => {}
        }
    }
}

impl BlockData {
    /// Every mention of a function's code by its address.
    pub fn for_each_code(&self, f: &mut impl FnMut(FuncId)) {
        let mut operand = |op: &Operand| {
            if let Operand::Const(Const::FuncAddr(func)) = op {
                f(*func);
            }
        };
        self.stmts.iter().for_each(|stmt| stmt.kind.for_each_operand(&mut operand));
        self.term.for_each_operand(&mut operand);
    }

    pub fn for_each_code_mut(&mut self, f: &mut impl FnMut(&mut FuncId)) {
        self.for_each_const_mut(&mut |value| {
            if let Const::FuncAddr(func) = value {
                f(func);
            }
        });
    }

    pub fn for_each_const_mut(&mut self, f: &mut impl FnMut(&mut Const)) {
        let mut operand = |op: &mut Operand| {
            if let Operand::Const(value) = op {
                f(value);
            }
        };
        self.stmts.iter_mut().for_each(|stmt| stmt.kind.for_each_operand_mut(&mut operand));
        self.term.for_each_operand_mut(&mut operand);
    }
}

impl Term {
    /// Every block this can go to, in a fixed order; the unwinding edge last.
    pub fn successors(&self) -> impl Iterator<Item = Block> + '_ {
        let mut list = [None, None];
        let mut cases: &[(i128, Block)] = &[];
        match self {
            Term::Goto(to) | Term::Caught(to) => list[0] = Some(*to),
            Term::If { then, else_, .. } => list = [Some(*then), Some(*else_)],
            Term::Switch { cases: all, default, .. } => {
                cases = all;
                list[0] = Some(*default);
            }
            Term::Call { target, unwind, .. } => list = [*target, *unwind],
            Term::Drop { target, unwind, .. } => list = [Some(*target), *unwind],
            Term::Return | Term::Unreachable | Term::Resume | Term::Throw => {}
        }
        cases.iter().map(|(_, to)| *to).chain(list.into_iter().flatten())
    }

    pub fn for_each_successor_mut(&mut self, mut f: impl FnMut(&mut Block)) {
        match self {
            Term::Goto(to) | Term::Caught(to) => f(to),
            Term::If { then, else_, .. } => {
                f(then);
                f(else_);
            }
            Term::Switch { cases, default, .. } => {
                cases.iter_mut().for_each(|(_, to)| f(to));
                f(default);
            }
            Term::Call { target, unwind, .. } => target.iter_mut().chain(unwind).for_each(f),
            Term::Drop { target, unwind, .. } => {
                f(target);
                unwind.iter_mut().for_each(f);
            }
            Term::Return | Term::Unreachable | Term::Resume | Term::Throw => {}
        }
    }

    pub fn unwind(&self) -> Option<Block> {
        match self {
            Term::Call { unwind, .. } | Term::Drop { unwind, .. } => *unwind,
            _ => None,
        }
    }

    pub fn unwind_mut(&mut self) -> Option<&mut Option<Block>> {
        match self {
            Term::Call { unwind, .. } | Term::Drop { unwind, .. } => Some(unwind),
            _ => None,
        }
    }

    /// The places accessed, without the locals inside of projections. `Return` moves nothing here: that `_0` and
    /// the `mut` parameters are needed is for the analyses to say.
    pub fn for_each_access(&self, mut f: impl FnMut(&Place, Access)) {
        match self {
            Term::If { cond: op, .. } | Term::Switch { value: op, .. } => op.access(&mut f),
            Term::Call { callee, args, dest, .. } => {
                match callee {
                    Callee::Func(_)
                    | Callee::Start(_)
                    | Callee::Next(_)
                    | Callee::End(_)
                    | Callee::Resume => {}
                    Callee::FnBox(place) => f(place, Access::Borrow),
                    Callee::Dyn { object, receiver, .. } => f(object, receiver_access(*receiver)),
                }
                for arg in args {
                    match arg {
                        Arg::Value(op) => op.access(&mut f),
                        Arg::Mut(place) => f(place, Access::Mut),
                    }
                }
                f(dest, Access::CallWrite);
            }
            Term::Drop { place, .. } => f(place, Access::Drop),
            Term::Goto(_) | Term::Caught(_) => {}
            Term::Return | Term::Unreachable | Term::Resume | Term::Throw => {}
        }
    }

    pub fn for_each_operand_mut(&mut self, mut f: impl FnMut(&mut Operand)) {
        match self {
            Term::If { cond: op, .. } | Term::Switch { value: op, .. } => f(op),
            Term::Call { args, .. } => {
                for arg in args {
                    if let Arg::Value(op) = arg {
                        f(op);
                    }
                }
            }
            _ => {}
        }
    }

    pub fn for_each_operand<'a>(&'a self, mut f: impl FnMut(&'a Operand)) {
        match self {
            Term::If { cond: op, .. } | Term::Switch { value: op, .. } => f(op),
            Term::Call { args, .. } => {
                for arg in args {
                    if let Arg::Value(op) = arg {
                        f(op);
                    }
                }
            }
            _ => {}
        }
    }

    pub fn for_each_place_mut(&mut self, f: &mut impl FnMut(&mut Place)) {
        self.for_each_operand_mut(|op| operand_place(op, f));
        match self {
            Term::Call { callee, args, dest, .. } => {
                match callee {
                    Callee::Func(_)
                    | Callee::Start(_)
                    | Callee::Next(_)
                    | Callee::End(_)
                    | Callee::Resume => {}
                    Callee::FnBox(place) | Callee::Dyn { object: place, .. } => f(place),
                }
                for arg in args {
                    if let Arg::Mut(place) = arg {
                        f(place);
                    }
                }
                f(dest);
            }
            Term::Drop { place, .. } => f(place),
            _ => {}
        }
    }

    pub fn for_each_local_mut(&mut self, f: &mut impl FnMut(&mut Local)) {
        self.for_each_place_mut(&mut |place| place_locals(place, f));
    }
}

/// The mode in which a `dyn` method takes its receiver, as an access of the object: owned consumes the object.
fn receiver_access(receiver: ParamMode) -> Access {
    match receiver {
        ParamMode::Owned | ParamMode::Token { .. } => Access::Move,
        ParamMode::Borrowed => Access::Borrow,
        ParamMode::Mut => Access::Mut,
    }
}

fn operand_place(op: &mut Operand, f: &mut impl FnMut(&mut Place)) {
    match op {
        Operand::Copy(p) | Operand::Move(p) | Operand::Borrow(p) => f(p),
        Operand::Const(_) => {}
    }
}

fn place_locals(place: &mut Place, f: &mut impl FnMut(&mut Local)) {
    f(&mut place.local);
    for proj in &mut place.proj {
        if let Proj::Index(local) = proj {
            f(local);
        }
    }
}

impl Place {
    /// The locals used as indices.
    pub fn indices(&self) -> impl Iterator<Item = Local> + '_ {
        self.proj.iter().filter_map(|p| match p {
            Proj::Index(local) => Some(*local),
            _ => None,
        })
    }
}

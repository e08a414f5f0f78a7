//! What lies in a coroutine's frame, and the function that makes one.

use super::*;
use crate::analysis::bitset::BitSet;
use crate::analysis::flow::{Backward, backward};
use crate::visit::Access;
use syntax::Span;

/// Where a local of the coroutine is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Storage {
    /// Where it was, or in another local.
    Local(Local),
    /// A field of the frame.
    Field(u32),
    /// Behind a pointer that is a local: a `mut` parameter, the result.
    Behind(Local),
    /// Behind a pointer that is a field of the frame: a `mut` parameter that lives across a suspension.
    BehindField(u32),
}

/// The field for the frame that a coroutine waits for.
pub(super) const CHILD: u32 = 0;

/// A coroutine's frame behind its head, and the locals of the function that resumes it.
pub(super) struct Shape {
    pub rest: Ty,
    pub rest_ptr: Ty,
    pub storage: IndexVec<Local, Storage>,
    /// The field for each parameter.
    pub params: Vec<u32>,
    /// Parameters as they were.
    pub signature: Vec<(Ty, ParamMode)>,
    pub ret: Ty,
}

impl Shape {
    /// The body keeps its blocks and gets no new locals here.
    pub fn new(
        program: &mut Program,
        common: &Common,
        suspends: &IndexVec<FuncId, bool>,
        func: FuncId,
    ) -> Shape {
        let function = &program.funcs[func];
        let (signature, ret, name) = (function.params.clone(), function.ret, function.name.clone());
        let Some(body) = function.body() else { unreachable!("coroutines have bodies") };
        let crossing = crossing(program, suspends, body);
        let locals: Vec<(Local, Ty)> = body.locals.iter_enumerated().map(|(l, decl)| (l, decl.ty)).collect();
        let param_locals: Vec<Local> = body.params.iter().map(|p| p.local).collect();
        let names: Vec<String> = body.locals.iter().map(|l| l.name.clone().unwrap_or_default()).collect();
        let mut fields = vec![Field { name: "child".to_string(), ty: common.word }];
        let mut storage: IndexVec<Local, Storage> = locals.iter().map(|(l, _)| Storage::Local(*l)).collect();
        let mut params = Vec::new();
        for (local, (ty, mode)) in param_locals.iter().zip(&signature) {
            let by_address = *mode == ParamMode::Mut;
            let ty = if by_address { program.types.intern(TyKind::Ptr(*ty)) } else { *ty };
            let index = fields.len() as u32;
            fields.push(Field { name: names[local.index()].clone(), ty });
            params.push(index);
            if crossing.contains(local.index()) {
                storage[*local] =
                    if by_address { Storage::BehindField(index) } else { Storage::Field(index) };
            }
        }
        for (local, ty) in locals {
            if local != RETURN && crossing.contains(local.index()) && !param_locals.contains(&local) {
                storage[local] = Storage::Field(fields.len() as u32);
                fields.push(Field { name: names[local.index()].clone(), ty });
            }
        }
        let rest = program.types.declare(TyKind::Struct, format!("{name}.frame"));
        program.types.defs[rest].variants = vec![Variant { name: String::new(), fields }];
        let rest_ptr = program.types.intern(TyKind::Ptr(rest));
        Shape { rest, rest_ptr, storage, params, signature, ret }
    }
}

/// The locals that must be in the frame.
fn crossing(program: &Program, may_suspend: &IndexVec<FuncId, bool>, body: &Body) -> BitSet {
    let live = backward(body, &Live { locals: body.locals.len() });
    let mut found = BitSet::new(body.locals.len());
    let mut suspends = false;
    for data in &body.blocks {
        let Term::Call { callee, args, dest, target, unwind } = &data.term else { continue };
        let (leaves, ret) = match callee {
            Callee::Func(func) | Callee::Next(func) => {
                (may_suspend[*func] || program.funcs[*func].leaves_caller(), program.funcs[*func].ret)
            }
            _ => {
                let ret = crate::facts::place_ty(&program.types, body, dest);
                (boxed::suspends(&program.types, Some(body), callee), ret)
            }
        };
        if !leaves {
            continue;
        }
        suspends = true;
        for next in target.iter().chain(unwind) {
            found.union(&live[*next]);
        }
        // Their addresses are in the frame of the callee.
        let lent = args.iter().filter_map(|arg| match arg {
            Arg::Mut(place) => Some(place),
            Arg::Value(_) => None,
        });
        let result = Some(dest).filter(|_| !is_nothing(&program.types, ret));
        let object = match callee {
            Callee::Dyn { object, receiver: ParamMode::Mut, .. } => Some(object),
            _ => None,
        };
        for place in lent.chain(result).chain(object).filter(|place| !place.is_indirect()) {
            found.insert(place.local.index());
        }
    }
    if suspends {
        // What points to them may live across a suspension.
        found.union(&body.pointed_to());
    }
    found
}

/// Which locals are read later: in the owned stage each drop is a read.
struct Live {
    locals: usize,
}

impl Live {
    fn access(&self, state: &mut BitSet, place: &Place, access: Access) {
        let whole = place.proj.is_empty() && matches!(access, Access::Write | Access::CallWrite);
        if !whole {
            state.insert(place.local.index());
        }
        for index in place.indices() {
            state.insert(index.index());
        }
    }
}

impl Backward for Live {
    fn bits(&self) -> usize {
        self.locals
    }

    fn stmt(&self, state: &mut BitSet, stmt: &StmtKind) {
        if let StmtKind::Assign(place, _) = stmt
            && place.proj.is_empty()
        {
            state.remove(place.local.index());
        }
        if let StmtKind::DropReuse { token, .. } = stmt {
            state.remove(token.index());
        }
        stmt.for_each_access(|place, access| self.access(state, place, access));
    }

    fn term(&self, state: &mut BitSet, term: &Term) {
        term.for_each_access(|place, access| self.access(state, place, access));
    }

    fn normal_edge(&self, state: &mut BitSet, term: &Term) {
        if let Term::Call { dest, .. } = term
            && dest.proj.is_empty()
        {
            state.remove(dest.local.index());
        }
    }
}

/// Adds the function that makes a frame of `func`, which is still as it was. `code`: of what resumes it, if that is asked for.
pub(super) fn make_function(
    program: &mut Program,
    common: &Common,
    shape: &Shape,
    func: FuncId,
    code: Operand,
) -> FuncId {
    let function = &program.funcs[func];
    let (name, span) = (format!("{}.frame", function.name), function.span);
    let mut params = vec![(common.word, ParamMode::Owned), (common.word, ParamMode::Owned)];
    params.extend(&shape.signature);
    let body = Maker { common, shape, span, body: Body::default() }.build(&mut program.types, code, &params);
    add_maker(program, common, name, params, body, span)
}

/// A function that gives a frame, and never unwinds.
pub(super) fn add_maker(
    program: &mut Program,
    common: &Common,
    name: String,
    params: Vec<(Ty, ParamMode)>,
    body: Body,
    span: Span,
) -> FuncId {
    program.funcs.push(Function {
        name,
        params,
        ret: common.word,
        kind: FuncKind::Body(body),
        inline: hir::program::Inline::Auto,
        export: None,
        may_unwind: false,
        span,
    })
}

struct Maker<'a> {
    common: &'a Common,
    shape: &'a Shape,
    span: Span,
    body: Body,
}

impl Maker<'_> {
    fn build(mut self, types: &mut Types, code: Operand, params: &[(Ty, ParamMode)]) -> Body {
        let (common, span) = (self.common, self.span);
        self.body.new_local(common.word, span);
        for (ty, mode) in params {
            let local = self.body.new_local(*ty, span);
            self.body.params.push(Param { local, mode: *mode });
        }
        let first =
            BlockData { stmts: Vec::new(), term: Term::Unreachable, term_span: span, is_cleanup: false };
        let entry = self.body.blocks.push(first);
        let (size, stmts) = size_of_frame(&mut self.body, common, self.shape, span);
        self.body.blocks[entry].stmts = stmts;
        let memory = self.body.new_local(common.byte_ptr, span);
        let fill = new_block(&mut self.body, span);
        self.body.blocks[entry].term = Term::Call {
            callee: Callee::Func(common.alloc),
            args: vec![Arg::Value(Operand::Copy(size.into()))],
            dest: memory.into(),
            target: Some(fill),
            unwind: None,
        };
        let head = self.body.new_local(common.head_ptr, span);
        let mut stmts = vec![assign(head, Rvalue::Cast(Operand::Copy(memory.into())), span)];
        let copy = |local: Local| Operand::Copy(local.into());
        let words = [
            (CODE, code),
            (PARENT, copy(Local(1))),
            (RESULT, copy(Local(2))),
            (STATE, word(0)),
            (SIZE, copy(size)),
        ];
        stmts.extend(words.map(|(index, value)| assign(field(head, index), Rvalue::Use(value), span)));
        let rest = rest_pointer(&mut self.body, common, self.shape, head, &mut stmts, span);
        self.arguments(types, rest, &mut stmts);
        stmts.push(assign(RETURN, Rvalue::Cast(Operand::Copy(memory.into())), span));
        self.body.blocks[fill].stmts = stmts;
        self.body.blocks[fill].term = Term::Return;
        self.body
    }

    /// Moves the arguments to their fields: what is lent as the bits that it is, what is `mut` as its address.
    fn arguments(&mut self, types: &mut Types, rest: Local, stmts: &mut Vec<Stmt>) {
        for (i, (ty, mode)) in self.shape.signature.iter().enumerate() {
            let (param, to) = (Local::new(i + 3), field(rest, self.shape.params[i]));
            let value = match mode {
                ParamMode::Owned | ParamMode::Token { .. } => Rvalue::Use(Operand::Move(param.into())),
                ParamMode::Borrowed => Rvalue::Use(Operand::Borrow(param.into())),
                ParamMode::Mut => {
                    let pointer = types.intern(TyKind::Ptr(*ty));
                    let address = self.body.new_local(pointer, self.span);
                    stmts.push(assign(address, Rvalue::AddrOf(param.into()), self.span));
                    Rvalue::Use(Operand::Copy(address.into()))
                }
            };
            stmts.push(assign(to, value, self.span));
        }
    }
}

/// The bytes of a frame, in a new local.
pub(super) fn size_of_frame(
    body: &mut Body,
    common: &Common,
    shape: &Shape,
    span: Span,
) -> (Local, Vec<Stmt>) {
    let [head, rest, size] = [0; 3].map(|_| body.new_local(common.word, span));
    let size_of = |to: Local, ty: Ty| assign(to, Rvalue::Intrinsic(Intrinsic::SizeOf(ty), Vec::new()), span);
    let sum = Rvalue::Binary(BinOp::Add, Operand::Copy(head.into()), Operand::Copy(rest.into()));
    (size, vec![size_of(head, common.head), size_of(rest, shape.rest), assign(size, sum, span)])
}

/// The address behind the head.
pub(super) fn rest_pointer(
    body: &mut Body,
    common: &Common,
    shape: &Shape,
    head: Local,
    stmts: &mut Vec<Stmt>,
    span: Span,
) -> Local {
    let behind = body.new_local(common.head_ptr, span);
    let rest = body.new_local(shape.rest_ptr, span);
    let offset =
        Rvalue::Intrinsic(Intrinsic::PtrOffset(common.head), vec![Operand::Copy(head.into()), word(1)]);
    stmts.push(assign(behind, offset, span));
    stmts.push(assign(rest, Rvalue::Cast(Operand::Copy(behind.into())), span));
    rest
}

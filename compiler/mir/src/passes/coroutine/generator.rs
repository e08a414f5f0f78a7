//! Generators: their values, going on with them, and the state behind their end.

use super::body::Lowering;
use super::*;
use syntax::Span;

/// Which functions yield, or are asked for values.
pub(super) fn generators(program: &Program) -> IndexVec<FuncId, bool> {
    let mut found = IndexVec::from_elem(false, program.funcs.len());
    for (id, func) in program.funcs.iter_enumerated() {
        for data in func.body().into_iter().flat_map(|body| &body.blocks) {
            match &data.term {
                Term::Call { callee: Callee::Next(func) | Callee::End(func), .. } => found[*func] = true,
                Term::Call { callee: Callee::Func(func), .. } => {
                    found[id] |= program.funcs[*func].kind == FuncKind::Yield;
                }
                _ => {}
            }
        }
    }
    found
}

/// Adds the function that goes on with a frame of `func`, which does not suspend, and returns or unwinds as that does. `func` is still
/// as it was.
pub(super) fn next_function(program: &mut Program, common: &Common, func: FuncId) -> FuncId {
    let function = &program.funcs[func];
    let (name, span) = (format!("{}.next", function.name), function.span);
    let (ret, may_unwind) = (function.ret, function.may_unwind);
    let body = next_body(&mut program.types, common, func, ret, may_unwind, span);
    program.funcs.push(Function {
        name,
        params: vec![(common.word, ParamMode::Owned)],
        ret,
        kind: FuncKind::Body(body),
        inline: hir::program::Inline::Auto,
        export: None,
        may_unwind,
        span,
    })
}

fn next_body(
    types: &mut Types,
    common: &Common,
    func: FuncId,
    ret: Ty,
    may_unwind: bool,
    span: Span,
) -> Body {
    let mut body = Body::default();
    body.new_local(ret, span);
    let frame = body.new_local(common.word, span);
    body.params.push(Param { local: frame, mode: ParamMode::Owned });
    let data = BlockData { stmts: Vec::new(), term: Term::Unreachable, term_span: span, is_cleanup: false };
    let entry = body.blocks.push(data);
    let head = body.new_local(common.head_ptr, span);
    let (result, stmts) = address(types, &mut body, common, ret, RETURN.into(), span);
    body.blocks[entry].stmts.push(assign(head, Rvalue::Cast(Operand::Copy(frame.into())), span));
    body.blocks[entry].stmts.extend(stmts);
    body.blocks[entry].stmts.push(assign(field(head, RESULT), Rvalue::Use(result), span));
    let status = body.new_local(common.status, span);
    let ran = new_block(&mut body, span);
    body.blocks[entry].term = resume(func, Operand::Copy(frame.into()), status, ran);
    let returns = new_block(&mut body, span);
    body.blocks[returns].term = Term::Return;
    body.blocks[ran].term = Term::Goto(returns);
    if may_unwind {
        let throws = new_block(&mut body, span);
        body.blocks[throws].term = Term::Throw;
        let status = Operand::Copy(status.into());
        body.blocks[ran].term =
            Term::Switch { value: status, cases: vec![(ENDED, throws)], default: returns };
    }
    body
}

/// The call that goes on with a frame.
fn resume(func: FuncId, frame: Operand, status: Local, target: Block) -> Term {
    let mode = Operand::Const(Const::Int(RUN, IntTy::I32));
    Term::Call {
        callee: Callee::Func(func),
        args: vec![Arg::Value(frame), Arg::Value(mode)],
        dest: status.into(),
        target: Some(target),
        unwind: None,
    }
}

impl Lowering<'_> {
    /// Whether it is a generator that suspends who asks for its next value.
    pub(super) fn suspends(&self, func: FuncId) -> bool {
        let coroutine = self.all.get(func).and_then(Option::as_ref);
        coroutine.and_then(|c| c.generator.as_ref()).is_some_and(|generator| generator.next.is_none())
    }

    /// Hands over a value.
    pub(super) fn yields(
        &mut self,
        block: Block,
        args: Vec<Arg>,
        (target, unwind): (Option<Block>, Option<Block>),
        span: Span,
    ) {
        let to = self.stored(&RETURN.into());
        let values = args.into_iter().filter_map(|arg| match arg {
            Arg::Value(value) => Some(value),
            Arg::Mut(_) => None,
        });
        for value in values {
            self.body.blocks[block].stmts.push(assign(to.clone(), Rvalue::Use(value), span));
        }
        let resume = self.resumed(target, unwind, span);
        self.leave(block, resume, YIELDED, span);
    }

    /// Goes on with a generator that may suspend this coroutine.
    pub(super) fn next(
        &mut self,
        block: Block,
        func: FuncId,
        args: &[Arg],
        dest: Place,
        (target, unwind): (Option<Block>, Option<Block>),
        span: Span,
    ) {
        let [Arg::Value(frame)] = args else { unreachable!("the verifier excludes it") };
        let head = self.body.new_local(self.common.head_ptr, span);
        let ret = self.all[func].as_ref().map_or(self.shape.ret, |c| c.shape.ret);
        let (result, stmts) = address(&mut self.program.types, &mut self.body, self.common, ret, dest, span);
        let parent = Operand::Copy(self.frame.into());
        let data = &mut self.body.blocks[block];
        data.stmts.push(assign(head, Rvalue::Cast(frame.clone()), span));
        data.stmts.extend(stmts);
        data.stmts.push(assign(field(head, RESULT), Rvalue::Use(result), span));
        data.stmts.push(assign(field(head, PARENT), Rvalue::Use(parent), span));
        let status = self.body.new_local(self.common.status, span);
        let [ran, suspended] = [(); 2].map(|()| new_block(&mut self.body, span));
        self.body.blocks[block].term = resume(func, frame.clone(), status, ran);
        let target = target.unwrap_or_else(|| self.unreachable());
        let ended = unwind.unwrap_or(self.exits[ENDED as usize]);
        self.body.blocks[ran].term = Term::Switch {
            value: Operand::Copy(status.into()),
            cases: vec![(SUSPENDED, suspended), (ENDED, ended)],
            default: target,
        };
        let resumed = self.resumed(Some(target), unwind, span);
        self.leave(suspended, resumed, SUSPENDED, span);
    }

    /// The last state, in which a generator is that has ended: it has no more values, and owns nothing.
    pub(super) fn state_behind_end(&mut self) {
        let span = self.span;
        let state = word(self.resumes.len() as i128);
        for status in [FINISHED, ENDED] {
            let stmt = assign(field(self.head, STATE), Rvalue::Use(state.clone()), span);
            self.body.blocks[self.exits[status as usize]].stmts.push(stmt);
        }
        let nothing = new_block(&mut self.body, span);
        let none = Rvalue::Use(Operand::Const(Const::Empty(self.shape.ret, NONE)));
        let to = self.stored(&RETURN.into());
        self.body.blocks[nothing].stmts.push(assign(to, none, span));
        self.body.blocks[nothing].term = Term::Goto(self.exits[FINISHED as usize]);
        let resume = self.resumed(Some(nothing), None, span);
        self.resumes.push(resume);
    }
}

//! The body of a coroutine as the function that resumes it.

use super::frame::{Storage, rest_pointer, size_of_frame};
use super::*;
use crate::facts::TypeFacts;
use syntax::Span;

/// Makes `func` the function that resumes its frames.
pub(super) fn lower(
    program: &mut Program,
    common: &Common,
    facts: &TypeFacts,
    all: &IndexVec<FuncId, Option<Coroutine>>,
    func: FuncId,
    shape: &Shape,
) {
    let function = &mut program.funcs[func];
    let span = function.span;
    let FuncKind::Body(body) = std::mem::replace(&mut function.kind, FuncKind::Suspend) else {
        unreachable!("coroutines have bodies")
    };
    let is_generator = all.get(func).is_some_and(|c| c.as_ref().is_some_and(|c| c.generator.is_some()));
    let mut lowering = Lowering::new(program, (common, facts), all, shape, (body, span), is_generator);
    lowering.run(is_generator);
    let body = lowering.body;
    let function = &mut program.funcs[func];
    function.params = vec![(common.word, ParamMode::Owned), (common.status, ParamMode::Owned)];
    function.ret = common.status;
    function.may_unwind = false;
    function.kind = FuncKind::Body(body);
}

/// Starting a coroutine is making its frame, which has no parent.
pub(super) fn lower_starts(
    program: &mut Program,
    common: &Common,
    all: &IndexVec<FuncId, Option<Coroutine>>,
    func: FuncId,
) {
    let Program { types, funcs, .. } = program;
    let Some(body) = funcs[func].body_mut() else { return };
    let stmts = body.blocks.iter_mut().flat_map(|data| &mut data.stmts);
    stmts.for_each(|stmt| boxed::replace(types, all, &mut stmt.kind));
    for block in body.blocks.indices() {
        let mut term = std::mem::replace(&mut body.blocks[block].term, Term::Unreachable);
        lower_start(common, all, body, &mut term);
        body.blocks[block].term = term;
    }
}

/// Lowers a call that does not suspend its caller: a start, and going on with a generator.
fn lower_start(common: &Common, all: &IndexVec<FuncId, Option<Coroutine>>, body: &mut Body, term: &mut Term) {
    let Term::Call { callee, args, dest, .. } = term else { return };
    let Some(Some(coroutine)) = callee.func().and_then(|func| all.get(func)) else { return };
    match callee {
        Callee::Start(_) => {
            *callee = Callee::Func(coroutine.make);
            args.insert(0, Arg::Value(word(0)));
        }
        Callee::Next(_) => {
            if let Some(next) = coroutine.generator.as_ref().and_then(|generator| generator.next) {
                *callee = Callee::Func(next);
            }
        }
        Callee::End(func) => {
            *callee = Callee::Func(*func);
            args.push(Arg::Value(Operand::Const(Const::Int(END, IntTy::I32))));
            *dest = body.new_local(common.status, Span::DUMMY).into();
        }
        Callee::Func(_) | Callee::FnBox(_) | Callee::Dyn { .. } | Callee::Resume => {}
    }
}

/// What a block's terminator becomes.
enum Kind {
    Suspend,
    Yield,
    Call(FuncId),
    /// Asks a generator that suspends for its next value.
    Next(FuncId),
    /// Calls through a box or a table what may suspend.
    Boxed,
    Other,
}

pub(super) struct Lowering<'a> {
    pub program: &'a mut Program,
    pub common: &'a Common,
    facts: &'a TypeFacts,
    pub all: &'a IndexVec<FuncId, Option<Coroutine>>,
    pub shape: &'a Shape,
    storage: IndexVec<Local, Storage>,
    pub body: Body,
    pub span: Span,
    /// The parameters: the frame's address, and how to go on.
    pub frame: Local,
    mode: Local,
    pub head: Local,
    rest: Local,
    /// Where each state goes on.
    pub resumes: Vec<Block>,
    /// The blocks that return with a status.
    pub exits: Vec<Block>,
}

impl<'a> Lowering<'a> {
    fn new(
        program: &'a mut Program,
        (common, facts): (&'a Common, &'a TypeFacts),
        all: &'a IndexVec<FuncId, Option<Coroutine>>,
        shape: &'a Shape,
        (mut body, span): (Body, Span),
        is_generator: bool,
    ) -> Lowering<'a> {
        let storage = shape.storage.clone();
        let frame = body.new_local(common.word, span);
        let mode = body.new_local(common.status, span);
        let head = body.new_local(common.head_ptr, span);
        let mut statuses = vec![SUSPENDED, FINISHED, ENDED];
        statuses.extend(is_generator.then_some(YIELDED));
        let exit = |status: i128| {
            let block = new_block(&mut body, span);
            let status = Operand::Const(Const::Int(status, IntTy::I32));
            body.blocks[block].stmts = vec![assign(RETURN, Rvalue::Use(status), span)];
            body.blocks[block].term = Term::Return;
            block
        };
        let exits = statuses.into_iter().map(exit).collect();
        Lowering {
            program,
            common,
            facts,
            all,
            shape,
            storage,
            body,
            span,
            frame,
            mode,
            head,
            rest: RETURN,
            resumes: Vec::new(),
            exits,
        }
    }

    fn run(&mut self, is_generator: bool) {
        let old_blocks = self.body.blocks.len() - self.exits.len();
        let cleanup: Vec<bool> =
            self.body.blocks.iter().take(old_blocks).map(|data| data.is_cleanup).collect();
        for data in self.body.blocks.iter_mut() {
            data.is_cleanup = false;
        }
        // Nothing jumps to the entry, so it can be another block.
        let start = new_block(&mut self.body, self.span);
        self.body.blocks[start] = BlockData { is_cleanup: false, ..self.body.blocks[Block(0)].clone() };
        let (mut prologue, result) = self.entry();
        self.result(result);
        let begin = self.begin(start, &mut prologue);
        self.resumes.push(begin);
        for block in (1..old_blocks).map(Block::new).chain([start]) {
            let in_cleanup = block != start && cleanup[block.index()];
            self.block(block, in_cleanup);
        }
        if is_generator {
            self.state_behind_end();
        }
        self.dispatch(prologue);
    }

    /// The statements at the head of the function, before it looks at the state, and the pointer to the result.
    fn entry(&mut self) -> (Vec<Stmt>, Option<Local>) {
        let (common, span) = (self.common, self.span);
        let mut stmts = vec![assign(self.head, Rvalue::Cast(Operand::Copy(self.frame.into())), span)];
        self.rest = rest_pointer(&mut self.body, common, self.shape, self.head, &mut stmts, span);
        let ret = self.shape.ret;
        let result = (!is_nothing(&self.program.types, ret)).then(|| {
            let pointer = self.program.types.intern(TyKind::Ptr(ret));
            let result = self.body.new_local(pointer, span);
            stmts.push(assign(result, Rvalue::Cast(Operand::Copy(field(self.head, RESULT))), span));
            result
        });
        (stmts, result)
    }

    /// `_0` is the status now; the result is behind a pointer, or a local that nobody reads.
    fn result(&mut self, pointer: Option<Local>) {
        self.storage[RETURN] = match pointer {
            Some(pointer) => Storage::Behind(pointer),
            None => Storage::Local(self.body.new_local(self.shape.ret, self.span)),
        };
        self.body.locals[RETURN].ty = self.common.status;
        self.body.locals[RETURN].name = None;
    }

    /// State 0: takes the parameters out of the frame that do not stay there, or drops them all.
    fn begin(&mut self, start: Block, prologue: &mut Vec<Stmt>) -> Block {
        let span = self.span;
        let params = std::mem::take(&mut self.body.params);
        let take = new_block(&mut self.body, span);
        for (i, param) in params.iter().enumerate() {
            let from = field(self.rest, self.shape.params[i]);
            if self.storage[param.local] != Storage::Local(param.local) {
                continue;
            }
            let stmt = match param.mode {
                ParamMode::Owned | ParamMode::Token { .. } => {
                    assign(param.local, Rvalue::Use(Operand::Move(from)), span)
                }
                ParamMode::Borrowed => {
                    self.body.locals[param.local].is_borrow = true;
                    assign(param.local, Rvalue::Use(Operand::Borrow(from)), span)
                }
                ParamMode::Mut => {
                    // The address is the same in every state, and its field never written again.
                    let pointer = self.program.types.intern(TyKind::Ptr(self.body.locals[param.local].ty));
                    let address = self.body.new_local(pointer, span);
                    self.storage[param.local] = Storage::Behind(address);
                    prologue.push(assign(address, Rvalue::Use(Operand::Copy(from)), span));
                    continue;
                }
            };
            self.body.blocks[take].stmts.push(stmt);
        }
        self.body.blocks[take].term = Term::Goto(start);
        let owned = params.iter().zip(&self.shape.params).filter(|(param, _)| param.mode == ParamMode::Owned);
        let fields: Vec<u32> = owned.map(|(_, field)| *field).collect();
        let end = self.drop_fields(&fields);
        self.body.params =
            [self.frame, self.mode].map(|local| Param { local, mode: ParamMode::Owned }).to_vec();
        let begin = new_block(&mut self.body, span);
        self.by_mode(begin, take, end);
        begin
    }

    /// Blocks that drop these fields of the frame and end.
    fn drop_fields(&mut self, fields: &[u32]) -> Block {
        let facts = self.facts;
        let mut next = self.exits[ENDED as usize];
        for index in fields {
            let ty = self.program.types.field(self.shape.rest, 0, *index);
            if !facts.needs_drop(ty) {
                continue;
            }
            let place = field(self.rest, *index);
            let block = new_block(&mut self.body, self.span);
            self.body.blocks[block].term = match facts.runs_user_drop(ty) {
                true => Term::Drop { place, target: next, unwind: None },
                false => {
                    self.body.blocks[block].stmts.push(Stmt { kind: StmtKind::Drop(place), span: self.span });
                    Term::Goto(next)
                }
            };
            next = block;
        }
        next
    }

    /// The entry: to the block of the state.
    fn dispatch(&mut self, mut stmts: Vec<Stmt>) {
        let span = self.span;
        let entry = &mut self.body.blocks[Block(0)];
        if let [only] = self.resumes[..] {
            entry.stmts = stmts;
            entry.term = Term::Goto(only);
            return;
        }
        let state = self.body.new_local(self.common.word, span);
        stmts.push(assign(state, Rvalue::Use(Operand::Copy(field(self.head, STATE))), span));
        let last = self.resumes.len() - 1;
        let cases = self.resumes[..last].iter().enumerate().map(|(i, block)| (i as i128, *block)).collect();
        let entry = &mut self.body.blocks[Block(0)];
        entry.stmts = stmts;
        entry.term = Term::Switch { value: Operand::Copy(state.into()), cases, default: self.resumes[last] };
    }

    fn by_mode(&mut self, block: Block, run: Block, end: Block) {
        let mode = Operand::Copy(self.mode.into());
        self.body.blocks[block].term = Term::Switch { value: mode, cases: vec![(RUN, run)], default: end };
    }

    // ------------------------------------------------------------ blocks

    fn block(&mut self, block: Block, in_cleanup: bool) {
        let stmts = std::mem::take(&mut self.body.blocks[block].stmts);
        let mut out = Vec::with_capacity(stmts.len());
        for stmt in stmts {
            self.stmt(stmt, &mut out);
        }
        let span = self.body.blocks[block].term_span;
        let mut term = std::mem::replace(&mut self.body.blocks[block].term, Term::Unreachable);
        self.term_places(&mut term, &mut out, span);
        self.body.blocks[block].stmts = out;
        let kind = match &term {
            Term::Call { callee: Callee::Func(func), .. } => match self.all.get(*func) {
                Some(Some(_)) => Kind::Call(*func),
                _ if self.program.funcs[*func].kind == FuncKind::Suspend => Kind::Suspend,
                _ if self.program.funcs[*func].kind == FuncKind::Yield => Kind::Yield,
                _ => Kind::Other,
            },
            Term::Call { callee: Callee::Next(func), .. } if self.suspends(*func) => Kind::Next(*func),
            Term::Call { callee, .. } if boxed::suspends(&self.program.types, Some(&self.body), callee) => {
                Kind::Boxed
            }
            _ => Kind::Other,
        };
        match (kind, term) {
            (Kind::Suspend, Term::Call { target, unwind, .. }) => self.suspend(block, target, unwind, span),
            (Kind::Call(func), Term::Call { args, dest, target, unwind, .. }) => {
                self.call(block, func, args, dest, (target, unwind), span);
            }
            (Kind::Yield, Term::Call { args, target, unwind, .. }) => {
                self.yields(block, args, (target, unwind), span);
            }
            (Kind::Next(func), Term::Call { args, dest, target, unwind, .. }) => {
                self.next(block, func, &args, dest, (target, unwind), span);
            }
            (Kind::Boxed, Term::Call { callee, args, dest, target, unwind }) => {
                self.call_boxed(block, callee, args, dest, (target, unwind), span);
            }
            (_, term) => self.other(block, term, in_cleanup),
        }
    }

    fn other(&mut self, block: Block, mut term: Term, in_cleanup: bool) {
        lower_start(self.common, self.all, &mut self.body, &mut term);
        let [finished, ended] = [FINISHED, ENDED].map(|status| self.exits[status as usize]);
        let may_unwind = match &term {
            Term::Call { callee, .. } => self.program.call_may_unwind(callee),
            Term::Drop { place, .. } => {
                let ty = crate::facts::place_ty(&self.program.types, &self.body, place);
                self.program.drop_may_unwind(ty)
            }
            _ => false,
        };
        match &mut term {
            Term::Return => term = Term::Goto(finished),
            Term::Resume | Term::Throw => term = Term::Goto(ended),
            Term::Caught(to) => term = Term::Goto(*to),
            // Without a panic, where this frame is ended, a `drop` may panic: the others still run, and whoever ends the frame
            // finds that it has.
            Term::Drop { target, unwind, .. } if in_cleanup => {
                *unwind = may_unwind.then(|| self.landing(*target));
            }
            Term::Call { unwind, .. } | Term::Drop { unwind, .. } => {
                let cleanup = unwind.or((may_unwind && !in_cleanup).then_some(ended));
                *unwind = cleanup.map(|cleanup| self.landing(cleanup));
            }
            _ => {}
        }
        self.body.blocks[block].term = term;
    }

    /// Where unwinding stops and goes on as ordinary code.
    fn landing(&mut self, to: Block) -> Block {
        let block = new_block(&mut self.body, self.span);
        self.body.blocks[block].is_cleanup = true;
        self.body.blocks[block].term = Term::Caught(to);
        block
    }

    /// Leaves for later: the next state goes on at the block `resume`.
    pub fn leave(&mut self, block: Block, resume: Block, status: i128, span: Span) {
        let state = word(self.resumes.len() as i128);
        self.resumes.push(resume);
        self.body.blocks[block].stmts.push(assign(field(self.head, STATE), Rvalue::Use(state), span));
        self.body.blocks[block].term = Term::Goto(self.exits[status as usize]);
    }

    pub fn unreachable(&mut self) -> Block {
        new_block(&mut self.body, self.span)
    }

    fn suspend(&mut self, block: Block, target: Option<Block>, unwind: Option<Block>, span: Span) {
        let word_ptr = self.program.types.intern(TyKind::Ptr(self.common.word));
        let slot = self.body.new_local(word_ptr, span);
        let bytes = self.body.new_local(self.common.byte_ptr, span);
        let address = Rvalue::Intrinsic(Intrinsic::StaticAddr(SUSPENDED_FRAME), Vec::new());
        let place = Place { local: slot, proj: vec![Proj::Deref] };
        self.body.blocks[block].stmts.extend([
            assign(bytes, address, span),
            assign(slot, Rvalue::Cast(Operand::Copy(bytes.into())), span),
            assign(place, Rvalue::Use(Operand::Copy(self.frame.into())), span),
        ]);
        let resume = self.resumed(target, unwind, span);
        self.leave(block, resume, SUSPENDED, span);
    }

    /// A block that goes on by the mode.
    pub fn resumed(&mut self, target: Option<Block>, unwind: Option<Block>, span: Span) -> Block {
        let resume = new_block(&mut self.body, span);
        let target = target.unwrap_or_else(|| self.unreachable());
        self.by_mode(resume, target, unwind.unwrap_or(self.exits[ENDED as usize]));
        resume
    }

    fn call(
        &mut self,
        block: Block,
        func: FuncId,
        args: Vec<Arg>,
        dest: Place,
        edges: (Option<Block>, Option<Block>),
        span: Span,
    ) {
        let Some(Some(coroutine)) = self.all.get(func) else { unreachable!("`block` has found it") };
        let result = self.result_address(block, coroutine.shape.ret, dest, span);
        let mut all_args = vec![Arg::Value(Operand::Copy(self.frame.into())), Arg::Value(result)];
        all_args.extend(args);
        let make = (Callee::Func(coroutine.make), all_args);
        self.call_child(block, make, (Callee::Func(func), Some(&coroutine.shape)), edges, span);
    }

    /// Makes a frame by a call, runs it at once, and gives it back when it has ended.
    pub fn call_child(
        &mut self,
        block: Block,
        (make, args): (Callee, Vec<Arg>),
        (code, shape): (Callee, Option<&Shape>),
        (target, unwind): (Option<Block>, Option<Block>),
        span: Span,
    ) {
        let child = field(self.rest, frame::CHILD);
        let [made, ran, suspended, resumed] = [(); 4].map(|()| new_block(&mut self.body, span));
        self.body.blocks[block].term =
            Term::Call { callee: make, args, dest: child.clone(), target: Some(made), unwind: None };
        let status = self.body.new_local(self.common.status, span);
        let mode = Operand::Const(Const::Int(RUN, IntTy::I32));
        self.body.blocks[made].term = Term::Call {
            callee: code,
            args: vec![Arg::Value(Operand::Copy(child)), Arg::Value(mode)],
            dest: status.into(),
            target: Some(ran),
            unwind: None,
        };
        let target = target.unwrap_or_else(|| self.unreachable());
        let finished = self.give_back(shape, target, span);
        let ended = self.give_back(shape, unwind.unwrap_or(self.exits[ENDED as usize]), span);
        self.body.blocks[ran].term = Term::Switch {
            value: Operand::Copy(status.into()),
            cases: vec![(FINISHED, finished), (ENDED, ended)],
            default: suspended,
        };
        self.by_mode(resumed, finished, ended);
        self.leave(suspended, resumed, SUSPENDED, span);
    }

    /// The address for a result of the callee's type.
    pub fn result_address(&mut self, block: Block, ret: Ty, dest: Place, span: Span) -> Operand {
        if is_nothing(&self.program.types, ret) {
            return word(0);
        }
        let (address, stmts) = address(&mut self.program.types, &mut self.body, self.common, ret, dest, span);
        self.body.blocks[block].stmts.extend(stmts);
        address
    }

    /// A block that frees the child's frame and goes on.
    fn give_back(&mut self, shape: Option<&Shape>, next: Block, span: Span) -> Block {
        let block = new_block(&mut self.body, span);
        let child = field(self.rest, frame::CHILD);
        let (size, mut stmts) = match shape {
            Some(shape) => size_of_frame(&mut self.body, self.common, shape, span),
            None => {
                let mut stmts = Vec::new();
                (self.own_size(child.clone(), &mut stmts, span), stmts)
            }
        };
        let memory = self.body.new_local(self.common.byte_ptr, span);
        stmts.push(assign(memory, Rvalue::Cast(Operand::Copy(child)), span));
        let nothing = self.body.new_local(self.program.funcs[self.common.free].ret, span);
        self.body.blocks[block].stmts = stmts;
        self.body.blocks[block].term = Term::Call {
            callee: Callee::Func(self.common.free),
            args: [memory, size].map(|local| Arg::Value(Operand::Copy(local.into()))).to_vec(),
            dest: nothing.into(),
            target: Some(next),
            unwind: None,
        };
        block
    }

    // ------------------------------------------------------------ places

    fn stmt(&mut self, mut stmt: Stmt, out: &mut Vec<Stmt>) {
        let span = stmt.span;
        let mut behind = None;
        match &mut stmt.kind {
            StmtKind::Assign(_, Rvalue::Aggregate { reuse: Some(token), .. })
            | StmtKind::FreeToken { token, .. } => *token = self.loaded(*token, out, span),
            StmtKind::DropReuse { token, .. } if self.storage[*token] != Storage::Local(*token) => {
                let local = self.body.new_local(self.common.word, span);
                let to = self.stored(&Place::from(*token));
                behind = Some(assign(to, Rvalue::Use(Operand::Copy(local.into())), span));
                *token = local;
            }
            _ => {}
        }
        let mut places = |place: &mut Place| {
            self.indices(place, out, span);
            *place = self.stored(place);
        };
        stmt.kind.for_each_place_mut(&mut places);
        boxed::replace(&self.program.types, self.all, &mut stmt.kind);
        out.push(stmt);
        out.extend(behind);
    }

    fn term_places(&mut self, term: &mut Term, out: &mut Vec<Stmt>, span: Span) {
        // A token is given as the local that it is in.
        if let Term::Call { callee: Callee::Func(func), args, .. } = term {
            let params = match self.all.get(*func) {
                Some(Some(coroutine)) => coroutine.shape.signature.clone(),
                _ => self.program.funcs[*func].params.clone(),
            };
            for (arg, (_, mode)) in args.iter_mut().zip(params) {
                if let (Arg::Value(Operand::Move(place)), ParamMode::Token { .. }) = (arg, mode) {
                    place.local = self.loaded(place.local, out, span);
                }
            }
        }
        term.for_each_place_mut(&mut |place| {
            self.indices(place, out, span);
            *place = self.stored(place);
        });
    }

    /// A local of a word, as one that is not in the frame.
    fn loaded(&mut self, local: Local, out: &mut Vec<Stmt>, span: Span) -> Local {
        if self.storage.get(local).is_none_or(|storage| *storage == Storage::Local(local)) {
            return local;
        }
        let loaded = self.body.new_local(self.common.word, span);
        let from = self.stored(&local.into());
        out.push(assign(loaded, Rvalue::Use(Operand::Copy(from)), span));
        // What is made here stays where it is.
        while self.storage.len() <= loaded.index() {
            let next = Local::new(self.storage.len());
            self.storage.push(Storage::Local(next));
        }
        loaded
    }

    fn indices(&mut self, place: &mut Place, out: &mut Vec<Stmt>, span: Span) {
        for proj in &mut place.proj {
            if let Proj::Index(local) = proj {
                *local = self.loaded(*local, out, span);
            }
        }
    }

    pub fn stored(&self, place: &Place) -> Place {
        let (local, mut proj) = match self.storage.get(place.local).copied() {
            None => return place.clone(),
            Some(Storage::Local(local)) => (local, Vec::new()),
            Some(Storage::Field(index)) => (self.rest, vec![Proj::Deref, Proj::Field(index)]),
            Some(Storage::Behind(pointer)) => (pointer, vec![Proj::Deref]),
            Some(Storage::BehindField(index)) => {
                (self.rest, vec![Proj::Deref, Proj::Field(index), Proj::Deref])
            }
        };
        proj.extend(&place.proj);
        Place { local, proj }
    }
}

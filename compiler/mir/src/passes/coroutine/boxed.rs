//! Coroutines behind boxes and tables.

use super::body::Lowering;
use super::*;
use syntax::Span;

/// Whether the type is that of boxed closures that may suspend.
pub(super) fn is_async(types: &Types, ty: Ty) -> bool {
    matches!(types.kind(ty), TyKind::FnBox { suspends: true, .. })
}

/// The numbers of the methods that may suspend.
pub(super) fn suspending_methods(types: &Types, ty: Ty) -> &[u32] {
    match types.kind(ty) {
        TyKind::Dyn { suspending, .. } => suspending,
        _ => &[],
    }
}

/// Whether what is called through a box or a table may suspend.
pub(super) fn suspends(types: &Types, body: Option<&Body>, callee: &Callee) -> bool {
    let ty = |place: &Place| body.map(|body| crate::facts::place_ty(types, body, place));
    match callee {
        Callee::FnBox(place) => ty(place).is_some_and(|ty| is_async(types, ty)),
        Callee::Dyn { object, method, .. } => {
            ty(object).is_some_and(|ty| suspending_methods(types, ty).contains(method))
        }
        _ => false,
    }
}

/// Which functions stand where they are called so.
pub(super) fn in_boxes(program: &Program) -> IndexVec<FuncId, bool> {
    let mut found = IndexVec::from_elem(false, program.funcs.len());
    let blocks = program.funcs.iter().filter_map(Function::body).flat_map(|body| &body.blocks);
    for stmt in blocks.flat_map(|data| &data.stmts) {
        let StmtKind::Assign(_, value) = &stmt.kind else { continue };
        match value {
            Rvalue::MakeFnBox { ty, func, .. } if is_async(&program.types, *ty) => found[*func] = true,
            Rvalue::MakeDyn { ty, methods, .. } => {
                for method in suspending_methods(&program.types, *ty) {
                    found[methods[*method as usize]] = true;
                }
            }
            _ => {}
        }
    }
    found
}

/// Names the functions that a statement puts where they are called as functions are, with the reason.
pub(super) fn plain_functions(types: &Types, stmt: &StmtKind, note: &mut impl FnMut(FuncId, Why)) {
    match stmt {
        StmtKind::Assign(_, Rvalue::MakeFnBox { ty, func, .. }) if !is_async(types, *ty) => {
            note(*func, Why::Boxed);
        }
        StmtKind::Assign(_, Rvalue::MakeDyn { ty, methods, .. }) => {
            let suspending = suspending_methods(types, *ty);
            let others = (0..).zip(methods).filter(|(i, _)| !suspending.contains(i));
            others.for_each(|(_, func)| note(*func, Why::Method));
        }
        _ => {}
    }
}

/// Puts the functions that make frames into boxes and tables.
pub(super) fn replace(types: &Types, all: &IndexVec<FuncId, Option<Coroutine>>, stmt: &mut StmtKind) {
    let boxed = |func: &mut FuncId| {
        if let Some(boxed) = all.get(*func).and_then(Option::as_ref).and_then(|coroutine| coroutine.boxed) {
            *func = boxed;
        }
    };
    match stmt {
        StmtKind::Assign(_, Rvalue::MakeFnBox { ty, func, .. }) if is_async(types, *ty) => boxed(func),
        StmtKind::Assign(_, Rvalue::MakeDyn { ty, methods, .. }) => {
            for method in suspending_methods(types, *ty) {
                boxed(&mut methods[*method as usize]);
            }
        }
        _ => {}
    }
}

/// The signature behind the environment or receiver.
fn words(common: &Common) -> [(Ty, ParamMode); 2] {
    [(common.word, ParamMode::Owned); 2]
}

/// Whether a type says that what is called may suspend.
pub(super) fn may_suspend(types: &Types) -> bool {
    types.defs.iter().any(|def| match &def.kind {
        TyKind::FnBox { suspends, .. } => *suspends,
        TyKind::Dyn { suspending, .. } => !suspending.is_empty(),
        _ => false,
    })
}

/// Where nothing suspends, nothing behind a box does, whatever its type says: the entry has no scheduler for it then.
pub(super) fn forget_suspensions(types: &mut Types) {
    for def in types.defs.iter_mut() {
        match &mut def.kind {
            TyKind::FnBox { suspends, .. } => *suspends = false,
            TyKind::Dyn { suspending, .. } => *suspending = Box::default(),
            _ => {}
        }
    }
}

/// Boxes hold functions that make frames now.
pub(super) fn change_types(types: &mut Types, common: &Common) {
    for def in types.defs.iter_mut() {
        if let TyKind::FnBox { params, ret, suspends: true } = &mut def.kind {
            *params = words(common).into_iter().chain(params.iter().copied()).collect();
            *ret = common.word;
        }
    }
}

/// Adds the function that makes a frame of `func` where it is boxed: the environment or receiver comes first, then the caller's frame and the
/// address for the result.
pub(super) fn function(
    program: &mut Program,
    common: &Common,
    shape: &Shape,
    make: FuncId,
    func: FuncId,
) -> FuncId {
    let function = &program.funcs[func];
    let (name, span) = (format!("{}.boxed", function.name), function.span);
    let (env, rest) = shape.signature.split_first().map_or((None, &[][..]), |(env, rest)| (Some(*env), rest));
    let params: Vec<(Ty, ParamMode)> =
        env.into_iter().chain(words(common)).chain(rest.iter().copied()).collect();
    let mut body = Body::default();
    body.new_local(common.word, span);
    let mut args = Vec::new();
    for (ty, mode) in &params {
        let local = body.new_local(*ty, span);
        body.params.push(Param { local, mode: *mode });
        args.push(match mode {
            ParamMode::Mut => Arg::Mut(local.into()),
            ParamMode::Borrowed => Arg::Value(Operand::Borrow(local.into())),
            ParamMode::Owned | ParamMode::Token { .. } => Arg::Value(Operand::Move(local.into())),
        });
    }
    if env.is_some() {
        args[..3].rotate_left(1);
    }
    let data = BlockData { stmts: Vec::new(), term: Term::Unreachable, term_span: span, is_cleanup: false };
    let entry = body.blocks.push(data);
    let made = new_block(&mut body, span);
    body.blocks[made].term = Term::Return;
    let callee = Callee::Func(make);
    body.blocks[entry].term =
        Term::Call { callee, args, dest: RETURN.into(), target: Some(made), unwind: None };
    frame::add_maker(program, common, name, params, body, span)
}

impl Lowering<'_> {
    /// Calls what may suspend and is not known: the frame that it gives is resumed by its code.
    pub(super) fn call_boxed(
        &mut self,
        block: Block,
        mut callee: Callee,
        args: Vec<Arg>,
        dest: Place,
        edges: (Option<Block>, Option<Block>),
        span: Span,
    ) {
        let types = &self.program.types;
        let ret = match &mut callee {
            Callee::FnBox(place) => {
                let ty = crate::facts::place_ty(types, &self.body, place);
                let TyKind::FnBox { ret, .. } = types.kind(ty) else {
                    unreachable!("the verifier excludes it")
                };
                *ret
            }
            Callee::Dyn { params, ret, .. } => {
                *params = words(self.common).into_iter().chain(params.iter().copied()).collect();
                std::mem::replace(ret, self.common.word)
            }
            _ => unreachable!("`suspends` names two"),
        };
        let result = self.result_address(block, ret, dest, span);
        let mut all_args = vec![Arg::Value(Operand::Copy(self.frame.into())), Arg::Value(result)];
        all_args.extend(args);
        self.call_child(block, (callee, all_args), (Callee::Resume, None), edges, span);
    }

    /// The bytes of the child's frame, as it says itself.
    pub(super) fn own_size(&mut self, child: Place, stmts: &mut Vec<Stmt>, span: Span) -> Local {
        let head = self.body.new_local(self.common.head_ptr, span);
        let size = self.body.new_local(self.common.word, span);
        stmts.push(assign(head, Rvalue::Cast(Operand::Copy(child)), span));
        stmts.push(assign(size, Rvalue::Use(Operand::Copy(field(head, SIZE))), span));
        size
    }
}

//! The verifier's part for tables of methods: who calls a method of a `dyn` says what it takes and gives, as the type does not,
//! so the calls must agree with each other and with the functions in all tables.

use crate::facts::try_place_ty;
use crate::ir::*;
use crate::print::print_function;
use crate::verify::VerifyError;
use rustc_hash::FxHashMap;

/// How a method is called: the mode of the receiver, the other parameters, the result.
type Signature<'a> = (ParamMode, &'a [(Ty, ParamMode)], Ty);

/// The methods of `dyn` types as somebody calls them.
type Calls<'a> = FxHashMap<(Ty, u32), Signature<'a>>;

/// What does not fit, in programs whose bodies have been verified.
pub(crate) fn verify_tables(program: &Program) -> Vec<VerifyError> {
    let mut errors = Vec::new();
    let mut calls = Calls::default();
    for (func, body) in bodies(program) {
        for (block, data) in body.blocks.iter_enumerated() {
            let Some((method, signature)) = dyn_call(program, body, &data.term) else { continue };
            if *calls.entry(method).or_insert(signature) != signature {
                let message = "another call of the method says that it takes or gives something else";
                errors.push(error(program, func, (block, data.stmts.len()), message.to_string()));
            }
        }
    }
    for (func, body) in bodies(program) {
        for (block, data) in body.blocks.iter_enumerated() {
            for (i, stmt) in data.stmts.iter().enumerate() {
                let misfits = misfits(program, &calls, &stmt.kind);
                errors.extend(misfits.into_iter().map(|message| error(program, func, (block, i), message)));
            }
        }
    }
    errors
}

fn bodies(program: &Program) -> impl Iterator<Item = (FuncId, &Body)> {
    program.funcs.iter_enumerated().filter_map(|(id, func)| Some((id, func.body()?)))
}

fn dyn_call<'a>(program: &Program, body: &Body, term: &'a Term) -> Option<((Ty, u32), Signature<'a>)> {
    match term {
        Term::Call { callee: Callee::Dyn { object, method, receiver, params, ret }, .. } => {
            let ty = try_place_ty(&program.types, body, object)?;
            Some(((ty, *method), (*receiver, params, *ret)))
        }
        _ => None,
    }
}

/// The functions in a table that are not called as they take their parameters.
fn misfits(program: &Program, calls: &Calls<'_>, stmt: &StmtKind) -> Vec<String> {
    let StmtKind::Assign(_, Rvalue::MakeDyn { ty, methods, .. }) = stmt else { return Vec::new() };
    let fits = |func: &Function, (receiver, params, ret): Signature<'_>| {
        func.params.split_first().is_some_and(|((_, mode), rest)| *mode == receiver && *rest == *params)
            && func.ret == ret
    };
    let called = |(i, id): (u32, &FuncId)| {
        let (func, call) = (&program.funcs[*id], *calls.get(&(*ty, i))?);
        (!fits(func, call)).then(|| format!("`{}` is not what calls of method {i} expect", func.name))
    };
    (0..).zip(methods).filter_map(called).collect()
}

fn error(program: &Program, func: FuncId, (block, stmt): (Block, usize), message: String) -> VerifyError {
    VerifyError {
        func: program.funcs[func].name.clone(),
        block: Some(block),
        stmt: Some(stmt),
        message,
        text: print_function(program, func),
    }
}

//! Checks types and shape. The certifier (`crate::certify`) checks ownership; here nothing is said about it.
//!
//! Checked:
//! * indices are in range; names of functions, structs and enums are unique;
//! * a body's parameters agree with the signature, no local is two of them, `_0` has the return type;
//! * `bb0` is no jump's target; unwinding edges lead to cleanup blocks and no others do, save from cleanup blocks, which go to
//!   nothing but cleanup blocks, have no unwinding edges of their own, and neither return nor throw; `resume` ends only these;
//! * places are well formed; operands, destinations, arguments, constants and fields have the types they must have;
//! * call arguments fit the modes of the parameters; `borrow` stands only where something is lent;
//! * a `drop` statement's type cannot run a user's code; functions in boxes and `drop` hooks fit their types, and those in vtables the
//!   calls of the method, modes of parameters included.
//!
//! Not checked: initialisation, counts, that a variant seen by a place is the one there, that `mut` arguments are
//! disjoint, reachability (unreachable blocks are checked like others).

use crate::facts::TypeFacts;
use crate::ir::*;
use crate::print::print_function;
use crate::verify_body::verify_body;
use crate::verify_tables::verify_tables;
use rustc_hash::FxHashSet;
use std::fmt;

/// A broken rule, with the text of the function around it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifyError {
    pub func: String,
    pub block: Option<Block>,
    /// Within the block; its terminator has the number of its statements.
    pub stmt: Option<usize>,
    pub message: String,
    /// The function as text; empty for errors outside of functions.
    pub text: String,
}

impl VerifyError {
    /// Where and what, without the function's text.
    pub fn headline(&self) -> String {
        let mut out = self.func.clone();
        if let Some(block) = self.block {
            out.push_str(&format!(" {block}"));
        }
        if let Some(stmt) = self.stmt {
            out.push_str(&format!("[{stmt}]"));
        }
        format!("{out}: {}", self.message)
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.headline(), self.text)
    }
}

impl std::error::Error for VerifyError {}

/// Whether the verifiers and the certifier can run. In a module for the web nobody can ask for them, and every reader of the
/// playground would load their code.
pub const AVAILABLE: bool = cfg!(debug_assertions) || !cfg!(target_family = "wasm");

/// Whether they run where somebody asks for it or not.
pub fn is_wanted(is_asked: bool) -> bool {
    AVAILABLE && (is_asked || cfg!(debug_assertions))
}

/// All errors of a program, in the order of its functions.
pub fn verify(program: &Program) -> Result<(), Vec<VerifyError>> {
    let facts = TypeFacts::new(&program.types);
    let mut errors = Vec::new();
    verify_types(program, &mut errors);
    verify_names(program, &mut errors);
    for func in program.funcs.indices() {
        errors.extend(verify_func(program, &facts, func));
    }
    // There places have types, and functions exist.
    if errors.is_empty() {
        errors = verify_tables(program);
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// The errors of one function.
pub fn verify_func(program: &Program, facts: &TypeFacts, func: FuncId) -> Vec<VerifyError> {
    let mut found = Vec::new();
    let function = &program.funcs[func];
    if let FuncKind::Body(body) = &function.kind {
        found = verify_body(program, facts, function, body);
    }
    let text = if found.is_empty() { String::new() } else { print_function(program, func) };
    let error = |(block, stmt, message)| VerifyError {
        func: function.name.clone(),
        block,
        stmt,
        message,
        text: text.clone(),
    };
    found.into_iter().map(error).collect()
}

fn global_error(message: String) -> VerifyError {
    VerifyError { func: "program".to_string(), block: None, stmt: None, message, text: String::new() }
}

fn verify_types(program: &Program, errors: &mut Vec<VerifyError>) {
    let n = program.types.defs.len() as u32;
    let mut names = FxHashSet::default();
    for (ty, def) in program.types.defs.iter_enumerated() {
        let mut fail =
            |message: String| errors.push(global_error(format!("type {ty} `{}`: {message}", def.name)));
        let parts: Vec<Ty> = match &def.kind {
            TyKind::Ptr(t) | TyKind::Buffer(t) | TyKind::FixedArray(t, _) => vec![*t],
            TyKind::FnBox { params, ret, .. } => params.iter().map(|p| p.0).chain([*ret]).collect(),
            _ => Vec::new(),
        };
        let fields = def.variants.iter().flat_map(|v| v.fields.iter().map(|f| f.ty));
        if fields.chain(parts).any(|t| t.0 >= n) {
            fail("names a type that does not exist".to_string());
        }
        match def.kind {
            TyKind::Struct if def.variants.len() != 1 => fail("a struct has one variant".to_string()),
            TyKind::Struct | TyKind::Enum if !names.insert(&def.name) => {
                fail("is declared twice".to_string())
            }
            TyKind::Struct if def.is_boxed => fail("only enums are boxed".to_string()),
            _ => {}
        }
        if let Some(hook) = def.user_drop {
            let fits = program.funcs.get(hook).is_some_and(|f| f.params == [(ty, ParamMode::Mut)]);
            if !fits {
                fail("its `drop` does not take it as one `mut` parameter".to_string());
            }
        }
    }
}

fn verify_names(program: &Program, errors: &mut Vec<VerifyError>) {
    let suspends = program.funcs.iter().any(Function::leaves_caller);
    let mut names = FxHashSet::default();
    for func in &program.funcs {
        if !names.insert(&func.name) {
            errors.push(global_error(format!("two functions are called `{}`", func.name)));
        }
        if program.panics_abort && !suspends && func.may_unwind && func.body().is_some() {
            errors.push(global_error(format!("`{}` may unwind, though panics abort", func.name)));
        }
    }
}

//! Checks that a module keeps the invariants that [`crate::ir`] states.
//!
//! Checked: every index exists; operands, results, arguments, returned values and constants have the types that the
//! instruction asks for, and their number is right; an operation exists for its type; parameters are distinct and agree
//! with the signature; the entry is no target; landing blocks are entered by the unwinding edges of invokes and by
//! nothing else; cases of a switch are distinct and fit its value; a register is read only where every path from the
//! entry has written it (blocks that cannot be reached may read anything); alignments are powers of two, at most 16 for
//! slots; atomics access `I32` or `I64`; relocations lie within the bytes, apart from each other, and point to what
//! exists; `heap_base` is a mutable datum with room for a pointer; names of exports are distinct; a function that may
//! not unwind has no `Throw` that can be reached; the number of results is within the target's limit.
//!
//! Not checked: that addresses are valid, that divisors are not zero, that `may_unwind` is right for calls (that is a
//! promise of whoever made the function), that narrow integers are extended, that an indirect callee has the signature
//! claimed, that names of functions are unique.

use crate::assigned::check_assigned;
use crate::ir::*;
use crate::print::Printer;
use crate::verify_body::BodyVerifier;
use entity::Arrange;
use rustc_hash::FxHashSet;
use std::fmt;

/// One broken invariant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifyError {
    /// The spelling of the function, if it is about one.
    pub func: Option<String>,
    pub block: Option<Block>,
    /// The index in the block (the terminator's is the number of instructions) and the text.
    pub inst: Option<(usize, String)>,
    pub message: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(func) = &self.func {
            write!(f, "{func}")?;
            if let Some(block) = self.block {
                write!(f, " {block}")?;
            }
            if let Some((i, text)) = &self.inst {
                write!(f, " instruction {i} `{text}`")?;
            }
            write!(f, ": ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for VerifyError {}

/// Where an error belongs; turned into text only when there is one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub block: Option<Block>,
    pub inst: Option<usize>,
}

pub(crate) type Found = Vec<(Place, String)>;

/// All that is wrong with `module`.
pub fn verify(module: &Module) -> Result<(), Vec<VerifyError>> {
    let mut errors = Vec::new();
    for message in module_errors(module) {
        errors.push(VerifyError { func: None, block: None, inst: None, message });
    }
    for func in module.funcs.indices() {
        errors.extend(function_errors(module, func));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// As [`verify`], for one function.
pub fn verify_function(module: &Module, func: FuncId) -> Result<(), Vec<VerifyError>> {
    let errors = function_errors(module, func);
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Stops with everything that is known when a pass has broken a module.
///
/// # Panics
/// When [`verify`] finds an error: that is a bug in the compiler.
pub fn assert_valid(module: &Module, after: &str) {
    let Err(errors) = verify(module) else { return };
    let first = errors[0].func.clone();
    let broken =
        module.funcs.indices().find(|&f| first.as_deref() == Some(Printer::new(module, false).func_name(f)));
    let text = broken.map(|f| crate::print_function(module, f)).unwrap_or_default();
    let list: Vec<String> = errors.iter().take(20).map(VerifyError::to_string).collect();
    panic!("invalid LIR after {after}:\n{}\n{text}", list.join("\n"));
}

fn function_errors(module: &Module, func: FuncId) -> Vec<VerifyError> {
    let function = &module.funcs[func];
    let mut found = Vec::new();
    let results = function.sig.results.len();
    if results > module.target.max_results as usize {
        let max = module.target.max_results;
        found.push((NOWHERE, format!("{results} results, but the target passes at most {max}")));
    }
    if let FuncKind::Defined(body) = &function.kind {
        found.extend(BodyVerifier::new(module, function, body).run());
        // The dataflow follows edges and indexes registers, so everything must exist by then.
        if found.is_empty() {
            found = check_assigned(body);
        }
    }
    locate(module, func, found)
}

pub(crate) const NOWHERE: Place = Place { block: None, inst: None };

fn locate(module: &Module, func: FuncId, found: Found) -> Vec<VerifyError> {
    if found.is_empty() {
        return Vec::new();
    }
    let mut printer = Printer::new(module, false);
    let body = module.funcs[func].body();
    let mut text = |place: Place| {
        let (body, block, at) = (body?, place.block?, place.inst?);
        let data = body.blocks.get(block)?;
        let text = match data.insts.get(at) {
            Some(inst) => printer.op_text(&body.regs, &inst.op),
            None => printer.term_text(&data.term),
        };
        Some((at, text))
    };
    let errors: Vec<_> = found.into_iter().map(|(place, message)| (place, text(place), message)).collect();
    let name = Some(printer.func_name(func).to_string());
    let error = |(place, inst, message): (Place, _, _)| VerifyError {
        func: name.clone(),
        block: place.block,
        inst,
        message,
    };
    errors.into_iter().map(error).collect()
}

fn module_errors(module: &Module) -> Vec<String> {
    let mut errors = Vec::new();
    if !matches!(module.target.pointer_bytes, 4 | 8) {
        errors.push(format!("pointers of {} bytes", module.target.pointer_bytes));
    }
    for global in &module.globals {
        if global.init.ty() != global.ty {
            errors.push(format!("global `{}` is initialised with another type", global.name));
        }
    }
    for data in &module.datas {
        data_errors(module, data, &mut errors);
    }
    heap_base_errors(module, &mut errors);
    let mut names = FxHashSet::default();
    for export in &module.exports {
        if !names.insert(&export.name) {
            errors.push(format!("two exports are called `{}`", export.name));
        }
        if module.funcs.get(export.func).is_none() {
            errors.push(format!("export `{}` names no function", export.name));
        }
    }
    errors
}

fn data_errors(module: &Module, data: &Data, errors: &mut Vec<String>) {
    let name = &data.name;
    if !data.align.is_power_of_two() {
        errors.push(format!("datum `{name}` has alignment {}", data.align));
    }
    if data.bytes.len() as u64 + u64::from(data.zeroed) > u64::from(u32::MAX) {
        errors.push(format!("datum `{name}` is too large"));
    }
    let word = u64::from(module.target.pointer_bytes);
    let mut places: Vec<u64> = data.relocs.iter().map(|(at, _)| u64::from(*at)).collect();
    places.arrange();
    if places.windows(2).any(|pair| pair[1] - pair[0] < word) {
        errors.push(format!("relocations of datum `{name}` overlap"));
    }
    if places.last().is_some_and(|at| at + word > data.bytes.len() as u64) {
        errors.push(format!("a relocation of datum `{name}` lies outside its bytes"));
    }
    for (_, reloc) in &data.relocs {
        match reloc {
            Reloc::Func(func) if module.funcs.get(*func).is_none() => {
                errors.push(format!("datum `{name}` refers to no function"));
            }
            Reloc::Data { data: to, offset } => match module.datas.get(*to) {
                Some(to) if u64::from(*offset) <= size_of_data(to) => {}
                _ => errors.push(format!("datum `{name}` refers to no datum or behind its end")),
            },
            Reloc::Func(_) => {}
        }
    }
}

pub(crate) fn size_of_data(data: &Data) -> u64 {
    data.bytes.len() as u64 + u64::from(data.zeroed)
}

fn heap_base_errors(module: &Module, errors: &mut Vec<String>) {
    let Some(id) = module.heap_base else { return };
    match module.datas.get(id) {
        Some(data) if size_of_data(data) >= u64::from(module.target.pointer_bytes) => {}
        _ => errors.push("`heap_base` has no room for a pointer".to_string()),
    }
}

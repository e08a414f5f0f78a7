//! Debug information: what DWARF says of files, functions and lines. Types are in `types.rs`, variables in `variables.rs`.
//!
//! Code that MIR or LIR had inlined has marks for spans (`syntax::inlined`): they become locations in the callee that are
//! inlined at the call, as LLVM's own inliner makes them. What is of no source has line 0 of its function.

mod nodes;
mod types;
mod variables;

use backend::{Position, Positions};
use inkwell::builder::Builder;
use inkwell::context::Context;
use inkwell::module::{FlagBehavior, Module};
use inkwell::values::FunctionValue;
use lir::debug::{TypeId, readable_name};
use llvm_sys::debuginfo::LLVMDWARFSourceLanguage;
use nodes::{Decl, Node, Nodes};
use std::cell::RefCell;
use std::collections::HashMap;
use syntax::Span;
use types::Form;
pub use variables::Homes;

/// Read by all debuggers and by WebAssembly's engines.
const DWARF_VERSION: u64 = 4;
/// Debuggers trust the line table for where a function's arguments are in place if the producer is one of clang's line.
const PRODUCER: &str = concat!("clang LLVM (galc ", env!("CARGO_PKG_VERSION"), ")");
/// Sources keep the names that galc was given: the same program gives the same artifact in whatever folder.
const FOLDER: &str = "";

pub struct Debug<'ctx, 'm> {
    nodes: Nodes<'ctx>,
    positions: &'m dyn Positions,
    module: &'m lir::Module,
    is_optimized: bool,
    /// Of what is of no source.
    unit_file: Node<'ctx>,
    function_type: Node<'ctx>,
    files: RefCell<HashMap<u32, Node<'ctx>>>,
    /// By their names.
    functions: RefCell<HashMap<String, Function<'ctx>>>,
    types: RefCell<HashMap<(TypeId, Form), Node<'ctx>>>,
}

/// A function as a scope.
#[derive(Clone, Copy)]
struct Function<'ctx> {
    node: Node<'ctx>,
    /// None for what is of no source.
    file: Option<u32>,
}

/// The scopes of one function.
pub struct Scopes<'ctx> {
    function: Function<'ctx>,
    /// Where each variable's scope begins, ascending: a block within the one before it.
    blocks: Vec<(u32, Node<'ctx>)>,
}

impl<'ctx, 'm> Debug<'ctx, 'm> {
    pub fn new(
        context: &'ctx Context,
        ir: &Module<'ctx>,
        module: &'m lir::Module,
        positions: &'m dyn Positions,
        is_optimized: bool,
    ) -> Debug<'ctx, 'm> {
        let flag = |n: u64| context.i32_type().const_int(n, false);
        let version = u64::from(inkwell::debug_info::debug_metadata_version());
        ir.add_basic_value_flag("Debug Info Version", FlagBehavior::Warning, flag(version));
        ir.add_basic_value_flag("Dwarf Version", FlagBehavior::Warning, flag(DWARF_VERSION));
        let nodes = Nodes::new(context, ir);
        let unit_file = nodes.file(first_file(module, positions), FOLDER);
        // No number is assigned to GAL; as C, debuggers show integers and addresses rightly.
        nodes.unit(LLVMDWARFSourceLanguage::LLVMDWARFSourceLanguageC99, unit_file, PRODUCER, is_optimized);
        let function_type = nodes.function_type(unit_file);
        Debug {
            nodes,
            positions,
            module,
            is_optimized,
            unit_file,
            function_type,
            files: RefCell::default(),
            functions: RefCell::default(),
            types: RefCell::default(),
        }
    }

    pub fn finish(&self) {
        self.nodes.finish();
    }

    fn file(&self, at: Position) -> Node<'ctx> {
        let make = || self.nodes.file(self.positions.file_name(at.file), FOLDER);
        *self.files.borrow_mut().entry(at.file).or_insert_with(make)
    }

    /// Describes a function that is defined here.
    pub fn define(&self, func: FunctionValue<'ctx>, function: &lir::Function) -> Scopes<'ctx> {
        let described = self.function(&function.name, function.span);
        self.nodes.set_function(func, described.node);
        let blocks = function.body().map_or_else(Vec::new, |body| self.blocks(described, &body.variables));
        Scopes { function: described, blocks }
    }

    fn function(&self, name: &str, span: Span) -> Function<'ctx> {
        if let Some(&known) = self.functions.borrow().get(name) {
            return known;
        }
        let at = self.positions.position(span);
        let (file, line) = at.map_or((self.unit_file, 0), |at| (self.file(at), at.line));
        let decl = Decl { name: readable_name(name), file, line };
        let node = self.nodes.function(decl, self.function_type, at.is_none(), self.is_optimized);
        let function = Function { node, file: at.map(|at| at.file) };
        self.functions.borrow_mut().insert(name.to_string(), function);
        function
    }

    /// The place of what is built from now on.
    pub fn locate(&self, builder: &Builder<'ctx>, span: Span, scopes: &Scopes<'ctx>) {
        self.nodes.set_location(builder, self.location(span, scopes));
    }

    /// What is built from now on has no place.
    pub fn leave(&self, builder: &Builder<'ctx>) {
        self.nodes.set_location(builder, Node::NONE);
    }

    fn location(&self, span: Span, scopes: &Scopes<'ctx>) -> Node<'ctx> {
        let copy = self.module.debug.as_ref().and_then(|debug| Some((debug, debug.inlined.get(span)?)));
        let Some((debug, copy)) = copy else {
            let Some(at) = self.positions.position(span) else {
                return self.nodes.location(0, 0, scopes.function.node, Node::NONE);
            };
            let scope = self.scope(scopes.at(span.lo, at.file), scopes.function, at);
            return self.nodes.location(at.line, at.column, scope, Node::NONE);
        };
        let from = &debug.inlined.funcs()[copy.func as usize];
        let function = self.function(&from.name, from.span);
        let call = self.location(copy.at, scopes);
        match self.positions.position(copy.span) {
            Some(at) => {
                let scope = self.scope(function.node, function, at);
                self.nodes.location(at.line, at.column, scope, call)
            }
            None => self.nodes.location(0, 0, function.node, call),
        }
    }

    /// The scope, in the file of a position: generated functions hold code of several.
    fn scope(&self, scope: Node<'ctx>, function: Function<'ctx>, at: Position) -> Node<'ctx> {
        if function.file == Some(at.file) { scope } else { self.nodes.in_file(scope, self.file(at)) }
    }
}

impl<'ctx> Scopes<'ctx> {
    /// The innermost scope around a position.
    fn at(&self, pos: u32, file: u32) -> Node<'ctx> {
        let before = self.blocks.partition_point(|&(start, _)| start <= pos);
        match before.checked_sub(1) {
            Some(last) if self.function.file == Some(file) => self.blocks[last].1,
            _ => self.function.node,
        }
    }
}

/// A file that the program has code in, for the unit's name: that of the user's `main`, or else of the first function that has one.
fn first_file<'m>(module: &lir::Module, positions: &'m dyn Positions) -> &'m str {
    let place = |func: &lir::Function| positions.position(func.span);
    let main = module.funcs.iter().filter(|func| func.name == "main").find_map(place);
    let first = main.or_else(|| module.funcs.iter().find_map(place));
    first.map_or("program", |at| positions.file_name(at.file))
}

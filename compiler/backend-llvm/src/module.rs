//! A module: what is declared, then the bodies.
//!
//! All is internal but imports and exports, so that LLVM may change and remove it. Symbols of a module's imports and exports have a
//! prefix: LLVM takes an external function called `malloc` for the C library's. In native code it is that.

use crate::bug::{Result, bug};
use crate::debug::Debug;
use crate::function;
use crate::machine::Machine;
use crate::native;
use crate::regions::Regions;
use backend::{CompileOptions, OptLevel, Profiling};
use entity::IndexVec;
use inkwell::AddressSpace;
use inkwell::builder::Builder;
use inkwell::context::Context;
use inkwell::memory_buffer::MemoryBuffer;
use inkwell::module::{Linkage, Module};
use inkwell::types::{
    AsTypeRef, BasicMetadataTypeEnum, BasicType, BasicTypeEnum, FloatType, FunctionType, IntType, PointerType,
};
use inkwell::values::{AsValueRef, BasicValueEnum, FunctionValue, GlobalValue, IntValue};
use lir::passes::unwind_by_result::Told;
use lir::{DataId, Export, FuncId, FuncKind, GlobalId, Imm, Platform, Signature, Ty};

/// The tag that `llvm.wasm.throw` throws. C++'s runtime defines it; here there is none. Exceptions carry a word that nobody reads.
const TAG_32: &str = ".tagtype __cpp_exception i32\n.globl __cpp_exception\n__cpp_exception:\n";
const TAG_64: &str = ".tagtype __cpp_exception i64\n.globl __cpp_exception\n__cpp_exception:\n";

/// The functions that the code generator calls by name, in LLVM's text; with a zero at its end, as LLVM's parser asks for.
/// They return as ordinary functions do; where some return several results, there are none, and the linker tells of a need for them.
const LIBCALLS: &[u8] = concat!(include_str!("libcalls.ll"), "\0").as_bytes();

pub struct Ctx<'ctx, 'm> {
    pub context: &'ctx Context,
    pub lir: &'m lir::Module,
    pub ir: Module<'ctx>,
    pub builder: Builder<'ctx>,
    pub level: OptLevel,
    pub machine: &'m Machine,
    pub platform: Platform,
    /// What is known of functions that tell of panics by a result.
    pub told: Option<&'m Told>,
    pub funcs: IndexVec<FuncId, FunctionValue<'ctx>>,
    pub datas: IndexVec<DataId, GlobalValue<'ctx>>,
    pub globals: IndexVec<GlobalId, GlobalValue<'ctx>>,
    pub regions: Regions<'ctx>,
    pub debug: Option<Debug<'ctx, 'm>>,
}

pub fn translate<'ctx>(
    context: &'ctx Context,
    lir: &lir::Module,
    told: Option<&Told>,
    machine: &Machine,
    options: &CompileOptions<'_>,
) -> Result<Module<'ctx>> {
    let level = options.level;
    let platform = lir.target.platform();
    let has_libcalls = !machine.returns_several;
    let ir = match platform {
        Platform::Wasm if has_libcalls => parsed(context, LIBCALLS)?,
        Platform::C(system) => parsed(context, native::c_start(&system))?,
        _ => context.create_module("program"),
    };
    machine.prepare(&ir);
    let debug =
        options.debug_info.map(|positions| Debug::new(context, &ir, lir, positions, level != OptLevel::O0));
    let mut ctx = Ctx {
        context,
        lir,
        ir,
        builder: context.create_builder(),
        level,
        machine,
        platform,
        told,
        funcs: IndexVec::new(),
        datas: IndexVec::new(),
        globals: IndexVec::new(),
        regions: Regions::new(context),
        debug,
    };
    ctx.ir.get_functions().for_each(|func| ctx.describe_target(func));
    ctx.declare_functions();
    ctx.declare_datas()?;
    ctx.define_datas()?;
    if ctx.throws() {
        ctx.ir.set_inline_assembly(if lir.target.pointer_bytes == 8 { TAG_64 } else { TAG_32 });
    }
    if platform == Platform::X86_64Linux {
        let in_c = matches!(options.profiling, Profiling::Write(_));
        ctx.ir.set_inline_assembly(&native::start(lir.target.stack_bytes, in_c));
    }
    for (id, function) in lir.funcs.iter_enumerated() {
        if let FuncKind::Defined(body) = &function.kind {
            function::translate(&ctx, id, body)
                .map_err(|error| bug(format!("function `{}`: {}", function.name, error.0)))?;
        }
    }
    ctx.exports()?;
    if let Some(debug) = ctx.debug.take() {
        debug.finish();
    }
    if cfg!(debug_assertions)
        && let Err(error) = ctx.ir.verify()
    {
        return Err(bug(format!("invalid LLVM IR: {error}\n{}", ctx.ir.print_to_string())));
    }
    Ok(ctx.ir)
}

/// A module that begins with LLVM's text, so that nothing else has the names in it.
fn parsed<'ctx>(context: &'ctx Context, text: &[u8]) -> Result<Module<'ctx>> {
    let text = MemoryBuffer::create_from_memory_range_copy(text, "program");
    let ir = context.create_module_from_ir(text).map_err(bug)?;
    ir.set_name("program");
    Ok(ir)
}

impl<'ctx> Ctx<'ctx, '_> {
    pub fn pointer_type(&self) -> PointerType<'ctx> {
        self.context.ptr_type(AddressSpace::default())
    }

    /// The integer of a pointer's width.
    pub fn word_type(&self) -> IntType<'ctx> {
        match self.lir.target.pointer_bytes {
            8 => self.context.i64_type(),
            _ => self.context.i32_type(),
        }
    }

    pub fn ty(&self, ty: Ty) -> BasicTypeEnum<'ctx> {
        match ty {
            Ty::I32 => self.context.i32_type().into(),
            Ty::I64 => self.context.i64_type().into(),
            Ty::F32 => self.context.f32_type().into(),
            Ty::F64 => self.context.f64_type().into(),
            Ty::V128 => self.context.i8_type().vec_type(16).into(),
            Ty::Ptr => self.pointer_type().into(),
        }
    }

    /// Several results are a structure, which the ABI gives back as that many results.
    pub fn function_type(&self, sig: &Signature) -> FunctionType<'ctx> {
        let params: Vec<BasicMetadataTypeEnum> = sig.params.iter().map(|&ty| self.ty(ty).into()).collect();
        let results: Vec<BasicTypeEnum> = sig.results.iter().map(|&ty| self.ty(ty)).collect();
        match results.as_slice() {
            [] => self.context.void_type().fn_type(&params, false),
            [result] => result.fn_type(&params, false),
            results => self.context.struct_type(results, false).fn_type(&params, false),
        }
    }

    pub fn constant(&self, value: Imm) -> BasicValueEnum<'ctx> {
        let (i32, i64) = (self.context.i32_type(), self.context.i64_type());
        // By their bits: constants of floats by value would lose the payload of a NaN.
        match value {
            Imm::I32(n) => i32.const_int(u64::from(n as u32), false).into(),
            Imm::I64(n) => i64.const_int(n as u64, false).into(),
            Imm::F32(bits) => self.bit_cast(i32.const_int(bits.into(), false), self.context.f32_type()),
            Imm::F64(bits) => self.bit_cast(i64.const_int(bits, false), self.context.f64_type()),
            Imm::V128(bits) => {
                let bytes =
                    bits.to_le_bytes().map(|byte| self.context.i8_type().const_int(byte.into(), false));
                inkwell::types::VectorType::const_vector(&bytes).into()
            }
            Imm::Ptr(0) => self.pointer_type().const_null().into(),
            Imm::Ptr(n) => {
                self.word_type().const_int(n as u64, true).const_to_pointer(self.pointer_type()).into()
            }
        }
    }

    fn bit_cast(&self, bits: IntValue<'ctx>, ty: FloatType<'ctx>) -> BasicValueEnum<'ctx> {
        // SAFETY: a constant of this context is cast to a type of its width, which gives a constant of that type.
        unsafe {
            BasicValueEnum::new(llvm_sys::core::LLVMConstBitCast(bits.as_value_ref(), ty.as_type_ref()))
        }
    }

    fn declare_functions(&mut self) {
        for (id, function) in self.lir.funcs.iter_enumerated() {
            let ty = self.function_type(&function.sig);
            let func = match &function.kind {
                FuncKind::Import { name, .. } if self.platform.is_native() => {
                    // `native::check` has seen to it that the declarations of a name agree.
                    let known = self.ir.get_function(name);
                    let func =
                        known.unwrap_or_else(|| self.ir.add_function(name, ty, Some(Linkage::External)));
                    self.extend(func, &function.sig);
                    func
                }
                FuncKind::Import { module, name } => {
                    let func =
                        self.ir.add_function(&format!("import {module}.{name}"), ty, Some(Linkage::External));
                    self.add_string(func, "wasm-import-module", module);
                    self.add_string(func, "wasm-import-name", name);
                    func
                }
                // Not by names of the assembler's text or of what the code generator calls.
                FuncKind::Defined(_) if self.platform.is_native() => {
                    self.ir.add_function(&format!("gal.{}", function.name), ty, Some(Linkage::Internal))
                }
                FuncKind::Defined(_) => self.ir.add_function(&function.name, ty, Some(Linkage::Internal)),
            };
            self.describe(func, function);
            self.describe_told(func, id);
            self.funcs.push(func);
        }
    }

    fn throws(&self) -> bool {
        let terms = self.lir.funcs.iter().filter_map(lir::Function::body).flat_map(|body| &body.blocks);
        self.lir.target.panic_unwinds
            && terms
                .into_iter()
                .any(|block| matches!(block.term, lir::Term::Throw | lir::Term::Invoke { .. }))
    }

    /// The only root of an executable is its start.
    fn entry(&self) {
        let entry = self.lir.exports.iter().find(|export| export.name == native::ENTRY);
        if let Some(export) = entry {
            let func = self.funcs[export.func];
            if let Some(called) = self.ir.get_function(native::MAIN) {
                called.replace_all_uses_with(func);
                // SAFETY: nothing refers to it any more.
                unsafe { called.delete() };
                return;
            }
            func.as_global_value().set_name(native::MAIN);
            func.set_linkage(Linkage::External);
        }
    }

    /// A function that is exported once under its own roof is external itself; others are called by one that is.
    fn exports(&self) -> Result {
        if self.platform.is_native() {
            self.entry();
            return Ok(());
        }
        for (index, export) in self.lir.exports.iter().enumerate() {
            let is_first = !self.lir.exports[..index].iter().any(|other| other.func == export.func);
            let is_defined = self.lir.funcs[export.func].body().is_some();
            let func = if is_first && is_defined { self.funcs[export.func] } else { self.forward(export)? };
            func.as_global_value().set_name(&format!("export {}", export.name));
            func.set_linkage(Linkage::External);
            self.add_string(func, "wasm-export-name", &export.name);
        }
        Ok(())
    }

    fn forward(&self, export: &Export) -> Result<FunctionValue<'ctx>> {
        let (target, function) = (self.funcs[export.func], &self.lir.funcs[export.func]);
        let func = self.ir.add_function("forward", target.get_type(), None);
        self.describe_code(func);
        if !self.unwinds(function) {
            self.add_enum(func, "nounwind");
        }
        self.builder.position_at_end(self.context.append_basic_block(func, ""));
        let args: Vec<_> = func.get_param_iter().map(Into::into).collect();
        let result = self.builder.build_call(target, &args, "")?.try_as_basic_value().basic();
        let result = result.as_ref().map(|value| value as &dyn inkwell::values::BasicValue);
        self.builder.build_return(result)?;
        Ok(func)
    }
}

//! Calls, and calls that may unwind.
//!
//! WebAssembly's exceptions are funclets in LLVM. Here a funclet is only a door: each landing of LIR has one `catchswitch`
//! with one `catchpad`, left at once by a `catchret` into the landing's block, so that no other block belongs to a funclet.
//! LLVM itself puts the shadow-stack pointer back at a `catchpad`.

use crate::bug::{Result, bug};
use crate::function::Cx;
use entity::IndexVec;
use inkwell::attributes::AttributeLoc;
use inkwell::basic_block::BasicBlock;
use inkwell::context::AsContextRef;
use inkwell::module::Linkage;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{
    AsValueRef, BasicMetadataValueEnum, BasicValueEnum, CallSiteValue, FunctionValue, IntValue,
};
use lir::{Block, Callee, Reg};

/// Tells LLVM that landings are funclets of WebAssembly; it is never called, as all is caught alike.
const PERSONALITY: &str = "__gxx_wasm_personality_v0";

impl<'ctx> Cx<'_, 'ctx, '_> {
    /// An intrinsic, overloaded at the types that its declaration asks for.
    pub fn intrinsic(
        &self,
        name: &str,
        tys: &[BasicTypeEnum<'ctx>],
        args: &[BasicMetadataValueEnum<'ctx>],
    ) -> Result<CallSiteValue<'ctx>> {
        let found = self
            .written_out(name, tys)
            .or_else(|| inkwell::intrinsics::Intrinsic::find(name)?.get_declaration(&self.m.ir, tys))
            .ok_or_else(|| bug(format!("LLVM has no intrinsic `{name}`")))?;
        Ok(self.m.builder.build_call(found, args, "")?)
    }

    /// What `arm.ll` has for an intrinsic.
    fn written_out(&self, name: &str, tys: &[BasicTypeEnum<'ctx>]) -> Option<FunctionValue<'ctx>> {
        let name = match name {
            "llvm.minimum" => "gal.minimum",
            "llvm.maximum" => "gal.maximum",
            _ => return None,
        };
        let float = self.m.context.f64_type();
        let suffix = match tys {
            [ty] if *ty == float.into() => "f64",
            [ty] if *ty == float.vec_type(2).into() => "v2f64",
            _ => return None,
        };
        self.m.ir.get_function(&format!("{name}.{suffix}"))
    }

    /// An intrinsic with a result.
    pub fn computed(
        &self,
        name: &str,
        tys: &[BasicTypeEnum<'ctx>],
        args: &[BasicMetadataValueEnum<'ctx>],
    ) -> Result<BasicValueEnum<'ctx>> {
        let call = self.intrinsic(name, tys, args)?;
        call.try_as_basic_value().basic().ok_or_else(|| bug(format!("`{name}` has a result")))
    }

    pub fn call(&self, dsts: &[Reg], callee: &Callee, args: &[Reg]) -> Result {
        let b = &self.m.builder;
        let values = args.iter().map(|&reg| self.passed(reg).map(Into::into));
        let values: Vec<BasicMetadataValueEnum> = values.collect::<Result<_>>()?;
        let call = match callee {
            Callee::Direct(func) => b.build_call(self.m.funcs[*func], &values, "")?,
            Callee::Indirect { sig, func } => {
                b.build_indirect_call(self.m.function_type(sig), self.pointer(*func)?, &values, "")?
            }
        };
        if !self.m.lir.target.panic_unwinds {
            call.add_attribute(AttributeLoc::Function, self.m.enum_attribute("nounwind"));
        }
        self.write_results(dsts, call.try_as_basic_value().basic())
    }

    pub fn invoke(
        &mut self,
        dsts: &[Reg],
        callee: &Callee,
        args: &[Reg],
        normal: Block,
        landing: Block,
    ) -> Result {
        let may_unwind = match callee {
            Callee::Direct(func) => self.m.unwinds(&self.m.lir.funcs[*func]),
            Callee::Indirect { .. } => self.m.lir.target.panic_unwinds,
        };
        let b = &self.m.builder;
        if !may_unwind {
            self.call(dsts, callee, args)?;
            b.build_unconditional_branch(self.blocks[normal])?;
            return Ok(());
        }
        let unwind = self.landing(landing)?;
        let values: Vec<BasicValueEnum> = args.iter().map(|&reg| self.passed(reg)).collect::<Result<_>>()?;
        // Results are written on the normal edge only.
        let returned = self.m.context.append_basic_block(self.func, "returned");
        let call = match callee {
            Callee::Direct(func) => b.build_invoke(self.m.funcs[*func], &values, returned, unwind, "")?,
            Callee::Indirect { sig, func } => {
                let (ty, func) = (self.m.function_type(sig), self.pointer(*func)?);
                b.build_indirect_invoke(ty, func, &values, returned, unwind, "")?
            }
        };
        b.position_at_end(returned);
        self.write_results(dsts, call.try_as_basic_value().basic())?;
        b.build_unconditional_branch(self.blocks[normal])?;
        Ok(())
    }

    pub fn throw(&self) -> Result {
        let (tag, payload) = (self.tag(), self.m.pointer_type().const_null());
        self.intrinsic("llvm.wasm.throw", &[], &[tag.into(), payload.into()])?;
        self.m.builder.build_unreachable()?;
        Ok(())
    }

    /// The only tag that LLVM knows is C++'s.
    fn tag(&self) -> IntValue<'ctx> {
        self.m.context.i32_type().const_zero()
    }

    /// Where an invoke unwinds to, for the sake of a landing; the builder stays where it is. Invokes share it, except where
    /// the landing can come back to itself: a `catchpad` with one predecessor cannot be the head of a loop, for which LLVM 22
    /// emits invalid modules (tests/lir/invoke_landing_loop.lir).
    fn landing(&mut self, landing: Block) -> Result<BasicBlock<'ctx>> {
        if let Some(built) = self.landings[landing]
            && !self.is_in_cycle(landing)
        {
            return Ok(built);
        }
        let here = self.m.builder.get_insert_block().ok_or_else(|| bug("the builder has a place"))?;
        self.func.set_personality_function(self.personality());
        let (dispatch, pad) = (self.named_block("dispatch"), self.named_block("catch"));
        self.door(dispatch, pad, self.blocks[landing])?;
        self.m.builder.position_at_end(here);
        self.landings[landing] = Some(dispatch);
        Ok(dispatch)
    }

    /// Whether control that leaves a block can come back to it.
    fn is_in_cycle(&mut self, block: Block) -> bool {
        if let Some(known) = self.is_in_cycle[block] {
            return known;
        }
        let mut is_seen = IndexVec::from_elem(false, self.body.blocks.len());
        let mut work = vec![block];
        while let Some(at) = work.pop() {
            self.body.blocks[at].term.for_each_succ(|to| {
                if !std::mem::replace(&mut is_seen[to], true) {
                    work.push(to);
                }
            });
        }
        self.is_in_cycle[block] = Some(is_seen[block]);
        is_seen[block]
    }

    fn named_block(&self, name: &str) -> BasicBlock<'ctx> {
        self.m.context.append_basic_block(self.func, name)
    }

    fn personality(&self) -> FunctionValue<'ctx> {
        self.m.ir.get_function(PERSONALITY).unwrap_or_else(|| {
            let ty = self.m.context.i32_type().fn_type(&[], true);
            self.m.ir.add_function(PERSONALITY, ty, Some(Linkage::External))
        })
    }

    fn door(&self, dispatch: BasicBlock<'ctx>, pad: BasicBlock<'ctx>, to: BasicBlock<'ctx>) -> Result {
        use llvm_sys::core::{
            LLVMAddHandler, LLVMBuildCall2, LLVMBuildCatchPad, LLVMBuildCatchRet, LLVMBuildCatchSwitch,
            LLVMGetIntrinsicDeclaration, LLVMIntrinsicGetType, LLVMLookupIntrinsicID,
        };
        let b = &self.m.builder;
        let any = self.m.pointer_type().const_null();
        let get = "llvm.wasm.get.exception";
        // SAFETY: builder, blocks, function and module belong to one context and outlive the calls; each block is empty
        // and gets one terminator; no parent pad (null) and the caller as the place to unwind to (null) are what LLVM's
        // reference documents; the arrays have the lengths that are passed; the intrinsic's type is its own.
        unsafe {
            b.position_at_end(dispatch);
            let switch = LLVMBuildCatchSwitch(
                b.as_mut_ptr(),
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                1,
                c"".as_ptr(),
            );
            LLVMAddHandler(switch, pad.as_mut_ptr());
            b.position_at_end(pad);
            let mut filter = [any.as_value_ref()];
            let catch = LLVMBuildCatchPad(b.as_mut_ptr(), switch, filter.as_mut_ptr(), 1, c"".as_ptr());
            // Makes it a catch of the tag, so that exceptions of the host pass.
            let id = LLVMLookupIntrinsicID(get.as_ptr().cast(), get.len());
            let func = LLVMGetIntrinsicDeclaration(self.m.ir.as_mut_ptr(), id, std::ptr::null_mut(), 0);
            let ty = LLVMIntrinsicGetType(self.m.context.as_ctx_ref(), id, std::ptr::null_mut(), 0);
            let mut args = [catch];
            LLVMBuildCall2(b.as_mut_ptr(), ty, func, args.as_mut_ptr(), 1, c"".as_ptr());
            LLVMBuildCatchRet(b.as_mut_ptr(), catch, to.as_mut_ptr());
        }
        Ok(())
    }
}

//! What LLVM is told of functions beyond their code.

use crate::module::Ctx;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::values::FunctionValue;
use lir::{Arch, Body, CSystem, FuncId, FuncKind, Os, Platform, Signature, Term, Ty};

/// Functions of the C library that LLVM calls where it recognises what they do; here there are none.
const UNAVAILABLE: [&str; 4] = ["strlen", "wcslen", "memcmp", "bcmp"];

impl<'ctx> Ctx<'ctx, '_> {
    pub fn enum_attribute(&self, name: &str) -> Attribute {
        self.context.create_enum_attribute(Attribute::get_named_enum_kind_id(name), 0)
    }

    pub fn add_enum(&self, func: FunctionValue<'ctx>, name: &str) {
        func.add_attribute(AttributeLoc::Function, self.enum_attribute(name));
    }

    pub fn add_string(&self, func: FunctionValue<'ctx>, name: &str, value: &str) {
        func.add_attribute(AttributeLoc::Function, self.context.create_string_attribute(name, value));
    }

    /// What LIR knows of a function.
    pub fn describe(&self, func: FunctionValue<'ctx>, function: &lir::Function) {
        if !self.unwinds(function) {
            self.add_enum(func, "nounwind");
        }
        if function.is_noinline {
            self.add_enum(func, "noinline");
        }
        let FuncKind::Defined(body) = &function.kind else { return };
        self.describe_code(func);
        if never_returns(body) {
            // Panics and what reports them; blocks that call them are laid out last.
            self.add_enum(func, "noreturn");
            self.add_enum(func, "cold");
        }
    }

    /// What is known of a function that tells of panics by a result.
    pub fn describe_told(&self, func: FunctionValue<'ctx>, id: FuncId) {
        if self.told.is_some_and(|told| told.panics[id]) {
            self.add_enum(func, "cold");
        }
    }

    /// What holds for all code that is emitted here.
    pub fn describe_code(&self, func: FunctionValue<'ctx>) {
        // `Ptr` arithmetic may start at null, see `pointers.rs`.
        self.add_enum(func, "null_pointer_is_valid");
        self.describe_target(func);
        for name in UNAVAILABLE {
            self.add_string(func, &format!("no-builtin-{name}"), "");
        }
        if self.debug.is_some() {
            // Each call has a frame that backtraces find.
            self.add_string(func, "frame-pointer", "all");
            self.add_string(func, "disable-tail-calls", "true");
        }
        if self.level.is_for_size() {
            self.add_enum(func, "optsize");
        }
        if self.level == backend::OptLevel::Oz {
            self.add_enum(func, "minsize");
        }
    }

    pub fn describe_target(&self, func: FunctionValue<'ctx>) {
        self.add_string(func, "target-cpu", self.machine.cpu);
        self.add_string(func, "target-features", &self.machine.features);
        // Frames larger than the guard below the stack touch each page of it, so that none steps over. Windows has a function for that.
        if self.platform.is_native() && !matches!(self.platform, Platform::C(CSystem { os: Os::Windows, .. }))
        {
            self.add_string(func, "probe-stack", "inline-asm");
        }
    }

    /// Rounds to the nearest integer, to the even one of two. Where that is a function of the C library, it is one that all have;
    /// nothing here changes how the processor rounds.
    pub fn nearest(&self) -> &'static str {
        if matches!(self.platform, Platform::C(_)) { "llvm.rint" } else { "llvm.roundeven" }
    }

    /// What C compilers expect of numbers that are narrower than registers.
    pub fn extend(&self, func: FunctionValue<'ctx>, sig: &Signature) {
        if !matches!(self.platform, Platform::C(CSystem { arch: Arch::Riscv64, .. })) {
            return;
        }
        let signext = self.enum_attribute("signext");
        if sig.results.first() == Some(&Ty::I32) {
            func.add_attribute(AttributeLoc::Return, signext);
        }
        for (index, _) in sig.params.iter().enumerate().filter(|(_, ty)| **ty == Ty::I32) {
            func.add_attribute(AttributeLoc::Param(index as u32), signext);
        }
    }

    /// Whether a panic can leave it. Where panics abort, nothing does.
    pub fn unwinds(&self, function: &lir::Function) -> bool {
        function.may_unwind && self.lir.target.panic_unwinds
    }
}

fn never_returns(body: &Body) -> bool {
    !body.blocks.iter().any(|block| matches!(block.term, Term::Return(_)))
}

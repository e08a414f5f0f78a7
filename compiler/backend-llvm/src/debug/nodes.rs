//! Nodes of LLVM's debug information, made through its `DIBuilder`: raw calls behind functions that are safe because all nodes
//! that they take and give belong to one context, which the lifetime tells. What the C API lacks is in `shim.cpp`.

use inkwell::basic_block::BasicBlock;
use inkwell::builder::Builder;
use inkwell::context::{AsContextRef, Context};
use inkwell::module::Module;
use inkwell::values::{AsValueRef, FunctionValue, PointerValue};
use llvm_sys::LLVMValue;
use llvm_sys::core::LLVMSetCurrentDebugLocation2;
use llvm_sys::debuginfo::*;
use llvm_sys::prelude::{LLVMDIBuilderRef, LLVMMetadataRef};
use std::ffi::c_char;
use std::marker::PhantomData;
use std::ptr::null_mut;

unsafe extern "C" {
    /// Defined in `shim.cpp`, as those below: an array whose elements are elsewhere. The expressions find the elements and their
    /// number from the address of the value; a stride of 0 is the element's size.
    fn galc_llvm_dynamic_array(
        builder: LLVMDIBuilderRef,
        scope: LLVMMetadataRef,
        name: *const c_char,
        name_len: usize,
        file: LLVMMetadataRef,
        element: LLVMMetadataRef,
        data: LLVMMetadataRef,
        count: LLVMMetadataRef,
        stride: u64,
    ) -> LLVMMetadataRef;
    fn galc_llvm_array(
        builder: LLVMDIBuilderRef,
        element: LLVMMetadataRef,
        bits: u64,
        align: u32,
        count: u64,
        stride: u64,
    ) -> LLVMMetadataRef;
    fn galc_llvm_variant_part(
        builder: LLVMDIBuilderRef,
        scope: LLVMMetadataRef,
        file: LLVMMetadataRef,
        tag: LLVMMetadataRef,
        uid: *const c_char,
        uid_len: usize,
    ) -> LLVMMetadataRef;
    fn galc_llvm_variant(
        builder: LLVMDIBuilderRef,
        part: LLVMMetadataRef,
        name: *const c_char,
        name_len: usize,
        file: LLVMMetadataRef,
        bits: u64,
        tag: *mut LLVMValue,
        ty: LLVMMetadataRef,
    ) -> LLVMMetadataRef;
    /// Gives a composite type its elements, and the type that it is then.
    fn galc_llvm_set_elements(
        builder: LLVMDIBuilderRef,
        composite: LLVMMetadataRef,
        elements: *mut LLVMMetadataRef,
        n: usize,
    ) -> LLVMMetadataRef;
}

/// A node; null where one may be missing.
#[derive(Clone, Copy)]
pub struct Node<'ctx> {
    raw: LLVMMetadataRef,
    context: PhantomData<&'ctx Context>,
}

impl Node<'_> {
    pub const NONE: Node<'static> = Node { raw: null_mut(), context: PhantomData };
}

/// A name with the place of a declaration.
#[derive(Clone, Copy)]
pub struct Decl<'ctx, 'n> {
    pub name: &'n str,
    pub file: Node<'ctx>,
    pub line: u32,
}

pub struct Nodes<'ctx> {
    raw: LLVMDIBuilderRef,
    context: &'ctx Context,
}

impl Drop for Nodes<'_> {
    fn drop(&mut self) {
        // SAFETY: made by `LLVMCreateDIBuilder`, used by nothing else, and disposed of once.
        unsafe { LLVMDisposeDIBuilder(self.raw) }
    }
}

impl<'ctx> Nodes<'ctx> {
    pub fn new(context: &'ctx Context, module: &Module<'ctx>) -> Nodes<'ctx> {
        // SAFETY: the module is alive; the builder is disposed of before it, see `Debug`.
        let raw = unsafe { LLVMCreateDIBuilder(module.as_mut_ptr()) };
        Nodes { raw, context }
    }

    fn node(&self, raw: LLVMMetadataRef) -> Node<'ctx> {
        debug_assert!(!raw.is_null());
        Node { raw, context: PhantomData }
    }

    /// Nothing may be added afterwards.
    pub fn finish(&self) {
        // SAFETY: the builder and its module are alive.
        unsafe { LLVMDIBuilderFinalize(self.raw) }
    }

    pub fn unit(
        &self,
        language: LLVMDWARFSourceLanguage,
        file: Node<'ctx>,
        producer: &str,
        is_optimized: bool,
    ) -> Node<'ctx> {
        // SAFETY: texts are passed with their lengths, empty ones as such; see the head of this file.
        self.node(unsafe {
            LLVMDIBuilderCreateCompileUnit(
                self.raw,
                language,
                file.raw,
                producer.as_ptr().cast(),
                producer.len(),
                is_optimized.into(),
                c"".as_ptr(),
                0,
                0,
                c"".as_ptr(),
                0,
                LLVMDWARFEmissionKind::LLVMDWARFEmissionKindFull,
                0,
                0,
                0,
                c"".as_ptr(),
                0,
                c"".as_ptr(),
                0,
            )
        })
    }

    pub fn file(&self, name: &str, folder: &str) -> Node<'ctx> {
        let (name_text, folder_text) = (name.as_ptr().cast(), folder.as_ptr().cast());
        // SAFETY: texts are passed with their lengths.
        self.node(unsafe {
            LLVMDIBuilderCreateFile(self.raw, name_text, name.len(), folder_text, folder.len())
        })
    }

    /// Without a name of the linker's: debuggers would take that for the function's name.
    pub fn function(
        &self,
        decl: Decl<'ctx, '_>,
        ty: Node<'ctx>,
        is_made_up: bool,
        is_optimized: bool,
    ) -> Node<'ctx> {
        let flags = if is_made_up { LLVMDIFlagArtificial } else { LLVMDIFlagZero };
        // SAFETY: texts are passed with their lengths; see the head of this file.
        self.node(unsafe {
            LLVMDIBuilderCreateFunction(
                self.raw,
                decl.file.raw,
                decl.name.as_ptr().cast(),
                decl.name.len(),
                c"".as_ptr(),
                0,
                decl.file.raw,
                decl.line,
                ty.raw,
                1,
                1,
                decl.line,
                flags,
                is_optimized.into(),
            )
        })
    }

    /// The type of all functions: what they take are variables of theirs.
    pub fn function_type(&self, file: Node<'ctx>) -> Node<'ctx> {
        let mut types = [null_mut()];
        // SAFETY: the array has one entry, null for no result; see the head of this file.
        self.node(unsafe {
            LLVMDIBuilderCreateSubroutineType(self.raw, file.raw, types.as_mut_ptr(), 1, LLVMDIFlagZero)
        })
    }

    pub fn block(&self, scope: Node<'ctx>, file: Node<'ctx>, line: u32, column: u32) -> Node<'ctx> {
        // SAFETY: see the head of this file.
        self.node(unsafe { LLVMDIBuilderCreateLexicalBlock(self.raw, scope.raw, file.raw, line, column) })
    }

    /// A part of a scope whose text is in another file.
    pub fn in_file(&self, scope: Node<'ctx>, file: Node<'ctx>) -> Node<'ctx> {
        // SAFETY: see the head of this file.
        self.node(unsafe { LLVMDIBuilderCreateLexicalBlockFile(self.raw, scope.raw, file.raw, 0) })
    }

    pub fn location(&self, line: u32, column: u32, scope: Node<'ctx>, inlined_at: Node<'ctx>) -> Node<'ctx> {
        // SAFETY: see the head of this file; no call is null.
        self.node(unsafe {
            let context = self.context.as_ctx_ref();
            LLVMDIBuilderCreateDebugLocation(context, line, column, scope.raw, inlined_at.raw)
        })
    }

    pub fn basic(&self, name: &str, bits: u64, encoding: u32) -> Node<'ctx> {
        let text = name.as_ptr().cast();
        // SAFETY: the text is passed with its length.
        self.node(unsafe {
            LLVMDIBuilderCreateBasicType(self.raw, text, name.len(), bits, encoding, LLVMDIFlagZero)
        })
    }

    pub fn typedef(&self, ty: Node<'ctx>, decl: Decl<'ctx, '_>) -> Node<'ctx> {
        let (text, len) = (decl.name.as_ptr().cast(), decl.name.len());
        // SAFETY: the text is passed with its length; see the head of this file.
        self.node(unsafe {
            LLVMDIBuilderCreateTypedef(
                self.raw,
                ty.raw,
                text,
                len,
                decl.file.raw,
                decl.line,
                decl.file.raw,
                0,
            )
        })
    }

    pub fn pointer(&self, to: Node<'ctx>, bits: u64) -> Node<'ctx> {
        // SAFETY: the name is empty; nothing to point to is null, C's `void`; see the head of this file.
        self.node(unsafe { LLVMDIBuilderCreatePointerType(self.raw, to.raw, bits, 0, 0, c"".as_ptr(), 0) })
    }

    /// A struct without fields as yet; nothing else has its identifier.
    pub fn structure(
        &self,
        decl: Decl<'ctx, '_>,
        scope: Node<'ctx>,
        bits: u64,
        align: u32,
        uid: &str,
    ) -> Node<'ctx> {
        // SAFETY: texts and arrays are passed with their lengths; see the head of this file.
        self.node(unsafe {
            LLVMDIBuilderCreateStructType(
                self.raw,
                scope.raw,
                decl.name.as_ptr().cast(),
                decl.name.len(),
                decl.file.raw,
                decl.line,
                bits,
                align,
                LLVMDIFlagZero,
                null_mut(),
                null_mut(),
                0,
                0,
                null_mut(),
                uid.as_ptr().cast(),
                uid.len(),
            )
        })
    }

    pub fn set_elements(&self, composite: Node<'ctx>, elements: &[Node<'ctx>]) -> Node<'ctx> {
        let mut elements: Vec<LLVMMetadataRef> = elements.iter().map(|node| node.raw).collect();
        // SAFETY: the array is passed with its length; the node was made by `structure` or `variant_part`.
        self.node(unsafe {
            galc_llvm_set_elements(self.raw, composite.raw, elements.as_mut_ptr(), elements.len())
        })
    }

    pub fn member(
        &self,
        scope: Node<'ctx>,
        decl: Decl<'ctx, '_>,
        bits: u64,
        offset_bits: u64,
        ty: Node<'ctx>,
    ) -> Node<'ctx> {
        // SAFETY: the text is passed with its length; see the head of this file.
        self.node(unsafe {
            LLVMDIBuilderCreateMemberType(
                self.raw,
                scope.raw,
                decl.name.as_ptr().cast(),
                decl.name.len(),
                decl.file.raw,
                decl.line,
                bits,
                0,
                offset_bits,
                LLVMDIFlagZero,
                ty.raw,
            )
        })
    }

    pub fn enumeration(
        &self,
        decl: Decl<'ctx, '_>,
        bits: u64,
        names: &[&str],
        base: Node<'ctx>,
    ) -> Node<'ctx> {
        let enumerator = |(value, name): (usize, &&str)| {
            // SAFETY: the text is passed with its length.
            unsafe {
                LLVMDIBuilderCreateEnumerator(self.raw, name.as_ptr().cast(), name.len(), value as i64, 1)
            }
        };
        let mut values: Vec<LLVMMetadataRef> = names.iter().enumerate().map(enumerator).collect();
        // SAFETY: texts and arrays are passed with their lengths; see the head of this file.
        self.node(unsafe {
            LLVMDIBuilderCreateEnumerationType(
                self.raw,
                decl.file.raw,
                decl.name.as_ptr().cast(),
                decl.name.len(),
                decl.file.raw,
                decl.line,
                bits,
                0,
                values.as_mut_ptr(),
                values.len() as u32,
                base.raw,
            )
        })
    }

    pub fn variant_part(
        &self,
        scope: Node<'ctx>,
        file: Node<'ctx>,
        tag: Node<'ctx>,
        uid: &str,
    ) -> Node<'ctx> {
        let text = uid.as_ptr().cast();
        // SAFETY: the text is passed with its length; `tag` was made by `member`.
        self.node(unsafe { galc_llvm_variant_part(self.raw, scope.raw, file.raw, tag.raw, text, uid.len()) })
    }

    /// The part of a variant whose tag is a constant of `bits` bits.
    pub fn variant(
        &self,
        part: Node<'ctx>,
        decl: Decl<'ctx, '_>,
        bits: u64,
        tag: (u32, u64),
        ty: Node<'ctx>,
    ) -> Node<'ctx> {
        let width = std::num::NonZeroU32::new(tag.0).unwrap_or(std::num::NonZeroU32::MIN);
        let Ok(tag_type) = self.context.custom_width_int_type(width) else { return ty };
        let value = tag_type.const_int(tag.1, false).as_value_ref();
        let (text, len) = (decl.name.as_ptr().cast(), decl.name.len());
        // SAFETY: the text is passed with its length; the tag is a constant of this context.
        self.node(unsafe {
            galc_llvm_variant(self.raw, part.raw, text, len, decl.file.raw, bits, value, ty.raw)
        })
    }

    pub fn array(&self, element: Node<'ctx>, bits: u64, align: u32, len: u64, stride: u64) -> Node<'ctx> {
        // SAFETY: see the head of this file.
        self.node(unsafe { galc_llvm_array(self.raw, element.raw, bits, align, len, stride) })
    }

    pub fn dynamic_array(
        &self,
        decl: Decl<'ctx, '_>,
        element: Node<'ctx>,
        data: &[u64],
        count: &[u64],
        stride: u64,
    ) -> Node<'ctx> {
        // Without an expression for them, the elements are where the array is.
        let data = if data.is_empty() { Node::NONE } else { self.expression(data) };
        let count = self.expression(count);
        let (text, len, file) = (decl.name.as_ptr().cast(), decl.name.len(), decl.file.raw);
        // SAFETY: the text is passed with its length; see the head of this file.
        self.node(unsafe {
            galc_llvm_dynamic_array(self.raw, file, text, len, file, element.raw, data.raw, count.raw, stride)
        })
    }

    pub fn parameter(
        &self,
        scope: Node<'ctx>,
        decl: Decl<'ctx, '_>,
        number: u32,
        ty: Node<'ctx>,
    ) -> Node<'ctx> {
        let (text, len, file) = (decl.name.as_ptr().cast(), decl.name.len(), decl.file.raw);
        // SAFETY: the text is passed with its length; see the head of this file.
        self.node(unsafe {
            LLVMDIBuilderCreateParameterVariable(
                self.raw,
                scope.raw,
                text,
                len,
                number,
                file,
                decl.line,
                ty.raw,
                0,
                LLVMDIFlagZero,
            )
        })
    }

    pub fn variable(&self, scope: Node<'ctx>, decl: Decl<'ctx, '_>, ty: Node<'ctx>) -> Node<'ctx> {
        let (text, len, file) = (decl.name.as_ptr().cast(), decl.name.len(), decl.file.raw);
        // SAFETY: the text is passed with its length; see the head of this file.
        self.node(unsafe {
            LLVMDIBuilderCreateAutoVariable(
                self.raw,
                scope.raw,
                text,
                len,
                file,
                decl.line,
                ty.raw,
                0,
                LLVMDIFlagZero,
                0,
            )
        })
    }

    pub fn expression(&self, ops: &[u64]) -> Node<'ctx> {
        let mut ops = ops.to_vec();
        // SAFETY: the array is passed with its length, and copied.
        self.node(unsafe { LLVMDIBuilderCreateExpression(self.raw, ops.as_mut_ptr(), ops.len()) })
    }

    /// Says at the end of a block that a variable is in memory from there on.
    pub fn declare(
        &self,
        at: PointerValue<'ctx>,
        variable: Node<'ctx>,
        ops: &[u64],
        location: Node<'ctx>,
        block: BasicBlock<'ctx>,
    ) {
        let expression = self.expression(ops);
        // SAFETY: all belong to one context; the scopes of variable and location are of one function, see `variables.rs`.
        unsafe {
            LLVMDIBuilderInsertDeclareRecordAtEnd(
                self.raw,
                at.as_value_ref(),
                variable.raw,
                expression.raw,
                location.raw,
                block.as_mut_ptr(),
            );
        }
    }

    pub fn set_function(&self, func: FunctionValue<'ctx>, node: Node<'ctx>) {
        // SAFETY: the node was made by `function`.
        unsafe { LLVMSetSubprogram(func.as_value_ref(), node.raw) }
    }

    /// What is built from now on has this location, or none.
    pub fn set_location(&self, builder: &Builder<'ctx>, location: Node<'ctx>) {
        // SAFETY: the node was made by `location`, or is null, which is no location.
        unsafe { LLVMSetCurrentDebugLocation2(builder.as_mut_ptr(), location.raw) }
    }
}

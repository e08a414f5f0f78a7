//! Stack slots: places in a frame of the shadow stack, and the code that moves the stack pointer.
//!
//! A frame is addressed off its lower end. Only functions with slots touch the stack pointer, and of these a function
//! that calls nothing need not move it, since nothing else runs meanwhile; a large one does where hosts look at it.
//! Unwinding runs no epilogues, so a landing puts the pointer back; one that only cleans up and unwinds further may run
//! below it and leaves that to the landing where unwinding ends.

use entity::{Arrange, IndexVec};
use lir::{Body, Slot};
use syntax::Span;

use crate::cfg;
use crate::code::Code;
use crate::ctx::Ctx;
use crate::layout::STACK_ALIGN;
use crate::wir::{B, Const, ENTRY, Frame, Func, Inst, Op, Term, Throws, V, Vt};

/// Offsets of the slots and the size of all; large alignments first, so that nothing is wasted between them.
pub fn place_slots(body: &Body) -> (IndexVec<Slot, u32>, u32) {
    let mut order: Vec<Slot> = body.slots.indices().collect();
    order.arrange_by_key(|&slot| std::cmp::Reverse(body.slots[slot].align));
    let mut offsets = IndexVec::from_elem(0, body.slots.len());
    let mut end = 0u32;
    for slot in order {
        let data = &body.slots[slot];
        end = end.next_multiple_of(data.align.max(1));
        offsets[slot] = end;
        end += data.size;
    }
    (offsets, end.next_multiple_of(STACK_ALIGN as u32))
}

pub fn ptr_add(ptr: Vt) -> Code {
    if ptr == Vt::I64 { Code::I64Add } else { Code::I32Add }
}

fn ptr_sub(ptr: Vt) -> Code {
    if ptr == Vt::I64 { Code::I64Sub } else { Code::I32Sub }
}

/// Adds prologue, epilogues and the restoring at landings. `base` is the frame's address if there are slots.
pub fn set_up(func: &mut Func, ctx: &Ctx, base: Option<V>, size: u32) {
    let Some(sp) = ctx.sp else { return };
    let landings = landings_to_restore(func);
    let mut code = Code_ { func, insts: Vec::new() };
    let saved = match base {
        Some(base) => {
            let moves_sp = code.func.calls_anything(ctx.helpers.first()) || ctx.is_told_by_sp(size);
            let old = code.value(ctx.ptr, Op::GlobalGet(sp), &[]);
            let size_value = code.value(ctx.ptr, Op::Const(Const::of_int(ctx.ptr, size.into())), &[]);
            code.emit(Op::Num(ptr_sub(ctx.ptr)), &[old, size_value], &[base]);
            if moves_sp {
                code.emit(Op::GlobalSet(sp), &[base], &[]);
            }
            let base_list = code.func.list([base]);
            code.func.frame = Some(Frame { sp, pop: moves_sp.then_some(size), base: base_list });
            base
        }
        None if landings.is_empty() => return,
        None => code.value(ctx.ptr, Op::GlobalGet(sp), &[]),
    };
    let prologue = code.insts;
    func.blocks[ENTRY].insts.splice(0..0, prologue);
    for landing in landings {
        let mut code = Code_ { func, insts: Vec::new() };
        code.emit(Op::GlobalSet(sp), &[saved], &[]);
        let restore = code.insts;
        func.blocks[landing].insts.splice(0..0, restore);
    }
}

/// Landings from which the function goes on normally, or comes back to a landing: their stack would leak.
fn landings_to_restore(func: &Func) -> Vec<B> {
    let insts = func.blocks.iter().flat_map(|block| &block.insts);
    let mut landings: Vec<B> = insts.filter_map(|inst| inst.throws.landing()).collect();
    landings.arrange();
    landings.dedup();
    if !landings.is_empty() {
        let returns = cfg::reaching(func, |block| matches!(block.term, Term::Return(_)));
        let in_cycle = cfg::in_cycles(func);
        landings.retain(|&b| returns[b] || in_cycle[b]);
    }
    landings
}

impl Func {
    fn calls_anything(&self, first_helper: u32) -> bool {
        self.blocks.iter().flat_map(|block| &block.insts).any(|inst| match inst.op {
            Op::Call(func) => func < first_helper,
            Op::CallIndirect(_) => true,
            _ => false,
        })
    }
}

/// Instructions under construction.
struct Code_<'f> {
    func: &'f mut Func,
    insts: Vec<Inst>,
}

impl Code_<'_> {
    fn emit(&mut self, op: Op, args: &[V], dsts: &[V]) {
        let (args, dsts) = (self.func.list(args.iter().copied()), self.func.list(dsts.iter().copied()));
        self.insts.push(Inst { op, args, dsts, throws: Throws::Never, span: Span::DUMMY });
    }

    fn value(&mut self, ty: Vt, op: Op, args: &[V]) -> V {
        let dst = self.func.new_val(ty);
        self.emit(op, args, &[dst]);
        dst
    }
}

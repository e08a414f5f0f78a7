//! The body of one function: locals, statements, control flow.

use super::Cx;
use super::builder::Builder;
use super::glue::Glue;
use super::place::Rep;
use super::value::Emit;
use crate::ir::*;
use entity::{Arrange, IndexVec};
use mir::ir as m;
use rustc_hash::FxHashMap;

pub(crate) struct FuncLower<'f, 'c, 'a> {
    pub e: Emit<'c, 'a>,
    pub func: &'f m::Function,
    pub body: &'f m::Body,
    pub reps: IndexVec<m::Local, Rep>,
    pub blocks: IndexVec<m::Block, Block>,
    /// Where a result that does not come in registers goes.
    pub result_slot: Option<Reg>,
    /// Landing blocks that only lead to a cleanup block.
    pub landings: FxHashMap<m::Block, Block>,
    /// Bytes of the cells that each reuse token stands for.
    pub token_sizes: FxHashMap<m::Local, u32>,
}

pub(crate) fn lower_body(cx: &mut Cx<'_>, func: &m::Function, body: &m::Body) -> Body {
    let b = Builder::new(cx.layouts.pointer_bytes, func.span);
    let mut lower = FuncLower {
        e: Emit { cx, b, panicked: None },
        func,
        body,
        reps: IndexVec::new(),
        blocks: IndexVec::new(),
        result_slot: None,
        landings: FxHashMap::default(),
        token_sizes: FxHashMap::default(),
    };
    lower.find_token_sizes();
    lower.set_up_locals();
    for _ in &body.blocks {
        let block = lower.e.b.new_block();
        lower.blocks.push(block);
    }
    lower.e.b.end(Term::Jump(lower.blocks[m::Block(0)]));
    for (id, block) in body.blocks.iter_enumerated() {
        lower.e.b.switch_to(lower.blocks[id]);
        for stmt in &block.stmts {
            lower.e.b.span = stmt.span;
            lower.stmt(&stmt.kind);
        }
        lower.e.b.span = block.term_span;
        lower.term(&block.term);
    }
    let mut body = lower.e.b.body;
    initialise(&mut body);
    body
}

/// Zeroes registers that a path may read unwritten: those of values that are there on some paths only, where a flag
/// tells, which LIR cannot know.
fn initialise(body: &mut Body) {
    for reg in crate::assigned::unassigned_registers(body) {
        body.readable.retain(|(other, _)| *other != reg);
        let value = match body.regs[reg] {
            Ty::I32 => Imm::I32(0),
            Ty::I64 => Imm::I64(0),
            Ty::F32 => Imm::F32(0),
            Ty::F64 => Imm::F64(0),
            Ty::V128 => Imm::V128(0),
            Ty::Ptr => Imm::Ptr(0),
        };
        let entry = &mut body.blocks[Block(0)];
        entry.insts.insert(0, Inst { op: Op::Const { dst: reg, value }, span: entry.term_span });
    }
}

/// Lending fewer scalars than these from registers costs less than reading them from memory wherever they are used.
const SPILLED_SCALARS: usize = 3;

impl<'f> FuncLower<'f, '_, '_> {
    // ------------------------------------------------------------ locals

    fn set_up_locals(&mut self) {
        if self.e.cx.returns_by_slot(self.func.ret) {
            let slot = self.e.b.param(Ty::Ptr);
            let size = self.e.layout(self.func.ret).size;
            self.e.b.set_readable(slot, size);
            self.result_slot = Some(slot);
        }
        let in_memory = self.locals_in_memory();
        let mut reps: IndexVec<m::Local, Option<Rep>> = IndexVec::from_elem(None, self.body.locals.len());
        for param in &self.body.params {
            reps[param.local] = Some(self.param_rep(param, in_memory[param.local]));
        }
        for (local, decl) in self.body.locals.iter_enumerated() {
            let rep = match reps[local].take() {
                Some(rep) => rep,
                None => self.local_rep(local, decl.ty, in_memory[local]),
            };
            if let (Rep::Regs(regs), Some(name)) = (&rep, &decl.name)
                && let [reg] = regs[..]
            {
                self.e.b.body.reg_names.push((reg, name.clone()));
            }
            self.reps.push(rep);
        }
        self.describe_variables();
    }

    fn param_rep(&mut self, param: &m::Param, has_address: bool) -> Rep {
        let ty = self.body.locals[param.local].ty;
        let tys = self.e.cx.param_tys(ty, param.mode);
        let regs: Vec<Reg> = tys.into_iter().map(|t| self.e.b.param(t)).collect();
        let layout = self.e.layout(ty);
        if param.mode == m::ParamMode::Mut || layout.in_memory() {
            self.e.b.set_readable(regs[0], layout.size);
            return Rep::Indirect(regs[0]);
        }
        for (reg, scalar) in regs.iter().zip(layout.flat.iter().flatten()) {
            self.e.b.set_readable(*reg, scalar.readable);
        }
        if !has_address {
            return Rep::Regs(regs);
        }
        let slot = self.e.b.slot(layout.size.max(1), layout.align);
        let addr = self.e.b.slot_addr(slot);
        self.e.store_value(ty, addr, 0, &regs);
        Rep::Slot(slot)
    }

    fn local_rep(&mut self, local: m::Local, ty: m::Ty, has_address: bool) -> Rep {
        let layout = self.e.layout(ty);
        if local == m::RETURN
            && layout.in_memory()
            && let Some(slot) = self.result_slot
        {
            return Rep::Indirect(slot);
        }
        match &layout.flat {
            Some(flat) if !has_address => {
                Rep::Regs(flat.iter().map(|s| self.e.b.reg_readable(s.reg, s.readable)).collect())
            }
            _ => Rep::Slot(self.e.b.slot(layout.size.max(1), layout.align)),
        }
    }

    /// Locals whose own storage some `AddrOf` refers to, and those of several scalars that are lent as `mut` more than
    /// once: each call would write all of them to memory and read them back.
    fn locals_in_memory(&mut self) -> IndexVec<m::Local, bool> {
        let mut found = IndexVec::from_elem(false, self.body.locals.len());
        let mut lent: IndexVec<m::Local, u32> = IndexVec::from_elem(0, self.body.locals.len());
        let body = self.body;
        for block in &body.blocks {
            if let m::Term::Call { args, .. } = &block.term {
                for arg in args {
                    let m::Arg::Mut(place) = arg else { continue };
                    let ty = self.place_ty(place);
                    let scalars = self.e.layout(ty).flat.as_ref().map_or(0, Vec::len);
                    if scalars >= SPILLED_SCALARS && !self.leaves_local(place) {
                        lent[place.local] += 1;
                        found[place.local] |= lent[place.local] > 1;
                    }
                }
            }
            for stmt in &block.stmts {
                if let m::StmtKind::Assign(_, m::Rvalue::AddrOf(place)) = &stmt.kind
                    && !self.leaves_local(place)
                {
                    found[place.local] = true;
                }
            }
        }
        found
    }

    /// Whether the place lies behind a pointer, not in the local itself.
    fn leaves_local(&self, place: &m::Place) -> bool {
        let mut prefix = m::Place::from(place.local);
        for proj in &place.proj {
            let boxed =
                matches!(proj, m::Proj::Variant(_)) && self.e.types().defs[self.place_ty(&prefix)].is_boxed;
            if boxed || *proj == m::Proj::Deref {
                return true;
            }
            prefix.proj.push(*proj);
        }
        false
    }

    fn find_token_sizes(&mut self) {
        let mut sizes: Vec<(m::Local, u32, bool)> = Vec::new();
        for stmt in self.body.blocks.iter().flat_map(|b| &b.stmts) {
            match &stmt.kind {
                m::StmtKind::Assign(_, m::Rvalue::Aggregate { ty, variant, reuse: Some(token), .. }) => {
                    sizes.push((*token, self.e.layout(*ty).variants[*variant as usize].cell_size, true));
                }
                m::StmtKind::DropReuse { place, variant, token, .. } => {
                    let ty = self.place_ty(place);
                    sizes.push((*token, self.e.layout(ty).variants[*variant as usize].cell_size, false));
                }
                _ => {}
            }
        }
        self.find_given_tokens(&mut sizes);
        // What the memory is wanted for decides; cells of another size are freed at once.
        sizes.arrange_by_key(|(_, _, wanted)| *wanted);
        self.token_sizes = sizes.into_iter().map(|(token, size, _)| (token, size)).collect();
        while self.follow_moved_tokens() {}
    }

    /// A token that moves into another one is wanted for what that is. Whether anything has changed.
    fn follow_moved_tokens(&mut self) -> bool {
        let mut changed = false;
        for stmt in self.body.blocks.iter().flat_map(|b| &b.stmts) {
            if let m::StmtKind::Assign(to, m::Rvalue::Use(m::Operand::Move(from))) = &stmt.kind
                && let Some(&size) = self.token_sizes.get(&to.local)
                && let Some(own) = self.token_sizes.get_mut(&from.local)
            {
                changed |= std::mem::replace(own, size) != size;
            }
        }
        changed
    }

    /// Tokens that are parameters, and those that are arguments.
    fn find_given_tokens(&mut self, sizes: &mut Vec<(m::Local, u32, bool)>) {
        let mut given: Vec<(m::Local, m::ParamMode)> =
            self.body.params.iter().map(|param| (param.local, param.mode)).collect();
        for data in &self.body.blocks {
            let m::Term::Call { callee: m::Callee::Func(func), args, .. } = &data.term else { continue };
            for (arg, (_, mode)) in args.iter().zip(&self.e.cx.program.funcs[*func].params) {
                if let m::Arg::Value(m::Operand::Move(place)) = arg {
                    given.push((place.local, *mode));
                }
            }
        }
        for (local, mode) in given {
            if let m::ParamMode::Token { ty, variant } = mode {
                sizes.push((local, self.e.layout(ty).variants[variant as usize].cell_size, true));
            }
        }
    }

    // ------------------------------------------------------------ statements

    fn stmt(&mut self, stmt: &m::StmtKind) {
        match stmt {
            m::StmtKind::Assign(place, rvalue) => self.assign(place, rvalue),
            m::StmtKind::Drop(place) => self.drop_place(place),
            m::StmtKind::DropReuse { place, variant, taken, token } => {
                self.drop_reuse(place, *variant, taken, *token)
            }
            m::StmtKind::FreeToken { token, .. } => self.free_token(*token),
            m::StmtKind::Nop => {}
        }
    }

    fn drop_place(&mut self, place: &m::Place) {
        let ty = self.place_ty(place);
        if !self.e.drops(ty) {
            return;
        }
        let loc = self.loc(place);
        let regs = self.read_regs(ty, &loc);
        match self.e.layout(ty).in_memory() {
            true => self.e.drop_at(ty, regs[0], 0),
            false => self.e.drop_value(ty, &regs),
        }
    }

    fn token_reg(&mut self, token: m::Local) -> Reg {
        let loc = self.local_loc(token);
        self.read_regs(self.body.locals[token].ty, &loc)[0]
    }

    fn drop_reuse(&mut self, place: &m::Place, variant: u32, taken: &[u32], token: m::Local) {
        let ty = self.place_ty(place);
        let loc = self.loc(place);
        let p = self.read_regs(ty, &loc)[0];
        let layout = self.e.layout(ty);
        let of_variant = &layout.variants[variant as usize];
        let header = self.e.cx.layouts.cell_header();
        let fields = &self.e.types().defs[ty].variants[variant as usize].fields;
        let token_reg = self.token_reg(token);
        let count = self.e.b.load_count(p);
        let unique = self.e.b.cmp_imm(CmpOp::Eq, count, 1);
        let (mine, shared, join) = (self.e.b.new_block(), self.e.b.new_block(), self.e.b.new_block());
        self.e.b.end(Term::Branch { cond: unique, then: mine, else_: shared });

        self.e.b.switch_to(mine);
        for (i, field) in fields.iter().enumerate().filter(|(i, _)| !taken.contains(&(*i as u32))) {
            self.e.drop_at(field.ty, p, header + of_variant.offsets[i]);
        }
        if self.token_sizes.get(&token) == Some(&of_variant.cell_size) {
            let address = self.e.b.ptr_to_usize(p);
            self.e.b.copy(token_reg, address);
        } else {
            let size = self.e.b.int(self.e.b.usize_ty(), of_variant.cell_size as i64);
            self.e.free(p, size);
            self.clear_token(token_reg);
        }
        self.e.b.end(Term::Jump(join));

        self.e.b.switch_to(shared);
        for i in taken {
            self.e.retain_at(fields[*i as usize].ty, p, header + of_variant.offsets[*i as usize]);
        }
        let less = self.e.b.bin_imm(BinOp::Sub, count, 1);
        self.e.b.store_header(p, 0, less);
        self.clear_token(token_reg);
        self.e.b.end(Term::Jump(join));
        self.e.b.switch_to(join);
    }

    fn clear_token(&mut self, token: Reg) {
        let zero = self.e.b.int(self.e.b.ty(token), 0);
        self.e.b.copy(token, zero);
    }

    fn free_token(&mut self, token: m::Local) {
        let reg = self.token_reg(token);
        let some = self.e.b.cmp_imm(CmpOp::Ne, reg, 0);
        let join = self.e.b.begin_if(some);
        let p = self.e.b.int_to_ptr(reg);
        let size = self.token_sizes.get(&token).copied().unwrap_or(0);
        let size = self.e.b.int(self.e.b.usize_ty(), size as i64);
        self.e.free(p, size);
        self.e.b.end_if(join);
    }

    // ------------------------------------------------------------ control flow

    fn term(&mut self, term: &m::Term) {
        match term {
            m::Term::Goto(to) | m::Term::Caught(to) => self.jump(*to),
            m::Term::If { cond, then, else_ } => {
                let cond = self.operand(cond)[0];
                let (then, else_) = (self.blocks[*then], self.blocks[*else_]);
                self.e.b.end(Term::Branch { cond, then, else_ });
            }
            m::Term::Switch { value, cases, default } => {
                let value = self.operand(value)[0];
                // A case is the bits of the register: an unsigned number may be beyond the signed ones of its width.
                let narrow = self.e.b.body.regs[value] == Ty::I32;
                let bits = |v: i128| if narrow { i64::from(v as i32) } else { v as i64 };
                let cases = cases.iter().map(|(v, to)| (bits(*v), self.blocks[*to])).collect();
                let default = self.blocks[*default];
                self.e.b.end(Term::Switch { value, cases, default });
            }
            m::Term::Return => self.return_(),
            m::Term::Unreachable => self.e.b.end(Term::Unreachable),
            m::Term::Call { callee, args, dest, target, unwind } => {
                self.call(callee, args, dest, *target, *unwind)
            }
            m::Term::Drop { place, target, unwind } => self.drop_term(place, *target, *unwind),
            m::Term::Resume | m::Term::Throw => self.e.b.end(Term::Throw),
        }
    }

    pub fn jump(&mut self, to: m::Block) {
        let to = self.blocks[to];
        self.e.b.end(Term::Jump(to));
    }

    fn return_(&mut self) {
        let loc = self.local_loc(m::RETURN);
        let ret = self.func.ret;
        match self.result_slot {
            None => {
                let regs = self.read_regs(ret, &loc);
                self.e.b.end(Term::Return(regs));
            }
            Some(slot) => {
                if !self.e.layout(ret).in_memory() {
                    let regs = self.read_regs(ret, &loc);
                    self.e.store_value(ret, slot, 0, &regs);
                } else if let super::place::Loc::Mem { addr, .. } = loc
                    && addr != slot
                {
                    let size = self.e.layout(ret).size;
                    self.e.copy_bytes(slot, addr, size);
                }
                self.e.b.end(Term::Return(Vec::new()));
            }
        }
    }

    fn drop_term(&mut self, place: &m::Place, target: m::Block, unwind: Option<m::Block>) {
        let ty = self.place_ty(place);
        let (Some(cleanup), true) = (unwind, self.e.drops(ty)) else {
            self.drop_place(place);
            return self.jump(target);
        };
        let f = self.e.cx.glue_fn(Glue::Drop(ty));
        if !self.e.cx.module.funcs[f].may_unwind {
            self.drop_place(place);
            return self.jump(target);
        }
        let loc = self.loc(place);
        let args = self.read_regs(ty, &loc);
        let landing = self.landing(cleanup);
        let normal = self.blocks[target];
        self.e.b.end(Term::Invoke { dsts: Vec::new(), callee: Callee::Direct(f), args, normal, landing });
    }

    /// The landing block that leads to a cleanup block and does nothing else.
    pub fn landing(&mut self, cleanup: m::Block) -> Block {
        if let Some(block) = self.landings.get(&cleanup) {
            return *block;
        }
        let block = self.e.b.new_landing();
        let target = self.blocks[cleanup];
        let span = self.e.b.span;
        let data = &mut self.e.b.body.blocks[block];
        (data.term, data.term_span) = (Term::Jump(target), span);
        self.landings.insert(cleanup, block);
        block
    }
}

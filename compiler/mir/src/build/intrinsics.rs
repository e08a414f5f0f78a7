//! Calls of functions marked `@intrinsic`. Must match docs/contracts.md, "Intrinsics".

use super::Cx;
use super::effects::is_place;
use super::func::Builder;
use super::place::Access;
use crate::ir::*;
use hir::body::{self, ArgMode, Expr};
use hir::ty::Ty as HTy;
use syntax::{Span, Symbol};

/// An intrinsic's arguments, evaluated, and its types.
struct Use<'a> {
    name: &'a str,
    types: Vec<Ty>,
    args: Vec<Arg>,
    dest: Option<&'a Place>,
    span: Span,
}

/// How an intrinsic takes its first argument.
pub(super) fn lends_first(name: &str) -> bool {
    matches!(name, "buffer_ptr" | "is_unique")
}

impl Builder<'_, '_> {
    pub fn intrinsic_call(
        &mut self,
        dest: Option<&Place>,
        e: &Expr,
        name: Symbol,
        types: &[HTy],
        args: &[body::Arg],
    ) {
        let name = self.cx.front.program().interner.name(name).to_string();
        if name == "simd_shuffle" {
            return self.shuffle(dest, e.span, types, args);
        }
        if name == "coroutine" {
            return self.start_task(dest, e, args);
        }
        if name == "generator_next" || name == "generator_end" {
            return self.generator_intrinsic(dest, e.span, &name, types, args);
        }
        if self.trace_intrinsic(dest, e.span, &name, types, args) {
            return;
        }
        if name == "catches" {
            return self.catch_task(dest, e, args);
        }
        if name == "turn_code" {
            return self.turn_code(dest, e, args);
        }
        if name == "code_address" {
            return self.code_address(dest, e, args);
        }
        let args = match args {
            [lent] if lends_first(&name) && lent.mode == ArgMode::Value => {
                vec![Arg::Value(self.lend(&lent.expr))]
            }
            _ => {
                let plans = self.plan_args(args);
                self.finish_args(plans)
            }
        };
        let types = types.iter().map(|t| self.cx.mir_ty(*t)).collect();
        if self.is_reachable() {
            self.intrinsic(Use { name: &name, types, args, dest, span: e.span });
        }
    }

    fn lend(&mut self, e: &Expr) -> Operand {
        match is_place(e) {
            true => Operand::Borrow(self.place(e, Access::Read)),
            false => Operand::Borrow(self.value_in_temp(e).into()),
        }
    }

    /// Where the result goes.
    fn result(&mut self, used: &Use<'_>, ty: Ty) -> Place {
        match used.dest {
            Some(dest) => dest.clone(),
            None => self.temp(ty).into(),
        }
    }

    fn intrinsic(&mut self, mut used: Use<'_>) {
        if self.constant_intrinsic(&used)
            || self.memory_intrinsic(&mut used)
            || self.control_intrinsic(&used)
            || self.coroutine_intrinsic(used.name, &used.args, used.dest)
            || self.yield_intrinsic(used.name, &used.types, &used.args)
            || self.unchecked_intrinsic(&used)
        {
            return;
        }
        let vector = self.cx.vector_operation(used.name, &used.types);
        let Some(intrinsic) = vector.or_else(|| operation(used.name, &used.types)) else {
            let what = format!("the intrinsic `{}` is not known", used.name);
            return self.cx.internal(used.span, what);
        };
        if matches!(intrinsic, Intrinsic::Atomic(op, _) if op != AtomicOp::Fence)
            && !used.types.first().is_some_and(|ty| self.is_atomic(*ty))
        {
            let what = format!("`{}` is for integers of four and eight bytes", used.name);
            return self.cx.internal(used.span, what);
        }
        if let Intrinsic::VisitRoutine(_) = intrinsic {
            self.cx.require_lang("trace_actor");
            self.cx.require_lang("trace_cell");
        }
        let operands: Vec<Operand> = used.args.iter().filter_map(value).cloned().collect();
        let Some(dest) = used.dest.cloned().or_else(|| self.unit_dest(intrinsic, &used.types)) else {
            return;
        };
        self.assign(dest, Rvalue::Intrinsic(intrinsic, operands));
    }

    fn is_atomic(&self, ty: Ty) -> bool {
        use IntTy::{I32, I64, U32, U64, USize};
        matches!(self.cx.program.types.kind(ty), TyKind::Int(I32 | I64 | U32 | U64 | USize))
    }

    /// A place of type `()` for operations without a result; `None` if the operation is only worth its result.
    fn unit_dest(&mut self, intrinsic: Intrinsic, types: &[Ty]) -> Option<Place> {
        use Intrinsic as I;
        let has_effect = matches!(
            intrinsic,
            I::MemCopy
                | I::MemFill
                | I::PtrRetain(_)
                | I::Visit
                | I::MemoryBarrier
                | I::MemoryGrow
                | I::BufferIntoPtr
                | I::BufferFromPtr(_)
                | I::Atomic(..)
        );
        match intrinsic {
            I::Atomic(op, _) if op.has_result() => Some(self.temp(*types.first()?).into()),
            I::MemoryGrow => {
                let ty = self.cx.int_ty(IntTy::USize);
                Some(self.temp(ty).into())
            }
            _ if has_effect => {
                let unit = self.cx.unit_ty();
                Some(self.scratch(unit))
            }
            _ => None,
        }
    }

    /// What is known when the instance is built.
    fn constant_intrinsic(&mut self, used: &Use<'_>) -> bool {
        let constant = match used.name {
            "ptr_null" => {
                let Some(to) = used.types.first() else { return false };
                Const::Null(self.cx.ptr_ty(*to))
            }
            "buffer_empty" => {
                let Some(of) = used.types.first() else { return false };
                Const::EmptyBuffer(self.cx.program.types.intern(TyKind::Buffer(*of)))
            }
            "caller_location" => {
                let location = self.location_arg(used.span);
                if let Some(dest) = used.dest {
                    self.set(dest.clone(), location);
                }
                return true;
            }
            "actor_name" => {
                let Some(state) = used.types.first() else { return false };
                let text = self.cx.actor_name(*state);
                Const::DataAddr(self.cx.static_text(text))
            }
            name => match self.known_bool(name, &used.types) {
                Some(value) => Const::Bool(value),
                None => return false,
            },
        };
        if let Some(dest) = used.dest {
            self.set(dest.clone(), Operand::Const(constant));
        }
        true
    }

    /// Intrinsics that are `true` or `false` per instance.
    pub fn known_bool(&mut self, name: &str, types: &[Ty]) -> Option<bool> {
        let opts = self.cx.opts;
        Some(match name {
            "needs_drop" => self.cx.facts(*types.first()?).needs_drop,
            "holds_actors" => self.cx.facts(*types.first()?).has_actor,
            "holds_replies" => self.cx.facts(*types.first()?).has_reply,
            "traces_actors" => self.cx.program.lang.contains_key("trace_actor"),
            "defers_replies" => self.cx.front.program().defers_replies,
            "actors" => self.cx.front.program().has_actors,
            "exports" => self.cx.has_web_exports(),
            "evaluates" => opts.consts.is_some(),
            "monitors" => self.cx.lang_trait("Actor").is_some(),
            "overflow_checks" => opts.overflow_checks,
            "bounds_checks" => opts.bounds_checks,
            "check_leaks" => opts.check_leaks,
            "virtual_clock" => opts.virtual_clock,
            "schedules" => opts.schedules,
            "traces" => opts.trace.is_some(),
            "trace_values" => opts.trace.is_some_and(|trace| trace.values),
            "trace_states" => opts.trace.is_some_and(|trace| trace.states),
            "smallest" => opts.smallest,
            "panic_unwinds" => opts.panic_unwinds,
            "debug_info" => opts.debug_info,
            "relaxed_simd" => opts.relaxed_simd,
            _ => return None,
        })
    }

    /// What works on places behind pointers.
    fn memory_intrinsic(&mut self, used: &mut Use<'_>) -> bool {
        match (used.name, used.args.as_slice()) {
            ("ptr_addr" | "ptr_from_addr" | "ptr_cast" | "char_from_code", [Arg::Value(p)]) => {
                if let Some(dest) = used.dest {
                    let ty = self.place_ty(dest);
                    let same = p.place().is_some_and(|p| self.place_ty(p) == ty);
                    let value = if same { Rvalue::Use(p.clone()) } else { Rvalue::Cast(p.clone()) };
                    self.assign(dest.clone(), value);
                }
            }
            // In code that all instances share and that never runs for such a type.
            ("ptr_copy" | "ptr_retain", [Arg::Value(_)])
                if used.types.first().is_some_and(|t| self.cx.facts(*t).iso) =>
            {
                self.trap();
            }
            ("ptr_take" | "ptr_copy", [Arg::Value(p)]) => {
                let behind = self.behind(p.clone());
                let value =
                    if used.name == "ptr_copy" { Operand::Copy(behind) } else { self.take_place(behind) };
                let Some(ty) = used.types.first().copied() else { return false };
                if self.is_unit(ty) {
                    return true;
                }
                let dest = self.result(used, ty);
                self.set(dest.clone(), value);
                if used.dest.is_none() {
                    self.schedule_temp(dest.local);
                }
            }
            ("ptr_init", [Arg::Value(p), Arg::Value(v)]) => {
                let (p, v) = (p.clone(), v.clone());
                if let Operand::Const(Const::Unit) = v {
                    return true;
                }
                let behind = self.behind(p);
                self.set(behind, v);
            }
            ("ptr_drop", [Arg::Value(p)]) => {
                let behind = self.behind(p.clone());
                self.drop_place(behind, None);
            }
            ("addr_of", [Arg::Mut(place)]) => {
                if let Some(dest) = used.dest {
                    let place = place.clone();
                    self.assign(dest.clone(), Rvalue::AddrOf(place));
                }
            }
            ("some_ptr", [Arg::Value(p)]) => {
                if let Some(dest) = used.dest {
                    let mut place = self.behind(p.clone());
                    place.proj.extend([Proj::Variant(1), Proj::Field(0)]);
                    self.assign(dest.clone(), Rvalue::AddrOf(place));
                }
            }
            ("static_addr", [Arg::Value(n)]) => {
                let Operand::Const(Const::Int(n, _)) = n else { return false };
                if let Some(dest) = used.dest {
                    self.assign(dest.clone(), Rvalue::Intrinsic(Intrinsic::StaticAddr(*n as u32), vec![]));
                }
            }
            _ => return false,
        }
        true
    }

    /// The place behind a pointer operand.
    pub(super) fn behind(&mut self, pointer: Operand) -> Place {
        match pointer {
            Operand::Copy(place) | Operand::Move(place) | Operand::Borrow(place) => place.with(Proj::Deref),
            Operand::Const(constant) => {
                let ty = match &constant {
                    Const::Null(ty) => *ty,
                    _ => self.cx.location_ty(),
                };
                let temp = self.assign_temp(ty, Rvalue::Use(Operand::Const(constant)));
                Place::from(temp).with(Proj::Deref)
            }
        }
    }

    /// What does not come back.
    fn control_intrinsic(&mut self, used: &Use<'_>) -> bool {
        match used.name {
            // Where panics abort, what would throw is never reached.
            "throw" if !self.cx.opts.panic_unwinds => self.trap(),
            "throw" => {
                self.drop_all();
                self.terminate(Term::Throw);
            }
            "trap" => self.trap(),
            _ => return false,
        }
        true
    }

    /// Arithmetic of the language without its checks.
    fn unchecked_intrinsic(&mut self, used: &Use<'_>) -> bool {
        let ("unchecked_div", [Arg::Value(a), Arg::Value(b)]) = (used.name, used.args.as_slice()) else {
            return false;
        };
        if let Some(dest) = used.dest {
            self.assign(dest.clone(), Rvalue::Binary(BinOp::Div, a.clone(), b.clone()));
        }
        true
    }

    fn trap(&mut self) {
        let unit = self.cx.unit_ty();
        let dest = self.scratch(unit);
        self.assign(dest, Rvalue::Intrinsic(Intrinsic::Trap, vec![]));
        self.terminate(Term::Unreachable);
    }

    /// Drops everything in scope on the spot; the scopes stay as they are for unreachable code behind.
    fn drop_all(&mut self) {
        let locals: Vec<Local> = self.drops.iter().rev().map(|s| s.local).collect();
        for local in locals {
            self.drop_place(local.into(), None);
        }
    }
}

fn value(arg: &Arg) -> Option<&Operand> {
    match arg {
        Arg::Value(operand) => Some(operand),
        Arg::Mut(_) => None,
    }
}

/// `atomic_swap_acq_rel`: the operation, then the order.
fn atomic_operation(name: &str) -> Option<Intrinsic> {
    let name = name.strip_prefix("atomic_")?;
    AtomicOp::ALL.into_iter().find_map(|op| {
        let order = name.strip_prefix(op.name())?.strip_prefix('_')?;
        let order = MemoryOrder::ALL.into_iter().find(|it| it.name() == order)?;
        op.takes(order).then_some(Intrinsic::Atomic(op, order))
    })
}

/// The intrinsics that are operations of MIR.
fn operation(name: &str, types: &[Ty]) -> Option<Intrinsic> {
    use Intrinsic as I;
    if let Some(atomic) = atomic_operation(name) {
        return Some(atomic);
    }
    let ty = types.first().copied();
    Some(match name {
        "ptr_offset" => I::PtrOffset(ty?),
        "size_of" => I::SizeOf(ty?),
        "align_of" => I::AlignOf(ty?),
        "buffer_ptr" => I::BufferPtr,
        "buffer_from_ptr" => I::BufferFromPtr(ty?),
        "buffer_into_ptr" => I::BufferIntoPtr,
        "is_unique" => I::IsUnique,
        "ptr_retain" => I::PtrRetain(ty?),
        "visit_routine" => I::VisitRoutine(ty?),
        "visit" => I::Visit,
        "mem_copy" => I::MemCopy,
        "mem_fill" => I::MemFill,
        "memory_barrier" => I::MemoryBarrier,
        "memory_size" => I::MemorySize,
        "memory_grow" => I::MemoryGrow,
        "heap_base" => I::HeapBase,
        "int_clz" => I::Clz,
        "int_ctz" => I::Ctz,
        "int_popcnt" => I::Popcnt,
        "int_rotl" => I::Rotl,
        "int_rotr" => I::Rotr,
        "mul_high" => I::MulHigh,
        "float_sqrt" => I::Sqrt,
        "float_floor" => I::Floor,
        "float_ceil" => I::Ceil,
        "float_trunc" => I::Trunc,
        "float_nearest" => I::Nearest,
        "float_abs" => I::Fabs,
        "float_copysign" => I::Copysign,
        "float_min" => I::FMin,
        "float_max" => I::FMax,
        "float_bits" | "float32_bits" => I::BitsOf,
        "float_from_bits" | "float32_from_bits" => I::FromBits,
        _ => return None,
    })
}

impl Cx<'_> {
    /// An intrinsic as a function of its own, for use as a value.
    pub(super) fn build_intrinsic_fn(&mut self, id: FuncId, name: Symbol, types: &[HTy]) -> Body {
        let name = self.front.program().interner.name(name).to_string();
        let types: Vec<Ty> = types.iter().map(|t| self.mir_ty(*t)).collect();
        let (n, ret) = (self.program.funcs[id].params.len(), self.program.funcs[id].ret);
        let mut builder = Builder::new(self, id, Box::new([]), None);
        let mut args = Vec::with_capacity(n);
        for i in 0..n {
            let span = builder.span;
            let local = builder.param(format!("a{i}"), span);
            args.push(match builder.body.params[i].mode {
                ParamMode::Mut => Arg::Mut(local.into()),
                _ => {
                    builder.schedule_temp(local);
                    Arg::Value(if lends_first(&name) {
                        Operand::Borrow(local.into())
                    } else {
                        builder.take(local)
                    })
                }
            });
        }
        let dest: Place = RETURN.into();
        let dest = Some(&dest).filter(|_| !builder.is_unit(ret));
        let span = builder.span;
        builder.intrinsic(Use { name: &name, types, args, dest, span });
        builder.finish()
    }
}

//! Intrinsics on vectors: `simd_NAME`, on lanes of the first type argument, is the operation that the table calls so.

use super::Cx;
use super::func::Builder;
use crate::ir::*;
use hir::body::{self, ExprKind};
use hir::ty::Ty as HTy;
use simd::{Imm, Lane, Op, Shape};
use syntax::Span;

impl Cx<'_> {
    fn lane(&self, ty: Ty) -> Option<Lane> {
        Some(match self.program.types.kind(ty) {
            TyKind::Int(IntTy::I8) => Lane::I8,
            TyKind::Int(IntTy::I16) => Lane::I16,
            TyKind::Int(IntTy::I32) => Lane::I32,
            TyKind::Int(IntTy::I64) => Lane::I64,
            TyKind::Int(IntTy::U8) => Lane::U8,
            TyKind::Int(IntTy::U16) => Lane::U16,
            TyKind::Int(IntTy::U32) => Lane::U32,
            TyKind::Int(IntTy::U64) => Lane::U64,
            TyKind::F32 => Lane::F32,
            TyKind::F64 => Lane::F64,
            _ => return None,
        })
    }

    /// Without a type argument, of bits.
    pub(super) fn vector_operation(&self, name: &str, types: &[Ty]) -> Option<Intrinsic> {
        let name = name.strip_prefix("simd_")?;
        let op = match types.first() {
            Some(lane) => Op::of_lane(name, self.lane(*lane)?)?,
            None => Op::find(&format!("{}.{name}", Shape::V128.name()))?,
        };
        Some(Intrinsic::Vector(op, Imm::None))
    }
}

impl Builder<'_, '_> {
    /// `simd_shuffle.<T, N>(a, b, lanes)`: the checker has seen to it that the lanes are constants in range.
    pub(super) fn shuffle(&mut self, dest: Option<&Place>, span: Span, types: &[HTy], args: &[body::Arg]) {
        let lane = types.first().map(|ty| self.cx.mir_ty(*ty)).and_then(|ty| self.cx.lane(ty));
        let (Some(lane), [vectors @ .., lanes]) = (lane, args) else {
            return self.cx.internal(span, "a shuffle without vectors".to_string());
        };
        let Some(bytes) = self.shuffled_bytes(lane.shape(), &lanes.expr) else {
            return self.cx.internal(span, "a shuffle whose lanes are not known".to_string());
        };
        let plans = self.plan_args(vectors);
        let operands = self.finish_args(plans).into_iter().filter_map(|arg| match arg {
            Arg::Value(operand) => Some(operand),
            Arg::Mut(_) => None,
        });
        let operands = operands.collect();
        if let (Some(dest), true, Some(op)) = (dest, self.is_reachable(), Op::find("i8x16.shuffle")) {
            self.assign(dest.clone(), Rvalue::Intrinsic(Intrinsic::Vector(op, Imm::Bytes(bytes)), operands));
        }
    }

    /// Numbers of bytes for numbers of lanes.
    fn shuffled_bytes(&mut self, shape: Shape, lanes: &body::Expr) -> Option<[u8; 16]> {
        let ExprKind::Array(elems) = &lanes.kind else { return None };
        let width = shape.bits() / 8;
        let mut bytes = Vec::with_capacity(16);
        for elem in elems {
            let Const::Int(lane, _) = self.known_constant(elem)? else { return None };
            let lane = u32::try_from(lane).ok().filter(|lane| *lane < 2 * shape.lanes())?;
            bytes.extend((0..width).map(|i| (lane * width + i) as u8));
        }
        bytes.try_into().ok()
    }
}

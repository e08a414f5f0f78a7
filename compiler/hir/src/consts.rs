//! Values that types and patterns need while checking: lengths, arguments for constant parameters, constants in
//! patterns. Only literals, operators on them and other constants of that kind; everything else that a constant
//! may be is evaluated later, by running it.

use crate::checker::Checker;
use crate::codes;
use crate::collect::ConstState;
use crate::program::*;
use crate::record::Target;
use crate::scope::{Def, Ns, SeenModules};
use crate::ty::{IntTy, Ty, TyKind};
use crate::types::TyCx;
use syntax::ast::{self, BinOp, ExprKind, TypeKind, UnOp};
use syntax::{Diagnostic, Span, Symbol};

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum ConstValue {
    Int(i128),
    Float(Box<str>),
    Bool(bool),
    Char(char),
    Str(Box<str>),
    Duration(i64),
    /// A constant parameter.
    Param(u32, Symbol),
}

impl Checker {
    /// `[T; N]`'s `N`, and values as type arguments: a `ConstInt` or a parameter.
    pub(crate) fn lower_const_arg(&mut self, value: &ast::Expr, ty: Ty, cx: &TyCx) -> Ty {
        if matches!(value.kind, ExprKind::Error) {
            return Ty::ERROR;
        }
        self.uses.met_cyclic = false;
        match self.eval_const(value, cx) {
            None if self.uses.met_cyclic => Ty::ERROR,
            Some(ConstValue::Int(n)) => {
                if let TyKind::Int(int) = *self.program.types.kind(ty)
                    && !int_fits(n, int)
                {
                    let name = self.program.ty_name(ty);
                    let message = format!("`{n}` is out of range for `{name}`");
                    self.report(Diagnostic::error(codes::LITERAL_OUT_OF_RANGE, value.span, message));
                    return Ty::ERROR;
                }
                self.program.types.intern(TyKind::ConstInt(n))
            }
            Some(ConstValue::Param(index, name)) => self.program.types.intern(TyKind::Param(index, name)),
            // What the parameter should be was reported.
            _ if ty == Ty::ERROR => Ty::ERROR,
            _ => {
                let message = "this must be an integer that is known when the program is compiled";
                let diag = match self.named_const(value, cx) {
                    Some(id) => {
                        let text = self.program.name(self.program.consts[id].name);
                        let message = format!("`{text}` is not made of literals alone");
                        Diagnostic::error(codes::NOT_CONSTANT, value.span, message)
                            .also(self.program.consts[id].span, "declared here")
                            .note("types cannot depend on calls")
                    }
                    None => Diagnostic::error(codes::NOT_CONSTANT, value.span, message).note(
                        "a literal, a constant, a `const` parameter, or operators on literals and constants",
                    ),
                };
                self.report(diag);
                Ty::ERROR
            }
        }
    }

    /// The user's constant that an expression names.
    fn named_const(&mut self, value: &ast::Expr, cx: &TyCx) -> Option<ConstId> {
        let ExprKind::Name { ident, args: None } = &value.kind else { return None };
        match self.lookup(cx.module.0, ident.name, Ns::Value)?.def {
            Def::Const(id) if self.is_user(self.program.consts[id].module) => Some(id),
            _ => None,
        }
    }

    /// The argument for a constant parameter, which the parser has taken for a type where it is a name.
    pub(crate) fn lower_const_type(&mut self, arg: &ast::Type, ty: Ty, cx: &TyCx) -> Ty {
        match &arg.kind {
            TypeKind::Const(value) => self.lower_const_arg(value, ty, cx),
            TypeKind::Path(path) if path.segments.iter().all(|s| s.args.is_none()) => {
                let mut names = path.segments.iter().map(|s| s.ident);
                let Some(first) = names.next() else { return Ty::ERROR };
                let head = ast::Expr { kind: ExprKind::Name { ident: first, args: None }, span: first.span };
                let expr = names.fold(head, |base, name| {
                    let span = base.span.to(name.span);
                    ast::Expr { kind: ExprKind::Field { base: Box::new(base), name, args: None }, span }
                });
                self.lower_const_arg(&expr, ty, cx)
            }
            TypeKind::Infer if cx.in_body => self.lower_ty(arg, cx),
            TypeKind::Error => Ty::ERROR,
            _ => {
                let message = "expected a value: the parameter is a constant";
                self.report(Diagnostic::error(codes::WRONG_TYPE_ARGS, arg.span, message));
                Ty::ERROR
            }
        }
    }

    /// The value of an expression, if it can be worked out now. Reports circles only.
    pub(crate) fn eval_const(&mut self, expr: &ast::Expr, cx: &TyCx) -> Option<ConstValue> {
        match &expr.kind {
            ExprKind::Int { value, .. } => i128::try_from(value.get()).ok().map(ConstValue::Int),
            ExprKind::Float { text, .. } => Some(ConstValue::Float(text.clone())),
            ExprKind::Bool(b) => Some(ConstValue::Bool(*b)),
            ExprKind::Char(c) => Some(ConstValue::Char(*c)),
            ExprKind::Str(s) => Some(ConstValue::Str(s.clone())),
            ExprKind::Duration(d) => Some(ConstValue::Duration(*d)),
            ExprKind::Paren(inner) => self.eval_const(inner, cx),
            ExprKind::Unary { op, operand } => {
                let value = self.eval_const(operand, cx)?;
                eval_unary(*op, value)
            }
            ExprKind::Binary { op, lhs, rhs, .. } => {
                let lhs = self.eval_const(lhs, cx)?;
                let rhs = self.eval_const(rhs, cx)?;
                eval_binary(*op, lhs, rhs)
            }
            ExprKind::Cast { expr, ty } => match self.eval_const(expr, cx)? {
                ConstValue::Int(n) => self.eval_cast(n, ty, cx).map(ConstValue::Int),
                _ => None,
            },
            ExprKind::Name { ident, args: None } => {
                if let Some(index) = cx.param(ident.name) {
                    self.note(
                        ident.span,
                        Target::TypeParam(cx.generics.params[index as usize].span, ident.name),
                    );
                    let is_const =
                        matches!(cx.generics.params[index as usize].kind, GenericParamKind::Const(_));
                    return is_const.then_some(ConstValue::Param(index, ident.name));
                }
                match self.lookup(cx.module.0, ident.name, Ns::Value)?.def {
                    Def::Const(id) => {
                        self.note(ident.span, Target::Const(id));
                        self.const_value(id, ident.span)
                    }
                    _ => None,
                }
            }
            ExprKind::Field { base, name, args: None } => {
                let id = self.const_in_path(base, name.name, cx)?;
                self.note(name.span, Target::Const(id));
                self.const_value(id, name.span)
            }
            _ => None,
        }
    }

    /// The number as the integer type that is named; `None` for other types, and where it depends on the target's pointers.
    fn eval_cast(&mut self, n: i128, ty: &ast::Type, cx: &TyCx) -> Option<i128> {
        let TypeKind::Path(path) = &ty.kind else { return None };
        let [segment] = path.segments.as_slice() else { return None };
        let Def::Prim(ty) = self.lookup(cx.module.0, segment.ident.name, Ns::Type)?.def else { return None };
        let &TyKind::Int(to) = self.program.types.kind(ty) else { return None };
        let narrow = to.wrap(n, 4);
        (to.wrap(n, 8) == narrow).then_some(narrow)
    }

    /// A constant of a module or a type: `limits.MAX`, `Int.MAX`.
    fn const_in_path(&mut self, base: &ast::Expr, name: Symbol, cx: &TyCx) -> Option<ConstId> {
        if let Some(module) = self.module_of_expr(base, cx.module.0) {
            return match self.lookup_in(module, name, Ns::Value, cx.module.0, &mut SeenModules::new())?.def {
                Def::Const(id) => Some(id),
                _ => None,
            };
        }
        let ty = match &base.kind {
            ExprKind::SelfType => cx.self_ty?,
            ExprKind::Name { ident, args: None } => match self.lookup(cx.module.0, ident.name, Ns::Type)?.def
            {
                Def::Prim(ty) => ty,
                Def::Adt(adt) => self.program.types.intern(TyKind::Adt(adt, Box::new([]))),
                _ => return None,
            },
            _ => return None,
        };
        let head = crate::impls::Head::of(&self.program.types, ty)?;
        self.program.index.consts(head, name).first().map(|c| c.1)
    }

    /// The module that an expression of names and dots stands for.
    pub(crate) fn module_of_expr(&mut self, expr: &ast::Expr, module: ModuleId) -> Option<ModuleId> {
        match &expr.kind {
            ExprKind::Name { ident, args: None } => match self.lookup(module, ident.name, Ns::Module)?.def {
                Def::Module(m) => Some(m),
                _ => None,
            },
            ExprKind::Field { base, name, args: None } => {
                let base = self.module_of_expr(base, module)?;
                self.child_module(base, name.name, module)
            }
            _ => None,
        }
    }

    /// The value of a constant, if it is of the simple kind.
    pub(crate) fn const_value(&mut self, id: ConstId, used_at: Span) -> Option<ConstValue> {
        match &self.decls.consts[id].value {
            ConstState::Known(value) => return Some(value.clone()),
            ConstState::Opaque => {
                self.uses.met_cyclic |= self.uses.cyclic.contains(&id);
                return None;
            }
            ConstState::Open => {
                let text = self.program.name(self.program.consts[id].name);
                let message = format!("the constant `{text}` is defined by itself");
                let diag = Diagnostic::error(codes::CONST_CYCLE, self.program.consts[id].span, message)
                    .also(used_at, "used here while it is being worked out");
                self.report(diag);
                self.decls.consts[id].value = ConstState::Opaque;
                self.uses.cyclic.insert(id);
                self.uses.met_cyclic = true;
                return None;
            }
            ConstState::New => {}
        }
        let decl = self.decls.consts[id].decl.take()?;
        self.decls.consts[id].value = ConstState::Open;
        let cx = self.const_cx(id);
        let outer = std::mem::take(&mut self.uses.met_cyclic);
        let value = decl.value.as_ref().and_then(|v| self.eval_const(v, &cx));
        let value = value.filter(|v| !matches!(v, ConstValue::Param(..)));
        self.decls.consts[id].decl = Some(decl);
        if value.is_none() && self.uses.met_cyclic {
            self.uses.cyclic.insert(id);
        }
        self.uses.met_cyclic |= outer;
        self.decls.consts[id].value = match &value {
            Some(value) => ConstState::Known(value.clone()),
            None => ConstState::Opaque,
        };
        value
    }
}

/// Whether a value has a place in an integer type; `USize` counts as 64 bits wide.
pub(crate) fn int_fits(value: i128, int: IntTy) -> bool {
    let bits = int.bits(8);
    if int.is_signed() {
        value >= -(1i128 << (bits - 1)) && value < 1i128 << (bits - 1)
    } else {
        value >= 0 && value < 1i128 << bits
    }
}

fn eval_unary(op: UnOp, value: ConstValue) -> Option<ConstValue> {
    match (op, value) {
        (UnOp::Neg, ConstValue::Int(n)) => n.checked_neg().map(ConstValue::Int),
        (UnOp::Neg, ConstValue::Float(text)) => Some(ConstValue::Float(negated(&text))),
        (UnOp::Neg, ConstValue::Duration(d)) => d.checked_neg().map(ConstValue::Duration),
        (UnOp::Not, ConstValue::Bool(b)) => Some(ConstValue::Bool(!b)),
        _ => None,
    }
}

/// The text of a float with the other sign.
pub(crate) fn negated(text: &str) -> Box<str> {
    match text.strip_prefix('-') {
        Some(rest) => rest.into(),
        None => format!("-{text}").into(),
    }
}

fn eval_binary(op: BinOp, lhs: ConstValue, rhs: ConstValue) -> Option<ConstValue> {
    let (ConstValue::Int(a), ConstValue::Int(b)) = (lhs, rhs) else { return None };
    let value = match op {
        BinOp::Add => a.checked_add(b)?,
        BinOp::Sub => a.checked_sub(b)?,
        BinOp::Mul => a.checked_mul(b)?,
        BinOp::Div => a.checked_div(b)?,
        BinOp::Rem => a.checked_rem(b)?,
        BinOp::Pow => a.checked_pow(u32::try_from(b).ok()?)?,
        BinOp::Shl => a.checked_shl(u32::try_from(b).ok().filter(|b| *b < 64)?)?,
        BinOp::Shr => a.checked_shr(u32::try_from(b).ok().filter(|b| *b < 64)?)?,
        BinOp::BitAnd => a & b,
        BinOp::BitOr => a | b,
        BinOp::BitXor => a ^ b,
        _ => return None,
    };
    // Wider values are never those of a constant that checks.
    (value.unsigned_abs() < 1 << 65).then_some(ConstValue::Int(value))
}

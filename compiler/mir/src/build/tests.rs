//! Lowering of bodies made by hand: what comes out passes the verifier and, after ownership is settled, the certifier.
//! Whole programs are tested through the driver.

use super::*;
use hir::body::*;
use hir::program::*;
use hir::ty::{Ty, TyKind};
use std::rc::Rc;

struct Fake {
    program: Program,
    bodies: FxHashMap<FnId, BodyRef>,
}

impl Front for Fake {
    fn program(&self) -> &Program {
        &self.program
    }
    fn program_mut(&mut self) -> &mut Program {
        &mut self.program
    }
    fn body(&mut self, owner: BodyOwner) -> BodyRef {
        match owner {
            BodyOwner::Fn(id) => self.bodies[&id].clone(),
            _ => unreachable!("only functions have bodies here"),
        }
    }
    fn describe(&self, _: Span) -> String {
        "t.gal:1:1".to_string()
    }
}

const SPAN: Span = Span::DUMMY;
const INT: Ty = Ty::I64;

fn e(kind: ExprKind, ty: Ty) -> Expr {
    Expr { kind, ty, span: SPAN }
}
fn int(n: i128) -> Expr {
    e(ExprKind::Lit(Lit::int(n)), INT)
}
fn var(id: LocalId, ty: Ty) -> Expr {
    e(ExprKind::Local(id), ty)
}
fn bin(op: BinOp, a: Expr, b: Expr) -> Expr {
    let ty = if matches!(op, BinOp::Lt | BinOp::Eq | BinOp::And | BinOp::Or) { Ty::BOOL } else { a.ty };
    e(ExprKind::Binary { op, lhs: Box::new(a), rhs: Box::new(b) }, ty)
}
fn call(id: FnId, args: Vec<Expr>, ty: Ty) -> Expr {
    let args = args.into_iter().map(|expr| Arg { mode: ArgMode::Value, expr }).collect();
    e(ExprKind::Call { callee: Callee::Fn { id, args: Box::new([]) }, args }, ty)
}
fn block(stmts: Vec<Stmt>, tail: Option<Expr>) -> Expr {
    let ty = tail.as_ref().map_or(Ty::UNIT, |t| t.ty);
    e(ExprKind::Block(Block { stmts, tail: tail.map(Box::new) }), ty)
}
fn let_(local: LocalId, init: Expr) -> Stmt {
    let pat = Pat { kind: PatKind::Binding { local, sub: None }, ty: init.ty, span: SPAN };
    Stmt::Let { pat, init: Some(init), else_: None, span: SPAN }
}
fn pat(kind: PatKind, ty: Ty) -> Pat {
    Pat { kind, ty, span: SPAN }
}
fn bind(local: LocalId, ty: Ty) -> Pat {
    pat(PatKind::Binding { local, sub: None }, ty)
}
fn arm(pat: Pat, guard: Option<Expr>, body: Expr) -> Arm {
    Arm { pat, guard, body, span: SPAN }
}
fn match_(scrutinee: Expr, arms: Vec<Arm>) -> Expr {
    let ty = arms[0].body.ty;
    e(ExprKind::Match { scrutinee: Box::new(scrutinee), arms }, ty)
}
fn if_(cond: Expr, then: Expr, else_: Option<Expr>) -> Expr {
    let ty = then.ty;
    e(ExprKind::If { cond: Box::new(cond), then: Box::new(then), else_: else_.map(Box::new) }, ty)
}

impl Fake {
    fn new() -> Fake {
        let mut program = Program::default();
        let root = Module { path: vec![], file: None, parent: None, is_unsafe: false, is_library: false };
        program.modules.push(root);
        let mut this = Fake { program, bodies: FxHashMap::default() };
        for name in ["panic_overflow", "panic_div_zero"] {
            let id = this.host(name, &[], Ty::NEVER);
            let symbol = this.program.interner.intern(name);
            this.program.lang.fns.insert(symbol, id);
            this.program.fns[id].track_caller = true;
        }
        this
    }

    fn function(&mut self, name: &str, params: &[Ty], ret: Ty, kind: FnKind) -> FnId {
        let symbol = self.program.interner.intern(name);
        let params = params
            .iter()
            .map(|ty| Param { name: symbol, ty: *ty, mode: ParamMode::Value, span: SPAN })
            .collect();
        self.program.fns.push(Function {
            name: symbol,
            path: name.to_string(),
            module: ModuleId(0),
            container: Container::Module,
            generics: Generics::default(),
            params,
            has_self: false,
            ret,
            kind,
            inline: Inline::Auto,
            is_pub: true,
            generator: None,
            is_async: false,
            track_caller: false,
            export: None,
            docs: None,
            span: SPAN,
        })
    }

    fn host(&mut self, name: &str, params: &[Ty], ret: Ty) -> FnId {
        let kind = FnKind::Extern { abi: "wasm".into(), module: "env".into(), name: name.into() };
        self.function(name, params, ret, kind)
    }

    /// An exported function with this body; the locals' types, of which the first are the parameters.
    fn define(&mut self, name: &str, n_params: usize, locals: &[Ty], value: Expr) -> FnId {
        let id = self.function(name, &locals[..n_params], value.ty, FnKind::Body);
        self.program.fns[id].export = Some(name.to_string());
        let symbol = |this: &mut Self, i: usize| this.program.interner.intern(&format!("x{i}"));
        let decls = (0..locals.len())
            .map(|i| LocalDecl { name: symbol(self, i), ty: locals[i], is_mut: true, span: SPAN })
            .collect();
        let body = Body {
            owner: BodyOwner::Fn(id),
            params: (0..n_params as u32).map(LocalId).collect(),
            locals: decls,
            value,
            closures: Vec::new(),
            has_late_lets: false,
            has_errors: false,
        };
        self.bodies.insert(id, Rc::new(body));
        id
    }

    /// A struct or enum with these variants.
    fn adt(&mut self, name: &str, is_enum: bool, variants: &[(&str, Vec<Ty>)]) -> Ty {
        let symbol = self.program.interner.intern(name);
        let variants = variants
            .iter()
            .map(|(name, fields)| Variant {
                name: self.program.interner.intern(name),
                fields: fields
                    .iter()
                    .map(|ty| Field { name: symbol, ty: *ty, is_pub: true, span: SPAN })
                    .collect(),
                shape: VariantShape::Tuple,
                span: SPAN,
            })
            .collect();
        let id = self.program.adts.push(Adt {
            name: symbol,
            module: ModuleId(0),
            generics: Generics::default(),
            is_enum,
            is_iso: false,
            is_pub: true,
            variants,
            drop_fn: None,
            docs: None,
            span: SPAN,
        });
        self.program.types.intern(TyKind::Adt(id, Box::new([])))
    }

    /// A value that is counted.
    fn counted(&mut self) -> Ty {
        self.program.types.intern(TyKind::Buffer(INT))
    }

    fn build(&mut self, overflow_checks: bool) -> mir::Program {
        let opts = BuildOptions {
            overflow_checks,
            bounds_checks: true,
            check_leaks: false,
            virtual_clock: false,
            schedules: false,
            trace: None,
            smallest: false,
            panic_unwinds: true,
            debug_info: false,
            relaxed_simd: false,
            pointer_bytes: 4,
            tests: None,
            consts: None,
            values: Default::default(),
        };
        build_program(self, &opts).unwrap_or_else(|errors| panic!("{errors:?}"))
    }

    /// The text of what is built, after it has been checked in both stages.
    fn text(&mut self) -> String {
        let program = self.build(true);
        let text = crate::print_program(&program);
        if let Err(errors) = crate::verify(&program) {
            panic!("{errors:?}\n{text}");
        }
        for off in [vec![], vec!["all".to_string()]] {
            let mut program = program.clone();
            let report = crate::optimize(
                &mut program,
                &crate::PassOptions { off, certify: true, ..Default::default() },
            );
            assert!(
                report.broken.is_empty(),
                "{:?}\n{text}\n{}",
                report.broken,
                crate::print_program(&program)
            );
        }
        text
    }
}

#[test]
fn checked_arithmetic_branches_to_a_panic() {
    let mut f = Fake::new();
    let (a, b) = (LocalId(0), LocalId(1));
    let sum = bin(BinOp::Div, bin(BinOp::Add, var(a, INT), var(b, INT)), var(b, INT));
    f.define("f", 2, &[INT, INT], sum);
    let text = f.text();
    assert!(text.contains("panic_overflow") && text.contains("panic_div_zero"), "{text}");
}

#[test]
fn recursive_enums_are_boxed() {
    let mut f = Fake::new();
    let list = f.adt("List", true, &[("Nil", vec![]), ("Cons", vec![INT, INT])]);
    f.program.adts[AdtId(0)].variants[VariantIdx(1)].fields[1].ty = list;
    let (xs, head, tail) = (LocalId(0), LocalId(1), LocalId(2));
    let cons =
        PatKind::Adt { variant: VariantIdx(1), fields: vec![(0, bind(head, INT)), (1, bind(tail, list))] };
    let nil = pat(PatKind::Adt { variant: VariantIdx(0), fields: vec![] }, list);
    let id = FnId(f.program.fns.len() as u32);
    let rest = call(id, vec![var(tail, list)], INT);
    let arms =
        vec![arm(nil, None, int(0)), arm(pat(cons, list), None, bin(BinOp::Add, var(head, INT), rest))];
    f.define("sum", 1, &[list, INT, list], match_(var(xs, list), arms));
    let program = f.build(true);
    assert!(program.types.defs.iter().any(|d| d.is_boxed && d.name == "List"));
    f.text();
}

#[test]
fn drops_run_on_every_way_out() {
    let mut f = Fake::new();
    let buf = f.counted();
    let make = f.host("make", &[], buf);
    let look = f.host("look", &[buf], Ty::BOOL);
    let (x, y) = (LocalId(0), LocalId(1));
    let id = LoopId(0);
    let stop = e(ExprKind::Break { id, value: None }, Ty::NEVER);
    let back = e(ExprKind::Return(Some(Box::new(int(1)))), Ty::NEVER);
    let body = block(
        vec![
            let_(y, call(make, vec![], buf)),
            Stmt::Expr(if_(call(look, vec![var(y, buf)], Ty::BOOL), stop, None)),
            Stmt::Expr(if_(call(look, vec![var(x, buf)], Ty::BOOL), back, None)),
        ],
        None,
    );
    let looped = e(ExprKind::Loop { id, body: Box::new(body) }, Ty::UNIT);
    let value = block(vec![let_(x, call(make, vec![], buf)), Stmt::Expr(looped)], Some(int(2)));
    f.define("f", 0, &[buf, buf], value);
    f.text();
}

#[test]
fn guards_fall_through_and_alternatives_share_an_arm() {
    let mut f = Fake::new();
    let look = f.host("look", &[INT], Ty::BOOL);
    let lit = |n| pat(PatKind::Lit(Lit::int(n)), INT);
    let (x, y) = (LocalId(0), LocalId(1));
    let range = pat(PatKind::Range { lo: Some(Lit::int(10)), hi: Some(Lit::int(20)), inclusive: false }, INT);
    let arms = vec![
        arm(pat(PatKind::Or(vec![lit(1), lit(2), lit(3)]), INT), None, int(100)),
        arm(bind(y, INT), Some(call(look, vec![var(y, INT)], Ty::BOOL)), var(y, INT)),
        arm(range, None, int(200)),
        arm(pat(PatKind::Wild, INT), None, int(300)),
    ];
    f.define("f", 1, &[INT, INT], match_(var(x, INT), arms));
    let text = f.text();
    assert_eq!(text.matches("100").count(), 1, "{text}");
}

#[test]
fn tuples_are_matched_without_being_built() {
    let mut f = Fake::new();
    let option = f.adt("Opt", true, &[("None", vec![]), ("Some", vec![INT])]);
    let pair = f.program.types.intern(TyKind::Tuple(Box::new([option, option])));
    let (a, b, x, y) = (LocalId(0), LocalId(1), LocalId(2), LocalId(3));
    let some = |local| {
        let fields = vec![(0, bind(local, INT))];
        pat(PatKind::Adt { variant: VariantIdx(1), fields }, option)
    };
    let wild = || pat(PatKind::Wild, pair);
    let both = pat(PatKind::Tuple(vec![some(x), some(y)]), pair);
    let first = pat(PatKind::Tuple(vec![some(x), pat(PatKind::Wild, option)]), pair);
    let scrutinee = e(ExprKind::Tuple(vec![var(a, option), var(b, option)]), pair);
    let arms = vec![
        arm(both, None, bin(BinOp::Add, var(x, INT), var(y, INT))),
        arm(first, None, var(x, INT)),
        arm(wild(), None, int(0)),
    ];
    f.define("f", 2, &[option, option, INT, INT], match_(scrutinee, arms));
    let text = f.text();
    assert!(!text.contains("(Opt, Opt)"), "{text}");
}

#[test]
fn conditions_bind_where_they_hold() {
    let mut f = Fake::new();
    let buf = f.counted();
    let option = f.adt("Opt", true, &[("None", vec![]), ("Some", vec![buf])]);
    let look = f.host("look", &[buf], Ty::BOOL);
    let make = f.host("make", &[], option);
    let x = LocalId(0);
    let some = pat(PatKind::Adt { variant: VariantIdx(1), fields: vec![(0, bind(x, buf))] }, option);
    let is = e(ExprKind::Is { expr: Box::new(call(make, vec![], option)), pat: Box::new(some) }, Ty::BOOL);
    let cond = bin(BinOp::And, is, call(look, vec![var(x, buf)], Ty::BOOL));
    let not = e(ExprKind::Unary { op: UnOp::Not, operand: Box::new(cond) }, Ty::BOOL);
    let seen = if_(call(look, vec![var(x, buf)], Ty::BOOL), int(1), Some(int(2)));
    f.define("f", 0, &[buf], if_(not, int(0), Some(seen)));
    f.text();
}

#[test]
fn endless_instances_are_refused() {
    let mut f = Fake::new();
    let t = f.program.types.intern(TyKind::Param(0, syntax::sym::Item));
    let pair = f.program.types.intern(TyKind::Tuple(Box::new([t, t])));
    let id = FnId(f.program.fns.len() as u32);
    let callee = Callee::Fn { id, args: Box::new([pair]) };
    let value = e(ExprKind::Call { callee, args: vec![] }, Ty::UNIT);
    f.define("grow", 0, &[], value);
    f.program.fns[id].export = None;
    let start =
        e(ExprKind::Call { callee: Callee::Fn { id, args: Box::new([INT]) }, args: vec![] }, Ty::UNIT);
    f.define("f", 0, &[], start);
    let opts = BuildOptions {
        overflow_checks: true,
        bounds_checks: true,
        check_leaks: false,
        virtual_clock: false,
        schedules: false,
        trace: None,
        smallest: false,
        panic_unwinds: true,
        debug_info: false,
        relaxed_simd: false,
        pointer_bytes: 4,
        tests: None,
        consts: None,
        values: Default::default(),
    };
    let errors = build_program(&mut f, &opts).err().unwrap_or_default();
    assert_eq!(errors.iter().map(|e| e.code).collect::<Vec<_>>(), ["instance-nesting-too-deep"]);
}

impl Fake {
    /// A type that only moves, with a `drop` of its own.
    fn file(&mut self) -> Ty {
        let file = self.adt("File", false, &[("File", vec![INT])]);
        let id = AdtId(self.program.adts.len() as u32 - 1);
        let close = self.host("close", &[file], Ty::UNIT);
        self.program.fns[close].params[0].mode = ParamMode::Mut;
        self.program.adts[id].is_iso = true;
        self.program.adts[id].drop_fn = Some(close);
        file
    }
}

fn assign(place: Expr, value: Expr) -> Stmt {
    Stmt::Expr(e(ExprKind::Assign { place: Box::new(place), value: Box::new(value) }, Ty::UNIT))
}

#[test]
fn values_that_only_move_are_dropped_once() {
    let mut f = Fake::new();
    let file = f.file();
    let open = f.host("open", &[], file);
    let eat = f.host("eat", &[file], Ty::UNIT);
    let look = f.host("look", &[], Ty::BOOL);
    let x = LocalId(0);
    let eaten = call(eat, vec![var(x, file)], Ty::UNIT);
    let stmts = vec![
        let_(x, call(open, vec![], file)),
        Stmt::Expr(if_(call(look, vec![], Ty::BOOL), eaten, None)),
        assign(var(x, file), call(open, vec![], file)),
    ];
    f.define("f", 0, &[file], block(stmts, Some(call(look, vec![], Ty::BOOL))));
    f.text();
}

#[test]
fn results_survive_a_scope_whose_drops_may_panic() {
    let mut f = Fake::new();
    let (file, buf) = (f.file(), f.counted());
    let open = f.host("open", &[], file);
    let make = f.host("make", &[], buf);
    let look = f.host("look", &[], Ty::BOOL);
    let (x, y) = (LocalId(0), LocalId(1));
    let id = LoopId(0);
    let stop = || {
        let value = Some(Box::new(call(make, vec![], buf)));
        e(ExprKind::Break { id, value }, Ty::NEVER)
    };
    let body = block(
        vec![
            let_(x, call(open, vec![], file)),
            Stmt::Expr(if_(call(look, vec![], Ty::BOOL), stop(), None)),
            Stmt::Expr(if_(call(look, vec![], Ty::BOOL), stop(), None)),
        ],
        None,
    );
    let looped = e(ExprKind::Loop { id, body: Box::new(body) }, buf);
    f.define("f", 0, &[file, buf], block(vec![let_(y, looped)], Some(var(y, buf))));
    f.text();
}

#[test]
fn guards_look_at_values_before_they_move() {
    let mut f = Fake::new();
    let file = f.file();
    let option = f.adt("Opt", true, &[("None", vec![]), ("Some", vec![file])]);
    let open = f.host("open", &[], option);
    let eat = f.host("eat", &[file], INT);
    let (x, y) = (LocalId(0), LocalId(1));
    let some = |l| {
        let fields = vec![(0, bind(l, file))];
        pat(PatKind::Adt { variant: VariantIdx(1), fields }, option)
    };
    let number = e(ExprKind::Field { base: Box::new(var(x, file)), index: 0 }, INT);
    let arms = vec![
        arm(some(x), Some(bin(BinOp::Eq, number, int(0))), call(eat, vec![var(x, file)], INT)),
        arm(some(y), None, int(1)),
        arm(pat(PatKind::Wild, option), None, int(2)),
    ];
    f.define("f", 0, &[file, file], match_(call(open, vec![], option), arms));
    f.text();
}

#[test]
fn fixed_arrays_are_indexed_in_place() {
    let mut f = Fake::new();
    let buf = f.counted();
    let three = f.program.types.intern(TyKind::ConstInt(3));
    let array = f.program.types.intern(TyKind::FixedArray(buf, three));
    let make = f.host("make", &[], buf);
    let bounds = f.host("panic_bounds", &[INT, INT], Ty::NEVER);
    let symbol = f.program.interner.intern("panic_bounds");
    f.program.lang.fns.insert(symbol, bounds);
    let (xs, i) = (LocalId(0), LocalId(1));
    let at = || {
        let (base, index) = (Box::new(var(xs, array)), Box::new(var(i, INT)));
        e(ExprKind::FixedIndex { base, index }, buf)
    };
    let three_values = (0..3).map(|_| call(make, vec![], buf)).collect();
    let literal = e(ExprKind::Array(three_values), array);
    let head =
        pat(PatKind::Array { prefix: vec![bind(LocalId(2), buf)], rest: Some(None), suffix: vec![] }, array);
    let first = match_(var(xs, array), vec![arm(head, None, var(LocalId(2), buf))]);
    let stmts = vec![
        let_(i, int(1)),
        let_(xs, literal),
        assign(at(), call(make, vec![], buf)),
        assign(at(), at()),
        assign(at(), first),
    ];
    f.define("f", 0, &[array, INT, buf], block(stmts, Some(at())));
    f.text();
}

#[test]
fn closures_are_called_directly_and_boxed() {
    let mut f = Fake::new();
    let buf = f.counted();
    let make = f.host("make", &[], buf);
    let look = f.host("look", &[buf, INT], INT);
    let (x, inner, p, g, boxed) = (LocalId(0), LocalId(1), LocalId(2), LocalId(3), LocalId(4));
    let owner = FnId(f.program.fns.len() as u32);
    let id = f.program.closures.push(ClosureDecl {
        owner: BodyOwner::Fn(owner),
        params: vec![(INT, ParamMode::Value)],
        ret: INT,
        captures: vec![buf],
        is_once: false,
        span: SPAN,
    });
    let closure = f.program.types.intern(TyKind::Closure(id, Box::new([])));
    let fn_ty =
        f.program.types.intern(TyKind::Fn { params: Box::new([(INT, false)]), ret: INT, is_async: false });
    let called = |local, ty, n| {
        let args = vec![Arg { mode: ArgMode::Value, expr: int(n) }];
        e(ExprKind::Call { callee: Callee::Value(Box::new(var(local, ty))), args }, INT)
    };
    let boxing = e(ExprKind::Coerce { kind: Coercion::BoxFn, expr: Box::new(var(g, closure)) }, fn_ty);
    let stmts = vec![
        let_(x, call(make, vec![], buf)),
        let_(g, e(ExprKind::Closure(id), closure)),
        let_(boxed, boxing),
    ];
    let value = block(stmts, Some(bin(BinOp::Mul, called(g, closure, 1), called(boxed, fn_ty, 2))));
    f.define("f", 0, &[buf, buf, INT, closure, fn_ty], value);
    let body = Rc::get_mut(f.bodies.get_mut(&owner).expect("just defined")).expect("not shared");
    body.closures.push((
        id,
        ClosureBody {
            params: vec![p],
            captures: vec![(inner, x)],
            value: call(look, vec![var(inner, buf), var(p, INT)], INT),
        },
    ));
    f.text();
}

#[test]
fn operands_that_later_ones_write_are_read_at_once() {
    let mut f = Fake::new();
    let x = LocalId(0);
    let bump = block(vec![assign(var(x, INT), int(5))], Some(var(x, INT)));
    let sum = bin(BinOp::WrapAdd, var(x, INT), bump);
    f.define("f", 1, &[INT], sum);
    let text = f.text();
    assert!(text.contains("_2 = copy _1"), "{text}");
}

#[test]
fn bindings_live_on_behind_a_branch_that_leaves() {
    let mut f = Fake::new();
    let buf = f.counted();
    let option = f.adt("Opt", true, &[("None", vec![]), ("Some", vec![buf])]);
    let look = f.host("look", &[buf], Ty::BOOL);
    let make = f.host("make", &[], option);
    let x = LocalId(0);
    let some = pat(PatKind::Adt { variant: VariantIdx(1), fields: vec![(0, bind(x, buf))] }, option);
    let is = e(ExprKind::Is { expr: Box::new(call(make, vec![], option)), pat: Box::new(some) }, Ty::BOOL);
    let not = e(ExprKind::Unary { op: UnOp::Not, operand: Box::new(is) }, Ty::BOOL);
    let leave = e(ExprKind::Return(Some(Box::new(e(ExprKind::Lit(Lit::Bool(false)), Ty::BOOL)))), Ty::NEVER);
    let stmts = vec![Stmt::Expr(if_(not, leave, None))];
    f.define("f", 0, &[buf], block(stmts, Some(call(look, vec![var(x, buf)], Ty::BOOL))));
    f.text();
}

#[test]
fn expressions_of_the_greatest_height_fit_the_stack() {
    let run = || {
        let mut f = Fake::new();
        let x = LocalId(0);
        let mut value = var(x, INT);
        for i in 0..600 {
            value = match i % 4 {
                0 => bin(BinOp::Add, int(1), value),
                1 => block(vec![], Some(value)),
                2 => if_(bin(BinOp::Lt, value, int(2)), int(1), Some(int(2))),
                _ => match_(value, vec![arm(pat(PatKind::Wild, INT), None, var(x, INT))]),
            };
        }
        f.define("f", 1, &[INT], value);
        f.build(true).funcs.len()
    };
    // A test's thread has two megabytes, as little as a browser's in practice.
    assert!(run() > 0);
}

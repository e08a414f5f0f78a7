//! HIR types to MIR types: declared before they are filled, so that they may be recursive; enums that contain
//! themselves inline are boxed.

use super::{Cx, instances::Key};
use crate::ir as mir;
use crate::ir::{ParamMode, TyKind as M};
use entity::{Idx, IndexVec};
use hir::program::{Container, FnId};
use hir::resolve::normalize;
use hir::ty::{Args, IntTy, Ty, TyKind as H, TyTable};
use rustc_hash::{FxHashMap, FxHashSet};
use syntax::{Diagnostic, Span};

/// Types nest at most so deep in an instance's arguments; the same number is in the message.
pub(super) const MAX_NESTING: u16 = 64;
/// Limit on the parts of one type, all levels together: `(T, T)` in itself doubles at each level.
const MAX_PARTS: u32 = 4096;

#[derive(Default)]
pub(super) struct TypeMap {
    map: FxHashMap<Ty, mir::Ty>,
    /// Declared, fields not filled in yet.
    pending: Vec<(Ty, mir::Ty)>,
    is_filling: bool,
    /// Depth and parts by HIR type; children have lower indices than their parents.
    sizes: Vec<(u16, u32)>,
    facts: FxHashMap<mir::Ty, Facts>,
    /// The instances of the library's `Reply`.
    replies: FxHashSet<mir::Ty>,
    /// Entries of the lists that structural operations keep.
    pub work_entry: Option<mir::Ty>,
}

/// What decides how values of a type are handed around.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Facts {
    pub needs_drop: bool,
    /// Dropping may run code of the user, which may panic.
    pub user_drop: bool,
    pub iso: bool,
    /// It may have references to actors.
    pub has_actor: bool,
    /// It is a `Reply`, or may have one inside.
    pub has_reply: bool,
}

/// A field of a declaration: its name, its type over the item's parameters, and where it stands.
type FieldSource = (String, Ty, Span);

impl Facts {
    fn union(self, o: Facts) -> Facts {
        Facts {
            needs_drop: self.needs_drop | o.needs_drop,
            user_drop: self.user_drop | o.user_drop,
            iso: self.iso | o.iso,
            has_actor: self.has_actor | o.has_actor,
            has_reply: self.has_reply | o.has_reply,
        }
    }
}

impl Cx<'_> {
    /// The MIR type of a concrete HIR type.
    pub(super) fn mir_ty(&mut self, ty: Ty) -> mir::Ty {
        if let Some(ty) = self.types.map.get(&ty) {
            return *ty;
        }
        let out = self.declare_ty(ty);
        self.fill_pending();
        out
    }

    pub(super) fn unit_ty(&mut self) -> mir::Ty {
        self.mir_ty(Ty::UNIT)
    }

    pub(super) fn int_ty(&mut self, int: IntTy) -> mir::Ty {
        self.program.types.intern(M::Int(int))
    }

    pub(super) fn bool_ty(&mut self) -> mir::Ty {
        self.program.types.intern(M::Bool)
    }

    pub(super) fn ptr_ty(&mut self, to: mir::Ty) -> mir::Ty {
        self.program.types.intern(M::Ptr(to))
    }

    /// The type of source locations.
    pub(super) fn location_ty(&mut self) -> mir::Ty {
        let byte = self.int_ty(IntTy::U8);
        self.ptr_ty(byte)
    }

    /// The library's `String`.
    pub(super) fn string_ty(&mut self, span: Span) -> mir::Ty {
        match self.lang_adt("String") {
            Some(adt) => {
                let ty = self.front.program_mut().types.intern(H::Adt(adt, Box::new([])));
                let ty = self.mir_ty(ty);
                self.program.string_ty = Some(ty);
                ty
            }
            None => {
                self.internal(span, "the lang type `String` is missing");
                self.unit_ty()
            }
        }
    }

    /// How deep a type's constructors nest and how many parts it has.
    fn ty_size(&mut self, ty: Ty) -> (u16, u32) {
        let table = &self.front.program().types;
        for i in self.types.sizes.len()..=ty.0 as usize {
            let (mut depth, mut parts) = (0u16, 1u32);
            TyTable::for_each_child(table.kind(Ty(i as u32)), |child| {
                let (d, p) = self.types.sizes[child.0 as usize];
                depth = depth.max(d.saturating_add(1));
                parts = parts.saturating_add(p);
            });
            self.types.sizes.push((depth, parts));
        }
        self.types.sizes[ty.0 as usize]
    }

    pub(super) fn ty_depth(&mut self, ty: Ty) -> u16 {
        self.ty_size(ty).0
    }

    /// Whether a type stays within the limits that keep monomorphisation finite.
    pub(super) fn is_too_nested(&mut self, ty: Ty) -> bool {
        let (depth, parts) = self.ty_size(ty);
        depth > MAX_NESTING || parts > MAX_PARTS
    }

    /// Reported once per build: one instance too deep brings others with it.
    pub(super) fn report_nesting(&mut self, ty: Ty, span: Span) {
        if self.errors.iter().any(|e| e.code == hir::codes::INSTANCE_NESTING_TOO_DEEP) {
            return;
        }
        let span = if span.is_dummy() { self.at } else { span };
        let message = match self.ty_depth(ty) > MAX_NESTING {
            true => format!("the instances of generic items nest more than {MAX_NESTING} levels deep here"),
            false => format!("an instance of a generic item has a type of more than {MAX_PARTS} parts here"),
        };
        let error = Diagnostic::error(hir::codes::INSTANCE_NESTING_TOO_DEEP, span, message)
            .note("each round asks for a larger type than the one before; without a last one, there would be no end")
            .note("`Array<T>` or `dyn Trait` keeps the type the same in each round");
        self.errors.push(error);
    }

    fn declare_ty(&mut self, ty: Ty) -> mir::Ty {
        if let Some(ty) = self.types.map.get(&ty) {
            return *ty;
        }
        if self.is_too_nested(ty) {
            self.report_nesting(ty, Span::DUMMY);
            return self.declare_ty(Ty::UNIT);
        }
        let out = self.translate_kind(ty);
        self.types.map.insert(ty, out);
        out
    }

    fn translate_kind(&mut self, ty: Ty) -> mir::Ty {
        let kind = match self.front.program().types.kind(ty).clone() {
            H::Int(int) => M::Int(int),
            H::F32 => M::F32,
            H::F64 => M::F64,
            H::Bool => M::Bool,
            H::Char => M::Char,
            H::V128 => M::V128,
            H::Never => M::Never,
            H::Ptr(to) => M::Ptr(self.declare_ty(to)),
            H::Buffer(of) => M::Buffer(self.declare_ty(of)),
            H::FixedArray(of, len) => M::FixedArray(self.declare_ty(of), self.const_len(len)),
            H::Fn { params, ret, is_async } => {
                let params =
                    params.iter().map(|(t, is_mut)| (self.declare_ty(*t), mode_of(*is_mut))).collect();
                M::FnBox { params, ret: self.declare_ty(ret), suspends: is_async }
            }
            H::Dyn { .. } => {
                let methods = self.vtable_methods(ty);
                let program = self.front.program();
                let suspends =
                    |(i, (_, method)): (usize, &(_, FnId))| program.fns[*method].is_async.then_some(i as u32);
                let suspending = methods.iter().enumerate().filter_map(suspends).collect();
                let (trait_name, n_methods) = (program.ty_name(ty).into(), methods.len() as u32);
                M::Dyn { trait_name, n_methods, suspending }
            }
            H::FnDef(..) => return self.declare_ty(Ty::UNIT),
            H::Adt(id, _) if self.front.program().adts[id].is_enum => {
                return self.declare_nominal(ty, M::Enum);
            }
            H::Tuple(_) | H::Adt(..) | H::Closure(..) => return self.declare_nominal(ty, M::Struct),
            H::Param(..) | H::Assoc { .. } | H::ConstInt(_) | H::Infer(_) | H::Error => {
                let what = format!("the type `{}` is not concrete", self.front.program().ty_name(ty));
                self.internal(Span::DUMMY, what);
                return self.declare_ty(Ty::UNIT);
            }
        };
        self.program.types.intern(kind)
    }

    fn declare_nominal(&mut self, ty: Ty, kind: M) -> mir::Ty {
        let name = match self.front.program().types.kind(ty).clone() {
            // People read the signature of a closure, which says nothing about its environment.
            H::Closure(id, args) => format!("{}.env", self.closure_owner(id, &args)),
            _ => self.front.program().ty_name(ty),
        };
        let name = self.unique_name(name);
        let out = self.program.types.declare(kind, name);
        self.types.map.insert(ty, out);
        self.types.pending.push((ty, out));
        out
    }

    /// The number that a const argument stands for.
    pub(super) fn const_len(&mut self, len: Ty) -> u64 {
        match *self.front.program().types.kind(len) {
            H::ConstInt(n) => u32::try_from(n).map_or_else(|_| self.report_length(n), u64::from),
            _ => {
                self.internal(Span::DUMMY, "the length of an array is not known");
                0
            }
        }
    }

    /// A length that a constant parameter gave; the checker has seen the others.
    fn report_length(&mut self, n: i128) -> u64 {
        if !self.errors.iter().any(|e| e.code == hir::codes::BAD_ARRAY_LENGTH) {
            let message = format!("an array would have {n} elements here, by an argument of a generic item");
            let error = Diagnostic::error(hir::codes::BAD_ARRAY_LENGTH, self.at, message)
                .note(format!("a length is from 0 to {}", u32::MAX));
            self.errors.push(error);
        }
        0
    }

    fn fill_pending(&mut self) {
        if self.types.is_filling {
            return;
        }
        self.types.is_filling = true;
        let first = self.types.pending.first().map(|(_, ty)| ty.index());
        while let Some((ty, out)) = self.types.pending.pop() {
            let variants = self.translate_fields(ty);
            self.program.types.defs[out].variants = variants;
            self.fill_adt(ty, out);
        }
        self.types.is_filling = false;
        if let Some(first) = first {
            self.box_recursive_enums(first);
        }
    }

    fn fill_adt(&mut self, ty: Ty, out: mir::Ty) {
        if let H::Adt(id, args) = self.front.program().types.kind(ty).clone() {
            let adt = &self.front.program().adts[id];
            let (drop_fn, is_iso) = (adt.drop_fn, adt.is_iso);
            self.program.types.defs[out].is_iso = is_iso;
            self.program.types.defs[out].is_cell_word = Some(id) == self.lang_adt("CellWord");
            let is = |name: &str| self.lang_adt(name) == Some(id);
            let shared = match (is("ActorBody"), is("JsBody")) {
                (true, _) => mir::Shared::Actor,
                (_, true) => mir::Shared::Handle,
                _ => mir::Shared::No,
            };
            let is_reply = is("Reply");
            self.program.types.defs[out].shared = shared;
            if is_reply {
                self.types.replies.insert(out);
            }
            if let Some(drop_fn) = drop_fn {
                let args = self.drop_args(drop_fn, &args);
                let func = self.instance(Key::Fn(drop_fn, args), Span::DUMMY);
                self.program.types.defs[out].user_drop = Some(func);
            }
        }
    }

    /// The arguments of the `impl` of a `drop`, from those of the type: its parameters may stand in another order.
    fn drop_args(&self, drop_fn: FnId, args: &[Ty]) -> Args {
        let program = self.front.program();
        let Container::Impl(id) = program.fns[drop_fn].container else { return args.into() };
        let H::Adt(_, pattern) = program.types.kind(program.impls[id].self_ty) else { return args.into() };
        let mut of_impl = args.to_vec();
        for (ty, arg) in pattern.iter().zip(args) {
            if let H::Param(k, _) = *program.types.kind(*ty)
                && let Some(slot) = of_impl.get_mut(k as usize)
            {
                *slot = *arg;
            }
        }
        of_impl.into()
    }

    fn translate_fields(&mut self, ty: Ty) -> Vec<mir::Variant> {
        let struct_of = |fields: Vec<mir::Field>| vec![mir::Variant { name: String::new(), fields }];
        match self.front.program().types.kind(ty).clone() {
            H::Tuple(elems) => struct_of(self.numbered_fields(&elems)),
            H::Closure(id, args) => {
                let captures = self.front.program().closures[id].captures.clone();
                let captures: Vec<Ty> = captures.iter().map(|t| self.mono(*t, &args)).collect();
                struct_of(self.numbered_fields(&captures))
            }
            H::Adt(id, args) => {
                let adt = &self.front.program().adts[id];
                let interner = &self.front.program().interner;
                let is_user = !self.front.program().modules[adt.module].is_library;
                let variants: Vec<(String, Vec<FieldSource>)> = adt
                    .variants
                    .iter()
                    .map(|v| {
                        let fields = v.fields.iter();
                        let fields = fields.map(|f| (interner.name(f.name).to_string(), f.ty, f.span));
                        (interner.name(v.name).to_string(), fields.collect())
                    })
                    .collect();
                variants
                    .into_iter()
                    .map(|(name, fields)| self.variant(name, fields, &args, is_user))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn variant(
        &mut self,
        name: String,
        fields: Vec<FieldSource>,
        args: &[Ty],
        is_user: bool,
    ) -> mir::Variant {
        let mut out = Vec::with_capacity(fields.len());
        for (name, ty, span) in fields {
            if is_user {
                self.at = span;
            }
            let ty = self.mono(ty, args);
            out.push(mir::Field { name, ty: self.declare_ty(ty) });
        }
        mir::Variant { name, fields: out }
    }

    fn numbered_fields(&mut self, tys: &[Ty]) -> Vec<mir::Field> {
        let field = |(i, ty): (usize, &Ty)| mir::Field { name: i.to_string(), ty: self.declare_ty(*ty) };
        tys.iter().enumerate().map(field).collect()
    }

    /// A type of an item's declaration with the instance's arguments, reduced.
    pub(super) fn mono(&mut self, ty: Ty, args: &[Ty]) -> Ty {
        let types = &mut self.front.program_mut().types;
        let ty = types.subst(ty, args);
        if types.flags(ty).has_assoc { normalize(self.front.program_mut(), ty) } else { ty }
    }

    pub(super) fn facts(&mut self, ty: mir::Ty) -> Facts {
        if let Some(facts) = self.types.facts.get(&ty) {
            return *facts;
        }
        // The graph of types may be cyclic, so all that is reachable counts; each answer is kept.
        let facts = self.reachable_facts(ty);
        self.types.facts.insert(ty, facts);
        facts
    }

    fn reachable_facts(&self, root: mir::Ty) -> Facts {
        let mut seen = FxHashSet::default();
        let mut work = vec![root];
        let mut facts = Facts::default();
        while let Some(ty) = work.pop() {
            if !seen.insert(ty) {
                continue;
            }
            let def = &self.program.types.defs[ty];
            let own = Facts {
                needs_drop: def.user_drop.is_some(),
                user_drop: def.user_drop.is_some(),
                iso: def.is_iso,
                has_actor: false,
                has_reply: self.types.replies.contains(&ty),
            };
            facts = facts.union(own);
            match &def.kind {
                M::Struct | M::Enum => {
                    facts.needs_drop |= def.is_boxed;
                    work.extend(def.variants.iter().flat_map(|v| &v.fields).map(|f| f.ty));
                }
                M::FixedArray(of, n) if *n > 0 => work.push(*of),
                M::Buffer(of) if self.program.types.defs[*of].shared != mir::Shared::No => {
                    facts.needs_drop = true;
                    facts.has_actor |= self.program.types.defs[*of].shared == mir::Shared::Actor;
                }
                M::Buffer(of) => {
                    facts.needs_drop = true;
                    work.push(*of);
                }
                M::FnBox { .. } | M::Dyn { .. } => {
                    facts.needs_drop = true;
                    // It is not known what is inside.
                    facts.has_actor = true;
                }
                _ => {}
            }
        }
        facts
    }

    /// Boxes every enum that lies on a cycle of inline containment, among the types declared from `first` on.
    fn box_recursive_enums(&mut self, first: usize) {
        let types = &self.program.types;
        let sccs = InlineCycles::find(&types.defs, first);
        for component in sccs {
            let enums: Vec<mir::Ty> =
                component.iter().copied().filter(|t| *self.program.types.kind(*t) == M::Enum).collect();
            if enums.is_empty() {
                let name = self.program.types.defs[component[0]].name.clone();
                self.internal(Span::DUMMY, format!("`{name}` has infinite size"));
            }
            for ty in enums {
                self.program.types.defs[ty].is_boxed = true;
            }
        }
    }
}

pub(super) fn mode_of(is_mut: bool) -> ParamMode {
    if is_mut { ParamMode::Mut } else { ParamMode::Owned }
}

/// Tarjan's strongly connected components over inline containment, with an explicit stack.
struct InlineCycles<'a> {
    defs: &'a IndexVec<mir::Ty, mir::TyDef>,
    first: usize,
    number: Vec<u32>,
    low: Vec<u32>,
    on_stack: Vec<bool>,
    stack: Vec<usize>,
    next: u32,
    found: Vec<Vec<mir::Ty>>,
}

impl<'a> InlineCycles<'a> {
    /// Components with a cycle.
    fn find(defs: &'a IndexVec<mir::Ty, mir::TyDef>, first: usize) -> Vec<Vec<mir::Ty>> {
        let n = defs.len() - first;
        let mut this = InlineCycles {
            defs,
            first,
            number: vec![0; n],
            low: vec![0; n],
            on_stack: vec![false; n],
            stack: Vec::new(),
            next: 1,
            found: Vec::new(),
        };
        for i in 0..n {
            if this.number[i] == 0 {
                this.visit(i);
            }
        }
        this.found
    }

    /// Types that lie inside a value of type `i`, as far as they are among those looked at.
    fn inline(&self, i: usize) -> Vec<usize> {
        let def = &self.defs[mir::Ty((self.first + i) as u32)];
        let mut out: Vec<mir::Ty> = match &def.kind {
            M::Struct | M::Enum => def.variants.iter().flat_map(|v| &v.fields).map(|f| f.ty).collect(),
            M::FixedArray(of, _) => vec![*of],
            _ => Vec::new(),
        };
        out.retain(|t| t.index() >= self.first);
        out.into_iter().map(|t| t.index() - self.first).collect()
    }

    fn visit(&mut self, root: usize) {
        let mut path = vec![(root, self.enter(root), 0)];
        while let Some((node, succs, at)) = path.last_mut() {
            let node = *node;
            if let Some(&succ) = succs.get(*at) {
                *at += 1;
                if self.number[succ] == 0 {
                    let succs = self.enter(succ);
                    path.push((succ, succs, 0));
                } else if self.on_stack[succ] {
                    self.low[node] = self.low[node].min(self.number[succ]);
                }
                continue;
            }
            path.pop();
            if let Some((parent, ..)) = path.last() {
                self.low[*parent] = self.low[*parent].min(self.low[node]);
            }
            if self.low[node] == self.number[node] {
                self.close(node);
            }
        }
    }

    fn enter(&mut self, node: usize) -> Vec<usize> {
        self.number[node] = self.next;
        self.low[node] = self.next;
        self.next += 1;
        self.on_stack[node] = true;
        self.stack.push(node);
        self.inline(node)
    }

    fn close(&mut self, node: usize) {
        let mut component = Vec::new();
        while let Some(member) = self.stack.pop() {
            self.on_stack[member] = false;
            component.push(mir::Ty((self.first + member) as u32));
            if member == node {
                break;
            }
        }
        if component.len() > 1 || self.inline(node).contains(&node) {
            self.found.push(component);
        }
    }
}

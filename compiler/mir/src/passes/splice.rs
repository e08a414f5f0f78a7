//! Puts a copy of a callee's body in the place of a call.

use crate::analysis::defs::{LocalInfo, is_scalar};
use crate::ir::*;
use entity::{Idx, IndexVec};
use syntax::Span;

/// What a local of the callee is in the caller.
#[derive(Clone)]
enum Image {
    /// A local: its own, or the temporary that was given away.
    Local(Local),
    /// The place of an argument that is only read: nothing is moved out of it or dropped.
    Read(Place),
    /// The place of a `mut` argument.
    Changed(Place),
}

/// Replaces the call at the end of `block` by `inlined`, the callee's body; `infos` are those of its locals, `unwinds` tells
/// which of its terminators may unwind.
pub(crate) fn splice(
    types: &Types,
    body: &mut Body,
    block: Block,
    inlined: Body,
    infos: &IndexVec<Local, LocalInfo>,
    unwinds: &[bool],
) {
    let span = body.blocks[block].term_span;
    let Term::Call { args, dest, target, unwind, .. } =
        std::mem::replace(&mut body.blocks[block].term, Term::Unreachable)
    else {
        return;
    };
    let first_block = body.blocks.len();
    let mut splicer = Splicer { types, body, block, span, images: IndexVec::new() };
    splicer.map_params(&inlined, infos, &args, &dest);
    let result = splicer.map_result(&inlined, &args, &dest);
    splicer.map_locals(&inlined);
    let images = splicer.images;
    for (mut data, unwinds) in inlined.blocks.into_raw().into_iter().zip(unwinds) {
        data.stmts.iter_mut().for_each(|stmt| map_stmt(&images, &mut stmt.kind));
        let landing = unwind.filter(|_| *unwinds && !data.is_cleanup);
        map_term(&images, &mut data.term, first_block, landing);
        if data.term == Term::Return {
            if let Some(result) = result {
                let kind = StmtKind::Assign(dest.clone(), Rvalue::Use(Operand::Move(result.into())));
                data.stmts.push(Stmt { kind, span });
            }
            data.term = target.map_or(Term::Unreachable, Term::Goto);
        }
        if data.term == Term::Resume
            && let Some(unwind) = unwind
        {
            data.term = Term::Goto(unwind);
        }
        body.blocks.push(data);
    }
    body.blocks[block].term = Term::Goto(Block::new(first_block));
}

struct Splicer<'a> {
    types: &'a Types,
    body: &'a mut Body,
    block: Block,
    span: Span,
    images: IndexVec<Local, Option<Image>>,
}

impl Splicer<'_> {
    fn map_params(&mut self, inlined: &Body, infos: &IndexVec<Local, LocalInfo>, args: &[Arg], dest: &Place) {
        self.images = IndexVec::from_elem(None, inlined.locals.len());
        for (i, (param, arg)) in inlined.params.iter().zip(args).enumerate() {
            let info = infos[param.local];
            let image = match arg {
                Arg::Mut(place) => Image::Changed(place.clone()),
                Arg::Value(Operand::Borrow(place)) => Image::Read(place.clone()),
                Arg::Value(Operand::Copy(place))
                    if info.is_single() && self.is_stable(place, args, i, dest) =>
                {
                    Image::Read(place.clone())
                }
                Arg::Value(Operand::Move(place)) if self.can_hand_over(place, args, i) => {
                    Image::Local(place.local)
                }
                Arg::Value(op) => Image::Local(self.assign(&inlined.locals[param.local], op.clone())),
            };
            self.images[param.local] = Some(image);
        }
    }

    /// Whether the callee can read the place as long as it runs: nothing else of the call writes or takes it.
    fn is_stable(&self, place: &Place, args: &[Arg], i: usize, dest: &Place) -> bool {
        let direct = !place.proj.iter().any(|p| matches!(p, Proj::Deref | Proj::Index(_)));
        let scalar = is_scalar(self.types, self.body.locals[place.local].ty);
        let plain = place.proj.is_empty() || !scalar && !self.ends_in_scalar(place);
        let clear = args.iter().enumerate().all(|(j, arg)| match arg {
            _ if i == j => true,
            Arg::Mut(other) | Arg::Value(Operand::Move(other)) => other.local != place.local,
            Arg::Value(_) => true,
        });
        direct && plain && clear && dest.local != place.local && !self.points_into(args, place.local)
    }

    /// Parts that are scalars are read once: they may stand as indices.
    fn ends_in_scalar(&self, place: &Place) -> bool {
        let ty = crate::facts::place_ty(self.types, self.body, place);
        is_scalar(self.types, ty)
    }

    /// Whether a place behind a pointer is changed that may lead into the local.
    fn points_into(&self, args: &[Arg], local: Local) -> bool {
        args.iter().any(|arg| match arg {
            Arg::Mut(other) if other.is_indirect() => {
                let mut at = other.local;
                while let Some(owner) = self.body.locals[at].loan_of {
                    at = owner;
                }
                at == local
            }
            _ => false,
        })
    }

    /// Whether a local that is given away can be the parameter itself.
    fn can_hand_over(&self, place: &Place, args: &[Arg], i: usize) -> bool {
        let alone = args.iter().enumerate().all(|(j, arg)| {
            let other = match arg {
                Arg::Mut(place) => Some(place),
                Arg::Value(op) => op.place(),
            };
            i == j || other.is_none_or(|p| p.local != place.local)
        });
        place.proj.is_empty() && alone && self.body.param_mode(place.local).is_none() && place.local != RETURN
    }

    fn assign(&mut self, decl: &LocalDecl, value: Operand) -> Local {
        let local = self.body.new_local(decl.ty, self.span);
        (self.body.locals[local].name, self.body.locals[local].span) = (decl.name.clone(), decl.span);
        let kind = StmtKind::Assign(local.into(), Rvalue::Use(value));
        self.body.blocks[self.block].stmts.push(Stmt { kind, span: self.span });
        local
    }

    /// The callee's result is the destination itself, if nothing else of the call looks at it; otherwise a local to be
    /// moved from.
    fn map_result(&mut self, inlined: &Body, args: &[Arg], dest: &Place) -> Option<Local> {
        let ty = inlined.locals[RETURN].ty;
        let seen = args.iter().any(|arg| {
            let place = match arg {
                Arg::Mut(place) => Some(place),
                Arg::Value(op) => op.place(),
            };
            place.is_some_and(|p| p.local == dest.local || p.indices().any(|l| l == dest.local))
        });
        let decl = &self.body.locals[dest.local];
        let mut fits = dest.proj.is_empty() && !seen && decl.ty == ty && !decl.is_borrow;
        fits &= self.body.param_mode(dest.local).is_none();
        let local = if fits { dest.local } else { self.body.new_local(ty, self.span) };
        self.images[RETURN] = Some(Image::Local(local));
        (!fits).then_some(local)
    }

    fn map_locals(&mut self, inlined: &Body) {
        for (local, decl) in inlined.locals.iter_enumerated() {
            if self.images[local].is_none() {
                let new = self.body.locals.push(decl.clone());
                self.images[local] = Some(Image::Local(new));
            }
        }
        for (local, decl) in inlined.locals.iter_enumerated() {
            if let (Some(Image::Local(new)), Some(owner)) = (&self.images[local], decl.loan_of) {
                let is_own = self.body.locals[*new].loan_of.is_some() && inlined.param_mode(local).is_none();
                if is_own && local != RETURN {
                    self.body.locals[*new].loan_of = Some(root(&self.images, owner));
                }
            }
        }
    }
}

fn image(images: &IndexVec<Local, Option<Image>>, local: Local) -> &Image {
    images[local].as_ref().expect("every local has an image")
}

fn root(images: &IndexVec<Local, Option<Image>>, local: Local) -> Local {
    match image(images, local) {
        Image::Local(new) => *new,
        Image::Read(place) | Image::Changed(place) => place.local,
    }
}

fn map_place(images: &IndexVec<Local, Option<Image>>, place: &mut Place) {
    for proj in &mut place.proj {
        if let Proj::Index(local) = proj {
            *local = root(images, *local);
        }
    }
    match image(images, place.local) {
        Image::Local(new) => place.local = *new,
        Image::Read(base) | Image::Changed(base) => {
            let mut proj = base.proj.clone();
            proj.append(&mut place.proj);
            *place = Place { local: base.local, proj };
        }
    }
}

fn is_read(images: &IndexVec<Local, Option<Image>>, place: &Place) -> bool {
    !place.is_indirect() && matches!(image(images, place.local), Image::Read(_))
}

fn map_operand(images: &IndexVec<Local, Option<Image>>, op: &mut Operand) {
    if let Operand::Move(place) = op
        && is_read(images, place)
    {
        *op = Operand::Copy(place.clone());
    }
}

fn map_stmt(images: &IndexVec<Local, Option<Image>>, stmt: &mut StmtKind) {
    if let StmtKind::Drop(place) = stmt
        && is_read(images, place)
    {
        *stmt = StmtKind::Nop;
    }
    stmt.for_each_operand_mut(|op| map_operand(images, op));
    stmt.for_each_place_mut(&mut |place| map_place(images, place));
    match stmt {
        StmtKind::Assign(_, Rvalue::Aggregate { reuse: Some(token), .. })
        | StmtKind::DropReuse { token, .. }
        | StmtKind::FreeToken { token, .. } => *token = root(images, *token),
        _ => {}
    }
}

fn map_term(
    images: &IndexVec<Local, Option<Image>>,
    term: &mut Term,
    first_block: usize,
    landing: Option<Block>,
) {
    if let Term::Drop { place, target, .. } = term
        && is_read(images, place)
    {
        *term = Term::Goto(*target);
    }
    term.for_each_operand_mut(|op| map_operand(images, op));
    term.for_each_place_mut(&mut |place| map_place(images, place));
    term.for_each_successor_mut(|next| *next = Block::new(next.index() + first_block));
    if let Some(unwind) = term.unwind_mut()
        && unwind.is_none()
    {
        *unwind = landing;
    }
}

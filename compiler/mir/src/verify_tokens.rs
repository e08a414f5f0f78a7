//! The verifier's part for the memory of cells that is used again.

use crate::ir::*;
use crate::verify_body::Verifier;

impl Verifier<'_> {
    pub(crate) fn token_param(&mut self, param: &Param) {
        let ParamMode::Token { ty, variant } = param.mode else { return };
        self.has_memory(ty, variant);
        self.token(param.local);
    }

    fn has_memory(&mut self, ty: Ty, variant: u32) {
        let def = self.program.types.defs.get(ty);
        let fields = def.filter(|d| d.is_boxed).and_then(|d| d.variants.get(variant as usize));
        if fields.is_none_or(|v| v.fields.is_empty()) {
            self.fail("only variants with fields of boxed enums have memory to reuse");
        }
    }

    pub(crate) fn drop_reuse(&mut self, place: &Place, variant: u32, taken: &[u32]) {
        let Some(ty) = self.place(place) else { return };
        let def = &self.program.types.defs[ty];
        let Some(variant) = def.variants.get(variant as usize) else {
            return self.fail("the variant does not exist");
        };
        if !def.is_boxed || variant.fields.is_empty() {
            self.fail("only variants with fields of boxed enums have memory to reuse");
        }
        if taken.iter().any(|i| *i as usize >= variant.fields.len()) {
            self.fail("a taken field does not exist");
        }
    }

    /// What is passed on as a token must be one: made by `drop_reuse`, whose memory is freed where it does not fit, or a parameter.
    pub(crate) fn given_token(&mut self, place: &Place, ty: Ty, variant: u32) {
        let is_made =
            |stmt: &Stmt| matches!(&stmt.kind, StmtKind::DropReuse { token, .. } if *token == place.local);
        let mode = self.body.param_mode(place.local);
        let is_token = matches!(mode, Some(ParamMode::Token { .. }))
            || mode.is_none() && self.body.blocks.iter().flat_map(|data| &data.stmts).any(is_made);
        if !place.proj.is_empty() || !is_token {
            return self.fail("only a token can be given as one");
        }
        self.token(place.local);
        self.fits_token(place.local, ty, variant);
    }

    /// Memory that was given is of one size.
    pub(crate) fn fits_token(&mut self, token: Local, ty: Ty, variant: u32) {
        if let Some(given @ ParamMode::Token { .. }) = self.body.param_mode(token)
            && given != (ParamMode::Token { ty, variant })
        {
            self.fail("a token that was given is of another variant");
        }
    }

    pub(crate) fn token(&mut self, token: Local) {
        let is_word =
            self.body.locals.get(token).is_some_and(|l| *self.kind(l.ty) == TyKind::Int(IntTy::USize));
        if !is_word {
            self.fail("a token is a `USize` local");
        }
    }
}

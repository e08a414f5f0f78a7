//! Semantic tokens: every token of a file with what it is.

use crate::analysis::Analysis;
use crate::results::{SemanticToken, TextRange, TokenKind};
use crate::tree::Tree;
use entity::Arrange;
use hir::ActorFnKind;
use hir::program::Container;
use hir::record::Target;
use syntax::Span;
use syntax::ast::CommentKind;
use syntax::token::{T, Token};

/// `start`: where the file begins in the program.
pub fn tokens(analysis: &Analysis, tree: &Tree, start: u32) -> Vec<SemanticToken> {
    let mut found: Vec<SemanticToken> = Vec::with_capacity(tree.lexed.tokens.len());
    let all = &tree.lexed.tokens;
    for (i, token) in all.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| all[i].kind);
        let range = tree.range(token.span());
        if range.start == range.end {
            continue;
        }
        match lexical(*token, before) {
            Some(kind) => found.push(plain(range, kind)),
            None if token.kind.is_word() => {
                let span = Span::new(range.start + start, range.end + start);
                found.extend(name(analysis, span, range));
                if found.last().is_none_or(|last| last.range != range) && token.kind > T::KwActor {
                    found.push(plain(range, TokenKind::Keyword));
                }
            }
            None => {}
        }
    }
    for comment in &tree.lexed.comments {
        let is_documentation = matches!(comment.kind, CommentKind::Doc | CommentKind::InnerDoc);
        let token = plain(tree.range(comment.span), TokenKind::Comment);
        found.push(SemanticToken { is_documentation, ..token });
    }
    found.arrange_by_key(|token| token.range);
    let mut end = 0;
    found.retain(|token| {
        let is_free = token.range.start >= end;
        if is_free {
            end = token.range.end;
        }
        is_free
    });
    found
}

fn plain(range: TextRange, kind: TokenKind) -> SemanticToken {
    SemanticToken {
        range,
        kind,
        is_declaration: false,
        is_mutable: false,
        is_library: false,
        is_documentation: false,
    }
}

/// What a token is by itself; `None` for names, and for words that may be one.
fn lexical(token: Token, before: Option<T>) -> Option<TokenKind> {
    use T::*;
    Some(match token.kind {
        Int | Float | Duration => TokenKind::Number,
        Char | Str | RawStr | MultiStr | StrOpen | MultiStrOpen | StrText | StrClose => TokenKind::String,
        HoleOpen | HoleClose | HoleSpec => TokenKind::Escape,
        Label => TokenKind::Label,
        At => TokenKind::Attribute,
        kind if before == Some(At) && kind.is_word() => TokenKind::Attribute,
        kind if kind >= KwActor && !kind.is_soft_keyword() && before != Some(Dot) => match kind {
            KwSelfType | KwSelf => return None,
            _ => TokenKind::Keyword,
        },
        Ident | Reserved => return None,
        kind if kind >= KwActor => return None,
        LParen | RParen | LBracket | RBracket | LBrace | RBrace | Comma | Semi | Colon | Dot | Error
        | Eof => return None,
        _ => TokenKind::Operator,
    })
}

fn name(analysis: &Analysis, span: Span, range: TextRange) -> Option<SemanticToken> {
    let (found, targets) = analysis.targets_at(span.lo)?;
    if found != span {
        return None;
    }
    // A constructor is shown as the actor that it makes.
    let target = *targets.iter().find(|t| matches!(t, Target::Adt(_))).or(targets.first())?;
    let declared = analysis.checker.target_span(target);
    let mut token = plain(range, kind(analysis, target));
    if matches!(analysis.text(span), "self" | "Self") {
        token.kind = TokenKind::Keyword;
    }
    token.is_declaration = declared == Some(span);
    token.is_library = match (declared, target) {
        (Some(declared), _) => analysis.is_library(declared),
        (None, Target::Module(id)) => analysis.checker.program.modules[id].is_library,
        (None, _) => true,
    };
    token.is_mutable = match target {
        Target::Local(span) => match analysis.locals.get(&span) {
            Some(local) => local.decl.is_mut,
            None => true,
        },
        _ => false,
    };
    Some(token)
}

fn kind(analysis: &Analysis, target: Target) -> TokenKind {
    let checker = &analysis.checker;
    let program = &checker.program;
    match target {
        Target::Module(_) => TokenKind::Module,
        Target::Adt(id) if checker.actor_of(id).is_some() => TokenKind::Actor,
        Target::Adt(id) if program.adts[id].is_enum => TokenKind::Enum,
        Target::Adt(_) => TokenKind::Struct,
        Target::Trait(_) => TokenKind::Trait,
        Target::Alias(_) | Target::Builtin(_) | Target::Raw(_) | Target::SelfTy(_) | Target::AssocTy(..) => {
            TokenKind::Type
        }
        Target::Fn(id) => match (checker.actor_fn_kind(id).map(|of| of.1), program.fns[id].container) {
            (Some(ActorFnKind::Handler), _) => TokenKind::Message,
            (Some(_), _) => TokenKind::Method,
            (None, Container::Module) => TokenKind::Function,
            (None, Container::Trait(of))
                if checker.trait_messages(of).iter().any(|message| message.1 == id) =>
            {
                TokenKind::Message
            }
            (None, _) => TokenKind::Method,
        },
        Target::Const(_) => TokenKind::Const,
        Target::Variant(..) => TokenKind::Variant,
        Target::Field(..) => TokenKind::Field,
        Target::TypeParam(..) => TokenKind::TypeParam,
        Target::Local(span) => match analysis.locals.get(&span) {
            Some(local) if local.is_param => TokenKind::Param,
            Some(_) => TokenKind::Variable,
            None => TokenKind::State,
        },
    }
}

//! Signatures as they are written, and the help inside of a call.

use crate::analysis::Analysis;
use crate::describe::Cx;
use crate::results::{ParamLabel, SignatureHelp, SymbolKind, TextRange};
use crate::tree::Tree;
use hir::ActorFnKind;
use hir::program::{FnId, ParamMode};
use hir::record::Target;
use syntax::Span;
use syntax::token::T;

/// The parts of a written signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// `value: T`, without the receiver.
    pub params: Vec<String>,
    /// `-> T`, or nothing.
    pub result: String,
}

/// Takes what stands behind the name of a declaration apart.
pub fn parts_of_header(header: &str) -> Parts {
    let Some(open) = params_start(header) else {
        let result = header.find("->").map(|at| header[at..].trim().to_string()).unwrap_or_default();
        return Parts { params: Vec::new(), result };
    };
    let rest = &header[open + 1..];
    let (params, end) = split_params(rest);
    let params =
        params.into_iter().filter(|param| !matches!(param.as_str(), "self" | "mut self" | "")).collect();
    let behind = rest.get(end + 1..).unwrap_or("").trim();
    let result = behind.split(" where ").next().unwrap_or(behind).trim();
    let result = if result.starts_with("->") { result.to_string() } else { String::new() };
    Parts { params, result }
}

/// Where the `(` of the parameters stands: behind the type parameters.
fn params_start(header: &str) -> Option<usize> {
    let mut depth = 0;
    let bytes = header.as_bytes();
    for (at, c) in header.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if at > 0 && matches!(bytes[at - 1], b'-' | b'=') => {}
            '>' => depth -= 1,
            '(' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

/// The parts between commas up to the closing parenthesis, and where that stands.
fn split_params(text: &str) -> (Vec<String>, usize) {
    let (mut params, mut depth, mut start) = (Vec::new(), 0, 0);
    let bytes = text.as_bytes();
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '<' | '{' => depth += 1,
            '>' if at > 0 && matches!(bytes[at - 1], b'-' | b'=') => {}
            ')' if depth == 0 => {
                params.push(squeeze(&text[start..at]));
                return (params, at);
            }
            ')' | ']' | '>' | '}' => depth -= 1,
            ',' if depth == 0 => {
                params.push(squeeze(&text[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    params.push(squeeze(&text[start..]));
    (params, text.len())
}

/// One line with single spaces.
fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub fn params_of_header(header: &str) -> String {
    format!("({})", parts_of_header(header).params.join(", "))
}

/// What is written for a function; made of its types where nothing is.
fn parts(cx: &mut Cx<'_>, id: FnId) -> Parts {
    let program = &cx.analysis.checker.program;
    let span = program.fns[id].span;
    if let Some((_, decl)) = cx.decl(span)
        && decl.kind != SymbolKind::Actor
    {
        return parts_of_header(&decl.header);
    }
    if cx.analysis.checker.actor_fn_kind(id).is_some() {
        // A constructor that nobody wrote.
        return Parts::default();
    }
    let function = &program.fns[id];
    let params = function.params.iter().skip(usize::from(function.has_self)).map(|param| {
        let mark = if param.mode == ParamMode::Mut { "mut " } else { "" };
        format!("{mark}{}: {}", program.name(param.name), program.ty_name(param.ty))
    });
    let result = if function.ret == hir::ty::Ty::UNIT {
        String::new()
    } else {
        format!("-> {}", program.ty_name(function.ret))
    };
    Parts { params: params.collect(), result }
}

pub fn params(cx: &mut Cx<'_>, id: FnId) -> Vec<String> {
    parts(cx, id).params
}

pub fn params_text(cx: &mut Cx<'_>, id: FnId) -> String {
    format!("({})", params(cx, id).join(", "))
}

/// The answer of a message: `-> Int`.
pub fn reply_text(cx: &mut Cx<'_>, id: FnId) -> String {
    parts(cx, id).result
}

/// The names of the parameters of what a call's name stands for; `None` where it is nothing that has names.
pub fn param_names(cx: &mut Cx<'_>, target: Target) -> Option<Vec<String>> {
    let Target::Fn(id) = target else { return None };
    let names = params(cx, id).into_iter().map(|param| {
        let name = param.split(':').next().unwrap_or("").trim();
        name.strip_prefix("mut ").unwrap_or(name).trim().to_string()
    });
    Some(names.collect())
}

// ---------------------------------------------------------------- inside of a call

/// The call around an offset: the name before its parenthesis, and which argument the offset is in.
pub struct OpenCall {
    pub name: Span,
    pub argument: u32,
}

/// Finds the innermost parenthesis that is open at an offset and has a name before it.
pub fn open_call(tree: &Tree, offset: u32) -> Option<OpenCall> {
    if tree.in_comment(offset) {
        return None;
    }
    let tokens = &tree.lexed.tokens;
    let mut at = tokens.partition_point(|token| token.hi <= tree.pos(offset));
    let (mut depth, mut argument) = (0i32, 0);
    while at > 0 {
        at -= 1;
        match tokens[at].kind {
            T::RParen | T::RBracket | T::RBrace => depth += 1,
            // What stands in braces is not in the parentheses around them.
            T::LBrace | T::LBracket | T::HoleOpen if depth == 0 => argument = 0,
            T::LBrace | T::LBracket => depth -= 1,
            T::LParen if depth > 0 => depth -= 1,
            T::LParen => {
                if let Some(name) = name_before(tree, at) {
                    return Some(OpenCall { name, argument });
                }
                argument = 0;
            }
            T::Comma if depth == 0 => argument += 1,
            T::KwFn | T::KwActor | T::KwImpl if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The name that an opening parenthesis calls, behind type arguments if there are any.
fn name_before(tree: &Tree, paren: usize) -> Option<Span> {
    let tokens = &tree.lexed.tokens;
    let mut at = paren.checked_sub(1)?;
    if tokens[paren].nl {
        return None;
    }
    if tokens[at].kind == T::Gt {
        let mut depth = 0;
        loop {
            match tokens[at].kind {
                T::Gt => depth += 1,
                T::Shr => depth += 2,
                T::Lt => depth -= 1,
                _ => {}
            }
            at = at.checked_sub(1)?;
            if depth <= 0 {
                break;
            }
        }
        if tokens[at].kind == T::Dot {
            at = at.checked_sub(1)?;
        }
    }
    let is_declared = at > 0 && matches!(tokens[at - 1].kind, T::KwFn | T::KwOn | T::KwStruct | T::KwActor);
    (tokens[at].kind.is_word() && !is_declared).then(|| tokens[at].span())
}

/// The forms that look like calls.
fn form(name: &str) -> Option<(&'static [&'static str], &'static str)> {
    Some(match name {
        "send" => (&["actor", "Message"], ""),
        "ask" => (&["actor", "Message"], "-> T"),
        "send_after" => (&["duration: Duration", "actor", "Message"], "-> Timer"),
        "every" => (&["duration: Duration", "actor", "Message"], "-> Timer"),
        "reply" => (&["value: T"], ""),
        _ => return None,
    })
}

pub fn help(cx: &mut Cx<'_>, tree: &Tree, start: u32, call: &OpenCall) -> Option<SignatureHelp> {
    let name = tree.source(call.name).to_string();
    let at = tree.range(call.name).start + start;
    let found = cx.analysis.targets_at(at).filter(|(span, _)| span.lo == at).map(|(_, targets)| targets);
    let targets = found.unwrap_or_default();
    let Some(target) = targets.into_iter().find(|target| !matches!(target, Target::Module(_))) else {
        let (params, result) = form(&name)?;
        let docs = crate::keywords::docs(&name).unwrap_or_default().to_string();
        let params: Vec<String> = params.iter().map(|param| param.to_string()).collect();
        return Some(signature(&name, &params, result, docs, call.argument));
    };
    let docs = cx.docs(target);
    match target {
        Target::Fn(id) => {
            let Parts { params, result } = parts(cx, id);
            let kind = cx.analysis.checker.actor_fn_kind(id);
            let name = match kind {
                Some((_, ActorFnKind::Constructor)) => name,
                _ => cx.analysis.checker.fn_name_text(id).to_string(),
            };
            Some(signature(&name, &params, &result, docs, call.argument))
        }
        Target::Variant(..) | Target::Adt(_) => {
            let span = cx.analysis.checker.target_span(target)?;
            let (_, decl) = cx.decl(span)?;
            let parts = parts_of_header(&decl.header);
            Some(signature(&name, &parts.params, "", docs, call.argument))
        }
        Target::Local(span) => {
            let local = cx.analysis.locals.get(&span)?;
            let ty = cx.local_type(local);
            let rest = ty.trim_start_matches("async ").strip_prefix("Fn")?;
            let parts = parts_of_header(rest);
            Some(signature(&name, &parts.params, &parts.result, String::new(), call.argument))
        }
        _ => None,
    }
}

fn signature(name: &str, params: &[String], result: &str, docs: String, argument: u32) -> SignatureHelp {
    let mut label = format!("{name}(");
    let mut labels = Vec::new();
    for (i, param) in params.iter().enumerate() {
        if i > 0 {
            label.push_str(", ");
        }
        let start = label.len() as u32;
        label.push_str(param);
        labels.push(ParamLabel { range: TextRange::new(start, label.len() as u32) });
    }
    label.push(')');
    if !result.is_empty() {
        label.push(' ');
        label.push_str(result);
    }
    let active = (argument < params.len() as u32).then_some(argument);
    SignatureHelp { label, docs, params: labels, active }
}

/// What a name that is called stands for, for names of parameters.
pub fn called(analysis: &Analysis, span: Span) -> Option<Target> {
    analysis.targets_of(span).find(|target| matches!(target, Target::Fn(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_taken_apart() {
        let parts = |header: &str| {
            let parts = parts_of_header(header);
            (parts.params.join(" | "), parts.result)
        };
        let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
        assert_eq!(parts("fn f()"), pair("", ""));
        assert_eq!(parts("pub fn push(mut self, value: T)"), pair("value: T", ""));
        assert_eq!(
            parts("fn map<U, F: Fn(T) -> U>(self, f: Fn(T) -> U) -> Array<U>"),
            pair("f: Fn(T) -> U", "-> Array<U>")
        );
        assert_eq!(
            parts("fn g(a: (Int, Int), b: Map<K, V>) where K: Eq"),
            pair("a: (Int, Int) | b: Map<K, V>", "")
        );
        assert_eq!(parts("on Get -> Int"), pair("", "-> Int"));
        assert_eq!(parts("Circle(Float)"), pair("Float", ""));
        assert_eq!(parts("fn f(a: Int,\n    b: Int)"), pair("a: Int | b: Int", ""));
    }
}

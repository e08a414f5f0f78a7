//! What the text of a literal means: numbers, durations, characters, escapes, formats.
//!
//! Pure functions from text to value. Faults come back as diagnostics beside a usable value, so that one
//! bad literal never hides other mistakes.

use crate::ast::{Align, FormatSpec};
use crate::codes;
use crate::diag::Diagnostic;
use crate::intern::{Symbol, sym};
use crate::span::Span;

/// An integer literal with prefix, `_` and suffix.
pub(crate) fn int(text: &str, span: Span, diags: &mut Vec<Diagnostic>) -> (u128, Option<Symbol>) {
    if let Some(value) = short_int(text) {
        return (u128::from(value), None);
    }
    let (radix, digits) = match text.as_bytes() {
        [b'0', b'x', ..] => (16, &text[2..]),
        [b'0', b'o', ..] => (8, &text[2..]),
        [b'0', b'b', ..] => (2, &text[2..]),
        [b'0', b'X' | b'O' | b'B', ..] => {
            let fixed = format!("{}{}", text[..2].to_ascii_lowercase(), &text[2..]);
            let message = "the prefix of a number is written in lower case";
            diags.push(Diagnostic::error(codes::BAD_NUMBER, span, message).fix(
                "write it in lower case",
                span,
                fixed,
            ));
            return (0, None);
        }
        _ => (10, text),
    };
    let end = digits.find(|c: char| !c.is_digit(radix) && c != '_').unwrap_or(digits.len());
    let (digits, suffix_text) = digits.split_at(end);
    let suffix_span = Span::new(span.hi - suffix_text.len() as u32, span.hi);
    let suffix = int_suffix(suffix_text, suffix_span, radix, diags);
    let mut value = 0u128;
    let mut any = false;
    for digit in digits.chars().filter_map(|c| c.to_digit(radix)) {
        any = true;
        match value.checked_mul(u128::from(radix)).and_then(|v| v.checked_add(u128::from(digit))) {
            Some(next) => value = next,
            None => {
                let diag =
                    Diagnostic::error(codes::NUMBER_TOO_LARGE, span, "this number is too large for any type");
                diags.push(diag.note("the largest integer type is UInt64, up to 18446744073709551615"));
                return (0, suffix);
            }
        }
    }
    if !any && suffix_text.is_empty() {
        diags.push(Diagnostic::error(codes::BAD_NUMBER, span, "digits are missing behind the prefix"));
    }
    (value, suffix)
}

/// A few decimal digits, as most numbers are.
fn short_int(text: &str) -> Option<u64> {
    if text.len() > 18 {
        return None;
    }
    text.bytes().try_fold(0, |value: u64, byte| {
        byte.is_ascii_digit().then(|| value.wrapping_mul(10).wrapping_add(u64::from(byte - b'0')))
    })
}

fn int_suffix(text: &str, span: Span, radix: u32, diags: &mut Vec<Diagnostic>) -> Option<Symbol> {
    Some(match text {
        "" => return None,
        "u8" => sym::UInt8,
        "i8" => sym::Int8,
        "u16" => sym::UInt16,
        "i16" => sym::Int16,
        "u32" => sym::UInt32,
        "i32" => sym::Int32,
        "u64" => sym::UInt64,
        "i64" => sym::Int64,
        _ => {
            diags.push(bad_suffix(text, span, radix));
            return None;
        }
    })
}

fn bad_suffix(text: &str, span: Span, radix: u32) -> Diagnostic {
    if let Some(digit) = text.chars().next().filter(|c| radix < 10 && c.is_ascii_digit()) {
        let kind = if radix == 2 { "a binary" } else { "an octal" };
        let span = Span::new(span.lo, span.lo + 1);
        let message = format!("`{digit}` is no digit of {kind} number");
        return Diagnostic::error(codes::BAD_NUMBER, span, message);
    }
    let diag = Diagnostic::error(codes::BAD_NUMBER, span, format!("`{text}` is no suffix of a number"));
    match text {
        "usize" | "isize" | "u128" | "i128" | "int" | "uint" => diag.note(
            "the widths are 8, 16, 32 and 64: `u8` … `i64`; `Int` is the type of a number without suffix",
        ),
        "f" | "d" | "F" | "L" | "l" | "n" => diag.note("suffixes name their type: `i64`, `u8`, `f32`"),
        _ => diag.note("suffixes are `u8 i8 u16 i16 u32 i32 u64 i64 f32 f64`, durations `ns us ms s m h`"),
    }
}

/// A float literal: its text without `_` and suffix, and the suffix.
pub(crate) fn float(text: &str, span: Span, diags: &mut Vec<Diagnostic>) -> (Box<str>, Option<Symbol>) {
    if text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.')) {
        return (text.into(), None);
    }
    let (digits, suffix) = match () {
        () if text.ends_with("f32") => (&text[..text.len() - 3], Some(sym::Float32)),
        () if text.ends_with("f64") => (&text[..text.len() - 3], Some(sym::Float64)),
        () => (text, None),
    };
    let end = digits.find(|c: char| c.is_alphabetic() && !matches!(c, 'e' | 'E')).unwrap_or(digits.len());
    let (number, rest) = digits.split_at(end);
    if !rest.is_empty() {
        let rest_span = Span::new(span.hi - rest.len() as u32, span.hi);
        diags.push(bad_suffix(rest, rest_span, 10));
    }
    (number.chars().filter(|c| *c != '_').collect(), suffix)
}

/// A duration in nanoseconds.
pub(crate) fn duration(text: &str, span: Span, diags: &mut Vec<Diagnostic>) -> i64 {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let scale: i64 = match unit {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => {
            let diag = Diagnostic::error(codes::BAD_NUMBER, span, "a duration is a whole number and a unit");
            diags.push(diag.note("write the next smaller unit: `1500ms` for one and a half seconds"));
            return 0;
        }
    };
    let number: Option<i64> = digits
        .chars()
        .filter_map(|c| c.to_digit(10))
        .try_fold(0i64, |acc, digit| acc.checked_mul(10)?.checked_add(i64::from(digit)));
    number.and_then(|n| n.checked_mul(scale)).unwrap_or_else(|| {
        let diag = Diagnostic::error(codes::NUMBER_TOO_LARGE, span, "this duration is too long");
        diags.push(diag.note("durations count nanoseconds in 64 bits, up to about 292 years"));
        0
    })
}

/// A character literal with its quotes.
pub(crate) fn char(text: &str, span: Span, diags: &mut Vec<Diagnostic>) -> char {
    if let [_, byte, _] = text.as_bytes() {
        return char::from(*byte);
    }
    let inner = text.get(1..text.len() - 1).unwrap_or("");
    let mut out = String::new();
    unescape(inner, span.lo + 1, false, &mut out, diags);
    let mut chars = out.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => c,
        (first, _) => {
            diags.push(Diagnostic::error(
                codes::BAD_CHAR,
                span,
                "a character literal holds exactly one character",
            ));
            first.unwrap_or('\0')
        }
    }
}

/// Whether the text of a string is its value.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.bytes().any(|b| matches!(b, b'\\' | b'{' | b'}' | b'\r'))
}

/// Appends `text` with its escapes replaced; in strings (`braces`) `{{` and `}}` are single braces.
pub(crate) fn unescape(text: &str, base: u32, braces: bool, out: &mut String, diags: &mut Vec<Diagnostic>) {
    let mut pos = 0;
    while let Some(len) = text[pos..].find(['\\', '{', '}', '\r']) {
        out.push_str(&text[pos..pos + len]);
        pos += len;
        let rest = &text[pos..];
        let at = Span::new(base + pos as u32, base + pos as u32 + 1);
        pos += match rest.as_bytes() {
            [b'\\', ..] => escape(rest, at, braces, out, diags),
            [b'\r', b'\n', ..] => 1,
            [b'{', b'{', ..] if braces => push(out, '{', 2),
            [b'}', b'}', ..] if braces => push(out, '}', 2),
            [b'}', ..] if braces => {
                let diag = Diagnostic::error(codes::LONE_BRACE, at, "this `}` closes no hole");
                diags.push(diag.fix("write `}}` for a brace in the text", at, "}}"));
                push(out, '}', 1)
            }
            [byte, ..] => push(out, char::from(*byte), 1),
            [] => break,
        };
    }
    out.push_str(&text[pos..]);
}

fn push(out: &mut String, c: char, len: usize) -> usize {
    out.push(c);
    len
}

/// One escape at the start of `rest`; returns its length.
fn escape(rest: &str, at: Span, in_string: bool, out: &mut String, diags: &mut Vec<Diagnostic>) -> usize {
    let Some(c) = rest[1..].chars().next() else {
        diags.push(Diagnostic::error(codes::BAD_ESCAPE, at, "nothing follows the `\\`"));
        return 1;
    };
    let plain = match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '0' => '\0',
        '\\' | '"' | '\'' | '{' | '}' => c,
        'x' => return hex_escape(rest, at, out, diags),
        'u' => return unicode_escape(rest, at, out, diags),
        _ => {
            let span = Span::new(at.lo, at.lo + 1 + c.len_utf8() as u32);
            let diag =
                Diagnostic::error(codes::BAD_ESCAPE, span, format!("`\\{}` is no escape", c.escape_debug()))
                    .note("escapes are `\\n \\t \\r \\0 \\\\ \\\" \\' \\{ \\} \\xNN \\u{…}`");
            // A character literal has no room for the backslash and what follows it.
            diags.push(match in_string {
                true if c == '(' => diag.note("a value stands in braces: `\"n is {n}\"`"),
                true => diag.fix_likely("write the backslash itself", at, "\\\\"),
                false => diag,
            });
            out.push(c);
            return 1 + c.len_utf8();
        }
    };
    push(out, plain, 2)
}

/// `\xNN`, two digits, ASCII only: a string is UTF-8, so larger bytes would be ambiguous.
fn hex_escape(rest: &str, at: Span, out: &mut String, diags: &mut Vec<Diagnostic>) -> usize {
    let digits = rest[2..].bytes().take(2).take_while(u8::is_ascii_hexdigit).count();
    let span = Span::new(at.lo, at.lo + 2 + digits as u32);
    let value = u8::from_str_radix(&rest[2..2 + digits], 16).unwrap_or(0);
    if digits < 2 {
        diags.push(Diagnostic::error(codes::BAD_ESCAPE, span, "`\\x` needs two hexadecimal digits"));
    } else if value > 0x7F {
        let fixed = format!("\\u{{{value:X}}}");
        let diag = Diagnostic::error(codes::BAD_ESCAPE, span, "`\\x` goes up to `\\x7F`");
        diags.push(diag.fix_likely("write the code point", span, fixed));
    }
    push(out, char::from(value), 2 + digits)
}

fn unicode_escape(rest: &str, at: Span, out: &mut String, diags: &mut Vec<Diagnostic>) -> usize {
    if rest[2..].bytes().take(4).take_while(u8::is_ascii_hexdigit).count() == 4 {
        let span = Span::new(at.lo, at.lo + 6);
        let message = "the code point of `\\u` stands in braces";
        let fixed = format!("\\u{{{}}}", &rest[2..6]);
        diags.push(Diagnostic::error(codes::BAD_ESCAPE, span, message).fix("add the braces", span, fixed));
        return push(out, char::REPLACEMENT_CHARACTER, 6);
    }
    let mut fault = |len: usize, message: &str| {
        diags.push(Diagnostic::error(codes::BAD_ESCAPE, Span::new(at.lo, at.lo + len as u32), message));
        out.push(char::REPLACEMENT_CHARACTER);
        len
    };
    let Some(body) = rest[2..].strip_prefix('{') else {
        return fault(2, "`\\u` needs a code point in braces: `\\u{1F600}`");
    };
    let digits = body.bytes().take_while(|b| b.is_ascii_hexdigit() || *b == b'_').count();
    if !body[digits..].starts_with('}') {
        return fault(3 + digits, "`\\u{` needs hexadecimal digits and a `}`");
    }
    let len = digits + 4;
    let text: String = body[..digits].chars().filter(|c| *c != '_').collect();
    if text.is_empty() || text.len() > 6 {
        return fault(len, "`\\u{…}` needs one to six hexadecimal digits");
    }
    match u32::from_str_radix(&text, 16).ok().and_then(char::from_u32) {
        Some(c) => push(out, c, len),
        None => fault(len, "this is no Unicode scalar value (they end at 10FFFF and leave out D800 to DFFF)"),
    }
}

/// The format of a hole, from its `:` on.
pub(crate) fn format_spec(text: &str, span: Span, diags: &mut Vec<Diagnostic>) -> FormatSpec {
    let mut spec = FormatSpec {
        fill: ' ',
        align: None,
        plus: false,
        alternate: false,
        zero: false,
        width: None,
        precision: None,
        ty: None,
        span,
    };
    let mut rest = text.strip_prefix(':').unwrap_or(text).trim_end_matches([' ', '\t', '\r']);
    let mut chars = rest.chars();
    let (first, second) = (chars.next(), chars.next());
    if let (Some(fill), Some(align)) = (first, second.and_then(align)) {
        (spec.fill, spec.align) = (fill, Some(align));
        rest = chars.as_str();
    } else if let Some(align) = first.and_then(align) {
        spec.align = Some(align);
        rest = &rest[1..];
    }
    spec.plus = eat(&mut rest, '+');
    spec.alternate = eat(&mut rest, '#');
    spec.zero = eat(&mut rest, '0');
    let mut fits = true;
    spec.width = number(&mut rest, &mut fits);
    if eat(&mut rest, '.') {
        spec.precision = number(&mut rest, &mut fits);
        fits &= spec.precision.is_some();
    }
    spec.ty = rest.chars().next().filter(|c| matches!(c, 'x' | 'X' | 'o' | 'b' | 'e'));
    if spec.ty.is_some() {
        rest = &rest[1..];
    }
    if !rest.is_empty() || !fits {
        let diag = Diagnostic::error(codes::BAD_FORMAT, span, "this format is not understood")
            .note("a format is `[[fill]align][+][#][0][width][.precision][type]`")
            .note("align is one of `< ^ >`, type one of `x X o b e`; width and precision go up to 9999");
        diags.push(match text.contains('{') {
            true => {
                diag.note("they are numbers; `x.pad_start(w, ' ')` brings text to a width that is a value")
            }
            false => diag,
        });
    }
    spec
}

fn align(c: char) -> Option<Align> {
    Some(match c {
        '<' => Align::Left,
        '^' => Align::Center,
        '>' => Align::Right,
        _ => return None,
    })
}

fn eat(rest: &mut &str, c: char) -> bool {
    match rest.strip_prefix(c) {
        Some(after) => {
            *rest = after;
            true
        }
        None => false,
    }
}

fn number(rest: &mut &str, fits: &mut bool) -> Option<u32> {
    let len = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, after) = rest.split_at(len);
    *rest = after;
    *fits &= len <= 4;
    digits.parse().ok().filter(|_| len <= 4)
}

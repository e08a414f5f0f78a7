//! Source maps, version 3: the module is one line whose columns are byte offsets
//! (https://tc39.es/ecma426/, https://github.com/WebAssembly/tool-conventions/blob/main/Debugging.md).

use std::fmt::Write;

use super::{Places, rows};
use crate::ctx::Ctx;
use crate::function::Compiled;

/// `code_start` is the module's offset of the code section's contents.
pub fn write(ctx: &Ctx, functions: &[Compiled], places: &Places, code_start: usize) -> String {
    let mut files: Vec<u32> = Vec::new();
    let mut mappings = String::new();
    // Column, source, line and column there; each is written as the difference to the segment before.
    let mut last = [0i64; 4];
    for ((n, function), &start) in functions.iter().enumerate().zip(&places.bodies) {
        let span = ctx.module.funcs[ctx.defined[n]].span;
        for (offset, at) in rows(ctx, function, span) {
            let file = files.iter().position(|&file| file == at.file).unwrap_or_else(|| {
                files.push(at.file);
                files.len() - 1
            });
            let column = code_start + start + offset as usize;
            let segment = [column as i64, file as i64, i64::from(at.line) - 1, i64::from(at.column) - 1];
            if !mappings.is_empty() {
                mappings.push(',');
            }
            segment.iter().zip(last).for_each(|(now, last)| vlq(&mut mappings, now - last));
            last = segment;
        }
    }
    let name =
        |&file: &u32| json_string(ctx.opts.positions.map_or("", |positions| positions.file_name(file)));
    let sources: Vec<String> = files.iter().map(name).collect();
    format!("{{\"version\":3,\"sources\":[{}],\"names\":[],\"mappings\":\"{mappings}\"}}", sources.join(","))
}

/// A signed number in base 64, five bits a digit, the sign in the lowest bit.
fn vlq(out: &mut String, n: i64) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut rest = n.unsigned_abs() << 1 | u64::from(n < 0);
    loop {
        let digit = rest & 31;
        rest >>= 5;
        let more = u64::from(rest != 0) << 5;
        out.push(DIGITS[(digit | more) as usize].into());
        if rest == 0 {
            return;
        }
    }
}

fn json_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => write!(out, "\\u{:04x}", c as u32).expect("a string takes all text"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

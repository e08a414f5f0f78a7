//! The calls that led to a panic, which programs built with `-g` ask for: they cannot see their own stack.
//!
//! Native programs print the same by themselves: library/sys/linux/backtrace.gal, with what is printed made by
//! compiler/backend-llvm/src/line_table.rs.

use crate::context::Context;
use std::fmt::Write;
use wasmtime::{Caller, FrameSymbol, WasmBacktrace};

/// Writing to a file of this number asks for the calls. Must match library/sys/wasi/backtrace.gal.
pub(crate) const REQUEST: u32 = 0x4741_4C00;

/// The most frames that are looked at, and lines that are printed: of a deep recursion the innermost. Must match
/// library/sys/linux/backtrace.gal.
pub(crate) const BACKTRACE_MAX: usize = 100;

/// Where what panics are made of is: nothing that a program has done. Must match compiler/backend-llvm/src/line_table.rs.
const MACHINERY: [&str; 2] = ["library/runtime/", "library/sys/"];

pub(crate) fn print(caller: &mut Caller<'_, Context>) {
    let backtrace = WasmBacktrace::force_capture(&*caller);
    let symbols = backtrace.frames().iter().flat_map(|frame| frame.symbols());
    let lines: String = symbols.filter_map(line).take(BACKTRACE_MAX).collect();
    caller.data_mut().stderr.report(lines.as_bytes());
}

/// Nothing for code of no source.
fn line(symbol: &FrameSymbol) -> Option<String> {
    let (name, file, line) = (symbol.name()?, symbol.file()?, symbol.line().filter(|&line| line > 0)?);
    if MACHINERY.iter().any(|folder| file.starts_with(folder)) {
        return None;
    }
    let mut text = format!("    at {name} ({file}:{line}");
    if let Some(column) = symbol.column().filter(|&column| column > 0) {
        let _ = write!(text, ":{column}");
    }
    text.push_str(")\n");
    Some(text)
}

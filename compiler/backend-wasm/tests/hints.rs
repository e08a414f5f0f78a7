//! The section that tells engines which branches are hardly ever taken.

mod common;

use backend_wasm::EmitOptions;
use common::compile;
use lir::parse_module;
use wasmparser::{BranchHintSectionReader, KnownCustom, Parser, Payload};

const IF: u8 = 0x04;
const BR_IF: u8 = 0x0d;

/// Both ways of `clamp` return; one of each branch in `sum` ends in a trap.
const TEXT: &str = "
export \"clamp\" @clamp
export \"sum\" @sum
func @clamp(%a: i32) -> (i32) {
b: %limit = i32.const 10
  %c = i32.lt_u %a, %limit
  br_if %c, small, large
small: return %a
large: return %limit
}
func @sum(%n: i32, %limit: i32) -> (i32) {
b: %one = i32.const 1
  %i = i32.const 0
  br head
head: %inside = i32.lt_u %i, %limit
  br_if %inside, next, bad
next: %i = i32.add %i, %one
  %more = i32.ne %i, %n
  br_if %more, head, last
last: %odd = i32.and %n, %one
  br_if %odd, worse, done
done: return %i
bad: unreachable
worse: unreachable
}
";

/// For each hint the function, the instruction that it stands for, and whether it is taken as a rule.
fn hints(options: &EmitOptions) -> Vec<(u32, u8, bool)> {
    let module = parse_module(TEXT).unwrap_or_else(|error| panic!("{error}"));
    let wasm = compile(&module, options);
    let (mut bodies, mut found) = (Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(&wasm) {
        match payload.expect("a valid module") {
            Payload::CodeSectionEntry(body) => bodies.push(body.range().start),
            Payload::CustomSection(section) => {
                let KnownCustom::BranchHints(reader) = section.as_known() else { continue };
                assert!(bodies.is_empty(), "engines read hints before the code");
                found.extend(of_functions(reader));
            }
            _ => {}
        }
    }
    let instruction = |func: u32, offset: u32| wasm[bodies[func as usize] + offset as usize];
    found.into_iter().map(|(func, offset, taken)| (func, instruction(func, offset), taken)).collect()
}

fn of_functions(reader: BranchHintSectionReader) -> Vec<(u32, u32, bool)> {
    let functions = reader.into_iter().map(|function| function.expect("a valid section"));
    let hints = functions.flat_map(|function| {
        let hints: Vec<_> = function.hints.into_iter().map(|hint| hint.expect("a valid hint")).collect();
        hints.into_iter().map(move |hint| (function.func, hint.func_offset, hint.taken))
    });
    hints.collect()
}

/// The test at the head of `sum`'s loop stands before it and again at its end, where it goes on as a rule; `worse` is
/// nested in the `if` that leads to it.
#[test]
fn branches_to_what_never_returns_are_hinted() {
    let found = hints(&EmitOptions { branch_hints: true, ..EmitOptions::release() });
    assert_eq!(found, [(1, IF, true), (1, IF, false), (1, BR_IF, true)]);
}

#[test]
fn hints_are_left_out_unless_asked_for() {
    assert_eq!(hints(&EmitOptions::release()), []);
}

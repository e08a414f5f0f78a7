//! Runs every program in `tests/lir` at several levels, and compares with the expectations in its comments. The runner
//! is that of the wasm backend's tests: both backends' modules must do the same.

#![cfg(feature = "llvm")]

#[path = "../../backend-wasm/tests/common/mod.rs"]
mod common;

use std::path::Path;

use backend::{ArtifactKind, Backend, BackendError, CompileOptions, OptLevel, Profiling};
use backend_llvm::LlvmBackend;
use common::{Runner, check, check_vectors};
use lir::random::vector::vector_program;
use lir::script::parse_runs;
use lir::{Module, parse_module};
use wasmparser::{CompositeInnerType, Parser, Payload, Validator, WasmFeatures};

const LEVELS: [OptLevel; 4] = [OptLevel::O0, OptLevel::O2, OptLevel::O3, OptLevel::Oz];

/// Runs that behave otherwise, and why. They ask what happens at addresses that no valid program accesses: at -O0 LLVM adds
/// an offset where WebAssembly's instruction would.
const UNLIKE: [&str; 1] = ["memory_bounds.lir -O0: byte[Ptr(1)]"];

fn options(level: OptLevel) -> CompileOptions<'static> {
    CompileOptions {
        artifact: ArtifactKind::WasmModule,
        level,
        passes_off: &[],
        names: true,
        debug_info: None,
        profiling: &Profiling::Off,
    }
}

fn compile(module: &Module, level: OptLevel) -> Result<Vec<u8>, String> {
    let wasm = LlvmBackend.compile(module, &options(level)).map_err(|error| error.to_string())?.bytes;
    let features = WasmFeatures::default()
        | WasmFeatures::EXCEPTIONS
        | WasmFeatures::RELAXED_SIMD
        | WasmFeatures::MEMORY64;
    Validator::new_with_features(features).validate_all(&wasm).map_err(|e| format!("invalid module: {e}"))?;
    Ok(wasm)
}

fn programs() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/lir");
    let paths =
        std::fs::read_dir(folder).expect("tests/lir is there").map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|it| it == "lir")).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), std::fs::read_to_string(path).expect("a text"))).collect()
}

#[test]
fn programs_do_what_their_comments_say() {
    let runner = Runner::new();
    let mut failures = Vec::new();
    let mut n_runs = 0;
    for (name, text) in programs() {
        let module = parse_module(&text).unwrap_or_else(|error| panic!("{name}:{error}"));
        let runs = parse_runs(&text, &module).unwrap_or_else(|error| panic!("{name}:{error}"));
        for level in LEVELS {
            let wasm = match compile(&module, level) {
                Ok(wasm) => wasm,
                // Which programs of GAL never have.
                Err(message) if message.contains("calls with several results") => continue,
                Err(message) => {
                    failures.push(format!("{name} -O{}: {message}", level.name()));
                    continue;
                }
            };
            for run in &runs {
                n_runs += 1;
                let what = format!("{name} -O{}: {}{:?}", level.name(), run.export, run.args);
                let is_unlike = UNLIKE.contains(&what.as_str());
                match check(&runner, &wasm, &module, run) {
                    Err(message) if !is_unlike => failures.push(format!("{what}: {message}")),
                    Ok(()) if is_unlike => failures.push(format!("{what}: is like the others now")),
                    _ => {}
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} of {n_runs} failed:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn vector_operations_give_what_the_table_says() {
    let runner = Runner::new();
    let mut failures = Vec::new();
    for op in lir::simd::Op::all() {
        let program = vector_program(op, 7);
        for level in [OptLevel::O0, OptLevel::O3] {
            match compile(&program.module, level) {
                Ok(wasm) => {
                    let wrong = check_vectors(&runner, &wasm, &program);
                    failures.extend(wrong.into_iter().map(|it| format!("-O{} {it}", level.name())));
                }
                Err(message) => failures.push(format!("{op} -O{}: {message}", level.name())),
            }
        }
    }
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}

/// The numbers of results of all function types in a module.
fn result_counts(wasm: &[u8]) -> Vec<usize> {
    let mut counts = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::TypeSection(section) = payload.expect("a valid module") {
            let groups = section.into_iter().flat_map(|group| group.expect("a valid type").into_types());
            let types = groups.map(|ty| ty.composite_type.inner);
            counts.extend(types.filter_map(|ty| match ty {
                CompositeInnerType::Func(ty) => Some(ty.results().len()),
                _ => None,
            }));
        }
    }
    counts
}

/// The ABI that gives several results back as such is experimental, and without it LLVM says nothing.
#[test]
fn several_results_are_results_of_the_function() {
    let text =
        "export \"main\" @main\nfunc @main(%a: i32) -> (i32, i32, i32) {\nb0:\n  return %a, %a, %a\n}\n";
    let module = parse_module(text).expect("it is right");
    let wasm = compile(&module, OptLevel::O0).expect("it compiles");
    assert!(result_counts(&wasm).contains(&3), "{:?}", result_counts(&wasm));
}

const NATIVE: &str = "target \"x86_64-linux\" pointer 8 results 2 stack 1048576 unwind\n";

fn native_error(text: &str, artifact: ArtifactKind) -> BackendError {
    let module = parse_module(&format!("{NATIVE}{text}")).expect("it is right");
    let options = CompileOptions { artifact, ..options(OptLevel::O2) };
    LlvmBackend.compile(&module, &options).expect_err("it cannot be made")
}

#[test]
fn native_code_has_a_start_and_no_pages() {
    let part = "export \"part\" @part\nfunc @part() {\nb0:\n  return\n}\n";
    let error = native_error(part, ArtifactKind::Object);
    assert!(matches!(&error, BackendError::Unsupported(what) if what.contains("`fn main()`")), "{error}");
    let error = native_error(part, ArtifactKind::WasmModule);
    assert!(matches!(&error, BackendError::Unsupported(what) if what.contains("`x86_64-linux`")), "{error}");
    let pages = "export \"_start\" @start\nfunc @start() {\nb0:\n  %n = mem.size\n  return\n}\n";
    let error = native_error(pages, ArtifactKind::Object);
    assert!(matches!(&error, BackendError::Internal(what) if what.contains("pages")), "{error}");
}

/// A panic's test is told to be unlikely, functions that do nothing but panic to be cold, and nothing unwinds.
#[test]
fn native_panics_are_results() {
    let text = "export \"_start\" @start
func @start() {
b0:
  %n = i32.const 3
  invoke @outer(%n) to b1 unwind b2
b1:
  return
landing b2:
  unreachable
}
func @outer(%n: i32) unwinds noinline {
b0:
  call @inner(%n)
  call @inner(%n)
  return
}
func @inner(%n: i32) unwinds noinline {
b0:
  br_if %n, b1, b2
b1:
  call @fail()
  unreachable
b2:
  return
}
func @fail() unwinds noinline {
b0:
  throw
}
";
    let module = parse_module(&format!("{NATIVE}{text}")).expect("it is right");
    let options = CompileOptions { artifact: ArtifactKind::LlvmIr, ..options(OptLevel::O0) };
    let ir = LlvmBackend.compile(&module, &options).expect("it compiles").bytes;
    let ir = String::from_utf8(ir).expect("it is text");
    assert!(!ir.contains("invoke ") && !ir.contains("personality"), "{ir}");
    assert_eq!(ir.matches("!prof !").count(), 3, "{ir}");
    let fail = ir.lines().find(|line| line.contains("define internal i32 @gal.fail()")).expect("it is there");
    let group = fail.split('#').nth(1).and_then(|rest| rest.split(' ').next()).expect("it has attributes");
    let attributes =
        ir.lines().find(|line| line.starts_with(&format!("attributes #{group} "))).expect("they are there");
    assert!(
        attributes.contains(" cold ") && attributes.contains("\"probe-stack\"=\"inline-asm\""),
        "{attributes}"
    );
}

/// What lies on the way to a module can be had.
#[test]
fn all_artifacts_are_made() {
    let module = parse_module("export \"main\" @main\nfunc @main(%a: i32) -> i32 {\nb0:\n  return %a\n}\n");
    let module = module.expect("it is right");
    let make = |artifact| {
        let options = CompileOptions { artifact, ..options(OptLevel::O2) };
        LlvmBackend.compile(&module, &options).map(|artifact| artifact.bytes)
    };
    let text = |kind| String::from_utf8(make(kind).expect("it is made")).expect("it is text");
    assert!(text(ArtifactKind::LlvmIr).contains("\"wasm-export-name\"=\"main\""));
    assert!(text(ArtifactKind::Asm).contains(".export_name"));
    assert!(make(ArtifactKind::Bitcode).expect("it is made").starts_with(b"BC\xC0\xDE"));
    assert!(make(ArtifactKind::Object).expect("it is made").starts_with(b"\0asm"));
    let error = make(ArtifactKind::Executable).expect_err("there is none for this target");
    assert!(matches!(&error, BackendError::Unsupported(what) if what.contains("an executable")), "{error}");
}

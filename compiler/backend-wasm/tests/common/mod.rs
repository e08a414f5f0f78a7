//! Runs emitted modules on wasmtime, with the part of WASI preview 1 that the programs in `tests/lir` use.

#![allow(dead_code, reason = "each test uses its part")]

use backend_wasm::{EmitOptions, emit, to_wat};
use lir::random::vector::VectorProgram;
use lir::script::{Expect, Run};
use lir::{Imm, Module, Ty};
use wasmparser::{Validator, WasmFeatures};
use wasmtime::{Caller, Config, Engine, Extern, Instance, Linker, Store, ThrownException, Val};

/// How a call ended, as far as engines can agree.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    Returned(Vec<Imm>),
    Exited(i32),
    Trapped(String),
    Threw,
}

#[derive(Default)]
pub struct Host {
    pub argv: Vec<String>,
    pub stdin: Vec<u8>,
    pub stdout: Vec<u8>,
    /// What `trace(i32)` was called with.
    pub trace: Vec<i32>,
    /// Calls of `trace` that are allowed; the next one traps.
    pub fuel: Option<usize>,
    pub read: usize,
}

#[derive(Debug)]
struct Exit(i32);

impl std::fmt::Display for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {}", self.0)
    }
}

impl std::error::Error for Exit {}

pub struct Runner {
    engine: Engine,
}

/// Emits and validates. On an invalid module shows its text.
pub fn compile(module: &Module, opts: &EmitOptions) -> Vec<u8> {
    let wasm = emit(module, opts).expect("no limit is exceeded").wasm;
    let features = WasmFeatures::default()
        | WasmFeatures::EXCEPTIONS
        | WasmFeatures::MEMORY64
        | WasmFeatures::THREADS
        | WasmFeatures::RELAXED_SIMD;
    if let Err(error) = Validator::new_with_features(features).validate_all(&wasm) {
        let text = to_wat(&wasm).unwrap_or_else(|error| error);
        panic!("invalid module: {error}\n{text}\n{}", lir::print_module(module));
    }
    wasm
}

impl Runner {
    pub fn new() -> Runner {
        let mut config = Config::new();
        config.wasm_exceptions(true).wasm_memory64(true).wasm_threads(true).wasm_relaxed_simd(true);
        config.cranelift_opt_level(wasmtime::OptLevel::None);
        // A loop that should have ended is a failure, not a test that never does.
        config.consume_fuel(true);
        Runner { engine: Engine::new(&config).expect("the engine supports what is emitted") }
    }

    pub fn call(&self, wasm: &[u8], export: &str, args: &[Imm], ptr64: bool, host: &mut Host) -> Outcome {
        let module = wasmtime::Module::new(&self.engine, wasm).unwrap_or_else(|error| {
            panic!("{error:?}\n{}", to_wat(wasm).unwrap_or_default());
        });
        let mut store = Store::new(&self.engine, std::mem::take(host));
        store.set_fuel(100_000_000).expect("fuel is on");
        let outcome = self.instantiate(&module, &mut store).and_then(|instance| {
            let func = instance.get_func(&mut store, export).expect("the export is there");
            let args: Vec<Val> = args.iter().map(|&arg| to_val(arg, ptr64)).collect();
            let mut results = vec![Val::I32(0); func.ty(&store).results().len()];
            func.call(&mut store, &args, &mut results)?;
            Ok(results)
        });
        *host = store.into_data();
        match outcome {
            Ok(results) => Outcome::Returned(results.into_iter().map(from_val).collect()),
            Err(error) if error.is::<ThrownException>() => Outcome::Threw,
            Err(error) => match error.downcast_ref::<Exit>() {
                Some(exit) => Outcome::Exited(exit.0),
                None => Outcome::Trapped(format!("{error:?}")),
            },
        }
    }

    /// Several calls in one instance without imports, none of which ends it.
    pub fn calls(&self, wasm: &[u8], calls: &[(String, Vec<Imm>)]) -> Vec<Outcome> {
        let module = wasmtime::Module::new(&self.engine, wasm).expect("a valid module");
        let mut store = Store::new(&self.engine, Host::default());
        store.set_fuel(u64::MAX).expect("fuel is on");
        let instance = self.instantiate(&module, &mut store).expect("no start function");
        let mut call = |(export, args): &(String, Vec<Imm>)| {
            let func = instance.get_func(&mut store, export).expect("the export is there");
            let args: Vec<Val> = args.iter().map(|&arg| to_val(arg, false)).collect();
            let mut results = vec![Val::I32(0); func.ty(&store).results().len()];
            func.call(&mut store, &args, &mut results).expect("no trap");
            Outcome::Returned(results.into_iter().map(from_val).collect())
        };
        calls.iter().map(&mut call).collect()
    }

    fn instantiate(&self, module: &wasmtime::Module, store: &mut Store<Host>) -> wasmtime::Result<Instance> {
        let mut linker = Linker::new(&self.engine);
        preview1(&mut linker)?;
        linker.func_wrap("test", "trace", |mut caller: Caller<'_, Host>, n: i32| {
            let host = caller.data_mut();
            host.trace.push(n);
            match host.fuel {
                Some(fuel) if host.trace.len() > fuel => Err(Exit(-1).into()),
                _ => Ok(()),
            }
        })?;
        linker.instantiate(store, module)
    }
}

fn to_val(imm: Imm, ptr64: bool) -> Val {
    match imm {
        Imm::I32(n) => Val::I32(n),
        Imm::I64(n) => Val::I64(n),
        Imm::F32(bits) => Val::F32(bits),
        Imm::F64(bits) => Val::F64(bits),
        Imm::V128(bits) => Val::V128(bits.into()),
        Imm::Ptr(n) if ptr64 => Val::I64(n),
        Imm::Ptr(n) => Val::I32(n as i32),
    }
}

fn from_val(val: Val) -> Imm {
    match val {
        Val::I32(n) => Imm::I32(n),
        Val::I64(n) => Imm::I64(n),
        Val::F32(bits) => Imm::F32(bits),
        Val::F64(bits) => Imm::F64(bits),
        Val::V128(bits) => Imm::V128(bits.as_u128()),
        other => panic!("a function returned {other:?}"),
    }
}

/// Results as LIR types them: wasm's integers may be LIR's pointers.
pub fn typed(values: Vec<Imm>, tys: &[Ty]) -> Vec<Imm> {
    let typed = |(value, ty): (Imm, &Ty)| match (value, ty) {
        (Imm::I32(n), Ty::Ptr) => Imm::Ptr((n as u32).into()),
        (Imm::I64(n), Ty::Ptr) => Imm::Ptr(n),
        (value, _) => value,
    };
    values.into_iter().zip(tys).map(typed).collect()
}

fn preview1(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    const MODULE: &str = "wasi_snapshot_preview1";
    linker
        .func_wrap(MODULE, "proc_exit", |status: i32| -> wasmtime::Result<()> { Err(Exit(status).into()) })?;
    linker.func_wrap(
        MODULE,
        "fd_write",
        |mut caller: Caller<'_, Host>, fd: i32, iovs: u32, n: u32, written: u32| {
            let mut total = 0;
            if !(1..=2).contains(&fd) {
                return 8;
            }
            for (at, len) in vectors(&mut caller, iovs, n) {
                let bytes = memory(&mut caller)[at..at + len].to_vec();
                if fd == 1 {
                    caller.data_mut().stdout.extend(bytes);
                }
                total += len as u32;
            }
            put_u32(&mut caller, written, total);
            0i32
        },
    )?;
    linker.func_wrap(
        MODULE,
        "fd_read",
        |mut caller: Caller<'_, Host>, _: i32, iovs: u32, n: u32, read: u32| {
            let mut total = 0;
            for (at, len) in vectors(&mut caller, iovs, n) {
                let host = caller.data_mut();
                let rest = &host.stdin[host.read..];
                let bytes = rest[..len.min(rest.len())].to_vec();
                host.read += bytes.len();
                memory(&mut caller)[at..at + bytes.len()].copy_from_slice(&bytes);
                total += bytes.len() as u32;
            }
            put_u32(&mut caller, read, total);
            0i32
        },
    )?;
    linker.func_wrap(MODULE, "args_sizes_get", |mut caller: Caller<'_, Host>, n: u32, bytes: u32| {
        let (count, size) = {
            let argv = &caller.data().argv;
            (argv.len(), argv.iter().map(|arg| arg.len() + 1).sum::<usize>())
        };
        put_u32(&mut caller, n, count as u32);
        put_u32(&mut caller, bytes, size as u32);
        0i32
    })?;
    linker.func_wrap(MODULE, "args_get", |mut caller: Caller<'_, Host>, mut argv: u32, mut at: u32| {
        for arg in caller.data().argv.clone() {
            put_u32(&mut caller, argv, at);
            let bytes = [arg.as_bytes(), b"\0"].concat();
            memory(&mut caller)[at as usize..at as usize + bytes.len()].copy_from_slice(&bytes);
            (argv, at) = (argv + 4, at + bytes.len() as u32);
        }
        0i32
    })?;
    Ok(())
}

fn memory<'a>(caller: &'a mut Caller<'_, Host>) -> &'a mut [u8] {
    match caller.get_export("memory") {
        Some(Extern::Memory(memory)) => memory.data_mut(caller),
        _ => panic!("preview 1 needs the memory"),
    }
}

fn vectors(caller: &mut Caller<'_, Host>, at: u32, n: u32) -> Vec<(usize, usize)> {
    let memory = memory(caller);
    let word =
        |at: u32| u32::from_le_bytes(memory[at as usize..at as usize + 4].try_into().unwrap()) as usize;
    (0..n).map(|i| (word(at + i * 8), word(at + i * 8 + 4))).collect()
}

fn put_u32(caller: &mut Caller<'_, Host>, at: u32, n: u32) {
    memory(caller)[at as usize..at as usize + 4].copy_from_slice(&n.to_le_bytes());
}

/// Runs an export, and compares with what the comment of its program says.
pub fn check(runner: &Runner, wasm: &[u8], module: &Module, run: &Run) -> Result<(), String> {
    let mut host = Host { argv: run.argv.clone(), stdin: run.stdin.clone(), ..Host::default() };
    let outcome = runner.call(wasm, &run.export, &run.args, false, &mut host);
    let export = module.exports.iter().find(|export| export.name == run.export).expect("the export is there");
    let tys = &module.funcs[export.func].sig.results;
    let ok = match (&run.expect, &outcome) {
        (Expect::Returns(expected), Outcome::Returned(values)) => {
            let values = typed(values.clone(), tys);
            expected.len() == values.len() && expected.iter().zip(values).all(|(it, value)| it.accepts(value))
        }
        (Expect::Traps, Outcome::Trapped(_)) | (Expect::Throws, Outcome::Threw) => true,
        (Expect::Exits(status), Outcome::Exited(found)) => status == found,
        _ => false,
    };
    match &run.stdout {
        _ if !ok => Err(format!("expected {:?}, found {outcome:?}", run.expect)),
        Some(text) if *text != host.stdout => {
            Err(format!("wrote {:?}", String::from_utf8_lossy(&host.stdout)))
        }
        _ => Ok(()),
    }
}

/// What is wrong with a module of a row of the table of vector operations.
pub fn check_vectors(runner: &Runner, wasm: &[u8], program: &VectorProgram) -> Vec<String> {
    let calls: Vec<(String, Vec<Imm>)> =
        program.runs.iter().map(|run| (run.export.clone(), run.args.clone())).collect();
    let outcomes = runner.calls(wasm, &calls);
    let wrong = program.runs.iter().zip(outcomes).filter_map(|(run, outcome)| {
        let ok = match (&run.expect, &outcome) {
            (Expect::Returns(expected), Outcome::Returned(values)) => {
                expected.len() == values.len()
                    && expected.iter().zip(values).all(|(it, value)| it.accepts(*value))
            }
            _ => false,
        };
        (!ok)
            .then(|| format!("{}{:x?}: expected {:x?}, found {outcome:x?}", run.export, run.args, run.expect))
    });
    wrong.collect()
}

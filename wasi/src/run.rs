//! One run: a thread with a stack large enough, a store, an instance, a call, and a watch over its time.

use crate::context::{Context, Deadline, TimedOut};
use crate::engine::{Checks, MAX_WASM_STACK, Program};
use crate::options::{Entry, RunOptions, Value};
use crate::outcome::{End, Outcome, RunError, STACK_POINTER, chain, classify};
use crate::preview1;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use wasmtime::{Engine, Func, Instance, Linker, Module, Store, UpdateDeadline, Val};

/// Stack for the host's functions, beyond what WebAssembly frames may take.
const HOST_STACK: usize = 4 << 20;

/// How long after its deadline a run may take to notice it before its thread is given up.
const GRACE: Duration = Duration::from_secs(5);

impl Program {
    /// Runs the program in a fresh instance, on a thread of its own, and waits for its end.
    pub fn run(&self, options: &RunOptions) -> Result<Outcome, RunError> {
        let checks = Checks { interruptible: options.timeout.is_some(), fueled: options.fuel.is_some() };
        let module = self.module(checks)?;
        let engine = module.engine().clone();
        let deadline = options.timeout.and_then(Deadline::after);
        let options = options.clone();
        let (sender, receiver) = channel();
        let thread = std::thread::Builder::new()
            .name("wasm".to_string())
            .stack_size(MAX_WASM_STACK + HOST_STACK)
            .spawn(move || {
                // The receiver is gone only if this run was given up.
                let _ = sender.send(execute(&module, &options, deadline));
            })
            .map_err(|error| RunError::Host(format!("cannot start a thread: {error}")))?;
        let result = watch(&engine, &receiver, deadline);
        match result {
            Watched::Done(result) => {
                thread
                    .join()
                    .map_err(|_| RunError::Host("the thread of the program panicked".to_string()))?;
                result
            }
            Watched::Vanished => Err(RunError::Host(match thread.join() {
                Err(panic) => panic_text(panic.as_ref()),
                Ok(()) => "the thread of the program ended without a result".to_string(),
            })),
            Watched::Stuck(limit) => Ok(given_up(limit)),
        }
    }
}

enum Watched {
    Done(Result<Outcome, RunError>),
    /// The thread ended without a result.
    Vanished,
    /// The run did not react to the end of its time.
    Stuck(Duration),
}

/// Waits for the result of a run, and raises the engine's epoch when its time is up.
fn watch(
    engine: &Engine,
    receiver: &Receiver<Result<Outcome, RunError>>,
    deadline: Option<Deadline>,
) -> Watched {
    let Some(deadline) = deadline else {
        return receiver.recv().map_or(Watched::Vanished, Watched::Done);
    };
    let mut wait = deadline.remaining();
    loop {
        match receiver.recv_timeout(wait) {
            Ok(result) => return Watched::Done(result),
            Err(RecvTimeoutError::Disconnected) => return Watched::Vanished,
            Err(RecvTimeoutError::Timeout) if deadline.at.elapsed() > GRACE => {
                return Watched::Stuck(deadline.limit);
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        // Every store of this engine hears of it, and those whose time is not up go on.
        engine.increment_epoch();
        wait = Duration::from_millis(20).max(deadline.remaining());
    }
}

/// The outcome of a run that a blocked call of the host holds up; its output is lost.
fn given_up(limit: Duration) -> Outcome {
    let end = End::TimedOut(limit);
    Outcome {
        status: end.status(),
        stderr: end.report().into_bytes(),
        end,
        stdout: Vec::new(),
        results: Vec::new(),
        elapsed: limit,
        peak_memory: 0,
        fuel_used: None,
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_string()
}

fn execute(module: &Module, options: &RunOptions, deadline: Option<Deadline>) -> Result<Outcome, RunError> {
    let mut store = store(module.engine(), options, deadline)?;
    let linker = preview1::linker(module.engine()).map_err(|error| RunError::Host(chain(&error)))?;
    check_imports(&linker, &mut store, module)?;
    let mut called = Instant::now();
    let result = enter(&linker, &mut store, module, &options.entry, &mut called);
    let elapsed = called.elapsed();
    let (end, results) = match result {
        Ok(results) => (End::Exited(0), results),
        Err(Failure::Run(error)) => return Err(error),
        Err(Failure::Wasm(error)) => {
            let stack_pointer = stack_pointer(&mut store);
            let end = classify(&error, store.data().limiter.refusal, stack_pointer);
            (end.map_err(|e| setup_failure(e, &store))?, Vec::new())
        }
    };
    let fuel_used = options.fuel.and_then(|fuel| Some(fuel - store.get_fuel().ok()?));
    let mut context = store.into_data();
    context.stderr.report(end.report().as_bytes());
    Ok(Outcome {
        status: end.status(),
        end,
        stdout: context.stdout.captured,
        stderr: context.stderr.captured,
        results,
        elapsed,
        peak_memory: context.limiter.peak,
        fuel_used,
    })
}

/// What a program with a 64-bit memory tells of the stack that its slots are on.
fn stack_pointer(store: &mut Store<Context>) -> Option<i64> {
    let global = store.data().stack_pointer?;
    global.get(store).i64()
}

/// An instance that cannot be made because of the memory limit is the fault of the options, not of the host.
fn setup_failure(error: RunError, store: &Store<Context>) -> RunError {
    match (error, store.data().limiter.refusal) {
        (RunError::Host(_), Some(refusal)) => {
            RunError::Setup(format!("the module's memory is larger than it may be ({refusal})"))
        }
        (error, _) => error,
    }
}

fn store(
    engine: &Engine,
    options: &RunOptions,
    deadline: Option<Deadline>,
) -> Result<Store<Context>, RunError> {
    let mut store = Store::new(engine, Context::new(options, deadline)?);
    store.limiter(|context| &mut context.limiter);
    if let Some(fuel) = options.fuel {
        store.set_fuel(fuel).map_err(|error| RunError::Host(chain(&error)))?;
    }
    if let Some(deadline) = deadline {
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(move |_| {
            if deadline.has_passed() {
                Err(TimedOut(deadline.limit).into())
            } else {
                Ok(UpdateDeadline::Continue(1))
            }
        });
    }
    Ok(store)
}

fn check_imports(
    linker: &Linker<Context>,
    store: &mut Store<Context>,
    module: &Module,
) -> Result<(), RunError> {
    let missing: Vec<String> = module
        .imports()
        .filter(|import| linker.get_by_import(&mut *store, import).is_none())
        .map(|import| format!("`{}.{}`", import.module(), import.name()))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(RunError::Link(format!("the module imports what this host does not provide: {}", missing.join(", "))))
}

enum Failure {
    Run(RunError),
    Wasm(wasmtime::Error),
}

impl From<wasmtime::Error> for Failure {
    fn from(error: wasmtime::Error) -> Failure {
        Failure::Wasm(error)
    }
}

/// Makes the instance and calls the entry; `called` is set to the time of the call.
fn enter(
    linker: &Linker<Context>,
    store: &mut Store<Context>,
    module: &Module,
    entry: &Entry,
    called: &mut Instant,
) -> Result<Vec<Value>, Failure> {
    let instance = linker.instantiate(&mut *store, module)?;
    store.data_mut().stack_pointer = instance.get_global(&mut *store, STACK_POINTER);
    let (name, args) = match entry {
        Entry::Start => ("_start", Vec::new()),
        Entry::Export { name, args } => {
            if let Some(initialize) = instance.get_func(&mut *store, "_initialize") {
                initialize.call(&mut *store, &[], &mut [])?;
            }
            (name.as_str(), args.iter().map(|value| to_val(*value)).collect())
        }
    };
    let func = export(&instance, store, name)?;
    let mut results = vec![Val::I32(0); func.ty(&*store).results().len()];
    *called = Instant::now();
    func.call(&mut *store, &args, &mut results)?;
    Ok(results.iter().filter_map(from_val).collect())
}

fn export(instance: &Instance, store: &mut Store<Context>, name: &str) -> Result<Func, Failure> {
    let missing = || Failure::Run(RunError::Link(format!("the module does not export a function `{name}`")));
    instance.get_func(store, name).ok_or_else(missing)
}

fn to_val(value: Value) -> Val {
    match value {
        Value::I32(n) => Val::I32(n),
        Value::I64(n) => Val::I64(n),
        Value::F32(n) => Val::F32(n.to_bits()),
        Value::F64(n) => Val::F64(n.to_bits()),
    }
}

/// References and vectors are left out.
fn from_val(val: &Val) -> Option<Value> {
    match val {
        Val::I32(n) => Some(Value::I32(*n)),
        Val::I64(n) => Some(Value::I64(*n)),
        Val::F32(n) => Some(Value::F32(f32::from_bits(*n))),
        Val::F64(n) => Some(Value::F64(f64::from_bits(*n))),
        _ => None,
    }
}

//! `galc test`: runs each `test` block in an instance of its own, several at once, and reports them in source order.

use crate::cli::{TestArgs, TraceTarget};
use crate::compile::{compile, host_options, options, tell_of_environment, with_seed};
use crate::exit::{Exit, Failure};
use crate::native::{self, Executable};
use crate::node::{Loaded, Node};
use crate::package::Unit;
use crate::shell::Shell;
use crate::trace::{self, with_trace};
use driver::{Platform, Purpose, TestInfo};
use report::Object;
use std::collections::BTreeMap;
use std::io::Write;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;
use syntax::SourceMap;
use wasi::{End, Engine, Entry, Outcome, Program, RunError, RunOptions};

/// What a panic ends with, which tells itself what it was.
const STATUS_PANIC: i32 = 101;

/// The time of a test, unless `--timeout` says otherwise.
const TIMEOUT: Duration = Duration::from_secs(60);

pub fn test(args: &TestArgs, shell: &Shell) -> Result<Exit, Failure> {
    let unit = Unit::find(args.path.as_deref())?;
    super::watched(&args.watch, &unit, shell, || once(args, &unit, shell))
}

fn once(args: &TestArgs, unit: &Unit, shell: &Shell) -> Result<Exit, Failure> {
    let seeds = seeds(args);
    let options = driver::Options { schedules: seeds.is_some(), ..options(&args.compile, Purpose::Test)? };
    let target = options.target;
    native::check(target, &host_options(&args.host)?)?;
    tell_of_environment(&args.host, shell);
    trace::check(&args.compile.trace, target)?;
    let is_process = target.platform != Platform::Wasm;
    if is_process && matches!(args.compile.trace.target, Some(TraceTarget::File(_))) {
        let what = format!(
            "each test is a process of its own for `{}`, and they would write over each other's traces: `--trace actors` alone \
             writes to standard error",
            target.name
        );
        return Err(Failure::Usage(what));
    }
    let node = if target.is_web() && !args.list { Some(Node::find(unit)?) } else { None };
    let Some((compiled, output)) = compile(unit, options, shell)? else { return Ok(Exit::Diagnostics) };
    let sources = &compiled.checked.source_map;
    let is_wanted =
        |test: &TestInfo| args.filter.as_ref().is_none_or(|text| test.name.contains(text.as_str()));
    let (wanted, left_out): (Vec<TestInfo>, Vec<TestInfo>) = output.tests.into_iter().partition(is_wanted);
    if args.list {
        wanted.iter().for_each(|test| list(test, sources, shell));
        return Ok(Exit::Success);
    }
    let program = match (node, &output.web) {
        (Some(node), Some(interface)) => {
            Host::Node(node.load(interface, unit, target, &output.artifact.bytes)?)
        }
        _ if is_process => Host::Native(Executable::new(&output.artifact.bytes)?),
        _ => Host::Wasi(Engine::new().load(output.artifact.bytes)?),
    };
    let host =
        RunOptions { timeout: Some(args.host.timeout.unwrap_or(TIMEOUT)), ..host_options(&args.host)? };
    let trace = &args.compile.trace;
    let host = if trace.target.is_some() { with_trace(trace, target, host)? } else { host };
    let runs = Runs { tests: &wanted, program: &program, host: &host, seeds, is_json: !trace.is_chrome() };
    runs.check_trace()?;
    // What several write into one file at once nobody could read.
    let jobs = args.jobs.map_or_else(processors, std::num::NonZeroUsize::get);
    let jobs = if host.output.is_some() { 1 } else { jobs };
    let failed = run_all(&runs, jobs, sources, shell)?;
    let passed = wanted.len() - failed;
    shell.summary(&format!("{passed} passed, {failed} failed, {} left out", left_out.len()));
    shell.message(|| {
        Object::message("test-summary")
            .number("passed", passed as u64)
            .number("failed", failed as u64)
            .number("left_out", left_out.len() as u64)
    });
    Ok(if failed == 0 { Exit::Success } else { Exit::Diagnostics })
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}

fn list(test: &TestInfo, sources: &SourceMap, shell: &Shell) {
    shell.line(&format!("{} ({})", test.name, sources.describe(test.span)));
    shell.message(|| {
        let span = report::span_object(test.span, sources);
        Object::message("test").string("name", &test.name).raw("span", &span).string("status", "listed")
    });
}

/// The seeds of the orders in which each test runs, if seeds choose them.
fn seeds(args: &TestArgs) -> Option<RangeInclusive<u32>> {
    let one = args.schedule_seed.map(|seed| seed..=seed);
    one.or(args.schedules.map(|n| 0..=n.get() - 1))
}

/// Where tests run.
enum Host {
    Wasi(Program),
    Node(Loaded),
    /// In a process for each test.
    Native(Executable),
}

impl Host {
    fn run(&self, options: &RunOptions) -> Result<Outcome, RunError> {
        match self {
            Host::Wasi(program) => program.run(options),
            Host::Node(program) => program.outcome(options),
            Host::Native(program) => program.outcome(options),
        }
    }
}

/// What the threads share.
struct Runs<'a> {
    tests: &'a [TestInfo],
    program: &'a Host,
    host: &'a RunOptions,
    seeds: Option<RangeInclusive<u32>>,
    /// The form of traces.
    is_json: bool,
}

/// How a test ended: in the first order in which it failed, or in the last.
struct Ended {
    outcome: Outcome,
    seed: Option<u32>,
}

type Finished = (usize, Result<Ended, RunError>);

impl Runs<'_> {
    fn run(&self, test: &TestInfo) -> Result<Ended, RunError> {
        let entry = Entry::Export { name: test.export.clone(), args: Vec::new() };
        let host = RunOptions { entry, ..self.host.clone() };
        let Some(seeds) = self.seeds.clone() else {
            self.name_in_trace(test, None)?;
            return Ok(Ended { outcome: self.program.run(&host)?, seed: None });
        };
        let last = *seeds.end();
        for seed in seeds {
            self.name_in_trace(test, Some(seed))?;
            let outcome = self.program.run(&with_seed(seed, host.clone()))?;
            if seed == last || !matches!(outcome.end, End::Exited(0)) {
                return Ok(Ended { outcome, seed: Some(seed) });
            }
        }
        unreachable!("there is at least one seed")
    }

    /// What Chrome reads is of one run.
    fn check_trace(&self) -> Result<(), Failure> {
        let runs = self.tests.len() * self.seeds.as_ref().map_or(1, |seeds| seeds.clone().count());
        if self.is_json || self.host.output.is_none() || runs <= 1 {
            return Ok(());
        }
        let what = format!(
            "a file for Chrome has the trace of one run, and these are {runs}: `--filter` and `--schedule-seed` choose one"
        );
        Err(Failure::Usage(what))
    }

    /// Says in the file of the traces which run follows.
    fn name_in_trace(&self, test: &TestInfo, seed: Option<u32>) -> Result<(), RunError> {
        let Some(path) = self.host.output.as_ref().filter(|_| self.is_json) else { return Ok(()) };
        let line = Object::nested().string("event", "test").string("name", &test.name);
        let line = match seed {
            Some(seed) => line.number("schedule_seed", seed),
            None => line,
        };
        let file = std::fs::OpenOptions::new().append(true).open(path);
        file.and_then(|mut file| writeln!(file, "{}", line.finish()))
            .map_err(|error| RunError::Setup(format!("cannot write `{}`: {error}", path.display())))
    }
}

/// Runs the tests on `jobs` threads, and reports each as soon as all before it are reported. Returns how many failed.
fn run_all(runs: &Runs<'_>, jobs: usize, sources: &SourceMap, shell: &Shell) -> Result<usize, Failure> {
    let tests = runs.tests;
    let next = AtomicUsize::new(0);
    let (sender, receiver) = channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(tests.len()) {
            let sender = sender.clone();
            let next = &next;
            scope.spawn(move || work(runs, next, &sender));
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut reported = 0;
        let mut failed = 0;
        for (index, result) in receiver {
            waiting.insert(index, result);
            while let Some(result) = waiting.remove(&reported) {
                failed += usize::from(!report_test(&tests[reported], &result?, sources, shell));
                reported += 1;
            }
        }
        Ok(failed)
    })
}

/// Takes test after test until none is left, or nobody listens any more.
fn work(runs: &Runs<'_>, next: &AtomicUsize, sender: &Sender<Finished>) {
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(test) = runs.tests.get(index) else { return };
        if sender.send((index, runs.run(test))).is_err() {
            return;
        }
    }
}

/// Reports a test; the output of one that failed is shown. Returns whether it passed.
fn report_test(test: &TestInfo, ended: &Ended, sources: &SourceMap, shell: &Shell) -> bool {
    let Ended { outcome, seed } = ended;
    let status = match outcome.end {
        End::Exited(0) => "passed",
        End::TimedOut(_) | End::OutOfFuel => "timed-out",
        End::Exited(_) | End::Fatal(_) => "failed",
    };
    let milliseconds = outcome.elapsed.as_secs_f64() * 1e3;
    let line = format!("{status} {} ({milliseconds:.1} ms)", test.name);
    let passed = status == "passed";
    if passed {
        shell.summary(&line);
    } else {
        shell.line(&line);
        shell.line(&format!("    at {}", sources.describe(test.span)));
        if let Some(seed) = seed {
            shell.line(&format!("    with --schedule-seed {seed}"));
        }
        // A panic says itself what it is.
        if let End::Exited(code) = outcome.end
            && code != STATUS_PANIC
        {
            shell.line(&format!("    ended with status {code}"));
        }
        for line in format!("{}{}", outcome.stdout_text(), outcome.stderr_text()).lines() {
            shell.line(&format!("    | {line}"));
        }
    }
    shell.message(|| {
        let object = Object::message("test")
            .string("name", &test.name)
            .raw("span", &report::span_object(test.span, sources))
            .string("status", status)
            .number("nanoseconds", u64::try_from(outcome.elapsed.as_nanos()).unwrap_or(u64::MAX))
            .string("stdout", &outcome.stdout_text())
            .string("stderr", &outcome.stderr_text());
        match seed {
            Some(seed) if !passed => object.number("schedule_seed", u64::from(*seed)),
            _ => object,
        }
    });
    passed
}

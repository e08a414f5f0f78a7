//! Streams, arguments, limits and the ways in which a run ends.

mod common;

use common::{module, program, run, run_default, try_run};
use std::time::{Duration, Instant};
use wasi::{End, Engine, Entry, Faults, Input, RunError, RunOptions, Value};

fn timeout(milliseconds: u64) -> RunOptions {
    RunOptions { timeout: Some(Duration::from_millis(milliseconds)), ..RunOptions::default() }
}

#[test]
fn output_is_captured() {
    let outcome = run_default(&program(&["hello\n"], "(call $print @0)"));
    assert_eq!((outcome.status, outcome.stdout_text().as_str(), outcome.stderr.len()), (0, "hello\n", 0));
}

#[test]
fn short_writes_and_failing_writes_reach_the_program() {
    let hello = program(&["hello, world\n"], "(call $print @0)");
    let faults = Faults { max_write: Some(5), fail_write_after: None };
    let outcome = run(&hello, &RunOptions { faults, ..RunOptions::default() });
    assert_eq!(outcome.stdout_text(), "hello, world\n");
    let faults = Faults { max_write: Some(5), fail_write_after: Some(10) };
    let outcome = run(&hello, &RunOptions { faults, ..RunOptions::default() });
    assert_eq!((outcome.stdout_text().as_str(), outcome.status), ("hello, wor", 29));
}

#[test]
fn exit_status_is_that_of_proc_exit() {
    assert_eq!(run_default(&program(&[], "(call $proc_exit (i32.const 7)) unreachable")).end, End::Exited(7));
}

#[test]
fn standard_input_is_read_to_its_end() {
    let echo = program(
        &[],
        "(loop $more
            (i32.store (i32.const 16) (i32.const 1024))
            (i32.store (i32.const 20) (i32.const 3))
            (call $check (call $fd_read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 24)))
            (if (i32.load (i32.const 24))
                (then (call $print (i32.const 1024) (i32.load (i32.const 24))) (br $more))))",
    );
    let options = RunOptions { stdin: Input::Bytes(b"some input".to_vec()), ..RunOptions::default() };
    assert_eq!(run(&echo, &options).stdout_text(), "some input");
    assert_eq!(run_default(&echo).stdout_text(), "");
}

#[test]
fn arguments_and_environment_are_passed() {
    let show = module(
        &[],
        r#"
        (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env_sizes (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "environ_get" (func $env (param i32 i32) (result i32)))
        (func (export "_start")
            (call $check (call $args_sizes (i32.const 16) (i32.const 20)))
            (call $check (call $args (i32.const 64) (i32.const 1024)))
            (call $print (i32.load (i32.const 64)) (i32.load (i32.const 20)))
            (call $check (call $env_sizes (i32.const 16) (i32.const 20)))
            (call $check (call $env (i32.const 64) (i32.const 1024)))
            (call $print (i32.load (i32.const 64)) (i32.load (i32.const 20)))
            (call $proc_exit (i32.load (i32.const 16))))"#,
    );
    let options = RunOptions {
        args: vec!["prog".into(), "".into(), "ü".into()],
        env: vec![("A".into(), "1".into()), ("B".into(), "x=y".into())],
        ..RunOptions::default()
    };
    let outcome = run(&show, &options);
    assert_eq!((outcome.stdout_text().as_str(), outcome.status), ("prog\0\0ü\0A=1\0B=x=y\0", 2));
}

#[test]
fn trap_names_the_functions() {
    let outcome = run_default(&module(
        &[],
        "(func $inner unreachable) (func $outer call $inner) (func $main (export \"_start\") call $outer)",
    ));
    assert_eq!(outcome.status, 102);
    let expected = "fatal: unreachable code was reached\n    at inner\n    at outer\n    at main\n";
    assert_eq!(outcome.stderr_text(), expected);
}

#[test]
fn stack_overflow_is_fatal() {
    let outcome = run_default(&module(
        &[],
        "(func $deep (export \"_start\") (call $deep) (i32.store (i32.const 0) (i32.const 1)))",
    ));
    assert_eq!(outcome.status, 102);
    assert_eq!(
        outcome.stderr_text(),
        "fatal: stack overflow
    at deep, 20 times
"
    );
}

#[test]
fn other_traps_are_told_apart() {
    let division = run_default(&program(&[], "(drop (i32.div_u (i32.const 1) (i32.const 0)))"));
    assert!(division.stderr_text().starts_with("fatal: integer divide by zero\n"));
    let address = run_default(&program(&[], "(drop (i32.load (i32.const -4)))"));
    assert!(address.stderr_text().starts_with("fatal: memory access out of bounds\n"));
}

const THROW: &str = "(tag $e (param i32))
    (func $throw (param i32) (throw $e (local.get 0)))
    (func $catch (param i32) (result i32)
        (block $handler (result i32 exnref)
            (try_table (catch_ref $e $handler) (call $throw (local.get 0)))
            unreachable)
        drop)";

#[test]
fn exceptions_are_caught_and_reclaimed() {
    let body = "(func (export \"_start\") (local $n i32)
        (loop $again
            (if (i32.ne (call $catch (local.get $n)) (local.get $n)) (then unreachable))
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $n) (i32.const 300000)))))";
    let outcome = run_default(&module(&[], &format!("{THROW}{body}")));
    assert_eq!((outcome.status, outcome.stderr_text().as_str()), (0, ""));
}

#[test]
fn uncaught_exception_is_fatal() {
    let body = "(func (export \"_start\") (call $throw (i32.const 1)))";
    let outcome = run_default(&module(&[], &format!("{THROW}{body}")));
    assert_eq!(outcome.status, 102);
    assert!(
        outcome.stderr_text().starts_with("fatal: an exception was not caught\n"),
        "{}",
        outcome.stderr_text()
    );
}

#[test]
fn tail_calls_take_no_stack() {
    let outcome = run_default(&module(
        &[],
        "(func $down (param i32)
            (if (local.get 0) (then (return_call $down (i32.sub (local.get 0) (i32.const 1))))))
        (func (export \"_start\") (call $down (i32.const 10000000)))",
    ));
    assert_eq!(outcome.status, 0);
}

#[test]
fn endless_loop_times_out() {
    let begin = Instant::now();
    let outcome = run(&program(&["before"], "(call $print @0) (loop $again (br $again))"), &timeout(50));
    assert_eq!((outcome.status, outcome.stdout_text().as_str()), (124, "before"));
    assert_eq!(outcome.stderr_text(), "timeout: the program ran longer than 50ms\n");
    assert!(begin.elapsed() < Duration::from_secs(4));
}

#[test]
fn runs_of_one_engine_time_out_each_at_its_own_time() {
    let engine = Engine::fast_compile();
    let short = engine.load(program(&[], "(loop $again (br $again))")).unwrap();
    let long = engine
        .load(program(
            &[],
            "(local i32) (loop $again
        (br_if $again (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 500000000))))",
        ))
        .unwrap();
    std::thread::scope(|scope| {
        let other = scope.spawn(|| long.run(&timeout(60_000)).unwrap());
        assert_eq!(short.run(&timeout(20)).unwrap().status, 124);
        assert_eq!(other.join().unwrap().status, 0);
    });
}

/// Waits for a relative time on the monotonic clock, and perhaps for input.
fn sleeper(milliseconds: u64, wants_input: bool) -> Vec<u8> {
    let count = 1 + u32::from(wants_input);
    module(
        &[],
        &format!(
            r#"
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (func (export "_start")
            (i64.store (i32.const 64) (i64.const 42))
            (i32.store8 (i32.const 72) (i32.const 0))
            (i32.store (i32.const 80) (i32.const 1))
            (i64.store (i32.const 88) (i64.const {nanoseconds}))
            (i64.store (i32.const 112) (i64.const 43))
            (i32.store8 (i32.const 120) (i32.const 1))
            (i32.store (i32.const 128) (i32.const 0))
            (call $check (call $poll (i32.const 64) (i32.const 1024) (i32.const {count}) (i32.const 32)))
            (call $proc_exit (i32.add
                (i32.mul (i32.load (i32.const 32)) (i32.const 100))
                (i32.load (i32.const 1024)))))"#,
            nanoseconds = milliseconds * 1_000_000
        ),
    )
}

#[test]
fn clocks_and_input_are_waited_for() {
    let outcome = run_default(&sleeper(30, false));
    assert_eq!(outcome.status, 142, "one event, with its user data");
    assert!(outcome.elapsed >= Duration::from_millis(30));
    assert_eq!(run_default(&sleeper(60_000, true)).status, 143, "input in memory is ready at once");
}

#[test]
fn a_wait_ends_with_the_time_of_the_run() {
    let begin = Instant::now();
    assert_eq!(run(&sleeper(60_000, false), &timeout(40)).status, 124);
    assert!(begin.elapsed() < Duration::from_secs(4));
}

#[test]
fn fuel_ends_a_run() {
    let options = RunOptions { fuel: Some(10_000), ..RunOptions::default() };
    let outcome = run(&program(&[], "(loop $again (br $again))"), &options);
    assert_eq!((outcome.end, outcome.status), (End::OutOfFuel, 124));
    let outcome = run(&program(&[], ""), &options);
    assert!(outcome.fuel_used.is_some_and(|used| used < 100));
}

#[test]
fn memory_limit_refuses_growth_and_explains_the_end() {
    let options = RunOptions { max_memory: Some(1 << 20), ..RunOptions::default() };
    let grow = program(&[], "(call $check (i32.eq (memory.grow (i32.const 16)) (i32.const -1)))");
    assert_eq!(run(&grow, &options).status, 1);
    assert_eq!(run_default(&grow).status, 0);
    assert_eq!(run_default(&grow).peak_memory, 18 << 16);
    let give_up =
        program(&[], "(if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then unreachable))");
    let outcome = run(&give_up, &options);
    assert!(outcome.stderr_text().starts_with("fatal: out of memory (the limit is 1048576 bytes)\n"));
    let options = RunOptions { max_memory: Some(1 << 16), ..RunOptions::default() };
    assert!(matches!(try_run(&grow, &options), Err(RunError::Setup(_))));
}

#[test]
fn exports_are_called_with_numbers() {
    let wasm = module(
        &[],
        "(global $ready (mut i32) (i32.const 0))
        (func (export \"_initialize\") (global.set $ready (i32.const 1)))
        (func (export \"scale\") (param i64 f64) (result f64 i32)
            (f64.mul (f64.convert_i64_s (local.get 0)) (local.get 1)) (global.get $ready))",
    );
    let entry = Entry::Export { name: "scale".into(), args: vec![Value::I64(-3), Value::F64(0.5)] };
    let outcome = run(&wasm, &RunOptions { entry, ..RunOptions::default() });
    assert_eq!(outcome.results, [Value::F64(-1.5), Value::I32(1)]);
}

#[test]
fn what_cannot_run_is_an_error() {
    assert!(matches!(try_run(b"nonsense", &RunOptions::default()), Err(RunError::Invalid(_))));
    assert!(matches!(try_run(b"\0asm\x01\0\0\0\xff", &RunOptions::default()), Err(RunError::Invalid(_))));
    let wasm = module(&[], "(import \"env\" \"now_ms\" (func (result f64)))");
    let error = try_run(&wasm, &RunOptions::default()).expect_err("an import is missing");
    assert_eq!(error.to_string(), "the module imports what this host does not provide: `env.now_ms`");
    let error = try_run(&module(&[], ""), &RunOptions::default()).expect_err("there is no entry");
    assert_eq!(error, RunError::Link("the module does not export a function `_start`".into()));
}

#[test]
fn wrong_addresses_are_answered_not_followed() {
    let body = "(call $proc_exit (call $fd_write (i32.const 1) (i32.const -4) (i32.const 1) (i32.const 8)))";
    assert_eq!(run_default(&program(&[], body)).status, 21);
    let body = "(i32.store (i32.const 0) (i32.const -1)) (i32.store (i32.const 4) (i32.const -1))
        (call $proc_exit (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))";
    assert_eq!(run_default(&program(&[], body)).status, 21);
}

#[test]
fn a_seed_repeats_random_bytes() {
    let wasm = module(
        &[],
        r#"
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (func (export "_start")
            (call $check (call $random (i32.const 64) (i32.const 21)))
            (call $print (i32.const 64) (i32.const 21)))"#,
    );
    let seeded = |random_seed| run(&wasm, &RunOptions { random_seed, ..RunOptions::default() }).stdout;
    assert_eq!(seeded(Some(1)), seeded(Some(1)));
    assert_ne!(seeded(Some(1)), seeded(Some(2)));
    assert_ne!(seeded(None), seeded(None));
}

#[test]
fn clocks_advance() {
    let wasm = module(
        &[],
        r#"
        (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
        (func (export "_start")
            (call $check (call $time (i32.const 1) (i64.const 0) (i32.const 64)))
            (call $check (call $time (i32.const 1) (i64.const 0) (i32.const 72)))
            (call $check (i64.gt_u (i64.load (i32.const 64)) (i64.load (i32.const 72))))
            (call $check (call $time (i32.const 0) (i64.const 0) (i32.const 64)))
            ;; 1 January 2024
            (call $check (i64.lt_u (i64.load (i32.const 64)) (i64.const 1704067200000000000)))
            (call $proc_exit (call $time (i32.const 9) (i64.const 0) (i32.const 64))))"#,
    );
    assert_eq!(run_default(&wasm).status, 28);
}

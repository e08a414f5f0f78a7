//! What hosts of the interpreter rely on: outcomes and failures are told apart, limits hold, calls can follow each other.

use backend_interp::{
    Failure, Host, Interp, Limits, Linux, Memory, NoHost, Outcome, Preview1, Stop, Trap, Value,
};
use lir::{FuncId, Module, parse_module, verify};

const LINUX: &str = r#"
target "x86_64-linux" pointer 8 results 2 stack 65536 unwind
import @call3 = "C" "gal_syscall3" (i64, i64, i64, i64) -> i64
import @other = "C" "cbrt" (f64) -> f64
data $text align 1 = "Hello"
data $parts align 8 = "\00\00\00\00\00\00\00\00\02\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\03\00\00\00\00\00\00\00" reloc 0 $text, 16 $text+2
export "write" @write
export "parts" @parts
export "call3" @any
export "other" @cbrt
func @any(%number: i64, %a: i64, %b: i64, %c: i64) -> i64 {
b0:
  %r = call @call3(%number, %a, %b, %c)
  return %r
}
func @cbrt(%x: f64) -> f64 {
b0:
  %r = call @other(%x)
  return %r
}
func @write(%fd: i64) -> i64 {
b0:
  %number = i64.const 1
  %p = data.addr $text
  %at = i64.from_ptr %p
  %n = i64.const 5
  %r = call @call3(%number, %fd, %at, %n)
  return %r
}
func @parts() -> i64 {
b0:
  %number = i64.const 20
  %fd = i64.const 2
  %p = data.addr $parts
  %at = i64.from_ptr %p
  %n = i64.const 2
  %r = call @call3(%number, %fd, %at, %n)
  return %r
}
"#;

/// What constants may ask of the system: output, memory and the end; nothing else.
#[test]
fn constants_for_linux_have_their_host() {
    let module = parse_module(LINUX).expect("the text is right");
    verify(&module).expect("the module is valid");
    let mut host = Linux::default();
    let limits = Limits { memory_bytes: 1 << 20, ..Limits::default() };
    let mut interp = Interp::new(&module, limits).expect("it fits");
    let mut call = |name: &str, args: &[i64]| {
        let args: Vec<Value> = args.iter().map(|&n| Value::I64(n)).collect();
        interp.call(name, &args, &mut host)
    };
    let returned = |n: i64| Ok(Outcome::Returned(vec![Value::I64(n)]));
    assert_eq!(call("write", &[1]), returned(5));
    assert_eq!(call("write", &[3]), returned(-9));
    assert_eq!(call("parts", &[]), returned(5));
    let Ok(Outcome::Returned(end)) = call("call3", &[9, 0, 0, 0]) else { panic!("addresses are free") };
    let Value::I64(end) = end[0] else { panic!("a word") };
    assert_eq!(call("call3", &[10, end, 1 << 16, 3]), returned(0));
    assert_eq!(call("call3", &[10, end, 1 << 30, 3]), returned(-12));
    assert_eq!(call("call3", &[231, 7, 0, 0]), Ok(Outcome::Exited(7)));
    let unknown = |found: Result<Outcome, Failure>, what: &str| {
        assert!(matches!(&found, Err(Failure::Host(why)) if why.contains(what)), "{found:?}");
    };
    unknown(call("call3", &[318, 0, 0, 0]), "no system call 318");
    let found = interp.call("other", &[Value::F64(0)], &mut host);
    unknown(found, "`cbrt`");
    assert_eq!((host.stdout.as_slice(), host.stderr.as_slice()), (&b"Hello"[..], &b"Hello"[..]));
}

const MODULE: &str = r#"
import @host = "env" "host" (i32, ptr) -> i64 unwinds
import @random = "wasi_snapshot_preview1" "random_get" (i32, i32) -> i32
import @clock = "wasi_snapshot_preview1" "clock_time_get" (i32, i64, ptr) -> i32
import @poll = "wasi_snapshot_preview1" "poll_oneoff" (ptr, ptr, i32, ptr) -> i32
data $cell mut align 8 zeroed 128
export "count" @count
export "spin" @spin
export "deep" @deep
export "big" @big
export "call_host" @call_host
export "guarded" @guarded
export "sleep" @sleep
export "read" @read
export "host" @host
func @count() -> i32 {
b0:
  %p = data.addr $cell
  %n = load.i32 %p
  %one = i32.const 1
  %n = i32.add %n, %one
  store.i32 %p, %n
  return %n
}
func @spin() {
b0:
  br b1
b1:
  br b1
}
func @deep(%n: i32) -> i32 unwinds {
b0:
  br_if %n, b1, b2
b1:
  %one = i32.const 1
  %m = i32.sub %n, %one
  %r = call @deep(%m)
  %r = i32.add %r, %one
  return %r
b2:
  unreachable
}
func @big(%pages: ptr) -> ptr {
b0:
  %r = mem.grow %pages
  return %r
}
func @call_host(%x: i32) -> i64 unwinds {
b0:
  %p = data.addr $cell
  %r = call @host(%x, %p)
  return %r
}
func @guarded(%x: i32) -> i64 {
b0:
  %p = data.addr $cell
  %r = invoke @host(%x, %p) to b1 unwind b2
b1:
  return %r
landing b2:
  %m = i64.const -1
  return %m
}
func @sleep(%ns: i64) -> (i64, i64) {
b0:
  %p = data.addr $cell
  %zero = i32.const 0
  %one = i32.const 1
  %precision = i64.const 0
  %e = call @clock(%zero, %precision, %p)
  %before = load.i64 %p
  store.i64 %p+24, %ns
  store.i64 %p, %ns
  store.i32 %p+40, %zero
  %events = data.addr $cell+64
  %n = data.addr $cell+96
  %e = call @poll(%p, %events, %one, %n)
  %e = call @clock(%zero, %precision, %p)
  %after = load.i64 %p
  return %before, %after
}
func @read(%at: ptr) -> i32 {
b0:
  %r = load.i32 %at
  return %r
}
"#;

fn module() -> Module {
    let module = parse_module(MODULE).expect("valid text");
    assert_eq!(verify(&module), Ok(()));
    module
}

fn interp(limits: Limits) -> Interp {
    Interp::new(&module(), limits).expect("a module that fits")
}

/// Stores its first argument at its second, and returns, throws or fails as that says.
struct TestHost;

impl Host for TestHost {
    fn call(&mut self, _: &str, name: &str, args: &[Value], memory: &mut Memory) -> Result<Vec<Value>, Stop> {
        assert_eq!(name, "host");
        let [Value::I32(x), Value::Ptr(p)] = *args else { panic!("other arguments than declared: {args:?}") };
        memory.write_u32(p as u64, x as u32)?;
        match x {
            0 => Err(Stop::Throw),
            1 => Err(Stop::Exit(7)),
            2 => Err(Stop::Trap("bad".into())),
            3 => Ok(vec![Value::I32(0)]),
            x => Ok(vec![Value::I64(i64::from(x) * 2)]),
        }
    }
}

#[test]
fn memory_stays_between_calls() {
    let mut interp = interp(Limits::default());
    for n in 1..4 {
        assert_eq!(interp.call("count", &[], &mut NoHost), Ok(Outcome::Returned(vec![Value::I32(n)])));
    }
}

#[test]
fn endless_loops_run_out_of_steps() {
    let mut interp = interp(Limits { steps: 1000, ..Limits::default() });
    assert_eq!(interp.call("spin", &[], &mut NoHost), Err(Failure::OutOfSteps));
    assert!((1000..1010).contains(&interp.steps()));
}

#[test]
fn deep_calls_trap_and_tell_where() {
    let mut interp = interp(Limits { depth: 50, ..Limits::default() });
    let outcome = interp.call("deep", &[Value::I32(100)], &mut NoHost);
    assert_eq!(outcome, Ok(Outcome::Trapped(Trap::CallDepth)));
    let outcome = interp.call("deep", &[Value::I32(3)], &mut NoHost);
    assert_eq!(outcome, Ok(Outcome::Trapped(Trap::Unreachable)));
    let deep = module().exports.iter().find(|e| e.name == "deep").map(|e| e.func);
    assert_eq!(interp.sites().iter().map(|site| Some(site.func)).collect::<Vec<_>>(), vec![deep; 4]);
}

#[test]
fn memory_grows_up_to_the_limit() {
    let mut interp = interp(Limits { memory_bytes: 40 << 16, ..Limits::default() });
    let pages = interp.memory().pages();
    let mut grow = |n: i64| interp.call("big", &[Value::Ptr(n)], &mut NoHost);
    assert_eq!(grow(40), Ok(Outcome::Returned(vec![Value::Ptr(0xffff_ffff)])));
    assert_eq!(grow(1), Ok(Outcome::Returned(vec![Value::Ptr(pages as i64)])));
}

#[test]
fn hosts_return_throw_exit_and_trap() {
    let mut interp = interp(Limits::default());
    let mut call = |name: &str, x: i32| interp.call(name, &[Value::I32(x)], &mut TestHost);
    assert_eq!(call("call_host", 21), Ok(Outcome::Returned(vec![Value::I64(42)])));
    assert_eq!(call("call_host", 0), Ok(Outcome::Threw));
    assert_eq!(call("guarded", 0), Ok(Outcome::Returned(vec![Value::I64(-1)])));
    assert_eq!(call("guarded", 1), Ok(Outcome::Exited(7)));
    assert_eq!(call("guarded", 2), Ok(Outcome::Trapped(Trap::Host("bad".into()))));
    assert!(matches!(call("guarded", 3), Err(Failure::Host(_))));
    assert!(matches!(interp.call("guarded", &[Value::I32(5)], &mut NoHost), Err(Failure::Host(_))));
}

#[test]
fn requests_are_checked() {
    let mut interp = interp(Limits::default());
    assert!(matches!(interp.call("missing", &[], &mut NoHost), Err(Failure::Invalid(_))));
    assert!(matches!(interp.call("count", &[Value::I32(1)], &mut NoHost), Err(Failure::Invalid(_))));
    assert!(matches!(interp.call("deep", &[Value::I64(1)], &mut NoHost), Err(Failure::Invalid(_))));
    let args = [Value::I32(1), Value::Ptr(0)];
    assert!(matches!(interp.call("host", &args, &mut NoHost), Err(Failure::Invalid(_))));
    let count = interp.call_func(FuncId(4), &[], &mut NoHost);
    assert_eq!(count, Ok(Outcome::Returned(vec![Value::I32(1)])));
}

#[test]
fn time_passes_only_in_sleep() {
    let mut interp = interp(Limits::default());
    let mut host = Preview1 { clock_ns: 500, ..Preview1::default() };
    let times = |before, after| Ok(Outcome::Returned(vec![Value::I64(before), Value::I64(after)]));
    assert_eq!(interp.call("sleep", &[Value::I64(100)], &mut host), times(500, 600));
    assert_eq!(interp.call("sleep", &[Value::I64(1)], &mut host), times(600, 601));
}

#[test]
fn data_must_fit_memory() {
    let limits = Limits { memory_bytes: 1 << 16, ..Limits::default() };
    assert!(matches!(Interp::new(&module(), limits), Err(Failure::Invalid(_))));
}

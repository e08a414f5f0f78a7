//! Executables for this machine: what they need of it, what they do with its files, streams and limits, and how they end.

#![cfg(all(feature = "llvm", target_os = "linux", target_arch = "x86_64"))]

use corpus_tests::loader::Memory;
use corpus_tests::native::{self, Outcome};
use corpus_tests::run;
use driver::{ArtifactKind, BackendKind, OptLevel, Options, Profile};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const LEVELS: [OptLevel; 4] = [OptLevel::O0, OptLevel::O2, OptLevel::O3, OptLevel::Oz];
const TIMEOUT: Duration = Duration::from_secs(60);
/// What a program ends with when its output cannot be written.
const STATUS_WRITE_FAILED: i32 = 1;
/// Twenty times what the module takes, most of which is the headers of the file.
const HELLO_SIZE_MAX: usize = 12_000;

fn options(level: OptLevel) -> Options {
    let target = run::native_target();
    Options {
        target,
        artifact: driver::usual_artifact(target),
        profile: Profile::Release,
        backend: Some(BackendKind::Llvm),
        opt_level: Some(level),
        check_leaks: true,
        verify: true,
        ..Options::default()
    }
}

fn compile(text: &str, options: Options) -> Vec<u8> {
    let mut loader = Memory { name: "example.gal".to_string(), text: text.into() };
    run::compile(&mut loader, "example.gal", options).unwrap_or_else(|problem| panic!("{problem}\n{text}"))
}

fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder can be made")
}

/// Runs a program in an empty folder, by a command that is given the executable's path.
fn run_by(text: &str, level: OptLevel, command: impl FnOnce(&Path) -> Command) -> Outcome {
    let folder = scratch();
    let path = native::write(folder.path(), &compile(text, options(level))).expect("it can be written");
    let inside = folder.path().join("inside");
    std::fs::create_dir(&inside).expect("a folder can be made");
    native::run_command(command(&path).current_dir(inside), b"", TIMEOUT).expect("it runs")
}

fn run(text: &str, level: OptLevel) -> Outcome {
    run_by(text, level, |path| Command::new(path))
}

/// Runs a program under a shell's limit.
fn run_limited(text: &str, limit: &str) -> Outcome {
    run_by(text, OptLevel::O2, |path| {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{limit}; exec \"$0\"")]).arg(path);
        command
    })
}

#[test]
fn executables_need_nothing_and_are_small() {
    let hello =
        compile("fn main() { println(\"Hello!\") }", Options { check_leaks: false, ..options(OptLevel::O3) });
    assert!(hello.starts_with(b"\x7fELF") && hello.len() <= HELLO_SIZE_MAX, "{} bytes", hello.len());
    let word = |at: usize| u32::from_le_bytes(hello[at..at + 4].try_into().expect("four bytes"));
    let half = |at: usize| usize::from(u16::from_le_bytes(hello[at..at + 2].try_into().expect("two bytes")));
    let headers = word(32) as usize;
    let kinds: Vec<u32> = (0..half(56)).map(|i| word(headers + i * half(54))).collect();
    // Neither an interpreter (3) nor what it would load (2).
    assert!(kinds.contains(&1) && !kinds.contains(&2) && !kinds.contains(&3), "{kinds:?}");
}

/// Each frame holds a value whose `drop` prints; one panic comes out of a call that the signature alone tells of.
const UNWINDING: &str = "
    iso struct Guard { name: Int }
    impl Guard {
        fn drop(mut self) { println(\"drop {self.name}\") }
    }
    fn down(xs: Array<Int>, n: Int, at: Fn(Int) -> Int) -> Int {
        let guard = Guard { name: n }
        if n == 0 { return at(n + 7) + guard.name }
        down(xs, n - 1, at) + guard.name
    }
    fn main() {
        let xs = [1, 2, 3]
        println(down(xs, 3, |i| xs[i - 7]))
        println(down(xs, 3, |i| xs[i]))
    }";

#[test]
fn a_panic_releases_what_it_passes() {
    for level in LEVELS {
        let outcome = run(UNWINDING, level);
        let drops = "drop 0\ndrop 1\ndrop 2\ndrop 3\n";
        assert_eq!(outcome.stdout, format!("{drops}7\n{drops}"), "-O{}", level.name());
        assert_eq!(outcome.status, 101, "-O{}: {}", level.name(), outcome.stderr);
        let said = "panic at example.gal:14:33: index 7 is out of bounds for length 3\n";
        assert_eq!(outcome.stderr, said, "-O{}", level.name());
    }
}

const FILES: &str = r#"
    use std.fs
    fn main() {
        println(fs.write("a.txt", "one"))
        println(fs.append("a.txt", " two"))
        println(fs.read_to_string("a.txt"))
        println(fs.create_dir("d"))
        println(fs.create_dir("d"))
        println(fs.rename("a.txt", "d/b.txt"))
        println("{fs.exists("a.txt")} {fs.exists("d/b.txt")} {fs.is_dir("d")} {fs.size("d/b.txt")}")
        for i in 0..300 { fs.write("d/file with a long name, so that there are many bytes of names {i}", "").unwrap() }
        println(fs.list("d").map(|names| (names.len(), names[0], names[300])))
        println(fs.remove_dir("d"))
        println(fs.remove("d"))
        println(fs.read("d"))
        println(fs.read("a.txt/b"))
        println(fs.read("d/b.txt/c"))
        println(fs.list("d/b.txt"))
        println(fs.read("/proc/1/mem-is-not-there"))
        println(fs.write("d/b.txt\0c", "x"))
        println(fs.rename("d/b.txt", "\0"))
        println(fs.write("", "x"))
    }"#;

const FILES_SAY: &str = "Ok(())
Ok(())
Ok(\"one two\")
Ok(())
Err(d: exists already)
Ok(())
false true true Ok(7)
Ok((301, \"b.txt\", \"file with a long name, so that there are many bytes of names 99\"))
Err(d: folder is not empty)
Err(d: is a folder)
Err(d: is a folder)
Err(a.txt/b: not found)
Err(d/b.txt/c: not a folder)
Err(d/b.txt: not a folder)
Err(/proc/1/mem-is-not-there: not found)
Err(d/b.txt\0c: error 28)
Err(\0: error 28)
Err(\"\": not found)
";

#[test]
fn files_are_those_of_the_system() {
    let outcome = run(FILES, OptLevel::O2);
    assert_eq!(outcome.stdout, FILES_SAY);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
}

#[test]
fn arguments_and_variables_are_given_and_mended() {
    use std::os::unix::ffi::OsStrExt;
    let text = "use std.env
        fn main() { println(\"{env.args()} {env.program()} {env.var(\"A\")} {env.vars().len()}\") }";
    let outcome = run_by(text, OptLevel::O2, |path| {
        let mut command = Command::new(path);
        std::os::unix::process::CommandExt::arg0(&mut command, "called");
        command.arg("x y").arg(std::ffi::OsStr::from_bytes(b"\xff")).env_clear().env("A", "1").env("B", "");
        command
    });
    assert_eq!(outcome.stdout, "[\"x y\", \"\u{fffd}\"] called Some(\"1\") 2\n");
}

#[test]
fn clocks_and_random_bytes_are_the_systems() {
    let text = "use std.random.Random
        use std.time.{Instant, SystemTime}
        fn main() {
            let start = Instant.now()
            assert(start.elapsed() >= 0s && start.elapsed() < 60s)
            println(SystemTime.now().since_epoch().as_secs() as Int)
            assert(Random.new().next() != Random.new().next())
        }";
    let outcome = run(text, OptLevel::O2);
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    let said: u64 = outcome.stdout.trim().parse().unwrap_or_else(|_| panic!("{outcome:?}"));
    assert!(said.abs_diff(now) < 60, "{said} {now}");
}

#[test]
fn output_that_nobody_takes_ends_the_program() {
    let folder = scratch();
    let text = "fn main() { for i in 0..1000000 { println(i) } }";
    let path =
        native::write(folder.path(), &compile(text, options(OptLevel::O2))).expect("it can be written");
    let (reader, writer) = std::io::pipe().expect("a pipe can be made");
    drop(reader);
    let status = Command::new(&path).stdout(writer).stderr(Stdio::null()).status().expect("it runs");
    assert_eq!(status.code(), Some(STATUS_WRITE_FAILED));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let status = Command::new(&path).stdout(full).stderr(Stdio::null()).status().expect("it runs");
    assert_eq!(status.code(), Some(STATUS_WRITE_FAILED));
}

/// The system keeps eight bits of a status; none makes a failure a success.
#[test]
fn statuses_arrive() {
    for (given, status) in [(0, 0), (7, 7), (125, 125), (256, 255), (-1, 255)] {
        let text = format!("use std.env\nfn main() {{ env.exit({given}) }}");
        assert_eq!(run(&text, OptLevel::O2).status, status, "{given}");
    }
}

#[test]
fn ends_of_the_stack_are_told_of() {
    let deep = "fn down(n: Int) -> Int { if n < 0 { 0 } else { down(n + 1) / 2 + n } }
        fn main() { println(down(0)) }";
    // One frame is larger than the guard below the stack.
    let wide = "fn wide(n: Int) -> Int {
            let mut a: [Int; 100000] = [n; 100000]
            if n >= 0 { a[n % 100000] = wide(n + 1) }
            a[5]
        }
        fn main() { println(wide(0)) }";
    for level in LEVELS {
        for text in [deep, wide] {
            let outcome = run(text, level);
            assert_eq!(
                (outcome.status, outcome.stderr.as_str()),
                (102, "fatal: stack overflow\n"),
                "-O{}",
                level.name()
            );
        }
    }
    // Sixty million bytes of frames are none too many.
    let much = "fn down(n: Int) -> Int {
            let a: [Int; 1000] = [n; 1000]
            if n == 0 { 0 } else { down(n - 1) + a[n % 1000] - n }
        }
        fn main() { println(down(7000)) }";
    assert_eq!(run(much, OptLevel::O2).stdout, "0\n");
}

#[test]
fn traps_and_bad_accesses_are_fatal() {
    let abort = Options { panics: driver::Panics::Abort, ..options(OptLevel::O2) };
    let folder = scratch();
    let executable = compile("fn main() { panic(\"on purpose\") }", abort);
    let path = native::write(folder.path(), &executable).expect("it can be written");
    let outcome = native::run_command(&mut Command::new(path), b"", TIMEOUT).expect("it runs");
    let said = "panic at example.gal:1:13: on purpose\nfatal: unreachable code was reached\n";
    assert_eq!((outcome.status, outcome.stderr.as_str()), (102, said));
    let text = "unsafe
        use core.intrinsics.*
        fn main() { ptr_from_addr.<UInt8>(4096).* = 1 }";
    let outcome = run(text, OptLevel::O0);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (102, "fatal: memory access out of bounds\n"));
}

#[test]
fn memory_ends_in_a_message() {
    let text = "fn main() {
            let mut xs: Array<Array<Int>> = []
            loop { xs.push([1; 100000]) }
        }";
    let out_of_memory = (102, "fatal: out of memory\n");
    let outcome = run_limited(text, "ulimit -v 600000");
    assert_eq!((outcome.status, outcome.stderr.as_str()), out_of_memory);
    // Not even for the stack.
    let outcome = run_limited(text, "ulimit -v 30000");
    assert_eq!((outcome.status, outcome.stderr.as_str()), out_of_memory);
    let outcome = run("fn main() { println([1; 1 << 50].len()) }", OptLevel::O2);
    assert_eq!((outcome.status, outcome.stderr.as_str()), out_of_memory);
    let outcome = run("fn main() { println([0; 1 << 62].len()) }", OptLevel::O2);
    assert_eq!((outcome.status, outcome.stderr.as_str()), out_of_memory);
}

/// Arrays of 8 GiB, of which hardly anything is touched: checks for leaks would fill what is freed.
#[test]
fn a_heap_is_larger_than_a_module_may_have() {
    let text = "fn main() {
            let mut xs: Array<Int> = Array.with_capacity(1 << 30)
            xs.push(1)
            let mut ys: Array<Int> = Array.with_capacity(1 << 30)
            ys.push(2)
            println(\"{xs.len() + ys.len()} {xs.capacity() >= 1 << 30}\")
        }";
    let folder = scratch();
    let executable = compile(text, Options { check_leaks: false, ..options(OptLevel::O2) });
    let path = native::write(folder.path(), &executable).expect("it can be written");
    let outcome = native::run_command(&mut Command::new(path), b"", TIMEOUT).expect("it runs");
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("2 true\n", ""));
}

#[test]
fn words_have_64_bits() {
    let text = "unsafe
        use core.intrinsics.*
        const LAST: USize = ~(0 as USize)
        const WIDE: USize = (1 as USize) << 40
        const SIZE: USize = size_of.<USize>()
        fn main() { println(\"{LAST} {WIDE} {SIZE} {size_of.<Ptr<Int>>()} {size_of.<String>()}\") }";
    assert_eq!(run(text, OptLevel::O2).stdout, "18446744073709551615 1099511627776 8 8 24\n");
}

/// Copies and fills of all small sizes, some large ones, and all distances between ranges that overlap.
const MEMORY: &str = "unsafe
    use core.array.*
    use core.intrinsics.*
    fn bytes() -> Array<UInt8> { Array.generate(8000, |i| (i * 7 + i / 256) as UInt8) }
    fn copied(from: Int, to: Int, n: Int) -> Bool {
        let old = bytes()
        let mut new = bytes()
        let start = array_unique(mut new)
        mem_copy(ptr_offset(start, to), ptr_offset(start, from), n as USize)
        for i in 0..8000 {
            let want = if i >= to && i < to + n { old[i - to + from] } else { old[i] }
            if new[i] != want { return false }
        }
        true
    }
    fn filled(at: Int, n: Int) -> Bool {
        let old = bytes()
        let mut new = bytes()
        mem_fill(ptr_offset(array_unique(mut new), at), 0x1AB, n as USize)
        for i in 0..8000 {
            let want: UInt8 = if i >= at && i < at + n { 0xAB } else { old[i] }
            if new[i] != want { return false }
        }
        true
    }
    fn main() {
        let large = [1023, 1024, 1025, 2047, 2048, 2049, 2111]
        let mut wrong = 0
        for n in Array.generate(100, |i| i) + large {
            if !filled(17, n) { wrong += 1 }
            for to in [40, 3000] {
                for distance in [-40, -33, -32, -31, -17, -16, -15, -8, -1, 0, 1, 7, 8, 15, 16, 17, 31, 32, 33, 63, 2047, 2500] {
                    if to + distance >= 0 && !copied(to + distance, to, n) { wrong += 1 }
                }
            }
        }
        println(wrong)
    }";

#[test]
fn memory_is_copied_and_filled() {
    assert_eq!(run(MEMORY, OptLevel::O2).stdout, "0\n");
}

#[test]
fn functions_of_c_are_called_from_objects() {
    let text = "extern \"C\" { fn cbrt(x: Float) -> Float }
        fn main() { println(cbrt(27.0)) }";
    let mut loader = Memory { name: "example.gal".to_string(), text: text.into() };
    let refused =
        run::compile(&mut loader, "example.gal", options(OptLevel::O2)).expect_err("there is no C library");
    assert!(refused.contains("the C function `cbrt`") && refused.contains("--emit obj"), "{refused}");
    let folder = scratch();
    let object = folder.path().join("program.o");
    let options = Options { artifact: ArtifactKind::Object, ..options(OptLevel::O2) };
    std::fs::write(&object, compile(text, options)).expect("it can be written");
    let ours = folder.path().join("ours.c");
    std::fs::write(&ours, "double cbrt(double x) { return x / 9; }\n").expect("it can be written");
    let program = folder.path().join("program");
    let mut cc = Command::new("cc");
    cc.args(["-nostdlib", "-static", "-no-pie", "-ffreestanding", "-o"]).args([&program, &object, &ours]);
    assert!(cc.status().expect("the tests' toolchain has a C compiler").success());
    let outcome = native::run_command(&mut Command::new(program), b"", TIMEOUT).expect("it runs");
    assert_eq!(outcome.stdout, "3.0\n");
}

/// The structures of the runtime that threads share, in threads; tests/models has them for loom.
#[test]
fn threads_share_deques_and_inboxes() {
    let programs = [
        (include_str!("../threads/steal.gal"), "300000 tasks, 0 too many or too few\n"),
        (include_str!("../threads/mesh.gal"), "240060 of 240060 messages, 1830 of 1830, 0 faults\n"),
    ];
    for (text, expected) in programs {
        for level in LEVELS {
            let outcome = run(text, level);
            assert_eq!(
                (outcome.stdout.as_str(), outcome.status),
                (expected, 0),
                "{level:?}: {}",
                outcome.stderr
            );
        }
    }
}

const THREADS: &str = "unsafe
    use core.atomic.*
    use core.intrinsics.*
    use sys.threads.*
    use runtime.task.is_null
";

#[test]
fn the_stack_of_a_thread_has_an_end() {
    let text = format!(
        "{THREADS}
        @noinline
        fn down(n: Int) -> Int {{ if n < 0 {{ 0 }} else {{ down(n + 1) / 2 + n }} }}
        fn entry(n: USize, _: Int32) -> Int32 {{ down(n as Int) as Int32 }}
        fn main() {{
            println(\"before\")
            thread_join(thread_start(code_address(entry), 1))
            println(\"behind\")
        }}"
    );
    for level in LEVELS {
        let outcome = run(&text, level);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (102, "before\n"), "{level:?}");
        assert_eq!(outcome.stderr, "fatal: stack overflow\n", "{level:?}");
    }
}

#[test]
fn faults_and_panics_of_a_thread_end_the_process() {
    let cases = [
        ("ptr_from_addr.<Int>(n +% 8).* as Int32", "fatal: memory access out of bounds\n"),
        ("[1i32, 2][n as Int + 1]", "index 2 is out of bounds for length 2\nfatal: a thread panicked\n"),
    ];
    for (body, expected) in cases {
        let text = format!(
            "{THREADS}
            fn entry(n: USize, _: Int32) -> Int32 {{ {body} }}
            fn main() {{ thread_join(thread_start(code_address(entry), 1)) }}"
        );
        for level in LEVELS {
            let outcome = run(&text, level);
            assert_eq!(outcome.status, 102, "{level:?}");
            assert!(outcome.stderr.ends_with(expected), "{level:?}: {}", outcome.stderr);
        }
    }
}

#[test]
fn what_the_system_calls_neither_suspends_nor_captures() {
    let cases = [
        "fn entry(n: USize, _: Int32) -> Int32 {{ sleep(1s)\n 0 }}\n fn main() {{ println(code_address(entry)) }}",
        "fn main() {{ let k = env.args().len() as Int32\n println(code_address(|_: USize, n: Int32| n + k)) }}",
    ];
    for text in cases {
        let text = format!("{THREADS}\n use std.env\n use std.time.sleep\n {text}")
            .replace("{{", "{")
            .replace("}}", "}");
        let mut loader = Memory { name: "example.gal".to_string(), text: text.into() };
        let refused =
            run::compile(&mut loader, "example.gal", options(OptLevel::O2)).expect_err("it cannot be called");
        assert!(refused.contains("`code_address` takes a function that captures nothing"), "{refused}");
    }
}

#[test]
fn a_thread_that_cannot_be_had_is_told() {
    let text = format!(
        "{THREADS}
        fn entry(at: USize, _: Int32) -> Int32 {{
            add_relaxed(ptr_from_addr.<Int>(at), 1)
            0
        }}
        fn main() {{
            let mut ran = 0
            let mut threads: Array<Ptr<Thread>> = []
            while threads.len() < 100 {{
                let thread = thread_start(code_address(entry), ptr_addr(addr_of(mut ran)))
                if is_null(thread) {{ break }}
                threads.push(thread)
            }}
            for thread in threads {{ thread_join(thread) }}
            println(\"{{threads.len() > 0}} {{threads.len() < 100}} {{ran == threads.len()}}\")
            let again = thread_start(code_address(entry), ptr_addr(addr_of(mut ran)))
            thread_join(again)
            println(ran == threads.len() + 1)
        }}"
    );
    let outcome = run_limited(&text, "ulimit -v 1000000");
    assert_eq!(
        (outcome.stdout.as_str(), outcome.status),
        ("true true true\ntrue\n", 0),
        "{}",
        outcome.stderr
    );
}

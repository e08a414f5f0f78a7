//! Modules with a 64-bit memory: their imports keep 32-bit addresses, whatever lies above 4 GiB, and their stacks have ends.
//!
//! Memory that is not touched takes no room, so a program has data above 4 GiB as soon as it has asked for that much below.

use corpus_tests::loader::Memory;
use corpus_tests::module::Contents;
use corpus_tests::run;
use driver::{BackendKind, OptLevel, Options, Profile, WASM64_WASI};
use std::path::Path;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(60);
/// Less than one program here asks for in vain, more than others get.
const MEMORY_MAX: u64 = 32 << 30;

/// Ways of compiling, by name.
const BUILDS: &[(&str, BackendKind, OptLevel)] = &[
    ("wasm -O0", BackendKind::Wasm, OptLevel::O0),
    ("wasm -O3", BackendKind::Wasm, OptLevel::O3),
    ("wasm -Oz", BackendKind::Wasm, OptLevel::Oz),
    #[cfg(feature = "llvm")]
    ("llvm -O0", BackendKind::Llvm, OptLevel::O0),
    #[cfg(feature = "llvm")]
    ("llvm -O3", BackendKind::Llvm, OptLevel::O3),
];

/// Without a check for leaks, which fills what is freed.
fn compile(text: &str, (_, backend, level): (&str, BackendKind, OptLevel)) -> Vec<u8> {
    let mut loader = Memory { name: "example.gal".to_string(), text: text.into() };
    let options = Options {
        target: &WASM64_WASI,
        profile: if level == OptLevel::O0 { Profile::Debug } else { Profile::Release },
        backend: Some(backend),
        opt_level: Some(level),
        verify: true,
        ..Options::default()
    };
    run::compile(&mut loader, "example.gal", options).unwrap_or_else(|problem| panic!("{problem}\n{text}"))
}

fn options() -> wasi::RunOptions {
    wasi::RunOptions {
        args: vec!["example".to_string()],
        stdout: wasi::Output::Capture,
        stderr: wasi::Output::Capture,
        timeout: Some(TIMEOUT),
        max_memory: Some(MEMORY_MAX),
        ..wasi::RunOptions::default()
    }
}

/// Compiles and runs a program in every way, with a folder of its own under the name `data`.
fn run_all(text: &str, options: &wasi::RunOptions, check: impl Fn(&str, wasi::Outcome, &Path)) {
    for build in BUILDS {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let dirs = vec![wasi::Preopen { host: folder.path().to_path_buf(), guest: "data".to_string() }];
        let options = wasi::RunOptions { dirs, ..options.clone() };
        let outcome =
            wasi::run(&compile(text, *build), &options).unwrap_or_else(|e| panic!("{}: {e}", build.0));
        check(build.0, outcome, folder.path());
    }
}

/// What makes everything that is allocated later lie above 4 GiB, and a way to see that it does.
const FAR: &str = "unsafe
    use core.array.*
    use core.intrinsics.*
    use core.string.string_data
    use std.env
    use std.fs
    use std.io
    use sys.random.random_bytes
    fn far() -> Array<UInt8> { Array.with_capacity(5_000_000_000) }
    fn is_far(p: Ptr<UInt8>) -> Bool { ptr_addr(p) >= (1 as USize) << 32 }
    fn far_text(text: String) -> String {
        assert(is_far(string_data(text)))
        text
    }
";

fn with_far_data(main: &str) -> String {
    format!("{FAR} fn main() {{ let room = far()\n{main}\nassert(room.capacity() >= 5_000_000_000) }}")
}

#[test]
fn standard_streams_reach_data_above_4_gib() {
    let text = with_far_data(
        r#"
        let line = far_text(io.read_line().unwrap() + "!")
        println(line)
        // More than is copied at a time, in one line.
        let long = far_text("0123456789abcdef".repeat(40_000))
        println(long)
        let rest = io.read_all()
        println(far_text(rest + "").len())
        io.write(far_text(rest + "."))
        "#,
    );
    let rest = "some more text\n".repeat(50_000);
    let options = wasi::RunOptions {
        stdin: wasi::Input::Bytes(format!("first line\n{rest}").into_bytes()),
        ..options()
    };
    let expected = format!("first line!\n{}\n{}\n{rest}.", "0123456789abcdef".repeat(40_000), rest.len());
    run_all(&text, &options, |build, outcome, _| {
        assert_eq!((outcome.status, outcome.stderr_text().as_str()), (0, ""), "{build}");
        let stdout = outcome.stdout_text();
        assert!(stdout == expected, "{build}: {}", run::first_difference(&expected, &stdout));
        assert!(outcome.peak_memory > 5_000_000_000, "{build}");
    });
}

#[test]
fn panics_tell_of_data_above_4_gib() {
    let text = with_far_data("panic(far_text(\"on purpose \" + room.len()))");
    run_all(&text, &options(), |build, outcome, _| {
        assert_eq!(outcome.status, 101, "{build}");
        assert!(outcome.stderr_text().contains("on purpose 0\n"), "{build}: {}", outcome.stderr_text());
    });
}

#[test]
fn arguments_and_variables_come_to_data_above_4_gib() {
    let text = with_far_data(
        r#"
        let args = env.args()
        for arg in args { println("{far_text(arg).len()} {arg[..3]}") }
        println(far_text(env.var("NAME").unwrap() + ""))
        println(env.var("NONE"))
        "#,
    );
    let options = wasi::RunOptions {
        args: vec!["example".to_string(), "äone".repeat(3), "two".repeat(100_000)],
        env: vec![("NAME".to_string(), "a value".to_string())],
        ..options()
    };
    run_all(&text, &options, |build, outcome, _| {
        assert_eq!(outcome.stderr_text(), "", "{build}");
        assert_eq!(outcome.stdout_text(), "15 äo\n300000 two\na value\nNone\n", "{build}");
    });
}

#[test]
fn files_have_names_and_contents_above_4_gib() {
    let text = with_far_data(
        r#"
        let name = |n: String| far_text("data/" + n)
        let long = "ten bytes\n".repeat(90_000)
        println(fs.write(name("a.txt"), far_text(long)))
        println(fs.append(name("a.txt"), far_text("the end" + "")))
        println(fs.read_to_string(name("a.txt")).map(|text| text == long + "the end"))
        println(fs.create_dir(name("d")))
        println(fs.rename(name("a.txt"), name("d/b.txt")))
        println("{fs.exists(name("a.txt"))} {fs.exists(name("d/b.txt"))} {fs.is_dir(name("d"))} {fs.size(name("d/b.txt"))}")
        for i in 0..300 { fs.write(name("d/file with a long name, so that there are many bytes of names {i}"), "").unwrap() }
        println(fs.list(name("d")).map(|names| (names.len(), names[0], names[300])))
        println(fs.remove_dir(name("d")))
        println(fs.remove(name("d/b.txt")))
        println(fs.read(name("d/b.txt")))
        println(fs.read(name("x".repeat(9_000_000))).is_err())
        println(fs.exists("elsewhere" + name("d")))
        "#,
    );
    let expected = "Ok(())\nOk(())\nOk(true)\nOk(())\nOk(())\nfalse true true Ok(900007)\n\
        Ok((301, \"b.txt\", \"file with a long name, so that there are many bytes of names 99\"))\n\
        Err(data/d: folder is not empty)\nOk(())\nErr(data/d/b.txt: not found)\ntrue\nfalse\n";
    run_all(&text, &options(), |build, outcome, folder| {
        assert_eq!(outcome.stderr_text(), "", "{build}");
        assert_eq!(outcome.stdout_text(), expected, "{build}");
        assert_eq!(std::fs::read_dir(folder.join("d")).expect("it was made").count(), 300, "{build}");
    });
}

#[test]
fn random_bytes_fill_memory_above_4_gib() {
    let text = with_far_data(
        r#"
        let mut bytes: Array<UInt8> = [0; 1_000_000]
        let p = array_unique(mut bytes)
        random_bytes(p, 1_000_000)
        assert(is_far(p))
        for i in 0..100 {
            let mut sum = 0
            for j in 0..10_000 { sum += bytes[i * 10_000 + j] as Int }
            assert(sum > 1_000_000 && sum < 1_500_000)
        }
        println(bytes.len())
        "#,
    );
    run_all(&text, &options(), |build, outcome, _| {
        assert_eq!(
            (outcome.stdout_text().as_str(), outcome.stderr_text().as_str()),
            ("1000000\n", ""),
            "{build}"
        );
    });
}

/// Arrays that cross the border, or are longer than 32 bits can tell.
#[test]
fn arrays_have_more_elements_than_32_bits_can_count() {
    let text = "fn main() {
            let mut xs: Array<UInt8> = Array.with_capacity(6_000_000_000)
            xs.push(7)
            let mut ys: Array<Int> = Array.with_capacity(1 << 29)
            ys.push(8)
            println(\"{xs[0]} {ys[0]} {xs.capacity() >= 6_000_000_000}\")
        }";
    run_all(text, &options(), |build, outcome, _| {
        assert_eq!(
            (outcome.stdout_text().as_str(), outcome.stderr_text().as_str()),
            ("7 8 true\n", ""),
            "{build}"
        );
    });
}

#[test]
fn memory_ends_in_a_message() {
    for elements in ["1 << 50", "1 << 58", "1 << 60", "1 << 62"] {
        let text = format!("fn main() {{ println([1; {elements}].len()) }}");
        run_all(&text, &options(), |build, outcome, _| {
            assert_eq!(outcome.status, 102, "{build}");
            assert!(outcome.stderr_text().starts_with("fatal: out of memory\n"), "{build}: {outcome:?}");
        });
    }
    let text = "fn main() {
            let mut xs: Array<Array<Int>> = []
            loop { xs.push(Array.with_capacity(100_000_000)) }
        }";
    run_all(text, &options(), |build, outcome, _| {
        assert_eq!(outcome.status, 102, "{build}");
        assert!(outcome.stderr_text().starts_with("fatal: out of memory\n"), "{build}: {outcome:?}");
    });
}

const DEEP: &str = "fn down(n: Int) -> Int { if n < 0 { 0 } else { down(n + 1) / 2 + n } }
    fn main() { println(down(0)) }";

/// Slots in all frames.
const WIDE: &str = "fn wide(n: Int) -> Int {
        let mut b: [Int; 1000] = [n; 1000]
        if n > 0 { b[n % 1000] = wide(n - 1) }
        b[5]
    }
    fn main() { println(wide(100_000)) }";

/// The frame that does not fit calls nothing.
const LEAF: &str = "@noinline
    fn leaf(n: Int, m: Int) -> Int {
        let mut b: [Int; 60_000] = [n; 60_000]
        for i in 0..60_000 { b[(i * m) % 60_000] += i }
        b[n % 60_000]
    }
    fn down(n: Int) -> Int {
        let mut b: [Int; 100] = [n; 100]
        b[n % 100] = if n > 0 { down(n - 1) } else { leaf(n, 7) }
        b[5]
    }
    fn main() {
        println(down(10))
        println(down(1000))
    }";

#[test]
fn ends_of_the_stacks_are_told_of() {
    for (program, text) in [("deep", DEEP), ("wide", WIDE), ("leaf", LEAF)] {
        run_all(text, &options(), |build, outcome, _| {
            assert_eq!(outcome.status, 102, "{program} {build}: {}", outcome.stderr_text());
            let stderr = outcome.stderr_text();
            assert!(stderr.starts_with("fatal: stack overflow\n"), "{program} {build}: {stderr}");
        });
    }
}

/// Not every access out of bounds is an overflow.
#[test]
fn bad_accesses_are_fatal() {
    let text = "unsafe
        use core.intrinsics.*
        @noinline
        fn slot(mut b: [Int; 100], n: Int) { b[n % 100] += 1 }
        fn main() {
            let mut b: [Int; 100] = [1; 100]
            slot(mut b, 500)
            println(b[0])
            ptr_from_addr.<UInt8>((1 as USize) << 40).* = b[7] as UInt8
        }";
    run_all(text, &options(), |build, outcome, _| {
        let stderr = outcome.stderr_text();
        assert!(stderr.starts_with("fatal: memory access out of bounds\n"), "{build}: {stderr}");
        assert_eq!((outcome.status, outcome.stdout_text().as_str()), (102, "2\n"), "{build}");
    });
}

/// The pointer of the stack is exported where there is a stack, see `lir::STACK_POINTER`.
#[test]
fn modules_have_the_imports_and_exports_of_32_bit_ones() {
    let check = |text: &str, expected: &[&str]| {
        for build in BUILDS {
            let mut exports = Contents::read(&compile(text, *build)).expect("it was validated").exports;
            exports.sort();
            assert_eq!(exports, expected, "{}", build.0);
        }
    };
    check("fn main() { println(\"Hello!\") }", &["_start", "memory"]);
    check(WIDE, &["__stack_pointer", "_start", "memory"]);
}

//! The galc binary on real programs: every command from source text to its result.

mod common;

use common::{Scratch, status, stderr, stdout};
use std::fs;

const HELLO: &str = "fn main() {\n    println(\"hello\")\n}\n";

/// One error in line 2, column 18.
const WRONG: &str = "fn main() {\n    let x: Int = \"text\"\n    println(x)\n}\n";

const TESTED: &str = r#"fn double(n: Int) -> Int { n * 2 }

test "doubling works" { assert(double(2) == 4) }

test "doubling fails" {
    println("before")
    assert(double(2) == 5)
}

fn main() {}
"#;

#[test]
fn run_prints_and_ends_as_the_program_does() {
    let scratch = Scratch::new("hello");
    scratch.write("hello.gal", HELLO);
    let output = scratch.galc(&["run", "hello.gal"]);
    assert_eq!((status(&output), stdout(&output).as_str()), (0, "hello\n"), "{}", stderr(&output));
    let output = scratch.galc(&["run", "--release", "hello.gal"]);
    assert_eq!((status(&output), stdout(&output).as_str()), (0, "hello\n"), "{}", stderr(&output));
    scratch.write("panics.gal", "fn main() {\n    panic(\"on purpose\")\n}\n");
    let output = scratch.galc(&["run", "panics.gal"]);
    assert_eq!(status(&output), 101, "{}", stderr(&output));
    assert!(stderr(&output).contains("on purpose") && stderr(&output).contains("panics.gal:2:5"));
}

/// Two switches take away what keeps programs right. They are for measuring what that costs.
#[test]
fn checks_and_counts_can_be_left_out() {
    let scratch = Scratch::new("left-out");
    let shared =
        "fn main() {\n    let a = [1, 2]\n    let mut b = a\n    b[0] = 7\n    println(\"{a} {b}\")\n}\n";
    scratch.write("shared.gal", shared);
    let run = |options: &[&str]| {
        let output = scratch.galc(&[&["run", "--backend", "wasm"], options].concat());
        (status(&output), stdout(&output))
    };
    assert_eq!(run(&["shared.gal"]), (0, "[1, 2] [7, 2]\n".to_string()));
    assert_eq!(run(&["--uncounted", "shared.gal"]), (0, "[7, 2] [7, 2]\n".to_string()));
    // Behind the length there is room that is zero.
    let beyond = "fn main() {\n    let mut a = [1, 2]\n    a.pop()\n    println(a[a.len() + 1])\n}\n";
    scratch.write("beyond.gal", beyond);
    assert_eq!(run(&["beyond.gal"]).0, 101);
    assert_eq!(run(&["--unchecked-bounds", "beyond.gal"]).0, 0);
}

#[test]
fn build_writes_a_module_that_runs() {
    let scratch = Scratch::new("build");
    scratch.write("hello.gal", HELLO);
    let output = scratch.galc(&["build", "--release", "hello.gal"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    // A galc without LLVM announces the other backend first.
    let said = stderr(&output);
    let wrote = said.lines().find(|line| !line.starts_with("note: compiled by the wasm backend"));
    assert!(wrote.is_some_and(|line| line.starts_with("wrote build/hello.wasm (")), "{said}");
    assert_eq!(stdout(&scratch.galc(&["run", "build/hello.wasm"])), "hello\n");
    assert!(scratch.0.join("build/CACHEDIR.TAG").exists());
    assert_eq!(status(&scratch.galc(&["clean"])), 0);
    assert!(!scratch.0.join("build").exists());
    let output = scratch.galc(&["build", "-o", "-", "hello.gal"]);
    assert!(output.stdout.starts_with(b"\0asm"));
}

/// A galc without LLVM says that it takes the other backend, unless it is asked for that one.
#[cfg(not(feature = "llvm"))]
#[test]
fn fallbacks_are_announced() {
    let scratch = Scratch::new("fallback");
    scratch.write("hello.gal", HELLO);
    let said = |args: &[&str]| stderr(&scratch.galc(args));
    let note = said(&["build", "--release", "hello.gal"]);
    assert!(
        note.starts_with("note: compiled by the wasm backend, because this galc has no llvm backend"),
        "{note}"
    );
    assert_eq!(said(&["run", "--release", "--backend", "wasm", "hello.gal"]), "");
    assert_eq!(said(&["run", "hello.gal"]), "");
    let output = scratch.galc(&["build", "--release", "--message-format", "json", "hello.gal"]);
    assert!(
        stdout(&output).contains(r#""type":"fallback","wanted":"llvm","used":"wasm""#),
        "{}",
        stdout(&output)
    );
}

#[cfg(feature = "llvm")]
#[test]
fn llvm_compiles_links_and_says_what_is_missing() {
    let scratch = Scratch::new("llvm");
    scratch.write("hello.gal", HELLO);
    let output = scratch.galc(&["run", "--release", "hello.gal"]);
    assert_eq!((stdout(&output).as_str(), stderr(&output).as_str()), ("hello\n", ""));
    let ir = scratch.galc(&["build", "--emit", "llvm-ir", "hello.gal"]);
    assert!(stdout(&ir).contains("target triple = \"wasm32"), "{}", stderr(&ir));
    scratch.write("panics.gal", "fn main() { panic(\"no\") }\n");
    let told = scratch.galc(&["run", "--release", "-g", "panics.gal"]);
    let said = "panic at panics.gal:1:13: no\n    at main (panics.gal:1:13)\n";
    assert_eq!((status(&told), stderr(&told).as_str()), (101, said));
    let unlinked = |variable: &str, value: &str| {
        let mut command = scratch.command(&["build", "--backend", "llvm", "hello.gal"]);
        let output = command.env(variable, value).output().expect("galc can be run");
        assert_eq!(status(&output), 2, "{}", stderr(&output));
        stderr(&output)
    };
    let named = unlinked("GALC_WASM_LD", "no-such-linker");
    assert!(named.contains("cannot run the linker `no-such-linker`"), "{named}");
    let nowhere = unlinked("PATH", "no-such-folder");
    assert!(nowhere.contains("lld-22") && nowhere.contains("GALC_WASM_LD"), "{nowhere}");
}

#[test]
fn modules_may_have_a_64_bit_memory() {
    let scratch = Scratch::new("wasm64");
    scratch.write("wide.gal", WIDE);
    let wasm64 = |command: &str, options: &[&str]| {
        scratch.galc(&[&[command, "--target", "wasm64-wasi"], options, &["wide.gal"]].concat())
    };
    for options in [&[][..], &["--release", "--backend", "wasm"], &["-g"]] {
        let output = wasm64("run", options);
        assert_eq!((status(&output), stdout(&output).as_str()), (0, "true\n"), "{}", stderr(&output));
    }
    let limited = wasm64("run", &["--max-memory", "1GiB"]);
    assert!(status(&limited) == 102 && stderr(&limited).contains("out of memory"), "{}", stderr(&limited));
    let tests = wasm64("test", &[]);
    assert_eq!(status(&tests), 0, "{}", stderr(&tests));
    let build = wasm64("build", &["--emit", "wat", "-o", "wide.wat"]);
    assert_eq!(status(&build), 0, "{}", stderr(&build));
    let text = fs::read_to_string(scratch.0.join("wide.wat")).expect("it was written");
    assert!(text.contains("(memory (;0;) i64 "), "{text}");
    let narrow = scratch.galc(&["run", "wide.gal"]);
    assert!(status(&narrow) == 102 && stderr(&narrow).contains("out of memory"), "{}", stderr(&narrow));
}

/// An array of 8 GiB, of which nothing is touched.
const WIDE: &str = "@target(wasm64)
fn is_wide() -> Bool { true }

@target(wasm32)
fn is_wide() -> Bool { false }

test \"the target\" { assert(is_wide()) }

fn main() {
    let xs: Array<Int> = Array.with_capacity(1_000_000_000)
    println(xs.capacity() >= 1_000_000_000 && is_wide())
}
";

#[test]
fn native_targets_need_llvm() {
    let scratch = Scratch::new("native-refused");
    scratch.write("hello.gal", HELLO);
    let refused = |args: &[&str]| {
        let output = scratch.galc(args);
        assert_eq!((status(&output), stdout(&output).as_str()), (2, ""), "{args:?}");
        stderr(&output)
    };
    let native = ["build", "--target", "x86_64-linux", "hello.gal"];
    let wasm = refused(&[&native[..], &["--backend", "wasm"]].concat());
    assert_eq!(wasm, "galc: the wasm backend does not have the target `x86_64-linux`\n");
    for module in ["wasm", "wat"] {
        let module = refused(&[&native[..], &["--emit", module]].concat());
        assert!(module.contains("the wasm backend does not have the target `x86_64-linux`"), "{module}");
        let why = if cfg!(feature = "llvm") { "a WebAssembly module" } else { "--features llvm" };
        assert!(module.contains(why), "{module}");
    }
    let tests = refused(&["test", "--target", "aarch64-linux", "hello.gal"]);
    assert!(tests.contains("`aarch64-linux` are object files, which do not run"), "{tests}");
    let exe = refused(&["build", "--emit", "exe", "hello.gal"]);
    assert!(exe.contains("an executable") && exe.contains("`wasm32-wasi`"), "{exe}");
    if !cfg!(feature = "llvm") {
        let none = refused(&native);
        assert!(none.contains("this galc has no llvm backend") && none.contains("--features llvm"), "{none}");
    }
}

/// What only processes of this machine can show.
#[cfg(all(feature = "llvm", target_os = "linux", target_arch = "x86_64"))]
mod native {
    use super::*;
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    const TELL: &str = r#"use std.env
use std.io

fn main() {
    println("{env.program()} {env.args()} {env.vars()} {io.read_all()}")
    env.exit(7)
}
"#;

    fn run(scratch: &Scratch, args: &[&str], input: &str) -> (i32, String, String) {
        let output = scratch.galc_with_input(&[&["run", "--target", "x86_64-linux"], args].concat(), input);
        (status(&output), stdout(&output), stderr(&output))
    }

    #[test]
    fn build_writes_an_executable() {
        let scratch = Scratch::new("native-build");
        scratch.write("hello.gal", HELLO);
        let output = scratch.galc(&["build", "--release", "--target", "x86_64-linux", "hello.gal"]);
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        assert!(stderr(&output).starts_with("wrote build/hello ("), "{}", stderr(&output));
        let output = Command::new(scratch.0.join("build/hello")).env_clear().output().expect("it can be run");
        assert_eq!((status(&output), stdout(&output).as_str()), (0, "hello\n"));
        let output =
            scratch.galc(&["build", "--target", "x86_64-linux", "--emit", "exe", "-o", "-", "hello.gal"]);
        assert!(output.stdout.starts_with(b"\x7fELF"), "{}", stderr(&output));
    }

    #[test]
    fn artifacts_on_the_way_are_written() {
        let scratch = Scratch::new("native-emit");
        scratch.write("hello.gal", HELLO);
        let emit = |what: &str| {
            scratch.galc(&["build", "--target", "x86_64-linux", "--emit", what, "-o", "-", "hello.gal"])
        };
        let ir = stdout(&emit("llvm-ir"));
        assert!(ir.contains("target triple = \"x86_64-unknown-linux-gnu\""), "{ir}");
        let asm = stdout(&emit("asm"));
        assert!(asm.contains("gal_main:") && asm.contains("_start:"), "{asm}");
        assert!(emit("obj").stdout.starts_with(b"\x7fELF"));
        assert!(emit("bitcode").stdout.starts_with(b"BC\xC0\xDE"));
        assert!(stdout(&emit("lir")).starts_with("target \"x86_64-linux\" pointer 8"));
    }

    #[test]
    fn run_passes_arguments_environment_input_and_status() {
        let scratch = Scratch::new("native-run");
        scratch.write("tell.gal", TELL);
        let (status, said, errors) = run(&scratch, &["--env", "A=1", "tell.gal", "x y", "-v"], "the input");
        assert_eq!(said, "tell [\"x y\", \"-v\"] [(\"A\", \"1\")] the input\n", "{errors}");
        assert_eq!(status, 7);
        scratch.write("panics.gal", "fn main() { panic(\"on purpose\") }\n");
        let (status, _, errors) = run(&scratch, &["panics.gal"], "");
        assert_eq!((status, errors.as_str()), (101, "panic at panics.gal:1:13: on purpose\n"));
        scratch.write("killed.gal", "use std.env\nfn main() { env.exit(124 + 132) }\n");
        assert_eq!(run(&scratch, &["killed.gal"], "").0, 255);
    }

    #[test]
    fn run_limits_time_and_refuses_what_it_cannot_limit() {
        let scratch = Scratch::new("native-limits");
        scratch.write("loop.gal", "fn main() {\n    loop { println(\"x\") }\n}\n");
        let begin = Instant::now();
        let (status, _, errors) = run(&scratch, &["--timeout", "200ms", "loop.gal"], "");
        assert_eq!((status, errors.as_str()), (124, "timeout: the program ran longer than 200ms\n"));
        assert!(begin.elapsed() < Duration::from_secs(60));
        scratch.write("hello.gal", HELLO);
        assert_eq!(run(&scratch, &["--timeout", "60s", "hello.gal"], ""), (0, "hello\n".into(), "".into()));
        let (status, _, errors) = run(&scratch, &["--max-memory", "64MiB", "hello.gal"], "");
        assert!(status == 2 && errors.contains("`--max-memory` is for WebAssembly"), "{errors}");
        let (status, _, errors) = run(&scratch, &["--dir", ".", "hello.gal"], "");
        assert!(status == 2 && errors.contains("`--dir` is for WebAssembly"), "{errors}");
    }

    /// A galc that runs a program that waits for input.
    fn waiting(scratch: &Scratch) -> Child {
        scratch.write("waits.gal", "use std.io\nfn main() { println(io.read_all()) }\n");
        let mut command = scratch.command(&["run", "--target", "x86_64-linux", "waits.gal"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("galc can be run")
    }

    /// The program has its end of the pipe, which is read to its end once the program has ended.
    #[test]
    fn programs_end_with_galc() {
        let scratch = Scratch::new("native-killed");
        let mut child = waiting(&scratch);
        program_of(child.id());
        let _input = child.stdin.take();
        child.kill().expect("galc can be killed");
        let output = child.wait_with_output().expect("galc ends, and its program");
        assert_eq!((output.status.code(), stdout(&output).as_str()), (None, ""));
    }

    #[test]
    fn run_tells_of_signals() {
        let scratch = Scratch::new("native-signal");
        let child = waiting(&scratch);
        let program = program_of(child.id());
        Command::new("kill").args(["-TERM", &program]).status().expect("there is `kill`");
        let output = child.wait_with_output().expect("galc ends");
        assert_eq!(status(&output), 128 + 15, "{}", stderr(&output));
        assert!(stderr(&output).contains("the program was ended by signal: 15"), "{}", stderr(&output));
    }

    /// The process that galc has started, once the compiler is done.
    fn program_of(galc: u32) -> String {
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(60) {
            let found = Command::new("ps").args(["-o", "pid=,comm=", "--ppid", &galc.to_string()]).output();
            let found = String::from_utf8_lossy(&found.expect("there is `ps`").stdout).into_owned();
            if let Some(line) = found.lines().find(|line| line.trim().ends_with("program")) {
                return line.split_whitespace().next().unwrap_or_default().to_string();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the program was not started")
    }

    #[test]
    fn linking_says_what_is_missing() {
        let scratch = Scratch::new("native-link");
        scratch.write("hello.gal", HELLO);
        let unlinked = |variable: &str, value: &str| {
            let mut command = scratch.command(&["build", "--target", "x86_64-linux", "hello.gal"]);
            let output = command.env(variable, value).output().expect("galc can be run");
            assert_eq!(status(&output), 2, "{}", stderr(&output));
            stderr(&output)
        };
        let named = unlinked("GALC_CC", "no-such-compiler");
        assert!(named.contains("cannot run the linker `no-such-compiler`"), "{named}");
        let failed = unlinked("GALC_CC", "false");
        assert!(failed.contains("`false` failed"), "{failed}");
        let nowhere = unlinked("PATH", "no-such-folder");
        assert!(nowhere.contains("Debian: gcc") && nowhere.contains("GALC_CC"), "{nowhere}");
        scratch.write("panics.gal", "fn main() { panic(\"no\") }\n");
        let told = scratch.galc(&["run", "--target", "x86_64-linux", "-g", "panics.gal"]);
        let said = "panic at panics.gal:1:13: no\n    at main (panics.gal:1:13)\n";
        assert_eq!((status(&told), stderr(&told).as_str()), (101, said));
    }

    #[test]
    fn programs_begin_at_main() {
        let scratch = Scratch::new("native-main");
        scratch.write("exports.gal", "export fn f(x: Int) -> Int { x }\n");
        let output = scratch.galc(&["build", "--target", "x86_64-linux", "exports.gal"]);
        assert_eq!(status(&output), 1);
        assert!(stderr(&output).contains("a native program starts at `fn main()`"), "{}", stderr(&output));
        scratch.write("host.gal", "extern \"wasm\" { fn now() -> Float }\nfn main() { println(now()) }\n");
        let output = scratch.galc(&["build", "--target", "x86_64-linux", "host.gal"]);
        assert!(stderr(&output).contains("error[extern-of-another-target]"), "{}", stderr(&output));
        assert!(stderr(&output).contains("1 error"), "{}", stderr(&output));
        scratch.write("module.gal", "extern \"C\" module \"m\" { fn f() }\nfn main() { f() }\n");
        let output = scratch.galc(&["build", "--target", "x86_64-linux", "module.gal"]);
        assert!(stderr(&output).contains("functions of C belong to no module"), "{}", stderr(&output));
        scratch.write(
            "c.gal",
            "extern \"C\" { fn cbrt(x: Float) -> Float }\nfn main() { println(cbrt(8.0)) }\n",
        );
        let output = scratch.galc(&["build", "--target", "x86_64-linux", "c.gal"]);
        assert_eq!(status(&output), 2);
        assert!(stderr(&output).contains("the C function `cbrt`"), "{}", stderr(&output));
    }

    /// Whatever one does to its process, the others run. One that overflows its stack touches all of it first, for some 0.3 s.
    #[test]
    fn tests_are_processes() {
        let scratch = Scratch::new("native-test");
        let text = "use std.env\nuse std.io\n\ntest \"adds\" { assert_eq(1 + 2, 3) }\n\
                    test \"panics\" { panic(\"on purpose\") }\ntest \"exits\" { env.exit(7) }\n\
                    test \"goes on\" {\n    println(1)\n    loop {}\n}\n\
                    test \"overflows\" { println(deep(1)) }\nfn deep(n: Int) -> Int { deep(n + 1) + 1 }\n\
                    test \"asks\" { assert_eq(ask(spawn Twice(), Of(4)), 8) }\n\
                    actor Twice {\n    on Of(n: Int) -> Int { n * 2 }\n}\n\
                    test \"reads\" { assert_eq(io.read_all(), \"\") }\n";
        scratch.write("tests.gal", text);
        let native = ["test", "--target", "x86_64-linux", "--check-leaks", "--timeout", "3s", "tests.gal"];
        let output = scratch.galc(&native);
        let said = stdout(&output) + &stderr(&output);
        assert_eq!(status(&output), 1, "{said}");
        let lines: Vec<&str> = said.lines().filter_map(|line| line.split(" (").next()).collect();
        let named =
            |line: &&str| ["passed ", "failed ", "timed-out "].iter().any(|word| line.starts_with(word));
        let results: Vec<&str> = lines.iter().copied().filter(named).collect();
        let expected = [
            "passed adds",
            "failed panics",
            "failed exits",
            "timed-out goes on",
            "failed overflows",
            "passed asks",
            "passed reads",
        ];
        assert_eq!(results, expected, "{said}");
        assert!(said.contains("    | panic at tests.gal:5:17: on purpose\n"), "{said}");
        assert!(said.contains("    ended with status 7\n"), "{said}");
        assert!(said.contains("3 passed, 4 failed, 0 left out\n"), "{said}");
        let output = scratch.galc(&[&native[..6], &["--release", "--filter", "asks", "tests.gal"]].concat());
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        let output = scratch.galc(&[&native[..3], &["--trace", "actors=t", "tests.gal"]].concat());
        assert_eq!(status(&output), 2);
        assert!(stderr(&output).contains("each test is a process of its own"), "{}", stderr(&output));
    }

    /// Constants are evaluated for the target: by its system, and with its words.
    #[test]
    fn constants_are_the_targets() {
        let scratch = Scratch::new("native-consts");
        scratch.write(
            "panics.gal",
            "fn f(x: Int) -> Int { [1][x] }\nconst A: Int = f(5)\nfn main() { println(A) }\n",
        );
        let output = scratch.galc(&["build", "--target", "x86_64-linux", "panics.gal"]);
        assert!(stderr(&output).contains("error[const-panics]"), "{}", stderr(&output));
        assert!(stderr(&output).contains("index 5 is out of bounds"), "{}", stderr(&output));
        scratch.write(
            "prints.gal",
            "fn f() -> Int {\n    println(\"x\")\n    1\n}\nconst A: Int = f()\nfn main() { println(A) }\n",
        );
        let output = scratch.galc(&["build", "--target", "x86_64-linux", "prints.gal"]);
        assert!(stderr(&output).contains("prints, and nobody would see it"), "{}", stderr(&output));
        let asks =
            "use std.env\nfn f() -> Int { env.args().len() }\nconst A: Int = f()\nfn main() { println(A) }\n";
        scratch.write("asks.gal", asks);
        let output = scratch.galc(&["build", "--target", "x86_64-linux", "asks.gal"]);
        assert!(stderr(&output).contains("error[const-asks-host]"), "{}", stderr(&output));
    }
}

#[test]
fn every_stage_can_be_shown() {
    let scratch = Scratch::new("emit");
    scratch.write("hello.gal", HELLO);
    for stage in ["ast", "hir", "mir", "lir", "wat"] {
        let output = scratch.galc(&["build", "--emit", stage, "hello.gal"]);
        assert_eq!(status(&output), 0, "{stage}: {}", stderr(&output));
        // `main` is a part of the entry once it has been inlined.
        let name = if stage == "mir" || stage == "lir" { "_start" } else { "main" };
        assert!(stdout(&output).contains(name) || stage == "wat", "{stage}: {}", stdout(&output));
    }
    assert!(stdout(&scratch.galc(&["build", "--emit", "wat", "hello.gal"])).starts_with("(module"));
}

/// The checker's own tests look at the pages of what it reports itself.
#[test]
fn pages_about_what_is_found_behind_the_checker_do_what_they_say() {
    let scratch = Scratch::new("behind");
    let codes = [
        "const-panics",
        "const-too-long",
        "frame-too-large",
        "instance-nesting-too-deep",
        "missing-main",
        "too-many-instances",
        "value-too-large",
    ];
    for code in codes {
        let page = stdout(&scratch.galc(&["explain", code]));
        for (fence, status_wanted) in [("```gal-fail\n", 1), ("```gal\n", 0)] {
            let program = page.split_once(fence).and_then(|(_, rest)| rest.split_once("```"));
            scratch.write("page.gal", program.map_or("", |(text, _)| text));
            let output = scratch.galc(&["run", "page.gal"]);
            let text = stderr(&output);
            assert_eq!(status(&output), status_wanted, "{code}: {text}");
            assert_eq!(text.contains(&format!("error[{code}]")), status_wanted == 1, "{code}: {text}");
        }
    }
}

#[test]
fn errors_are_shown_with_their_place_and_end_with_one() {
    let scratch = Scratch::new("errors");
    scratch.write("wrong.gal", WRONG);
    for command in ["check", "build", "run", "test"] {
        let output = scratch.galc(&[command, "wrong.gal"]);
        assert_eq!(status(&output), 1, "{command}: {}", stderr(&output));
        let text = stderr(&output);
        assert!(text.contains("error[") && text.contains("wrong.gal:2:18"), "{command}: {text}");
        assert!(text.ends_with("1 error\n") && !text.contains('\u{1b}'), "{command}: {text}");
    }
    let colored = stderr(&scratch.galc(&["check", "--color", "always", "wrong.gal"]));
    assert!(colored.contains('\u{1b}'));
}

#[test]
fn diagnostics_are_json_when_asked_for() {
    let scratch = Scratch::new("diagnostics");
    scratch.write("wrong.gal", WRONG);
    let output = scratch.galc(&["check", "--message-format", "json", "wrong.gal"]);
    assert_eq!((status(&output), stderr(&output).as_str()), (1, ""));
    let text = stdout(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].starts_with(r#"{"version":1,"type":"diagnostic","code":""#), "{text}");
    assert!(lines[0].contains(r#""line_start":2,"column_start":18,"line_end":2,"column_end":24"#), "{text}");
    assert_eq!(lines[1], r#"{"version":1,"type":"summary","errors":1,"warnings":0}"#);
    let output = scratch.galc(&["run", "--message-format", "json", "wrong.gal"]);
    assert_eq!(stdout(&output), "", "standard output belongs to the program");
}

#[test]
fn packages_are_found_from_inside() {
    let scratch = Scratch::new("package");
    assert_eq!(status(&scratch.galc(&["new", "app"])), 0);
    let mut command = scratch.command(&["run", "--", "an argument"]);
    let output = command.current_dir(scratch.0.join("app/src")).output().expect("galc can be run");
    assert_eq!((status(&output), stdout(&output).as_str()), (0, "Hello, world!\n"), "{}", stderr(&output));
    assert_eq!(status(&scratch.galc(&["check", "app"])), 0);
    assert_eq!(status(&scratch.galc(&["build", "-q", "app"])), 0);
    assert!(scratch.0.join("app/build/app.wasm").exists());
}

#[test]
fn tests_run_each_in_its_own_instance() {
    let scratch = Scratch::new("tests");
    scratch.write("tested.gal", TESTED);
    let output = scratch.galc(&["test", "tested.gal"]);
    assert_eq!(status(&output), 1, "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.contains("passed doubling works (") && text.contains("failed doubling fails ("), "{text}");
    assert!(text.contains("    | before\n") && text.contains("tested.gal:7:5"), "{text}");
    assert!(text.ends_with("1 passed, 1 failed, 0 left out\n"), "{text}");
    let output = scratch.galc(&["test", "--filter", "works", "tested.gal"]);
    assert!(status(&output) == 0 && stdout(&output).ends_with("1 passed, 0 failed, 1 left out\n"));
    let list = stdout(&scratch.galc(&["test", "--list", "tested.gal"]));
    assert_eq!(list, "doubling works (tested.gal:3:6)\ndoubling fails (tested.gal:5:6)\n");
}

#[test]
fn fmt_rewrites_only_what_is_not_formatted() {
    let scratch = Scratch::new("fmt");
    scratch.write("src/good.gal", HELLO);
    scratch.write("src/bad.gal", "fn main() {\nprintln( \"hello\" )\n}\n");
    let output = scratch.galc(&["fmt", "--check", "src"]);
    assert_eq!((status(&output), stdout(&output).replace('\\', "/").as_str()), (1, "src/bad.gal\n"));
    assert_eq!(status(&scratch.galc(&["fmt", "src"])), 0);
    let read = |name: &str| fs::read_to_string(scratch.0.join(name)).expect("the file is there");
    assert_eq!((read("src/good.gal").as_str(), read("src/bad.gal").as_str()), (HELLO, HELLO));
    assert_eq!(status(&scratch.galc(&["fmt", "--check", "src"])), 0);
    assert_eq!(stdout(&scratch.galc_with_input(&["fmt", "-"], "fn main() {\nprintln(\"hello\")}\n")), HELLO);
}

#[test]
fn every_code_has_a_page() {
    let scratch = Scratch::new("explain");
    assert_eq!(status(&scratch.galc(&["explain", "error[null]"])), 0, "as messages have it");
    let list = stdout(&scratch.galc(&["explain"]));
    assert!(list.lines().count() > 50, "{list}");
    assert!(list.lines().any(|line| line.starts_with("invalid-manifest ")), "{list}");
    for line in list.lines() {
        let (code, title) = line.split_once(' ').expect("a title stands behind each code");
        assert!(title.trim_end().ends_with('.'), "{line}");
        let output = scratch.galc(&["explain", code]);
        assert!(status(&output) == 0 && !output.stdout.is_empty(), "{code}: {}", stderr(&output));
    }
}

#[test]
fn verbose_gives_the_time_of_each_stage() {
    let scratch = Scratch::new("verbose");
    scratch.write("hello.gal", HELLO);
    let text = stderr(&scratch.galc(&["build", "-v", "hello.gal"]));
    for stage in ["parse", "check", "lower-to-mir", "optimize-mir", "lower-to-lir", "emit"] {
        assert!(text.lines().any(|line| line.contains(stage) && line.ends_with(" ms")), "{stage}: {text}");
    }
}

#[test]
fn a_name_that_no_file_has_is_told_with_its_reason() {
    let scratch = Scratch::new("reason");
    scratch.write("bytes.gal", [0xFF, 0xFE]);
    let output = scratch.galc(&["check", "bytes.gal"]);
    let text = stderr(&output);
    assert_eq!(status(&output), 1, "{text}");
    let message = "error[not-utf-8]: the file is not UTF-8: the byte 0xFF is no part of a character here\n --> bytes.gal:1:1\n";
    assert!(text.starts_with(message), "{text}");
}

#[test]
fn copies_are_explained_where_a_value_gets_a_second_owner() {
    let scratch = Scratch::new("copies");
    let text =
        "fn main() {\n    let a = [1, 2]\n    let mut b = a\n    b.push(3)\n    println(\"{a} {b}\")\n}\n";
    scratch.write("copies.gal", text);
    let output = scratch.galc(&["run", "--explain-copies", "copies.gal"]);
    assert_eq!(stdout(&output), "[1, 2] [1, 2, 3]\n");
    let notes = stderr(&output);
    assert!(notes.contains("copies.gal:3:17") && notes.contains("used again in line 5"), "{notes}");
    // Inlined twice, it is told of once.
    let twin =
        "fn twin(a: Array<Int>) -> Int {\n    let mut b = a\n    b.push(3)\n    b.len() + a.len()\n}\n";
    let calls = "fn main() {\n    println(twin([1]) + twin([2, 3]))\n}\n";
    scratch.write("twin.gal", format!("{twin}{calls}"));
    for more in [&[][..], &["-g"]] {
        let usual = &["--release", "--backend", "wasm", "--explain-copies", "twin.gal"];
        let args = [&["run"], more, usual].concat();
        let notes = stderr(&scratch.galc(&args));
        assert_eq!(notes.matches("twin.gal:2:17").count(), 1, "{args:?}: {notes}");
    }
    // A last use moves, and nothing is said of it.
    scratch.write("moved.gal", text.replace("{a} {b}", "{b}"));
    let output = scratch.galc(&["run", "--explain-copies", "moved.gal"]);
    assert!(!stderr(&output).contains("second owner"), "{}", stderr(&output));
}

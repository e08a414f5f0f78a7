//! `--profile-generate` and `--profile-use`: programs write profiles however they end, and are compiled by them.

#![cfg(all(feature = "llvm", target_os = "linux", target_arch = "x86_64"))]

mod common;

use common::{Scratch, status, stderr, stdout};
use object::{Object, ObjectSection};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// One of a hundred rounds goes another way. What it is called with says how it ends.
const COUNT: &str = r#"use std.env

fn common(n: Int) -> Int { n * 3 % 7 }

fn rare(n: Int) -> Int {
    println("rare {n}")
    n * 5 % 11
}

fn count(n: Int) -> Int {
    let mut sum = 0
    for i in 0..n { sum += if i % 100 == 99 { rare(i) } else { common(i) } }
    sum
}

fn down(n: Int) -> Int { if n < 0 { 0 } else { down(n + 1) / 2 + n } }

fn main() {
    println(count(1000))
    match env.args().first() {
        Some("exit") => env.exit(7)
        Some("panic") => panic("on purpose")
        Some("deep") => println(down(0))
        _ => {}
    }
}
"#;

/// `fib` is entered 987 times: of its calls of itself, one is a jump before anything is counted.
const FIB: &str = "fn fib(n: Int) -> Int { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }

fn main() { println(fib(15)) }
";

const TARGET: [&str; 4] = ["build", "--release", "--target", "x86_64-linux"];

fn build(scratch: &Scratch, args: &[&str]) -> Output {
    let output = scratch.galc(&[&TARGET[..], args].concat());
    assert_eq!(status(&output), 0, "{args:?}: {}", stderr(&output));
    output
}

fn refused(scratch: &Scratch, args: &[&str]) -> String {
    let output = scratch.galc(args);
    assert_eq!((status(&output), stdout(&output).as_str()), (2, ""), "{args:?}: {}", stderr(&output));
    stderr(&output)
}

/// Runs an executable in the scratch folder, with no environment.
fn run(scratch: &Scratch, program: &str, args: &[&str]) -> Output {
    let mut command = Command::new(scratch.0.join(program));
    command.args(args).env_clear().current_dir(&scratch.0).output().expect("it can be run")
}

/// The files of profiles in a folder.
fn profiles(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.extension().is_some_and(|it| it == "profraw")).collect()
}

/// A folder with the program, and a profile of it as `default.profraw`.
fn profiled(name: &str, text: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.write("count.gal", text);
    build(&scratch, &["--profile-generate", "-o", "counts", "count.gal"]);
    assert_eq!(status(&run(&scratch, "counts", &[])), 0);
    scratch
}

/// Whether code has both counts as the weights of one branch.
fn has_weights(ir: &str, some: u32, others: u32) -> bool {
    let has = |a: u32, b: u32| ir.contains(&format!("!{{!\"branch_weights\", i32 {a}, i32 {b}}}"));
    has(some, others) || has(others, some)
}

#[test]
fn profiles_are_written_however_the_program_ends() {
    let scratch = Scratch::new("profile-ends");
    scratch.write("count.gal", COUNT);
    build(&scratch, &["-o", "plain", "count.gal"]);
    build(&scratch, &["--profile-generate", "-o", "counts", "count.gal"]);
    for (args, code) in [(&[][..], 0), (&["exit"], 7), (&["panic"], 101)] {
        let (plain, counts) = (run(&scratch, "plain", args), run(&scratch, "counts", args));
        assert_eq!(status(&plain), code, "{args:?}");
        assert_eq!(counts, plain, "{args:?}");
        let written = fs::read(scratch.0.join("default.profraw")).expect("it was written");
        assert_eq!(written[..8], 0xFF6C_7072_6F66_7281_u64.to_le_bytes(), "{args:?}");
        fs::remove_file(scratch.0.join("default.profraw")).expect("it can be removed");
    }
    let (plain, counts) = (run(&scratch, "plain", &["deep"]), run(&scratch, "counts", &["deep"]));
    assert_eq!((status(&plain), &counts), (102, &plain));
    let written = fs::read(scratch.0.join("default.profraw")).expect("it was made at the start");
    assert!(written.is_empty(), "fatal errors end the process at once");
}

#[test]
fn run_writes_profiles_too() {
    let scratch = Scratch::new("profile-run");
    scratch.write("count.gal", COUNT);
    let args = ["run", "--release", "--target", "x86_64-linux", "--profile-generate=a.profraw"];
    let output = scratch.galc(&[&args[..], &["count.gal", "exit"]].concat());
    assert_eq!(status(&output), 7, "{}", stderr(&output));
    assert_eq!(profiles(&scratch.0), [scratch.0.join("a.profraw")]);
    let named = ["--env", "LLVM_PROFILE_FILE=b.profraw", "count.gal"];
    assert_eq!(status(&scratch.galc(&[&args[..], &named].concat())), 0);
    assert!(scratch.0.join("b.profraw").is_file());
}

#[test]
fn code_is_made_by_what_ran() {
    let scratch = profiled("profile-use", COUNT);
    build(&scratch, &["-o", "plain", "count.gal"]);
    let wrote = build(&scratch, &["--profile-use", "default.profraw", "-o", "used", "count.gal"]);
    assert!(!stderr(&wrote).contains("warning"), "{}", stderr(&wrote));
    for args in [&[][..], &["exit"], &["panic"], &["deep"]] {
        assert_eq!(run(&scratch, "used", args), run(&scratch, "plain", args), "{args:?}");
    }
    let emit = ["--emit", "llvm-ir", "--profile-use", "default.profraw", "count.gal"];
    let ir = stdout(&build(&scratch, &emit));
    assert!(ir.contains("!{!\"function_entry_count\", i64 1}"), "{ir}");
    assert!(has_weights(&ir, 10, 990), "{ir}");
    assert!(ir.contains("!{!\"ProfileFormat\", !\"InstrProf\"}"), "{ir}");
    let small = stdout(&build(&scratch, &[&["-O", "s"], &emit[..]].concat()));
    assert!(small.contains("function_entry_count"), "{small}");
}

#[test]
fn nothing_is_there_without_the_options() {
    let scratch = Scratch::new("profile-none");
    scratch.write("count.gal", COUNT);
    let ir = stdout(&build(&scratch, &["--emit", "llvm-ir", "count.gal"]));
    assert!(!ir.contains("__llvm_prof") && !ir.contains("function_entry_count"), "{ir}");
    build(&scratch, &["-o", "plain", "-g", "count.gal"]);
    build(&scratch, &["-o", "counts", "-g", "--profile-generate", "count.gal"]);
    for (name, is_profiled) in [("plain", false), ("counts", true)] {
        let bytes = fs::read(scratch.0.join(name)).expect("it was written");
        let file = object::read::File::parse(&*bytes).expect("it is an executable");
        let has = |section: &str| file.section_by_name(section).is_some_and(|it| it.size() > 0);
        assert_eq!((has("__llvm_prf_cnts"), has(".interp")), (is_profiled, is_profiled), "{name}");
    }
}

#[test]
fn panics_of_programs_that_write_profiles_print_their_calls() {
    let scratch = Scratch::new("profile-calls");
    scratch.write("count.gal", COUNT);
    build(&scratch, &["-g", "-o", "plain", "count.gal"]);
    build(&scratch, &["-g", "--profile-generate", "-o", "counts", "count.gal"]);
    let output = run(&scratch, "counts", &["panic"]);
    assert!(stderr(&output).contains("    at main (count.gal:"), "{}", stderr(&output));
    assert_eq!(output, run(&scratch, "plain", &["panic"]));
    build(&scratch, &["-g", "--profile-use", "default.profraw", "-o", "used", "count.gal"]);
    assert_eq!(output, run(&scratch, "used", &["panic"]));
}

#[test]
fn names_have_patterns_and_profiles_add_up() {
    let scratch = Scratch::new("profile-names");
    scratch.write("count.gal", COUNT);
    build(&scratch, &["--profile-generate=some where/%p.profraw", "-o", "counts", "count.gal"]);
    assert_eq!((status(&run(&scratch, "counts", &[])), status(&run(&scratch, "counts", &[]))), (0, 0));
    let written = profiles(&scratch.0.join("some where"));
    let [first, second] = &written[..] else { panic!("{written:?}") };
    let weights = |args: &[&str]| {
        let ir = stdout(&build(&scratch, &[args, &["--emit", "llvm-ir", "count.gal"]].concat()));
        [1, 2, 3].map(|runs| has_weights(&ir, 10 * runs, 990 * runs))
    };
    let (first, second) = (first.display().to_string(), second.display().to_string());
    assert_eq!(weights(&["--profile-use", &first]), [true, false, false]);
    assert_eq!(weights(&["--profile-use", &first, "--profile-use", &second]), [false, true, false]);
    let merge = ["merge", "-o", "both.profdata", &first, &second];
    let merged = Command::new("llvm-profdata-22").args(merge).current_dir(&scratch.0).output();
    assert!(merged.expect("LLVM has it").status.success());
    assert_eq!(weights(&["--profile-use", "both.profdata"]), [false, true, false]);
    assert_eq!(weights(&["--profile-use", "both.profdata", "--profile-use", &first]), [false, false, true]);
    // Runs of one program are merged into one file.
    build(&scratch, &["--profile-generate=of %m.profraw", "-o", "counts", "count.gal"]);
    assert_eq!((status(&run(&scratch, "counts", &[])), status(&run(&scratch, "counts", &[]))), (0, 0));
    let written = profiles(&scratch.0);
    let [merged] = &written[..] else { panic!("{written:?}") };
    assert_eq!(weights(&["--profile-use", &merged.display().to_string()]), [false, true, false]);
}

#[test]
fn profiles_that_cannot_be_written_change_nothing_else() {
    let scratch = Scratch::new("profile-unwritten");
    scratch.write("count.gal", COUNT);
    scratch.write("file", "");
    build(&scratch, &["--profile-generate=file/a.profraw", "-o", "counts", "count.gal"]);
    let output = run(&scratch, "counts", &["exit"]);
    assert_eq!(status(&output), 7);
    assert!(stderr(&output).contains("LLVM Profile Error"), "{}", stderr(&output));
}

#[test]
fn profiles_of_other_versions_are_told_of() {
    let scratch = profiled("profile-older", COUNT);
    let changed = COUNT.replace("n * 5 % 11", "if n > 7 { n * 5 % 11 } else { n }");
    scratch.write("count.gal", changed);
    let args = ["--profile-use", "default.profraw", "count.gal"];
    let said = stderr(&build(&scratch, &args));
    let warning = "warning: the profile `default.profraw` is of another version of the program or of other options: of ";
    assert!(said.starts_with(warning) && said.contains(" have changed and "), "{said}");
    assert!(!stderr(&build(&scratch, &[&args[..], &["-q"]].concat())).contains("warning"));
    let json = build(&scratch, &[&args[..], &["--message-format", "json"]].concat());
    let message = r#""type":"warning","message":"the profile `default.profraw` is of another version"#;
    assert!(stdout(&json).contains(message), "{}", stdout(&json));
}

#[test]
fn profiles_of_other_programs_are_told_of() {
    let scratch = Scratch::new("profile-other");
    scratch.write("count.gal", COUNT);
    scratch.write("other.profdata", ":ir\nmain\n0\n1\n5\n");
    let said = stderr(&build(&scratch, &["--profile-use", "other.profdata", "count.gal"]));
    let warning = "warning: the profile `other.profdata` is of another program: of ";
    assert!(said.starts_with(warning) && said.contains(" none is as it was; it is not used\n"), "{said}");
}

#[test]
fn what_is_no_profile_is_refused() {
    let scratch = profiled("profile-wrong", COUNT);
    let whole = fs::read(scratch.0.join("default.profraw")).expect("it was written");
    scratch.write("empty", "");
    scratch.write("text", "what is that\n");
    scratch.write("binary", [200; 64]);
    scratch.write("short", &whole[..whole.len() / 2]);
    scratch.write("frontend", "main\n0\n1\n5\n");
    let uses = |file: &str| refused(&scratch, &[&TARGET[..], &["--profile-use", file, "count.gal"]].concat());
    for (file, why) in [
        ("empty", "empty"),
        ("text", "truncated profile data"),
        ("binary", "unrecognized instrumentation profile encoding format"),
        ("short", "invalid instrumentation profile data (file header is corrupt)"),
        ("frontend", "it is of a compiler's front end"),
    ] {
        let said = uses(file);
        let expected = format!("galc: `{file}` is no profile that LLVM 22 can use: ");
        assert!(said.starts_with(&expected) && said.contains(why), "{said}");
    }
    let missing = uses("nowhere");
    assert!(missing.starts_with("galc: cannot read the profile `nowhere`: "), "{missing}");
    let second = ["--profile-use", "default.profraw", "--profile-use", "text", "count.gal"];
    let said = refused(&scratch, &[&TARGET[..], &second].concat());
    assert!(said.starts_with("galc: `text` is no profile"), "{said}");
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    let scratch = profiled("profile-refused", COUNT);
    let uses = "--profile-use=default.profraw";
    let both = refused(&scratch, &[&TARGET[..], &["--profile-generate", uses, "count.gal"]].concat());
    assert!(both.contains("cannot be used with"), "{both}");
    let unnamed = refused(&scratch, &[&TARGET[..], &["--profile-generate=", "count.gal"]].concat());
    assert!(unnamed.contains("a value is required"), "{unnamed}");
    for option in ["--profile-generate", uses] {
        let debug = refused(&scratch, &["build", "--target", "x86_64-linux", option, "count.gal"]);
        assert!(debug.contains("profiles are of optimised code, and at -O0 there is none"), "{debug}");
        for target in ["wasm32-wasi", "wasm64-wasi"] {
            let said = refused(&scratch, &["build", "--release", "--target", target, option, "count.gal"]);
            for backend in ["llvm", "wasm"] {
                let why = format!("the {backend} backend does not have ");
                assert!(
                    said.contains(&why) && said.contains(&format!(" for the target `{target}`")),
                    "{said}"
                );
            }
        }
        let text = refused(&scratch, &[&TARGET[..], &["--emit", "lir", option, "count.gal"]].concat());
        let name = option.split('=').next().unwrap_or_default();
        assert_eq!(text, format!("galc: `{name}` changes what LLVM does; to emit LIR does without\n"));
    }
}

#[test]
fn object_files_are_made_by_profiles_of_the_executable() {
    let scratch = profiled("profile-objects", FIB);
    for target in ["x86_64-linux-gnu", "aarch64-linux"] {
        let args = ["build", "--release", "--target", target, "count.gal"];
        let said = refused(&scratch, &[&args[..], &["--profile-generate"]].concat());
        let why =
            format!("the llvm backend does not have programs that write profiles for the target `{target}`");
        assert!(said.contains(&why), "{said}");
        let uses = ["--profile-use", "default.profraw", "--emit", "llvm-ir", "-o", "-"];
        let output = scratch.galc(&[&args[..], &uses].concat());
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        let ir = stdout(&output);
        assert!(ir.contains("!{!\"function_entry_count\", i64 987}"), "{target}: {ir}");
        // What prints is the system's.
        assert!(stderr(&output).starts_with("warning: the profile"), "{target}: {}", stderr(&output));
    }
}

#[test]
fn without_the_runtime_no_program_writes_profiles() {
    let scratch = Scratch::new("profile-runtime");
    scratch.write("count.gal", COUNT);
    let args = [&TARGET[..], &["--profile-generate", "count.gal"]].concat();
    let with = |variable: &str, value: &str| {
        let output = scratch.command(&args).env(variable, value).output().expect("galc can be run");
        assert_eq!(status(&output), 2, "{}", stderr(&output));
        stderr(&output)
    };
    let none = with("PATH", "");
    assert!(none.contains("libclang_rt.profile") && none.contains("libclang-rt-22-dev"), "{none}");
    assert!(none.contains("`cargo xtask setup`") && none.contains("GALC_PROFILE_RUNTIME"), "{none}");
    let named = with("GALC_PROFILE_RUNTIME", "nowhere");
    assert_eq!(named, "galc: GALC_PROFILE_RUNTIME names `nowhere`, which is no file\n");
    scratch.write("broken.a", "what is that\n");
    let broken = with("GALC_PROFILE_RUNTIME", "broken.a");
    assert!(broken.contains("failed") && broken.contains("broken.a"), "{broken}");
    // What is not linked needs none.
    let asm = [&args[..], &["--emit", "asm"]].concat();
    let output = scratch.command(&asm).env("PATH", "").output().expect("galc can be run");
    let text = stdout(&output);
    assert!(
        text.contains("\nmain:") && !text.contains("\n_start:") && text.contains("default.profraw"),
        "{text}"
    );
}

#[test]
fn targets_say_who_has_profiles() {
    let scratch = Scratch::new("profile-targets");
    let text = stdout(&scratch.galc(&["targets"]));
    let after = |target: &str| {
        let rest = text.split_once(&format!("\n{target} ")).map(|(_, rest)| rest);
        let line = rest.and_then(|rest| rest.lines().find(|line| line.contains("--backend llvm")));
        let line = line.unwrap_or_else(|| panic!("{target}: {text}"));
        (line.contains("--profile-generate"), line.contains("--profile-use"))
    };
    assert_eq!(after("x86_64-linux"), (true, true));
    assert_eq!(after("aarch64-linux"), (false, true));
    assert_eq!(after("wasm64-wasi"), (false, false));
    let json = stdout(&scratch.galc(&["targets", "--message-format", "json"]));
    assert!(json.contains(r#""profile_generate":true,"profile_use":true"#), "{json}");
}

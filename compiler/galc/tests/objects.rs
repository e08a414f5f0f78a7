//! Object files of other systems, and what lies on the way to them, read back: what they are for, what they define, and what they
//! ask of the C library, which docs/galc.md lists.

#![cfg(feature = "llvm")]

mod common;

use common::{Scratch, status, stderr, stdout};
use object::read::File;
use object::{Architecture, BinaryFormat, Endianness, Object, ObjectSection, ObjectSymbol, SectionKind};
use std::collections::BTreeSet;

struct Expected {
    target: &'static str,
    architecture: Architecture,
    format: BinaryFormat,
    is_64: bool,
    triple: &'static str,
    /// C functions that a program for it may call beside those that all do, without the prefix of the format.
    functions: &'static [&'static str],
    /// What the C compiler's own library has for the processor.
    support: &'static [&'static [&'static str]],
}

/// Of the library, on all targets.
const COMMON: &[&str] =
    &["_Exit", "fclose", "ferror", "fopen", "fread", "fwrite", "malloc", "rename", "setbuf"];

/// Which the code generator calls by name.
const MEMORY: &[&str] = &["memcpy", "memmove", "memset"];

/// Where the processor has no instruction.
const ROUNDING: &[&str] = &["ceil", "ceilf", "floor", "floorf", "rint", "rintf", "trunc", "truncf"];

/// 64-bit integers on 32-bit processors.
const INTEGERS_64: &[&str] =
    &["__ashldi3", "__ashrdi3", "__divdi3", "__lshrdi3", "__moddi3", "__udivdi3", "__umoddi3"];

const FLOATS_64: &[&str] = &[
    "__fixdfdi",
    "__fixsfdi",
    "__fixunsdfdi",
    "__fixunssfdi",
    "__floatdidf",
    "__floatdisf",
    "__floatundidf",
    "__floatundisf",
];

/// The same by the names that ARM gives them.
const AEABI: &[&str] = &[
    "__aeabi_d2lz",
    "__aeabi_d2ulz",
    "__aeabi_f2lz",
    "__aeabi_f2ulz",
    "__aeabi_idiv",
    "__aeabi_idivmod",
    "__aeabi_l2d",
    "__aeabi_l2f",
    "__aeabi_lasr",
    "__aeabi_ldivmod",
    "__aeabi_llsl",
    "__aeabi_llsr",
    "__aeabi_uidiv",
    "__aeabi_uidivmod",
    "__aeabi_ul2d",
    "__aeabi_ul2f",
    "__aeabi_uldivmod",
];

const LINUX: &[&str] = &[
    "__errno_location",
    "clock_gettime",
    "closedir",
    "getentropy",
    "mkdir",
    "opendir",
    "read",
    "readdir",
    "rmdir",
    "signal",
    "stat",
    "unlink",
    "write",
    "writev",
];

/// With times and sizes of 64 bits.
const LINUX_32: &[&str] = &[
    "__clock_gettime64",
    "__errno_location",
    "closedir",
    "getentropy",
    "mkdir",
    "opendir",
    "read",
    "readdir64",
    "rmdir",
    "signal",
    "stat64",
    "unlink",
    "write",
    "writev",
];

const MACOS: &[&str] = &[
    "__error",
    "clock_gettime",
    "closedir",
    "getentropy",
    "mkdir",
    "opendir",
    "read",
    "readdir",
    "rmdir",
    "signal",
    "stat",
    "unlink",
    "write",
    "writev",
];

const MACOS_X86: &[&str] = &[
    "__error",
    "clock_gettime",
    "closedir",
    "getentropy",
    "mkdir",
    "opendir$INODE64",
    "read",
    "readdir$INODE64",
    "rmdir",
    "signal",
    "stat$INODE64",
    "unlink",
    "write",
    "writev",
];

const WINDOWS: &[&str] = &[
    "GetSystemTimePreciseAsFileTime",
    "QueryPerformanceCounter",
    "QueryPerformanceFrequency",
    "_errno",
    "_findclose",
    "_findfirst64",
    "_findnext64",
    "_mkdir",
    "_read",
    "_rmdir",
    "_setmode",
    "_stat64",
    "_unlink",
    "_write",
    "free",
    "rand_s",
];

const TARGETS: &[Expected] = &[
    Expected {
        target: "x86_64-linux-gnu",
        architecture: Architecture::X86_64,
        format: BinaryFormat::Elf,
        is_64: true,
        triple: "x86_64-unknown-linux-gnu",
        functions: LINUX,
        support: &[],
    },
    Expected {
        target: "aarch64-linux",
        architecture: Architecture::Aarch64,
        format: BinaryFormat::Elf,
        is_64: true,
        triple: "aarch64-unknown-linux-gnu",
        functions: LINUX,
        support: &[],
    },
    Expected {
        target: "i686-linux",
        architecture: Architecture::I386,
        format: BinaryFormat::Elf,
        is_64: false,
        triple: "i686-unknown-linux-gnu",
        functions: LINUX_32,
        support: &[INTEGERS_64, ROUNDING, &["_GLOBAL_OFFSET_TABLE_"]],
    },
    Expected {
        target: "armv7-linux",
        architecture: Architecture::Arm,
        format: BinaryFormat::Elf,
        is_64: false,
        triple: "armv7-unknown-linux-gnueabihf",
        functions: LINUX_32,
        support: &[AEABI, ROUNDING],
    },
    Expected {
        target: "riscv32-linux",
        architecture: Architecture::Riscv32,
        format: BinaryFormat::Elf,
        is_64: false,
        triple: "riscv32-unknown-linux-gnu",
        functions: LINUX,
        support: &[INTEGERS_64, FLOATS_64, ROUNDING],
    },
    Expected {
        target: "riscv64-linux",
        architecture: Architecture::Riscv64,
        format: BinaryFormat::Elf,
        is_64: true,
        triple: "riscv64-unknown-linux-gnu",
        functions: LINUX,
        support: &[ROUNDING],
    },
    Expected {
        target: "aarch64-macos",
        architecture: Architecture::Aarch64,
        format: BinaryFormat::MachO,
        is_64: true,
        triple: "arm64-apple-macosx11.0.0",
        functions: MACOS,
        support: &[],
    },
    Expected {
        target: "x86_64-macos",
        architecture: Architecture::X86_64,
        format: BinaryFormat::MachO,
        is_64: true,
        triple: "x86_64-apple-macosx10.14.0",
        functions: MACOS_X86,
        support: &[],
    },
    Expected {
        target: "x86_64-windows",
        architecture: Architecture::X86_64,
        format: BinaryFormat::Coff,
        is_64: true,
        triple: "x86_64-w64-windows-gnu",
        functions: WINDOWS,
        support: &[&["___chkstk_ms", "__main"]],
    },
];

const HELLO: &str = "fn main() { println(\"hello\") }\n";

/// All that the library asks of its system, and what processors differ in.
const EVERYTHING: &str = r#"use std.env
use std.fs
use std.io
use std.math
use std.random.Random
use std.time.{Instant, SystemTime}

/// A frame of more than a page.
@noinline
fn large_frame(n: Int) -> Int {
    let mut values: [Int; 2000] = [n; 2000]
    for i in 0..2000 { values[(i * n) % 2000] += i }
    let mut sum = 0
    for i in 0..2000 { sum ^= values[(i * 7) % 2000] }
    sum
}

@noinline
fn integers(a: Int, b: Int, c: UInt64, d: UInt64) -> String { "{a / b} {a % b} {c / d} {c % d} {a * b} {a << 3} {c >> 5} {a ** 3}" }

@noinline
fn small_integers(a: Int32, b: Int32, c: UInt32, d: UInt32) -> String { "{a / b} {a % b} {c / d} {c % d}" }

@noinline
fn floats(x: Float, y: Float32, n: Int, u: UInt64) -> String {
    let a = "{x.floor()} {x.ceil()} {x.trunc()} {x.round()} {x.sqrt()} {x % 2.5} {x ** 0.3} {n as Float} {u as Float} {x as Int} {x as UInt64}"
    let b = "{y.floor()} {y.ceil()} {y.trunc()} {y.round()} {y.sqrt()} {n as Float32} {u as Float32} {y as Int} {y as UInt64} {y as Float}"
    "{a} {b} {math.sin(x)} {math.ln(x)} {math.fma(x, x, x)}"
}

fn files() -> Result<(), fs.IoError> {
    fs.create_dir("everything")?
    fs.write("everything/a", "text")?
    fs.append("everything/a", "more")?
    fs.rename("everything/a", "everything/b")?
    println("{fs.read_to_string("everything/b")?} {fs.size("everything/b")?} {fs.list("everything")?}")
    fs.remove("everything/b")?
    fs.remove_dir("everything")
}

fn main() {
    let n = env.args().len() + 3
    println("{env.vars().len()} {io.read_all()} {Random.new().next()} {Instant.now()} {SystemTime.now()}")
    println("{large_frame(n)} {integers(n - 9, n, n as UInt64 * 5, n as UInt64)}")
    println(small_integers(n as Int32 - 9, n as Int32, n as UInt32 * 5, n as UInt32))
    println(floats(n as Float * 1.7, n as Float32 * 1.3f32, n, n as UInt64))
    println(files())
}
"#;

impl Expected {
    fn may_ask_for(&self, symbol: &str) -> bool {
        let lists = [COMMON, MEMORY, self.functions].into_iter().chain(self.support.iter().copied());
        lists.into_iter().any(|list| list.contains(&symbol))
    }

    /// The name of a function without what its format puts before all names of C.
    fn plain<'n>(&self, symbol: &'n str) -> &'n str {
        match self.format {
            BinaryFormat::MachO => symbol.strip_prefix('_').unwrap_or(symbol),
            _ => symbol,
        }
    }

    fn check_form(&self, file: &File<'_>) {
        let target = self.target;
        assert_eq!(file.architecture(), self.architecture, "{target}");
        assert_eq!(file.format(), self.format, "{target}");
        // Objects of Windows do not say it.
        assert_eq!(file.is_64(), self.is_64 && self.format != BinaryFormat::Coff, "{target}");
        assert_eq!(file.endianness(), Endianness::Little, "{target}");
        let code: u64 = file.sections().filter(|it| it.kind() == SectionKind::Text).map(|it| it.size()).sum();
        assert!(code > 20, "{target}: {code} bytes of code");
        let defined = |symbol: &object::Symbol<'_, '_>| symbol.is_definition() && symbol.is_global();
        let globals =
            file.symbols().filter(&defined).filter_map(|it| it.name().ok().map(|name| self.plain(name)));
        assert_eq!(globals.collect::<Vec<_>>(), ["main"], "{target}");
    }

    /// What an object asks for, all of it documented.
    fn asked_for(&self, file: &File<'_>) -> BTreeSet<String> {
        let symbols = file.symbols().filter(|symbol| symbol.is_undefined());
        let names = symbols.filter_map(|symbol| symbol.name().ok()).filter(|name| !name.is_empty());
        let names: BTreeSet<String> = names.map(|name| self.plain(name).to_string()).collect();
        let unknown: Vec<_> = names.iter().filter(|name| !self.may_ask_for(name)).collect();
        assert!(unknown.is_empty(), "{}: {unknown:?}", self.target);
        names
    }
}

fn build(scratch: &Scratch, target: &str, args: &[&str], file: &str) -> Vec<u8> {
    let output = scratch.galc(&[&["build", "--target", target, "-o", "-"], args, &[file]].concat());
    assert_eq!(status(&output), 0, "{target} {args:?}: {}", stderr(&output));
    output.stdout
}

#[test]
fn objects_are_the_targets_and_ask_for_what_is_documented() {
    let scratch = Scratch::new("objects");
    scratch.write("hello.gal", HELLO);
    scratch.write("everything.gal", EVERYTHING);
    for expected in TARGETS {
        let mut asked = BTreeSet::new();
        for args in [&["--release"][..], &["-O", "0"], &["-O", "z"], &["-g"]] {
            let programs: &[&str] =
                if args == ["-g"] { &["hello.gal"] } else { &["hello.gal", "everything.gal"] };
            for program in programs {
                let bytes = build(&scratch, expected.target, args, program);
                let file =
                    File::parse(&*bytes).unwrap_or_else(|error| panic!("{}: {error}", expected.target));
                expected.check_form(&file);
                asked.extend(expected.asked_for(&file));
                let lines = [".debug_line", "__debug_line"]
                    .into_iter()
                    .any(|name| file.section_by_name(name).is_some());
                assert_eq!(lines, args == ["-g"], "{} {args:?}", expected.target);
            }
        }
        let unused = COMMON.iter().chain(expected.functions).filter(|name| !asked.contains(**name));
        assert_eq!(
            unused.collect::<Vec<_>>(),
            Vec::<&&str>::new(),
            "{}: the list names them in vain",
            expected.target
        );
    }
}

#[test]
fn texts_and_bitcode_name_the_target() {
    let scratch = Scratch::new("objects-texts");
    scratch.write("hello.gal", HELLO);
    for Expected { target, triple, .. } in TARGETS {
        let ir = build(&scratch, target, &["--emit", "llvm-ir"], "hello.gal");
        let ir = String::from_utf8(ir).expect("it is text");
        assert!(
            ir.contains(&format!("target triple = \"{triple}\"")) && ir.contains("@main("),
            "{target}: {ir}"
        );
        let asm =
            String::from_utf8(build(&scratch, target, &["--emit", "asm"], "hello.gal")).expect("it is text");
        assert!(asm.contains("\nmain:") || asm.contains("\n_main:"), "{target}: {asm}");
        let bitcode = build(&scratch, target, &["--emit", "bitcode"], "hello.gal");
        // That of macOS has a header of its own in front.
        let starts = [&b"BC\xC0\xDE"[..], b"\xDE\xC0\x17\x0B"];
        assert!(starts.iter().any(|start| bitcode.starts_with(start)), "{target}");
        assert!(bitcode.windows(triple.len()).any(|it| it == triple.as_bytes()), "{target}");
    }
}

#[test]
fn what_is_made_by_default_is_an_object() {
    let scratch = Scratch::new("objects-default");
    scratch.write("hello.gal", HELLO);
    let output = scratch.galc(&["build", "--target", "riscv64-linux", "hello.gal"]);
    assert!(stderr(&output).starts_with("wrote build/hello.o ("), "{}", stderr(&output));
    let lir = scratch.galc(&["build", "--target", "armv7-linux", "--emit", "lir", "hello.gal"]);
    assert!(stdout(&lir).starts_with("target \"armv7-linux\" pointer 4"), "{}", stderr(&lir));
}

#[test]
fn targets_are_listed_with_what_is_made_for_them() {
    let scratch = Scratch::new("objects-listed");
    let listed = stdout(&scratch.galc(&["targets"]));
    for Expected { target, .. } in TARGETS {
        let (_, rest) =
            listed.split_once(&format!("\n{target} ")).unwrap_or_else(|| panic!("{target}: {listed}"));
        let able: Vec<&str> = rest.lines().skip(1).take(2).collect();
        assert_eq!(able[0], "    --backend wasm   does not have this target", "{target}");
        let start = "    --backend llvm   --emit obj asm llvm-ir bitcode; -O 0 1 2 3 s z; -g; --panic unwind; --profile-use";
        assert_eq!(able[1], start, "{target}");
    }
}

#[test]
fn executables_are_left_to_the_systems_compiler() {
    let scratch = Scratch::new("objects-exe");
    scratch.write("hello.gal", HELLO);
    for Expected { target, .. } in TARGETS {
        let exe = scratch.galc(&["build", "--target", target, "--emit", "exe", "hello.gal"]);
        let why = format!("no executables are linked for the target `{target}`; `--emit obj` makes");
        assert!(status(&exe) == 2 && stderr(&exe).contains(&why), "{}", stderr(&exe));
        let run = scratch.galc(&["run", "--target", target, "hello.gal"]);
        let why = format!("programs for `{target}` are object files, which do not run");
        assert!(status(&run) == 2 && stderr(&run).contains(&why), "{}", stderr(&run));
        let module = scratch.galc(&["build", "--target", target, "--emit", "wasm", "hello.gal"]);
        assert!(
            status(&module) == 2 && stderr(&module).contains("a WebAssembly module"),
            "{}",
            stderr(&module)
        );
    }
}

/// Constants are evaluated for the target: by its C library, and with its words.
#[test]
fn constants_are_the_targets() {
    let scratch = Scratch::new("objects-consts");
    let panics = "fn f(x: Int) -> Int { [1][x] }\nconst A: Int = f(5)\nfn main() { println(A) }\n";
    scratch.write("panics.gal", panics);
    let prints =
        "fn f() -> Int {\n    println(\"x\")\n    1\n}\nconst A: Int = f()\nfn main() { println(A) }\n";
    scratch.write("prints.gal", prints);
    let asks =
        "use std.env\nfn f() -> Int { env.args().len() }\nconst A: Int = f()\nfn main() { println(A) }\n";
    scratch.write("asks.gal", asks);
    for target in ["x86_64-linux-gnu", "i686-linux", "x86_64-windows"] {
        let said = |file: &str| stderr(&scratch.galc(&["build", "--target", target, file]));
        assert!(said("panics.gal").contains("index 5 is out of bounds"), "{target}: {}", said("panics.gal"));
        assert!(
            said("prints.gal").contains("prints, and nobody would see it"),
            "{target}: {}",
            said("prints.gal")
        );
        assert!(
            said("asks.gal").contains("cannot be done by the compiler"),
            "{target}: {}",
            said("asks.gal")
        );
    }
}

/// Names of C are one for the whole object.
#[test]
fn declarations_of_one_c_function_must_agree() {
    let scratch = Scratch::new("objects-declarations");
    for name in ["signal", "main"] {
        let declared =
            format!("extern \"C\" {{\n    @import(\"{name}\")\n    fn other(x: Float) -> Float\n}}\n");
        scratch.write("c.gal", format!("{declared}fn main() {{ println(other(1.0)) }}\n"));
        let output = scratch.galc(&["build", "--target", "aarch64-linux", "c.gal"]);
        let why = format!("the C function `{name}` is declared more than once");
        assert!(status(&output) == 2 && stderr(&output).contains(&why), "{}", stderr(&output));
    }
    scratch.write("c.gal", "extern \"C\" { fn cbrt(x: Float) -> Float }\nfn main() { println(cbrt(8.0)) }\n");
    let bytes = build(&scratch, "aarch64-macos", &[], "c.gal");
    let file = File::parse(&*bytes).expect("it is an object");
    assert!(file.symbols().any(|symbol| symbol.is_undefined() && symbol.name() == Ok("_cbrt")));
}

#[test]
fn the_manual_names_what_objects_ask_for() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/galc.md");
    let manual = std::fs::read_to_string(path).expect("it is there");
    for expected in TARGETS {
        let lists = [COMMON, MEMORY, expected.functions].into_iter().chain(expected.support.iter().copied());
        for name in lists.flatten().filter(|name| !name.ends_with("_TABLE_") && !name.starts_with("__aeabi"))
        {
            assert!(manual.contains(&format!("`{name}`")), "docs/galc.md does not name `{name}`");
        }
        assert!(manual.contains(&format!("`{}`", expected.target)), "{}", expected.target);
    }
}

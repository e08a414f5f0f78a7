//! What gdb finds in executables built with `-g`: places, calls, and variables as GAL has them.

#![cfg(all(feature = "llvm", target_os = "linux", target_arch = "x86_64"))]

use corpus_tests::loader::Memory;
use corpus_tests::tools::{Tool, output};
use corpus_tests::{native, run};
use driver::{BackendKind, OptLevel, Options, Profile};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(120);
const NAME: &str = "example.gal";

const PROGRAM: &str = r#"struct Point { x: Int, y: Float }

enum Shape {
    Circle(Int),
    Rect { w: Int, h: Int },
    Nothing,
}

enum List { Nil, Cons(Int, List) }

enum Tree { Leaf(Int), Node(Tree, Tree) }

iso struct File { path: String, lines: Array<String> }

fn pick(xs: Array<Int>, at: Int) -> Int {
    let doubled = at * 2
    let doubled = doubled + 1
    xs[doubled - 1]
}

fn grow(mut xs: Array<Int>) {
    xs.push(40)
    println(xs.len())
}

fn main() {
    let p = Point { x: 3, y: 1.5 }
    let mut xs = [10, 20, 30]
    let name = "gal"
    let (ok, c, small) = (true, 'ß', (200 as UInt8, -7 as Int16))
    let shape = Shape.Rect { w: 4, h: 5 }
    let list = List.Cons(1, List.Cons(2, List.Nil))
    let tree = Tree.Node(Tree.Leaf(5), Tree.Leaf(6))
    let words = ["ab", "cd"]
    let maybe = Some("yes")
    let fixed: [Int; 2] = [8, 9]
    let file = File { path: "a.txt", lines: ["one"] }
    let add = |n: Int| n + p.x
    println(pick(xs, 1))
    grow(mut xs)
    println("{p.y} {name} {ok} {c} {small.0} {words.len()} {maybe} {fixed[1]} {file.path} {add(1)}")
    match (shape, list, tree) {
        (Shape.Rect { w, .. }, List.Cons(h, _), Tree.Node(_, _)) => println(w + h),
        _ => println("other"),
    }
}
"#;

/// What `-g` gives at a level.
fn executable(folder: &Path, text: &str, level: OptLevel) -> std::path::PathBuf {
    let target = run::native_target();
    let options = Options {
        target,
        artifact: driver::usual_artifact(target),
        profile: if level == OptLevel::O0 { Profile::Debug } else { Profile::Release },
        backend: Some(BackendKind::Llvm),
        opt_level: Some(level),
        debug_info: true,
        verify: true,
        ..Options::default()
    };
    let mut loader = Memory { name: NAME.to_string(), text: text.into() };
    let bytes = run::compile(&mut loader, NAME, options).unwrap_or_else(|problem| panic!("{problem}"));
    std::fs::write(folder.join(NAME), text).expect("the source can be written");
    native::write(folder, &bytes).expect("it can be written")
}

/// What gdb says to commands; `None` where there is no gdb.
fn debug(check: &str, program: &str, level: OptLevel, commands: &[&str]) -> Option<String> {
    let gdb = Tool::Debugger.find(check)?;
    let folder = tempfile::tempdir().expect("a folder can be made");
    let executable = executable(folder.path(), program, level);
    let mut command = Command::new(gdb);
    command.current_dir(folder.path()).env("LC_ALL", "C.UTF-8").args(["-nx", "-batch"]);
    for text in ["set width 0", "set print address off", "set print symbol off"].iter().chain(commands) {
        command.args(["-ex", text]);
    }
    let output = output(command.arg(executable), TIMEOUT).expect("gdb runs");
    let said = [output.stdout, output.stderr].concat();
    Some(String::from_utf8_lossy(&said).into_owned())
}

/// Whether the lines are among those that gdb says, in this order.
fn assert_says(said: &str, lines: &[&str]) {
    let mut rest = said.lines();
    for line in lines {
        assert!(rest.any(|said| said.contains(line)), "gdb does not say `{line}`, or not there:\n{said}");
    }
}

#[test]
fn breakpoints_steps_and_calls() {
    let commands = [
        "break pick",
        "run",
        "info args",
        "next",
        "next",
        "info locals",
        "print doubled",
        "bt",
        "finish",
        "tbreak example.gal:21",
        "continue",
    ];
    let Some(said) = debug("breakpoints in gdb", PROGRAM, OptLevel::O0, &commands) else { return };
    assert_says(
        &said,
        &[
            "Breakpoint 1, pick (",
            "16\t    let doubled = at * 2",
            "xs = {10, 20, 30}",
            "at = 1",
            "17\t    let doubled = doubled + 1",
            "18\t    xs[doubled - 1]",
            "doubled = 3",
            "doubled = 2",
            "$1 = 3",
            "#0  pick (xs=..., at=1) at example.gal:18",
            "main () at example.gal:39",
            "Temporary breakpoint 2, grow (",
        ],
    );
}

#[test]
fn values_are_shown_as_what_they_are() {
    let commands = [
        "break example.gal:41",
        "run",
        "print p",
        "print p.x + 1",
        "print xs",
        "print xs[3]",
        "print name",
        "print ok",
        "print c",
        "print small",
        "print shape",
        "print shape.Rect.h",
        "print *list",
        "print *list.Cons._1",
        "print *tree",
        "print *tree.Node._1",
        "print words",
        "print maybe",
        "print fixed",
        "print file",
        "print *file.lines[0].data@file.lines[0].len",
        "ptype p",
        "whatis xs",
        "info locals",
    ];
    let Some(said) = debug("values in gdb", PROGRAM, OptLevel::O0, &commands) else { return };
    assert_says(
        &said,
        &[
            "$1 = {x = 3, y = 1.5}",
            "$2 = 4",
            "$3 = {10, 20, 30, 40}",
            "$4 = 40",
            "$5 = \"gal\"",
            "$6 = true",
            "$7 = 223 U'ß'",
            "$8 = {_0 = 200",
            "$9 = {variant = Rect, Rect = {w = 4, h = 5}}",
            "$10 = 5",
            "$11 = {Cons = {_0 = 1, _1 = ",
            "$12 = {Cons = {_0 = 2, _1 = ",
            "$13 = {variant = Node, Node = {_0 = ",
            "$14 = {variant = Leaf, Leaf = {_0 = 6}}",
            "$15 = {{len = 2, data = \"ab",
            "$16 = {variant = Some, Some = {_0 = \"yes\"}}",
            "$17 = {8, 9}",
            "$18 = {path = \"a.txt\", lines = {{len = 3, data = \"one",
            "$19 = \"one\"",
            "type = struct Point {",
            "    Int x;",
            "    Float y;",
            "type = Array<Int>",
            "file = {path = \"a.txt\"",
            "p = {x = 3, y = 1.5}",
        ],
    );
}

/// Its numbers depend on the arguments, so that nothing is computed beforehand.
const OPTIMISED: &str = r#"use std.env

fn scaled(n: Int, by: Int) -> Int {
    let product = n * by
    println("{product}")
    product + 1
}

fn main() {
    let count = env.args().len() + 5
    println(scaled(count, 7))
}
"#;

/// Optimised code keeps lines and inlined calls; of variables, what is left is true.
#[test]
fn optimised_programs_can_be_followed() {
    let commands = [
        "break scaled",
        "run",
        "bt",
        "info locals",
        "next",
        "print product",
        "up",
        "print count",
        "continue",
    ];
    for level in [OptLevel::O1, OptLevel::O2, OptLevel::O3, OptLevel::Os, OptLevel::Oz] {
        let check = format!("-O{} in gdb", level.name());
        let Some(said) = debug(&check, OPTIMISED, level, &commands) else { return };
        assert_says(
            &said,
            &["Breakpoint 1, ", "#0  scaled (", "main () at example.gal:11", "exited normally"],
        );
        let shown = |name: &str, n: u32| {
            said.contains(&format!("{name} = {n}"))
                || said.contains("= <optimized out>")
                || said.contains(&format!("$1 = {n}"))
        };
        assert!(shown("product", 35) || shown("product", 42), "{said}");
        assert!(!said.contains("rror"), "{said}");
    }
}

/// Values within values, in both forms that arrays and strings have.
const NESTED: &str = r#"struct Person { name: String, tags: Array<String>, age: Int }

enum Value { Null, Text(String), List(Array<Value>) }

struct Wrap<T> { inner: T, more: Option<T> }

fn show(people: Array<Person>, value: Value, grid: Array<Array<Int>>, names: Array<Option<String>>, wrap: Wrap<String>) {
    println(people.len() + grid.len())
    println("{wrap.inner} {names.len()}")
    match value {
        Value.List(list) => println(list.len()),
        _ => println("none"),
    }
}

fn main() {
    let people = [Person { name: "Ann", tags: ["x"], age: 30 }, Person { name: "Bob", tags: [], age: 31 }]
    let value = Value.List([Value.Text("t"), Value.Null])
    show(people, value, [[1, 2], [3]], [Some("a"), None], Wrap { inner: "in", more: None })
}
"#;

/// The library has functions of the same name: numbers tell them apart, and are not shown.
#[test]
fn values_within_values_are_shown() {
    let commands = [
        "break example.gal:8",
        "run",
        "bt 1",
        "print people[1].age",
        "print *people[0].tags",
        "print *grid[0]",
        "print value",
        "print value.List._0[1]",
        "print names[0].Some._0.len",
        "print wrap",
        "info args",
    ];
    let Some(said) = debug("nested values in gdb", NESTED, OptLevel::O0, &commands) else { return };
    assert_says(
        &said,
        &[
            "#0  show (people=..., value=",
            "$1 = 31",
            "$2 = {len = 1, items = {{len = 1, data = \"x",
            "$3 = {len = 2, items = {1, 2}}",
            "$4 = {variant = List, List = {_0 = {{variant = Text, Text = {_0 = {len = 1, data = \"t",
            "$5 = {variant = Null}",
            "$6 = 1",
            "$7 = {inner = \"in\", more = {variant = None}}",
            "people = {{name = {len = 3, data = \"Ann",
        ],
    );
    assert!(!said.contains("internal-error"), "{said}");
}

//! Orders of green threads that a seed chooses: `galc run --schedule-seed`, `galc test --schedules`.
#![allow(clippy::disallowed_methods, reason = "tests run processes and read files")]

mod common;

use common::{Scratch, status, stderr, stdout};

/// Ten workers tell a log their numbers; what it gets depends on the order.
const PROGRAM: &str = r#"
actor Log {
    state lines: Array<Int> = []
    on Add(n: Int) { lines.push(n) }
    on Take -> Array<Int> => lines
}

actor Worker {
    state n: Int
    state log: Log
    new(n: Int, log: Log) {
        self.n = n
        self.log = log
    }
    on Go -> Bool {
        send(log, Add(n))
        true
    }
}

fn order() -> Array<Int> {
    let log = spawn Log()
    let workers = Array.generate(10, |i| spawn Worker(i, log))
    let mut futures: Array<Future<Bool>> = []
    for w in workers { futures.push(async ask(w, Go)) }
    await all(futures)
    ask(log, Take)
}

fn main() { println(order()) }

test "any order" { assert_eq(order().sorted(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) }
test "the last is not first" { assert(order()[0] != 9) }
"#;

fn run(scratch: &Scratch, args: &[&str]) -> String {
    let output = scratch.galc(&[&["run", "-q"], args, &["race.gal"]].concat());
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    stdout(&output)
}

#[test]
fn a_seed_gives_the_same_order_everywhere() {
    let scratch = Scratch::new("schedule-seed");
    scratch.write("race.gal", PROGRAM);
    let orders: Vec<String> =
        (0..6).map(|seed| run(&scratch, &["--schedule-seed", &seed.to_string()])).collect();
    let mut distinct = orders.clone();
    distinct.sort();
    distinct.dedup();
    assert!(distinct.len() > 3, "{orders:?}");
    assert_eq!(run(&scratch, &["--schedule-seed", "5"]), orders[5], "again");
    assert_eq!(run(&scratch, &["--schedule-seed", "5", "--no-opt"]), orders[5], "without passes");
    assert_eq!(run(&scratch, &["--schedule-seed", "5", "--target", "wasm64-wasi"]), orders[5], "64 bits");
    assert_eq!(
        run(&scratch, &["--schedule-seed", "5", "--env", "GAL_SCHEDULE_SEED=1"]),
        orders[5],
        "one seed"
    );
    if cfg!(all(feature = "llvm", target_os = "linux", target_arch = "x86_64")) {
        let native = run(&scratch, &["--schedule-seed", "5", "--target", "x86_64-linux"]);
        assert_eq!(native, orders[5], "as a process");
    }
}

#[test]
fn tests_run_in_many_orders_and_the_seed_that_fails_is_told() {
    let scratch = Scratch::new("schedules");
    scratch.write("race.gal", PROGRAM);
    let output = scratch.galc(&["test", "--schedules", "200", "race.gal"]);
    let text = stdout(&output);
    assert_eq!(status(&output), 1, "{text}");
    assert!(text.contains("passed any order") && text.contains("1 passed, 1 failed"), "{text}");
    let seed = text.lines().find_map(|line| line.trim().strip_prefix("with --schedule-seed "));
    let seed = seed.unwrap_or_else(|| panic!("no seed is told:\n{text}"));
    let one = scratch.galc(&["test", "--schedule-seed", seed, "race.gal"]);
    assert!(stdout(&one).contains("1 passed, 1 failed"), "{}", stdout(&one));
    let json = scratch.galc(&["test", "--schedules", "200", "--message-format", "json", "race.gal"]);
    assert!(stdout(&json).contains(&format!("\"schedule_seed\":{seed}")), "{}", stdout(&json));
    let largest = scratch.galc(&["test", "--schedule-seed", "4294967295", "--filter", "any", "race.gal"]);
    assert_eq!(status(&largest), 0, "{}{}", stdout(&largest), stderr(&largest));
    let usual = scratch.galc(&["test", "race.gal"]);
    assert_eq!(status(&usual), 0, "{}", stdout(&usual));
}

#[test]
fn seeds_are_for_programs_that_are_compiled() {
    let scratch = Scratch::new("schedule-module");
    scratch.module("made.wasm", "(module (memory (export \"memory\") 1) (func (export \"_start\")))");
    let output = scratch.galc(&["run", "--schedule-seed", "1", "made.wasm"]);
    assert_eq!(status(&output), 2, "{}", stderr(&output));
    assert!(stderr(&output).contains("not for modules"), "{}", stderr(&output));
    let both = scratch.galc(&["test", "--schedule-seed", "1", "--schedules", "2"]);
    assert_eq!(status(&both), 2);
}

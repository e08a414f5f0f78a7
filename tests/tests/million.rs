//! Many actors alive at once in one module with a 32-bit memory: each gets two messages, all are freed, and the peak of the memory is
//! printed. A million in full, fewer in the quick tier.
#![allow(clippy::disallowed_methods, reason = "tests print")]

use corpus_tests::loader::Memory;
use corpus_tests::{is_full, run};
use driver::{Options, Profile};

const FULL: u64 = 1_000_000;
const QUICK: u64 = 50_000;

const PROGRAM: &str = r#"
use std.env

actor Cell {
    state sum: Int = 0
    on Add(n: Int) { sum += n }
    on Get -> Int { sum }
}

fn main() {
    let n = env.args()[0].parse_int().unwrap()
    let cells = Array.generate(n, |_| spawn Cell())
    for i in 0..n { send(cells[i], Add(i)) }
    let mut sum = 0
    for c in cells { sum += ask(c, Get) }
    println(sum)
}
"#;

#[test]
fn all_of_a_million_actors_answer_and_are_freed() {
    let n = if is_full() { FULL } else { QUICK };
    let mut loader = Memory { name: "million.gal".to_string(), text: PROGRAM.into() };
    // The check for leaks makes the program end with another status if anything is left.
    let options = Options { profile: Profile::Release, check_leaks: true, ..Options::default() };
    let wasm = run::compile(&mut loader, "million.gal", options).expect("the program compiles");
    let host = wasi::RunOptions {
        args: vec!["million".to_string(), n.to_string()],
        stdout: wasi::Output::Capture,
        stderr: wasi::Output::Capture,
        ..wasi::RunOptions::default()
    };
    let outcome = wasi::run(&wasm, &host).expect("the module can be run");
    assert_eq!(outcome.status, 0, "{}", outcome.stderr_text());
    assert_eq!(outcome.stdout_text(), format!("{}\n", n * (n - 1) / 2));
    let per_actor = outcome.peak_memory / n;
    println!(
        "{n} actors: peak memory {} MiB, {per_actor} bytes an actor with its messages",
        outcome.peak_memory >> 20
    );
    // A 32-bit memory has 4 GiB.
    assert!(per_actor < 1024, "{per_actor} bytes an actor");
}

//! Generated programs in all configurations, in a process of their own: few, or many with `GAL_TEST_SIZE=full`.
//!
//! `GAL_GENERATED_COUNT` says how many, `GAL_GENERATED_FIRST` the first seed. With `GAL_GENERATED_SEED` there is only the
//! program of that seed, which is also printed. A failure is reduced, and written to the target folder.

use corpus_tests::generated::{CONFIGURATIONS, Fault, Suite};
use corpus_tests::loader::Memory;
use corpus_tests::{for_all, is_full};
use driver::{Options, Session};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How many programs; seeds are the numbers from 0. LLVM takes as long for one as all else together.
const QUICK: u64 = if cfg!(feature = "llvm") { 40 } else { 100 };
const FULL: u64 = 20_000;

/// Among so many programs each construct has its place.
const SEES_ALL: usize = 5_000;

/// Seeds that once failed, also when others are asked for.
const ONCE_FAILED: &[u64] = &[132];

/// Reducing takes minutes: failures beyond this number are only named.
const REDUCED_MAX: usize = 6;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn programs_do_the_same_in_all_configurations() {
    let seeds: Vec<u64> = match number("GAL_GENERATED_SEED") {
        Some(seed) => vec![seed],
        None => {
            let count = number("GAL_GENERATED_COUNT").unwrap_or(if is_full() { FULL } else { QUICK });
            let first = number("GAL_GENERATED_FIRST").unwrap_or(0);
            ONCE_FAILED.iter().copied().chain(first..first + count).collect()
        }
    };
    let suite = Suite::default();
    let all: Vec<usize> = (0..CONFIGURATIONS.len()).collect();
    let (covered, failed) = (Mutex::new(BTreeMap::new()), AtomicUsize::new(0));
    // A panic of the compiler is caught and told with its program.
    std::panic::set_hook(Box::new(|_| {}));
    let begin = Instant::now();
    let failures = for_all(&seeds, |seed| {
        let program = generate::generate(*seed);
        if number("GAL_GENERATED_SEED").is_some() {
            println!("{}", program.text);
        }
        for (name, times) in &program.covered {
            *covered.lock().unwrap_or_else(|e| e.into_inner()).entry(*name).or_insert(0) += times;
        }
        let fault = suite.check(&program.text, program.checks_overflow, &all);
        fault.map(|fault| failure(&suite, *seed, program, fault, &failed)).into_iter().collect()
    });
    drop(std::panic::take_hook());
    print_counts(&suite, seeds.len(), begin.elapsed());
    print_coverage(&covered.into_inner().unwrap_or_else(|e| e.into_inner()), seeds.len());
    corpus_tests::report("generated", seeds.len(), &failures);
}

/// Lines with ` cases (` are shown of suites that pass.
fn print_counts(suite: &Suite, programs: usize, time: Duration) {
    let load = |count: &AtomicUsize| count.load(Ordering::Relaxed);
    let runs = CONFIGURATIONS.iter().zip(&suite.counts.runs);
    let runs: Vec<String> = runs.map(|(mode, runs)| format!("{} {}", mode.name, load(runs))).collect();
    println!(
        "generated, by configuration: {programs} cases ({}), {} over the interpreter's limit, {} with a panic, {:.1} a second",
        runs.join(", "),
        load(&suite.counts.over_limit),
        load(&suite.counts.panics),
        programs as f64 / time.as_secs_f64()
    );
}

fn print_coverage(covered: &BTreeMap<&'static str, usize>, programs: usize) {
    let all: Vec<&str> = generate::constructs().collect();
    let missing: Vec<&str> = all.iter().copied().filter(|name| !covered.contains_key(name)).collect();
    let made = all.len() - missing.len();
    println!(
        "generated, constructs: {programs} cases ({made} of {} constructs), without {missing:?}",
        all.len()
    );
    // What is never made has a row that does not work.
    assert!(programs < SEES_ALL || missing.is_empty(), "no program has {missing:?}");
}

/// Reducing goes through lists of choices that no seed gives; their programs are well typed too.
#[test]
fn programs_of_shortened_lists_check() {
    let seeds: Vec<u64> = (0..if is_full() { 2_000 } else { 100 }).collect();
    let failures = for_all(&seeds, |seed| {
        let record = generate::generate(*seed).record;
        let span = &record.spans[(seed.wrapping_mul(7919) % record.spans.len() as u64) as usize];
        let made = [&record.made[..span.start], &record.made[span.end..]].concat();
        let text = generate::replay(&made).text;
        let mut loader = Memory { name: "generated.gal".to_string(), text: text.clone().into() };
        let mut session = Session::new(&mut loader, Options::default());
        match driver::check(&mut session, "generated.gal") {
            Ok(checked) if !checked.has_errors() => Vec::new(),
            Ok(checked) => {
                let errors = checked.diagnostics.iter().filter(|d| d.is_error());
                let shown = errors.map(|d| report::human(d, &checked.source_map, report::Style::Plain));
                let place = write(&format!("generated-{seed}-shortened.gal"), &text);
                vec![format!("seed {seed}, shortened, in {place}: {}", shown.collect::<Vec<_>>().join("\n"))]
            }
            Err(error) => vec![format!("seed {seed}, shortened: {error}")],
        }
    });
    corpus_tests::report("generated, shortened", seeds.len(), &failures);
}

/// Tells of a fault, and makes its program small.
fn failure(
    suite: &Suite,
    seed: u64,
    program: generate::Program,
    fault: Fault,
    failed: &AtomicUsize,
) -> String {
    let name = CONFIGURATIONS[fault.configuration].name;
    let overflow = if program.checks_overflow { "on" } else { "off" };
    let head = format!("seed {seed} [{name}, overflow checks {overflow}]: {:?}: {}", fault.kind, fault.text);
    let whole = write(&format!("generated-{seed}.gal"), &program.text);
    if failed.fetch_add(1, Ordering::Relaxed) >= REDUCED_MAX {
        return format!("{head}\nthe program is in {whole}");
    }
    let (small, left) = suite.reduce(program.record, &fault);
    let text = match driver::format("small.gal", &small.text) {
        Ok(driver::Formatted { text: Some(text), .. }) => text,
        _ => small.text,
    };
    let place = write(&format!("generated-{seed}-small.gal"), &text);
    format!("{head}\nthe program is in {whole}; reduced, in {place}: {}\n{text}", left.text)
}

fn write(name: &str, text: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    match std::fs::write(&path, text) {
        Ok(()) => path.display().to_string(),
        Err(error) => format!("no file: {error}"),
    }
}

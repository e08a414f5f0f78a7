//! Damaged programs of the corpora, in a process of their own: quick with few, at length with `GAL_TEST_SIZE=full`.

use corpus_tests::fuzz::check;
use corpus_tests::{files, for_all, is_full, report, root};
use damage::{Rng, break_bytes, mutate};

/// How many texts; seeds are the numbers from 0.
const QUICK: u64 = 10_000;
const FULL: u64 = 100_000;

#[test]
fn damaged_programs_end_in_output_or_diagnostics() {
    let root = root();
    let mut sources: Vec<String> = Vec::new();
    for folder in ["tests/run", "tests/ui", "tests/fuzz", "examples"] {
        sources.extend(
            files(&root.join(folder), "gal").iter().filter_map(|path| std::fs::read_to_string(path).ok()),
        );
    }
    sources.retain(|text| !text.is_empty());
    // Long programs cost much and find little more: they are a few of all.
    let (short, long): (Vec<_>, Vec<_>) = sources.into_iter().partition(|text| text.len() < 6_000);
    assert!(!short.is_empty() && !long.is_empty(), "there are no programs to damage");
    let count = std::env::var("GAL_FUZZ_COUNT").ok().and_then(|n| n.parse().ok());
    let seeds: Vec<u64> = (0..count.unwrap_or(if is_full() { FULL } else { QUICK })).collect();
    // A panic is caught and named with its text; its trace would only hide that.
    std::panic::set_hook(Box::new(|_| {}));
    let failures = for_all(&seeds, |seed| {
        let mut rng = Rng::new(*seed);
        let sources = if seed % 500 == 499 { &long } else { &short };
        let text = mutate(&sources[rng.below(sources.len())], &mut rng);
        let text = if seed % 16 == 15 { break_bytes(text, &mut rng) } else { text.into_bytes() };
        check(&text).map(|problem| failure(*seed, &text, &problem)).into_iter().collect()
    });
    drop(std::panic::take_hook());
    report("fuzz", seeds.len(), &failures);
}

fn failure(seed: u64, text: &[u8], problem: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(format!("fuzz-{seed}.gal"));
    let place = match std::fs::write(&path, text) {
        Ok(()) => path.display().to_string(),
        Err(error) => format!("not written: {error}"),
    };
    let problem: String = problem.chars().take(400).collect();
    format!("seed {seed} ({place}): {problem}")
}

/// Texts that once broke the compiler.
#[test]
fn texts_that_once_failed_do_not() {
    let root = root();
    let paths = files(&root.join("tests/fuzz"), "gal");
    let failures = for_all(&paths, |path| {
        let problem = match std::fs::read(path) {
            Ok(text) => check(&text),
            Err(error) => Some(error.to_string()),
        };
        problem.map(|problem| format!("{}: {problem}", path.display())).into_iter().collect()
    });
    report("fuzz corpus", paths.len(), &failures);
}

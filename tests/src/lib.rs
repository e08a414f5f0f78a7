//! The corpora's runner: text files in, a list of failures out. A test is a file; adding one is dropping it in.
//!
//! * `tests/run/**/*.gal` and `examples/*.gal`: programs that print what they compute, see [`program`]. Those of
//!   `examples/web` are for JavaScript, and are run by runtime-wasm/test/full/examples.test.mjs.
//! * `tests/ui/<code>/*.gal`: programs with mistakes, the expected report beside them in `<name>.txt`, see [`ui`]; and
//!   `tests/ui/<code>/<folder>/*.gal`, such programs of several modules.
//! * programs that `generate` makes out of seeds, see [`generated`].
//! * fenced `gal` blocks of the documents, see [`docs`].
//! * the lessons of the tour in `playground/tour`, see [`tour`].
//! * `examples/hello.gal`, in several engines and on hosts that fail: tests/tests/hello.rs.
//!
//! `BLESS=1` rewrites expected reports of `tests/ui`; expected output of programs is never written by a tool.
//! `GAL_TEST_FILTER=text` leaves out the files of `tests/run`, `examples` and `tests/ui` without the text in their path.

pub mod browser;
pub mod docs;
pub mod fuzz;
pub mod generated;
pub mod linked;
pub mod loader;
pub mod module;
pub mod native;
pub mod program;
pub mod run;
pub mod schedules;
pub mod shown;
pub mod test_blocks;
pub mod tools;
pub mod tour;
pub mod traces;
pub mod ui;
pub mod wasm_opt;
pub mod web;
pub mod write_host;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[global_allocator]
static ALLOCATOR: allocator::Mimalloc = allocator::Mimalloc;

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Whether the long tier was asked for: `GAL_TEST_SIZE=full`.
pub fn is_full() -> bool {
    std::env::var("GAL_TEST_SIZE").is_ok_and(|v| v == "full")
}

/// Runs modules. At the small size it compiles fast to slower code: most programs run for less time than they are compiled.
pub fn engine() -> wasi::Engine {
    if is_full() { wasi::Engine::new() } else { wasi::Engine::fast_compile() }
}

/// All files with an extension below a folder, sorted. What npm has installed there is left out.
pub fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.ends_with("node_modules") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Cases that take longer are named in the output.
const SLOW: std::time::Duration = std::time::Duration::from_secs(4);

fn describe(item: &impl std::fmt::Debug) -> String {
    format!("{item:?}").chars().take(120).collect()
}

/// Runs `check` on each item on all cores; returns the failures, sorted.
pub fn for_all<T: Sync + std::fmt::Debug>(
    items: &[T],
    check: impl Fn(&T) -> Vec<String> + Sync,
) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(2, |n| n.get());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            std::thread::Builder::new()
                .stack_size(64 << 20)
                .spawn_scoped(scope, || {
                    while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let begin = std::time::Instant::now();
                        let found = check(item);
                        if begin.elapsed() > SLOW {
                            println!("slow: {:.1} s for {}", begin.elapsed().as_secs_f64(), describe(item));
                        }
                        // At once, so that a run that is cut short has told what it knows.
                        found.iter().for_each(|failure| println!("failed: {failure}"));
                        failures.lock().unwrap_or_else(|e| e.into_inner()).extend(found);
                    }
                })
                .expect("the system can start a thread");
        }
    });
    let mut failures = failures.into_inner().unwrap_or_else(|e| e.into_inner());
    failures.sort();
    failures
}

/// Prints what ran and fails the calling test if anything failed.
pub fn report(suite: &str, count: usize, failures: &[String]) {
    let size = if is_full() { "full" } else { "quick" };
    println!("{suite}: {count} cases ({size}), {} failures", failures.len());
    let is_chosen = std::env::var_os("GAL_TEST_FILTER").is_some();
    assert!(count > 0 || is_chosen, "{suite}: there are no cases");
    assert!(
        failures.is_empty(),
        "{suite}: {} of {count} failed\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

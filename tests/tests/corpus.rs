//! Runs the corpora. One process a suite.

#[cfg(feature = "llvm")]
use corpus_tests::linked;
use corpus_tests::program::Program;
use corpus_tests::{
    docs, engine, files, for_all, is_full, report, root, run, schedules, shown, test_blocks, traces, ui,
    wasm_opt, web,
};
use std::path::Path;

/// Whether a path within the workspace contains `GAL_TEST_FILTER`, if that is given.
fn is_wanted(path: &Path) -> bool {
    let root = root();
    let path = path.strip_prefix(&root).unwrap_or(path);
    std::env::var("GAL_TEST_FILTER").map_or(true, |filter| path.to_string_lossy().contains(&filter))
}

/// Compiles and runs programs in all modes of a list; with the small size one of every `stride`.
fn run_programs(suite: &str, modes: &[run::Mode], stride: usize) {
    run_folder(suite, "tests/run", modes, stride);
}

fn run_folder(suite: &str, folder: &str, modes: &[run::Mode], stride: usize) {
    let root = root();
    let engine = engine();
    let mut paths = files(&root.join(folder), "gal");
    paths.retain(|path| is_wanted(path) && run::is_for_all_targets(path));
    if !is_full() {
        paths = paths.into_iter().step_by(stride).collect();
    }
    let failures = for_all(&paths, |path| match Program::read(&root, path) {
        Ok(program) => check_sizes(&root, &engine, &program, modes),
        Err(problem) => vec![problem],
    });
    report(suite, paths.len(), &failures);
}

/// Runs a program, and once more at its full size if that is asked for and the program has one.
fn check_sizes(root: &Path, engine: &wasi::Engine, program: &Program, modes: &[run::Mode]) -> Vec<String> {
    let mut failures = run::check_program(root, engine, program, modes, is_full());
    if is_full()
        && let Some(full) = program.at_full_size()
    {
        let found = run::check_program(root, engine, &full, modes, is_full());
        failures.extend(found.into_iter().map(|failure| format!("at full size: {failure}")));
    }
    failures
}

/// The corpora have at least so many programs, and so many mistakes.
const PROGRAMS_MIN: usize = 250;
const MISTAKES_MIN: usize = 200;

#[test]
fn programs_print_what_they_should() {
    assert!(files(&root().join("tests/run"), "gal").len() >= PROGRAMS_MIN);
    run_programs("run", run::MODES, 1);
}

#[test]
fn examples_print_what_they_should() {
    run_folder("examples", "examples", run::MODES, 1);
}

#[test]
fn programs_for_javascript_do_not_run_everywhere() {
    let root = root();
    assert!(run::is_for_all_targets(&root.join("examples/hello.gal")));
    assert!(!run::is_for_all_targets(&root.join("examples/web/counter/app.gal")));
}

/// Examples that show how a program is tested.
#[test]
fn test_blocks_of_examples_pass() {
    let root = root();
    let engine = engine();
    let examples: Vec<_> = examples(&root).into_iter().filter(|name| has_test_blocks(&root, name)).collect();
    let failures = for_all(&examples, |name| {
        match test_blocks::check_test_blocks(&root, &engine, name, driver::Profile::Debug) {
            Ok(0) => vec![format!("{name}: none of its test blocks is found")],
            Ok(_) => Vec::new(),
            Err(failures) => failures,
        }
    });
    report("examples with test blocks", examples.len(), &failures);
    assert!(!examples.is_empty(), "no example has test blocks");
}

#[test]
fn test_blocks_of_the_library_pass() {
    let library = root().join("library");
    let engine = engine();
    let mut modules = Vec::new();
    for path in ["core", "std"].iter().flat_map(|folder| files(&library.join(folder), "gal")) {
        let text = std::fs::read_to_string(&path).expect("the library can be read");
        let name = path.strip_prefix(&library).unwrap_or(&path).with_extension("");
        let name = name.to_string_lossy().replace(['/', '\\'], ".");
        if text.contains("\ntest \"") {
            modules.push((name.trim_end_matches(".mod").to_string(), text.matches("\ntest \"").count()));
        }
    }
    let written: usize = modules.iter().map(|module| module.1).sum();
    let names: Vec<String> = modules.into_iter().map(|module| module.0).collect();
    let failures = for_all(&[driver::Profile::Debug, driver::Profile::Release], |profile| {
        match test_blocks::check_library_tests(&engine, &names, *profile) {
            Ok(found) if found == written => Vec::new(),
            Ok(found) => vec![format!("{found} of {written} test blocks of the library are found")],
            Err(failures) => failures,
        }
    });
    report("test blocks of the library", 2 * written, &failures);
}

#[test]
fn examples_are_listed() {
    let root = root();
    let list = std::fs::read_to_string(root.join("README.md")).expect("the readme is there");
    let missing: Vec<_> = examples(&root).into_iter().filter(|name| !list.contains(name)).collect();
    assert!(missing.is_empty(), "README.md does not name {missing:?}");
}

/// The names of all examples, from the workspace on.
fn examples(root: &Path) -> Vec<String> {
    let paths = files(&root.join("examples"), "gal");
    let name = |path: &Path| path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    paths.iter().map(|path| name(path)).collect()
}

fn has_test_blocks(root: &Path, name: &str) -> bool {
    let path = root.join(name);
    run::is_for_all_targets(&path)
        && std::fs::read_to_string(path).is_ok_and(|text| text.contains("\ntest \""))
}

/// The programs whose actors and green threads may run in any order.
const CONCURRENT: [&str; 3] = ["tests/run/actors", "tests/run/savina", "examples"];

#[test]
fn actors_do_the_same_in_all_orders() {
    let root = root();
    let engine = engine();
    let mut paths: Vec<_> = CONCURRENT.iter().flat_map(|folder| files(&root.join(folder), "gal")).collect();
    paths.retain(|path| is_wanted(path) && run::is_for_all_targets(path));
    let failures = for_all(&paths, |path| schedules::check(&root, &engine, path));
    report(&format!("run in {} orders", schedules::seeds()), paths.len(), &failures);
}

#[test]
fn actors_leave_the_same_trace_each_time_on_every_backend() {
    let root = root();
    let engine = engine();
    let folders = ["tests/run/actors", "tests/run/savina"];
    let mut paths: Vec<_> = folders.iter().flat_map(|folder| files(&root.join(folder), "gal")).collect();
    paths.retain(|path| is_wanted(path));
    if !is_full() {
        paths = paths.into_iter().step_by(TRACES_STRIDE).collect();
    }
    let failures = for_all(&paths, |path| traces::check(&root, &engine, path));
    report("traces", paths.len(), &failures);
}

/// Each is compiled in three ways; the full size takes all.
const TRACES_STRIDE: usize = 8;

/// What differs is in few places; the full size takes all.
const WASM64_STRIDE: usize = 8;

#[test]
fn programs_print_the_same_in_a_64_bit_memory() {
    run_programs("run on wasm64", run::WASM64_MODES, WASM64_STRIDE);
}

/// wasm-opt takes half a second for a program; the full size takes all.
const WASM_OPT_STRIDE: usize = 22;

#[test]
fn programs_print_the_same_through_wasm_opt() {
    let check = "programs through wasm-opt";
    if wasm_opt::find(check).is_some() {
        run_programs("run through wasm-opt", run::WASM_OPT_MODES, WASM_OPT_STRIDE);
    }
}

#[cfg(feature = "llvm")]
#[test]
fn programs_print_the_same_through_llvm_and_wasm_opt() {
    let check = "programs through llvm and wasm-opt";
    if wasm_opt::find(check).is_some() {
        run_programs("run through llvm and wasm-opt", run::LLVM_WASM_OPT_MODES, WASM_OPT_STRIDE);
    }
}

#[test]
fn vectors_are_the_same_without_instructions_for_them() {
    run_folder("run without vectors", "tests/run/simd", run::VECTOR_MODES, 1);
}

/// LLVM takes half a second for a program; the full size takes all.
#[cfg(feature = "llvm")]
const LLVM_STRIDE: usize = 14;

#[cfg(feature = "llvm")]
#[test]
fn programs_print_the_same_through_llvm() {
    run_programs("run through llvm", run::LLVM_MODES, LLVM_STRIDE);
}

#[cfg(feature = "llvm")]
#[test]
fn programs_print_the_same_through_llvm_in_a_64_bit_memory() {
    run_programs("run through llvm on wasm64", run::LLVM_WASM64_MODES, LLVM_STRIDE);
}

#[cfg(feature = "llvm")]
#[test]
fn programs_print_the_same_as_processes() {
    if corpus_tests::native::IS_HERE {
        run_programs("run as processes", run::NATIVE_MODES, LLVM_STRIDE);
    } else {
        println!("skipped: programs as processes: this machine is no x86_64-linux");
    }
}

/// Linking and emulating takes about a second for a program; the full size takes all.
#[cfg(feature = "llvm")]
const LINKED_STRIDE: usize = 39;

#[cfg(feature = "llvm")]
#[test]
fn programs_print_the_same_linked_to_c_libraries() {
    for system in linked::SYSTEMS.iter().filter(|system| system.is_here("programs linked to the C library")) {
        let suite = format!("run linked to the C library of {}", system.target);
        run_programs(&suite, &run::linked_modes(system), LINKED_STRIDE);
    }
}

/// What differs from other hosts is in few places; the full size takes all.
const NODE_STRIDE: usize = 5;
const CHROMIUM_STRIDE: usize = 17;

#[test]
fn programs_print_the_same_in_javascript() {
    let engines = [
        (web::Engine::Node, run::NODE_MODES, NODE_STRIDE),
        (web::Engine::Chromium, run::CHROMIUM_MODES, CHROMIUM_STRIDE),
    ];
    for (engine, modes, stride) in engines {
        if engine.is_here("programs") {
            run_programs(&format!("run in {engine:?}"), modes, stride);
        }
    }
}

#[cfg(feature = "llvm")]
#[test]
fn programs_print_the_same_through_llvm_in_javascript() {
    if web::Engine::Node.is_here("programs through llvm") {
        run_programs("run through llvm in Node", run::LLVM_NODE_MODES, 2 * LLVM_STRIDE - 1);
    }
}

#[test]
fn mistakes_are_reported_as_expected() {
    let root = root();
    let (mut cases, mut failures) = ui::cases(&root.join("tests/ui"));
    assert!(cases.len() >= MISTAKES_MIN);
    cases.retain(|case| is_wanted(&case.path));
    failures.extend(ui::missing(&root.join("tests/ui")));
    failures.extend(for_all(&cases, |case| ui::check(&root, case)));
    report("ui", cases.len(), &failures);
}

#[test]
fn small_functions_become_what_they_should() {
    let root = root();
    for (folder, form) in [("wat", shown::Form::Wat), ("built", shown::Form::Mir)] {
        let paths = files(&root.join("tests").join(folder), "gal");
        let failures = for_all(&paths, |path| shown::check(&root, path, form));
        report(folder, paths.len(), &failures);
    }
}

/// An example that must fail is followed by the messages that it gets.
fn other_mistake(example: &docs::Example, problem: &str) -> Vec<String> {
    let missing = example.messages.iter().find(|message| !problem.contains(message.as_str()));
    match missing {
        _ if example.messages.is_empty() => vec![format!("{}: no `text` says what fails", example.name())],
        Some(missing) => vec![format!("{}: `{missing}` is not in: {problem}", example.name())],
        None => Vec::new(),
    }
}

#[test]
fn examples_in_documents_work() {
    let root = root();
    let engine = engine();
    let mut found = Vec::new();
    let mut documents = files(&root.join("docs"), "md");
    documents.push(root.join("README.md"));
    for document in documents {
        let name = document.strip_prefix(&root).unwrap_or(&document).to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&document).unwrap_or_default();
        found.extend(docs::examples(&name, &text));
    }
    let failures = for_all(&found, |example| {
        if example.is_web {
            return run::compiles_for_the_web(&example.program())
                .err()
                .map(|e| format!("{}: {e}", example.name()))
                .into_iter()
                .collect();
        }
        let result = run::check_text(&engine, "example.gal", &example.program(), example.output.as_deref());
        match (result, example.must_fail) {
            (Ok(()), false) => Vec::new(),
            (Ok(()), true) => vec![format!("{}: must not compile, but does", example.name())],
            (Err(problem), true) if problem.starts_with("does not compile") => {
                other_mistake(example, &problem)
            }
            (Err(problem), _) => vec![format!("{}: {problem}", example.name())],
        }
    });
    report("docs", found.len(), &failures);
}

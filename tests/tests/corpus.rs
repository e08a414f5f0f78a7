//! Runs the corpora. One process a suite.

use corpus_tests::program::Program;
use corpus_tests::{docs, files, for_all, report, root, run, ui, wat};

#[test]
fn programs_print_what_they_should() {
    let root = root();
    let engine = wasi::Engine::new();
    let paths = match std::env::var("GAL_TEST_FILTER") {
        Ok(filter) => files(&root.join("tests/run"), "gal")
            .into_iter()
            .filter(|p| p.to_string_lossy().contains(&filter))
            .collect(),
        Err(_) => files(&root.join("tests/run"), "gal"),
    };
    let failures = for_all(&paths, |path| match Program::read(&root, path) {
        Ok(program) => run::check_program(&root, &engine, &program),
        Err(problem) => vec![problem],
    });
    report("run", paths.len(), &failures);
}

#[test]
fn mistakes_are_reported_as_expected() {
    let root = root();
    let paths = ui::programs(&root);
    let failures = for_all(&paths, |path| ui::check(&root, path));
    report("ui", paths.len(), &failures);
}

#[test]
fn small_functions_become_what_they_should() {
    let root = root();
    let paths = files(&root.join("tests/wat"), "gal");
    let failures = for_all(&paths, |path| wat::check(&root, path));
    report("wat", paths.len(), &failures);
}

#[test]
fn examples_in_documents_work() {
    let root = root();
    let engine = wasi::Engine::new();
    let mut examples = Vec::new();
    let mut documents = files(&root.join("docs"), "md");
    documents.push(root.join("README.md"));
    for document in documents {
        let name = document.strip_prefix(&root).unwrap_or(&document).to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&document).unwrap_or_default();
        examples.extend(docs::examples(&name, &text));
    }
    let failures = for_all(&examples, |example| {
        let result = run::check_text(&engine, "example.gal", &example.program(), example.output.as_deref());
        match (result, example.must_fail) {
            (Ok(()), false) => Vec::new(),
            (Ok(()), true) => vec![format!("{}: must not compile, but does", example.name())],
            (Err(problem), true) if problem.starts_with("does not compile") => Vec::new(),
            (Err(problem), _) => vec![format!("{}: {problem}", example.name())],
        }
    });
    report("docs", examples.len(), &failures);
}

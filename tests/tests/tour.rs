//! The lessons of the playground's tour: what they say is so, and their exercises can be solved and are not solved yet.

use corpus_tests::tour::{self, Lesson};
use corpus_tests::{engine, for_all, report, root, web};

/// Fewer are not the whole tour.
const LESSONS_MIN: usize = 30;

fn lessons() -> Vec<Lesson> {
    let (lessons, failures) = tour::lessons(&root().join("playground/tour"));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(lessons.len() >= LESSONS_MIN, "{} lessons, and not at least {LESSONS_MIN}", lessons.len());
    lessons
}

/// Checks all lessons; fails the calling test if anything does not hold.
fn check(suite: &str, check: impl Fn(&Lesson) -> Vec<String> + Sync) {
    let lessons = lessons();
    report(suite, lessons.len(), &for_all(&lessons, check));
}

#[test]
fn lessons_are_whole_and_of_one_length() {
    check("texts of the tour", tour::check_text);
}

#[test]
fn programs_of_lessons_are_formatted() {
    check("layout of the tour", tour::check_layout);
}

#[test]
fn snippets_of_lessons_do_what_the_text_says() {
    let engine = engine();
    check("snippets of the tour", |lesson| tour::check_snippets(&engine, lesson));
}

#[test]
fn solutions_print_what_is_expected() {
    let engine = engine();
    check("solutions of the tour", |lesson| tour::check_solution(&engine, lesson));
}

#[test]
fn exercises_are_not_solved_yet() {
    let engine = engine();
    check("exercises of the tour", |lesson| tour::check_start(&engine, lesson));
}

#[test]
fn solutions_pass_the_tests_in_them() {
    assert!(lessons().iter().any(|lesson| tour::has_test_blocks(&lesson.start)), "no exercise has tests");
    let engine = engine();
    check("tests of the tour", |lesson| tour::check_test_blocks(&engine, lesson));
}

#[test]
fn lessons_run_in_javascript() {
    if web::Engine::Node.is_here("the tour") {
        check("the tour in Node", tour::check_in_javascript);
    }
}

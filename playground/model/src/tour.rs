//! The tour: lessons in order, which of them are solved, and whether a program's output is what a lesson expects.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A lesson as the site's build puts it into `tour.json`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lesson {
    /// The name of its folder, `NN-slug`.
    pub slug: String,
    pub title: String,
    /// Markdown without the title.
    pub text: String,
    pub start: String,
    pub solution: String,
    pub expected: String,
    #[serde(default)]
    pub stdin: String,
    /// Markdown, shown on demand.
    #[serde(default)]
    pub hint: String,
    /// Modules beside the program.
    #[serde(default)]
    pub files: Vec<crate::document::File>,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Tour {
    pub lessons: Vec<Lesson>,
}

impl Tour {
    pub fn position(&self, slug: &str) -> Option<usize> {
        self.lessons.iter().position(|lesson| lesson.slug == slug)
    }

    pub fn previous(&self, slug: &str) -> Option<&Lesson> {
        self.lessons.get(self.position(slug)?.checked_sub(1)?)
    }

    pub fn next(&self, slug: &str) -> Option<&Lesson> {
        self.lessons.get(self.position(slug)? + 1)
    }

    /// Where somebody goes on: the first lesson that is not solved, or the first of all.
    pub fn resume(&self, progress: &Progress) -> Option<&Lesson> {
        let open = self.lessons.iter().find(|lesson| !progress.is_solved(&lesson.slug));
        open.or(self.lessons.first())
    }
}

/// What is kept between visits. Lessons that are gone stay in it and count for nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Progress {
    solved: BTreeSet<String>,
    /// What was written in lessons, by slug.
    #[serde(default)]
    drafts: std::collections::BTreeMap<String, String>,
}

impl Progress {
    pub fn is_solved(&self, slug: &str) -> bool {
        self.solved.contains(slug)
    }

    pub fn solve(&mut self, slug: &str) {
        self.solved.insert(slug.to_string());
    }

    pub fn count(&self, tour: &Tour) -> usize {
        tour.lessons.iter().filter(|lesson| self.is_solved(&lesson.slug)).count()
    }

    pub fn draft(&self, slug: &str) -> Option<&str> {
        self.drafts.get(slug).map(String::as_str)
    }

    /// Keeps what was written; the start of a lesson is no draft.
    pub fn keep(&mut self, lesson: &Lesson, text: &str) {
        if text == lesson.start {
            self.drafts.remove(&lesson.slug);
        } else {
            self.drafts.insert(lesson.slug.clone(), text.to_string());
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    Right,
    /// The first line that is not as expected, counted from 1; `None` where there is no line.
    Wrong {
        line: usize,
        expected: Option<String>,
        found: Option<String>,
    },
}

/// Compares output line by line; blanks at the ends of lines and newlines at the end of the text do not count.
pub fn check(expected: &str, found: &str) -> Verdict {
    let lines =
        |text: &str| text.trim_end().lines().map(|line| line.trim_end().to_string()).collect::<Vec<_>>();
    let (expected, found) = (lines(expected), lines(found));
    for at in 0..expected.len().max(found.len()) {
        let (wanted, got) = (expected.get(at), found.get(at));
        if wanted != got {
            return Verdict::Wrong { line: at + 1, expected: wanted.cloned(), found: got.cloned() };
        }
    }
    Verdict::Right
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lesson(slug: &str) -> Lesson {
        Lesson {
            slug: slug.into(),
            title: slug.into(),
            text: String::new(),
            start: "fn main() {}".into(),
            solution: String::new(),
            expected: String::new(),
            stdin: String::new(),
            hint: String::new(),
            files: Vec::new(),
        }
    }

    fn tour() -> Tour {
        Tour { lessons: ["01-a", "02-b", "03-c"].map(lesson).to_vec() }
    }

    #[test]
    fn lessons_follow_each_other() {
        let tour = tour();
        let slug = |lesson: Option<&Lesson>| lesson.map(|lesson| lesson.slug.clone());
        assert_eq!(slug(tour.previous("01-a")), None);
        assert_eq!(slug(tour.next("01-a")).as_deref(), Some("02-b"));
        assert_eq!(slug(tour.previous("03-c")).as_deref(), Some("02-b"));
        assert_eq!((slug(tour.next("03-c")), slug(tour.next("none"))), (None, None));
    }

    #[test]
    fn the_tour_goes_on_where_it_was_left() {
        let tour = tour();
        let mut progress = Progress::default();
        progress.solve("01-a");
        progress.solve("gone");
        assert_eq!(progress.count(&tour), 1);
        assert_eq!(tour.resume(&progress).map(|l| l.slug.as_str()), Some("02-b"));
        progress.solve("02-b");
        progress.solve("03-c");
        assert_eq!(tour.resume(&progress).map(|l| l.slug.as_str()), Some("01-a"));
        assert_eq!(Tour::default().resume(&progress), None);
    }

    #[test]
    fn drafts_are_kept_and_given_up() {
        let mut progress = Progress::default();
        progress.keep(&lesson("01-a"), "fn main() { 1 }");
        let json = serde_json::to_string(&progress).expect("it is JSON");
        let again: Progress = serde_json::from_str(&json).expect("it is one");
        assert_eq!(again.draft("01-a"), Some("fn main() { 1 }"));
        progress.keep(&lesson("01-a"), "fn main() {}");
        assert_eq!(progress.draft("01-a"), None);
    }

    #[test]
    fn output_is_compared_by_line() {
        assert_eq!(check("a\nb\n", "a \nb"), Verdict::Right);
        assert_eq!(
            check("a\nb\n", "a\nc\n"),
            Verdict::Wrong { line: 2, expected: Some("b".into()), found: Some("c".into()) }
        );
        assert_eq!(check("a\n", ""), Verdict::Wrong { line: 1, expected: Some("a".into()), found: None });
        assert_eq!(check("", "x"), Verdict::Wrong { line: 1, expected: None, found: Some("x".into()) });
        assert_eq!(check("", "\n"), Verdict::Right);
    }
}

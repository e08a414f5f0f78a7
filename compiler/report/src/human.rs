//! Text for people: the message, the source lines with marks, notes, and fixes as they would change the source.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use std::ops::Range;
use syntax::diag::{Fix, Label};
use syntax::{Diagnostic, FileId, Severity, SourceMap, Span};

/// Lines shown before the first and behind the last mark of a file.
const CONTEXT_LINES: usize = 1;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Style {
    #[default]
    Plain,
    /// With the escape sequences of a terminal.
    Colored,
}

/// The text for one diagnostic, with a line's end.
pub fn human(diagnostic: &Diagnostic, sources: &SourceMap, style: Style) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code);
    let notes = diagnostic.notes.iter().map(|note| Level::NOTE.message(note.as_str()));
    let main = Group::with_title(title).elements(snippets(&diagnostic.labels, sources)).elements(notes);
    let mut report = vec![main];
    report.extend(diagnostic.fixes.iter().filter_map(|fix| suggestion(fix, sources)));
    render(&report, style)
}

/// The text for a remark that is neither an error nor a warning.
pub fn human_note(message: &str, span: Span, sources: &SourceMap, style: Style) -> String {
    let label = Label { span, text: String::new() };
    let group = Group::with_title(Level::NOTE.primary_title(message));
    render(&[group.elements(snippets(&[label], sources))], style)
}

fn render(report: &[Group<'_>], style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colored => Renderer::styled(),
    };
    let mut text = renderer.render(report);
    text.push('\n');
    text
}

/// One snippet for each file that has labels, in the order of the labels; the first label is the primary one.
fn snippets<'a>(labels: &'a [Label], sources: &'a SourceMap) -> Vec<Snippet<'a, Annotation<'a>>> {
    let mut files: Vec<FileId> = Vec::new();
    for (file, _) in labels.iter().filter_map(|label| place(label.span, sources)) {
        if !files.contains(&file) {
            files.push(file);
        }
    }
    files.into_iter().map(|file| snippet(file, labels, sources)).collect()
}

fn snippet<'a>(file: FileId, labels: &'a [Label], sources: &'a SourceMap) -> Snippet<'a, Annotation<'a>> {
    let marks: Vec<(usize, Range<usize>)> = labels
        .iter()
        .enumerate()
        .filter_map(|(index, label)| {
            let (at, range) = place(label.span, sources)?;
            (at == file).then_some((index, range))
        })
        .collect();
    let window = Window::around(file, marks.iter().map(|(_, range)| range), sources);
    let annotations = marks.into_iter().map(|(index, range)| {
        let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let text = labels[index].text.as_str();
        kind.span(window.relative(&range)).label((!text.is_empty()).then_some(text))
    });
    window.snippet().annotations(annotations)
}

/// A fix as the changed lines; the edits of a fix are in one file.
fn suggestion<'a>(fix: &'a Fix, sources: &'a SourceMap) -> Option<Group<'a>> {
    let (file, _) = place(fix.edits.first()?.0, sources)?;
    let ranges: Vec<Range<usize>> =
        fix.edits.iter().filter_map(|(span, _)| Some(place(*span, sources)?.1)).collect();
    let window = Window::around(file, ranges.iter(), sources);
    let patches = ranges
        .iter()
        .zip(&fix.edits)
        .map(|(range, (_, new))| Patch::new(window.relative(range), new.as_str()));
    let snippet = window.snippet().patches(patches.collect::<Vec<_>>());
    Some(Group::with_title(Level::HELP.secondary_title(fix.title.as_str())).element(snippet))
}

/// Where a span lies; ends inside of a character are moved to its borders.
fn place(span: Span, sources: &SourceMap) -> Option<(FileId, Range<usize>)> {
    if span.is_dummy() {
        return None;
    }
    let (file, range) = sources.locate(span)?;
    let text = &sources.file(file).text;
    let end = (range.end..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    Some((file, text.floor_char_boundary(range.start)..end))
}

/// The lines of a file that are handed to the renderer, so that its work does not grow with the file.
struct Window<'a> {
    name: &'a str,
    text: &'a str,
    /// Where `text` begins in the file, and the number of its first line.
    offset: usize,
    line: usize,
}

impl<'a> Window<'a> {
    fn around<'r>(
        file: FileId,
        ranges: impl Iterator<Item = &'r Range<usize>>,
        sources: &'a SourceMap,
    ) -> Window<'a> {
        let file = sources.file(file);
        let (lo, hi) = ranges.fold((usize::MAX, 0), |(lo, hi), r| (lo.min(r.start), hi.max(r.end)));
        let line_of =
            |offset: usize| file.line_starts().partition_point(|start| *start as usize <= offset) - 1;
        let first = line_of(lo.min(hi)).saturating_sub(CONTEXT_LINES);
        let behind = line_of(hi) + 1 + CONTEXT_LINES;
        let offset = file.line_starts()[first] as usize;
        let end = file.line_starts().get(behind).map_or(file.text.len(), |start| *start as usize);
        Window { name: &file.name, text: &file.text[offset..end], offset, line: first + 1 }
    }

    fn relative(&self, range: &Range<usize>) -> Range<usize> {
        range.start - self.offset..range.end - self.offset
    }

    fn snippet<T: Clone>(&self) -> Snippet<'a, T> {
        Snippet::source(self.text).line_start(self.line).path(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> SourceMap {
        let mut sources = SourceMap::default();
        let filler = "// filler\n".repeat(20);
        sources.add(
            "src/main.gal".into(),
            format!("{filler}fn main() {{\n    let x: Int = name\n}}\n{filler}"),
            false,
        );
        sources.add("src/other.gal".into(), "pub fn name() {}".into(), false);
        sources
    }

    /// The span of the first place where `text` stands in file number `file`.
    fn span(sources: &SourceMap, file: u32, text: &str) -> Span {
        let file = sources.file(FileId(file));
        let lo = file.start + file.text.find(text).expect("the text is there") as u32;
        Span::new(lo, lo + text.len() as u32)
    }

    #[test]
    fn labels_notes_and_fixes_are_drawn() {
        let sources = sources();
        let name = span(&sources, 0, "name");
        let diagnostic = Diagnostic::error("type-mismatch", name, "expected `Int`, found a function")
            .label("this is a function")
            .also(span(&sources, 0, "Int"), "expected because of this")
            .also(span(&sources, 1, "name"), "declared here")
            .note("functions are values, too")
            .fix("call it", name.after(), "()");
        let expected = "\
error[type-mismatch]: expected `Int`, found a function
  --> src/main.gal:22:18
   |
22 |     let x: Int = name
   |            ---   ^^^^ this is a function
   |            |
   |            expected because of this
   |
  ::: src/other.gal:1:8
   |
 1 | pub fn name() {}
   |        ---- declared here
   |
   = note: functions are values, too
help: call it
   |
22 |     let x: Int = name()
   |                      ++
";
        assert_eq!(human(&diagnostic, &sources, Style::Plain), expected);
    }

    #[test]
    fn diagnostic_without_place_is_its_message() {
        let diagnostic = Diagnostic::warning("no-tests", Span::DUMMY, "there are no tests");
        assert_eq!(human(&diagnostic, &sources(), Style::Plain), "warning[no-tests]: there are no tests\n");
    }

    #[test]
    fn end_of_file_and_empty_file_can_be_marked() {
        let mut sources = SourceMap::default();
        sources.add("empty.gal".into(), String::new(), false);
        sources.add("end.gal".into(), "fn main() {\n".into(), false);
        let empty = Diagnostic::error("no-main", Span::new(1, 1), "there is no `main`");
        assert!(human(&empty, &sources, Style::Plain).contains("empty.gal:1:1"));
        let end = sources.file(FileId(1)).start + 12;
        let unclosed = Diagnostic::error("unclosed", Span::new(end, end), "`}` is missing");
        assert!(human(&unclosed, &sources, Style::Plain).contains("end.gal:"));
    }

    #[test]
    fn mark_inside_of_a_character_covers_it() {
        let mut sources = SourceMap::default();
        sources.add("a.gal".into(), "let ü = 1".into(), false);
        let inside = Diagnostic::error("bad-char", Span::new(6, 6), "half a character");
        assert!(human(&inside, &sources, Style::Plain).contains("a.gal:1:5"));
    }

    #[test]
    fn colour_is_only_used_when_asked_for() {
        let sources = sources();
        let diagnostic = Diagnostic::error("x", span(&sources, 0, "name"), "message");
        assert!(human(&diagnostic, &sources, Style::Colored).contains('\u{1b}'));
        assert!(!human(&diagnostic, &sources, Style::Plain).contains('\u{1b}'));
    }
}

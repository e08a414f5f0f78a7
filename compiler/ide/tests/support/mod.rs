//! Fixtures: files in one text, with marks for places.
//!
//! A line `//- name.gal` begins a file; without one the text is `main.gal`. `$0` is the cursor. A line `//^^^ text` says
//! something about what stands above its `^`.

#![allow(dead_code, reason = "each test uses a part")]

use driver::Options;
use ide::{NoFiles, TextRange, Workspace};

pub const ENTRY: &str = "main.gal";

/// Something written below a part of a line.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Mark {
    pub path: String,
    pub range: TextRange,
    pub text: String,
}

pub struct Fixture {
    pub workspace: Workspace,
    pub files: Vec<(String, String)>,
    /// File and offset of `$0`.
    pub cursor: Option<(String, u32)>,
    pub marks: Vec<Mark>,
}

impl Fixture {
    pub fn new(text: &str) -> Fixture {
        let text = dedent(text);
        let mut files: Vec<(String, String)> = Vec::new();
        for line in text.split_inclusive('\n') {
            match line.strip_prefix("//- ") {
                Some(path) => files.push((path.trim().to_string(), String::new())),
                None if files.is_empty() => files.push((ENTRY.to_string(), line.to_string())),
                None => files.last_mut().expect("there is a file").1.push_str(line),
            }
        }
        let (mut cursor, mut marks) = (None, Vec::new());
        for (path, text) in &mut files {
            if let Some(at) = text.find("$0") {
                text.replace_range(at..at + 2, "");
                cursor = Some((path.clone(), at as u32));
            }
            marks.extend(marks_of(path, text));
        }
        let mut workspace = Workspace::new(Box::new(NoFiles), Options::default());
        files.iter().for_each(|(path, text)| workspace.set_text(path, text.clone()));
        Fixture { workspace, files, cursor, marks }
    }

    pub fn text(&self, path: &str) -> &str {
        let file = self.files.iter().find(|file| file.0 == path);
        file.map(|file| file.1.as_str()).unwrap_or_else(|| panic!("there is no {path}"))
    }

    pub fn at(&self) -> (String, u32) {
        self.cursor.clone().expect("the fixture has a `$0`")
    }

    /// What stands in a range, of the library too.
    pub fn slice(&mut self, path: &str, range: TextRange) -> String {
        let text = self.workspace.text(path).expect("the file is known");
        text[range.start as usize..range.end as usize].to_string()
    }
}

/// The text without the indentation that all its lines have, and without the first newline.
pub fn dedent(text: &str) -> String {
    let text = text.strip_prefix('\n').unwrap_or(text);
    let indent =
        text.lines().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len());
    let indent = indent.min().unwrap_or(0);
    let lines: Vec<&str> = text.lines().map(|line| line.get(indent..).unwrap_or("")).collect();
    let mut out = lines.join("\n");
    if text.ends_with('\n') || text.trim_end_matches(' ').ends_with('\n') {
        out.truncate(out.trim_end_matches(' ').len());
        if !out.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}

/// Lines such as `  //^^^ text`: the columns of `^` are those of the nearest line above that has no mark.
fn marks_of(path: &str, text: &str) -> Vec<Mark> {
    let (mut marks, mut start, mut above) = (Vec::new(), 0, 0);
    for line in text.split_inclusive('\n') {
        let plain = line.trim_end_matches('\n');
        let first = plain.find('^').filter(|_| plain.trim_start().starts_with("//"));
        match first.filter(|at| plain[..*at].trim_start().trim_start_matches('/').trim().is_empty()) {
            Some(first) => {
                let len = plain[first..].chars().take_while(|c| *c == '^').count();
                let range = TextRange::new(above + first as u32, above + (first + len) as u32);
                let text = plain[first + len..].trim().to_string();
                marks.push(Mark { path: path.to_string(), range, text });
            }
            None => above = start,
        }
        start += line.len() as u32;
    }
    marks
}

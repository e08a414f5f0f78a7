//! Positions in source text.
//!
//! Every file of a session occupies its own range of one global position space, so a span is two
//! 32-bit numbers and needs no file field. [`SourceMap`] translates back to file, line and column.

use std::fmt;
use std::sync::OnceLock;

/// A half-open byte range in the session's global position space.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Span {
    pub lo: u32,
    pub hi: u32,
}

impl Span {
    pub const DUMMY: Span = Span { lo: 0, hi: 0 };

    pub fn new(lo: u32, hi: u32) -> Span {
        Span { lo, hi }
    }

    /// The smallest span that covers both; a dummy span is neutral.
    pub fn to(self, other: Span) -> Span {
        if self == Span::DUMMY {
            return other;
        }
        if other == Span::DUMMY {
            return self;
        }
        Span { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    pub fn is_dummy(self) -> bool {
        self == Span::DUMMY
    }

    /// The empty span just before this one.
    pub fn before(self) -> Span {
        Span { lo: self.lo, hi: self.lo }
    }

    /// The empty span just behind this one.
    pub fn after(self) -> Span {
        Span { lo: self.hi, hi: self.hi }
    }

    pub fn contains(self, pos: u32) -> bool {
        self.lo <= pos && pos < self.hi
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.lo, self.hi)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// One source file with its place in the global position space.
#[derive(Debug)]
pub struct SourceFile {
    /// The name shown in diagnostics and panics, with `/` between components.
    pub name: String,
    pub text: String,
    /// The global position of the file's first byte; position 0 belongs to no file.
    pub start: u32,
    /// Found when first asked for: most files of a program without mistakes are never asked about.
    line_starts: OnceLock<Vec<u32>>,
    /// Whether the file belongs to the library that comes with the compiler.
    pub is_library: bool,
    /// Where the file stops being UTF-8, if it does; there the text has U+FFFD.
    pub bad_byte: Option<BadByte>,
}

/// The first byte of a file that is no UTF-8, and where it stands from the file's start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BadByte {
    pub at: u32,
    pub value: u8,
}

impl BadByte {
    /// The first one of a file's bytes.
    pub fn find(bytes: &[u8]) -> Option<BadByte> {
        let at = std::str::from_utf8(bytes).err()?.valid_up_to();
        Some(BadByte { at: u32::try_from(at).unwrap_or(u32::MAX), value: bytes[at] })
    }
}

impl SourceFile {
    /// Byte offsets (from the file's start) at which lines begin; the first is 0.
    pub fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let behind = memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|i| i as u32 + 1);
            std::iter::once(0).chain(behind).collect()
        })
    }
}

/// All files of a session. Their total size is limited to [`SourceMap::MAX_BYTES`].
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

/// A position as people read it: one-based line, one-based column in characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineCol {
    pub line: u32,
    pub column: u32,
}

impl SourceMap {
    /// Limit on the bytes of all sources of one session together.
    pub const MAX_BYTES: usize = 1 << 30;

    /// Adds a file; `None` when the session's sources would exceed [`SourceMap::MAX_BYTES`].
    pub fn add(&mut self, name: String, text: String, is_library: bool) -> Option<FileId> {
        let start = self.files.last().map_or(1, |f| f.start + f.text.len() as u32 + 1);
        if start as usize + text.len() > Self::MAX_BYTES {
            return None;
        }
        let line_starts = OnceLock::new();
        self.files.push(SourceFile { name, text, start, line_starts, is_library, bad_byte: None });
        Some(FileId(self.files.len() as u32 - 1))
    }

    /// Notes that a file is not UTF-8, which whoever parses it then reports.
    pub fn set_bad_byte(&mut self, file: FileId, bad_byte: Option<BadByte>) {
        self.files[file.0 as usize].bad_byte = bad_byte;
    }

    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(i, f)| (FileId(i as u32), f))
    }

    /// The file in which a global position lies, if any.
    pub fn file_at(&self, pos: u32) -> Option<FileId> {
        let idx = self.files.partition_point(|f| f.start <= pos).checked_sub(1)?;
        (pos as usize <= self.files[idx].start as usize + self.files[idx].text.len())
            .then_some(FileId(idx as u32))
    }

    /// File, and byte range inside its text, of a span.
    pub fn locate(&self, span: Span) -> Option<(FileId, std::ops::Range<usize>)> {
        let id = self.file_at(span.lo)?;
        let file = self.file(id);
        let lo = (span.lo - file.start) as usize;
        let hi = (span.hi.max(span.lo) - file.start) as usize;
        Some((id, lo..hi.min(file.text.len())))
    }

    pub fn text(&self, span: Span) -> &str {
        match self.locate(span) {
            Some((id, range)) => self.file(id).text.get(range).unwrap_or(""),
            None => "",
        }
    }

    /// The docs right above what is declared at a place, see [`crate::docs_above`].
    pub fn docs_above(&self, span: Span) -> Option<String> {
        let (id, range) = self.locate(span)?;
        crate::docs_above(&self.file(id).text, range.start)
    }

    /// Line and column of a global position.
    pub fn line_col(&self, pos: u32) -> Option<(FileId, LineCol)> {
        let id = self.file_at(pos)?;
        let file = self.file(id);
        let offset = pos - file.start;
        let line = file.line_starts().partition_point(|s| *s <= offset) - 1;
        let line_start = file.line_starts()[line] as usize;
        let before = file.text.get(line_start..offset as usize).unwrap_or("");
        Some((id, LineCol { line: line as u32 + 1, column: before.chars().count() as u32 + 1 }))
    }

    /// `file:line:column` as panics and short messages print it.
    pub fn describe(&self, span: Span) -> String {
        match self.line_col(span.lo) {
            Some((id, lc)) => format!("{}:{}:{}", self.file(id).name, lc.line, lc.column),
            None => "<unknown>".to_string(),
        }
    }
}

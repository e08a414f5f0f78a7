//! Offsets in bytes, and what editors count in instead: lines and columns, UTF-16 units.
//!
//! The one place where positions are converted. Nothing here fails: what lies behind the end of a line or of the text
//! is its end, and what lies inside a character is its start.

use serde::{Deserialize, Serialize};

/// What columns are counted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Encoding {
    Utf8,
    /// As JavaScript and, where nothing else is agreed on, the language server protocol count.
    #[default]
    Utf16,
    Utf32,
}

/// A place in a text. Both numbers start at 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// Where the lines of one text begin. It is made once for each version of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lines {
    starts: Vec<u32>,
    is_ascii: bool,
}

impl Lines {
    pub fn new(text: &str) -> Lines {
        let behind = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1);
        Lines { starts: std::iter::once(0).chain(behind).collect(), is_ascii: text.is_ascii() }
    }

    /// How many lines there are; a text that ends with a newline has an empty one behind it.
    pub fn count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The line of an offset.
    pub fn line_of(&self, offset: u32) -> u32 {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1) as u32
    }

    /// The bytes of a line without its newline; the end of the text for one that is not there.
    pub fn range_of(&self, text: &str, line: u32) -> (u32, u32) {
        let end = text.len() as u32;
        let Some(start) = self.starts.get(line as usize).copied() else { return (end, end) };
        let next = self.starts.get(line as usize + 1).map_or(end, |next| next - 1);
        let has_return = next > start && text.as_bytes().get(next as usize - 1) == Some(&b'\r');
        (start, if has_return { next - 1 } else { next })
    }

    pub fn position(&self, text: &str, offset: u32, encoding: Encoding) -> Position {
        let offset = floor(text, offset);
        let line = self.line_of(offset);
        let start = self.starts[line as usize];
        let column = match self.is_ascii {
            true => offset - start,
            false => width(&text[start as usize..offset as usize], encoding),
        };
        Position { line, column }
    }

    pub fn offset(&self, text: &str, position: Position, encoding: Encoding) -> u32 {
        let (start, end) = self.range_of(text, position.line);
        if self.is_ascii {
            return start + position.column.min(end - start);
        }
        start + bytes_before(&text[start as usize..end as usize], position.column, encoding)
    }

    /// How many units of the encoding stand before an offset of the whole text, as the documents of CodeMirror count.
    pub fn units(&self, text: &str, offset: u32, encoding: Encoding) -> u32 {
        let offset = floor(text, offset);
        if self.is_ascii { offset } else { width(&text[..offset as usize], encoding) }
    }

    /// The offset of what stands behind so many units.
    pub fn offset_of_units(&self, text: &str, units: u32, encoding: Encoding) -> u32 {
        if self.is_ascii { units.min(text.len() as u32) } else { bytes_before(text, units, encoding) }
    }
}

/// The nearest offset at or before this one that lies between characters.
pub fn floor(text: &str, offset: u32) -> u32 {
    let mut offset = (offset as usize).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset as u32
}

fn width_of(c: char, encoding: Encoding) -> u32 {
    match encoding {
        Encoding::Utf8 => c.len_utf8() as u32,
        Encoding::Utf16 => c.len_utf16() as u32,
        Encoding::Utf32 => 1,
    }
}

fn width(text: &str, encoding: Encoding) -> u32 {
    match encoding {
        Encoding::Utf8 => text.len() as u32,
        _ => text.chars().map(|c| width_of(c, encoding)).sum(),
    }
}

fn bytes_before(text: &str, units: u32, encoding: Encoding) -> u32 {
    let mut left = units;
    for (at, c) in text.char_indices() {
        let width = width_of(c, encoding);
        if width > left {
            return at as u32;
        }
        left -= width;
    }
    text.len() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a = \"äß😀\"\r\nlast";

    #[test]
    fn columns_are_counted_in_each_encoding() {
        let lines = Lines::new(TEXT);
        let behind = TEXT.find('😀').expect("it is there") as u32 + 4;
        let column = |encoding| lines.position(TEXT, behind, encoding).column;
        assert_eq!((column(Encoding::Utf8), column(Encoding::Utf16), column(Encoding::Utf32)), (13, 9, 8));
    }

    #[test]
    fn offsets_and_positions_are_each_others_inverse() {
        for text in [TEXT, "", "\n\n", "no end", "ü", "\r\n", "plain\nlines\n"] {
            let lines = Lines::new(text);
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
                    let offset = offset as u32;
                    let units = lines.units(text, offset, encoding);
                    assert_eq!(lines.offset_of_units(text, units, encoding), offset);
                    let position = lines.position(text, offset, encoding);
                    let (_, end) = lines.range_of(text, position.line);
                    assert_eq!(lines.offset(text, position, encoding), offset.min(end), "{text:?} {offset}");
                }
            }
        }
    }

    #[test]
    fn what_is_out_of_range_is_moved_into_it() {
        let lines = Lines::new(TEXT);
        let at = |line, column| lines.offset(TEXT, Position { line, column }, Encoding::Utf16);
        let first = TEXT.find('\r').expect("it is there") as u32;
        assert_eq!(at(0, 999), first);
        assert_eq!(at(99, 0), TEXT.len() as u32);
        let smile = TEXT.find('😀').expect("it is there") as u32;
        // In the middle of a pair of surrogates.
        assert_eq!(at(0, 8), smile);
        assert_eq!(lines.position(TEXT, smile + 2, Encoding::Utf16), Position { line: 0, column: 7 });
        assert_eq!(lines.position(TEXT, 9999, Encoding::Utf16), Position { line: 1, column: 4 });
    }
}

//! The table that a native program built with `-g` prints backtraces from: for each address of code, the lines to print. It is
//! made from the DWARF of the linked executable, where LLVM's inlining and the places of all functions are known, and linked in
//! behind all code, which stays where it was.
//!
//! library/sys/linux/backtrace.gal has the form, and must match.

use crate::bug::{Result, bug};
use addr2line::gimli::{Dwarf, EndianSlice, LittleEndian};
use addr2line::{Context, Frame};
use object::{Object, ObjectSection};
use std::collections::HashMap;
use std::fmt::Write;

/// What the program knows the table by.
pub const SYMBOL: &str = "gal_lines";

/// Where what panics are made of is: nothing that a program has done. Must match wasi/src/backtrace.rs.
const MACHINERY: [&str; 2] = ["library/runtime/", "library/sys/"];

type Bytes<'a> = EndianSlice<'a, LittleEndian>;

/// The table for an executable with debug information.
pub fn line_table(executable: &[u8]) -> Result<Vec<u8>> {
    let file = object::read::elf::ElfFile64::<object::Endianness>::parse(executable).map_err(bug)?;
    let load = |id: addr2line::gimli::SectionId| -> std::result::Result<Bytes<'_>, addr2line::gimli::Error> {
        let data = file.section_by_name(id.name()).and_then(|section| section.data().ok());
        Ok(EndianSlice::new(data.unwrap_or_default(), LittleEndian))
    };
    let context = Dwarf::load(load).and_then(Context::from_dwarf).map_err(bug)?;
    let mut ranges = Vec::new();
    for (start, len, _) in context.find_location_range(0, u64::MAX).map_err(bug)? {
        ranges.push((start, start + len, text(&context, start)?));
    }
    ranges.sort();
    encode(ranges)
}

/// What is printed for an address, and its number of lines.
fn text(context: &Context<Bytes<'_>>, address: u64) -> Result<(u32, String)> {
    let (mut n, mut text) = (0, String::new());
    let mut frames = context.find_frames(address).skip_all_loads().map_err(bug)?;
    while let Some(frame) = frames.next().map_err(bug)? {
        if let Some(line) = line(&frame)? {
            text.push_str(&line);
            n += 1;
        }
    }
    Ok((n, text))
}

/// Nothing for code of no source.
fn line(frame: &Frame<'_, Bytes<'_>>) -> Result<Option<String>> {
    let (Some(function), Some(at)) = (&frame.function, &frame.location) else { return Ok(None) };
    let (Some(file), Some(line)) = (at.file, at.line.filter(|&line| line > 0)) else { return Ok(None) };
    if MACHINERY.iter().any(|folder| file.starts_with(folder)) {
        return Ok(None);
    }
    let name = function.raw_name().map_err(bug)?;
    let mut text = format!("    at {name} ({file}:{line}");
    if let Some(column) = at.column.filter(|&column| column > 0) {
        write!(text, ":{column}").map_err(bug)?;
    }
    text.push_str(")\n");
    Ok(Some(text))
}

fn encode(ranges: Vec<(u64, u64, (u32, String))>) -> Result<Vec<u8>> {
    // Where each range begins, and what is printed; gaps are ranges without a text.
    let mut starts: Vec<(u64, (u32, String))> = Vec::new();
    let mut end = 0;
    for (start, stop, text) in ranges {
        if start > end && !starts.is_empty() {
            starts.push((end, (0, String::new())));
        }
        // An address has one row; rows of no length have none.
        if start < stop && start >= end {
            starts.push((start, text));
            end = stop;
        }
    }
    starts.dedup_by(|next, before| next.1 == before.1);
    let mut words: Vec<u32> = vec![small(starts.len() as u64)?];
    for (start, _) in &starts {
        words.push(small(*start)?);
    }
    words.push(small(end)?);
    let texts_start = 4 * (words.len() + starts.len());
    let mut texts: Vec<u8> = Vec::new();
    let mut known: HashMap<&str, u32> = HashMap::new();
    for (_, (n, text)) in &starts {
        if text.is_empty() {
            words.push(0);
            continue;
        }
        let offset = match known.get(text.as_str()) {
            Some(&offset) => offset,
            None => {
                let offset = small((texts_start + texts.len()) as u64)?;
                texts.extend(n.to_le_bytes());
                texts.extend(small(text.len() as u64)?.to_le_bytes());
                texts.extend(text.as_bytes());
                known.insert(text, offset);
                offset
            }
        };
        words.push(offset);
    }
    Ok(words.iter().flat_map(|word| word.to_le_bytes()).chain(texts).collect())
}

/// Executables are loaded below 2 GiB.
fn small(n: u64) -> Result<u32> {
    u32::try_from(n).map_err(bug)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(start: u64, end: u64, text: &str) -> (u64, u64, (u32, String)) {
        (start, end, (u32::from(!text.is_empty()), text.to_string()))
    }

    #[test]
    fn gaps_and_equal_neighbours_are_ranges_too() {
        let table =
            encode(vec![row(10, 12, "a\n"), row(12, 15, "a\n"), row(20, 22, "bc\n")]).expect("it is small");
        let words: Vec<u32> =
            table[..32].chunks(4).map(|word| u32::from_le_bytes(word.try_into().expect("four"))).collect();
        assert_eq!(words, [3, 10, 15, 20, 22, 32, 0, 42]);
        assert_eq!(table[32..], *b"\x01\0\0\0\x02\0\0\0a\n\x01\0\0\0\x03\0\0\0bc\n");
    }
}

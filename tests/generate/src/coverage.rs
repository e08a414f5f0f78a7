//! Which constructs programs have: the names of all ways to make something.

use crate::{items, mutation, statements, tables};

/// Those that are not a row of a table.
const OTHERS: &[&str] = &[
    "shadowing",
    "change of what is nested in collections",
    "pattern: all variants",
    "pattern: guard",
    "pattern: named whole",
    "pattern: tuple",
    "pattern: text",
    "pattern: range of characters",
    "pattern: range of integers",
    "pattern: half-open range",
    "pattern: alternatives",
    "pattern: constant",
    "pattern: array",
    "pattern: rest of an array",
    "pattern: alternatives that bind",
    "pattern: variant",
    "pattern: fields",
];

/// All constructs that a program may have.
pub fn constructs() -> impl Iterator<Item = &'static str> {
    let rows = tables().iter().flat_map(|table| table.iter()).map(|row| row.name);
    let forms = statements::FORMS.iter().map(|form| form.name);
    let changes = mutation::CHANGES.iter().map(|change| change.name);
    rows.chain(forms).chain(changes).chain(items::ITEMS.iter().copied()).chain(OTHERS.iter().copied())
}

pub fn is_known(name: &str) -> bool {
    constructs().any(|known| known == name)
}

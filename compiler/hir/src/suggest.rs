//! "Did you mean": the name closest to a misspelt one.
//!
//! Distance is Damerau's with adjacent transpositions (optimal string alignment), as in F. Damerau,
//! "A technique for computer detection and correction of spelling errors", CACM 7(3), 1964.

use syntax::{Interner, Symbol};

/// Longer names are not compared: the cost is the product of the lengths.
const MAX_LEN: usize = 64;

/// The candidate closest to `name`, if one is close enough to be what was meant.
pub(crate) fn closest(
    interner: &Interner,
    name: &str,
    candidates: impl IntoIterator<Item = Symbol>,
) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let text = interner.name(candidate);
        if text == name || text.is_empty() || text.starts_with('$') {
            continue;
        }
        // One letter says too little to be a slip for another one.
        if name.chars().count() == 1 && !text.starts_with(name) && !text.eq_ignore_ascii_case(name) {
            continue;
        }
        let Some(cost) = distance(name, text) else { continue };
        if best.is_none_or(|b| (cost, text) < b) {
            best = Some((cost, text));
        }
    }
    best.map(|b| b.1.to_string())
}

/// Whether one name may be a slip for the other.
pub(crate) fn is_close(name: &str, other: &str) -> bool {
    name.len() > 3 && distance(name, other).is_some()
}

/// The number of slips between two names; `None` when there are too many for a suggestion.
fn distance(a: &str, b: &str) -> Option<usize> {
    let limit = (a.chars().count().max(b.chars().count()) / 3).max(1);
    if a.len() > MAX_LEN || b.len() > MAX_LEN {
        return None;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    if lower(&a) == lower(&b) {
        return Some(0);
    }
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + same);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    let cost = last[b.len()];
    // A name of two letters that shares none is no slip.
    (cost <= limit && cost < a.len().max(b.len())).then_some(cost)
}

fn lower(chars: &[char]) -> String {
    chars.iter().flat_map(|c| c.to_lowercase()).filter(|c| *c != '_').collect()
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn slips_are_counted() {
        assert_eq!(distance("lenght", "length"), Some(1));
        assert_eq!(distance("pintln", "println"), Some(1));
        assert_eq!(distance("to_string", "toString"), Some(0));
        assert_eq!(distance("foo", "bar"), None);
        assert_eq!(distance("x", "y"), None);
    }
}

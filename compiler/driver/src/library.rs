//! The library's sources, embedded by the build script.

include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// The text of a file by its path below `library/`.
pub fn text(path: &str) -> Option<&'static str> {
    let index = FILES.binary_search_by(|(name, _)| (*name).cmp(path)).ok()?;
    Some(FILES[index].1)
}

/// The paths of all files, sorted.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_sorted_and_holds_the_prelude() {
        assert!(super::FILES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(super::text("core/mod.gal").is_some());
        assert!(super::text("core/no_such_file.gal").is_none());
    }
}

//! Docs of what has no node of its own in a tree, from the text above it.

/// The text of the lines `///` right above what is declared at an offset, or above its attributes; `None` if it does not
/// begin its line.
pub fn docs_above(text: &str, offset: usize) -> Option<String> {
    let (before, _) = text.split_at_checked(offset)?;
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    // `pub`, `on` and the like may stand before a name, other declarations may not.
    if before[start..].contains(['{', '(', ',', '=', '|', ';']) {
        return None;
    }
    let mut found = Vec::new();
    for line in before[..start].lines().rev().map(str::trim) {
        match line.strip_prefix("///") {
            Some(rest) => found.push(rest.strip_prefix(' ').unwrap_or(rest)),
            None if line.starts_with('@') => {}
            None => break,
        }
    }
    found.reverse();
    (!found.is_empty()).then(|| found.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::docs_above;

    #[test]
    fn docs_are_those_right_above() {
        let text = "/// Of the type.\nstruct P { x: Int }\n\n/// One.\n///  Two.\n@reentrant\n    on Go\n    y: Int\n";
        let above = |name: &str| docs_above(text, text.find(name).expect("it is there"));
        assert_eq!(above("P {").as_deref(), Some("Of the type."));
        assert_eq!(above("x:"), None);
        assert_eq!(above("Go").as_deref(), Some("One.\n Two."));
        assert_eq!(above("y:"), None);
        assert_eq!(docs_above(text, text.len() + 1), None);
    }
}

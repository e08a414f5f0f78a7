//! The library's text without what compiling programs does without: comments, documentation as well, and `test` blocks. What is
//! left stands in the line and column where it stood. The build script includes this file.
//!
//! It knows lines, not syntax; a test holds it against the parser.

/// The text with each line of a comment or test emptied.
pub fn strip(text: &str) -> String {
    let mut stripped = String::with_capacity(text.len());
    let mut is_in_test = false;
    for line in text.lines() {
        let begins = !is_in_test && line.starts_with("test \"");
        if !(is_in_test || begins || line.trim_start().starts_with("//")) {
            stripped.push_str(line);
        }
        stripped.push('\n');
        is_in_test = if begins { !line.ends_with('}') } else { is_in_test && line != "}" };
    }
    stripped
}

//! The line of a program's arguments, split as a shell does: at blanks, but for what stands in quotes or behind `\`.

use crate::limits;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// A quote that nothing closes.
    Open(char),
    TooMany,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::Open(quote) => write!(f, "the arguments have a {quote} that nothing closes"),
            Fault::TooMany => write!(f, "a program gets at most {} arguments here", limits::ARGUMENTS),
        }
    }
}

pub fn split(line: &str) -> Result<Vec<String>, Fault> {
    let mut found: Vec<String> = Vec::new();
    let mut current: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\\', None | Some('"')) => current.get_or_insert_default().push(chars.next().unwrap_or('\\')),
            ('"' | '\'', None) => {
                quote = Some(c);
                current.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => found.extend(current.take()),
            (c, _) => current.get_or_insert_default().push(c),
        }
    }
    if let Some(open) = quote {
        return Err(Fault::Open(open));
    }
    found.extend(current);
    if found.len() > limits::ARGUMENTS { Err(Fault::TooMany) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_as_shells_do() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            ("  a  b ", &["a", "b"]),
            (r#"'a b' "c d" e"#, &["a b", "c d", "e"]),
            (r#"a\ b "\"" '\'"#, &["a b", "\"", "\\"]),
            (r#""" x''y"#, &["", "xy"]),
            ("\\", &["\\"]),
        ];
        for (line, wanted) in cases {
            assert_eq!(split(line).expect(line), *wanted, "{line}");
        }
    }

    #[test]
    fn open_quotes_and_too_many_are_told() {
        assert_eq!(split("a 'b"), Err(Fault::Open('\'')));
        assert_eq!(split(&"a ".repeat(limits::ARGUMENTS + 1)), Err(Fault::TooMany));
        assert!(Fault::TooMany.to_string().contains("256"));
        assert!(Fault::Open('"').to_string().contains('"'));
    }
}

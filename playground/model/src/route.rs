//! What the fragment of the page's address asks for.

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Route {
    /// What was worked on last, or the first example.
    Home,
    /// A program in the link, see [`crate::share`].
    Code(String),
    /// A program as it is, percent-encoded: what `<gal-snippet>` writes, which has no code to compress it.
    Source(String),
    Example(String),
    /// The list of lessons, or one of them.
    Tour(Option<String>),
    /// The list of the compiler's codes, or the page of one.
    Errors(Option<String>),
}

impl Route {
    /// Whatever is not understood is [`Route::Home`].
    pub fn parse(fragment: &str) -> Route {
        let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
        if let Some(code) = fragment.strip_prefix("code=") {
            return Route::Code(code.to_string());
        }
        if let Some(text) = fragment.strip_prefix("source=") {
            return decoded(text).map_or(Route::Home, Route::Source);
        }
        let (first, rest) = fragment.split_once('/').unwrap_or((fragment, ""));
        let name = Some(rest).filter(|rest| is_name(rest)).map(str::to_string);
        match (first, name) {
            ("example", Some(name)) => Route::Example(name),
            ("tour", name) => Route::Tour(name),
            ("errors", name) => Route::Errors(name),
            _ => Route::Home,
        }
    }

    pub fn fragment(&self) -> String {
        match self {
            Route::Home => String::new(),
            Route::Code(code) => format!("#code={code}"),
            Route::Source(text) => format!("#source={}", encoded(text)),
            Route::Example(name) => format!("#example/{name}"),
            Route::Tour(None) => "#tour".to_string(),
            Route::Tour(Some(name)) => format!("#tour/{name}"),
            Route::Errors(None) => "#errors".to_string(),
            Route::Errors(Some(name)) => format!("#errors/{name}"),
        }
    }
}

/// `None` for what is no UTF-8 when it is decoded.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = |byte: Option<u8>| char::from(byte?).to_digit(16);
        bytes.push(match byte {
            b'%' => (hex(rest.next())? * 16 + hex(rest.next())?) as u8,
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_written_as_they_are_read() {
        let name = || Some("01-hello".to_string());
        let routes = [
            Route::Home,
            Route::Code("1.0-1-0.AbC_-".into()),
            Route::Source("fn main() { println(\"ü 100%\") }\n".into()),
            Route::Example("chat_rooms".into()),
            Route::Tour(None),
            Route::Tour(name()),
            Route::Errors(None),
            Route::Errors(Some("type-mismatch".into())),
        ];
        for route in routes {
            assert_eq!(Route::parse(&route.fragment()), route);
        }
    }

    #[test]
    fn strange_fragments_are_no_routes() {
        for text in [
            "#",
            "#x",
            "#example",
            "#example/",
            "#example/<b>",
            "#examples/a",
            "#source=%",
            "#source=%zz",
            "#source=%FF",
        ] {
            assert_eq!(Route::parse(text), Route::Home, "{text}");
        }
        assert_eq!(Route::parse("#tour/a/b"), Route::Tour(None));
    }
}

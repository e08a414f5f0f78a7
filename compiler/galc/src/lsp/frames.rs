//! Messages on standard input, each behind a header with its length. What is malformed is skipped, not fatal.

use lsp_server::{ErrorCode, Message};
use std::io::{self, BufRead, Read, Write};

/// Limit on the bytes of a message.
const MAX_BYTES: u64 = 256 << 20;

/// Limit on the bytes of a line of a header.
const MAX_HEADER: u64 = 8 << 10;

pub enum Incoming {
    Message(Message),
    /// Not a message: what is wrong, and the request's id if that could be read.
    Malformed {
        id: Option<lsp_server::RequestId>,
        code: ErrorCode,
        text: String,
    },
}

fn malformed(code: ErrorCode, text: impl Into<String>) -> Incoming {
    Incoming::Malformed { id: None, code, text: text.into() }
}

/// The next message; `None` at the end of the input.
pub fn read(input: &mut impl BufRead) -> Option<Incoming> {
    let mut length = None;
    loop {
        let line = header_line(input)?;
        if line.is_empty() {
            match length {
                Some(length) => return body(input, length),
                // An empty line between messages.
                None => continue,
            }
        }
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        if name.trim().eq_ignore_ascii_case("content-length") {
            match value.trim().parse::<u64>() {
                Ok(bytes) => length = Some(bytes),
                Err(_) => {
                    let text = format!("`{}` is no length", value.trim());
                    return Some(malformed(ErrorCode::ParseError, text));
                }
            }
        } else if value.is_empty() {
            // Neither a header nor what belongs to one: it is skipped up to the next header.
            return Some(malformed(ErrorCode::ParseError, "expected a header `Content-Length: …`"));
        }
    }
}

/// A line without its end. What is longer than the limit comes in pieces, which are no headers.
fn header_line(input: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    let n = input.by_ref().take(MAX_HEADER).read_until(b'\n', &mut line).ok()?;
    if n == 0 {
        return None;
    }
    Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_string())
}

fn body(input: &mut impl BufRead, length: u64) -> Option<Incoming> {
    if length > MAX_BYTES {
        io::copy(&mut input.by_ref().take(length), &mut io::sink()).ok()?;
        let text = format!("the message has more than {} MiB", MAX_BYTES >> 20);
        return Some(malformed(ErrorCode::InvalidRequest, text));
    }
    let mut bytes = Vec::new();
    let n = input.by_ref().take(length).read_to_end(&mut bytes).ok()?;
    if (n as u64) < length {
        return None;
    }
    Some(message(&bytes))
}

fn message(bytes: &[u8]) -> Incoming {
    let value: serde_json::Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => return malformed(ErrorCode::ParseError, error.to_string()),
    };
    let id = value.get("id").and_then(|id| serde_json::from_value(id.clone()).ok());
    match serde_json::from_value(value) {
        Ok(message) => Incoming::Message(message),
        Err(_) => {
            let text = "this is neither a request nor a notification".to_string();
            Incoming::Malformed { id, code: ErrorCode::InvalidRequest, text }
        }
    }
}

pub fn write(output: &mut impl Write, value: &serde_json::Value) -> io::Result<()> {
    let text = value.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(input: &str) -> Vec<String> {
        let mut input = io::BufReader::new(input.as_bytes());
        std::iter::from_fn(|| read(&mut input))
            .map(|incoming| match incoming {
                Incoming::Message(Message::Request(r)) => format!("request {} {}", r.id, r.method),
                Incoming::Message(Message::Notification(n)) => format!("notification {}", n.method),
                Incoming::Message(Message::Response(r)) => format!("response {}", r.id),
                Incoming::Malformed { id, code, .. } => {
                    format!("{} {}", code as i32, id.map_or("-".to_string(), |id| id.to_string()))
                }
            })
            .collect()
    }

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn reading_goes_on_behind_what_is_malformed() {
        let good = framed(r#"{"jsonrpc":"2.0","id":1,"method":"a"}"#);
        let told = framed(r#"{"jsonrpc":"2.0","method":"b"}"#);
        let cases = [
            (framed("{"), "-32700 -"),
            (framed("[1, 2]"), "-32600 -"),
            (framed(r#"{"id":7,"params":{}}"#), "-32600 7"),
            ("garbage\r\n".to_string(), "-32700 -"),
            ("Content-Length: many\r\n\r\n".to_string(), "-32700 -"),
        ];
        for (bad, expected) in cases {
            let all = kinds(&format!("{good}{bad}{told}"));
            assert_eq!(all, ["request 1 a", expected, "notification b"], "{bad:?}");
        }
    }

    #[test]
    fn a_message_that_is_cut_off_ends_the_input() {
        assert!(kinds("Content-Length: 100\r\n\r\n{\"id\":1}").is_empty());
        assert!(kinds("").is_empty());
    }
}

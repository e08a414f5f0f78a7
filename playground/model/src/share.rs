//! Links that hold a program: what stands behind `#code=`.
//!
//! `FORMAT` `.` `VERSION` `.` base64url(DEFLATE(JSON of the [`Document`])). The format is a number that rises when old
//! links can no longer be read as they are; the version is that of the compiler which made the link, and only told.

use crate::document::{Document, Fault};
use crate::limits;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};

const FORMAT: &str = "1";
/// The best that DEFLATE does: links are short, and programs small.
const LEVEL: u8 = 10;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shared {
    pub document: Document,
    /// The compiler's version where the link was made.
    pub version: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinkError {
    /// Of a later playground.
    Format(String),
    TooLong,
    /// Something is missing or changed.
    Damaged,
    Document(Fault),
}

impl std::fmt::Display for LinkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LinkError::Format(format) => {
                write!(
                    f,
                    "the link has the format {format}, which this playground does not know: reload the page for a newer one"
                )
            }
            LinkError::TooLong => write!(f, "the link holds more than a program here may have"),
            LinkError::Damaged => write!(f, "the link is damaged: was all of it copied?"),
            LinkError::Document(fault) => write!(f, "the link's program cannot be opened: {fault}"),
        }
    }
}

/// What stands behind `#code=`; refused if it could not be read again.
pub fn encode(document: &Document, version: &str) -> Result<String, LinkError> {
    document.check().map_err(LinkError::Document)?;
    let json = serde_json::to_vec(document).map_err(|_| LinkError::Damaged)?;
    let version: String = version.chars().map(|c| if c == '.' { '-' } else { c }).collect();
    let text = format!("{FORMAT}.{version}.{}", URL_SAFE_NO_PAD.encode(compress_to_vec(&json, LEVEL)));
    if json.len() > limits::LINK_BYTES || text.len() > limits::LINK_CHARS {
        return Err(LinkError::TooLong);
    }
    Ok(text)
}

pub fn decode(text: &str) -> Result<Shared, LinkError> {
    if text.len() > limits::LINK_CHARS {
        return Err(LinkError::TooLong);
    }
    let mut parts = text.splitn(3, '.');
    let (format, version) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if format != FORMAT {
        let is_number = !format.is_empty() && format.bytes().all(|b| b.is_ascii_digit());
        return Err(if is_number { LinkError::Format(format.to_string()) } else { LinkError::Damaged });
    }
    let packed = URL_SAFE_NO_PAD.decode(parts.next().unwrap_or_default()).map_err(|_| LinkError::Damaged)?;
    let json =
        decompress_to_vec_with_limit(&packed, limits::LINK_BYTES).map_err(|error| match error.status {
            TINFLStatus::HasMoreOutput => LinkError::TooLong,
            _ => LinkError::Damaged,
        })?;
    let document: Document = serde_json::from_slice(&json).map_err(|_| LinkError::Damaged)?;
    document.check().map_err(LinkError::Document)?;
    Ok(Shared { document, version: version.replace('-', ".") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Moment, RunOptions};

    fn sample() -> Document {
        let mut document = Document::single("fn main() { println(\"grüße 😀\") }\n".repeat(20));
        document.add("shapes").expect("it is free");
        document.options =
            RunOptions { stdin: "a\nb".into(), seed: Some(7), release: true, ..Default::default() };
        document
    }

    #[test]
    fn links_give_back_what_they_hold() {
        let link = encode(&sample(), "0.1.0").expect("it fits");
        assert!(link.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)), "{link}");
        assert!(link.len() < 400, "{} characters", link.len());
        assert_eq!(decode(&link), Ok(Shared { document: sample(), version: "0.1.0".into() }));
    }

    #[test]
    fn damage_is_told_wherever_it_is() {
        let link = encode(&sample(), "0.1.0").expect("it fits");
        for cut in 0..link.len() {
            assert_ne!(decode(&link[..cut]).ok(), decode(&link).ok(), "cut at {cut}");
        }
        for text in ["", "x", "1", "1.0-1-0", "1.0-1-0.!", "1.0-1-0.AAAA"] {
            assert_eq!(decode(text), Err(LinkError::Damaged), "{text}");
        }
        assert_eq!(decode("2.9-0-0.AAAA"), Err(LinkError::Format("2".into())));
    }

    #[test]
    fn bombs_and_long_links_are_not_unpacked() {
        let bomb = compress_to_vec(&vec![b' '; limits::LINK_BYTES + 1], 10);
        let link = format!("1.0-1-0.{}", URL_SAFE_NO_PAD.encode(bomb));
        assert_eq!(decode(&link), Err(LinkError::TooLong));
        assert_eq!(decode(&"1".repeat(limits::LINK_CHARS + 1)), Err(LinkError::TooLong));
        let mut seed = 1u32;
        let mut noise = || {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            char::from(b'!' + (seed >> 24) as u8 % 90)
        };
        let noisy = Document::single((0..limits::LINK_CHARS).map(|_| noise()).collect::<String>());
        assert_eq!(encode(&noisy, "0.1.0"), Err(LinkError::TooLong));
    }

    #[test]
    fn links_hold_seed_faults_and_the_moment_that_is_shown() {
        let mut document = sample();
        let plain = encode(&document, "0.1.0").expect("it fits");
        document.add_command("drop 3").expect("it is one");
        document.add_command("at 5 kill 2").expect("it is one");
        document.moment = Some(Moment { position: 17, first: 0 });
        let link = encode(&document, "0.1.0").expect("it fits");
        assert_eq!(decode(&link).expect("it is right").document, document);
        assert!(link.len() < plain.len() + 120, "{} and {}", plain.len(), link.len());
    }

    /// Written before there were commands.
    #[test]
    fn old_links_still_open() {
        let json = r#"{"files":[{"name":"main.gal","text":"fn main() {}\n"}],"options":{"release":false,"arguments":"","stdin":"","seed":7,"long":false}}"#;
        let link = format!("1.0-1-0.{}", URL_SAFE_NO_PAD.encode(compress_to_vec(json.as_bytes(), 6)));
        let document = decode(&link).expect("it is right").document;
        assert_eq!((document.options.seed, document.options.commands.len()), (Some(7), 0));
        assert_eq!(document.moment, None);
    }

    #[test]
    fn documents_in_links_are_checked() {
        let json = r#"{"files":[{"name":"other.gal","text":""}]}"#;
        let link = format!("1.0-1-0.{}", URL_SAFE_NO_PAD.encode(compress_to_vec(json.as_bytes(), 6)));
        assert_eq!(decode(&link), Err(LinkError::Document(Fault::NoEntry)));
        for error in [
            LinkError::TooLong,
            LinkError::Damaged,
            LinkError::Format("2".into()),
            LinkError::Document(Fault::NoEntry),
        ] {
            assert!(error.to_string().starts_with("the link"), "{error}");
        }
    }
}

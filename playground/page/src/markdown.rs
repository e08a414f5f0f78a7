//! Markdown of lessons and pages of codes as HTML. It comes with the site; HTML in it is shown as text all the same.

use crate::editor::Editor;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// The HTML, and the programs in it in order, which buttons `try:N` open.
pub struct Rendered {
    pub html: String,
    pub programs: Vec<String>,
}

pub fn render(text: &str) -> Rendered {
    let mut programs = Vec::new();
    let mut block: Option<(String, String)> = None;
    let mut events = Vec::new();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match (event, &mut block) {
            (Event::Start(Tag::CodeBlock(kind)), _) => {
                let language = match kind {
                    CodeBlockKind::Fenced(language) => language.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                block = Some((language, String::new()));
            }
            (Event::End(TagEnd::CodeBlock), Some((language, code))) => {
                let html = code_block(language, code, &mut programs);
                events.push(Event::Html(CowStr::from(html)));
                block = None;
            }
            (Event::Text(text), Some((_, code))) => code.push_str(&text),
            (Event::Html(text) | Event::InlineHtml(text), None) => events.push(Event::Text(text)),
            (event, _) => events.push(event),
        }
    }
    let mut out = String::new();
    html::push_html(&mut out, events.into_iter());
    Rendered { html: out, programs }
}

/// A block of code; programs get a button.
fn code_block(language: &str, code: &str, programs: &mut Vec<String>) -> String {
    let words: Vec<&str> = language.split([' ', ',']).collect();
    let is_gal = words[0].starts_with("gal");
    let text = if is_gal { Editor::highlight(code) } else { escape(code) };
    let class = match words[0] {
        "gal-fail" => "block fails",
        _ if is_gal => "block",
        _ => "block plain",
    };
    let mut html = format!("<div class=\"{class}\"><pre tabindex=\"0\"><code>{text}</code></pre>");
    if is_gal && ["fn main", "actor Main"].iter().any(|begin| code.contains(begin)) {
        html.push_str(&format!(
            "<button type=\"button\" class=\"try\" data-do=\"try:{}\">Open in the editor</button>",
            programs.len()
        ));
        programs.push(code.to_string());
    }
    html + "</div>\n"
}

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

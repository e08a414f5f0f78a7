//! Examples in documents: each fenced `gal` block is a program and must compile and run (`gal-fail` must not compile).
//!
//! `gal-web` is a program for JavaScript, which must compile.
//!
//! A block followed by a block fenced `output` must print exactly that. A block without `fn main` or `actor Main`
//! gets an empty one.

/// A fenced block of a document.
#[derive(Clone, Debug)]
pub struct Example {
    pub document: String,
    pub line: usize,
    pub text: String,
    pub must_fail: bool,
    /// It is for `wasm32-web`.
    pub is_web: bool,
    pub output: Option<String>,
    /// The first lines of diagnostics in blocks fenced `text` behind it.
    pub messages: Vec<String>,
}

pub fn examples(document: &str, text: &str) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(fence) = line.trim_start().strip_prefix("```") else { continue };
        let kind = fence.trim();
        let mut block = String::new();
        for (_, line) in lines.by_ref() {
            if line.trim_start().starts_with("```") {
                break;
            }
            block.push_str(line);
            block.push('\n');
        }
        match kind {
            "gal" | "gal-fail" | "gal-web" => found.push(Example {
                document: document.to_string(),
                line: number + 1,
                text: block,
                must_fail: kind == "gal-fail",
                is_web: kind == "gal-web",
                output: None,
                messages: Vec::new(),
            }),
            "output" => {
                if let Some(last) = found.last_mut() {
                    last.output = Some(block);
                }
            }
            "text" => {
                if let Some(last) = found.last_mut() {
                    last.messages.extend(block.lines().filter(|line| is_message(line)).map(str::to_string));
                }
            }
            _ => {}
        }
    }
    found
}

fn is_message(line: &str) -> bool {
    line.starts_with("error[") || line.starts_with("warning[")
}

impl Example {
    /// The program: with an empty `main` where the example shows only declarations.
    pub fn program(&self) -> String {
        let starts = ["fn main(", "pub fn main(", "actor Main "];
        let has_main = self.text.lines().any(|line| starts.iter().any(|start| line.starts_with(start)));
        if has_main { self.text.clone() } else { format!("{}\nfn main() {{}}\n", self.text) }
    }

    pub fn name(&self) -> String {
        format!("{}:{}", self.document, self.line)
    }
}

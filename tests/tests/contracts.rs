//! `docs/contracts.md` against the library, whose lang items and intrinsics it must list with their signatures, and against
//! the compiler, which must mention each of them.

use corpus_tests::{files, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// A name and what stands behind it, types only: `<iso T>(Ptr<T>, Int) -> Ptr<T>`. Empty where only the name is given.
type Declared = BTreeMap<String, String>;

#[test]
fn intrinsics_are_those_of_the_library() {
    let mut listed = Declared::new();
    for row in rows(&section("## Intrinsics")) {
        code_spans(&row[0]).iter().for_each(|span| listed.extend(declarations(span)));
    }
    compare(&listed, &attributed("@intrinsic(\"", "fn "));
    look_up(&listed);
}

#[test]
fn lang_functions_are_those_of_the_library() {
    let mut listed = Declared::new();
    for row in rows(&section("## Lang items")) {
        let (names, signatures) = (code_spans(&row[0]), code_spans(&row[1]));
        for (i, name) in names.iter().enumerate() {
            let signature = signatures.get(i).or(signatures.last()).map_or("", String::as_str);
            let signature = signature.trim_start_matches("@track_caller ");
            listed.extend(declarations(&format!("{name}{signature}")));
        }
    }
    compare(&listed, &attributed("@lang(\"", "fn "));
    look_up(&listed);
}

#[test]
fn lang_types_are_those_of_the_library() {
    let text = section("## Lang items");
    let types =
        text.lines().skip_while(|line| !line.starts_with("Types:")).take_while(|line| !line.is_empty());
    let spans = types.flat_map(code_spans).filter(|span| span.starts_with(char::is_uppercase));
    let listed: Declared = spans.map(|span| (head(&span).to_string(), String::new())).collect();
    let mut found = attributed("@lang(\"", "struct ");
    found.extend(attributed("@lang(\"", "enum "));
    // The compiler meets some of them in signatures alone.
    compare(&listed, &found);
}

#[test]
fn lang_traits_are_those_of_the_library_with_their_methods() {
    let found = attributed("@lang(\"", "trait ");
    let text = section("## Lang items");
    let block = text.split("```").nth(1).expect("the traits are in a fenced block");
    let mut listed = Declared::new();
    for line in block.lines() {
        if let Some((_, name)) = line.split_once("@lang(\"") {
            listed.insert(head(name).to_string(), String::new());
        }
        let comment = line.split_once("//").map_or("", |(_, comment)| comment);
        for (of, method) in comment.split([' ', ';']).filter_map(|word| word.split_once('.')) {
            let declaration = found.get(of).unwrap_or_else(|| panic!("the library has no lang trait `{of}`"));
            assert!(
                declaration.contains(&format!("fn {}(", head(method))),
                "`{of}` has no method `{method}`"
            );
            listed.insert(of.to_string(), String::new());
        }
    }
    let found = found.into_keys().map(|name| (name, String::new())).collect();
    compare(&listed, &found);
    look_up(&listed);
}

// ---------------------------------------------------------------- the two sides

/// The same names on both sides, and the same signatures where the page gives one.
fn compare(listed: &Declared, found: &Declared) {
    assert!(found.len() > 10, "the library was not read: {found:?}");
    let names = |declared: &Declared| declared.keys().cloned().collect::<BTreeSet<_>>();
    let (on_page, in_library) = (names(listed), names(found));
    let missing: Vec<_> = in_library.difference(&on_page).collect();
    let surplus: Vec<_> = on_page.difference(&in_library).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "not on the page: {missing:?}; only there: {surplus:?}"
    );
    for (name, signature) in listed.iter().filter(|(_, signature)| !signature.is_empty()) {
        assert_eq!(*signature, found[name], "the signature of `{name}`, on the page and in the library");
    }
}

/// Each name must stand in the compiler's sources.
fn look_up(listed: &Declared) {
    let compiler: String = ["compiler/hir/src", "compiler/mir/src", "compiler/lir/src", "compiler/simd/src"]
        .iter()
        .flat_map(|folder| files(&root().join(folder), "rs"))
        .map(|file| fs::read_to_string(file).expect("sources can be read"))
        .collect();
    let mentions = |name: &str| compiler.contains(&format!("\"{name}\""));
    let is_known = |name: &str| {
        // Rows of the table of vector operations.
        if let Some(name) = name.strip_prefix("simd_") {
            return ["", "_s", "_u"].iter().any(|sign| mentions(&format!("{name}{sign}")));
        }
        // An operation and its order.
        match name.strip_prefix("atomic_").and_then(|name| name.split_once('_')) {
            Some((operation, order)) => mentions(operation) && mentions(order),
            None => mentions(name),
        }
    };
    let unknown: Vec<_> = listed.keys().filter(|name| !is_known(name)).collect();
    assert!(unknown.is_empty(), "the compiler does not mention {unknown:?}");
}

/// What of the library has an attribute of a name: the names, and of functions the signatures, of traits the bodies.
fn attributed(attribute: &str, keyword: &str) -> Declared {
    let mut found = Declared::new();
    for file in files(&root().join("library"), "gal") {
        let text = fs::read_to_string(file).expect("the library can be read");
        for rest in text.split(attribute).skip(1) {
            let (name, rest) = rest.split_once("\")").expect("the attribute ends");
            let declaration = rest.split("@lang(\"").next().unwrap_or(rest);
            let first = ["fn ", "struct ", "enum ", "trait "]
                .into_iter()
                .filter_map(|word| Some((position_of_word(declaration, word)?, word)))
                .min();
            if first.is_some_and(|(_, word)| word == keyword) {
                let declaration = &declaration[first.map_or(0, |(at, _)| at) + keyword.len()..];
                let value = match keyword {
                    "fn " => types_only(&signature(declaration)[head(declaration).len()..]),
                    "trait " => declaration.to_string(),
                    _ => String::new(),
                };
                found.insert(name.to_string(), value);
            }
        }
    }
    found
}

/// Where a keyword starts a declaration: behind blanks or another keyword.
fn position_of_word(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(at, _)| at).find(|&at| text[..at].ends_with([' ', '\n']) || at == 0)
}

// ---------------------------------------------------------------- reading the page

fn section(title: &str) -> String {
    let text = fs::read_to_string(root().join("docs/contracts.md")).expect("the page can be read");
    let at = text.find(title).expect("the page has the section");
    let body = &text[at + title.len()..];
    body[..body.find("\n## ").unwrap_or(body.len())].to_string()
}

/// The cells of a table's rows, without its head.
fn rows(text: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_string()).collect();
    let lines =
        text.lines().filter(|line| line.starts_with('|')).skip_while(|line| !line.starts_with("|---"));
    lines.skip(1).map(cells).collect()
}

fn code_spans(text: impl AsRef<str>) -> Vec<String> {
    text.as_ref().split('`').skip(1).step_by(2).map(str::to_string).collect()
}

/// The functions of a code span: names, some with a signature, between `;`, `,` or blanks.
fn declarations(span: &str) -> Declared {
    let mut found = Declared::new();
    let mut rest = span;
    loop {
        rest = rest.trim_start_matches([' ', ',', ';', '…']).trim_start_matches("fn ");
        let name = head(rest);
        // `p.*` is a form and no function.
        if name.is_empty() || rest[name.len()..].starts_with('.') {
            return found;
        }
        let whole = if rest[name.len()..].starts_with(['<', '(']) { signature(rest) } else { name };
        found.insert(name.to_string(), types_only(&whole[name.len()..]));
        rest = &rest[whole.len()..];
    }
}

/// The name that a text begins with.
fn head(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())]
}

/// A name with its type parameters, parameters and result.
fn signature(text: &str) -> &str {
    let (mut depth, mut last) = (0, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '(' | '<' => depth += 1,
            ')' => depth -= 1,
            '>' if last != '-' => depth -= 1,
            '{' | '\n' | ';' | ',' | '=' if depth == 0 => return text[..at].trim_end(),
            _ => {}
        }
        last = c;
    }
    text.trim_end()
}

/// A signature without the names of parameters, and with one blank where there are more.
fn types_only(signature: &str) -> String {
    let mut words: Vec<&str> = signature.split_whitespace().collect();
    if let [.., before, ")"] = words.as_mut_slice() {
        *before = before.trim_end_matches(',');
    }
    let joined = words.join(" ").replace("( ", "(").replace(", )", ")").replace(" )", ")");
    let joined = joined.replace("< ", "<").replace(", >", ">");
    let mut text = String::new();
    for part in joined.split_inclusive(": ") {
        let name_at = part
            .trim_end_matches(": ")
            .rfind(|c: char| !c.is_alphanumeric() && c != '_')
            .map_or(0, |i| i + 1);
        let is_name = part.ends_with(": ") && part[name_at..].starts_with(char::is_lowercase);
        text.push_str(if is_name { &part[..name_at] } else { part });
    }
    text
}

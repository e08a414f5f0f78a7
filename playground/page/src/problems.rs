//! What is wrong with the program: marks in the editor, a list, and the fixes that the compiler knows.

use crate::app::app;
use crate::dom::{self, by_id};
use crate::{layout, panels};
use playground_model::protocol::{Edit, Place, Problem, Problems};
use web_sys::{Element, HtmlElement};

pub fn show(problems: Problems) {
    let app = app();
    let json = serde_json::to_string(&problems.list).expect("problems are trees of strings and numbers");
    *app.problems.borrow_mut() = problems;
    app.editor.set_problems(&json);
    let (errors, warnings) = counts();
    layout::show_problems(errors, warnings, &app.problems.borrow().summary);
    let tab = by_id::<HtmlElement>("tab-problems");
    tab.set_text_content(Some("Problems"));
    if errors + warnings > 0 {
        let class = if errors > 0 { "count error" } else { "count warning" };
        dom::append(&tab, &[&dom::with_text("span", class, &(errors + warnings).to_string())]);
    }
    if panels::is_open("problems") {
        draw();
    }
}

fn counts() -> (usize, usize) {
    let problems = app().problems.borrow();
    let errors = problems.list.iter().filter(|problem| problem.is_error).count();
    (errors, problems.list.len() - errors)
}

pub fn draw() {
    let panel = panels::panel("problems");
    dom::clear(&panel);
    let problems = app().problems.borrow();
    if problems.list.is_empty() {
        let text = "No problems. The program is checked as you type.";
        return dom::append(&panel, &[&dom::with_text("p", "empty", text)]);
    }
    let list = dom::element("ol", "problems");
    for (index, problem) in problems.list.iter().enumerate() {
        dom::append(&list, &[&item(index, problem)]);
    }
    dom::append(&panel, &[&list]);
}

fn item(index: usize, problem: &Problem) -> Element {
    let item = dom::element("li", if problem.is_error { "error" } else { "warning" });
    let head = dom::element("div", "head");
    let kind = if problem.is_error { "error" } else { "warning" };
    let code = dom::with_text("a", "code", &format!("{kind}[{}]", problem.code));
    dom::set(&code, "href", &format!("#errors/{}", problem.code));
    dom::set(&code, "title", "What this means");
    dom::append(&head, &[&code]);
    if let Some(place) = &problem.place {
        let text = format!("{}:{}:{}", place.file, place.line, place.column);
        let at: Element = match place.library {
            true => dom::with_text("span", "place", &text).into(),
            false => dom::button("place", &text, &format!("problem:{index}")).into(),
        };
        dom::append(&head, &[&at]);
    }
    let text = rendered(problem.rendered.trim_end());
    dom::set(&text, "tabindex", "0");
    dom::set(&text, "role", "group");
    dom::set(&text, "aria-label", &format!("{kind}: {}", problem.message));
    dom::append(&item, &[&head, &text]);
    let fixes = dom::element("div", "fixes");
    for (number, fix) in problem.fixes.iter().enumerate() {
        let is_here = fix.edits.iter().all(|edit| !edit.place.library);
        if is_here {
            dom::append(&fixes, &[&dom::button("fix", &fix.title, &format!("fix:{index}:{number}"))]);
        }
    }
    if fixes.child_element_count() > 0 {
        dom::append(&item, &[&fixes]);
    }
    item.into()
}

/// The text of the command line, with the colours that it has there.
fn rendered(text: &str) -> Element {
    let pre = dom::element("pre", "rendered");
    for line in text.lines() {
        let (gutter, rest) = line.split_at(gutter(line));
        let class = match rest.trim_start_matches(' ') {
            rest if rest.starts_with('^') || rest.starts_with('-') && gutter.contains('|') => "marks",
            _ if gutter.trim_end().ends_with('+') => "added",
            _ if gutter.ends_with(" -") => "removed",
            _ if gutter.ends_with("-->") || gutter.ends_with(":::") => "gutter",
            _ if line.starts_with("error") || line.starts_with("warning") || line.starts_with("help") => {
                "title"
            }
            _ => "",
        };
        let (left, right) = (dom::with_text("span", "gutter", gutter), dom::with_text("span", class, rest));
        dom::append(&pre, &[&left, &right]);
        pre.append_child(&dom::document().create_text_node("\n")).expect("an element takes text");
    }
    pre.into()
}

/// How long the part is that numbers a line: `12 |`, ` --> `, `3 + `.
fn gutter(line: &str) -> usize {
    let is_number = |c: char| c == ' ' || c.is_ascii_digit();
    let rest = line.trim_start_matches(is_number);
    let length = line.len() - rest.len();
    if rest.starts_with("-->") || rest.starts_with(":::") {
        return length + 3;
    }
    match rest.chars().next() {
        Some('|' | '+' | '-' | '=') if length > 0 => length + 1,
        _ => 0,
    }
}

/// Shows where a problem is.
pub fn go_to(index: usize) {
    let place = app().problems.borrow().list.get(index).and_then(|problem| problem.place.clone());
    if let Some(place) = place.filter(|place| !place.library) {
        show_place(&place);
    }
}

/// Selects a place in a file of the program's own.
pub fn show_place(place: &Place) {
    if *app().file.borrow() != place.file {
        app().show_file(&place.file);
    }
    app().editor.select(place.from as u32, place.to as u32);
}

/// Makes a fix, if the program is still the one that it is for.
pub fn apply_fix(problem: usize, fix: usize) {
    let app = app();
    let edits =
        app.problems.borrow().list.get(problem).and_then(|it| it.fixes.get(fix).map(|fix| fix.edits.clone()));
    let Some(edits) = edits.filter(|edits| !edits.is_empty()) else { return };
    let file = edits[0].place.file.clone();
    let old = app.document.borrow().text(&file).map(str::to_string);
    match old.and_then(|text| edited(text, &edits)) {
        Some(text) => {
            if *app.file.borrow() != file {
                app.show_file(&file);
            }
            app.editor.replace(&text);
            app.editor.focus();
        }
        None => layout::toast("The program has changed since: try again."),
    }
}

/// `None` if the edits are of another text. They are in ascending order and disjoint.
fn edited(mut text: String, edits: &[Edit]) -> Option<String> {
    for Edit { place, text: new } in edits.iter().rev() {
        text.get(place.from..place.to)?;
        text.replace_range(place.from..place.to, new);
    }
    Some(text)
}

/// Shows a place that a program has named, `main.gal:4:13`: lines and columns count from 1, columns characters.
pub fn go_to_place(place: &str) {
    let mut parts = place.rsplitn(3, ':');
    let (column, line) =
        (parts.next().and_then(|it| it.parse().ok()), parts.next().and_then(|it| it.parse().ok()));
    let (Some(column), Some(line), Some(file)) = (column, line, parts.next()) else { return };
    let text = app().document.borrow().text(file).map(str::to_string);
    let Some(offset) = text.as_deref().and_then(|text| offset_of(text, line, column)) else { return };
    if *app().file.borrow() != file {
        app().show_file(file);
    }
    app().editor.select(offset as u32, offset as u32);
}

fn offset_of(text: &str, line: usize, column: usize) -> Option<usize> {
    let found = text.split_inclusive('\n').nth(line.checked_sub(1)?)?;
    let start = found.as_ptr() as usize - text.as_ptr() as usize;
    let inside = found.char_indices().nth(column.checked_sub(1)?).map_or(found.len(), |(at, _)| at);
    Some(start + inside)
}

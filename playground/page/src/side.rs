//! The text beside the program: lessons of the tour, and the pages of the compiler's codes.

use crate::app::{App, Mode, app};
use crate::dom::{self, by_id};
use crate::markdown::{escape, render};
use crate::{layout, storage};
use playground_model::document::{Document, ENTRY, File};
use playground_model::protocol::{Answer, Request};
use playground_model::run::Outcome;
use playground_model::tour::{Lesson, Verdict, check};
use std::cell::RefCell;
use web_sys::{Element, HtmlElement};

thread_local! {
    /// The programs in the text that is shown, for its buttons.
    static PROGRAMS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn side() -> HtmlElement {
    by_id("side")
}

fn set_html(html: &str, programs: Vec<String>) {
    PROGRAMS.set(programs);
    side().set_inner_html(html);
    side().set_scroll_top(0);
}

pub fn draw() {
    let mode = app().mode.borrow().clone();
    match mode {
        Mode::Work => set_html("", Vec::new()),
        Mode::Tour(None) => draw_lessons(),
        Mode::Tour(Some(slug)) => draw_lesson(&slug),
        Mode::Errors(None) => draw_codes(),
        Mode::Errors(Some(code)) => draw_page(&code),
    }
}

/// Opens a program of the text in the editor.
pub fn try_program(index: usize) {
    let text = PROGRAMS.with_borrow(|programs| programs.get(index).cloned());
    if let Some(text) = text {
        app().keep_draft();
        app().show_document(Document::single(text));
        app().editor.focus();
    }
}

// The tour.

fn lesson(slug: &str) -> Option<Lesson> {
    let tour = app().tour.borrow();
    tour.position(slug).map(|at| tour.lessons[at].clone())
}

/// Without a slug: where the reader goes on, beside the list of all.
pub fn open_lesson(slug: Option<String>) {
    let app = app();
    let known = slug.as_deref().and_then(lesson);
    if slug.is_some() && known.is_none() {
        layout::toast("There is no such lesson.");
    }
    let next = app.tour.borrow().resume(&app.progress.borrow()).cloned();
    let Some(shown) = known.clone().or(next) else {
        app.set_mode(Mode::Tour(None));
        return app.show_document(Document::single(""));
    };
    app.set_mode(Mode::Tour(known.map(|lesson| lesson.slug)));
    app.show_document(document(&shown, app.progress.borrow().draft(&shown.slug).unwrap_or(&shown.start)));
}

fn document(lesson: &Lesson, text: &str) -> Document {
    let mut document = Document::single(text);
    document.files.extend(lesson.files.iter().cloned());
    document.options.stdin = lesson.stdin.clone();
    document
}

fn draw_lessons() {
    let app = app();
    let (tour, progress) = (app.tour.borrow(), app.progress.borrow());
    if tour.lessons.is_empty() {
        return set_html("<h1>Tour</h1><p class=\"empty\">This site has no lessons.</p>", Vec::new());
    }
    let (done, all) = (progress.count(&tour), tour.lessons.len());
    let go_on = tour.resume(&progress).map_or(String::new(), |lesson| {
        let verb = if done == 0 { "Begin" } else { "Go on" };
        let (slug, title) = (&lesson.slug, escape(&lesson.title));
        format!("<p><a class=\"button main\" href=\"#tour/{slug}\">{verb}: {title}</a></p>")
    });
    let items: String = tour
        .lessons
        .iter()
        .map(|lesson| {
            let is_solved = progress.is_solved(&lesson.slug);
            let (class, mark) = if is_solved {
                ("solved", "<span class=\"mark\" aria-label=\"solved\">✓</span>")
            } else {
                ("", "")
            };
            format!(
                "<li class=\"{class}\"><a href=\"#tour/{}\">{}</a>{mark}</li>",
                lesson.slug,
                escape(&lesson.title)
            )
        })
        .collect();
    let html = format!(
        "<h1>A tour of GAL</h1><p>Short lessons, each with a program to change. {done} of {all} are solved.</p>\
         <progress max=\"{all}\" value=\"{done}\" aria-label=\"Lessons solved\"></progress>{go_on}<ol class=\"lessons\">{items}</ol>"
    );
    set_html(&html, Vec::new());
}

fn draw_lesson(slug: &str) {
    let app = app();
    let Some(lesson) = lesson(slug) else { return draw_lessons() };
    let (tour, progress) = (app.tour.borrow(), app.progress.borrow());
    let rendered = render(&lesson.text);
    let number = tour.position(slug).unwrap_or(0) + 1;
    let link = |lesson: Option<&Lesson>, label: &str, class: &str| match lesson {
        Some(lesson) => format!(
            "<a class=\"button {class}\" href=\"#tour/{}\" title=\"{}\">{label}</a>",
            lesson.slug,
            escape(&lesson.title)
        ),
        None => String::new(),
    };
    let hint = match lesson.hint.is_empty() {
        true => String::new(),
        false => {
            format!("<details class=\"hint\"><summary>Hint</summary>{}</details>", render(&lesson.hint).html)
        }
    };
    let solved = if progress.is_solved(slug) { "<span class=\"mark\">✓ solved</span>" } else { "" };
    let html = format!(
        "<p class=\"crumbs\"><a href=\"#tour\">All lessons</a> <span>{number} of {}</span> {solved}</p>\
         <h1>{}</h1>{}{hint}\
         <div class=\"lesson-actions\"><button type=\"button\" data-do=\"lesson-reset\">Start again</button>\
         <button type=\"button\" data-do=\"lesson-solution\">Solution</button><span class=\"space\"></span>{}{}</div>",
        tour.lessons.len(),
        escape(&lesson.title),
        rendered.html,
        link(tour.previous(slug), "← Previous", ""),
        link(tour.next(slug), "Next →", "main"),
    );
    drop((tour, progress));
    set_html(&html, rendered.programs);
}

/// Puts the lesson's start, or its solution, into the editor; undoing brings back what was there.
pub fn put_into_editor(is_solution: bool) {
    let Mode::Tour(Some(slug)) = app().mode.borrow().clone() else { return };
    let Some(lesson) = lesson(&slug) else { return };
    if app().document.borrow().files.get(1..).unwrap_or_default() != lesson.files {
        app().show_document(document(&lesson, &lesson.start));
    }
    app().show_file(ENTRY);
    app().editor.replace(if is_solution { &lesson.solution } else { &lesson.start });
    app().editor.focus();
}

/// Compares what the program has written with what the lesson expects.
pub fn judge(outcome: &Outcome) {
    let Mode::Tour(Some(slug)) = app().mode.borrow().clone() else { return };
    let Some(lesson) = lesson(&slug) else { return };
    let verdict = by_id::<HtmlElement>("verdict");
    dom::clear(&verdict);
    if !outcome.is_success() {
        return say(&verdict, "bad", "Not yet: the program has to end well.");
    }
    match check(&lesson.expected, &app().output.borrow()) {
        Verdict::Right => {
            app().solved(&slug);
            say(&verdict, "good", "Right.");
            let next =
                app().tour.borrow().next(&slug).map(|lesson| (lesson.slug.clone(), lesson.title.clone()));
            if let Some((slug, title)) = next {
                let link = dom::with_text("a", "button main", &format!("Next: {title}"));
                dom::set(&link, "href", &format!("#tour/{slug}"));
                dom::append(&verdict, &[&link]);
            }
        }
        Verdict::Wrong { line, expected, found } => {
            say(&verdict, "bad", &format!("Not yet: line {line} differs."));
            let table = dom::element("dl", "");
            row(&table, "expected", expected.as_deref().unwrap_or("(no such line)"));
            row(&table, "printed", found.as_deref().unwrap_or("(no such line)"));
            dom::append(&verdict, &[&table]);
        }
    }
}

fn say(verdict: &HtmlElement, class: &str, text: &str) {
    verdict.set_class_name(&format!("verdict {class}"));
    dom::append(verdict, &[&dom::with_text("p", "", text)]);
}

fn row(table: &Element, name: &str, text: &str) {
    let value = dom::element("dd", "");
    dom::append(&value, &[&dom::with_text("code", "", text)]);
    dom::append(table, &[&dom::with_text("dt", "", name), &value]);
}

impl App {
    fn solved(&self, slug: &str) {
        self.progress.borrow_mut().solve(slug);
        if !storage::write(storage::PROGRESS, &*self.progress.borrow()) {
            layout::warn_once("This browser keeps nothing: progress is gone when the page is closed.");
        }
        let top = side().scroll_top();
        draw();
        side().set_scroll_top(top);
    }
}

// The pages of codes.

pub fn open_page(code: Option<String>) {
    app().set_mode(Mode::Errors(code));
    if app().pages.borrow().is_empty() {
        load_pages();
    }
    let first = PROGRAMS.with_borrow(|programs| programs.first().cloned());
    let text = first.unwrap_or_default();
    app().show_document(Document {
        files: vec![File { name: ENTRY.into(), text }],
        options: Default::default(),
        moment: None,
    });
}

/// Asks for the pages, which come when somebody first opens one.
fn load_pages() {
    app().compiler.ask(Request::Pages, |answer, _| {
        let is_open = matches!(*app().mode.borrow(), Mode::Errors(_));
        match answer {
            Answer::Pages { pages } => {
                *app().pages.borrow_mut() = pages;
                if is_open {
                    draw();
                }
            }
            Answer::Failed { message } if is_open => {
                let html =
                    format!("<h1>Errors</h1><p class=\"empty\">There are no pages: {}</p>", escape(&message));
                set_html(&html, Vec::new());
            }
            _ => {}
        }
    });
}

fn draw_codes() {
    let pages = app().pages.borrow();
    if pages.is_empty() {
        return set_html("<h1>Errors</h1><p class=\"empty\">The pages are being loaded …</p>", Vec::new());
    }
    let items: String = pages
        .iter()
        .map(|page| {
            let title = render(&page.title).html;
            format!("<li><a href=\"#errors/{0}\"><code>{0}</code></a>{title}</li>", page.code)
        })
        .collect();
    let html = format!(
        "<h1>Errors and warnings</h1><p>What the compiler's {} codes mean, each with a program that has the mistake and one that is mended.</p>\
         <label class=\"filter\">Find <input type=\"search\" id=\"filter\" autocomplete=\"off\" spellcheck=\"false\"></label>\
         <ul class=\"codes\">{items}</ul>",
        pages.len()
    );
    set_html(&html, Vec::new());
}

/// Leaves the codes whose name or title has the text.
pub fn filter(text: &str) {
    let wanted = text.trim().to_lowercase();
    let Ok(items) = side().query_selector_all(".codes li") else { return };
    for at in 0..items.length() {
        let Some(item) = items.item(at) else { continue };
        let has = item.text_content().unwrap_or_default().to_lowercase().contains(&wanted);
        dom::show(wasm_bindgen::JsCast::unchecked_ref::<Element>(&item), has);
    }
}

fn draw_page(code: &str) {
    let app = app();
    let pages = app.pages.borrow();
    let crumbs = "<p class=\"crumbs\"><a href=\"#errors\">All codes</a></p>";
    if pages.is_empty() {
        return set_html(&format!("{crumbs}<p class=\"empty\">The pages are being loaded …</p>"), Vec::new());
    }
    let Some(page) = pages.iter().find(|page| page.code == code) else {
        return set_html(
            &format!("{crumbs}<h1>{}</h1><p>There is no such code.</p>", escape(code)),
            Vec::new(),
        );
    };
    let rendered = render(&page.text);
    let title = render(&page.title).html;
    let html = format!(
        "{crumbs}<h1><code>{}</code></h1><div class=\"lead\">{title}</div>{}",
        page.code, rendered.html
    );
    let first = rendered.programs.first().cloned();
    drop(pages);
    set_html(&html, rendered.programs);
    // Pages come behind the document of a link, and there may be none.
    let is_empty = app.document.borrow().text(ENTRY).is_none_or(str::is_empty);
    if let Some(first) = first.filter(|_| is_empty) {
        app.show_document(Document::single(first));
    }
}

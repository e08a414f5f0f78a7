//! What buttons and keys do. A button names its action in `data-do`, with what it is about behind colons.

use crate::app::{Mode, app};
use crate::dom::{self, by_id};
use crate::runner::describe;
use crate::{actors, files, layout, menus, panels, problems, runs, side};
use js_sys::{Array, Uint8Array};
use playground_model::document::ENTRY;
use playground_model::protocol::{Answer, CompileOptions, Request};
use playground_model::share;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, BlobPropertyBag, Element, Event, HtmlAnchorElement, HtmlElement, HtmlInputElement, KeyboardEvent,
    Url,
};

/// Buttons of `index.html` whose identifier is not their action.
const FIXED: &[(&str, &str)] = &[
    ("run", "run"),
    ("check", "check"),
    ("format", "format"),
    ("share", "share"),
    ("help", "help"),
    ("open-full", "open-full"),
    ("options-toggle", "options"),
    ("status-problems", "tab:problems"),
    ("menu-examples", "menu:examples"),
    ("menu-download", "menu:download"),
    ("menu-theme", "menu:theme"),
    ("menu-more", "menu:more"),
];

pub fn start() {
    for (id, action) in FIXED {
        dom::set(&by_id::<Element>(id), "data-do", action);
    }
    let document = dom::document();
    dom::on(&document, "click", click);
    dom::on(&dom::window(), "keydown", key);
    dom::on(&by_id::<Element>("tabs"), "keydown", |event: KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => -1,
            _ => return,
        };
        event.prevent_default();
        panels::open_beside(step);
    });
    for id in ["release", "arguments", "seed", "stdin", "long"] {
        dom::on(&by_id::<Element>(id), "input", |_: Event| layout::read_options());
    }
    dom::on(&by_id::<Element>("options"), "submit", |event: Event| event.prevent_default());
    dom::on(&by_id::<Element>("side"), "input", |event: Event| {
        if let Some(field) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
            side::filter(&field.value());
        }
    });
    // What was typed last in a lesson is kept, however the page is left.
    dom::on(&dom::window(), "pagehide", |_: Event| app().keep_draft());
}

fn click(event: Event) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    if target.closest(".skip").is_ok_and(|found| found.is_some()) {
        event.prevent_default();
        return app().editor.focus();
    }
    let found = target.closest("[data-do]").ok().flatten();
    let action = found.as_ref().and_then(|element| element.get_attribute("data-do"));
    match (found, action) {
        (Some(element), Some(action)) => act(&action, &element),
        _ => {
            menus::close();
        }
    }
}

fn act(action: &str, element: &Element) {
    let (name, rest) = action.split_once(':').unwrap_or((action, ""));
    // An item closes its menu; the button of a menu does so itself.
    if name != "menu" && name != "file-menu" {
        menus::close();
    }
    let number = || rest.parse().unwrap_or(usize::MAX);
    match name {
        "run" => run(),
        "check" => runs::run(true),
        "stop" => runs::stop(),
        "format" => format(),
        "share" => share(),
        "help" => menus::shortcuts(),
        "open-full" => open_full(),
        "options" => toggle_options(element),
        "menu" => open_menu(rest, element),
        "tab" => panels::open(rest),
        "trace" => actors::run(),
        "trace-pause" => actors::pause(),
        "trace-on" => actors::go_on(),
        "trace-first" => actors::from_the_beginning(),
        "trace-list" => actors::toggle_list(),
        "trace-seed" => actors::surprise(),
        "trace-step" => actors::step(rest),
        "trace-command" if rest.is_empty() => actors::add_typed_command(),
        "trace-command" => actors::add_command(rest),
        "trace-delay" => actors::delay(number() as u64),
        "trace-remove" => actors::remove_command(number()),
        "seek" => actors::seek(number()),
        "actor" => actors::choose_actor(number() as u64),
        "message" => actors::choose_message(number() as u64),
        "source-actor" => actors::actor_source(number() as u64),
        "source-message" => actors::message_source(number() as u64),
        "whole" => panels::toggle_library(),
        "example" => set_address(&format!("#example/{rest}")),
        "theme" => layout::set_theme(rest),
        "problem" => problems::go_to(number()),
        "place" => problems::go_to_place(rest),
        "fix" => fix(rest),
        "file" => app().show_file(rest),
        "file-add" => files::ask_to_add(),
        "file-menu" => menus::toggle(
            element,
            vec![
                menus::Item::new("Rename", "", &format!("file-rename:{rest}")),
                menus::Item::new("Remove", "", &format!("file-remove:{rest}")),
            ],
        ),
        "file-rename" => files::ask_to_rename(rest.to_string()),
        "file-remove" => files::remove(rest),
        "try" => side::try_program(number()),
        "lesson-reset" => side::put_into_editor(false),
        "lesson-solution" => side::put_into_editor(true),
        "restore" => {
            layout::hide_toast();
            app().restore();
        }
        "download-module" => download_module(),
        "download-project" => download_project(),
        "download-source" => download_source(),
        "copy" => copy(rest),
        "confirm" => menus::confirm(),
        "close-dialog" => menus::close_dialog(),
        _ => web_sys::console::error_1(&format!("nothing does `{action}`").into()),
    }
}

/// In the view of actors a run is traced.
fn run() {
    if panels::is_open("actors") { actors::run() } else { runs::run(false) }
}

/// A menu that another one has opened stands where that was.
fn open_menu(name: &str, element: &Element) {
    let anchor = match element.closest(".menu") {
        Ok(Some(_)) => {
            menus::close();
            by_id::<Element>("menu-more")
        }
        _ => element.clone(),
    };
    menus::toggle(&anchor, menus::items(name));
}

fn fix(rest: &str) {
    if let Some((problem, fix)) = rest.split_once(':')
        && let (Ok(problem), Ok(fix)) = (problem.parse(), fix.parse())
    {
        problems::apply_fix(problem, fix);
    }
}

/// Keys of the page; those of the editor are its own. Must match `menus::SHORTCUTS`.
fn key(event: KeyboardEvent) {
    if event.key() == "Escape" && menus::close() {
        return event.prevent_default();
    }
    if event.key() == "F1" {
        event.prevent_default();
        return menus::shortcuts();
    }
    let has_command = event.ctrl_key() || event.meta_key();
    if !has_command || event.alt_key() || event.is_composing() {
        return;
    }
    let is_busy = app().runs.borrow().is_busy();
    let in_lesson = matches!(*app().mode.borrow(), Mode::Tour(Some(_)));
    match (event.key().as_str(), event.shift_key()) {
        ("Enter", false) if is_busy => runs::stop(),
        ("Enter", false) => run(),
        ("Enter", true) if in_lesson => runs::run(true),
        ("s", false) => format(),
        ("k", false) => share(),
        (digit @ ("1" | "2" | "3" | "4" | "5" | "6" | "7"), false) => {
            let names = ["output", "problems", "mir", "lir", "wat", "size", "actors"];
            panels::open(names[usize::from(digit.as_bytes()[0] - b'1')]);
        }
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

fn set_address(fragment: &str) {
    let location = dom::window().location();
    // The same address again is no change that the page would hear of.
    if location.hash().unwrap_or_default() == fragment {
        return app().go(playground_model::route::Route::parse(fragment));
    }
    if let Err(error) = location.set_hash(fragment) {
        layout::toast(&describe(&error));
    }
}

fn toggle_options(button: &Element) {
    let options = by_id::<HtmlElement>("options");
    let is_shown = options.has_attribute("hidden");
    dom::show(&options, is_shown);
    dom::set(button, "aria-expanded", if is_shown { "true" } else { "false" });
    if is_shown {
        // It has just been shown.
        let _ = by_id::<HtmlElement>("arguments").focus();
    }
}

fn format() {
    let app = app();
    let name = app.file.borrow().clone();
    let text = app.document.borrow().text(&name).unwrap_or_default().to_string();
    let edition = app.edition.get();
    app.compiler.ask(Request::Format { name, text }, move |answer, _| match answer {
        Answer::Formatted { text: Some(text), .. } if app.edition.get() == edition => {
            app.editor.replace(&text)
        }
        // Typing went on: the next time.
        Answer::Formatted { text: Some(_), .. } => {}
        Answer::Formatted { text: None, .. } => {
            panels::open("problems");
            layout::toast("Not formatted: the file has syntax errors.");
        }
        Answer::Failed { message } => layout::toast(&message),
        _ => {}
    });
}

/// A link that holds the program, and the moment of its trace that is in sight.
fn link() -> Result<String, share::LinkError> {
    let version = app().version.borrow().clone();
    let mut document = app().document.borrow().clone();
    document.moment = actors::moment();
    let code = share::encode(&document, &version)?;
    let location = dom::window().location();
    let (origin, path) = (location.origin().unwrap_or_default(), location.pathname().unwrap_or_default());
    Ok(format!("{origin}{path}#code={code}"))
}

/// From somebody else's page to the playground.
fn open_full() {
    match link() {
        // A browser that opens no window has asked its user, or tells.
        Ok(link) => drop(dom::window().open_with_url_and_target_and_features(&link, "_blank", "noopener")),
        Err(error) => layout::toast(&format!("No link: {error}.")),
    }
}

fn share() {
    let app = app();
    match link() {
        Ok(link) => {
            let page = link.split('#').next().unwrap_or_default();
            let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
            let text = app.document.borrow().text(ENTRY).map(crate::markdown::escape).unwrap_or_default();
            let embed = format!(
                "<script type=\"module\" src=\"{folder}/gal-snippet.js\"></script><gal-snippet><pre>{text}</pre></gal-snippet>"
            );
            menus::share(&link, &embed);
        }
        Err(error) => layout::toast(&format!("No link: {error}.")),
    }
}

fn copy(id: &str) {
    let text = by_id::<HtmlInputElement>(id).value();
    spawn_local(async move {
        let copied = JsFuture::from(dom::window().navigator().clipboard().write_text(&text)).await;
        layout::toast(match copied {
            Ok(_) => "Copied.",
            Err(_) => "The browser did not allow it: the text is selected, copy it by hand.",
        });
    });
}

// Downloads.

fn download_source() {
    let app = app();
    let name = app.file.borrow().clone();
    let text = app.document.borrow().text(&name).unwrap_or_default().to_string();
    save(&name.replace('/', "-"), "text/plain", &JsValue::from_str(&text));
}

fn compile_options() -> CompileOptions {
    let options = app().document.borrow().options.clone();
    CompileOptions { release: options.release, ..CompileOptions::default() }
}

fn download_module() {
    let app = app();
    let options = compile_options();
    let release = options.release;
    app.compiler.ask(Request::Compile { files: app.files(), options }, move |answer, bytes| match answer {
        Answer::Compiled { module: Some(module), .. } if release => optimized(bytes, &module.features),
        Answer::Compiled { module: Some(_), .. } => save("main.wasm", "application/wasm", &bytes),
        other => refused(other),
    });
}

fn optimized(bytes: Uint8Array, features: &[String]) {
    app().optimizer.ask(&bytes.clone(), features, move |result| {
        let bytes = result.unwrap_or_else(|why| {
            layout::toast(&format!("Without wasm-opt, which could not be used: {why}"));
            bytes
        });
        save("main.wasm", "application/wasm", &bytes);
    });
}

fn download_project() {
    let app = app();
    app.compiler.ask(Request::Project { files: app.files(), options: compile_options() }, |answer, bytes| {
        match answer {
            Answer::Project { has_file: true, .. } => save("gal-project.zip", "application/zip", &bytes),
            other => refused(other),
        }
    });
}

fn refused(answer: Answer) {
    match answer {
        Answer::Compiled { problems, .. } | Answer::Project { problems, .. } => {
            problems::show(problems);
            panels::open("problems");
            layout::toast("There is no module: the program has errors.");
        }
        Answer::Failed { message } => layout::toast(&message),
        _ => {}
    }
}

fn save(name: &str, kind: &str, content: &JsValue) {
    let properties = BlobPropertyBag::new();
    properties.set_type(kind);
    let result = Blob::new_with_blob_sequence_and_options(&Array::of1(content), &properties)
        .and_then(|blob| Url::create_object_url_with_blob(&blob));
    match result {
        Ok(address) => {
            let link: HtmlAnchorElement = dom::element("a", "").unchecked_into();
            link.set_href(&address);
            link.set_download(name);
            link.click();
            // The download has begun by then.
            dom::after(10_000, move || {
                let _ = Url::revoke_object_url(&address);
            });
        }
        Err(error) => layout::toast(&describe(&error)),
    }
}

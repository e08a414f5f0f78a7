//! Menus and dialogs. A menu is made when it is opened and gone when it is closed; its items do what `actions` says.

use crate::app::app;
use crate::dom::{self, by_id};
use crate::layout;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement, HtmlInputElement, KeyboardEvent};

pub struct Item {
    label: String,
    note: String,
    action: String,
    is_chosen: Option<bool>,
}

impl Item {
    pub fn new(label: &str, note: &str, action: &str) -> Item {
        Item { label: label.into(), note: note.into(), action: action.into(), is_chosen: None }
    }

    fn choice(self, is_chosen: bool) -> Item {
        Item { is_chosen: Some(is_chosen), ..self }
    }
}

/// What the menu of a button holds.
pub fn items(name: &str) -> Vec<Item> {
    match name {
        "examples" => {
            let examples = app().examples.borrow();
            examples
                .iter()
                .map(|it| Item::new(&it.title, &it.about, &format!("example:{}", it.name)))
                .collect()
        }
        "download" => vec![
            Item::new("Module", "main.wasm, for the web", "download-module"),
            Item::new("npm project", "a ZIP file that runs in Node and in a page", "download-project"),
            Item::new("Source", "the file that is shown", "download-source"),
        ],
        "theme" => {
            let theme = layout::theme();
            let item = |name: &str, label: &str| {
                Item::new(label, "", &format!("theme:{name}")).choice(theme == name)
            };
            vec![item("system", "As the system"), item("light", "Light"), item("dark", "Dark")]
        }
        // What has no place in a narrow bar.
        "more" => vec![
            Item::new("Examples", "", "menu:examples"),
            Item::new("Format", "", "format"),
            Item::new("Share", "", "share"),
            Item::new("Download", "", "menu:download"),
            Item::new("Theme", "", "menu:theme"),
            Item::new("Keyboard shortcuts", "", "help"),
        ],
        _ => Vec::new(),
    }
}

/// Opens a menu below an element, or closes it.
pub fn toggle(anchor: &Element, items: Vec<Item>) {
    let is_open = anchor.get_attribute("aria-expanded").as_deref() == Some("true");
    close();
    if is_open || items.is_empty() {
        return;
    }
    let menu = dom::element("div", "menu");
    menu.set_id("menu");
    dom::set(&menu, "role", "menu");
    for item in &items {
        dom::append(&menu, &[&entry(item)]);
    }
    dom::set(anchor, "aria-expanded", "true");
    dom::set(anchor, "data-menu", "");
    let place = anchor.get_bounding_client_rect();
    let width = dom::window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(0.0);
    let style = menu.style();
    let is_right = place.left() > width / 2.0;
    let (side, distance) = if is_right { ("right", width - place.right()) } else { ("left", place.left()) };
    style.set_property(side, &format!("{}px", distance.max(8.0))).expect("it is a length");
    style.set_property("top", &format!("{}px", place.bottom() + 6.0)).expect("it is a length");
    style.set_property("--top", &format!("{}px", place.bottom() + 6.0)).expect("it is a length");
    if let Some(body) = dom::document().body() {
        dom::append(&body, &[&menu]);
    }
    focus(&menu, 0);
    dom::on(&menu, "keydown", key);
}

fn entry(item: &Item) -> Element {
    let entry = dom::button("item", "", &item.action);
    dom::set(&entry, "tabindex", "-1");
    match item.is_chosen {
        Some(is_chosen) => {
            dom::set(&entry, "role", "menuitemradio");
            dom::set(&entry, "aria-checked", if is_chosen { "true" } else { "false" });
        }
        None => dom::set(&entry, "role", "menuitem"),
    }
    dom::append(&entry, &[&dom::with_text("span", "label", &item.label)]);
    if !item.note.is_empty() {
        dom::append(&entry, &[&dom::with_text("span", "note", &item.note)]);
    }
    entry.into()
}

fn open_menu() -> Option<Element> {
    dom::document().get_element_by_id("menu")
}

/// Whether there was one.
pub fn close() -> bool {
    let Some(menu) = open_menu() else { return false };
    menu.remove();
    if let Ok(Some(anchor)) = dom::document().query_selector("[data-menu]") {
        dom::set(&anchor, "aria-expanded", "false");
        anchor.remove_attribute("data-menu").expect("the name is one of HTML");
        focus_element(&anchor);
    }
    true
}

fn focus_element(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        // What cannot be focused is not shown.
        let _ = element.focus();
    }
}

fn focus(menu: &Element, at: u32) {
    if let Some(item) = menu.children().item(at) {
        focus_element(&item);
    }
}

fn key(event: KeyboardEvent) {
    let Some(menu) = open_menu() else { return };
    let items = menu.children();
    let active = dom::document().active_element();
    let at = (0..items.length()).find(|at| items.item(*at) == active).unwrap_or(0);
    let count = items.length().max(1);
    let next = match event.key().as_str() {
        "ArrowDown" => (at + 1) % count,
        "ArrowUp" => (at + count - 1) % count,
        "Home" => 0,
        "End" => count - 1,
        "Tab" => {
            close();
            return;
        }
        key if key.chars().count() == 1 && key != " " => {
            let wanted = key.to_lowercase();
            let begins = |at: &u32| {
                let text = items.item(*at).and_then(|item| item.text_content()).unwrap_or_default();
                text.to_lowercase().starts_with(&wanted)
            };
            match (at + 1..count).chain(0..=at).find(begins) {
                Some(found) => found,
                None => return,
            }
        }
        _ => return,
    };
    event.prevent_default();
    focus(&menu, next);
}

// Dialogs.

type Confirm = Box<dyn Fn(&str) -> Result<(), String>>;

thread_local! {
    /// What a dialog does with the text that was typed.
    static CONFIRM: RefCell<Option<Confirm>> = const { RefCell::new(None) };
}

fn dialog(title: &str, parts: &[&Element]) -> HtmlDialogElement {
    close();
    let dialog = by_id::<HtmlDialogElement>("dialog");
    dom::clear(&dialog);
    let head = dom::element("div", "dialog-head");
    let heading = dom::with_text("h2", "", title);
    heading.set_id("dialog-title");
    let close = dom::button("icon", "×", "close-dialog");
    dom::set(&close, "aria-label", "Close");
    dom::append(&head, &[&heading, &close]);
    dom::append(&dialog, &[&head]);
    dom::append(&dialog, parts);
    if !dialog.open() {
        dialog.show_modal().expect("it is in the page and closed");
    }
    dialog
}

pub fn close_dialog() {
    let dialog = by_id::<HtmlDialogElement>("dialog");
    if dialog.open() {
        dialog.close();
    }
    CONFIRM.set(None);
}

pub fn ask_for_name(
    title: &str,
    note: &str,
    text: &str,
    verb: &str,
    confirm: impl Fn(&str) -> Result<(), String> + 'static,
) {
    let field = field("name", "Name", text);
    let problem = dom::element("p", "problem");
    problem.set_id("dialog-problem");
    dom::set(&problem, "role", "alert");
    let row = dom::element("div", "dialog-row");
    dom::append(&row, &[&dom::button("main", verb, "confirm")]);
    dialog(title, &[&dom::with_text("p", "note", note), &field, &problem, &row]);
    CONFIRM.set(Some(Box::new(confirm)));
    let input = by_id::<HtmlInputElement>("name");
    dom::on(&input, "keydown", |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            self::confirm();
        }
    });
    focus_element(&input);
    input.select();
}

/// Does what the dialog is for; if that cannot be, it says why and stays.
pub fn confirm() {
    let text = by_id::<HtmlInputElement>("name").value();
    let confirm = CONFIRM.take();
    let Some(confirm) = confirm else { return };
    match confirm(&text) {
        Ok(()) => close_dialog(),
        Err(why) => {
            by_id::<Element>("dialog-problem").set_text_content(Some(&format!("{why}.")));
            CONFIRM.set(Some(confirm));
        }
    }
}

fn field(id: &str, label: &str, value: &str) -> Element {
    let row = dom::element("div", "field");
    let name = dom::with_text("label", "", label);
    dom::set(&name, "for", id);
    let input: HtmlInputElement = dom::element("input", "").unchecked_into();
    input.set_id(id);
    dom::set(&input, "type", "text");
    dom::set(&input, "autocomplete", "off");
    dom::set(&input, "spellcheck", "false");
    dom::set(&input, "value", value);
    dom::append(&row, &[&name, &input]);
    row.into()
}

pub fn share(link: &str, embed: &str) {
    let link_field = field("link", "Link", link);
    dom::append(&link_field, &[&dom::button("main", "Copy", "copy:link")]);
    let embed_field = field("embed-code", "In a page", embed);
    dom::append(&embed_field, &[&dom::button("", "Copy", "copy:embed-code")]);
    let note = format!(
        "The program is in the link itself ({} characters): nothing is kept on a server, and nothing runs until somebody asks for it.",
        link.chars().count()
    );
    dialog("Share", &[&link_field, &embed_field, &dom::with_text("p", "note", &note)]);
    for id in ["link", "embed-code"] {
        dom::set(&by_id::<Element>(id), "readonly", "");
    }
    by_id::<HtmlInputElement>("link").select();
}

/// What the keys do; `{}` stands for the system's key. Must match `actions::key` and js/editor.ts.
const SHORTCUTS: &[(&str, &str)] = &[
    ("{}+Enter", "Run; stop what runs"),
    ("{}+Shift+Enter", "In a lesson: check"),
    ("{}+S", "Format"),
    ("{}+K", "Share"),
    ("{}+1 … {}+7", "Output, Problems, MIR, LIR, WAT, Size, Actors"),
    ("↑ ↓, ← →, Home, End", "In Actors: by events, by messages, to the ends"),
    ("F8", "To the next problem"),
    ("{}+F", "Find and replace"),
    ("{}+/", "Comment lines out, or in again"),
    ("Alt+↑, Alt+↓", "Move lines"),
    ("{}+Space", "Complete"),
    ("F12", "Go to the definition; or click with {}"),
    ("F2", "Rename"),
    ("Escape, then Tab", "Leave the editor"),
    ("F1", "These shortcuts"),
];

pub fn shortcuts() {
    let list = dom::element("dl", "shortcuts");
    for (keys, what) in SHORTCUTS {
        let keys = keys.replace("{}", layout::command_key());
        let term = dom::element("dt", "");
        dom::append(&term, &[&dom::with_text("kbd", "", &keys)]);
        let what = what.replace("{}", layout::command_key());
        dom::append(&list, &[&term, &dom::with_text("dd", "", &what)]);
    }
    dialog("Keyboard shortcuts", &[&list]);
}

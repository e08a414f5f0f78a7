//! The few operations on the page that everything else is made of.
//!
//! What has to be in `index.html` is looked for by [`by_id`], which panics without it: page and module are built
//! together. Elements that come and go have no listeners of their own, but an attribute `data-do` that the page's one
//! listener for clicks reads, so nothing has to be released.

use wasm_bindgen::convert::FromWasmAbi;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, EventTarget, HtmlElement, Window};

pub fn window() -> Window {
    web_sys::window().expect("the page's module runs in a page")
}

pub fn document() -> Document {
    window().document().expect("a page has a document")
}

pub fn by_id<T: JsCast>(id: &str) -> T {
    let found = document().get_element_by_id(id).and_then(|element| element.dyn_into().ok());
    found.unwrap_or_else(|| panic!("index.html has no `{id}` of this kind"))
}

pub fn element(tag: &str, class: &str) -> HtmlElement {
    let element = document().create_element(tag).expect("the tag is one of HTML");
    element.set_class_name(class);
    element.unchecked_into()
}

pub fn with_text(tag: &str, class: &str, text: &str) -> HtmlElement {
    let element = element(tag, class);
    element.set_text_content(Some(text));
    element
}

/// A button that does what `action` names, see `actions.rs`.
pub fn button(class: &str, label: &str, action: &str) -> HtmlElement {
    let button = with_text("button", class, label);
    set(&button, "type", "button");
    set(&button, "data-do", action);
    button
}

pub fn set(element: &Element, name: &str, value: &str) {
    element.set_attribute(name, value).expect("the name is one of HTML");
}

pub fn append(parent: &Element, children: &[&Element]) {
    for child in children {
        parent.append_child(child).expect("a new element has no children that are its parents");
    }
}

pub fn clear(element: &Element) {
    element.set_text_content(None);
}

pub fn show(element: &Element, is_shown: bool) {
    element.toggle_attribute_with_force("hidden", !is_shown).expect("the name is one of HTML");
}

/// For as long as the page lives.
pub fn on<E: FromWasmAbi + 'static>(target: &EventTarget, event: &str, handler: impl FnMut(E) + 'static) {
    let closure = Closure::<dyn FnMut(E)>::new(handler);
    target
        .add_event_listener_with_callback(event, closure.as_ref().unchecked_ref())
        .expect("it is a function");
    closure.forget();
}

pub fn after(ms: u32, run: impl FnOnce() + 'static) {
    let closure = Closure::once_into_js(run);
    let ms = i32::try_from(ms).unwrap_or(i32::MAX);
    window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(closure.unchecked_ref(), ms)
        .expect("it is a function");
}

/// Before the page is drawn the next time.
pub fn next_frame(run: impl FnOnce() + 'static) {
    let closure = Closure::once_into_js(run);
    window().request_animation_frame(closure.unchecked_ref()).expect("it is a function");
}

/// Fills an element unless it has this already; whether it has been filled. What has had the focus keeps it, if it is there again:
/// elements are known by what they do, or by their identifiers.
pub fn replace(element: &Element, html: &str, last: &std::cell::RefCell<String>) -> bool {
    if *last.borrow() == html && element.has_child_nodes() {
        return false;
    }
    let focused =
        document().active_element().filter(|focused| *focused != *element && element.contains(Some(focused)));
    let known = focused.map(|focused| (focused.get_attribute("data-do").unwrap_or_default(), focused.id()));
    element.set_inner_html(html);
    *last.borrow_mut() = html.to_string();
    if let Some((action, id)) = known {
        let found =
            if id.is_empty() { find_by(element, "data-do", &action) } else { find_by(element, "id", &id) };
        let found = found.and_then(|found| found.dyn_into::<HtmlElement>().ok());
        // Else the reader's place is this element.
        let target = found.or_else(|| element.clone().dyn_into().ok());
        if let Some(target) = target {
            let _ = target.focus();
        }
    }
    true
}

fn find_by(element: &Element, name: &str, value: &str) -> Option<Element> {
    let all = element.query_selector_all(&format!("[{name}]")).ok()?;
    let all = (0..all.length()).filter_map(|at| all.item(at)?.dyn_into::<Element>().ok());
    all.into_iter().find(|found| found.get_attribute(name).as_deref() == Some(value))
}

/// The reader's size of type, in pixels.
pub fn root_font_size() -> f64 {
    let root = document().document_element();
    let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
    let size = style.and_then(|style| style.get_property_value("font-size").ok());
    size.and_then(|size| size.trim_end_matches("px").parse().ok()).unwrap_or(16.0)
}

/// Scrolls an element as little as has to be for one in it to be seen. What is around it stays where it is.
pub fn scroll_to(within: &Element, element: &Element) {
    let (outer, inner) = (within.get_bounding_client_rect(), element.get_bounding_client_rect());
    let above = inner.top() - outer.top();
    let below = inner.bottom() - outer.bottom();
    let by = if above < 0.0 { above } else { below.max(0.0) };
    within.set_scroll_top(within.scroll_top() + by.round() as i32);
}

pub fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

pub fn is_embedded() -> bool {
    document().document_element().is_some_and(|root| root.has_attribute("data-embed"))
}

/// A part of a value of JavaScript; `undefined` where there is none.
pub fn field(value: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(value, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

pub fn text_field(value: &JsValue, name: &str) -> String {
    field(value, name).as_string().unwrap_or_default()
}

pub fn number_field(value: &JsValue, name: &str) -> f64 {
    field(value, name).as_f64().unwrap_or_default()
}

/// An object of these fields.
pub fn object(fields: &[(&str, JsValue)]) -> js_sys::Object {
    let object = js_sys::Object::new();
    for (name, value) in fields {
        js_sys::Reflect::set(&object, &(*name).into(), value).expect("a plain object takes any field");
    }
    object
}

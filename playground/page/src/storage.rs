//! What is kept in this browser between visits. Storage may be switched off or full: reading then finds nothing, and
//! writing says so.

use crate::dom::window;
use serde_json::Value;
use web_sys::Storage;

/// What is kept, by its key.
pub const DOCUMENT: &str = "gal.document";
/// The document that another one has replaced.
pub const PREVIOUS: &str = "gal.previous";
pub const PROGRESS: &str = "gal.progress";
pub const THEME: &str = "gal.theme";
pub const SPLIT: &str = "gal.split";

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

pub fn text(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

pub fn read<T: serde::de::DeserializeOwned>(key: &str) -> Option<T> {
    serde_json::from_str(&text(key)?).ok()
}

/// Whether it is kept now.
#[must_use]
pub fn write(key: &str, value: &impl serde::Serialize) -> bool {
    let Ok(value) = serde_json::to_value(value) else { return false };
    let text = match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    storage().is_some_and(|storage| storage.set_item(key, &text).is_ok())
}

pub fn remove(key: &str) {
    if let Some(storage) = storage() {
        // What cannot be removed was not kept.
        let _ = storage.remove_item(key);
    }
}

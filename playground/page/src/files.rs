//! The row of files above the editor, and what can be done with them.

use crate::app::{Mode, app};
use crate::dom::{self, by_id};
use crate::{layout, menus};
use playground_model::document::ENTRY;
use web_sys::Element;

pub fn draw() {
    let app = app();
    let row = by_id::<Element>("files");
    dom::clear(&row);
    let shown = app.file.borrow().clone();
    for file in &app.document.borrow().files {
        let is_shown = file.name == shown;
        let button = dom::button("file", &file.name, &format!("file:{}", file.name));
        if is_shown {
            dom::set(&button, "aria-current", "true");
        }
        dom::append(&row, &[&button]);
        if is_shown && file.name != ENTRY {
            let more = dom::button("file-more", "⋯", &format!("file-menu:{}", file.name));
            dom::set(&more, "aria-label", &format!("Rename or remove {}", file.name));
            dom::set(&more, "aria-haspopup", "menu");
            dom::append(&row, &[&more]);
        }
    }
    if *app.mode.borrow() == Mode::Work {
        let add = dom::button("file add", "+", "file-add");
        dom::set(&add, "aria-label", "Add a file");
        dom::set(&add, "title", "Add a file");
        dom::append(&row, &[&add]);
    }
}

pub fn ask_to_add() {
    menus::ask_for_name(
        "Add a file",
        "Its name is the module's: `use shapes.area` finds `area` in `shapes.gal`.",
        "",
        "Add",
        |name| {
            let added = app().document.borrow_mut().add(name).map_err(|fault| fault.to_string())?;
            app().show_file(&added);
            app().changed();
            app().editor.focus();
            Ok(())
        },
    );
}

pub fn ask_to_rename(from: String) {
    let title = format!("Rename {from}");
    menus::ask_for_name(
        &title,
        "Other files find the module by its new name.",
        &from.clone(),
        "Rename",
        move |name| {
            let renamed =
                app().document.borrow_mut().rename(&from, name).map_err(|fault| fault.to_string())?;
            app().editor.forget(&from);
            app().show_file(&renamed);
            app().changed();
            Ok(())
        },
    );
}

pub fn remove(name: &str) {
    let result = app().document.borrow_mut().remove(name);
    match result {
        Ok(()) => {
            app().editor.forget(name);
            app().show_file(ENTRY);
            app().changed();
        }
        Err(fault) => layout::toast(&format!("{fault}.")),
    }
}

//! The library checks completely.

mod common;

use common::{Sources, load, options, render_all};

#[test]
fn library_has_no_errors() {
    let mut options = options();
    options.check_library = true;
    let mut checker = load("fn main() {}", Sources::default(), options);
    checker.check_everything();
    assert!(!checker.has_errors(), "{}", render_all(&checker));
}

#[test]
fn names_in_messages_are_those_of_the_library() {
    let mut text = String::new();
    for (module, names) in hir::STD_NAMES {
        text += &format!("use std.{module}\n");
        let renamed: Vec<String> = names.iter().map(|n| format!("{n} as {module}_{n}")).collect();
        text += &format!("use std.{module}.{{{}}}\n", renamed.join(", "));
    }
    text += "fn main() {}\n";
    let checker = load(&text, Sources::default(), options());
    assert!(!checker.has_errors(), "{}", render_all(&checker));
}

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

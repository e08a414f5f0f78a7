//! The playground's page: draws the values of [`playground_model`], and feeds them what happens.
//!
//! There is one [`app::App`] for the life of the page. `actions` says what buttons and keys do, `runs` how a program is
//! compiled and run, `panels` draws results, `side` lessons and pages of codes, `menus` what pops up. Workers are asked
//! through `compiler` and `runner`. Nothing here runs a program unless a reader asks for it.

mod actions;
mod actors;
mod app;
mod asks;
mod compiler;
mod dom;
mod editor;
mod files;
mod layout;
mod markdown;
mod menus;
mod panels;
mod problems;
mod runner;
mod runs;
mod side;
mod sizes;
mod storage;

fn main() {
    std::panic::set_hook(Box::new(|panic| {
        web_sys::console::error_1(&format!("The playground has a bug: {panic}").into());
    }));
    app::start();
}

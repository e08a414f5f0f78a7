//! The page's state, and how it begins.

use crate::actors::Actors;
use crate::compiler::Compiler;
use crate::dom::{self, by_id};
use crate::editor::Editor;
use crate::panels::Panels;
use crate::runner::{Optimizer, Runner, describe, fetch_text};
use crate::{actions, actors, asks, files, layout, panels, problems, runs, side, storage};
use playground_model::document::{Document, ENTRY, File};
use playground_model::protocol::{Answer, Page, Problems, Request};
use playground_model::route::Route;
use playground_model::run::Runs;
use playground_model::share;
use playground_model::tour::{Progress, Tour};
use serde::Deserialize;
use std::cell::{Cell, OnceCell, RefCell};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

/// What the editor shows belongs to.
#[derive(Clone, PartialEq, Debug)]
pub enum Mode {
    /// One's own program, which is kept.
    Work,
    /// The slug of a lesson, or the list of them.
    Tour(Option<String>),
    /// The code of a page, or the list of them.
    Errors(Option<String>),
}

#[derive(Clone, Deserialize)]
pub struct Example {
    pub name: String,
    pub title: String,
    pub about: String,
    pub text: String,
}

pub struct App {
    pub document: RefCell<Document>,
    /// The name of the file that is shown.
    pub file: RefCell<String>,
    pub mode: RefCell<Mode>,
    /// Whether the address still holds what is shown.
    pub is_as_linked: Cell<bool>,
    pub compiler: Compiler,
    pub runner: Runner,
    pub optimizer: Optimizer,
    pub editor: Editor,
    pub panels: Panels,
    pub runs: RefCell<Runs>,
    /// What the program has written to standard output.
    pub output: RefCell<String>,
    /// Whether the program that runs was built with a trace, and the view of what it tells.
    pub is_traced: Cell<bool>,
    pub actors: Actors,
    /// The module of the last traced run, which runs again with other commands and seeds.
    pub traced: RefCell<Option<runs::Traced>>,
    /// The message that the trace of the next run is kept from; 0: all.
    pub first: Cell<u64>,
    /// Whether the run's output is to be compared with the lesson's.
    pub is_check: Cell<bool>,
    pub problems: RefCell<Problems>,
    /// Counts changes of the document: answers about an older one are dropped.
    pub edition: Cell<u32>,
    pub tour: RefCell<Tour>,
    pub progress: RefCell<Progress>,
    pub pages: RefCell<Vec<Page>>,
    pub version: RefCell<String>,
    pub examples: RefCell<Vec<Example>>,
}

thread_local! {
    static APP: OnceCell<&'static App> = const { OnceCell::new() };
}

/// The one that [`start`] has made.
pub fn app() -> &'static App {
    APP.with(|app| *app.get().expect("the page has started"))
}

pub fn start() {
    let app: &'static App = Box::leak(Box::new(App {
        document: RefCell::new(Document::single("")),
        file: RefCell::new(ENTRY.to_string()),
        mode: RefCell::new(Mode::Work),
        is_as_linked: Cell::new(false),
        compiler: Compiler::default(),
        runner: Runner::default(),
        optimizer: Optimizer::default(),
        editor: Editor::new(&by_id("editor"), &host(), &asks::service()),
        panels: Panels::default(),
        runs: RefCell::new(Runs::default()),
        output: RefCell::new(String::new()),
        is_traced: Cell::new(false),
        actors: Actors::default(),
        traced: RefCell::new(None),
        first: Cell::new(0),
        is_check: Cell::new(false),
        problems: RefCell::new(Problems::default()),
        edition: Cell::new(0),
        tour: RefCell::new(Tour::default()),
        progress: RefCell::new(storage::read(storage::PROGRESS).unwrap_or_default()),
        pages: RefCell::new(Vec::new()),
        version: RefCell::new(String::new()),
        examples: RefCell::new(Vec::new()),
    }));
    APP.with(|cell| cell.set(app).unwrap_or_else(|_| panic!("the page starts once")));
    app.compiler.start();
    panels::build();
    layout::start();
    actions::start();
    spawn_local(async {
        // Small files, which the first view may need.
        app.load().await;
        go_to_address();
        dom::on(&dom::window(), "hashchange", |_: web_sys::Event| go_to_address());
    });
    app.compiler.ask(Request::About, |answer, _| app.about(answer));
}

fn go_to_address() {
    let hash = dom::window().location().hash().unwrap_or_default();
    app().go(Route::parse(&hash));
}

/// What the editor calls.
fn host() -> js_sys::Object {
    let changed =
        Closure::<dyn Fn(String, String)>::new(|file: String, text: String| app().edited(&file, text));
    let cursor = Closure::<dyn Fn(u32, u32)>::new(layout::show_cursor);
    let fix = Closure::<dyn Fn(usize, usize)>::new(problems::apply_fix);
    dom::object(&[
        ("changed", changed.into_js_value()),
        ("cursor", cursor.into_js_value()),
        ("fix", fix.into_js_value()),
    ])
}

impl App {
    async fn load(&self) {
        match fetch_json::<Vec<Example>>("examples.json").await {
            Ok(examples) => *self.examples.borrow_mut() = examples,
            Err(error) => layout::toast(&format!("The examples could not be loaded: {error}")),
        }
        match fetch_json("tour.json").await {
            Ok(lessons) => self.tour.borrow_mut().lessons = lessons,
            Err(error) => layout::toast(&format!("The tour could not be loaded: {error}")),
        }
    }

    fn about(&self, answer: Answer) {
        match answer {
            Answer::About { version } => {
                layout::show_version(&version);
                *self.version.borrow_mut() = version;
            }
            Answer::Failed { message } => layout::show_failure(&message),
            _ => {}
        }
    }

    /// Shows what an address asks for.
    pub fn go(&'static self, route: Route) {
        self.keep_draft();
        runs::stop();
        match route {
            Route::Home => self.go_home(),
            Route::Example(name) => {
                let found = self.examples.borrow().iter().find(|example| example.name == name).cloned();
                match found {
                    Some(example) => self.open_instead(Document::single(example.text), &example.title),
                    None => {
                        layout::toast(&format!("There is no example `{name}`."));
                        self.go_home();
                    }
                }
            }
            Route::Code(code) => match share::decode(&code) {
                Ok(shared) => self.open_instead(shared.document, &self.link_made_by(&shared.version)),
                Err(error) => {
                    self.go_home();
                    layout::toast(&format!("Not opened: {error}."));
                }
            },
            Route::Source(text) => self.open_instead(Document::single(text), "the program"),
            Route::Tour(slug) => side::open_lesson(slug),
            Route::Errors(code) => side::open_page(code),
        }
    }

    fn link_made_by(&self, version: &str) -> String {
        let own = self.version.borrow();
        match own.is_empty() || *own == version {
            true => "the link's program".to_string(),
            false => format!("the link's program, made with galc {version}"),
        }
    }

    fn go_home(&'static self) {
        if *self.mode.borrow() == Mode::Work && !self.document.borrow().files[0].text.is_empty() {
            return;
        }
        self.set_mode(Mode::Work);
        let kept: Option<Document> = storage::read(storage::DOCUMENT);
        let kept = kept.filter(|document| document.check().is_ok());
        let first = || self.examples.borrow().first().map_or(String::new(), |example| example.text.clone());
        self.show_document(kept.unwrap_or_else(|| Document::single(first())));
    }

    /// A program that takes the place of one's own, which can be brought back.
    fn open_instead(&'static self, document: Document, what: &str) {
        let old = storage::text(storage::DOCUMENT);
        self.set_mode(Mode::Work);
        let is_new =
            storage::read::<Document>(storage::DOCUMENT).is_none_or(|old| old.files != document.files);
        self.show_document(document);
        self.is_as_linked.set(true);
        if let Some(old) = old.filter(|_| is_new && !dom::is_embedded()) {
            let is_kept = storage::write(storage::PREVIOUS, &old);
            self.save();
            if is_kept {
                layout::toast_with(&format!("Opened {what}."), "Bring back my program", "restore");
            }
        }
    }

    /// Brings back the program that another one has replaced.
    pub fn restore(&'static self) {
        let Some(previous) = storage::read::<Document>(storage::PREVIOUS) else {
            return layout::toast("There is no program to bring back.");
        };
        self.set_mode(Mode::Work);
        self.forget_address();
        self.show_document(previous);
        self.save();
    }

    pub fn set_mode(&self, mode: Mode) {
        *self.mode.borrow_mut() = mode;
        layout::show_mode();
        side::draw();
    }

    pub fn show_document(&'static self, document: Document) {
        runs::stop();
        self.is_as_linked.set(false);
        *self.document.borrow_mut() = document;
        self.editor.reset();
        runs::forget();
        layout::show_options();
        self.show_file(ENTRY);
        actors::show_moment();
        self.check();
    }

    pub fn show_file(&self, name: &str) {
        let text = self.document.borrow().text(name).map(str::to_string);
        let Some(text) = text else { return };
        *self.file.borrow_mut() = name.to_string();
        self.editor.open(name, &text);
        files::draw();
    }

    /// The editor says that a file has changed.
    fn edited(&'static self, file: &str, text: String) {
        let result = self.document.borrow_mut().set_text(file, text);
        if let Err(fault) = result {
            layout::toast(&format!("Not kept and not compiled: {fault}."));
            return;
        }
        self.changed();
    }

    /// The document is another one: it is kept, and checked.
    pub fn changed(&'static self) {
        if *self.mode.borrow() == Mode::Work {
            self.forget_address();
            self.save();
        }
        self.check();
    }

    /// How the program is run is another way now.
    pub fn options_changed(&'static self) {
        if *self.mode.borrow() == Mode::Work {
            self.forget_address();
            self.save();
        }
        layout::show_options();
    }

    /// The address holds something else than what is shown.
    fn forget_address(&self) {
        if self.is_as_linked.replace(false) {
            let path = dom::window().location().pathname().unwrap_or_default();
            let search = dom::window().location().search().unwrap_or_default();
            let history = dom::window().history();
            let replaced =
                history.and_then(|it| it.replace_state_with_url(&JsValue::NULL, "", Some(&(path + &search))));
            if let Err(error) = replaced {
                web_sys::console::warn_1(&error);
            }
        }
    }

    pub fn save(&self) {
        if !dom::is_embedded() && !storage::write(storage::DOCUMENT, &*self.document.borrow()) {
            layout::warn_once(
                "This browser keeps nothing: the program is gone when the page is closed. Share makes a link.",
            );
        }
    }

    /// In a lesson, keeps what was written.
    pub fn keep_draft(&self) {
        let Mode::Tour(Some(slug)) = &*self.mode.borrow() else { return };
        let tour = self.tour.borrow();
        let Some(lesson) = tour.position(slug).map(|at| &tour.lessons[at]) else { return };
        let mut progress = self.progress.borrow_mut();
        progress.keep(lesson, self.document.borrow().text(ENTRY).unwrap_or_default());
        if !storage::write(storage::PROGRESS, &*progress) {
            layout::warn_once("This browser keeps nothing: progress is gone when the page is closed.");
        }
    }

    pub fn files(&self) -> Vec<File> {
        self.document.borrow().files.clone()
    }

    pub fn check(&'static self) {
        self.edition.set(self.edition.get() + 1);
        let edition = self.edition.get();
        panels::document_changed();
        let begun = dom::now();
        self.compiler.ask(Request::Check { files: self.files() }, move |answer, _| match answer {
            Answer::Checked { problems } if self.edition.get() == edition => {
                layout::show_check(dom::now() - begun);
                problems::show(problems);
            }
            Answer::Failed { message } => layout::show_failure(&message),
            _ => {}
        });
    }
}

async fn fetch_json<T: for<'a> Deserialize<'a>>(path: &str) -> Result<T, String> {
    let text = fetch_text(path).await.map_err(|error| describe(&error))?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

/// An element of the page that is shown in some modes only.
pub fn toggle(id: &str, is_shown: bool) {
    dom::show(&by_id::<HtmlElement>(id), is_shown);
}

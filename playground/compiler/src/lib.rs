//! The compiler as the playground's worker loads it: JSON in, JSON and bytes out, described by [`playground_model::protocol`].
//!
//! It decides nothing: it calls the driver and says what came of it. A panic leaves the module as a trap, after [`start`]
//! has seen to it that its text was handed to `gal_playground_panic`; the worker is then to be given up. Start reading at
//! [`answer`]. What compiling and running a program does without is in another module, which is loaded on first use: it takes
//! the [`Rest`] of an answer.

mod actors;
mod asks;
mod declared;
mod memory;
mod problems;
mod sources;

pub use asks::Asks;

use driver::{BackendKind, Compiled, DriverError, Options, Profile, Session, WASM32_WEB, WebNames};
use playground_model::document::{ENTRY, File};
use playground_model::limits;
use playground_model::own::own;
use playground_model::protocol::{Answer, CompileOptions, Module, Problems, Query, Request, Rest, Stage};
use problems::problems;
use sources::Files;
use std::collections::{BTreeMap, BTreeSet};
use wasm_bindgen::prelude::wasm_bindgen;

/// The package that the JavaScript of modules imports, and its entry for a page's elements.
const RUNTIME: &str = "@gal-lang/runtime";
const DOM: &str = "@gal-lang/runtime/dom";
/// What the program is called in its arguments and messages.
const PROGRAM: &str = "main";

#[wasm_bindgen]
extern "C" {
    /// Of the worker's script.
    #[wasm_bindgen(js_name = gal_playground_panic)]
    fn report_panic(text: &str);
}

#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| report_panic(&panic.to_string())));
}

/// The one door: a [`Request`] in JSON.
#[wasm_bindgen]
pub struct Compiler {
    bytes: Vec<u8>,
    is_rest: bool,
    wants_docs: bool,
    asks: Asks,
}

#[wasm_bindgen]
impl Compiler {
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "JavaScript makes it")]
    pub fn new() -> Compiler {
        Compiler { bytes: Vec::new(), is_rest: false, wants_docs: false, asks: Asks::default() }
    }

    /// An [`Answer`] in JSON, or a [`Rest`], as [`Compiler::is_rest`] says.
    pub fn answer(&mut self, request: &str) -> String {
        self.wants_docs = false;
        let (outcome, bytes) = match serde_json::from_str(request) {
            Ok(request) => {
                self.wants_docs = shows_docs(&request) && !driver::library::has_docs();
                answer(request, &mut self.asks)
            }
            Err(error) => done(failed(format!("the request is not understood: {error}"))),
        };
        self.bytes = bytes;
        self.is_rest = matches!(outcome, Outcome::Rest(_));
        let json = match outcome {
            Outcome::Answer(answer) => serde_json::to_string(&answer),
            Outcome::Rest(rest) => serde_json::to_string(&rest),
        };
        json.expect("answers are trees of strings and numbers")
    }

    /// Whether the other module has to finish the last answer.
    pub fn is_rest(&self) -> bool {
        self.is_rest
    }

    /// Whether the last answer would say more with the documentation of the library, which is loaded on first use.
    pub fn wants_docs(&self) -> bool {
        self.wants_docs
    }

    /// Takes what `docs` in `playground/build.mjs` makes: its lines by file, in JSON. False if it is something else.
    pub fn add_docs(&mut self, json: &str) -> bool {
        let Ok(docs) = serde_json::from_str::<BTreeMap<String, String>>(json) else { return false };
        driver::library::add_docs(|path| docs.get(path).map(String::as_str));
        self.asks = Asks::default();
        true
    }

    /// The bytes that belong to the last answer or rest, once.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

fn shows_docs(request: &Request) -> bool {
    // The types that a project has for TypeScript show docs, too.
    let is_editor = |query: &Query| matches!(query, Query::Completion | Query::Hover | Query::Signature);
    matches!(request, Request::Project { .. })
        || matches!(request, Request::Ask { query, .. } if is_editor(query))
}

/// What came of a request here.
#[derive(Debug)]
pub enum Outcome {
    Answer(Answer),
    Rest(Rest),
}

/// With the bytes that go with it.
type Result<T = (Outcome, Vec<u8>)> = std::result::Result<T, DriverError>;

/// An answer without bytes.
fn done(answer: Answer) -> (Outcome, Vec<u8>) {
    (Outcome::Answer(answer), Vec::new())
}

/// What came of a request, and the bytes that go with it.
pub fn answer(request: Request, asks: &mut Asks) -> (Outcome, Vec<u8>) {
    let without = |answer: Result<Answer>| answer.map(done);
    let result = match request {
        Request::About => without(Ok(Answer::About { version: env!("CARGO_PKG_VERSION").to_string() })),
        Request::Pages => Ok((Outcome::Rest(Rest::Pages), Vec::new())),
        Request::Check { files } => without(check(files)),
        Request::Compile { files, options } => {
            compile(files, &options).map(|(answer, bytes)| (Outcome::Answer(answer), bytes))
        }
        Request::Emit { files, stage, release, whole } => emit(files, stage, release, whole),
        Request::Format { name, text } => without(format(&name, &text)),
        Request::Sizes { files, release } => sizes(files, release),
        Request::Ask { files, file, offset, query } => without(asks.answer(files, &file, offset, &query)),
        Request::Declaration { files, actor, handler } => {
            let place = actors::declaration(&files, actor.as_deref(), handler.as_deref());
            without(Ok(Answer::Declared { place }))
        }
        Request::Project { files, options } => project(files, &options),
    };
    result.unwrap_or_else(|error| done(failed(error.to_string())))
}

fn failed(message: String) -> Answer {
    Answer::Failed { message }
}

/// The options of `galc build --target wasm32-web`. LLVM is not here, so that its absence is no news.
fn options(given: &CompileOptions) -> Options {
    Options {
        target: &WASM32_WEB,
        profile: if given.release { Profile::Release } else { Profile::Debug },
        backend: Some(BackendKind::Wasm),
        schedules: given.schedules,
        // So that a trace can be had once more.
        virtual_clock: given.trace,
        trace: given.trace.then_some(driver::Trace { values: true, states: true }),
        ..Options::default()
    }
}

fn check(files: Vec<File>) -> Result<Answer> {
    let mut files = Files::new(files);
    let checked = driver::check(&mut Session::new(&mut files, options(&CompileOptions::default())), ENTRY)?;
    Ok(Answer::Checked { problems: problems(&checked) })
}

fn compile(files: Vec<File>, given: &CompileOptions) -> Result<(Answer, Vec<u8>)> {
    let mut files = Files::new(files);
    let compiled = driver::compile(&mut Session::new(&mut files, options(given)), ENTRY)?;
    let problems = problems(&compiled.checked);
    let Some(output) = compiled.output else {
        return Ok((Answer::Compiled { problems, module: None }, Vec::new()));
    };
    let web =
        output.web.ok_or_else(|| DriverError::Internal("a module for the web has no interface".into()))?;
    let of =
        |name: &str| given.modules.iter().find(|(known, _)| known == name).map(|(_, place)| place.clone());
    let imported = web.imported_modules();
    if let Some(foreign) = imported.iter().find(|name| !given.modules.is_empty() && of(name).is_none()) {
        return Err(DriverError::Unsupported(format!(
            "the program imports `{foreign}`, and there are no modules of JavaScript here but those of the library; \
             Download has an npm project, where it can"
        )));
    }
    let names = names(of(RUNTIME).unwrap_or_else(|| RUNTIME.to_string()));
    let resolve = |written: &str| of(written).unwrap_or_else(|| written.to_string());
    let bytes = output.artifact.bytes;
    let module = Module {
        js: web.js(&names, &bytes, &resolve),
        types: web.types(&names),
        uses_dom: imported.contains(&DOM),
        features: output.artifact.features.iter().map(|feature| feature.name().to_string()).collect(),
        bytes: bytes.len(),
    };
    let bytes = if given.limited { memory::limit(&bytes, limits::MEMORY_PAGES)? } else { bytes };
    Ok((Answer::Compiled { problems, module: Some(module) }, bytes))
}

fn names(runtime: String) -> WebNames {
    WebNames {
        module_file: format!("./{PROGRAM}.wasm"),
        program: PROGRAM.to_string(),
        source: ENTRY.to_string(),
        runtime,
        is_64: false,
    }
}

fn emit(files: Vec<File>, stage: Stage, release: bool, whole: bool) -> Result {
    let mut sources = Files::new(files.clone());
    let given = CompileOptions { release, ..CompileOptions::default() };
    let session = &mut Session::new(&mut sources, options(&given));
    let program = match driver::to_mir(session, ENTRY)? {
        Ok(program) => program,
        Err(checked) => return Ok(done(not_emitted(problems(&checked)))),
    };
    let names = declared::names(&files);
    let emitted = match stage {
        Stage::Mir => program.mir_text(),
        Stage::Lir => program.lir_text(session)?,
        Stage::Wat => return wat(program.compile(session)?, names, whole),
    };
    let problems = problems(&emitted.checked);
    let Some(text) = emitted.text else { return Ok(done(not_emitted(problems))) };
    let (own, shown, all) = own(&text, stage, &names);
    let (text, shown) = if whole { (text, all) } else { (own, shown) };
    Ok(done(Answer::Emitted { problems, text: Some(text), shown, all }))
}

fn not_emitted(problems: Problems) -> Answer {
    Answer::Emitted { problems, text: None, shown: 0, all: 0 }
}

fn wat(compiled: Compiled, names: BTreeSet<String>, whole: bool) -> Result {
    let problems = problems(&compiled.checked);
    Ok(match compiled.output {
        Some(output) => (Outcome::Rest(Rest::Wat { problems, names, whole }), output.artifact.bytes),
        None => done(not_emitted(problems)),
    })
}

fn format(name: &str, text: &str) -> Result<Answer> {
    let formatted = driver::format(name, text)?;
    Ok(Answer::Formatted { problems: problems(&formatted.checked), text: formatted.text })
}

/// Of the module with its names, which a release module does not keep: the code is the same.
fn sizes(files: Vec<File>, release: bool) -> Result {
    let actors = actors::names(&files);
    let given = CompileOptions { release, ..CompileOptions::default() };
    let mut options = options(&given);
    if release {
        options.profile = Profile::Debug;
        options.opt_level = Some(driver::OptLevel::O3);
        options.overflow_checks = Some(false);
    }
    let mut files = Files::new(files);
    let compiled = driver::compile(&mut Session::new(&mut files, options), ENTRY)?;
    let problems = problems(&compiled.checked);
    Ok(match compiled.output {
        Some(output) => (Outcome::Rest(Rest::Sizes { problems, actors }), output.artifact.bytes),
        None => done(Answer::Sized { problems, sizes: None }),
    })
}

fn project(files: Vec<File>, given: &CompileOptions) -> Result {
    let options = CompileOptions { limited: false, modules: Vec::new(), ..given.clone() };
    let (answer, bytes) = compile(files.clone(), &options)?;
    Ok(match answer {
        Answer::Compiled { problems, module: Some(module) } => {
            (Outcome::Rest(Rest::Project { problems, files, module }), bytes)
        }
        Answer::Compiled { problems, module: None } => done(Answer::Project { problems, has_file: false }),
        other => done(other),
    })
}

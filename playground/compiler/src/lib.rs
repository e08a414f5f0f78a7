//! The compiler as the playground's worker loads it: JSON in, JSON and bytes out, described by [`playground_model::protocol`].
//!
//! It decides nothing: it calls the driver and says what came of it. A panic leaves the module as a trap, after [`start`]
//! has seen to it that its text was handed to `gal_playground_panic`; the worker is then to be given up. Start reading at
//! [`answer`].

mod actors;
mod asks;
mod memory;
mod npm;
mod own;
mod problems;
mod sizes;
mod sources;

pub use asks::Asks;

use driver::{BackendKind, DriverError, EmitKind, Options, Profile, Session, WASM32_WEB, WebNames};
use playground_model::document::{ENTRY, File};
use playground_model::limits;
use playground_model::protocol::{Answer, CompileOptions, Module, Page, Request, Stage};
use problems::problems;
use sources::Files;
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
    asks: Asks,
}

#[wasm_bindgen]
impl Compiler {
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "JavaScript makes it")]
    pub fn new() -> Compiler {
        Compiler { bytes: Vec::new(), asks: Asks::default() }
    }

    /// An [`Answer`] in JSON.
    pub fn answer(&mut self, request: &str) -> String {
        let (answer, bytes) = match serde_json::from_str(request) {
            Ok(request) => answer(request, &mut self.asks),
            Err(error) => (failed(format!("the request is not understood: {error}")), Vec::new()),
        };
        self.bytes = bytes;
        serde_json::to_string(&answer).expect("answers are trees of strings and numbers")
    }

    /// The bytes that belong to the last answer, once.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

/// What came of a request, and the bytes that go with it.
pub fn answer(request: Request, asks: &mut Asks) -> (Answer, Vec<u8>) {
    let without = |answer: Result<Answer, DriverError>| answer.map(|answer| (answer, Vec::new()));
    let result = match request {
        Request::About => without(Ok(about())),
        Request::Check { files } => without(check(files)),
        Request::Compile { files, options } => compile(files, &options),
        Request::Emit { files, stage, release, whole } => without(emit(files, stage, release, whole)),
        Request::Format { name, text } => without(format(&name, &text)),
        Request::Sizes { files, release } => without(sizes(files, release)),
        Request::Ask { files, file, offset, query } => without(asks.answer(files, &file, offset, &query)),
        Request::Declaration { files, actor, handler } => {
            let place = actors::declaration(&files, actor.as_deref(), handler.as_deref());
            without(Ok(Answer::Declared { place }))
        }
        Request::Project { files, options } => project(files, &options),
    };
    result.unwrap_or_else(|error| (failed(error.to_string()), Vec::new()))
}

fn failed(message: String) -> Answer {
    Answer::Failed { message }
}

fn about() -> Answer {
    let pages = driver::codes().into_iter().map(|info| Page {
        code: info.code.to_string(),
        title: info.title.to_string(),
        text: info.explanation.trim().to_string(),
    });
    Answer::About { version: env!("CARGO_PKG_VERSION").to_string(), pages: pages.collect() }
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

fn check(files: Vec<File>) -> Result<Answer, DriverError> {
    let mut files = Files::new(files);
    let checked = driver::check(&mut Session::new(&mut files, options(&CompileOptions::default())), ENTRY)?;
    Ok(Answer::Checked { problems: problems(&checked) })
}

fn compile(files: Vec<File>, given: &CompileOptions) -> Result<(Answer, Vec<u8>), DriverError> {
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

fn emit(files: Vec<File>, stage: Stage, release: bool, whole: bool) -> Result<Answer, DriverError> {
    let kind = match stage {
        Stage::Mir => EmitKind::Mir,
        Stage::Lir => EmitKind::Lir,
        Stage::Wat => EmitKind::Wat,
    };
    let mut sources = Files::new(files.clone());
    let given = CompileOptions { release, ..CompileOptions::default() };
    let emitted = driver::emit(&mut Session::new(&mut sources, options(&given)), ENTRY, kind)?;
    let problems = problems(&emitted.checked);
    let Some(text) = emitted.text else {
        return Ok(Answer::Emitted { problems, text: None, shown: 0, all: 0 });
    };
    let (own, shown, all) = own::own(&text, stage, &files);
    let (text, shown) = if whole { (text, all) } else { (own, shown) };
    Ok(Answer::Emitted { problems, text: Some(text), shown, all })
}

fn format(name: &str, text: &str) -> Result<Answer, DriverError> {
    let formatted = driver::format(name, text)?;
    Ok(Answer::Formatted { problems: problems(&formatted.checked), text: formatted.text })
}

/// Of the module with its names, which a release module does not keep: the code is the same.
fn sizes(files: Vec<File>, release: bool) -> Result<Answer, DriverError> {
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
    let sizes = compiled.output.map(|output| sizes::sizes(&output.artifact.bytes, &actors)).transpose()?;
    Ok(Answer::Sized { problems: problems(&compiled.checked), sizes })
}

fn project(files: Vec<File>, given: &CompileOptions) -> Result<(Answer, Vec<u8>), DriverError> {
    let options = CompileOptions { limited: false, modules: Vec::new(), ..given.clone() };
    let (answer, bytes) = compile(files.clone(), &options)?;
    let Answer::Compiled { problems, module } = answer else { return Ok((answer, bytes)) };
    let Some(module) = module else {
        return Ok((Answer::Project { problems, has_file: false }, Vec::new()));
    };
    let archive = npm::archive(&files, &module, &bytes).map_err(DriverError::Internal)?;
    Ok((Answer::Project { problems, has_file: true }, archive))
}

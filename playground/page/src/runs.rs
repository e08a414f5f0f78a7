//! From the button to a running program, and to what is told at its end.

use crate::app::{App, Mode, app, toggle};
use crate::dom::{self, by_id};
use crate::runner::{Modules, Start};
use crate::{actors, layout, panels, problems, side};
use js_sys::Uint8Array;
use playground_model::document::File;
use playground_model::protocol::{Answer, CompileOptions, Module, Request};
use playground_model::run::{Event, Limit, Outcome, State};
use playground_model::trace::Number;
use playground_model::{arguments, limits};

use web_sys::HtmlElement;

/// Must match `driver::SCHEDULE_SEED` and `driver::TRACE_COMMANDS`; this crate does not have the driver.
const SCHEDULE_SEED: &str = "GAL_SCHEDULE_SEED";
const TRACE_COMMANDS: &str = "GAL_TRACE_COMMANDS";

/// Compiles and runs what is in the editor. `is_check`: and compares its output with the lesson's.
pub fn run(is_check: bool) {
    begin_run(is_check, false);
    panels::open("output");
    layout::show_results();
}

/// Runs it with a trace of its actors, of which the part from a message on is kept.
pub fn run_traced(first: Number) {
    app().first.set(first);
    begin_run(false, true);
}

fn begin_run(is_check: bool, is_traced: bool) {
    let app = app();
    stop();
    app.is_check.set(is_check);
    app.is_traced.set(is_traced);
    let run = app.runs.borrow_mut().begin();
    app.output.borrow_mut().clear();
    panels::clear_output();
    draw();
    let options = app.document.borrow().options.clone();
    if options.stdin.len() > limits::STDIN_BYTES {
        let why = format!("standard input has at most {} KiB here", limits::STDIN_BYTES >> 10);
        return app.run_event(run, Event::Failed(why));
    }
    let arguments = match arguments::split(&options.arguments) {
        Ok(arguments) => arguments,
        Err(fault) => return app.run_event(run, Event::Failed(fault.to_string())),
    };
    app.runner.when_ready(move |modules| match modules {
        Ok(modules) => compile(run, arguments, modules),
        Err(why) => app.run_event(run, Event::Failed(why)),
    });
}

/// A module, and what it was compiled of.
#[derive(Clone)]
pub struct Traced {
    files: Vec<File>,
    options: CompileOptions,
    module: Module,
    bytes: Uint8Array,
}

fn compile(run: u32, arguments: Vec<String>, modules: &Modules) {
    let app = app();
    let options = app.document.borrow().options.clone();
    let compile = CompileOptions {
        release: options.release,
        schedules: options.seed.is_some(),
        trace: app.is_traced.get(),
        limited: true,
        modules: modules.clone(),
    };
    let known = app.traced.borrow().clone();
    let known = known.filter(|it| compile.trace && it.options == compile && it.files == app.files());
    if let Some(Traced { module, bytes, .. }) = known {
        return begin(run, arguments, module, &bytes);
    }
    let begun = dom::now();
    let (files, given) = (app.files(), compile.clone());
    app.compiler.ask(Request::Compile { files: app.files(), options: compile }, move |answer, bytes| match answer {
        Answer::Compiled { problems, module: Some(module) } => {
            problems::show(problems);
            layout::show_compiled(dom::now() - begun, module.bytes);
            if module.uses_dom {
                let why = "it works on the elements of a page, and programs have none here. Download has an npm project, whose page it runs in";
                return app.run_event(run, Event::Failed(why.to_string()));
            }
            if given.trace && !options.release {
                let kept = Traced { files, options: given, module: module.clone(), bytes: bytes.clone() };
                *app.traced.borrow_mut() = Some(kept);
            }
            match options.release {
                true => optimize(run, arguments, module, bytes),
                false => begin(run, arguments, module, &bytes),
            }
        }
        Answer::Compiled { problems, module: None } => {
            problems::show(problems);
            app.run_event(run, Event::CompileErrors);
        }
        Answer::Failed { message } => app.run_event(run, Event::Failed(message)),
        _ => {}
    });
}

/// As `galc build --release` does; without Binaryen the module runs as it is, and the reader is told.
fn optimize(run: u32, arguments: Vec<String>, module: Module, bytes: Uint8Array) {
    let app = app();
    panels::status("Optimising with wasm-opt …");
    app.optimizer.ask(&bytes.clone(), &module.features.clone(), move |result| match result {
        Ok(optimized) => {
            layout::show_optimized(module.bytes, optimized.length() as usize);
            begin(run, arguments, module, &optimized);
        }
        Err(why) => {
            panels::write(true, &format!("note: without wasm-opt, which could not be used: {why}\n"));
            begin(run, arguments, module, &bytes);
        }
    });
}

fn begin(run: u32, arguments: Vec<String>, module: Module, bytes: &Uint8Array) {
    let app = app();
    if !app.runs.borrow_mut().happened(run, Event::Compiled) {
        return;
    }
    let options = app.document.borrow().options.clone();
    let is_traced = app.is_traced.get();
    if is_traced {
        actors::begin(app.first.get(), &options.commands);
    }
    draw();
    let seed = options.seed.map(|seed| (SCHEDULE_SEED.to_string(), seed.to_string()));
    let commands = (is_traced && !options.commands.is_empty())
        .then(|| (TRACE_COMMANDS.to_string(), options.commands.join("\n")));
    let start = Start {
        run,
        module: bytes.slice(0, bytes.length()).buffer(),
        js: module.js,
        arguments,
        env: seed.into_iter().chain(commands).collect(),
        stdin: options.stdin,
        ms: if options.long { limits::RUN_MS_LONG } else { limits::RUN_MS },
        // A trace is more than what the program writes itself, which the page then counts.
        output: if is_traced { limits::TRACE_BYTES } else { limits::OUTPUT_BYTES },
    };
    if let Err(why) = app.runner.start(start) {
        app.run_event(run, Event::Failed(why));
    }
}

/// Ends what is under way, whatever it is.
pub fn stop() {
    let app = app();
    let state = app.runs.borrow().state().clone();
    let Some(run) = app.runs.borrow_mut().stop() else { return };
    match state {
        State::Compiling { .. } => {
            app.optimizer.interrupt();
            app.compiler.interrupt();
        }
        _ => app.runner.stop(run),
    }
    draw();
}

/// Another document: the output is none of its own.
pub fn forget() {
    let app = app();
    *app.runs.borrow_mut() = Default::default();
    app.output.borrow_mut().clear();
    app.is_traced.set(false);
    actors::forget();
    panels::clear_output();
    draw();
}

impl App {
    pub fn output_came(&'static self, run: u32, is_err: bool, text: &str) {
        if self.runs.borrow().current() != Some(run) {
            return;
        }
        let is_traced = self.is_traced.get();
        let text = if is_traced && is_err { self.take_trace(run, text) } else { text.to_string() };
        if is_traced && !self.is_within_limit(&text) {
            self.runner.stop(run);
            return self.run_event(run, Event::Limit(Limit::Output));
        }
        if !is_err {
            self.output.borrow_mut().push_str(&text);
        }
        panels::write(is_err, &text);
    }

    pub fn run_event(&self, run: u32, event: Event) {
        if !self.runs.borrow_mut().happened(run, event) {
            return;
        }
        draw();
        let ended = match self.runs.borrow().state() {
            State::Ended(outcome) => Some(outcome.clone()),
            _ => None,
        };
        if ended.is_some() && self.is_traced.get() {
            actors::ended();
        }
        match ended {
            Some(Outcome::Errors) => panels::open("problems"),
            Some(outcome) if self.is_check.get() && matches!(*self.mode.borrow(), Mode::Tour(_)) => {
                side::judge(&outcome);
            }
            _ => {}
        }
    }
}

/// Shows the state of the run.
fn draw() {
    let app = app();
    let state = app.runs.borrow().state().clone();
    let is_busy = app.runs.borrow().is_busy();
    let run = by_id::<HtmlElement>("run");
    run.set_class_name(if is_busy { "main busy" } else { "main" });
    dom::set(&run, "data-do", if is_busy { "stop" } else { "run" });
    if let Ok(Some(label)) = run.query_selector(".run-label") {
        label.set_text_content(Some(if is_busy { "Stop" } else { "Run" }));
    }
    match state {
        State::Idle => panels::empty_output(),
        State::Compiling { .. } => panels::status("Compiling …"),
        State::Running { .. } => panels::status("Running …"),
        State::Ended(outcome) => panels::outcome(&outcome),
    }
    if panels::is_open("actors") {
        actors::draw();
    }
    toggle("check", matches!(*app.mode.borrow(), Mode::Tour(Some(_))));
}

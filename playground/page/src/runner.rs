//! The frame that programs run in, and the worker that optimises modules.

use crate::app::app;
use crate::dom;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use playground_model::run::{Event, Limit};
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlIFrameElement, MessageEvent, Response, Window, Worker, WorkerOptions, WorkerType};

/// Where the modules of the runtime are in the frame, by name.
pub type Modules = Vec<(String, String)>;
type WhenReady = Box<dyn FnOnce(Result<&Modules, String>)>;

#[derive(Default)]
pub struct Runner {
    frame: RefCell<Option<HtmlIFrameElement>>,
    modules: RefCell<Modules>,
    waiting: RefCell<Vec<WhenReady>>,
    has_begun: Cell<bool>,
}

/// What a program is started with.
pub struct Start {
    pub run: u32,
    pub module: ArrayBuffer,
    pub js: String,
    pub arguments: Vec<String>,
    pub env: Vec<(String, String)>,
    pub stdin: String,
    pub ms: u32,
    pub output: u32,
}

impl Runner {
    /// Calls when programs can be started.
    pub fn when_ready(&'static self, then: impl FnOnce(Result<&Modules, String>) + 'static) {
        if !self.modules.borrow().is_empty() {
            return then(Ok(&self.modules.borrow()));
        }
        self.waiting.borrow_mut().push(Box::new(then));
        if !self.has_begun.replace(true) {
            spawn_local(async {
                if let Err(error) = self.load().await {
                    self.has_begun.set(false);
                    let why =
                        format!("the frame that programs run in could not be loaded: {}", describe(&error));
                    for then in self.waiting.take() {
                        then(Err(why.clone()));
                    }
                }
            });
        }
    }

    /// The frame's page comes as text, so that it has nothing of this page's origin, and works offline.
    async fn load(&'static self) -> Result<(), JsValue> {
        let text = fetch_text("runner.html").await?;
        let frame: HtmlIFrameElement = dom::element("iframe", "runner").unchecked_into();
        dom::set(&frame, "sandbox", "allow-scripts");
        dom::set(&frame, "title", "Where programs run");
        dom::set(&frame, "aria-hidden", "true");
        dom::set(&frame, "tabindex", "-1");
        frame.set_srcdoc(&text);
        dom::on(&dom::window(), "message", move |event: MessageEvent| {
            let source = event.source().map(JsValue::from);
            let own = self.window().map(JsValue::from);
            if own.is_some() && source == own {
                self.heard(&event.data());
            }
        });
        *self.frame.borrow_mut() = Some(frame.clone());
        let body = dom::document().body().ok_or("the page has no body")?;
        body.append_child(&frame)?;
        Ok(())
    }

    fn window(&self) -> Option<Window> {
        self.frame.borrow().as_ref()?.content_window()
    }

    fn heard(&'static self, data: &JsValue) {
        let run = dom::number_field(data, "run") as u32;
        match dom::text_field(data, "kind").as_str() {
            "ready" => self.is_ready(data),
            "output" => {
                let is_err = dom::text_field(data, "stream") == "err";
                app().output_came(run, is_err, &dom::text_field(data, "text"));
            }
            "ended" => {
                let (status, ms) = (dom::number_field(data, "status") as i32, dom::number_field(data, "ms"));
                app().run_event(run, Event::Ended { status, ms });
            }
            "limit" => {
                let limit = match dom::text_field(data, "what").as_str() {
                    "time" => Limit::Time,
                    "memory" => Limit::Memory,
                    // The page itself counts what the program writes beside its trace.
                    "output" if app().is_traced.get() => Limit::Trace,
                    _ => Limit::Output,
                };
                app().run_event(run, Event::Limit(limit));
            }
            "failed" => app().run_event(run, Event::Failed(dom::text_field(data, "why"))),
            _ => {}
        }
    }

    fn is_ready(&'static self, data: &JsValue) {
        let pairs = Array::from(&dom::field(data, "modules"));
        let pair = |pair: JsValue| {
            let pair = Array::from(&pair);
            Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
        };
        *self.modules.borrow_mut() = pairs.iter().filter_map(pair).collect();
        let modules = self.modules.borrow().clone();
        for then in self.waiting.take() {
            then(Ok(&modules));
        }
    }

    pub fn start(&self, start: Start) -> Result<(), String> {
        let env: Vec<(&str, JsValue)> =
            start.env.iter().map(|(name, value)| (name.as_str(), value.as_str().into())).collect();
        let limits = dom::object(&[("ms", start.ms.into()), ("output", start.output.into())]);
        let arguments: Array = start.arguments.iter().map(|text| JsValue::from_str(text)).collect();
        let message = dom::object(&[
            ("kind", "run".into()),
            ("run", start.run.into()),
            ("module", start.module.clone().into()),
            ("js", start.js.into()),
            ("args", arguments.into()),
            ("env", dom::object(&env).into()),
            ("stdin", start.stdin.into()),
            ("limits", limits.into()),
        ]);
        self.post(&message, Some(&Array::of1(&start.module)))
    }

    pub fn stop(&self, run: u32) {
        let message = dom::object(&[("kind", "stop".into()), ("run", run.into())]);
        if let Err(why) = self.post(&message, None) {
            web_sys::console::error_1(&why.into());
        }
    }

    /// The frame has an origin that has no name, so any may hear it: it is a frame of ours.
    fn post(&self, message: &JsValue, transfer: Option<&Array>) -> Result<(), String> {
        let window = self.window().ok_or("the frame that programs run in is gone")?;
        let sent = match transfer {
            Some(transfer) => window.post_message_with_transfer(message, "*", transfer),
            None => window.post_message(message, "*"),
        };
        sent.map_err(|error| describe(&error))
    }
}

pub async fn fetch_text(path: &str) -> Result<String, JsValue> {
    let response: Response = JsFuture::from(dom::window().fetch_with_str(path)).await?.dyn_into()?;
    if !response.ok() {
        return Err(format!("{path}: status {}", response.status()).into());
    }
    let text = JsFuture::from(response.text()?).await?;
    text.as_string().ok_or_else(|| format!("{path} is no text").into())
}

pub fn describe(error: &JsValue) -> String {
    let message = dom::text_field(error, "message");
    if message.is_empty() { error.as_string().unwrap_or_else(|| format!("{error:?}")) } else { message }
}

type Optimized = Box<dyn FnOnce(Result<Uint8Array, String>)>;

/// Binaryen's worker, which is loaded when it is first asked.
#[derive(Default)]
pub struct Optimizer {
    worker: RefCell<Option<Worker>>,
    waiting: RefCell<Option<(u32, Optimized)>>,
    last: Cell<u32>,
}

impl Optimizer {
    /// An older request is not answered any more.
    pub fn ask(
        &'static self,
        bytes: &Uint8Array,
        features: &[String],
        then: impl FnOnce(Result<Uint8Array, String>) + 'static,
    ) {
        self.last.set(self.last.get() + 1);
        let number = self.last.get();
        *self.waiting.borrow_mut() = Some((number, Box::new(then)));
        let features: Array = features.iter().map(|name| JsValue::from_str(name)).collect();
        let message =
            dom::object(&[("id", number.into()), ("bytes", bytes.into()), ("features", features.into())]);
        let sent = self.worker().and_then(|worker| worker.post_message(&message));
        if let Err(error) = sent {
            self.answer(number, Err(describe(&error)));
        }
    }

    /// Gives up what is under way.
    pub fn interrupt(&self) {
        if self.waiting.take().is_some()
            && let Some(worker) = self.worker.take()
        {
            worker.terminate();
        }
    }

    fn worker(&'static self) -> Result<Worker, JsValue> {
        if let Some(worker) = &*self.worker.borrow() {
            return Ok(worker.clone());
        }
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options("optimizer-worker.js", &options)?;
        dom::on(&worker, "message", move |event: MessageEvent| {
            let data = event.data();
            let failed = dom::text_field(&data, "failed");
            let bytes = dom::field(&data, "bytes").dyn_into();
            let result = bytes.map_err(|_| failed);
            self.answer(dom::number_field(&data, "id") as u32, result);
        });
        dom::on(&worker, "error", move |_: web_sys::Event| {
            self.worker.take();
            self.answer(self.last.get(), Err("its script could not be loaded".to_string()));
        });
        *self.worker.borrow_mut() = Some(worker.clone());
        Ok(worker)
    }

    fn answer(&self, number: u32, result: Result<Uint8Array, String>) {
        let is_current = self.waiting.borrow().as_ref().is_some_and(|(at, _)| *at == number);
        if is_current && let Some((_, then)) = self.waiting.take() {
            then(result);
        }
    }
}

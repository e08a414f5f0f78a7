//! The compiler's worker, as the page sees it: one request under way, the newest of each kind waiting.
//!
//! A worker that crashes, or takes longer than [`limits::COMPILER_MS`], is replaced; what was asked of it gets
//! [`Answer::Failed`]. Requests that are replaced by newer ones are not answered.

use crate::dom;
use js_sys::{Array, Uint8Array};
use playground_model::limits;
use playground_model::protocol::{Answer, Request};
use playground_model::queue::Queue;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

type Then = Box<dyn FnOnce(Answer, Uint8Array)>;

#[derive(Default)]
pub struct Compiler {
    worker: RefCell<Option<Worker>>,
    is_ready: Cell<bool>,
    /// Which worker it is: a late message of another one is not heard.
    generation: Cell<u32>,
    queue: RefCell<Queue<Request>>,
    waiting: RefCell<HashMap<u32, Then>>,
}

impl Compiler {
    pub fn ask(&'static self, request: Request, then: impl FnOnce(Answer, Uint8Array) + 'static) {
        let (number, replaced) = self.queue.borrow_mut().push(request);
        let mut waiting = self.waiting.borrow_mut();
        if let Some(replaced) = replaced {
            waiting.remove(&replaced);
        }
        waiting.insert(number, Box::new(then));
        drop(waiting);
        self.send();
    }

    /// Loads the compiler, if that has not begun.
    pub fn start(&'static self) {
        if self.worker.borrow().is_some() {
            return;
        }
        let (worker, heard) = match take_early().map_or_else(new_worker, Ok) {
            Ok(worker) => worker,
            Err(error) => {
                return web_sys::console::error_2(&"The compiler's worker cannot be started:".into(), &error);
            }
        };
        self.is_ready.set(false);
        self.generation.set(self.generation.get() + 1);
        let generation = self.generation.get();
        dom::on(&worker, "message", move |event: MessageEvent| {
            if self.generation.get() == generation {
                self.heard(&event.data());
            }
        });
        dom::on(&worker, "error", move |_: web_sys::Event| {
            if self.generation.get() == generation {
                self.lost("its script could not be loaded; is there a network?");
            }
        });
        *self.worker.borrow_mut() = Some(worker);
        heard.iter().for_each(|data| self.heard(&data));
    }

    /// Gives up what is under way.
    pub fn interrupt(&'static self) {
        if self.queue.borrow().under_way().is_some() {
            self.lost("it was stopped");
            self.start();
        }
    }

    fn send(&'static self) {
        self.start();
        if !self.is_ready.get() {
            return;
        }
        let Some((number, request)) = self.queue.borrow_mut().take_next() else { return };
        let json = serde_json::to_string(&request).expect("requests are trees of strings and numbers");
        let message = dom::object(&[("id", number.into()), ("request", json.into())]);
        if let Some(worker) = &*self.worker.borrow() {
            worker.post_message(&message).expect("it is a number and a string");
        }
        let generation = self.generation.get();
        dom::after(limits::COMPILER_MS, move || {
            if self.generation.get() == generation && self.queue.borrow().under_way() == Some(number) {
                self.lost(&format!("it took longer than {} s", limits::COMPILER_MS / 1000));
                self.send();
            }
        });
    }

    fn heard(&'static self, data: &JsValue) {
        if dom::field(data, "ready").is_truthy() {
            self.is_ready.set(true);
            return self.send();
        }
        let crashed = dom::text_field(data, "crashed");
        if !crashed.is_empty() {
            self.lost(&crashed);
            return self.send();
        }
        let number = dom::number_field(data, "id") as u32;
        if !self.queue.borrow_mut().answered(number) {
            return;
        }
        let text = dom::text_field(data, "answer");
        let answer = serde_json::from_str(&text).unwrap_or_else(|error| Answer::Failed {
            message: format!("its answer is not understood: {error}"),
        });
        let bytes = dom::field(data, "bytes").dyn_into().unwrap_or_else(|_| Uint8Array::new_with_length(0));
        let then = self.waiting.borrow_mut().remove(&number);
        // The next request is under way while this answer is shown.
        self.send();
        if let Some(then) = then {
            then(answer, bytes);
        }
    }

    /// Ends the worker. What was under way fails; if it had not begun, what waits fails as well.
    fn lost(&'static self, why: &str) {
        if let Some(worker) = self.worker.borrow_mut().take() {
            worker.terminate();
        }
        let was_ready = self.is_ready.replace(false);
        self.generation.set(self.generation.get() + 1);
        let under_way = self.queue.borrow_mut().lost();
        let failed: Vec<Then> = match (under_way, was_ready) {
            (Some(number), _) => self.waiting.borrow_mut().remove(&number).into_iter().collect(),
            (None, true) => Vec::new(),
            (None, false) => {
                *self.queue.borrow_mut() = Queue::default();
                self.waiting.borrow_mut().drain().map(|(_, then)| then).collect()
            }
        };
        for then in failed {
            then(Answer::Failed { message: why.to_string() }, Uint8Array::new_with_length(0));
        }
    }
}

/// The worker that `js/early.ts` has started, and what it has said so far; once.
fn take_early() -> Option<(Worker, Array)> {
    let global = js_sys::global();
    let early = dom::field(&global, "galEarly");
    js_sys::Reflect::delete_property(&global, &"galEarly".into()).ok()?;
    let worker: Worker = dom::field(&early, "worker").dyn_into().ok()?;
    worker.set_onmessage(None);
    Some((worker, Array::from(&dom::field(&early, "heard"))))
}

fn new_worker() -> Result<(Worker, Array), JsValue> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    Ok((Worker::new_with_options("compiler-worker.js", &options)?, Array::new()))
}

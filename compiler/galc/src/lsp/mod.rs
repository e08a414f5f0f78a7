//! The language server: the protocol around the crate `ide`, which knows everything about programs.
//!
//! One thread reads messages, this one answers them in order. Before it answers, it takes all that has come meanwhile:
//! edits only change texts, so that a queue of them is checked once, when nothing else is waiting; requests that were
//! cancelled, or whose answer an edit behind them makes out of date, are refused without being worked out.
//! Start reading at [`serve`], then `requests.rs`.

mod capabilities;
mod convert;
mod documents;
mod frames;
mod requests;

use crate::exit::Exit;
use crate::shell::complain;
use documents::Documents;
use driver::Options;
use frames::Incoming;
use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, channel};

/// Answers messages until the client leaves.
pub fn serve(options: Options) -> Exit {
    let (sender, receiver) = channel();
    let reader = std::thread::Builder::new().name("lsp-reader".to_string()).spawn(move || {
        let mut input = io::stdin().lock();
        while let Some(incoming) = frames::read(&mut input) {
            let is_exit =
                matches!(&incoming, Incoming::Message(Message::Notification(n)) if n.method == "exit");
            if sender.send(incoming).is_err() || is_exit {
                return;
            }
        }
    });
    if let Err(error) = reader {
        complain(&format!("galc: cannot start a thread: {error}\n"));
        return Exit::Internal;
    }
    Server::new(options, Box::new(io::stdout())).run(&receiver)
}

/// How far the conversation is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// Only `initialize` is answered.
    Before,
    Running,
    /// `shutdown` was asked for: only `exit` follows.
    After,
}

pub struct Server {
    documents: Documents,
    output: Box<dyn Write>,
    queue: VecDeque<Incoming>,
    phase: Phase,
    /// The client has gone, or left.
    ended: Option<Exit>,
}

impl Server {
    fn new(options: Options, output: Box<dyn Write>) -> Server {
        Server {
            documents: Documents::new(options),
            output,
            queue: VecDeque::new(),
            phase: Phase::Before,
            ended: None,
        }
    }

    fn run(mut self, receiver: &Receiver<Incoming>) -> Exit {
        loop {
            self.queue.extend(receiver.try_iter());
            if self.queue.is_empty() {
                self.publish();
                match receiver.recv() {
                    Ok(incoming) => self.queue.push_back(incoming),
                    // The input has ended without `exit`.
                    Err(_) => {
                        return if self.phase == Phase::After { Exit::Success } else { Exit::Diagnostics };
                    }
                }
            }
            self.queue.extend(receiver.try_iter());
            if let Some(incoming) = self.queue.pop_front() {
                self.take(incoming);
            }
            if let Some(exit) = self.ended {
                return exit;
            }
        }
    }

    fn take(&mut self, incoming: Incoming) {
        match incoming {
            Incoming::Message(Message::Request(request)) => self.request(request),
            Incoming::Message(Message::Notification(notification)) => self.notification(notification),
            // Nothing is asked of clients that they would answer.
            Incoming::Message(Message::Response(_)) => {}
            Incoming::Malformed { id, code, text } => {
                let id = id.map_or(serde_json::Value::Null, |id| serde_json::json!(id));
                let error = serde_json::json!({ "code": code as i32, "message": text });
                self.write_value(&serde_json::json!({ "jsonrpc": "2.0", "id": id, "error": error }));
            }
        }
    }

    // ------------------------------------------------------------ requests

    fn request(&mut self, request: Request) {
        if self.is_cancelled(&request.id) {
            return self.refuse(request.id, ErrorCode::RequestCanceled, "the request was cancelled");
        }
        match (self.phase, request.method.as_str()) {
            (Phase::Before, "initialize") => self.initialize(request),
            (Phase::Before, _) => {
                self.refuse(request.id, ErrorCode::ServerNotInitialized, "`initialize` comes first");
            }
            (Phase::After, _) => {
                self.refuse(request.id, ErrorCode::InvalidRequest, "the server was asked to shut down");
            }
            (Phase::Running, "initialize") => {
                self.refuse(request.id, ErrorCode::InvalidRequest, "the server is initialized already");
            }
            (Phase::Running, "shutdown") => {
                self.phase = Phase::After;
                self.answer(request.id, ());
            }
            (Phase::Running, _) if self.is_stale(&request) => {
                self.refuse(request.id, ErrorCode::ContentModified, "the text has changed");
            }
            (Phase::Running, _) => requests::dispatch(self, request),
        }
    }

    /// Whether a later message takes the request back.
    fn is_cancelled(&self, id: &RequestId) -> bool {
        self.queue.iter().any(|incoming| match incoming {
            Incoming::Message(Message::Notification(n)) if n.method == "$/cancelRequest" => {
                n.params
                    .get("id")
                    .and_then(|id| serde_json::from_value::<RequestId>(id.clone()).ok())
                    .as_ref()
                    == Some(id)
            }
            _ => false,
        })
    }

    /// Whether an edit waits that makes the answer useless. Only of what clients ask for again after each edit.
    fn is_stale(&self, request: &Request) -> bool {
        let is_repeated = matches!(
            request.method.as_str(),
            "textDocument/semanticTokens/full"
                | "textDocument/inlayHint"
                | "textDocument/foldingRange"
                | "textDocument/documentSymbol"
                | "textDocument/documentHighlight"
                | "textDocument/codeAction"
        );
        let uri = |params: &serde_json::Value| params.pointer("/textDocument/uri").cloned();
        let own = uri(&request.params);
        is_repeated
            && own.is_some()
            && self.queue.iter().any(|incoming| match incoming {
                Incoming::Message(Message::Notification(n)) => {
                    n.method == "textDocument/didChange" && uri(&n.params) == own
                }
                _ => false,
            })
    }

    fn initialize(&mut self, request: Request) {
        let params: lsp::InitializeParams = match serde_json::from_value(request.params) {
            Ok(params) => params,
            Err(error) => return self.refuse(request.id, ErrorCode::InvalidParams, &error.to_string()),
        };
        let agreed = capabilities::agree(&params.capabilities);
        self.documents.agree(agreed);
        self.phase = Phase::Running;
        self.answer(request.id, capabilities::initialize_result(agreed));
    }

    // ------------------------------------------------------------ notifications

    fn notification(&mut self, notification: Notification) {
        match notification.method.as_str() {
            "exit" => {
                let is_in_order = self.phase == Phase::After;
                self.ended = Some(if is_in_order { Exit::Success } else { Exit::Diagnostics });
            }
            _ if self.phase != Phase::Running => {}
            "textDocument/didOpen" => {
                self.told(notification, |documents, params: lsp::DidOpenTextDocumentParams| {
                    let item = params.text_document;
                    documents.open(&item.uri, item.version, item.text);
                    Ok(())
                });
            }
            "textDocument/didChange" => self.told(notification, Documents::change),
            "textDocument/didClose" => {
                self.told(notification, |documents, params: lsp::DidCloseTextDocumentParams| {
                    documents.close(&params.text_document.uri);
                    Ok(())
                });
            }
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => self.documents.reload(),
            // `initialized`, `$/setTrace`, `$/cancelRequest` of what is answered, and whatever else there may be.
            _ => {}
        }
    }

    fn told<P: DeserializeOwned>(
        &mut self,
        notification: Notification,
        f: impl FnOnce(&mut Documents, P) -> Result<(), String>,
    ) {
        let result = match serde_json::from_value(notification.params) {
            Ok(params) => f(&mut self.documents, params),
            Err(error) => Err(format!("`{}` is not understood: {error}", notification.method)),
        };
        if let Err(text) = result {
            self.log(&text);
        }
    }

    /// Checks what has changed and tells what was found.
    fn publish(&mut self) {
        if self.phase != Phase::Running {
            return;
        }
        let (all, faults) = self.documents.diagnostics();
        faults.iter().for_each(|fault| self.log(fault));
        for params in all {
            self.notify("textDocument/publishDiagnostics", params);
        }
    }

    // ------------------------------------------------------------ output

    fn log(&mut self, text: &str) {
        let message = text.to_string();
        let params = lsp::LogMessageParams { kind: lsp::MessageType::Warning, message };
        self.notify("window/logMessage", params);
    }

    fn notify(&mut self, method: &str, params: impl Serialize) {
        match serde_json::to_value(params) {
            Ok(params) => {
                let notification = Notification { method: method.to_string(), params };
                self.write(&Message::Notification(notification));
            }
            Err(error) => complain(&format!("galc: a message cannot be written: {error}\n")),
        }
    }

    fn answer(&mut self, id: RequestId, result: impl Serialize) {
        match serde_json::to_value(result) {
            Ok(result) => self.write(&Message::Response(Response { id, response_result: Ok(result) })),
            Err(error) => self.refuse(id, ErrorCode::InternalError, &error.to_string()),
        }
    }

    fn refuse(&mut self, id: RequestId, code: ErrorCode, text: &str) {
        self.write(&Message::Response(Response::new_err(id, code as i32, text.to_string())));
    }

    fn write(&mut self, message: &Message) {
        if let Err(error) = message.write(&mut self.output) {
            self.lost(&error);
        }
    }

    fn write_value(&mut self, value: &serde_json::Value) {
        if let Err(error) = frames::write(&mut self.output, value) {
            self.lost(&error);
        }
    }

    /// Nobody reads any more.
    fn lost(&mut self, error: &io::Error) {
        if error.kind() != io::ErrorKind::BrokenPipe {
            complain(&format!("galc: the client cannot be reached: {error}\n"));
        }
        self.ended = Some(Exit::Diagnostics);
    }
}

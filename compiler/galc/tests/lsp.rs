//! `galc lsp`, driven through the protocol as an editor does.

mod common;

use common::Scratch;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longer than any answer takes, on a machine with much to do.
const PATIENCE: Duration = Duration::from_secs(60);

struct Client {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// What came while something else was waited for.
    kept: Vec<Value>,
    next_id: i64,
    folder: std::path::PathBuf,
}

impl Client {
    /// A server that was not initialized yet.
    fn start(scratch: &Scratch) -> Client {
        let mut command = scratch.command(&["lsp"]);
        command.env("XDG_CACHE_HOME", scratch.0.join("cache"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().expect("galc can be run");
        let output = child.stdout.take().expect("there is a pipe");
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        let folder = scratch.0.canonicalize().expect("the folder is there");
        Client { child, input, messages, kept: Vec::new(), next_id: 1, folder }
    }

    fn initialized(scratch: &Scratch, capabilities: Value) -> (Client, Value) {
        let mut client = Client::start(scratch);
        let result = client
            .ask("initialize", json!({ "processId": null, "rootUri": null, "capabilities": capabilities }));
        client.tell("initialized", json!({}));
        (client, result)
    }

    fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the input is open");
        input.write_all(bytes).and_then(|()| input.flush()).expect("the server reads");
    }

    fn write(&mut self, message: &Value) {
        let text = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.write(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and gives its number.
    fn request(&mut self, method: &str, params: Value) -> i64 {
        let id = self.next_id;
        self.next_id += 1;
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    fn next(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.kept.iter().position(&wanted) {
            return self.kept.remove(at);
        }
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("the server answers");
            if wanted(&message) {
                return message;
            }
            self.kept.push(message);
        }
    }

    fn response(&mut self, id: i64) -> Value {
        self.next(|message| message["id"] == id && message.get("method").is_none())
    }

    /// The result of a request.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        let response = self.response(id);
        assert!(response.get("error").is_none(), "{method}: {response}");
        response["result"].clone()
    }

    fn error(&mut self, method: &str, params: Value) -> (i64, String) {
        let id = self.request(method, params);
        let response = self.response(id);
        let error = &response["error"];
        (error["code"].as_i64().expect("it is an error"), error["message"].as_str().unwrap_or("").to_string())
    }

    fn uri(&self, name: &str) -> String {
        format!("file://{}", self.folder.join(name).display())
    }

    fn open(&mut self, name: &str, text: &str) {
        let uri = self.uri(name);
        let document = json!({ "uri": uri, "languageId": "gal", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    fn change(&mut self, name: &str, version: i64, changes: Value) {
        let document = json!({ "uri": self.uri(name), "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    fn place(&self, name: &str, line: u32, character: u32) -> Value {
        json!({ "textDocument": { "uri": self.uri(name) }, "position": { "line": line, "character": character } })
    }

    fn document(&self, name: &str) -> Value {
        json!({ "textDocument": { "uri": self.uri(name) } })
    }

    /// The next findings that are told of a file.
    fn findings(&mut self, name: &str) -> Vec<Value> {
        let uri = self.uri(name);
        let told = self.next(|message| {
            message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri.as_str()
        });
        told["params"]["diagnostics"].as_array().expect("it is a list").clone()
    }

    fn shut_down(mut self) {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        self.tell("exit", Value::Null);
        assert_eq!(self.end(), 0);
    }

    /// The exit status, when the input has ended.
    fn end(&mut self) -> i32 {
        drop(self.input.take());
        self.child.wait().expect("the server ends").code().unwrap_or(-1)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            header => length = header.strip_prefix("Content-Length: ")?.parse().ok()?,
        }
    }
    let mut bytes = vec![0; length];
    output.read_exact(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn range(line: u32, start: u32, end: u32) -> Value {
    json!({ "start": { "line": line, "character": start }, "end": { "line": line, "character": end } })
}

const PROGRAM: &str = "/// Counts.
actor Counter {
    state count: Int = 0
    /// Adds some.
    on Add(n: Int) { count += n }
    on Get -> Int { count }
}

fn main() {
    let c = spawn Counter()
    send(c, Add(1))
    let total = ask(c, Get)
    println(\"{total}\")
}
";

/// A `drop` waits, which shows only when it is known who drops what.
const WAITS: &str = "actor Log {
    on Add(text: String) -> () { println(text) }
}

iso struct Guard { log: Log }

impl Guard {
    fn drop(mut self) { ask(self.log, Add(\"a\")) }
}

fn main() {
    let _g = Guard { log: spawn Log() }
}
";

#[test]
fn what_shows_only_in_instances_is_told_of_what_is_opened_or_saved() {
    let scratch = Scratch::new("lsp-instances");
    let (mut client, _) = Client::initialized(&scratch, json!({}));
    client.open("waits.gal", WAITS);
    let found = client.findings("waits.gal");
    assert!(found.iter().any(|found| found["code"] == "suspends-here"), "{found:?}");
    // While one types there is no time for it.
    client.change("waits.gal", 2, json!([{ "range": range(7, 43, 44), "text": "b" }]));
    assert_eq!(client.findings("waits.gal"), Vec::<Value>::new());
    client.tell("textDocument/didSave", client.document("waits.gal"));
    let found = client.findings("waits.gal");
    assert!(found.iter().any(|found| found["code"] == "suspends-here"), "{found:?}");
    client.shut_down();
}

#[test]
fn a_session_from_initialize_to_exit() {
    let scratch = Scratch::new("lsp-session");
    let (mut client, result) = Client::initialized(&scratch, json!({}));
    assert_eq!(result["serverInfo"]["name"], "galc");
    assert_eq!(result["capabilities"]["positionEncoding"], "utf-16");
    client.open("main.gal", PROGRAM);
    assert_eq!(client.findings("main.gal"), Vec::<Value>::new());

    let hover = client.ask("textDocument/hover", client.place("main.gal", 10, 13));
    let text = hover["contents"]["value"].as_str().expect("there is something to say");
    assert!(text.contains("on Add(n: Int)") && text.contains("Adds some."), "{text}");
    assert_eq!(hover["range"], range(10, 12, 15));

    let found = client.ask("textDocument/definition", client.place("main.gal", 10, 13));
    assert_eq!(found, json!([{ "uri": client.uri("main.gal"), "range": range(4, 7, 10) }]));
    let types = client.ask("textDocument/typeDefinition", client.place("main.gal", 10, 9));
    assert_eq!(types[0]["range"], range(1, 6, 13));

    let mut params = client.place("main.gal", 4, 8);
    params["context"] = json!({ "includeDeclaration": false });
    let references = client.ask("textDocument/references", params);
    assert_eq!(references, json!([{ "uri": client.uri("main.gal"), "range": range(10, 12, 15) }]));
    let highlights = client.ask("textDocument/documentHighlight", client.place("main.gal", 4, 8));
    assert_eq!(highlights.as_array().map(Vec::len), Some(2));

    let help = client.ask("textDocument/signatureHelp", client.place("main.gal", 10, 16));
    assert_eq!(help["signatures"][0]["label"], "Add(n: Int)");
    assert_eq!(help["signatures"][0]["parameters"][0]["label"], json!([4, 10]));

    let symbols = client.ask("textDocument/documentSymbol", client.document("main.gal"));
    assert_eq!((&symbols[0]["name"], &symbols[0]["children"][1]["name"]), (&json!("Counter"), &json!("Add")));
    let folds = client.ask("textDocument/foldingRange", client.document("main.gal"));
    assert_eq!(folds[0]["startLine"], 1);
    let tokens = client.ask("textDocument/semanticTokens/full", client.document("main.gal"));
    let data = tokens["data"].as_array().expect("it is a list");
    assert!(data.len() > 100 && data.len() % 5 == 0);
    // The first is the comment: line 0, column 0, and documents.
    let legend = &result["capabilities"]["semanticTokensProvider"]["legend"];
    assert_eq!((&data[0], &data[1], &data[2], &data[4]), (&json!(0), &json!(0), &json!(11), &json!(8)));
    assert_eq!(legend["tokenTypes"][data[3].as_u64().expect("it is a number") as usize], "comment");

    let mut params = client.document("main.gal");
    params["range"] =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let hints = client.ask("textDocument/inlayHint", params);
    assert_eq!(hints[0]["label"], ": Int");
    assert_eq!(hints[0]["position"], json!({ "line": 11, "character": 13 }));
    client.shut_down();
}

#[test]
fn edits_are_applied_and_checked_and_fixes_offered() {
    let scratch = Scratch::new("lsp-edits");
    let (mut client, _) = Client::initialized(&scratch, json!({}));
    client.open("main.gal", "fn main() {\n    let total = 1\n    println(total)\n}\n");
    assert!(client.findings("main.gal").is_empty());
    client.change("main.gal", 2, json!([{ "range": range(2, 12, 17), "text": "totl" }]));
    let found = client.findings("main.gal");
    assert_eq!(found[0]["code"], "unknown-name");
    assert_eq!(
        (&found[0]["range"], &found[0]["severity"], &found[0]["source"]),
        (&range(2, 12, 16), &json!(1), &json!("galc"))
    );

    let mut params = client.document("main.gal");
    params["range"] = range(2, 13, 13);
    params["context"] = json!({ "diagnostics": found });
    let actions = client.ask("textDocument/codeAction", params);
    assert_eq!(
        (&actions[0]["title"], &actions[0]["kind"]),
        (&json!("Did you mean `total`?"), &json!("quickfix"))
    );
    let uri = client.uri("main.gal");
    assert_eq!(
        actions[0]["edit"]["changes"][&uri],
        json!([{ "range": range(2, 12, 16), "newText": "total" }])
    );
    assert_eq!(actions[0]["diagnostics"][0]["code"], "unknown-name");

    // Two changes in one message, the second of the text that the first has made; then all of it.
    let changes =
        json!([{ "range": range(2, 12, 16), "text": "to" }, { "range": range(2, 14, 14), "text": "tal" }]);
    client.change("main.gal", 3, changes);
    assert!(client.findings("main.gal").is_empty());
    client.change("main.gal", 4, json!([{ "text": "fn main( ) { }\n" }]));
    client.findings("main.gal");
    let mut params = client.document("main.gal");
    params["options"] = json!({ "tabSize": 4, "insertSpaces": true });
    let edits = client.ask("textDocument/formatting", params);
    assert_eq!(edits[0]["newText"], "fn main() {}\n");

    // What was told of a file is taken back when it is closed.
    client.change("main.gal", 5, json!([{ "text": "fn main() { nothing() }\n" }]));
    assert!(!client.findings("main.gal").is_empty());
    let document = client.document("main.gal");
    client.tell("textDocument/didClose", document);
    assert!(client.findings("main.gal").is_empty());
    client.shut_down();
}

#[test]
fn completions_are_snippets_where_the_client_knows_them() {
    let scratch = Scratch::new("lsp-completion");
    for (has_snippets, format, text) in [(true, 2, "Add($0)"), (false, 1, "Add()")] {
        let item = json!({ "snippetSupport": has_snippets });
        let capabilities = json!({ "textDocument": { "completion": { "completionItem": item } } });
        let (mut client, _) = Client::initialized(&scratch, capabilities);
        client.open("main.gal", &PROGRAM.replace("Add(1)", "A"));
        let list = client.ask("textDocument/completion", client.place("main.gal", 10, 13));
        let labels: Vec<&str> = list["items"]
            .as_array()
            .expect("it is a list")
            .iter()
            .filter_map(|i| i["label"].as_str())
            .collect();
        assert_eq!(labels, ["Add", "Get"]);
        let add = &list["items"][0];
        assert_eq!((&add["insertTextFormat"], &add["textEdit"]["newText"]), (&json!(format), &json!(text)));
        assert_eq!((&add["textEdit"]["range"], &add["kind"]), (&range(10, 12, 13), &json!(23)));
        assert_eq!(add["documentation"]["value"], "Adds some.");
        assert_eq!(add["labelDetails"]["detail"], "(n: Int)");
        client.shut_down();
    }
}

#[test]
fn names_that_need_a_use_bring_it_along() {
    let scratch = Scratch::new("lsp-import");
    let (mut client, _) = Client::initialized(&scratch, json!({}));
    client.open("main.gal", "fn main() {\n    let x = sq\n}\n");
    let list = client.ask("textDocument/completion", client.place("main.gal", 1, 14));
    let items = list["items"].as_array().expect("it is a list");
    let found = items.iter().find(|item| item["label"] == "sqrt").expect("the library has it");
    assert_eq!(
        found["additionalTextEdits"],
        json!([{ "range": range(0, 0, 0), "newText": "use std.math.sqrt\n\n" }])
    );
    client.shut_down();
}

#[test]
fn positions_are_in_the_encoding_that_was_agreed_on() {
    let scratch = Scratch::new("lsp-encoding");
    let text = "fn main() {\n    let ä = \"😀\"; println(ä)\n}\n";
    for (encodings, agreed, start) in
        [(json!(["utf-8", "utf-16"]), "utf-8", 29), (json!(["utf-16"]), "utf-16", 26)]
    {
        let (mut client, result) =
            Client::initialized(&scratch, json!({ "general": { "positionEncodings": encodings } }));
        assert_eq!(result["capabilities"]["positionEncoding"], agreed);
        client.open("main.gal", text);
        let width = if agreed == "utf-8" { 2 } else { 1 };
        let hover = client.ask("textDocument/hover", client.place("main.gal", 1, start));
        assert_eq!(hover["range"], range(1, start, start + width));
        // An edit behind the characters, in the same numbers.
        client.change("main.gal", 2, json!([{ "range": range(1, start, start + width), "text": "1" }]));
        client.findings("main.gal");
        let hover = client.ask("textDocument/hover", client.place("main.gal", 1, start - 3));
        assert!(hover["contents"]["value"].as_str().is_some_and(|text| text.contains("println")));
        client.shut_down();
    }
}

#[test]
fn a_package_is_checked_as_one_program() {
    let scratch = Scratch::new("lsp-package");
    scratch.write("app/gal.toml", "[package]\nname = \"app\"\n");
    scratch.write("app/src/main.gal", "use shapes.area\n\nfn main() { println(area(2)) }\n");
    scratch.write("app/src/shapes.gal", "pub fn area(n: Int) -> Int { n * n }\n");
    let (mut client, _) = Client::initialized(&scratch, json!({}));
    // Only one file is open; the other comes from the disk.
    client.open("app/src/shapes.gal", "pub fn area(n: Int) -> Int { n * n }\n");
    assert!(client.findings("app/src/shapes.gal").is_empty());
    let mut params = client.place("app/src/shapes.gal", 0, 8);
    params["newName"] = json!("square");
    let edit = client.ask("textDocument/rename", params);
    let (main, shapes) = (client.uri("app/src/main.gal"), client.uri("app/src/shapes.gal"));
    assert_eq!(edit["changes"][&shapes], json!([{ "range": range(0, 7, 11), "newText": "square" }]));
    let expected = json!([
        { "range": range(0, 11, 15), "newText": "square" },
        { "range": range(2, 20, 24), "newText": "square" }
    ]);
    assert_eq!(edit["changes"][&main], expected);
    // A mistake in a file that is not open is told of that file.
    client.change("app/src/shapes.gal", 2, json!([{ "text": "pub fn size(n: Int) -> Int { n * n }\n" }]));
    let found = client.findings("app/src/main.gal");
    assert!(!found.is_empty());
    client.change("app/src/shapes.gal", 3, json!([{ "text": "pub fn area(n: Int) -> Int { n * n }\n" }]));
    assert!(client.findings("app/src/main.gal").is_empty());
    // And one that changes on the disk is read again.
    scratch.write("app/src/main.gal", "use shapes.nothing\n\nfn main() {}\n");
    let changed = json!({ "changes": [{ "uri": main, "type": 2 }] });
    client.tell("workspace/didChangeWatchedFiles", changed);
    assert!(!client.findings("app/src/main.gal").is_empty());
    client.shut_down();
}

#[test]
fn renaming_is_refused_with_the_reason() {
    let scratch = Scratch::new("lsp-rename");
    let (mut client, _) = Client::initialized(&scratch, json!({}));
    client.open("main.gal", "fn main() {\n    let a = 1\n    let b = 2\n    println(a + b)\n}\n");
    let target = client.ask("textDocument/prepareRename", client.place("main.gal", 1, 8));
    assert_eq!(target, json!({ "range": range(1, 8, 9), "placeholder": "a" }));
    let (code, text) = client.error("textDocument/prepareRename", client.place("main.gal", 3, 6));
    assert!(code == -32803 && text.contains("belongs to the library"), "{code} {text}");
    let mut params = client.place("main.gal", 1, 8);
    params["newName"] = json!("b");
    let (code, text) = client.error("textDocument/rename", params);
    assert!(code == -32803 && text.contains("cannot be called `b`"), "{code} {text}");
    client.shut_down();
}

#[test]
fn the_library_opens_as_a_file_and_can_be_asked_about() {
    let scratch = Scratch::new("lsp-library");
    let (mut client, _) = Client::initialized(&scratch, json!({}));
    client.open("main.gal", "fn main() {\n    let mut a = [1]\n    a.push(2)\n}\n");
    let found = client.ask("textDocument/definition", client.place("main.gal", 2, 7));
    let uri = found[0]["uri"].as_str().expect("it is somewhere").to_string();
    let path = uri.strip_prefix("file://").expect("it is a file");
    assert!(path.ends_with("core/array.gal"), "{path}");
    let text = std::fs::read_to_string(Path::new(path)).expect("it can be read");
    let document = json!({ "uri": uri, "languageId": "gal", "version": 1, "text": text });
    client.tell("textDocument/didOpen", json!({ "textDocument": document }));
    let place = json!({ "textDocument": { "uri": uri }, "position": found[0]["range"]["start"] });
    let hover = client.ask("textDocument/hover", place);
    assert!(hover["contents"]["value"].as_str().is_some_and(|text| text.contains("fn push")));
    client.shut_down();
}

#[test]
fn broken_text_is_answered_too() {
    let scratch = Scratch::new("lsp-broken");
    let (mut client, _) = Client::initialized(&scratch, json!({}));
    for (version, text) in
        ["fn main( {", "}}}} \"", "actor A { on", "", "\u{0}\r\n\u{FEFF}😀", "use std."].iter().enumerate()
    {
        match version {
            0 => client.open("main.gal", text),
            n => client.change("main.gal", n as i64 + 1, json!([{ "text": text }])),
        }
        for (line, character) in [(0, 0), (0, 5), (7, 9999)] {
            let place = client.place("main.gal", line, character);
            for method in
                ["hover", "completion", "definition", "signatureHelp", "documentHighlight", "implementation"]
            {
                client.ask(&format!("textDocument/{method}"), place.clone());
            }
        }
        for method in ["documentSymbol", "foldingRange", "semanticTokens/full"] {
            client.ask(&format!("textDocument/{method}"), client.document("main.gal"));
        }
    }
    client.shut_down();
}

#[test]
fn malformed_messages_are_refused_and_the_session_goes_on() {
    let scratch = Scratch::new("lsp-malformed");
    let mut client = Client::start(&scratch);
    let refused = |client: &mut Client| {
        client.next(|message| message.get("error").is_some())["error"]["code"]
            .as_i64()
            .expect("it is a number")
    };
    // Before anything else comes `initialize`.
    assert_eq!(client.error("textDocument/hover", client.place("main.gal", 0, 0)).0, -32002);
    client.raw(b"Content-Length: 5\r\n\r\n{\"a\":");
    assert_eq!(refused(&mut client), -32700);
    client.raw(b"Content-Length: 2\r\n\r\n[]");
    assert_eq!(refused(&mut client), -32600);
    client.raw(b"what is this\r\n");
    assert_eq!(refused(&mut client), -32700);
    client.raw(b"Content-Length: 3\r\n\r\n\xff\xfe\xfd");
    assert_eq!(refused(&mut client), -32700);
    client.ask("initialize", json!({ "capabilities": {} }));
    assert_eq!(client.error("initialize", json!({ "capabilities": {} })).0, -32600);
    assert_eq!(client.error("textDocument/noSuchThing", json!({})).0, -32601);
    assert_eq!(client.error("textDocument/hover", json!({ "position": 3 })).0, -32602);
    // A notification that is not understood is logged, one that is unknown is passed over.
    client.tell("textDocument/didOpen", json!({ "textDocument": 1 }));
    let log = client.next(|message| message["method"] == "window/logMessage");
    assert!(log["params"]["message"].as_str().is_some_and(|text| text.contains("didOpen")));
    client.tell("$/something", json!(null));
    let (code, text) = client.error("textDocument/hover", client.place("missing.gal", 0, 0));
    assert!(code == -32803 && text.contains("cannot read"), "{code} {text}");
    // Changes of what is not open, and edits that make no sense.
    client.change("missing.gal", 1, json!([{ "range": range(0, 5, 1), "text": "x" }]));
    let log = client.next(|message| message["method"] == "window/logMessage");
    assert!(log["params"]["message"].as_str().is_some_and(|text| text.contains("was not opened")));
    client.open("main.gal", "fn main() {}\n");
    client.change("main.gal", 2, json!([{ "range": range(99, 5, 1), "text": "\n" }]));
    client.findings("main.gal");
    client.shut_down();
}

#[test]
fn requests_that_are_cancelled_or_out_of_date_are_not_worked_out() {
    let scratch = Scratch::new("lsp-cancel");
    let (mut client, _) = Client::initialized(&scratch, json!({}));
    // Long enough that what follows is there before it has been checked.
    let text: String = (0..3000).map(|i| format!("fn f{i}(a: Int) -> Int {{ a + {i} }}\n")).collect();
    client.open("main.gal", &text);
    client.ask("textDocument/documentSymbol", client.document("main.gal"));
    let place = client.place("main.gal", 0, 3);
    let document = client.document("main.gal");
    client.change("main.gal", 2, json!([{ "range": range(0, 0, 0), "text": "\n" }]));
    client.request("textDocument/hover", place.clone());
    let cancelled = client.request("textDocument/completion", place);
    let stale = client.request("textDocument/semanticTokens/full", document);
    client.tell("$/cancelRequest", json!({ "id": cancelled }));
    client.change("main.gal", 3, json!([{ "range": range(0, 0, 0), "text": "\n" }]));
    assert_eq!(client.response(cancelled)["error"]["code"], -32800);
    assert_eq!(client.response(stale)["error"]["code"], -32801);
    client.shut_down();
}

#[test]
fn many_edits_are_checked_once() {
    let scratch = Scratch::new("lsp-queue");
    let (mut client, _) = Client::initialized(&scratch, json!({}));
    let text: String = (0..3000).map(|i| format!("fn f{i}(a: Int) -> Int {{ a + {i} }}\n")).collect();
    client.open("main.gal", &text);
    for version in 2..42 {
        client.change("main.gal", version, json!([{ "range": range(0, 0, 0), "text": " " }]));
    }
    let uri = client.uri("main.gal");
    let mut told = 0;
    loop {
        let message = client.next(|message| message["method"] == "textDocument/publishDiagnostics");
        assert_eq!(message["params"]["uri"], uri.as_str());
        told += 1;
        if message["params"]["version"] == 41 {
            break;
        }
    }
    assert!(told < 20, "40 edits were checked {told} times");
    client.shut_down();
}

#[test]
fn leaving_without_shutdown_is_a_failure() {
    let scratch = Scratch::new("lsp-exit");
    let (mut client, _) = Client::initialized(&scratch, json!({}));
    client.tell("exit", Value::Null);
    assert_eq!(client.end(), 1);
    let (mut client, _) = Client::initialized(&scratch, json!({}));
    assert_eq!(client.end(), 1);
    // After `shutdown` nothing but `exit` is answered.
    let (mut client, _) = Client::initialized(&scratch, json!({}));
    client.ask("shutdown", Value::Null);
    assert_eq!(client.error("textDocument/hover", client.place("main.gal", 0, 0)).0, -32600);
    assert_eq!(client.end(), 0);
}

//! Runs modules for the web in Node and in Chromium, through the npm package in `runtime-wasm/`: `tests/web/serve.mjs`, of which one process
//! runs many modules.

use crate::program::Program;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// Where modules run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    Node,
    Chromium,
}

/// What a program did.
pub struct Outcome {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// A process that waits for modules.
struct Server {
    process: Child,
    requests: ChildStdin,
    answers: Receiver<String>,
}

static IDLE: Mutex<Vec<(Engine, Server)>> = Mutex::new(Vec::new());

impl Engine {
    /// Why nothing can run there, if something is missing.
    pub fn missing(self) -> Option<String> {
        let root = crate::root();
        let built = root.join("runtime-wasm/dist/node.js");
        if !built.is_file() {
            return Some("the npm package is not built: `cargo xtask web` does that".to_string());
        }
        if node().is_none() {
            return Some("there is no Node 24 or later: `cargo xtask setup` installs one".to_string());
        }
        if self == Engine::Chromium && !has_chromium() {
            return Some("there is no Chromium: `cargo xtask setup` installs it".to_string());
        }
        None
    }

    /// Runs a module with what the program is given.
    pub fn run(self, wasm: &[u8], program: &Program, timeout: Duration) -> Result<Outcome, String> {
        self.run_with(wasm, None, program, timeout)
    }

    /// The same by the text of the ES module that galc writes beside it, which programs need that import functions of JavaScript.
    pub fn run_with(
        self,
        wasm: &[u8],
        script: Option<&str>,
        program: &Program,
        timeout: Duration,
    ) -> Result<Outcome, String> {
        if script.is_some() && self == Engine::Chromium {
            return Err("in a page only the loader itself runs modules".to_string());
        }
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let module = folder.path().join("program.wasm");
        fs::write(&module, wasm).map_err(|e| e.to_string())?;
        let beside = folder.path().join("program.mjs");
        if let Some(text) = script {
            fs::write(&beside, text).map_err(|e| e.to_string())?;
        }
        let mut server = self.server()?;
        let request = request(&module, script.map(|_| beside.as_path()), program);
        writeln!(server.requests, "{request}").map_err(|e| e.to_string())?;
        let status = match server.answers.recv_timeout(timeout) {
            Ok(line) => line.trim().parse().map_err(|_| format!("the loader says `{line}`"))?,
            Err(error) => {
                let _ = server.process.kill();
                let _ = server.process.wait();
                return Err(match error {
                    RecvTimeoutError::Timeout => format!("not ended after {} s", timeout.as_secs()),
                    RecvTimeoutError::Disconnected => "the process with the loader has ended".to_string(),
                });
            }
        };
        if let Ok(mut idle) = IDLE.lock() {
            idle.push((self, server));
        }
        let text =
            |end: &str| fs::read(folder.path().join(format!("program.wasm.{end}"))).unwrap_or_default();
        let text = |end: &str| String::from_utf8_lossy(&text(end)).into_owned();
        Ok(Outcome { status, stdout: text("out"), stderr: text("err") })
    }

    fn server(self) -> Result<Server, String> {
        if let Ok(mut idle) = IDLE.lock()
            && let Some(at) = idle.iter().position(|(engine, _)| *engine == self)
        {
            return Ok(idle.swap_remove(at).1);
        }
        let script = crate::root().join("tests/web/serve.mjs");
        let mut command = Command::new(node().ok_or("there is no Node")?);
        command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped());
        if self == Engine::Chromium {
            command.arg("--chromium");
        }
        let mut process = command.spawn().map_err(|e| format!("node: {e}"))?;
        let (Some(requests), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err("node has no standard streams".to_string());
        };
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Server { process, requests, answers })
    }
}

fn request(module: &Path, script: Option<&Path>, program: &Program) -> String {
    let args: Vec<String> = program.args.iter().map(|arg| quoted(arg)).collect();
    let script = script.map(|path| format!(r#""script":{},"#, quoted(&path.to_string_lossy())));
    format!(
        r#"{{"module":{},{}"name":{},"args":[{}],"stdin":{}}}"#,
        quoted(&module.to_string_lossy()),
        script.unwrap_or_default(),
        quoted(&program.called()),
        args.join(","),
        quoted(&program.stdin)
    )
}

/// A text in JSON.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The Node that setup has installed, or one that is new enough.
fn node() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("GAL_NODE") {
        return Some(path.into());
    }
    let installed = crate::root().join("tests/web/node_modules/.bin/node");
    if installed.is_file() {
        return Some(installed);
    }
    let output = Command::new("node").arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let major: u32 = text.trim().trim_start_matches('v').split('.').next()?.parse().ok()?;
    /// The first with `exnref`.
    const FIRST: u32 = 24;
    (major >= FIRST).then(|| PathBuf::from("node"))
}

fn has_chromium() -> bool {
    let program = std::env::var_os("CHROMIUM").unwrap_or("chromium".into());
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

//! Runs modules for the web in Node and in Chromium, through the npm package in `runtime-wasm/`: `tests/web/serve.mjs`, of which one process
//! runs many modules.

use crate::program::Program;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

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
    /// `None` when it is to end.
    requests: Option<ChildStdin>,
    answers: Receiver<String>,
    has_browser: bool,
    /// For the files of the browser; removed behind it.
    _profile: TempDir,
}

/// So long the process may take to end the browser.
const END_MAX: Duration = Duration::from_secs(10);

impl Drop for Server {
    fn drop(&mut self) {
        // It ends with its input, and the browser with it; unless a module keeps Node itself busy, where no browser is.
        self.requests = None;
        let begin = Instant::now();
        while matches!(self.process.try_wait(), Ok(None)) && begin.elapsed() < END_MAX && self.has_browser {
            std::thread::sleep(Duration::from_millis(5));
        }
        // It has ended if these fail.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

static IDLE: Mutex<Vec<(Engine, Server)>> = Mutex::new(Vec::new());

impl Engine {
    /// Whether programs run there; else says why not. Where everything is to be tested, that something is missing is a failure.
    pub fn is_here(self, check: &str) -> bool {
        let Some(why) = self.missing() else { return true };
        assert!(!crate::is_full(), "{check} in {self:?}: {why}");
        // Past the capture of `println!`, so that it is seen when the test passes.
        let _ = writeln!(std::io::stderr(), "skipped: {check} in {self:?}: {why}");
        false
    }

    fn missing(self) -> Option<String> {
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
        let idle = IDLE.lock().ok().and_then(|mut idle| {
            let at = idle.iter().position(|(engine, _)| *engine == self)?;
            Some(idle.swap_remove(at).1)
        });
        let server = match idle {
            Some(server) => server,
            None => self.server(tempfile::tempdir().map_err(|e| e.to_string())?)?,
        };
        self.run_on(server, (wasm, script), program, timeout)
    }

    /// After an error the process is no more.
    fn run_on(
        self,
        mut server: Server,
        (wasm, script): (&[u8], Option<&str>),
        program: &Program,
        timeout: Duration,
    ) -> Result<Outcome, String> {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let module = folder.path().join("program.wasm");
        fs::write(&module, wasm).map_err(|e| e.to_string())?;
        let beside = folder.path().join("program.mjs");
        if let Some(text) = script {
            fs::write(&beside, text).map_err(|e| e.to_string())?;
        }
        let requests = server.requests.as_mut().ok_or("the process with the loader is ending")?;
        let request = request(&module, script.map(|_| beside.as_path()), program);
        writeln!(requests, "{request}").map_err(|e| e.to_string())?;
        let status = match server.answers.recv_timeout(timeout) {
            Ok(line) => line.trim().parse().map_err(|_| format!("the loader says `{line}`"))?,
            Err(RecvTimeoutError::Timeout) => return Err(format!("not ended after {} s", timeout.as_secs())),
            Err(RecvTimeoutError::Disconnected) => {
                return Err("the process with the loader has ended".to_string());
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

    fn server(self, profile: TempDir) -> Result<Server, String> {
        let script = crate::root().join("tests/web/serve.mjs");
        let mut command = Command::new(node().ok_or("there is no Node")?);
        command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped());
        if self == Engine::Chromium {
            command.arg("--chromium").arg(profile.path());
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
        let has_browser = self == Engine::Chromium;
        Ok(Server { process, requests: Some(requests), answers, has_browser, _profile: profile })
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// Whether a process mentions a text in its command line.
    fn is_mentioned(text: &str) -> bool {
        let mut processes = fs::read_dir("/proc").expect("there is a list of processes").flatten();
        processes.any(|process| {
            let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(text)
        })
    }

    #[test]
    fn the_browser_ends_with_a_program_whose_time_is_up() {
        if !Engine::Chromium.is_here("a program that does not end") {
            return;
        }
        // (module (func (export "gal_start") (loop (br 0))))
        let module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x07\x0d\x01\x09gal_start\0\0\
                       \x0a\x09\x01\x07\0\x03\x40\x0c\0\x0b\x0b";
        let profile = tempfile::tempdir().expect("folders can be made");
        let path = profile.path().to_path_buf();
        let server = Engine::Chromium.server(profile).expect("the browser starts");
        let text = path.to_string_lossy();
        let result =
            Engine::Chromium.run_on(server, (module, None), &Program::default(), Duration::from_secs(5));
        assert_eq!(result.err().as_deref(), Some("not ended after 5 s"));
        assert!(!is_mentioned(&text), "a process of the browser is left");
        assert!(!path.exists(), "its files are left");
    }
}

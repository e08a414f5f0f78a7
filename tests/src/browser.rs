//! Shows a page in a headless browser. The page is served over HTTP from this process, to this machine only, and posts its
//! result to `/result`.
//!
//! Serves one request after the other and no more of HTTP than a browser needs for that; nothing is kept alive.

use crate::tools::Running;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A page that takes longer hangs; starting the browser is in it.
const TIME_MAX: Duration = Duration::from_secs(60);
/// A request that takes longer is dropped: browsers open connections that they may never use.
const REQUEST_MAX: Duration = Duration::from_secs(2);
const RESULT_BYTES_MAX: usize = 1 << 20;

/// No sandbox, because containers lack what it needs, and the pages are ours; no traffic of the browser's own.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
];

pub struct File<'a> {
    /// With the slash: `/hello.wasm`. The page itself is `/`.
    pub path: &'a str,
    pub media_type: &'a str,
    pub bytes: &'a [u8],
}

/// What the page posts. `profile` is a folder for the browser's own files.
pub fn show(browser: &Path, profile: &Path, files: &[File<'_>]) -> Result<String, String> {
    let fail = |error: std::io::Error| format!("the server: {error}");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(fail)?;
    listener.set_nonblocking(true).map_err(fail)?;
    let address = listener.local_addr().map_err(fail)?;
    let mut command = Command::new(browser);
    command
        .args(FLAGS)
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("http://{address}/"));
    let mut running = Running::start(command.stdout(Stdio::null()).stderr(Stdio::null()))?;
    let begin = Instant::now();
    while begin.elapsed() < TIME_MAX {
        match listener.accept() {
            Ok((stream, _)) => {
                if let Some(result) = serve(stream, files) {
                    return Ok(result);
                }
            }
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
        if let Some(status) = running.ended() {
            return Err(format!("the browser ended before the page did: {status}"));
        }
    }
    Err(format!("the page has no result after {TIME_MAX:?}"))
}

/// Answers one request. The body, if that is the result; a request that breaks off has none, and the browser asks again.
fn serve(stream: TcpStream, files: &[File<'_>]) -> Option<String> {
    stream.set_nonblocking(false).ok()?;
    stream.set_read_timeout(Some(REQUEST_MAX)).ok()?;
    stream.set_write_timeout(Some(REQUEST_MAX)).ok()?;
    let mut reader = BufReader::new(stream);
    let (method, path, body) = request(&mut reader)?;
    let mut stream = reader.into_inner();
    if (method.as_str(), path.as_str()) == ("POST", "/result") {
        // The result is here, whether or not the page learns so.
        let _ = respond(&mut stream, "200 OK", "text/plain", b"");
        return Some(body);
    }
    let answered = match files.iter().find(|file| file.path == path) {
        Some(file) => respond(&mut stream, "200 OK", file.media_type, file.bytes),
        None => respond(&mut stream, "404 Not Found", "text/plain", b""),
    };
    answered.ok()?;
    None
}

/// Method, path and body.
fn request(reader: &mut BufReader<TcpStream>) -> Option<(String, String, String)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_string);
    let (method, path) = (words.next()?, words.next()?);
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        if header.trim().is_empty() {
            break;
        }
        let (name, value) = header.split_once(':')?;
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; std::cmp::min(length, RESULT_BYTES_MAX)];
    reader.read_exact(&mut body).ok()?;
    Some((method, path, String::from_utf8_lossy(&body).into_owned()))
}

fn respond(stream: &mut TcpStream, status: &str, media_type: &str, bytes: &[u8]) -> std::io::Result<()> {
    let length = bytes.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(bytes)
}

//! Where messages go: text for people on standard error, or JSON for tools; and progress, on a terminal only.

use crate::cli::{ColorChoice, GlobalArgs, MessageFormat};
use crate::exit::Failure;
use driver::{Checked, CopyReport, Fallback, Observer, Stage};
use report::{Counts, Object, Style};
use std::cell::Cell;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};
use syntax::SourceMap;

pub struct Shell {
    format: MessageFormat,
    style: Style,
    quiet: bool,
    verbose: bool,
    /// JSON goes to standard error, because standard output belongs to the program that runs.
    json_on_stderr: bool,
    is_terminal: bool,
    /// Whether a line of progress stands on the terminal.
    has_progress: Cell<bool>,
}

impl Shell {
    pub fn new(args: &GlobalArgs, json_on_stderr: bool) -> Shell {
        let is_terminal = io::stderr().is_terminal();
        let is_colored = match args.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                is_terminal && !is_set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|t| t != "dumb")
            }
        };
        Shell {
            format: args.message_format,
            style: if is_colored { Style::Colored } else { Style::Plain },
            quiet: args.quiet,
            verbose: args.verbose,
            json_on_stderr,
            is_terminal,
            has_progress: Cell::new(false),
        }
    }

    pub fn is_json(&self) -> bool {
        self.format == MessageFormat::Json
    }

    /// Prints all diagnostics and how many there are. Quiet leaves out warnings.
    pub fn diagnostics(&self, checked: &Checked) {
        let shown = checked.diagnostics.iter().filter(|d| d.is_error() || !self.quiet);
        for diagnostic in shown {
            match self.format {
                MessageFormat::Human => {
                    self.error_text(&report::human(diagnostic, &checked.source_map, self.style));
                    self.error_text("\n");
                }
                MessageFormat::Json => self.json(report::diagnostic_object(diagnostic, &checked.source_map)),
            }
        }
        let counts = Counts::of(&checked.diagnostics);
        match self.format {
            MessageFormat::Json => {
                let (errors, warnings) = (counts.errors as u64, counts.warnings as u64);
                self.json(
                    Object::message("summary").number("errors", errors).number("warnings", warnings).finish(),
                );
            }
            MessageFormat::Human if !self.quiet => {
                if let Some(summary) = counts.summary() {
                    self.error_text(&format!("{summary}\n"));
                }
            }
            MessageFormat::Human => {}
        }
    }

    /// Prints what `--explain-copies` asked for.
    pub fn copies(&self, copies: &[CopyReport], sources: &SourceMap) {
        for copy in copies {
            match self.format {
                MessageFormat::Human => {
                    self.error_text(&report::human_note(&copy.reason, copy.span, sources, self.style));
                    self.error_text("\n");
                }
                MessageFormat::Json => self.json(
                    Object::message("copy")
                        .string("reason", &copy.reason)
                        .raw("span", &report::span_object(copy.span, sources))
                        .finish(),
                ),
            }
        }
    }

    /// Tells that another backend was taken than the profile likes.
    pub fn fallback(&self, fallback: Option<&Fallback>) {
        let Some(fallback) = fallback else { return };
        self.status(&format!("note: {fallback}"));
        self.message(|| {
            Object::message("fallback")
                .string("wanted", fallback.wanted.name())
                .string("used", fallback.used.name())
                .string("reason", &fallback.reason)
        });
    }

    /// Tells of something that was done otherwise than usual.
    pub fn note(&self, note: &str) {
        self.status(&format!("note: {note}"));
        self.message(|| Object::message("note").string("message", note));
    }

    /// Tells of something that is not as it should be, and has no place in the program.
    pub fn warning(&self, warning: &str) {
        self.status(&format!("warning: {warning}"));
        self.message(|| Object::message("warning").string("message", warning));
    }

    pub fn failure(&self, failure: &Failure) {
        if let Failure::Manifest(checked) = failure {
            self.diagnostics(checked);
        }
        match self.format {
            MessageFormat::Human => self.error_text(&format!("galc: {failure}\n")),
            MessageFormat::Json => {
                self.json(Object::message("failure").string("message", &failure.to_string()).finish())
            }
        }
    }

    /// A line about what was done; for people, unless they asked for quiet.
    pub fn status(&self, line: &str) {
        if !self.quiet && !self.is_json() {
            self.error_text(&format!("{line}\n"));
        }
    }

    /// A JSON message, when tools are listening.
    pub fn message(&self, message: impl FnOnce() -> Object) {
        if self.is_json() {
            self.json(message().finish());
        }
    }

    /// A line that is the result of a command, for people.
    pub fn line(&self, line: &str) {
        if !self.is_json() {
            self.output(format!("{line}\n").as_bytes());
        }
    }

    /// The same, but not for those who asked for quiet.
    pub fn summary(&self, line: &str) {
        if !self.quiet {
            self.line(line);
        }
    }

    /// Bytes that are the result of a command, on standard output.
    pub fn output(&self, bytes: &[u8]) {
        self.clear_progress();
        let mut out = io::stdout().lock();
        end_if_closed(out.write_all(bytes).and_then(|()| out.flush()));
    }

    fn json(&self, object: String) {
        let line = format!("{object}\n");
        if self.json_on_stderr { self.error_text(&line) } else { self.output(line.as_bytes()) }
    }

    fn error_text(&self, text: &str) {
        self.clear_progress();
        // Nobody is left to be told that standard error is closed.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Shows what is being done until something else is printed.
    pub fn progress(&self, doing: &str) {
        if self.is_terminal && !self.quiet && !self.is_json() {
            self.has_progress.set(true);
            let _ = write!(io::stderr().lock(), "\r\x1b[K{doing}");
        }
    }

    pub fn clear_progress(&self) {
        if self.has_progress.replace(false) {
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }

    /// Prints the times that `-v` asked for.
    pub fn times(&self, timer: &Timer<'_>) {
        self.clear_progress();
        if !self.verbose {
            return;
        }
        for (stage, time) in timer.stages() {
            let name = stage.name();
            match self.format {
                MessageFormat::Human => {
                    self.error_text(&format!("{name:>14} {:>9.3} ms\n", time.as_secs_f64() * 1e3))
                }
                MessageFormat::Json => self.json(
                    Object::message("time")
                        .string("stage", name)
                        .number("nanoseconds", u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
                        .finish(),
                ),
            }
        }
    }
}

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// Writes to standard error, without a `Shell`. Where that cannot be written to, nothing is left to be done.
pub fn complain(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Ends the process quietly when its reader is gone, as other commands in a pipe do.
fn end_if_closed(result: io::Result<()>) {
    if let Err(error) = result {
        if error.kind() != io::ErrorKind::BrokenPipe {
            complain(&format!("galc: cannot write to standard output: {error}\n"));
        }
        std::process::exit(crate::exit::Exit::Usage.status());
    }
}

/// Takes the time of the stages, and shows the one that runs.
pub struct Timer<'a> {
    shell: &'a Shell,
    begun: Option<Instant>,
    times: Vec<(Stage, Duration)>,
}

impl<'a> Timer<'a> {
    pub fn new(shell: &'a Shell) -> Timer<'a> {
        Timer { shell, begun: None, times: Vec::new() }
    }

    /// The time of each stage that ran, in order of the stages.
    fn stages(&self) -> impl Iterator<Item = (Stage, Duration)> {
        Stage::ALL.into_iter().filter_map(|stage| {
            let times = || self.times.iter().filter(|(at, _)| *at == stage);
            times().next()?;
            Some((stage, times().map(|(_, time)| *time).sum()))
        })
    }
}

impl Observer for Timer<'_> {
    fn begin(&mut self, stage: Stage) {
        self.shell.progress(stage.name());
        self.begun = Some(Instant::now());
    }

    fn end(&mut self, stage: Stage) {
        if let Some(begun) = self.begun.take() {
            self.times.push((stage, begun.elapsed()));
        }
    }
}

//! The state machine of a run: what is going on, what the buttons do, and what the reader is told at its end.
//!
//! ```text
//! Idle ──run──▶ Compiling ──module──▶ Running ──ended, limit, trace full, stopped──▶ Ended
//!                  └──errors, stopped──▶ Ended          (run again from there)
//! ```
//! Each run has a number. Events of another run are of a worker that was ended, and change nothing.

use crate::limits;
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Default)]
pub enum State {
    #[default]
    Idle,
    Compiling {
        run: u32,
    },
    Running {
        run: u32,
    },
    Ended(Outcome),
}

/// Which limit a program has come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Limit {
    Time,
    Output,
    Memory,
    /// What a traced program may write of its actors.
    Trace,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// It does not compile; the problems say why.
    Errors,
    Exited {
        status: i32,
        ms: f64,
    },
    Stopped,
    Limited(Limit),
    /// There are as many events as a trace keeps.
    TraceFull,
    /// The host could not run it: no fault of the program's.
    Failed(String),
}

/// What happens to a run.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    Compiled,
    CompileErrors,
    Ended { status: i32, ms: f64 },
    Limit(Limit),
    TraceFull,
    Failed(String),
}

#[derive(Debug, Default)]
pub struct Runs {
    state: State,
    last: u32,
}

impl Runs {
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Begins a run; one that is under way is given up. Its number.
    pub fn begin(&mut self) -> u32 {
        self.last += 1;
        self.state = State::Compiling { run: self.last };
        self.last
    }

    /// The run that is under way.
    pub fn current(&self) -> Option<u32> {
        match self.state {
            State::Compiling { run } | State::Running { run } => Some(run),
            State::Idle | State::Ended(_) => None,
        }
    }

    /// Whether the reader can stop something.
    pub fn is_busy(&self) -> bool {
        self.current().is_some()
    }

    /// Whether it changed anything.
    pub fn happened(&mut self, run: u32, event: Event) -> bool {
        let next = match (&self.state, event) {
            (State::Compiling { run: at }, Event::Compiled) if *at == run => State::Running { run },
            (State::Compiling { run: at }, Event::CompileErrors) if *at == run => {
                State::Ended(Outcome::Errors)
            }
            (State::Compiling { run: at } | State::Running { run: at }, Event::Failed(why)) if *at == run => {
                State::Ended(Outcome::Failed(why))
            }
            (State::Running { run: at }, Event::Ended { status, ms }) if *at == run => {
                State::Ended(Outcome::Exited { status, ms })
            }
            (State::Running { run: at }, Event::Limit(limit)) if *at == run => {
                State::Ended(Outcome::Limited(limit))
            }
            (State::Running { run: at }, Event::TraceFull) if *at == run => State::Ended(Outcome::TraceFull),
            _ => return false,
        };
        self.state = next;
        true
    }

    /// The reader wants no more of it: the run that was under way.
    pub fn stop(&mut self) -> Option<u32> {
        let run = self.current()?;
        self.state = State::Ended(Outcome::Stopped);
        Some(run)
    }
}

impl Outcome {
    pub fn is_success(&self) -> bool {
        matches!(self, Outcome::Exited { status: 0, .. })
    }

    /// One line under the output.
    pub fn text(&self) -> String {
        match self {
            Outcome::Errors => "The program has errors: see Problems.".to_string(),
            Outcome::Exited { status, ms } => format!("{} after {}.", exit_text(*status), duration(*ms)),
            Outcome::Stopped => "Stopped.".to_string(),
            Outcome::Limited(Limit::Time) => format!(
                "Stopped: a program may run for {} s here, or for {} s if Long run is chosen under Run options.",
                limits::RUN_MS / 1000,
                limits::RUN_MS_LONG / 1000
            ),
            Outcome::Limited(Limit::Output) => {
                format!("Stopped: a program may write {} KiB here.", limits::OUTPUT_BYTES >> 10)
            }
            Outcome::Limited(Limit::Memory) => {
                format!(
                    "Ended: a program may have {} MiB of memory here, and it wanted more.",
                    limits::MEMORY_MIB
                )
            }
            Outcome::Limited(Limit::Trace) => format!(
                "Stopped: a program may write {} MiB of what its actors do here. Fewer or smaller states and messages are less.",
                limits::TRACE_BYTES >> 20
            ),
            Outcome::TraceFull => format!(
                "Paused: a trace keeps {} events here. Continue, in Actors, goes on behind them.",
                grouped(limits::EVENTS)
            ),
            Outcome::Failed(why) => format!("It could not be run: {why}"),
        }
    }
}

fn exit_text(status: i32) -> String {
    match status {
        0 => "Finished".to_string(),
        101 => "Ended by a panic, with status 101,".to_string(),
        104 => "Paused by a command, with status 104,".to_string(),
        102 => "Ended by a fatal error, with status 102,".to_string(),
        other => format!("Ended with status {other}"),
    }
}

/// `12,345`
pub fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `8.3 ms`, `640 ms`, `1.25 s`
pub fn duration(ms: f64) -> String {
    match ms {
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms if ms < 1000.0 => format!("{ms:.0} ms"),
        ms => format!("{:.2} s", ms / 1000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_goes_through_its_states() {
        let mut runs = Runs::default();
        assert_eq!((runs.is_busy(), runs.stop()), (false, None));
        assert_eq!(runs.state(), &State::Idle);
        let run = runs.begin();
        assert!(runs.happened(run, Event::Compiled) && runs.is_busy());
        assert!(runs.happened(run, Event::Ended { status: 0, ms: 3.0 }));
        let State::Ended(outcome) = runs.state() else { panic!("it has ended") };
        assert!(outcome.is_success() && !runs.is_busy());
        assert_eq!(outcome.text(), "Finished after 3.0 ms.");
    }

    #[test]
    fn events_of_other_runs_and_out_of_order_change_nothing() {
        let mut runs = Runs::default();
        let first = runs.begin();
        let second = runs.begin();
        assert!(!runs.happened(first, Event::Compiled));
        assert!(!runs.happened(second, Event::Ended { status: 0, ms: 0.0 }), "it does not run yet");
        assert!(!runs.happened(second, Event::Limit(Limit::Time)));
        assert!(!runs.happened(second, Event::TraceFull));
        assert!(runs.happened(second, Event::CompileErrors));
        assert!(!runs.happened(second, Event::Failed("late".into())));
        assert_eq!(runs.state(), &State::Ended(Outcome::Errors));
    }

    #[test]
    fn stopping_ends_what_is_under_way() {
        let mut runs = Runs::default();
        let run = runs.begin();
        assert_eq!(runs.stop(), Some(run));
        assert!(!runs.happened(run, Event::Compiled), "the module comes too late");
        let run = runs.begin();
        runs.happened(run, Event::Compiled);
        assert_eq!((runs.stop(), runs.stop()), (Some(run), None));
        assert_eq!(runs.state(), &State::Ended(Outcome::Stopped));
    }

    #[test]
    fn every_end_has_its_text() {
        for limit in [Limit::Time, Limit::Output, Limit::Memory, Limit::Trace] {
            let mut runs = Runs::default();
            let run = runs.begin();
            runs.happened(run, Event::Compiled);
            assert!(runs.happened(run, Event::Limit(limit)));
            let State::Ended(outcome) = runs.state() else { panic!("it has ended") };
            assert!(outcome.text().contains("here") && !outcome.is_success());
        }
        assert!(Outcome::Limited(Limit::Time).text().contains("10 s"));
        assert!(Outcome::Limited(Limit::Output).text().contains("1024 KiB"));
        assert!(Outcome::Limited(Limit::Memory).text().contains("256 MiB"));
        assert!(Outcome::Exited { status: 101, ms: 1.0 }.text().contains("panic"));
        assert!(Outcome::Exited { status: 102, ms: 1.0 }.text().contains("fatal"));
        assert!(Outcome::Limited(Limit::Trace).text().contains("16 MiB"));
        assert!(Outcome::TraceFull.text().contains("5,000 events"));
        assert!(Outcome::Exited { status: 104, ms: 1.0 }.text().contains("command"));
        assert!(Outcome::Exited { status: 7, ms: 1500.0 }.text().contains("status 7 after 1.50 s"));
        assert!(Outcome::Failed("x".into()).text().ends_with(": x"));
        assert!(Outcome::Errors.text().contains("Problems") && Outcome::Stopped.text().contains("Stopped"));
        assert_eq!((grouped(999).as_str(), grouped(1_234_567).as_str()), ("999", "1,234,567"));
        assert_eq!(duration(640.2), "640 ms");
    }
}

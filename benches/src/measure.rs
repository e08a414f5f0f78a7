//! Programs of all contenders, run in turns, so that the machine's unrest hits all alike.

use crate::Result;
use crate::contenders::{self, Built, Contender, Goal, Platform};
use crate::programs::Program;
use crate::sources::Size;
use crate::stats::{median, milliseconds};
use crate::subject::{Host, Subject};
use std::path::Path;
use std::time::Duration;

/// A program that was compiled and run.
#[derive(Clone, Debug)]
pub struct Measured {
    pub times: Vec<Duration>,
    pub compile: Duration,
    /// Bytes: the largest of all runs.
    pub memory: u64,
}

impl Measured {
    pub fn median(&self) -> f64 {
        milliseconds(median(self.times.clone()))
    }

    /// The shortest and the longest time, in milliseconds.
    pub fn spread(&self) -> (f64, f64) {
        let times = || self.times.iter().copied();
        (milliseconds(times().min().unwrap_or_default()), milliseconds(times().max().unwrap_or_default()))
    }
}

/// One program; a cell for each contender, the first of which is what the others are compared with.
pub struct Row {
    pub program: String,
    pub cells: Vec<Result<Measured>>,
}

pub struct Table {
    pub names: Vec<&'static str>,
    pub rows: Vec<Row>,
}

/// Compiles and runs programs. What fails is told in its cell.
pub fn measure(
    contenders: &[&dyn Contender],
    programs: &[Program],
    platform: Platform,
    runs: usize,
) -> Result<Table> {
    let host = Host::new(platform)?;
    let rows = programs.iter().map(|program| {
        println!("{}: {}", platform.name(), program.name);
        let build = |contender: &&dyn Contender| {
            contenders::build(*contender, program, platform, Goal::Speed, Size::Full)
        };
        let built: Vec<Result<Built>> = contenders.iter().map(build).collect();
        Row { program: program.name.clone(), cells: race(&host, built, runs) }
    });
    Ok(Table { names: contenders.iter().map(|contender| contender.name()).collect(), rows: rows.collect() })
}

/// Runs programs in turns. They must print the same as the first that works.
pub fn race(host: &Host, built: Vec<Result<Built>>, runs: usize) -> Vec<Result<Measured>> {
    let load = |built: Result<Built>| built.and_then(|built| Runner::new(host, &built.file, built.time));
    let mut runners: Vec<Result<Runner>> = built.into_iter().map(load).collect();
    let mut expected = None;
    for _ in 0..runs {
        for slot in &mut runners {
            let Ok(runner) = slot else { continue };
            if let Err(error) = runner.run(host, &mut expected) {
                *slot = Err(error);
            }
        }
    }
    runners.into_iter().map(|runner| runner.map(|runner| runner.measured)).collect()
}

struct Runner {
    subject: Subject,
    measured: Measured,
}

impl Runner {
    fn new(host: &Host, file: &Path, compile: Duration) -> Result<Runner> {
        let measured = Measured { times: Vec::new(), compile, memory: 0 };
        Ok(Runner { subject: host.load(file)?, measured })
    }

    fn run(&mut self, host: &Host, expected: &mut Option<String>) -> Result {
        let run = host.run(&self.subject)?;
        let expected = expected.get_or_insert_with(|| run.output.clone());
        if run.output != *expected {
            return Err(format!("it prints {:?} instead of {expected:?}", run.output));
        }
        self.measured.times.push(run.time);
        self.measured.memory = self.measured.memory.max(run.memory);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(name: &str, text: &str) -> Result<Built> {
        let wat = format!(
            r#"(module
                (import "wasi_snapshot_preview1" "fd_write"
                  (func $write (param i32 i32 i32 i32) (result i32)))
                (memory (export "memory") 1)
                (data (i32.const 0) "\08\00\00\00\01\00\00\00{text}")
                (func (export "_start")
                  (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))"#
        );
        let file = std::env::temp_dir().join(format!("gal-bench-{}-{name}.wasm", std::process::id()));
        std::fs::write(&file, wat::parse_str(wat).expect("it is right")).expect("it can be written");
        Ok(Built { file, size: 0, time: Duration::ZERO })
    }

    #[test]
    fn other_output_is_not_compared() {
        let host = Host::new(Platform::Wasm).expect("nothing is needed");
        let built =
            vec![Err("no compiler".to_string()), module("a", "x"), module("b", "x"), module("c", "y")];
        let files: Vec<_> = built.iter().flatten().map(|built| built.file.clone()).collect();
        let cells = race(&host, built, 3);
        assert_eq!(cells[0].as_ref().err().map(String::as_str), Some("no compiler"));
        for cell in &cells[1..3] {
            let measured = cell.as_ref().expect("it runs");
            assert_eq!((measured.times.len(), measured.memory), (3, 1 << 16));
        }
        assert_eq!(cells[3].as_ref().err().map(String::as_str), Some(r#"it prints "y" instead of "x""#));
        files.iter().for_each(|file| std::fs::remove_file(file).expect("it is there"));
    }
}

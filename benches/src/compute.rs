//! The compute programs, GAL against C.

use crate::gal::Times;
use crate::programs::{Program, programs};
use crate::stats::{geometric_mean, median, milliseconds};
use crate::{Options, Result, clang, gal};
use driver::Stage;
use std::time::Duration;
use wasi::{End, Engine, RunOptions};

/// What the project wants to reach.
const MEAN_LIMIT: f64 = 1.6;
const WORST_LIMIT: f64 = 2.5;

/// A module that is measured.
struct Subject {
    program: wasi::Program,
    size: usize,
    times: Vec<Duration>,
    output: String,
}

impl Subject {
    fn new(engine: &Engine, wasm: Vec<u8>) -> Result<Subject> {
        let size = wasm.len();
        let program = engine.load(wasm).map_err(|error| error.to_string())?;
        program.compile().map_err(|error| error.to_string())?;
        Ok(Subject { program, size, times: Vec::new(), output: String::new() })
    }

    fn run(&mut self) -> Result {
        let outcome = self.program.run(&RunOptions::default()).map_err(|error| error.to_string())?;
        if outcome.end != End::Exited(0) {
            return Err(format!("it ended with status {}: {}", outcome.status, outcome.stderr_text()));
        }
        self.output = outcome.stdout_text();
        self.times.push(outcome.elapsed);
        Ok(())
    }

    fn median(&self) -> f64 {
        milliseconds(median(self.times.clone()))
    }
}

pub fn compute(options: &Options) -> Result {
    let (compiler, version) = clang::find()?;
    let simd = if options.has_simd() { "with" } else { "without" };
    let backend = options.backend.name();
    println!(
        "C by {version}, -O3 {simd} SIMD; GAL by {backend}; median of {} runs, in turns\n",
        options.runs
    );
    println!(
        "{:<14} {:>9} {:>9} {:>6} {:>9} {:>9}",
        "program", "C ms", "GAL ms", "ratio", "C bytes", "GAL bytes"
    );
    let engine = Engine::new();
    let mut ratios = Vec::new();
    let mut stages = Times::default();
    let mut failures = Vec::new();
    for program in programs(options)? {
        match measure(&program, compiler, &engine, options) {
            Ok(measured) => {
                stages.add(&measured.stages);
                ratios.extend(measured.ratio.map(|ratio| (ratio, program.name)));
            }
            Err(error) => {
                println!("{:<14} {}", program.name, error.lines().next().unwrap_or_default());
                failures.push(program.name);
            }
        }
    }
    summary(&ratios, &stages);
    if failures.is_empty() { Ok(()) } else { Err(format!("not measured: {}", failures.join(", "))) }
}

struct Measured {
    ratio: Option<f64>,
    stages: Times,
}

fn measure(program: &Program, compiler: &str, engine: &Engine, options: &Options) -> Result<Measured> {
    let mut c = Subject::new(engine, clang::compile(compiler, &program.c, options.has_simd())?)?;
    if options.c_only {
        for _ in 0..options.runs {
            c.run()?;
        }
        println!(
            "{:<14} {:>9.1} {:>9} {:>6} {:>9}   {}",
            program.name,
            c.median(),
            "",
            "",
            c.size,
            c.output.trim()
        );
        return Ok(Measured { ratio: None, stages: Times::default() });
    }
    let (wasm, stages) =
        gal::compile(&program.gal, gal::Build { backend: options.backend, no_opt: options.no_opt })?;
    let mut gal = Subject::new(engine, wasm)?;
    for _ in 0..options.runs {
        c.run()?;
        gal.run()?;
    }
    if c.output != gal.output {
        return Err(format!("C prints {:?}, GAL prints {:?}", c.output, gal.output));
    }
    let ratio = gal.median() / c.median();
    let (c_ms, gal_ms) = (c.median(), gal.median());
    println!("{:<14} {c_ms:>9.1} {gal_ms:>9.1} {ratio:>6.2} {:>9} {:>9}", program.name, c.size, gal.size);
    Ok(Measured { ratio: Some(ratio), stages })
}

fn summary(ratios: &[(f64, String)], stages: &Times) {
    let Some((worst, name)) = ratios.iter().max_by(|a, b| a.0.total_cmp(&b.0)) else { return };
    let all: Vec<f64> = ratios.iter().map(|(ratio, _)| *ratio).collect();
    let mean = geometric_mean(&all);
    let verdict = |holds: bool| if holds { "reached" } else { "missed" };
    println!("\ngeometric mean {mean:.2} (at most {MEAN_LIMIT}: {})", verdict(mean <= MEAN_LIMIT));
    println!("worst {worst:.2}, {name} (at most {WORST_LIMIT}: {})", verdict(*worst <= WORST_LIMIT));
    println!("\ncompiling the {} GAL programs, by stage", ratios.len());
    for (stage, time) in Stage::ALL.iter().zip(&stages.stages) {
        println!("{:<14} {:>9.2} ms", stage.name(), milliseconds(*time));
    }
    println!("{:<14} {:>9.2} ms", "total", milliseconds(stages.total()));
}

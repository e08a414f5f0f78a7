//! The compute programs, GAL against C, on the terminal: for work on the compiler.

use crate::contenders::Platform;
use crate::gal::Times;
use crate::limits::{WASM_BACKEND, limit, verdict};
use crate::programs::{Program, programs};
use crate::stats::{geometric_mean, median, milliseconds};
use crate::subject::{Host, Subject};
use crate::{Options, Result, clang, gal, root, target, tools};
use driver::{BackendKind, Stage};
use std::process::Command;
use std::time::Duration;

/// A module that is measured.
struct Runner {
    subject: Subject,
    size: usize,
    times: Vec<Duration>,
    output: String,
}

impl Runner {
    fn new(host: &Host, wasm: Vec<u8>) -> Result<Runner> {
        let size = wasm.len();
        Ok(Runner { subject: host.load_module(wasm)?, size, times: Vec::new(), output: String::new() })
    }

    fn run(&mut self, host: &Host) -> Result {
        let run = host.run(&self.subject)?;
        self.output = run.output;
        self.times.push(run.time);
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
    let host = Host::new(Platform::Wasm)?;
    let mut ratios = Vec::new();
    let mut stages = Times::default();
    let mut failures = Vec::new();
    for program in programs(&options.only)? {
        match measure(&program, compiler, &host, options) {
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
    summary(&ratios, &stages, options);
    if failures.is_empty() { Ok(()) } else { Err(format!("not measured: {}", failures.join(", "))) }
}

struct Measured {
    ratio: Option<f64>,
    stages: Times,
}

fn measure(program: &Program, compiler: &str, host: &Host, options: &Options) -> Result<Measured> {
    let mut c = Runner::new(host, compile_c(compiler, program, options.has_simd())?)?;
    if options.c_only {
        for _ in 0..options.runs {
            c.run(host)?;
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
    let source = format!("benches/gal/{}.gal", program.stem());
    let build = gal::Build { backend: options.backend, no_opt: options.no_opt, is_native: false };
    let (wasm, stages) = gal::compile(&source, build)?;
    let mut gal = Runner::new(host, wasm)?;
    for _ in 0..options.runs {
        c.run(host)?;
        gal.run(host)?;
    }
    if c.output != gal.output {
        return Err(format!("C prints {:?}, GAL prints {:?}", c.output, gal.output));
    }
    let ratio = gal.median() / c.median();
    let (c_ms, gal_ms) = (c.median(), gal.median());
    println!("{:<14} {c_ms:>9.1} {gal_ms:>9.1} {ratio:>6.2} {:>9} {:>9}", program.name, c.size, gal.size);
    Ok(Measured { ratio: Some(ratio), stages })
}

fn compile_c(compiler: &str, program: &Program, has_simd: bool) -> Result<Vec<u8>> {
    let folder = target().join("bench");
    std::fs::create_dir_all(&folder)
        .map_err(|error| format!("cannot make `{}`: {error}", folder.display()))?;
    let output = folder.join(program.stem()).with_extension("wasm");
    let mut command = Command::new(compiler);
    command.args(clang::WASM_FLAGS).args(["-O3", if has_simd { "-msimd128" } else { "-mno-simd128" }]);
    command.arg(root().join(format!("benches/c/{}.c", program.stem()))).arg("-o").arg(&output);
    tools::run(command)?;
    std::fs::read(&output).map_err(|error| format!("cannot read `{}`: {error}", output.display()))
}

fn summary(ratios: &[(f64, String)], stages: &Times, options: &Options) {
    let Some((worst, name)) = ratios.iter().max_by(|a, b| a.0.total_cmp(&b.0)) else { return };
    let all: Vec<f64> = ratios.iter().map(|(ratio, _)| *ratio).collect();
    let mean = geometric_mean(&all);
    let limit = if options.backend == BackendKind::Llvm { limit(Platform::Wasm) } else { WASM_BACKEND };
    println!("\ngeometric mean {mean:.2} ({})", verdict(mean, limit.mean));
    let worst_verdict = limit.worst.map_or(String::new(), |limit| format!(" ({})", verdict(*worst, limit)));
    println!("worst {worst:.2}, {name}{worst_verdict}");
    println!("\ncompiling the {} GAL programs, by stage", ratios.len());
    for (stage, time) in Stage::ALL.iter().zip(&stages.stages) {
        println!("{:<14} {:>9.2} ms", stage.name(), milliseconds(*time));
    }
    println!("{:<14} {:>9.2} ms", "total", milliseconds(stages.total()));
}

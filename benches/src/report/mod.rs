//! `bench --write`: measures everything and writes `docs/benchmarks.md`.

mod machine;
mod markdown;
pub mod tables;

use crate::contenders::{self, ALL, Contender, Goal, Platform};
use crate::measure::{Table, measure};
use crate::programs::{Program, WORD_COUNT, programs};
use crate::sources::Size;
use crate::stats::milliseconds;
use crate::{Options, Result, costs, gal, root, tools};
use driver::{BackendKind, Stage};
use markdown::Grid;
use std::path::Path;

/// From the root.
const FILE: &str = "docs/benchmarks.md";

/// Behind it is what `bench actors --write` writes.
const ACTORS_MARK: &str = "\n<!-- actors -->\n";

const INTRODUCTION: &str = "\
# Benchmarks

`cargo xtask bench --write` wrote this page, numbers and versions included; change nothing by hand.
`benches/README.md` says what the programs are, and how they are measured.

A ratio is a program's time divided by that of C: below 1 is faster than C. Shown are the median of the runs and, in
brackets, the fastest and the slowest run, both divided by C's median. The runs of all languages take turns. An en dash
stands for what is missing, and below the table is said why. Verdicts are about the mean of all programs of the page,
and so about the project's bounds only where all fourteen are measured.
";

pub fn write(options: &Options) -> Result {
    let programs = programs(&options.only)?;
    let mut page = INTRODUCTION.to_string();
    let (count, runs) = (programs.len(), options.runs);
    page.push_str(&format!("\nPrograms: {count}. Runs of each: {runs}.\n\n{}", facts(ALL)));
    let mut measured = Vec::new();
    for platform in Platform::ALL {
        let (table, text) = speed(platform, &programs, options.runs)?;
        page.push_str(&text);
        measured.push((platform, table));
    }
    page.push_str(&sizes(&programs)?);
    page.push_str(&compile_times(&measured, &programs)?);
    page.push_str(&memory(&measured));
    page.push_str(&costs::page(&programs, options.runs)?);
    page.push_str(&commands());
    // Those are measured apart: what is written of them stays.
    let before = written()?;
    if let Some((_, part)) = before.split_once(ACTORS_MARK) {
        page.push_str(&format!("{ACTORS_MARK}{part}"));
    }
    save(&page)
}

/// Puts the part about actors, which is the last one, in the place of the one that is there.
pub fn write_actors(part: &str) -> Result {
    let before = written()?;
    let rest = before.split_once(ACTORS_MARK).map_or(before.as_str(), |(rest, _)| rest);
    save(&format!("{rest}{ACTORS_MARK}{part}"))
}

/// The page as it is; nothing if there is none.
fn written() -> Result<String> {
    match std::fs::read_to_string(root().join(FILE)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        other => other.map_err(|error| format!("cannot read `{FILE}`: {error}")),
    }
}

fn save(page: &str) -> Result {
    let path = root().join(FILE);
    std::fs::write(&path, page).map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
    println!("{FILE} is written");
    Ok(())
}

/// Machine and versions.
pub fn facts(contenders: &[&'static dyn Contender]) -> String {
    let mut grid = Grid::of_words(["measured", ""]);
    machine::facts().into_iter().for_each(|(name, value)| grid.row([name.to_string(), value]));
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap_or_default();
    let wasmtime = machine::locked_version(&lock, "wasmtime").unwrap_or("unknown".to_string());
    grid.row(["runs modules".to_string(), format!("wasmtime {wasmtime}")]);
    if let Ok(version) = tools::version(Path::new("wasm-ld-22"), "--version") {
        grid.row(["links C and GAL (LLVM)".to_string(), version]);
    }
    for contender in contenders {
        let versions: Vec<Result<String>> =
            contender.platforms().iter().map(|platform| contender.version(*platform)).collect();
        let text = match versions.iter().find_map(|version| version.as_ref().ok()) {
            Some(version) => version.clone(),
            None => "missing".to_string(),
        };
        grid.row([contender.name().to_string(), text]);
    }
    grid.text()
}

/// Those that take part on a platform, and lines about those that do not.
pub fn installed(platform: Platform) -> (Vec<&'static dyn Contender>, String) {
    installed_of(ALL, platform)
}

/// The same of some contenders.
pub fn installed_of(
    all: &[&'static dyn Contender],
    platform: Platform,
) -> (Vec<&'static dyn Contender>, String) {
    let mut taking_part = Vec::new();
    let mut missing = String::new();
    for contender in all.iter().copied().filter(|contender| contender.platforms().contains(&platform)) {
        match contender.version(platform) {
            Ok(_) => taking_part.push(contender),
            Err(error) => missing.push_str(&format!("- missing: {}: {error}\n", contender.name())),
        }
    }
    (taking_part, missing)
}

fn speed(platform: Platform, programs: &[Program], runs: usize) -> Result<(Table, String)> {
    let (taking_part, missing) = installed(platform);
    if taking_part.first().is_none_or(|first| first.name() != ALL[0].name()) {
        return Err(format!("there is nothing to compare with:\n{missing}"));
    }
    warm_up(&taking_part, platform);
    let table = measure(&taking_part, programs, platform, runs)?;
    let is_gal: Vec<bool> = taking_part.iter().map(|contender| contender.is_gal()).collect();
    let text = format!(
        "\n## Run time, {}\n\n{}\n{}\n{}{missing}",
        platform.name(),
        tables::times(&table),
        tables::verdicts(&table, platform, &is_gal),
        tables::faults(&table)
    );
    Ok((table, text))
}

/// Lets compilers build their libraries, which they do once, so that nothing measures it. What fails here is told by what
/// is measured.
fn warm_up(taking_part: &[&dyn Contender], platform: Platform) {
    for contender in taking_part {
        println!("{}: {}", platform.name(), contender.name());
        let _ = contenders::build(*contender, &Program::hello(), platform, Goal::Speed, Size::Full);
    }
}

fn sizes(programs: &[Program]) -> Result<String> {
    let (taking_part, _) = installed(Platform::Wasm);
    let mut measured = vec![Program::hello()];
    measured.extend(programs.iter().filter(|program| program.name == WORD_COUNT).cloned());
    let mut grid = Grid::new(std::iter::once("").chain(measured.iter().map(|program| program.name.as_str())));
    let mut faults = String::new();
    for contender in taking_part {
        let mut row = vec![contender.name().to_string()];
        for program in &measured {
            let built = contenders::build(contender, program, Platform::Wasm, Goal::Smallness, Size::Full);
            row.push(built.as_ref().map_or("–".to_string(), |built| built.size.to_string()));
            if let Err(error) = built {
                faults.push_str(&format!("- missing: {}, {}: {error}\n", contender.name(), program.name));
            }
        }
        grid.row(row);
    }
    Ok(format!(
        "\n## Size of modules\n\nBytes, compiled to be small, before compression.\n\n{}\n{faults}",
        grid.text()
    ))
}

fn compile_times(measured: &[(Platform, Table)], programs: &[Program]) -> Result<String> {
    let mut text = "\n## Compile time\n\nFrom the start of the compiler's process to its end, with its library compiled \
                    before, optimising as for the run times.\n"
        .to_string();
    for (platform, table) in measured {
        text.push_str(&format!("\n{}:\n\n{}", platform.name(), tables::compile_times(table)));
    }
    text.push_str(&format!(
        "\nGAL by stage, in milliseconds for all programs together, in a process that goes on:\n\n{}",
        stages(programs)?
    ));
    Ok(text)
}

/// The stages of GAL's compiler.
fn stages(programs: &[Program]) -> Result<String> {
    let mut builds = vec![("GAL", BackendKind::Wasm, false)];
    if gal::has_llvm() {
        builds.extend([
            ("GAL (LLVM), wasm32", BackendKind::Llvm, false),
            ("GAL (LLVM), native", BackendKind::Llvm, true),
        ]);
    }
    let mut columns = Vec::new();
    for (_, backend, is_native) in &builds {
        let mut sum = gal::Times::default();
        for program in programs {
            let source = format!("benches/gal/{}.gal", program.stem());
            let build = gal::Build { backend: *backend, no_opt: false, is_native: *is_native };
            sum.add(&gal::compile(&source, build)?.1);
        }
        columns.push(sum);
    }
    let mut grid = Grid::new(std::iter::once("stage").chain(builds.iter().map(|(name, ..)| *name)));
    for stage in Stage::ALL {
        let times = columns.iter().map(|sum| format!("{:.1}", milliseconds(sum.stages[stage as usize])));
        grid.row(std::iter::once(stage.name().to_string()).chain(times));
    }
    let totals = columns.iter().map(|sum| format!("{:.1}", milliseconds(sum.total())));
    grid.row(std::iter::once("total".to_string()).chain(totals));
    Ok(grid.text())
}

fn memory(measured: &[(Platform, Table)]) -> String {
    let mut text = "\n## Peak memory\n\nMiB. Of modules the size of the linear memory, of executables what the system gave \
                    the process at most.\n"
        .to_string();
    for (platform, table) in measured {
        text.push_str(&format!("\n{}:\n\n{}", platform.name(), tables::memory(table)));
    }
    text
}

/// How everybody compiles.
fn commands() -> String {
    let mut text =
        "\n## Commands\n\nHow hello world is compiled for each table, without the folders of files and \
                    caches.\n"
            .to_string();
    let kinds = [
        (Platform::Wasm, Goal::Speed, "wasm32, run time"),
        (Platform::Native, Goal::Speed, "x86-64 Linux, run time"),
        (Platform::Wasm, Goal::Smallness, "wasm32, size"),
    ];
    for (platform, goal, name) in kinds {
        text.push_str(&format!("\n{name}:\n\n```text\n"));
        for contender in installed(platform).0 {
            text.push_str(&format!("{}\n", contenders::shown_command(contender, platform, goal)));
        }
        text.push_str("```\n");
    }
    text
}

//! What checks cost and what SIMD gains, in GAL alone.

use crate::contenders::{self, Contender, Gal, Goal, Platform};
use crate::measure::{Row, Table, measure, race};
use crate::programs::Program;
use crate::report::tables;
use crate::sources::{self, Size};
use crate::subject::Host;
use crate::{Result, gal, root};
use driver::BackendKind;
use std::path::Path;

/// The sections of the page.
pub fn page(programs: &[Program], runs: usize) -> Result<String> {
    let mut text = "\n## Cost of checks of array bounds\n\nThe time with the checks, and the time with `--unchecked-bounds` \
                    as a ratio to it, on wasm32.\n"
        .to_string();
    for (name, backend) in backends() {
        let pair = [Gal::checked("checked", backend), Gal::unchecked("unchecked", backend)];
        text.push_str(&compared(name, &pair, programs, runs)?);
    }
    text.push_str(
        "\n## Cost of counting owners\n\nThe time with counts, and the time with `--uncounted` as a ratio to it, on wasm32. \
         Without counts nothing is freed either; whether a value has one owner is still asked. A program that then prints \
         something else, or has not enough memory, is left out.\n",
    );
    for (name, backend) in backends() {
        let pair = [Gal::checked("counted", backend), Gal::uncounted("uncounted", backend)];
        text.push_str(&compared(name, &pair, programs, runs)?);
    }
    let pairs = simd_pairs(&root().join("benches/gal"))?;
    text.push_str("\n## SIMD\n\n");
    if pairs.is_empty() {
        text.push_str("There are no programs with SIMD in `benches/gal` yet.\n");
        return Ok(text);
    }
    text.push_str(
        "The time of the program with scalars, and that of the one with SIMD as a ratio to it, on wasm32.\n",
    );
    for (name, backend) in backends() {
        let table = race_pairs(&pairs, &Gal::checked(name, backend), runs)?;
        text.push_str(&format!("\n{name}:\n\n{}{}", tables::times(&table), tables::faults(&table)));
    }
    Ok(text)
}

fn compared(name: &str, pair: &[Gal; 2], programs: &[Program], runs: usize) -> Result<String> {
    let pair: Vec<&dyn Contender> = pair.iter().map(|contender| contender as &dyn Contender).collect();
    let table = measure(&pair, programs, Platform::Wasm, runs)?;
    Ok(format!("\n{name}:\n\n{}{}", tables::times(&table), tables::faults(&table)))
}

fn backends() -> Vec<(&'static str, BackendKind)> {
    let all = [("GAL", BackendKind::Wasm), ("GAL (LLVM)", BackendKind::Llvm)];
    all.into_iter().filter(|(_, backend)| *backend == BackendKind::Wasm || gal::has_llvm()).collect()
}

/// The names for which there are `simd_NAME_scalar.gal` and `simd_NAME.gal`.
fn simd_pairs(folder: &Path) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("`{}`: {error}", folder.display()))?;
    let files = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = files
        .filter_map(|file| Some(file.strip_prefix("simd_")?.strip_suffix("_scalar.gal")?.to_string()))
        .filter(|name| folder.join(format!("simd_{name}.gal")).exists())
        .collect();
    names.sort();
    Ok(names)
}

fn race_pairs(names: &[String], contender: &dyn Contender, runs: usize) -> Result<Table> {
    let host = Host::new(Platform::Wasm)?;
    let folder = root().join("benches/gal");
    let row = |name: &String| {
        println!("SIMD: {name}");
        let build = |stem: String| {
            let program = Program { name: stem, small: Vec::new() };
            let source = sources::prepare(&folder, "gal", "simd", &program, Size::Full)?;
            contenders::compile(contender, source, Platform::Wasm, Goal::Speed)
        };
        let built = vec![build(format!("simd_{name}_scalar")), build(format!("simd_{name}"))];
        Row { program: name.clone(), cells: race(&host, built, runs) }
    };
    Ok(Table { names: vec!["scalar", "SIMD"], rows: names.iter().map(row).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_found_by_their_names() {
        let folder = std::env::temp_dir().join(format!("gal-bench-pairs-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("it can be made");
        for file in ["simd_b.gal", "simd_b_scalar.gal", "simd_a_scalar.gal", "simd_c.gal", "sort.gal"] {
            std::fs::write(folder.join(file), "").expect("it can be written");
        }
        assert_eq!(simd_pairs(&folder), Ok(vec!["b".to_string()]));
        std::fs::remove_dir_all(&folder).expect("it is there");
        assert!(simd_pairs(&folder).is_err());
    }
}

//! `bench actors`: programs with actors, GAL against the floor that C is and against other languages with actors or channels.

use crate::contenders::{ACTORS, Contender, Platform};
use crate::limits::{ACTOR_LIMITS, ActorLimit};
use crate::measure::{Table, measure};
use crate::programs::{List, Program, listed};
use crate::report::{self, installed_of, tables};
use crate::{Options, Result, root, sources};

const INTRODUCTION: &str = "
## Actors

C is the floor: the same messages and nothing of a runtime, one message allocated from a pool and freed, one push and one pop of a list, one
`switch`. `cargo xtask bench actors --write` wrote this part, with other runs than those of the rest of the page.
";

/// Prints a table of each platform: milliseconds of C, and ratios to it.
pub fn actors(options: &Options) -> Result {
    let page = page(options)?;
    match options.is_write {
        true => report::write_actors(&page),
        false => {
            println!("{page}");
            Ok(())
        }
    }
}

/// The part of `docs/benchmarks.md` about them.
pub fn page(options: &Options) -> Result<String> {
    let programs = listed(List::Actors, &options.only)?;
    let mut page = INTRODUCTION.to_string();
    page.push_str(&format!("\nRuns of each: {}.\n\n{}", options.runs, report::facts(ACTORS)));
    for platform in Platform::ALL {
        let (taking_part, missing) = installed_of(ACTORS, platform);
        if taking_part.first().is_none_or(|first| first.name() != ACTORS[0].name()) {
            return Err(format!("there is nothing to compare with:\n{missing}"));
        }
        let table = measure(&taking_part, &programs, platform, options.runs)?;
        page.push_str(&format!(
            "\n### {}\n\n{}\nNanoseconds of one operation, and what they should be at most:\n\n{}\n{}{missing}",
            platform.name(),
            tables::times(&table),
            operations(&table, &taking_part, &programs)?,
            tables::faults(&table)
        ));
    }
    Ok(page)
}

/// What one operation takes, where a program is of nothing else.
fn operations(table: &Table, taking_part: &[&dyn Contender], programs: &[Program]) -> Result<String> {
    let is_gal: Vec<bool> = taking_part.iter().map(|contender| contender.is_gal()).collect();
    let rows = programs.iter().filter_map(|program| {
        let limit = ACTOR_LIMITS.iter().find(|limit| limit.program == program.name)?;
        Some(count(program, limit).map(|count| (limit, count)))
    });
    Ok(tables::operations(table, &is_gal, &rows.collect::<Result<Vec<_>>>()?))
}

/// How many operations a program has, by the constant in its source.
fn count(program: &Program, limit: &ActorLimit) -> Result<f64> {
    let file = format!("benches/gal/{}.gal", program.stem());
    let text = std::fs::read_to_string(root().join(&file)).map_err(|error| format!("{file}: {error}"))?;
    let value = sources::constant(&text, limit.constant);
    let value = value.ok_or(format!("{file}: there is no line that defines `{}`", limit.constant))?;
    Ok(value as f64 * limit.each)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_has_its_operations() {
        let programs = listed(List::Actors, &[]).expect("the list is right");
        for program in &programs {
            let limit = ACTOR_LIMITS.iter().find(|limit| limit.program == program.name);
            let limit = limit.unwrap_or_else(|| panic!("{} has no operation", program.name));
            assert!(count(program, limit).expect("the constant is there") >= 1e6, "{}", program.name);
        }
        assert_eq!(programs.len(), ACTOR_LIMITS.len());
    }
}

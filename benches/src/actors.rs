//! `bench actors`: programs with actors, GAL against the floor that C is and against other languages with actors or channels.

use crate::contenders::{ACTORS, Platform};
use crate::measure::measure;
use crate::programs::{List, listed};
use crate::report::{installed_of, tables};
use crate::{Options, Result};

/// Prints a table of each platform: milliseconds of C, and ratios to it.
pub fn actors(options: &Options) -> Result {
    let programs = listed(List::Actors, &options.only)?;
    for platform in Platform::ALL {
        let (taking_part, missing) = installed_of(ACTORS, platform);
        if taking_part.first().is_none_or(|first| first.name() != ACTORS[0].name()) {
            return Err(format!("there is nothing to compare with:\n{missing}"));
        }
        let table = measure(&taking_part, &programs, platform, options.runs)?;
        println!("\n{}\n\n{}\n{}{missing}", platform.name(), tables::times(&table), tables::faults(&table));
    }
    Ok(())
}

//! `bench --check` and `bench actors --check`: every program of everybody who is installed, small, prints the same line as C's. Nothing is timed.

use crate::contenders::{self, ACTORS, ALL, Contender, Goal, Platform};
use crate::programs::{List, Program, listed};
use crate::report::installed_of;
use crate::sources::Size;
use crate::subject::Host;
use crate::{Options, Result};

pub fn check(options: &Options) -> Result {
    let mut programs = listed(List::Programs, &options.only)?;
    programs.push(Program::hello());
    check_all(ALL, &programs)
}

pub fn check_actors(options: &Options) -> Result {
    check_all(ACTORS, &listed(List::Actors, &options.only)?)
}

fn check_all(contenders: &[&'static dyn Contender], programs: &[Program]) -> Result {
    // Most of the time goes into compilers that have one thread.
    let results: Vec<Result<Vec<String>>> = std::thread::scope(|scope| {
        let threads =
            Platform::ALL.map(|platform| scope.spawn(move || check_platform(platform, contenders, programs)));
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|_| Err("the bench panicked".to_string()))
        };
        threads.map(join).into_iter().collect()
    });
    let faults = results.into_iter().collect::<Result<Vec<_>>>()?.concat();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// Prints who was tested, and returns what is wrong.
fn check_platform(
    platform: Platform,
    contenders: &[&'static dyn Contender],
    programs: &[Program],
) -> Result<Vec<String>> {
    let (taking_part, missing) = installed_of(contenders, platform);
    missing.lines().for_each(|line| println!("skipped: {}: {}", platform.name(), &line[2..]));
    let host = Host::new(platform)?;
    let mut faults = Vec::new();
    for program in programs {
        let expected = line(&host, contenders[0], program, platform)?;
        for contender in taking_part.iter().skip(1) {
            let fault = match line(&host, *contender, program, platform) {
                Ok(printed) if printed == expected => continue,
                Ok(printed) => format!("prints {printed:?}, C prints {expected:?}"),
                Err(error) => error,
            };
            faults.push(format!("{}, {}, {}: {fault}", platform.name(), contender.name(), program.name));
        }
    }
    let names: Vec<&str> = taking_part.iter().map(|contender| contender.name()).collect();
    println!("{}: {} cases ({})", platform.name(), programs.len() * names.len(), names.join(", "));
    Ok(faults)
}

/// What a small program prints.
fn line(host: &Host, contender: &dyn Contender, program: &Program, platform: Platform) -> Result<String> {
    let built = contenders::build(contender, program, platform, Goal::Speed, Size::Small)?;
    Ok(host.run(&host.load(&built.file)?)?.output)
}

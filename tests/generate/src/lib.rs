//! Makes programs at random: well typed, ending, deterministic, and printing what they compute, so that all ways of compiling
//! one must agree. Entry points: [`generate`] for a seed, [`replay`] for a list of choices, [`shrink`] for smaller programs.
//!
//! A seed stands for the same program only as long as this crate does not change; a program that once showed a fault is
//! kept as a file. The tables of what can be made are `ROWS`, `FORMS` and `CHANGES`; adding a construct is adding a row.

mod choices;
mod collections;
mod coverage;
mod functions;
mod generator;
mod iso;
mod items;
mod literals;
mod mutation;
mod numbers;
mod patterns;
mod prelude;
mod shrink;
mod statements;
mod text;
mod types;
mod values;

pub use choices::{Choices, Record};
pub use coverage::constructs;
pub use shrink::shrink;

use generator::{Generator, Row};
use std::collections::BTreeMap;

/// A program with what made it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    pub text: String,
    /// Overflow is to be checked in all configurations, or in none.
    pub checks_overflow: bool,
    pub record: Record,
    /// How often each construct was made.
    pub covered: BTreeMap<&'static str, usize>,
}

/// The program of a seed.
pub fn generate(seed: u64) -> Program {
    program(Choices::random(seed))
}

/// The program of a list of choices.
pub fn replay(made: &[u64]) -> Program {
    program(Choices::replay(made))
}

fn program(choices: Choices) -> Program {
    let mut g = Generator::new(choices);
    g.adts.push(prelude::fault());
    g.checks = g.choices.chance(1, 2);
    g.panics = g.choices.chance(1, 3);
    let nodes = [20, 40, 80][g.choices.index(3)];
    loop {
        let start = g.choices.open();
        if g.items.len() > 12 || !g.choices.chance(7, 8) {
            break;
        }
        match g.choices.weighted(&[8, 3, 3, 2, 2, 4, 3]) {
            0 => g.function(nodes),
            1 => g.structure(),
            2 => g.enumeration(),
            3 => g.declare_trait(),
            4 => g.implementation(),
            5 => g.method(nodes / 2),
            _ => g.constant(),
        }
        g.choices.close(choices::Kind::Element, start);
    }
    g.main(40 + 3 * nodes);
    let text = prelude::with_used(&g.items.join("\n\n"));
    Program { text, checks_overflow: g.checks, record: g.choices.finish(), covered: g.covered }
}

/// What expressions can be made of; the first table is for expressions that must be small.
fn tables() -> &'static [&'static [Row]] {
    &[literals::ROWS, numbers::ROWS, text::ROWS, collections::ROWS, values::ROWS]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What no program exceeds; a function has some hundred parts, and there are at most some twenty.
    const BYTES_MAX: usize = 400_000;

    #[test]
    fn a_seed_stands_for_one_program() {
        for seed in 0..40 {
            assert_eq!(generate(seed), generate(seed));
        }
        assert_ne!(generate(1).text, generate(2).text);
    }

    #[test]
    fn a_program_is_made_again_from_its_choices() {
        for seed in 0..40 {
            let program = generate(seed);
            assert_eq!(replay(&program.record.made), program, "seed {seed}");
        }
    }

    #[test]
    fn no_program_is_too_large() {
        let sizes: Vec<usize> = (0..400).map(|seed| generate(seed).text.len()).collect();
        assert!(sizes.iter().all(|size| *size < BYTES_MAX), "{:?}", sizes.iter().max());
        let mean = sizes.iter().sum::<usize>() / sizes.len();
        assert!((2_000..30_000).contains(&mean), "{mean}");
    }

    #[test]
    fn the_empty_list_gives_the_smallest_program() {
        let text = replay(&[]).text;
        assert!(text.contains("fn main()") && text.lines().count() < 20, "{text}");
    }

    /// Any list must do, since shrinking makes all kinds.
    #[test]
    fn every_list_gives_a_program() {
        let mut rng = choices::Rng::new(5);
        for seed in 0..60 {
            let mut made = generate(seed).record.made;
            for _ in 0..5 {
                let at = rng.next() as usize % made.len();
                made[at] = rng.next();
                made.drain(at..(at + 3).min(made.len()));
            }
            assert!(replay(&made).text.contains("fn main()"));
        }
    }

    /// A planted fault: a program fails if it reverses behind a loop.
    #[test]
    fn a_failing_program_is_made_small() {
        let fails = |program: &Program| {
            let in_loop = program.text.split_once("for ").map(|(_, rest)| rest);
            in_loop.is_some_and(|rest| rest.contains(".reverse()"))
        };
        let first = (0..).map(generate).find(fails).expect("some program reverses");
        let before = first.text.lines().count();
        let small = shrink(first.record, 4_000, &mut |made| {
            let program = replay(made);
            let fails = fails(&program);
            (program.record, fails)
        });
        let program = replay(&small.made);
        assert!(fails(&program));
        let after = program.text.lines().count();
        assert!(after <= 60 && after < before, "{before} lines, then {after}:\n{}", program.text);
    }

    #[test]
    fn names_of_constructs_are_unique() {
        let mut names: Vec<&str> = constructs().collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}

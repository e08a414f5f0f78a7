//! The text form: what is printed parses to the same module, and what is wrong is named with its place.

use lir::random::{RandomOptions, Shape, random_module};
use lir::{parse_module, print_module, verify};

#[track_caller]
fn check_round_trip(text: &str) {
    let module = parse_module(text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let printed = print_module(&module);
    let again = parse_module(&printed).unwrap_or_else(|e| panic!("{e}\n{printed}"));
    assert_eq!(again, module, "{printed}");
    assert_eq!(print_module(&again), printed);
}

#[test]
fn random_modules_round_trip_and_verify() {
    for &shape in Shape::ALL {
        for seed in 0..60 {
            let opts = RandomOptions { atomics: true, vectors: true, ..RandomOptions::new(shape) };
            let module = random_module(seed, &opts);
            if let Err(errors) = verify(&module) {
                panic!("seed {seed}: {}\n{}", errors[0], print_module(&module));
            }
            check_round_trip(&print_module(&module));
        }
    }
}

//! What the project wants to reach, as ratios to C.

use crate::contenders::Platform;

/// Bounds of the geometric mean of all programs, and of the worst one.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Limit {
    pub mean: f64,
    pub worst: Option<f64>,
}

const WASM: Limit = Limit { mean: 1.15, worst: Some(1.7) };
const NATIVE: Limit = Limit { mean: 1.12, worst: None };
/// Of the wasm backend, against C without SIMD.
pub const WASM_BACKEND: Limit = Limit { mean: 1.6, worst: Some(2.5) };

/// What a program with actors does so often that nothing else counts, and how long it may take.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ActorLimit {
    pub program: &'static str,
    pub operation: &'static str,
    /// The constant in its source, and how many operations there are for each of what it counts.
    pub constant: &'static str,
    pub each: f64,
    /// Ratio to C.
    pub ratio: Option<f64>,
    pub nanos: Option<f64>,
}

#[rustfmt::skip]
pub const ACTOR_LIMITS: [ActorLimit; 6] = [
    ActorLimit { program: "ping-pong", operation: "message to and fro", constant: "ROUNDS", each: 2.0, ratio: Some(2.0), nanos: None },
    ActorLimit { program: "counting", operation: "message to one", constant: "MESSAGES", each: 1.0, ratio: Some(2.0), nanos: Some(100.0) },
    ActorLimit { program: "thread-ring", operation: "message in a ring", constant: "HOPS", each: 1.0, ratio: None, nanos: None },
    // A million leaves are of 1,111,111 actors.
    ActorLimit { program: "skynet", operation: "actor with its answer", constant: "LEAVES", each: 10.0 / 9.0, ratio: Some(2.0), nanos: None },
    ActorLimit { program: "spawn", operation: "actor with two messages", constant: "ACTORS", each: 1.0, ratio: None, nanos: Some(100.0) },
    ActorLimit { program: "ask", operation: "question with its answer", constant: "QUESTIONS", each: 1.0, ratio: None, nanos: None },
];

pub fn limit(platform: Platform) -> Limit {
    match platform {
        Platform::Wasm => WASM,
        Platform::Native => NATIVE,
    }
}

/// `at most 1.15: reached`
pub fn verdict(value: f64, limit: f64) -> String {
    // As it is shown, so that 1.15 is not more than 1.15.
    let holds = (value * 100.0).round() <= (limit * 100.0).round();
    format!("at most {limit}: {}", if holds { "reached" } else { "missed" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_of_the_rounded_value() {
        assert_eq!(verdict(1.154, 1.15), "at most 1.15: reached");
        assert_eq!(verdict(1.156, 1.15), "at most 1.15: missed");
    }
}

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

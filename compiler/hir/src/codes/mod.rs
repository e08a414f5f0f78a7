//! The diagnostic codes of the checker, with the explanations that `galc explain` shows.
//!
//! Every code has a program that fails with it and a mended one; a test checks both.

mod actors;
mod bodies;
mod declarations;
mod lints;
mod lowering;
mod names;
mod places;
mod traits;
mod types;

use entity::Arrange;

pub use actors::*;
pub use bodies::*;
pub use declarations::*;
pub use lints::*;
pub use lowering::*;
pub use names::*;
pub use places::*;
pub use syntax::codes::CodeInfo;
pub use traits::*;
pub use types::*;

/// Declares codes as constants, and all of them as a table.
macro_rules! codes {
    ($table:ident: $($name:ident = $code:literal, $title:literal, $explanation:literal;)*) => {
        $(#[doc = $title] pub const $name: &str = $code;)*
        pub(super) const $table: &[super::CodeInfo] =
            &[$(super::CodeInfo { code: $code, title: $title, explanation: $explanation }),*];
    };
}
use codes;

const PARTS: [&[CodeInfo]; 9] = [ACTORS, NAMES, TYPES, TRAITS, DECLARATIONS, BODIES, PLACES, LINTS, LOWERING];

/// Codes that the checker does not report: what reports them comes behind it.
pub const BEHIND_THE_CHECKER: &[CodeInfo] = LOWERING;

const COUNT: usize = {
    let (mut n, mut i) = (0, 0);
    while i < PARTS.len() {
        n += PARTS[i].len();
        i += 1;
    }
    n
};

/// All codes of this phase.
pub const CODES: &[CodeInfo] = &join();

/// Those of the phases before as well, in the order of the codes.
pub fn all() -> Vec<&'static CodeInfo> {
    let mut codes: Vec<&'static CodeInfo> = syntax::codes::CODES.iter().chain(CODES).collect();
    codes.arrange_by_key(|info| info.code);
    codes
}

const fn join() -> [CodeInfo; COUNT] {
    let mut all = [CodeInfo { code: "", title: "", explanation: "" }; COUNT];
    let (mut n, mut i) = (0, 0);
    while i < PARTS.len() {
        let mut j = 0;
        while j < PARTS[i].len() {
            all[n] = PARTS[i][j];
            n += 1;
            j += 1;
        }
        i += 1;
    }
    all
}

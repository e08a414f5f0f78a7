//! What the playground knows without a browser: documents, links, runs, the tour, and what its parts tell each other.
//!
//! Nothing here touches a page, a clock or storage, so that all of it is tested natively. The page (`playground/page`)
//! draws these values and feeds them events; the compiler's worker (`playground/compiler` and `playground/extra`) takes and gives
//! [`protocol`].

pub mod arguments;
pub mod commands;
pub mod diagram;
pub mod document;
pub mod limits;
pub mod own;
pub mod protocol;
pub mod queue;
pub mod route;
pub mod run;
pub mod share;
pub mod supervision;
pub mod telling;
pub mod timeline;
pub mod tour;
pub mod trace;
pub mod world;

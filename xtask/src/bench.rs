//! `cargo xtask bench`: builds the bench in release and runs it; see `benches/README.md`.

use crate::Result;
use crate::process::{cargo, run};

pub fn bench(args: &[String]) -> Result {
    let mut command = cargo(&["run", "--quiet", "--release", "--package", "benches", "--"]);
    command.args(args);
    run(command)
}

//! `cargo xtask bench`: builds the bench in release and runs it; see `benches/README.md`.

use crate::Result;
use crate::process::{cargo, run};

pub fn bench(args: &[String]) -> Result {
    // The bench starts galc as a process of its own, from beside itself.
    run(cargo(&["build", "--quiet", "--release", "--package", "galc"]))?;
    let mut command = cargo(&["run", "--quiet", "--release", "--package", "benches", "--"]);
    command.args(args);
    run(command)
}

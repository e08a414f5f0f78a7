//! `cargo xtask bench`: builds the bench in release and runs it; see `benches/README.md`.

use crate::process::{cargo, command, run};
use crate::{Result, llvm, release};

/// Measures galc as it is published.
const PUBLISHED: &str = "--published";

pub fn bench(args: &[String]) -> Result {
    let has_llvm = has_llvm(args);
    if args.iter().any(|arg| arg == PUBLISHED) {
        let benches = release::build(has_llvm)?.join("benches");
        let mut bench = command(&benches.to_string_lossy(), &[]);
        bench.args(args.iter().filter(|arg| *arg != PUBLISHED));
        return run(bench);
    }
    // The bench starts galc as a process of its own, from beside itself.
    let mut galc = cargo(&["build", "--quiet", "--release", "--package", "galc"]);
    let mut bench = cargo(&["run", "--quiet", "--release", "--package", "benches"]);
    if has_llvm {
        galc.args(["--features", "llvm"]);
        bench.args(["--features", "llvm"]);
    }
    run(galc)?;
    bench.arg("--").args(args);
    run(bench)
}

/// Where all is measured, LLVM is if it can be; where it is asked for, what is missing is cargo's to say.
fn has_llvm(args: &[String]) -> bool {
    let mut pairs = args.windows(2);
    if pairs.any(|pair| pair[0] == "--backend" && pair[1] == "llvm") {
        return true;
    }
    let wants_all = args.iter().any(|arg| arg == "--write" || arg == "--check");
    wants_all && llvm::missing().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backend_that_is_asked_for_is_built() {
        let args = |text: &str| text.split(' ').map(str::to_string).collect::<Vec<_>>();
        assert!(has_llvm(&args("compute --runs 3 --backend llvm")));
        assert!(!has_llvm(&args("compute --backend wasm")));
        assert!(!has_llvm(&args("compiler")));
        assert_eq!(has_llvm(&args("--check")), llvm::missing().is_empty());
    }
}

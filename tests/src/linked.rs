//! Targets whose programs are object files: their C compilers, and how this machine runs what those make.
//!
//! A system whose tools are missing is left out, which is said; `cargo xtask setup --full` installs them.

use crate::native::{self, Outcome};
use crate::program::Program;
use crate::tools::on_path;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct System {
    pub target: &'static str,
    compiler: &'static str,
    args: &'static [&'static str],
    /// What runs an executable that is not this machine's own; it takes the name that the program is called by behind `-0`.
    emulator: Option<&'static str>,
}

/// The first is this machine.
pub const SYSTEMS: &[System] = &[
    System { target: "x86_64-linux-gnu", compiler: "cc", args: &[], emulator: None },
    System { target: "i686-linux", compiler: "i686-linux-gnu-gcc", args: &["-static"], emulator: None },
    System {
        target: "aarch64-linux",
        compiler: "aarch64-linux-gnu-gcc",
        args: &["-static"],
        emulator: Some("qemu-aarch64-static"),
    },
    System {
        target: "riscv64-linux",
        compiler: "riscv64-linux-gnu-gcc",
        args: &["-static"],
        emulator: Some("qemu-riscv64-static"),
    },
    System {
        target: "armv7-linux",
        compiler: "arm-linux-gnueabihf-gcc",
        args: &["-static"],
        emulator: Some("qemu-arm-static"),
    },
];

impl System {
    /// Whether its programs can be linked and run, for the check that is named; says so if not.
    pub fn is_here(&self, check: &str) -> bool {
        let missing =
            [Some(self.compiler), self.emulator].into_iter().flatten().find(|tool| on_path(tool).is_none());
        let why = match missing {
            _ if !native::IS_HERE => "this machine is no x86_64-linux".to_string(),
            Some(tool) => format!("{tool} is not installed"),
            None => return true,
        };
        // Past the capture of `println!`, so that it is seen when the test passes.
        let _ = writeln!(std::io::stderr(), "skipped: {check} for {}: {why}", self.target);
        false
    }

    /// Links an object file, and runs what comes of it with the input of a program.
    pub fn run(&self, object: &[u8], program: &Program, timeout: Duration) -> Result<Outcome, String> {
        let folder = tempfile::tempdir().map_err(|e| format!("cannot make a folder: {e}"))?;
        let path = self.link(folder.path(), object)?;
        match self.emulator.and_then(on_path) {
            None => native::run_program(native::called(&path, program), program, timeout),
            Some(emulator) => {
                let mut command = Command::new(emulator);
                command.arg("-0").arg(program.called()).arg(path);
                native::run_program(command, program, timeout)
            }
        }
    }

    fn link(&self, folder: &Path, object: &[u8]) -> Result<PathBuf, String> {
        let (from, to) = (folder.join("program.o"), folder.join("program"));
        std::fs::write(&from, object).map_err(|e| format!("cannot write the object: {e}"))?;
        let mut command = Command::new(self.compiler);
        command.args(self.args).arg(&from).arg("-o").arg(&to).arg("-lm");
        let output = command.output().map_err(|e| format!("{} cannot be run: {e}", self.compiler))?;
        match output.status.success() {
            true => Ok(to),
            false => Err(format!("does not link: {}", String::from_utf8_lossy(&output.stderr))),
        }
    }
}

//! Erlang/OTP, as Debian has it. A program is compiled to the code of its virtual machine; what runs is a script that starts
//! that with the program, so that its start counts.

use super::{Contender, Job, Language, Platform};
use crate::{Result, tools};
use std::path::Path;
use std::process::Command;

/// More processes at once than the virtual machine allows by itself, for a million and what they start.
const SCRIPT: &str = r#"erlc -o "$(dirname "$1")" "$0" &&
printf '#!/bin/sh\nexec erl +P 2000000 -noinput -pa "%s" -eval "%s:main(), halt()."\n' \
    "$(dirname "$1")" "$(basename "$0" .erl)" > "$1" &&
chmod +x "$1""#;

pub struct Erlang;

impl Contender for Erlang {
    fn name(&self) -> &'static str {
        "Erlang"
    }

    fn language(&self) -> Language {
        Language { folder: "erlang", extension: "erl" }
    }

    fn platforms(&self) -> &'static [Platform] {
        &[Platform::Native]
    }

    fn version(&self, _platform: Platform) -> Result<String> {
        let missing = || "`erl` is not installed; Debian's package `erlang-base` has it".to_string();
        let release = "io:put_chars(erlang:system_info(system_version)), halt().";
        let output = Command::new("erl").args(["-noinput", "-eval", release]).output();
        let output = output.map_err(|_| missing())?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_string();
        if output.status.success() && tools::is_there(Path::new("erlc")) { Ok(text) } else { Err(missing()) }
    }

    fn command(&self, job: &Job) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT]).arg(&job.source).arg(&job.output);
        command
    }
}

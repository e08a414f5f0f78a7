//! `cargo xtask release`: galc as it is published, compiled with a profile of its own work, as rustc and clang are.
//!
//! The crates of the workspace are compiled with counters, `benches work` lets them compile the corpus, and they are compiled
//! again with what was counted, and all as one unit: what runs often is inlined and lies together. With counters, dependencies
//! are taken as `cargo build --release` makes them. Cargo knows no profiles of single crates; it calls a wrapper in place of
//! rustc for members of the workspace, and that is this program (see [`as_rustc`]).

use crate::process::{cargo, command, output, run, show_time};
use crate::{Result, target_dir};
use std::ffi::{OsStr, OsString};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;
use std::{env, fs};

/// Set where this program is to be rustc: the option that it adds.
pub const RUSTC_OPTION: &str = "XTASK_RUSTC_OPTION";
/// The programs that are compiled.
const PROGRAMS: [&str; 2] = ["galc", "benches"];
/// Cargo's profiles for the programs that count, and for those that are published; both have a folder of this name.
const COUNTING: &str = "release";
const PUBLISHED: &str = "published";
/// The command of benches that does what a profile is made of. Must match benches/src/work.rs.
const WORK: &str = "work";

pub fn release(args: &[String]) -> Result {
    let has_llvm = match args {
        [] => false,
        [arg] if arg == "--llvm" => true,
        _ => return Err("`release` takes only `--llvm`".to_string()),
    };
    build(has_llvm)?;
    println!("release: {}", built(PUBLISHED)?.join(executable("galc")).display());
    Ok(())
}

/// Builds all programs, and returns the folder in which they are.
pub fn build(has_llvm: bool) -> Result<PathBuf> {
    let profdata = profdata()?;
    require_counters()?;
    let begin = Instant::now();
    let folder = folder()?;
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    println!("release: compiling with counters");
    let counts = folder.join("counts");
    build_with(COUNTING, None, &option("-Cprofile-generate=", &counts), has_llvm)?;
    println!("release: letting them compile the corpus");
    let profile = profile(&profdata, &counts)?;
    // Else they would stay in the place of those that `cargo build --release` makes.
    PROGRAMS.map(executable).iter().try_for_each(|program| remove(&built(COUNTING)?.join(program)))?;
    println!("release: compiling with the profile");
    build_with(PUBLISHED, Some(&profile), &option("-Cprofile-use=", &profile), has_llvm)?;
    println!("release: {}", show_time(begin.elapsed()));
    built(PUBLISHED)
}

/// Compiles the programs, the members of the workspace with an option of rustc more. For cargo a wrapper of another name
/// is another compiler, and so its name depends on all that it does.
fn build_with(name: &str, counted: Option<&Path>, option: &OsStr, has_llvm: bool) -> Result {
    let this = env::current_exe().map_err(|error| error.to_string())?;
    let mut hasher = DefaultHasher::new();
    for file in std::iter::once(this.as_path()).chain(counted) {
        fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?.hash(&mut hasher);
    }
    let wrapper = folder()?.join(executable(&format!("rustc-{name}-{:016x}", hasher.finish())));
    copy(&this, &wrapper)?;
    let mut build = cargo(&["build", "--quiet", "--profile", name]);
    PROGRAMS.iter().for_each(|program| _ = build.args(["--package", program]));
    if has_llvm {
        build.args(["--features", "galc/llvm,benches/llvm"]);
    }
    build.env("RUSTC_WORKSPACE_WRAPPER", wrapper).env(RUSTC_OPTION, option);
    run(build)
}

/// Does the work with the counters, and merges what they counted.
fn profile(profdata: &Path, counts: &Path) -> Result<PathBuf> {
    // Counts of another build say nothing of this one.
    if counts.exists() {
        fs::remove_dir_all(counts).map_err(|error| format!("{}: {error}", counts.display()))?;
    }
    let mut work = command(&built(COUNTING)?.join(executable("benches")).to_string_lossy(), &[WORK]);
    // `%m` is a number of the program, whose runs are added up in one file.
    work.env("LLVM_PROFILE_FILE", counts.join("%m.profraw"));
    run(work)?;
    let profile = folder()?.join("galc.profdata");
    let mut merge = Command::new(profdata);
    merge.arg("merge").arg("--output").arg(&profile).arg(counts);
    run(merge)?;
    Ok(profile)
}

/// The program that merges profiles, of an LLVM that is not older than rustc's: what rustup installs beside rustc, or
/// LLVM's own.
fn profdata() -> Result<PathBuf> {
    let version = output(command("rustc", &["-vV"])).ok_or("`rustc` cannot be run")?;
    let field = |name: &str| version.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let wanted = field("LLVM version:").and_then(major).ok_or("`rustc -vV` names no LLVM")?;
    let sysroot = output(command("rustc", &["--print", "sysroot"])).unwrap_or_default();
    let beside = field("host:").map(|host| {
        Path::new(sysroot.trim()).join("lib/rustlib").join(host).join("bin").join(executable("llvm-profdata"))
    });
    let on_path = [format!("llvm-profdata-{wanted}"), "llvm-profdata".to_string()].map(PathBuf::from);
    let fits = |program: &PathBuf| {
        let said = output(command(&program.to_string_lossy(), &["--version"])).unwrap_or_default();
        said.split("version ").nth(1).and_then(major).is_some_and(|found| found >= wanted)
    };
    beside.into_iter().chain(on_path).find(fits).ok_or_else(|| {
        format!(
            "there is no llvm-profdata of LLVM {wanted} or later, which merges profiles: `rustup component add llvm-tools` \
             installs it, or a system's package of LLVM"
        )
    })
}

/// Whether rustc can make programs that count: not all distributions build its runtime for that.
fn require_counters() -> Result {
    let folder = output(command("rustc", &["--print", "target-libdir"])).ok_or("`rustc` cannot be run")?;
    let files = fs::read_dir(folder.trim()).map_err(|error| format!("{}: {error}", folder.trim()))?;
    let mut names = files.flatten().map(|file| file.file_name());
    match names.any(|name| name.to_string_lossy().starts_with("libprofiler_builtins")) {
        true => Ok(()),
        false => Err(format!(
            "this rustc has no `profiler_builtins` in {}, so it makes no programs that count; rustup's has it",
            folder.trim()
        )),
    }
}

fn major(version: &str) -> Option<u32> {
    version.trim().split('.').next()?.parse().ok()
}

/// In place of rustc, whose path is the first argument: adds the option that the variable holds.
pub fn as_rustc(option: OsString) -> ExitCode {
    let mut args = env::args_os().skip(1);
    let Some(rustc) = args.next() else {
        eprintln!("xtask: the variable {RUSTC_OPTION} is for `cargo xtask release` alone; remove it");
        return ExitCode::FAILURE;
    };
    let args: Vec<OsString> = args.map(with_same_symbols).collect();
    let mut command = Command::new(rustc);
    command.args(&args);
    if is_counted(&args) {
        command.arg(option);
    }
    match command.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: rustc cannot be started: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Cargo makes symbols depend on the wrapper, and a profile knows functions by their symbols.
fn with_same_symbols(arg: OsString) -> OsString {
    if arg.to_string_lossy().starts_with("metadata=") { OsString::from("metadata=published") } else { arg }
}

/// Whether what is compiled is part of the programs: build scripts only run while cargo builds.
fn is_counted(args: &[OsString]) -> bool {
    let name = args.iter().position(|arg| arg == "--crate-name").and_then(|at| args.get(at + 1));
    name.is_some_and(|name| !name.to_string_lossy().starts_with("build_script_"))
}

fn option(name: &str, path: &Path) -> OsString {
    let mut option = OsString::from(name);
    option.push(path);
    option
}

/// Not over a file that may be running or shares its bytes with another one.
fn copy(from: &Path, to: &Path) -> Result {
    remove(to)?;
    fs::copy(from, to).map_err(|error| format!("{} to {}: {error}", from.display(), to.display()))?;
    Ok(())
}

fn remove(file: &Path) -> Result {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", file.display()))
        }
        _ => Ok(()),
    }
}

fn executable(name: &str) -> String {
    format!("{name}{}", env::consts::EXE_SUFFIX)
}

/// Where cargo puts the programs of a profile.
fn built(profile: &str) -> Result<PathBuf> {
    Ok(target_dir()?.join(profile))
}

/// Where the wrappers and what was counted are.
fn folder() -> Result<PathBuf> {
    Ok(target_dir()?.join("pgo"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_are_counted_and_build_scripts_are_not() {
        let args = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert!(is_counted(&args("--crate-name hir --edition=2024 src/lib.rs")));
        assert!(!is_counted(&args("--crate-name build_script_build build.rs")));
        assert!(!is_counted(&args("-vV")));
    }

    #[test]
    fn symbols_are_the_same_with_counters_and_with_the_profile() {
        assert_eq!(with_same_symbols(OsString::from("metadata=0123")), "metadata=published");
        assert_eq!(with_same_symbols(OsString::from("extra-filename=-0123")), "extra-filename=-0123");
    }

    #[test]
    fn versions_of_llvm_have_a_major_number() {
        assert_eq!(major(" 22.1.2"), Some(22));
        assert_eq!(major("22.1.2\n  Optimized build."), Some(22));
        assert_eq!(major("none"), None);
    }
}

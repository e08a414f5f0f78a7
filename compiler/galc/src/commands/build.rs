//! `galc build`: a program to a module or an executable, to another artifact, or to the text of an intermediate stage.

use crate::cli::{BuildArgs, EmitChoice};
use crate::compile::{compile, options, with_session};
use crate::exit::{Exit, Failure, io_failure};
use crate::native;
use crate::package::Unit;
use crate::quantity::grouped;
use crate::shell::Shell;
use crate::trace::refuse_host_options;
use crate::wasm_opt;
use crate::web;
use driver::{ArtifactKind, Checked, EmitKind, Options, Profiling, Purpose};
use report::Object;
use std::fs;
use std::path::{Path, PathBuf};

/// Marks a folder as one that can be made again, for backup programs and for `galc clean`.
pub const CACHE_TAG: &str = "CACHEDIR.TAG";
/// What the tag begins with, by the convention of bford.info/cachedir.
pub const CACHE_SIGNATURE: &str = "Signature: 8a477f597d28d172789f06886806bc55";

pub fn build(args: &BuildArgs, shell: &Shell) -> Result<Exit, Failure> {
    refuse_host_options(&args.compile.trace)?;
    let unit = Unit::find(args.path.as_deref())?;
    super::watched(&args.watch, &unit, shell, || once(args, &unit, shell))
}

fn once(args: &BuildArgs, unit: &Unit, shell: &Shell) -> Result<Exit, Failure> {
    let Some(emit) = args.emit else { return artifact(args, unit, None, shell) };
    match emit {
        EmitChoice::Wasm => artifact(args, unit, Some(ArtifactKind::WasmModule), shell),
        EmitChoice::Exe => artifact(args, unit, Some(ArtifactKind::Executable), shell),
        EmitChoice::Obj => artifact(args, unit, Some(ArtifactKind::Object), shell),
        EmitChoice::Asm => artifact(args, unit, Some(ArtifactKind::Asm), shell),
        EmitChoice::LlvmIr => artifact(args, unit, Some(ArtifactKind::LlvmIr), shell),
        EmitChoice::Bitcode => artifact(args, unit, Some(ArtifactKind::Bitcode), shell),
        EmitChoice::Ast => text(args, unit, EmitKind::Ast, shell),
        EmitChoice::Hir => text(args, unit, EmitKind::Hir, shell),
        EmitChoice::Mir => text(args, unit, EmitKind::Mir, shell),
        EmitChoice::Lir => text(args, unit, EmitKind::Lir, shell),
        EmitChoice::Wat => text(args, unit, EmitKind::Wat, shell),
    }
}

/// Writes what the target's programs are made to, or another artifact.
fn artifact(
    args: &BuildArgs,
    unit: &Unit,
    kind: Option<ArtifactKind>,
    shell: &Shell,
) -> Result<Exit, Failure> {
    let usual = options(&args.compile, Purpose::Program)?;
    let kind = kind.unwrap_or(usual.artifact);
    let options = Options { artifact: kind, ..usual };
    let wasm_opt = wasm_opt::wanted(args.wasm_opt, &options)?;
    let names = options.keeps_names();
    let target = options.target;
    let Some((compiled, output)) = compile(unit, options, shell)? else { return Ok(Exit::Diagnostics) };
    let sources = files_of(&compiled.checked);
    let interface = output.web;
    let bytes = wasm_opt::apply(output.artifact, wasm_opt, names, shell)?;
    let path = match &args.output {
        Some(path) => path.clone(),
        None if kind.is_text() => PathBuf::from("-"),
        None => {
            let dir = unit.build_dir();
            make_build_dir(&dir)?;
            // Executables have no ending.
            dir.join(&unit.name).with_added_extension(kind.extension())
        }
    };
    refuse_source(&path, &sources)?;
    make_parent(&path)?;
    let interface = interface.filter(|_| kind == ArtifactKind::WasmModule && path != Path::new("-"));
    // Before anything is written: a file that is not galc's must not go.
    let beside =
        interface.map(|interface| web::files(&interface, unit, target, &path, &bytes)).transpose()?;
    write(&path, &bytes, shell)?;
    for (path, text) in beside.into_iter().flatten() {
        write(&path, text.as_bytes(), shell)?;
    }
    if kind == ArtifactKind::Executable && path != Path::new("-") {
        native::make_executable(&path).map_err(|error| io_failure("make executable", &path, &error))?;
    }
    Ok(Exit::Success)
}

fn text(args: &BuildArgs, unit: &Unit, kind: EmitKind, shell: &Shell) -> Result<Exit, Failure> {
    if args.wasm_opt.is_some_and(|choice| choice.level().is_some()) {
        let what = format!("`--wasm-opt` is for WebAssembly modules; to {} does without", kind.name());
        return Err(Failure::Usage(what));
    }
    let options = options(&args.compile, Purpose::Program)?;
    if options.profiling != Profiling::Off {
        let option =
            if args.compile.profile_generate.is_some() { "--profile-generate" } else { "--profile-use" };
        let what = format!("`{option}` changes what LLVM does; to {} does without", kind.name());
        return Err(Failure::Usage(what));
    }
    let emitted = with_session(unit, options, shell, |session| driver::emit(session, &unit.entry, kind))?;
    shell.diagnostics(&emitted.checked);
    shell.fallback(emitted.fallback.as_ref());
    if let Some(text) = &emitted.text {
        let path = args.output.as_deref().unwrap_or(Path::new("-"));
        refuse_source(path, &files_of(&emitted.checked))?;
        make_parent(path)?;
        write(path, text.as_bytes(), shell)?;
    }
    Ok(if emitted.checked.has_errors() { Exit::Diagnostics } else { Exit::Success })
}

fn write(path: &Path, bytes: &[u8], shell: &Shell) -> Result<(), Failure> {
    if path == Path::new("-") {
        shell.output(bytes);
        return Ok(());
    }
    fs::write(path, bytes).map_err(|error| io_failure("write", path, &error))?;
    shell.status(&format!("wrote {} ({} bytes)", path.display(), grouped(bytes.len())));
    shell.message(|| {
        Object::message("artifact")
            .string("path", &path.display().to_string())
            .number("bytes", bytes.len() as u64)
    });
    Ok(())
}

/// The user's files that were read.
fn files_of(checked: &Checked) -> Vec<PathBuf> {
    let files = checked.source_map.files().filter(|(_, file)| !file.is_library);
    files.map(|(_, file)| PathBuf::from(&file.name)).collect()
}

/// What was compiled must not be written over.
fn refuse_source(path: &Path, sources: &[PathBuf]) -> Result<(), Failure> {
    if sources.iter().any(|source| is_same_file(path, source)) {
        let what = format!("`{}` is a source of the program; give `-o` another name", path.display());
        return Err(Failure::Usage(what));
    }
    Ok(())
}

/// Under another name, or by a link; not where one is missing.
#[cfg(unix)]
fn is_same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |path: &Path| path.metadata().map(|data| (data.dev(), data.ino()));
    id(a).is_ok_and(|a| id(b).is_ok_and(|b| a == b))
}

#[cfg(not(unix))]
fn is_same_file(a: &Path, b: &Path) -> bool {
    a.canonicalize().is_ok_and(|a| b.canonicalize().is_ok_and(|b| a == b))
}

/// Makes the folder of a file that is to be written; of `-` that is the current one.
fn make_parent(path: &Path) -> Result<(), Failure> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => {
            fs::create_dir_all(folder).map_err(|error| io_failure("make", folder, &error))
        }
        _ => Ok(()),
    }
}

fn make_build_dir(dir: &PathBuf) -> Result<(), Failure> {
    // A folder with files of others stays theirs.
    let is_ours = fs::read_dir(dir).map_or(true, |mut files| files.next().is_none());
    fs::create_dir_all(dir).map_err(|error| io_failure("make", dir, &error))?;
    let tag = dir.join(CACHE_TAG);
    if is_ours {
        let text = format!("{CACHE_SIGNATURE}\n# This folder was made by galc; `galc clean` removes it.\n");
        fs::write(&tag, text).map_err(|error| io_failure("write", &tag, &error))?;
    }
    Ok(())
}

//! For modules of the web: the JavaScript and the types beside them.

use crate::exit::{Failure, io_failure};
use crate::package::Unit;
use driver::{TargetInfo, WebInterface, WebNames};
use std::path::{Component, Path, PathBuf};

/// What the files import unless an option says otherwise.
pub const RUNTIME: &str = "@gal-lang/runtime";

/// The files beside a module, with their texts.
pub fn files(
    web: &WebInterface,
    unit: &Unit,
    target: &TargetInfo,
    module: &Path,
    bytes: &[u8],
) -> Result<[(PathBuf, String); 2], Failure> {
    let names = names(unit, target, &file_name(module), RUNTIME.to_string());
    let paths = [module.with_extension("js"), module.with_extension("d.ts")];
    for path in &paths {
        check_free(path, module)?;
    }
    let sources = folder(Path::new(&unit.entry))?;
    let results = folder(module)?;
    let resolve = |written: &str| rebased(written, &sources, &results);
    let [js, types] = paths;
    Ok([(js, web.js(&names, bytes, &resolve)), (types, web.types(&names))])
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn names(unit: &Unit, target: &TargetInfo, module_file: &str, runtime: String) -> WebNames {
    WebNames {
        module_file: format!("./{module_file}"),
        program: unit.name.clone(),
        source: file_name(Path::new(&unit.entry)),
        runtime,
        is_64: target.pointer_bytes == 8,
    }
}

/// The text of an ES module for Node that may lie anywhere: it names the files of the package in `dist`, and those beside the sources, by
/// their addresses.
pub fn module_text(
    web: &WebInterface,
    unit: &Unit,
    target: &TargetInfo,
    module_file: &str,
    bytes: &[u8],
    dist: &Path,
) -> Result<String, Failure> {
    let sources = folder(Path::new(&unit.entry))?;
    let names = names(unit, target, module_file, address(&dist.join("node.js")));
    let resolve = |written: &str| match written.strip_prefix(RUNTIME).and_then(|rest| rest.strip_prefix('/'))
    {
        Some(part) => address(&dist.join(part).with_added_extension("js")),
        None if is_relative(written) => address(&target_of(written, &sources)),
        None => written.to_string(),
    };
    Ok(web.js(&names, bytes, &resolve))
}

/// The `file:` address of a path from the root.
fn address(path: &Path) -> String {
    let text = path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    let mut out = String::from(if text.starts_with('/') { "file://" } else { "file:///" });
    for byte in text.bytes() {
        match byte {
            b'/' | b':' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// A file beside the module is galc's, or there is none.
fn check_free(path: &Path, module: &Path) -> Result<(), Failure> {
    let path_text = path.display();
    if path == module {
        return Err(Failure::Usage(format!(
            "`{path_text}` is the file beside the module: give the module another name, such as `.wasm`"
        )));
    }
    let is_foreign = std::fs::read_to_string(path)
        .is_ok_and(|text| !text.is_empty() && !text.starts_with(driver::WEB_MARK));
    if is_foreign {
        return Err(Failure::Usage(format!(
            "`{path_text}` was not made by galc, which would overwrite it: `-o` names another place for the module"
        )));
    }
    Ok(())
}

/// The folder that a file is in, from the root.
pub fn folder(file: &Path) -> Result<PathBuf, Failure> {
    let parent = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    parent.canonicalize().map_err(|error| io_failure("find", parent, &error))
}

fn is_relative(written: &str) -> bool {
    written.starts_with("./") || written.starts_with("../")
}

/// The file that a relative path from the sources means.
fn target_of(written: &str, sources: &Path) -> PathBuf {
    let mut target = sources.to_path_buf();
    for part in Path::new(written).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => _ = target.pop(),
            other => target.push(other),
        }
    }
    target
}

/// What is written as seen from the sources, as seen from the results. Names of packages and addresses stay.
fn rebased(written: &str, sources: &Path, results: &Path) -> String {
    if !is_relative(written) {
        return written.to_string();
    }
    let target = target_of(written, sources);
    let target: Vec<Component<'_>> = target.components().collect();
    let from: Vec<Component<'_>> = results.components().collect();
    let shared = from.iter().zip(&target).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".into(), from.len() - shared);
    let down = target[shared..].iter().map(|part| part.as_os_str().to_string_lossy());
    let path = up.chain(down).collect::<Vec<_>>().join("/");
    if path.starts_with("..") { path } else { format!("./{path}") }
}

#[cfg(test)]
mod tests {
    use super::{address, rebased};
    use std::path::Path;

    #[test]
    fn addresses_have_no_characters_that_mean_something_there() {
        assert_eq!(address(Path::new("/a b/c#d?e%f/ä.js")), "file:///a%20b/c%23d%3Fe%25f/%C3%A4.js");
    }

    #[test]
    fn modules_are_named_from_where_the_results_are() {
        let cases = [
            ("./view.js", "/app/src", "/app/build", "../src/view.js"),
            ("./view.js", "/app", "/app", "./view.js"),
            ("../view.js", "/app/src", "/app", "./view.js"),
            ("./a/view.js", "/x", "/y/z", "../../x/a/view.js"),
            ("three", "/app/src", "/app/build", "three"),
            ("https://example.com/a.js", "/app/src", "/app/build", "https://example.com/a.js"),
        ];
        for (written, sources, results, wanted) in cases {
            assert_eq!(rebased(written, Path::new(sources), Path::new(results)), wanted);
        }
    }
}

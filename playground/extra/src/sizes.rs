//! How many bytes of a module each section, function and actor takes.

use playground_model::protocol::{FunctionSize, Sizes};
use std::collections::HashMap;
use wasmparser::{BinaryReaderError, KnownCustom, Name, Parser, Payload, TypeRef};

/// `actors`: the names of the program's.
pub fn sizes(module: &[u8], actors: &[String]) -> Result<Sizes, BinaryReaderError> {
    let mut sizes = Sizes { module: module.len(), ..Sizes::default() };
    let mut imported = 0u32;
    let mut bodies: Vec<usize> = Vec::new();
    let mut names: HashMap<u32, String> = HashMap::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if let Some((id, range)) = payload.as_section() {
            sizes.sections.push((section_name(&payload, id), range.len()));
        }
        match payload {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.range().len()),
            Payload::CustomSection(custom) => {
                if let KnownCustom::Name(reader) = custom.as_known() {
                    for name in reader {
                        if let Name::Function(map) = name? {
                            for naming in map {
                                let naming = naming?;
                                names.insert(naming.index, naming.name.to_string());
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    sizes.functions =
        bodies.iter().zip(imported..).map(|(bytes, index)| function(*bytes, index, &names, actors)).collect();
    sizes.functions.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
    Ok(sizes)
}

fn function(bytes: usize, index: u32, names: &HashMap<u32, String>, actors: &[String]) -> FunctionSize {
    let name = names.get(&index).cloned().unwrap_or_else(|| format!("function {index}"));
    FunctionSize { actor: owner(&name, actors), name, bytes }
}

/// The actor whose code a function is: `Counter.dispatch`, `Body<Counter.State, Counter.Message>.drop`.
fn owner(function: &str, actors: &[String]) -> Option<String> {
    let parts = function.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
    let mut owners = parts.filter_map(|part| part.split_once('.')).map(|(first, _)| first);
    owners.find(|first| actors.iter().any(|actor| actor == first)).map(str::to_string)
}

fn section_name(payload: &Payload<'_>, id: u8) -> String {
    const NAMES: [&str; 14] = [
        "custom",
        "types",
        "imports",
        "functions",
        "tables",
        "memories",
        "globals",
        "exports",
        "start",
        "elements",
        "code",
        "data",
        "data count",
        "tags",
    ];
    match payload {
        Payload::CustomSection(custom) => format!("custom `{}`", custom.name()),
        _ => NAMES.get(usize::from(id)).map_or_else(|| format!("section {id}"), |name| name.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_have_owners() {
        let actors = ["Counter".to_string()];
        for name in
            ["Counter.dispatch", "Body<Counter.State, Counter.Message>.drop", "actor_spawn<Counter.State>"]
        {
            assert_eq!(owner(name, &actors).as_deref(), Some("Counter"), "{name}");
        }
        for name in ["main", "Int.show", "MyCounter.new", "Array<Counter>.push"] {
            assert_eq!(owner(name, &actors), None, "{name}");
        }
    }
}

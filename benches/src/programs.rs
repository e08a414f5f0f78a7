//! The list of programs, `benches/programs.toml`.

use crate::{Options, Result, root};
use toml::de::{DeTable, DeValue};

/// A program that is there in both languages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    pub name: String,
    /// Paths from the root.
    pub gal: String,
    pub c: String,
}

/// The programs that the options ask for, by name.
pub fn programs(options: &Options) -> Result<Vec<Program>> {
    let path = root().join("benches/programs.toml");
    let text = std::fs::read_to_string(&path)
        .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    let all = parse(&text).map_err(|error| format!("benches/programs.toml: {error}"))?;
    if let Some(unknown) = options.only.iter().find(|name| all.iter().all(|program| program.name != **name)) {
        return Err(format!("there is no program `{unknown}` in benches/programs.toml"));
    }
    let is_wanted = |program: &Program| options.only.is_empty() || options.only.contains(&program.name);
    Ok(all.into_iter().filter(is_wanted).collect())
}

fn parse(text: &str) -> Result<Vec<Program>> {
    let document = DeTable::parse(text).map_err(|error| error.message().to_string())?;
    let table = document.get_ref().get("programs").and_then(|value| value.get_ref().as_table());
    let table = table.ok_or("the table `[programs]` is missing")?;
    table.iter().map(|(name, value)| program(name.get_ref(), value.get_ref())).collect()
}

fn program(name: &str, value: &DeValue<'_>) -> Result<Program> {
    let path = |key: &str| {
        let path = value.get(key).and_then(|value| value.get_ref().as_str());
        path.map(str::to_string).ok_or(format!("`{name}` has no `{key}`"))
    };
    Ok(Program { name: name.to_string(), gal: path("gal")?, c: path("c")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_file_exists() {
        let all = programs(&Options::default()).expect("the list is right");
        assert_eq!(all.len(), 14);
        for path in all.iter().flat_map(|program| [&program.gal, &program.c]) {
            assert!(root().join(path).is_file(), "{path}");
        }
    }
}

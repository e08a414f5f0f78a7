//! The list of programs, `benches/programs.toml`.

use crate::{Result, root};
use toml::de::{DeTable, DeValue};

/// The program that prints a word: what a language costs at least.
pub const HELLO: &str = "hello";
/// The program that is measured for its size.
pub const WORD_COUNT: &str = "word-count";

/// A program that is there in all languages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    pub name: String,
    /// Constants in its source, and their values where it is small.
    pub small: Vec<(String, i64)>,
}

impl Program {
    pub fn hello() -> Program {
        Program { name: HELLO.to_string(), small: Vec::new() }
    }

    /// The name of its source file in all languages, without the ending.
    pub fn stem(&self) -> String {
        self.name.replace('-', "_")
    }
}

/// The programs with these names; all if there are none.
pub fn programs(only: &[String]) -> Result<Vec<Program>> {
    let path = root().join("benches/programs.toml");
    let text = std::fs::read_to_string(&path)
        .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    let all = parse(&text).map_err(|error| format!("benches/programs.toml: {error}"))?;
    if let Some(unknown) = only.iter().find(|name| all.iter().all(|program| program.name != **name)) {
        return Err(format!("there is no program `{unknown}` in benches/programs.toml"));
    }
    let is_wanted = |program: &Program| only.is_empty() || only.contains(&program.name);
    Ok(all.into_iter().filter(is_wanted).collect())
}

fn parse(text: &str) -> Result<Vec<Program>> {
    let document = DeTable::parse(text).map_err(|error| error.message().to_string())?;
    let table = document.get_ref().get("programs").and_then(|value| value.get_ref().as_table());
    let table = table.ok_or("the table `[programs]` is missing")?;
    table.iter().map(|(name, value)| program(name.get_ref(), value.get_ref())).collect()
}

fn program(name: &str, value: &DeValue<'_>) -> Result<Program> {
    let table = value.as_table().ok_or(format!("`{name}` is not a table of constants"))?;
    let number = |value: &DeValue<'_>| value.as_integer()?.as_str().parse().ok();
    let small = table.iter().map(|(constant, value)| {
        let constant = constant.get_ref().to_string();
        let number = number(value.get_ref()).ok_or(format!("`{name}`: `{constant}` is not a number"))?;
        Ok((constant, number))
    });
    Ok(Program { name: name.to_string(), small: small.collect::<Result<_>>()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read() {
        let all = programs(&[]).expect("the list is right");
        assert_eq!(all.len(), 14);
        let sieve = all.iter().find(|program| program.name == "sieve").expect("it is in the list");
        let small: Vec<(&str, i64)> = sieve.small.iter().map(|(name, n)| (name.as_str(), *n)).collect();
        assert_eq!(small, [("ROUNDS", 2), ("SIZE", 10_000)]);
        assert!(all.iter().any(|program| program.name == WORD_COUNT));
    }

    #[test]
    fn mistakes_are_named() {
        let unknown = programs(&["sorting".to_string()]);
        assert_eq!(unknown, Err("there is no program `sorting` in benches/programs.toml".to_string()));
        assert_eq!(parse("[programme]"), Err("the table `[programs]` is missing".to_string()));
        assert_eq!(parse("[programs]\na = 1"), Err("`a` is not a table of constants".to_string()));
        assert_eq!(parse("[programs]\na = { N = 'x' }"), Err("`a`: `N` is not a number".to_string()));
    }
}

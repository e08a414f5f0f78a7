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

/// A table of programs in the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum List {
    /// The compute programs.
    Programs,
    /// Programs with actors, or what a language has instead.
    Actors,
}

impl List {
    fn name(self) -> &'static str {
        match self {
            List::Programs => "programs",
            List::Actors => "actors",
        }
    }
}

/// The compute programs with these names; all if there are none.
pub fn programs(only: &[String]) -> Result<Vec<Program>> {
    listed(List::Programs, only)
}

/// The programs of a list with these names; all if there are none.
pub fn listed(list: List, only: &[String]) -> Result<Vec<Program>> {
    let path = root().join("benches/programs.toml");
    let text = std::fs::read_to_string(&path)
        .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    let all = parse(&text, list.name()).map_err(|error| format!("benches/programs.toml: {error}"))?;
    if let Some(unknown) = only.iter().find(|name| all.iter().all(|program| program.name != **name)) {
        return Err(format!(
            "there is no program `{unknown}` among the {} of benches/programs.toml",
            list.name()
        ));
    }
    let is_wanted = |program: &Program| only.is_empty() || only.contains(&program.name);
    Ok(all.into_iter().filter(is_wanted).collect())
}

fn parse(text: &str, list: &str) -> Result<Vec<Program>> {
    let document = DeTable::parse(text).map_err(|error| error.message().to_string())?;
    let table = document.get_ref().get(list).and_then(|value| value.get_ref().as_table());
    let table = table.ok_or(format!("the table `[{list}]` is missing"))?;
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
        let actors = listed(List::Actors, &[]).expect("the list is right");
        assert!(actors.iter().any(|program| program.name == "skynet") && actors.len() == 6);
    }

    #[test]
    fn mistakes_are_named() {
        let unknown = programs(&["sorting".to_string()]);
        let message = "there is no program `sorting` among the programs of benches/programs.toml";
        assert_eq!(unknown, Err(message.to_string()));
        let parse = |text| parse(text, "programs");
        assert_eq!(parse("[programme]"), Err("the table `[programs]` is missing".to_string()));
        assert_eq!(parse("[programs]\na = 1"), Err("`a` is not a table of constants".to_string()));
        assert_eq!(parse("[programs]\na = { N = 'x' }"), Err("`a`: `N` is not a number".to_string()));
    }
}

//! Tables of what was measured: times as ratios to the first column, memory, compile times, verdicts.

use super::markdown::Grid;
use crate::Result;
use crate::contenders::Platform;
use crate::limits::{ActorLimit, limit, verdict};
use crate::measure::{Measured, Row, Table};
use crate::stats::{geometric_mean, milliseconds};
use std::time::Duration;

/// Stands where there is no number.
const MISSING: &str = "–";

/// Milliseconds in the first column, ratios to it in the others, with what the runs spread over; then means.
pub fn times(table: &Table) -> String {
    let [first, others @ ..] = table.names.as_slice() else { return String::new() };
    let mut header = vec!["program".to_string(), format!("{first}, ms")];
    header.extend(others.iter().map(|name| name.to_string()));
    let mut grid = Grid::new(header);
    for row in &table.rows {
        let base = row.cells.first().and_then(|cell| cell.as_ref().ok());
        let mut cells =
            vec![row.program.clone(), base.map_or(MISSING.to_string(), |base| spread(base, 1.0, 1))];
        let ratio = |cell: &Result<Measured>| match (cell, base) {
            (Ok(measured), Some(base)) => spread(measured, base.median(), 2),
            _ => MISSING.to_string(),
        };
        cells.extend(row.cells.iter().skip(1).map(ratio));
        grid.row(cells);
    }
    let columns = || (1..table.names.len()).map(|column| ratios(table, column, 0));
    let summary = |name: &str| [name.to_string(), String::new()].into_iter();
    grid.row(
        summary("**geometric mean**").chain(columns().map(|ratios| mean_text(&ratios, table.rows.len()))),
    );
    grid.row(summary("**worst**").chain(columns().map(|ratios| worst_text(&ratios))));
    grid.text()
}

/// `1.23 (1.20–1.31)`: the median and the extremes, each divided by `unit`.
fn spread(measured: &Measured, unit: f64, digits: usize) -> String {
    let (low, high) = measured.spread();
    let (median, low, high) = (measured.median() / unit, low / unit, high / unit);
    format!("{median:.digits$} ({low:.digits$}–{high:.digits$})")
}

/// The ratios of a column to another, of the programs that both have.
fn ratios(table: &Table, column: usize, base: usize) -> Vec<(f64, &str)> {
    let of = |row: &Row, column: usize| Some(row.cells.get(column)?.as_ref().ok()?.median());
    let ratio = |row| Some(of(row, column)? / of(row, base)?);
    table.rows.iter().filter_map(|row| Some((ratio(row)?, row.program.as_str()))).collect()
}

fn mean(ratios: &[(f64, &str)]) -> Option<f64> {
    let all: Vec<f64> = ratios.iter().map(|(ratio, _)| *ratio).collect();
    (!all.is_empty()).then(|| geometric_mean(&all))
}

/// The mean, with the number of programs where some are missing.
fn mean_text(ratios: &[(f64, &str)], programs: usize) -> String {
    match mean(ratios) {
        None => MISSING.to_string(),
        Some(mean) if ratios.len() == programs => format!("**{mean:.2}**"),
        Some(mean) => format!("**{mean:.2}** of {}", ratios.len()),
    }
}

fn worst_text(ratios: &[(f64, &str)]) -> String {
    worst(ratios).map_or(MISSING.to_string(), |(ratio, name)| format!("{ratio:.2} {name}"))
}

fn worst<'a>(ratios: &[(f64, &'a str)]) -> Option<(f64, &'a str)> {
    ratios.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0))
}

/// GAL against the project's bounds and against the peers; `is_gal` says which columns are GAL's.
pub fn verdicts(table: &Table, platform: Platform, is_gal: &[bool]) -> String {
    let peers: Vec<usize> = (1..table.names.len()).filter(|i| !is_gal[*i]).collect();
    let first = table.names.first().copied().unwrap_or_default();
    let header = [String::new(), format!("against {first}"), "worst program".to_string()];
    let against = peers.iter().map(|i| format!("against {}", table.names[*i]));
    let mut grid = Grid::new(header.into_iter().chain(against));
    for column in (0..table.names.len()).filter(|i| is_gal[*i]) {
        let to_first = ratios(table, column, 0);
        let (Some(mean_ratio), Some((worst_ratio, _))) = (mean(&to_first), worst(&to_first)) else {
            continue;
        };
        let limit = limit(platform);
        let mut cells = vec![
            table.names[column].to_string(),
            format!("{}; {}", standing(Some(mean_ratio)), verdict(mean_ratio, limit.mean)),
            match limit.worst {
                Some(limit) => format!("{worst_ratio:.2}, {}", verdict(worst_ratio, limit)),
                None => format!("{worst_ratio:.2}"),
            },
        ];
        cells.extend(peers.iter().map(|peer| standing(mean(&ratios(table, column, *peer)))));
        grid.row(cells);
    }
    grid.text()
}

/// Nanoseconds of the operations of some programs, given with how many each has; GAL's against their bounds.
pub fn operations(table: &Table, is_gal: &[bool], programs: &[(&ActorLimit, f64)]) -> String {
    let mut grid = Grid::new(["operation", "program"].into_iter().chain(table.names.iter().copied()));
    for (limit, count) in programs {
        let Some(row) = table.rows.iter().find(|row| row.program == limit.program) else { continue };
        let nanos = |cell: &Result<Measured>| Some(cell.as_ref().ok()?.median() * 1e6 / count);
        let base = row.cells.first().and_then(nanos);
        let cell = |(cell, is_gal): (&Result<Measured>, &bool)| {
            let Some(nanos) = nanos(cell) else { return MISSING.to_string() };
            let mut text = format!("{nanos:.1}");
            if let (true, Some(limit), Some(base)) = (is_gal, limit.ratio, base) {
                text.push_str(&format!("; {:.2} of C, {}", nanos / base, verdict(nanos / base, limit)));
            }
            if let (true, Some(limit)) = (is_gal, limit.nanos) {
                text.push_str(&format!("; {}", verdict(nanos, limit)));
            }
            text
        };
        let cells = row.cells.iter().zip(is_gal).map(cell);
        grid.row([limit.operation.to_string(), limit.program.to_string()].into_iter().chain(cells));
    }
    grid.text()
}

/// `0.80, ahead`: below one is less time than the peer takes.
fn standing(ratio: Option<f64>) -> String {
    let Some(ratio) = ratio else { return MISSING.to_string() };
    let hundredths = (ratio * 100.0).round();
    let word = match hundredths.total_cmp(&100.0) {
        std::cmp::Ordering::Less => "ahead",
        std::cmp::Ordering::Equal => "even",
        std::cmp::Ordering::Greater => "behind",
    };
    format!("{ratio:.2}, {word}")
}

/// Mebibytes of each program.
pub fn memory(table: &Table) -> String {
    let mut grid = Grid::new(std::iter::once("program").chain(table.names.iter().copied()));
    for row in &table.rows {
        let cells = row.cells.iter().map(|cell| match cell {
            Ok(measured) => format!("{:.1}", measured.memory as f64 / f64::from(1 << 20)),
            Err(_) => MISSING.to_string(),
        });
        grid.row(std::iter::once(row.program.clone()).chain(cells));
    }
    grid.text()
}

/// What each compiler took for all programs that it compiled, and for the median one.
pub fn compile_times(table: &Table) -> String {
    let mut grid = Grid::new(["", "all programs, ms", "the median one, ms"]);
    for (column, name) in table.names.iter().enumerate() {
        let times: Vec<Duration> =
            table.rows.iter().filter_map(|row| Some(row.cells[column].as_ref().ok()?.compile)).collect();
        let cells = match times.len() {
            0 => [MISSING.to_string(), MISSING.to_string()],
            _ => [
                format!("{:.0}", milliseconds(times.iter().sum())),
                format!("{:.0}", milliseconds(crate::stats::median(times))),
            ],
        };
        grid.row(std::iter::once(name.to_string()).chain(cells));
    }
    grid.text()
}

/// Lines about the cells that are missing; nothing if none are.
pub fn faults(table: &Table) -> String {
    let mut text = String::new();
    for row in &table.rows {
        for (name, cell) in table.names.iter().zip(&row.cells) {
            if let Err(error) = cell {
                let line = error.lines().take(2).collect::<Vec<_>>().join(" ");
                text.push_str(&format!("- missing: {name}, {}: {line}\n", row.program));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(times: &[u64]) -> Result<Measured> {
        let times = times.iter().map(|ms| Duration::from_millis(*ms)).collect();
        Ok(Measured { times, compile: Duration::from_millis(30), memory: 3 << 19 })
    }

    fn table() -> Table {
        let row = |program: &str, cells| Row { program: program.to_string(), cells };
        Table {
            names: vec!["C", "GAL", "Go"],
            rows: vec![
                row(
                    "sort",
                    vec![measured(&[90, 100, 120]), measured(&[100, 110, 130]), measured(&[400, 400, 400])],
                ),
                row(
                    "sieve",
                    vec![measured(&[10, 10, 10]), measured(&[11, 11, 11]), Err("no\nway\nout".to_string())],
                ),
            ],
        }
    }

    #[test]
    fn times_are_ratios_with_their_spread() {
        let text = times(&table());
        let expected = "\
| program | C, ms | GAL | Go |
| --- | ---: | ---: | ---: |
| sort | 100.0 (90.0–120.0) | 1.10 (1.00–1.30) | 4.00 (4.00–4.00) |
| sieve | 10.0 (10.0–10.0) | 1.10 (1.10–1.10) | – |
| **geometric mean** |  | **1.10** | **4.00** of 1 |
| **worst** |  | 1.10 sort | 4.00 sort |
";
        // Of two that are the same, the last is the worst.
        assert_eq!(text.replace("1.10 sieve", "1.10 sort"), expected);
    }

    #[test]
    fn verdicts_are_against_bounds_and_peers() {
        let text = verdicts(&table(), Platform::Wasm, &[false, true, false]);
        let expected = "\
|  | against C | worst program | against Go |
| --- | ---: | ---: | ---: |
| GAL | 1.10, behind; at most 1.15: reached | 1.10, at most 1.7: reached | 0.28, ahead |
";
        assert_eq!(text, expected);
        assert_eq!(standing(Some(1.004)), "1.00, even");
    }

    #[test]
    fn operations_are_in_nanoseconds() {
        let limit = ActorLimit {
            program: "sort",
            operation: "message",
            constant: "",
            each: 1.0,
            ratio: Some(1.05),
            nanos: Some(120.0),
        };
        let expected = "\
| operation | program | C | GAL | Go |
| --- | ---: | ---: | ---: | ---: |
| message | sort | 100.0 | 110.0; 1.10 of C, at most 1.05: missed; at most 120: reached | 400.0 |
";
        assert_eq!(operations(&table(), &[false, true, false], &[(&limit, 1e6)]), expected);
    }

    #[test]
    fn memory_compile_times_and_faults_are_listed() {
        assert!(memory(&table()).ends_with("| sort | 1.5 | 1.5 | 1.5 |\n| sieve | 1.5 | 1.5 | – |\n"));
        assert!(compile_times(&table()).ends_with("| GAL | 60 | 30 |\n| Go | 30 | 30 |\n"));
        assert_eq!(faults(&table()), "- missing: Go, sieve: no way\n");
    }
}

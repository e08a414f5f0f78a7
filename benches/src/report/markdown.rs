//! Tables as Markdown has them.

/// Rows under a header; the first column is left-aligned, the others are numbers.
pub struct Grid {
    /// What stands between the header and the rows, in all columns but the first.
    mark: &'static str,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    pub fn new(header: impl IntoIterator<Item = impl Into<String>>) -> Grid {
        Grid { mark: "---:", header: header.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }

    /// One with words instead of numbers.
    pub fn of_words(header: impl IntoIterator<Item = impl Into<String>>) -> Grid {
        Grid { mark: "---", ..Grid::new(header) }
    }

    /// Adds a row. Cells that are missing at its end are empty.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        let mut cells: Vec<String> = cells.into_iter().map(Into::into).collect();
        cells.resize(self.header.len(), String::new());
        self.rows.push(cells);
    }

    pub fn text(&self) -> String {
        let mut text = line(&self.header);
        let marks: Vec<String> =
            (0..self.header.len()).map(|i| if i == 0 { "---" } else { self.mark }.to_string()).collect();
        text.push_str(&line(&marks));
        self.rows.iter().for_each(|row| text.push_str(&line(row)));
        text
    }
}

fn line(cells: &[String]) -> String {
    // A bar inside a cell would end it.
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_drawn() {
        let mut grid = Grid::new(["program", "C", "GAL"]);
        grid.row(["a|b", "1"]);
        assert_eq!(grid.text(), "| program | C | GAL |\n| --- | ---: | ---: |\n| a\\|b | 1 |  |\n");
        let mut grid = Grid::of_words(["name", "value"]);
        grid.row(["cores", "2"]);
        assert_eq!(grid.text(), "| name | value |\n| --- | --- |\n| cores | 2 |\n");
    }
}

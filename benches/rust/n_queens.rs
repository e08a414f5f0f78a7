//! The ways to place SIZE queens, with an array of columns and two of diagonals.
//! The same as benches/c/n_queens.c.

const SIZE: usize = 10;
const ROUNDS: i64 = 30;

struct Board {
    columns: Vec<bool>,
    up: Vec<bool>,
    down: Vec<bool>,
}

fn place(board: &mut Board, row: usize) -> i64 {
    if row == SIZE {
        return 1;
    }
    let mut found = 0;
    for column in 0..SIZE {
        let u = row + column;
        let d = row + SIZE - 1 - column;
        if board.columns[column] || board.up[u] || board.down[d] {
            continue;
        }
        board.columns[column] = true;
        board.up[u] = true;
        board.down[d] = true;
        found += place(board, row + 1);
        board.columns[column] = false;
        board.up[u] = false;
        board.down[d] = false;
    }
    found
}

fn main() {
    let diagonals = 2 * SIZE - 1;
    let mut board =
        Board { columns: vec![false; SIZE], up: vec![false; diagonals], down: vec![false; diagonals] };
    let total: i64 = (0..ROUNDS).map(|_| place(&mut board, 0)).sum();
    println!("n-queens {total}");
}

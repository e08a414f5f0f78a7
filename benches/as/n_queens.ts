// The ways to place SIZE queens, with an array of columns and two of diagonals.
// The same as benches/c/n_queens.c.

import { print } from "./rt";

const SIZE: i32 = 10;
const ROUNDS: i32 = 30;

class Board {
  private columns: StaticArray<bool> = new StaticArray<bool>(SIZE);
  private up: StaticArray<bool> = new StaticArray<bool>(2 * SIZE - 1);
  private down: StaticArray<bool> = new StaticArray<bool>(2 * SIZE - 1);

  place(row: i32): i64 {
    if (row == SIZE) return 1;
    let found: i64 = 0;
    for (let column = 0; column < SIZE; column++) {
      const u = row + column;
      const d = row - column + SIZE - 1;
      if (this.columns[column] || this.up[u] || this.down[d]) continue;
      this.columns[column] = true;
      this.up[u] = true;
      this.down[d] = true;
      found += this.place(row + 1);
      this.columns[column] = false;
      this.up[u] = false;
      this.down[d] = false;
    }
    return found;
  }
}

function main(): void {
  const board = new Board();
  let total: i64 = 0;
  for (let round = 0; round < ROUNDS; round++) total += board.place(0);
  print(`n-queens ${total}`);
}

main();

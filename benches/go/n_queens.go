// The ways to place size queens, with a slice of columns and two of diagonals.
// The same as benches/c/n_queens.c.
package main

import "fmt"

const size = 10
const rounds = 30

type Board struct {
	columns, up, down []bool
}

func (board *Board) place(row int) int {
	if row == size {
		return 1
	}
	found := 0
	for column := range size {
		u, d := row+column, row-column+size-1
		if board.columns[column] || board.up[u] || board.down[d] {
			continue
		}
		board.columns[column] = true
		board.up[u] = true
		board.down[d] = true
		found += board.place(row + 1)
		board.columns[column] = false
		board.up[u] = false
		board.down[d] = false
	}
	return found
}

func main() {
	board := &Board{make([]bool, size), make([]bool, 2*size-1), make([]bool, 2*size-1)}
	total := 0
	for range rounds {
		total += board.place(0)
	}
	fmt.Println("n-queens", total)
}

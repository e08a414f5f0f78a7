// The ways to place SIZE queens, with an array of columns and two of diagonals.
#include "rt.h"

#define SIZE 10
#define ROUNDS 30

typedef struct { Bool *columns, *up, *down; } Board;

static Int place(Board *board, Int row) {
    if (row == SIZE) return 1;
    Int found = 0;
    for (Int column = 0; column < SIZE; column++) {
        Int u = row + column, d = row - column + SIZE - 1;
        if (board->columns[column] || board->up[u] || board->down[d]) continue;
        board->columns[column] = board->up[u] = board->down[d] = true;
        found += place(board, row + 1);
        board->columns[column] = board->up[u] = board->down[d] = false;
    }
    return found;
}

static Bool *flags(Int count) {
    Bool *new = alloc((Size)count);
    for (Int i = 0; i < count; i++) new[i] = false;
    return new;
}

PROGRAM {
    Board board = { flags(SIZE), flags(2 * SIZE - 1), flags(2 * SIZE - 1) };
    Int total = 0;
    for (Int round = 0; round < ROUNDS; round++) total += place(&board, 0);
    put_text("n-queens ");
    put_int(total);
    put_line();
}

// The ways to place SIZE queens, with an array of columns and two of diagonals.
// The same as benches/c/n_queens.c.

const std = @import("std");
const rt = @import("rt.zig");

const SIZE = 10;
const ROUNDS = 30;

const Board = struct {
    columns: []bool,
    up: []bool,
    down: []bool,

    fn place(board: *Board, row: usize) i64 {
        if (row == SIZE) return 1;
        var found: i64 = 0;
        for (0..SIZE) |column| {
            const u = row + column;
            const d = row + SIZE - 1 - column;
            if (board.columns[column] or board.up[u] or board.down[d]) continue;
            board.columns[column] = true;
            board.up[u] = true;
            board.down[d] = true;
            found += board.place(row + 1);
            board.columns[column] = false;
            board.up[u] = false;
            board.down[d] = false;
        }
        return found;
    }
};

fn flags(gpa: std.mem.Allocator, count: usize) ![]bool {
    const new = try gpa.alloc(bool, count);
    @memset(new, false);
    return new;
}

pub fn main(init: std.process.Init) !void {
    var board: Board = .{
        .columns = try flags(init.gpa, SIZE),
        .up = try flags(init.gpa, 2 * SIZE - 1),
        .down = try flags(init.gpa, 2 * SIZE - 1),
    };
    var total: i64 = 0;
    for (0..ROUNDS) |_| total += board.place(0);
    try rt.print(init.io, "n-queens {d}", .{total});
}

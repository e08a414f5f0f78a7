// Flips of pancakes over all permutations of SIZE. After the Benchmarks Game.
// The same as benches/c/fannkuch.c.

const std = @import("std");
const rt = @import("rt.zig");

const SIZE = 10;

pub fn main(init: std.process.Init) !void {
    const perm = try init.gpa.alloc(i64, SIZE);
    const first = try init.gpa.alloc(i64, SIZE);
    const count = try init.gpa.alloc(i64, SIZE);
    for (first, 0..) |*pancake, i| pancake.* = @intCast(i);
    var max_flips: i64 = 0;
    var checksum: i64 = 0;
    var permutation: i64 = 0;
    var r: usize = SIZE;
    permutations: while (true) : (permutation += 1) {
        while (r != 1) : (r -= 1) count[r - 1] = @intCast(r);
        for (perm, first) |*to, from| to.* = from;
        var flips: i64 = 0;
        while (perm[0] != 0) : (flips += 1) {
            var low: usize = 0;
            var high: usize = @intCast(perm[0]);
            while (low < high) {
                std.mem.swap(i64, &perm[low], &perm[high]);
                low += 1;
                high -= 1;
            }
        }
        max_flips = @max(max_flips, flips);
        checksum += if (@rem(permutation, 2) == 0) flips else -flips;
        while (true) : (r += 1) {
            if (r == SIZE) break :permutations;
            const head = first[0];
            for (0..r) |i| first[i] = first[i + 1];
            first[r] = head;
            count[r] -= 1;
            if (count[r] > 0) break;
        }
    }
    try rt.print(init.io, "fannkuch {d} {d}", .{ checksum, max_flips });
}

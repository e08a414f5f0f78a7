// Primes below SIZE by the sieve of Eratosthenes, ROUNDS times.
// The same as benches/c/sieve.c.

const std = @import("std");
const rt = @import("rt.zig");

const SIZE = 2_000_000;
const ROUNDS = 20;

fn sieve(gpa: std.mem.Allocator) !i64 {
    const composite = try gpa.alloc(bool, SIZE);
    defer gpa.free(composite);
    @memset(composite, false);
    var count: i64 = 0;
    for (2..SIZE) |i| {
        if (composite[i]) continue;
        count += 1;
        // Squares do not fit a `usize` of 32 bits.
        var j = @as(u64, i) * i;
        while (j < SIZE) : (j += i) composite[@intCast(j)] = true;
    }
    return count;
}

pub fn main(init: std.process.Init) !void {
    var total: i64 = 0;
    for (0..ROUNDS) |_| total += try sieve(init.gpa);
    try rt.print(init.io, "sieve {d}", .{total});
}

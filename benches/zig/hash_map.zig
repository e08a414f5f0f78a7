// Counts random numbers in a hash table, then looks up as many that are there as are not.
// The same as benches/c/hash_map.c, with the standard library's table.

const std = @import("std");
const rt = @import("rt.zig");

const COUNT = 1_500_000;
const RANGE = 400_000;

pub fn main(init: std.process.Init) !void {
    var random: rt.Random = .{};
    var counts: std.AutoHashMapUnmanaged(i64, i64) = .empty;
    for (0..COUNT) |_| {
        const entry = try counts.getOrPutValue(init.gpa, random.below(RANGE) * 7919, 0);
        entry.value_ptr.* += 1;
    }
    var hits: i64 = 0;
    var sum: i64 = 0;
    var i: i64 = 0;
    while (i < RANGE * 2) : (i += 1) {
        if (counts.get(i * 7919)) |value| {
            hits += 1;
            sum += value * @rem(i, 10);
        }
    }
    try rt.print(init.io, "hash-map {d} {d} {d}", .{ counts.count(), hits, sum });
}

// Sorts SIZE random numbers by merging runs of doubling length, ROUNDS times.
// The same as benches/c/sort.c.

const std = @import("std");
const rt = @import("rt.zig");

const SIZE = 400_000;
const ROUNDS = 4;

fn merge(from: []const i64, to: []i64, start: usize, middle: usize, end: usize) void {
    var left = start;
    var right = middle;
    for (to[start..end]) |*slot| {
        if (left < middle and (right >= end or from[left] <= from[right])) {
            slot.* = from[left];
            left += 1;
        } else {
            slot.* = from[right];
            right += 1;
        }
    }
}

// Returns the slice that holds the result.
fn sort(numbers: []i64, spare: []i64) []i64 {
    var a = numbers;
    var b = spare;
    var width: usize = 1;
    while (width < SIZE) : (width *= 2) {
        var start: usize = 0;
        while (start < SIZE) : (start += 2 * width) {
            merge(a, b, start, @min(start + width, SIZE), @min(start + 2 * width, SIZE));
        }
        std.mem.swap([]i64, &a, &b);
    }
    return a;
}

pub fn main(init: std.process.Init) !void {
    var random: rt.Random = .{};
    var checksum: i64 = 0;
    for (0..ROUNDS) |_| {
        const a = try init.gpa.alloc(i64, SIZE);
        defer init.gpa.free(a);
        const b = try init.gpa.alloc(i64, SIZE);
        defer init.gpa.free(b);
        for (a) |*number| number.* = random.below(1_000_000);
        const sorted = sort(a, b);
        var i: usize = 0;
        while (i < SIZE) : (i += 1000) checksum = @rem(checksum * 31 + sorted[i], 1_000_000_007);
    }
    try rt.print(init.io, "sort {d}", .{checksum});
}

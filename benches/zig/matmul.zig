// The product of two SIZE by SIZE matrices, rows one behind the other.
// The same as benches/c/matmul.c.

const std = @import("std");
const rt = @import("rt.zig");

const SIZE = 520;

fn matrix(gpa: std.mem.Allocator, scale: f64) ![]f64 {
    const m = try gpa.alloc(f64, SIZE * SIZE);
    for (0..SIZE) |i| {
        for (0..SIZE) |j| {
            const difference = @as(i64, @intCast(i)) - @as(i64, @intCast(j));
            m[i * SIZE + j] = scale * @as(f64, @floatFromInt(difference)) * @as(f64, @floatFromInt(i + j));
        }
    }
    return m;
}

pub fn main(init: std.process.Init) !void {
    const scale = 1.0 / @as(f64, SIZE * SIZE);
    const a = try matrix(init.gpa, scale);
    const b = try matrix(init.gpa, scale);
    const c = try init.gpa.alloc(f64, SIZE * SIZE);
    @memset(c, 0);
    for (0..SIZE) |i| {
        for (0..SIZE) |k| {
            const x = a[i * SIZE + k];
            for (0..SIZE) |j| c[i * SIZE + j] += x * b[k * SIZE + j];
        }
    }
    var trace: f64 = 0;
    for (0..SIZE) |i| trace += c[i * SIZE + i];
    try rt.print(init.io, "matmul {d:.9} {d:.9}", .{ trace, c[SIZE / 2 * SIZE + SIZE / 3] });
}

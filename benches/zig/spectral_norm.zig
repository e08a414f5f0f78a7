// The spectral norm of an infinite matrix, cut to SIZE rows. After the Benchmarks Game.
// The same as benches/c/spectral_norm.c.

const std = @import("std");
const rt = @import("rt.zig");

const SIZE = 1400;

fn a(row: usize, column: usize) f64 {
    const i: i64 = @intCast(row);
    const sum = i + @as(i64, @intCast(column));
    return 1.0 / @as(f64, @floatFromInt(@divTrunc(sum * (sum + 1), 2) + i + 1));
}

fn multiply(v: []const f64, out: []f64) void {
    for (out, 0..) |*slot, i| {
        var sum: f64 = 0;
        for (v, 0..) |x, j| sum += a(i, j) * x;
        slot.* = sum;
    }
}

fn multiplyTransposed(v: []const f64, out: []f64) void {
    for (out, 0..) |*slot, i| {
        var sum: f64 = 0;
        for (v, 0..) |x, j| sum += a(j, i) * x;
        slot.* = sum;
    }
}

pub fn main(init: std.process.Init) !void {
    const u = try init.gpa.alloc(f64, SIZE);
    const v = try init.gpa.alloc(f64, SIZE);
    const t = try init.gpa.alloc(f64, SIZE);
    @memset(u, 1.0);
    for (0..10) |_| {
        multiply(u, t);
        multiplyTransposed(t, v);
        multiply(v, t);
        multiplyTransposed(t, u);
    }
    var vbv: f64 = 0;
    var vv: f64 = 0;
    for (u, v) |x, y| {
        vbv += x * y;
        vv += y * y;
    }
    try rt.print(init.io, "spectral-norm {d:.9}", .{@sqrt(vbv / vv)});
}

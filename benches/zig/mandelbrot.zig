// Points of a SIZE by SIZE grid in the Mandelbrot set, and a checksum of the bitmap. After the Benchmarks Game.
// The same as benches/c/mandelbrot.c.

const std = @import("std");
const rt = @import("rt.zig");

const SIZE = 1400;
const MAX_ITERATIONS = 50;

fn isInside(cr: f64, ci: f64) bool {
    var zr: f64 = 0;
    var zi: f64 = 0;
    var tr: f64 = 0;
    var ti: f64 = 0;
    for (0..MAX_ITERATIONS) |_| {
        zi = 2.0 * zr * zi + ci;
        zr = tr - ti + cr;
        tr = zr * zr;
        ti = zi * zi;
        if (tr + ti > 4.0) return false;
    }
    return true;
}

pub fn main(init: std.process.Init) !void {
    var inside: i64 = 0;
    var checksum: i64 = 0;
    for (0..SIZE) |y| {
        const ci = 2.0 * @as(f64, @floatFromInt(y)) / @as(f64, SIZE) - 1.0;
        var byte: i64 = 0;
        for (0..SIZE) |x| {
            const cr = 2.0 * @as(f64, @floatFromInt(x)) / @as(f64, SIZE) - 1.5;
            byte <<= 1;
            if (isInside(cr, ci)) {
                byte |= 1;
                inside += 1;
            }
            if (x % 8 == 7) {
                checksum = @rem(checksum * 31 + byte, 1_000_000_007);
                byte = 0;
            }
        }
    }
    try rt.print(init.io, "mandelbrot {d} {d}", .{ inside, checksum });
}

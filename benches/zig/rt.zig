//! Random numbers for input, the same in all languages, and output.

const std = @import("std");

pub const Random = struct {
    state: i64 = 42,

    pub fn below(random: *Random, limit: i64) i64 {
        random.state = (random.state * 1_103_515_245 + 12_345) & 0x7FFF_FFFF;
        return @rem(random.state >> 8, limit);
    }
};

/// Prints a line.
pub fn print(io: std.Io, comptime format: []const u8, args: anytype) !void {
    var buffer: [256]u8 = undefined;
    var out: std.Io.File.Writer = .init(.stdout(), io, &buffer);
    try out.interface.print(format ++ "\n", args);
    try out.interface.flush();
}

// Builds a text of random words, splits it at spaces, counts the words, and sums over them in order of appearance.
// The same as benches/c/word_count.c, with the standard library's table that keeps the order of insertion.

const std = @import("std");
const rt = @import("rt.zig");

const WORDS = 2_000_000;

const syllables = [16][]const u8{
    "ka", "to", "mi", "re", "sul", "van", "dor", "el", "qua", "xi", "bran", "oth", "u", "fen", "gra", "pel",
};

pub fn main(init: std.process.Init) !void {
    const gpa = init.gpa;
    var random: rt.Random = .{};
    var text: std.ArrayList(u8) = .empty;
    for (0..WORDS) |n| {
        if (n > 0) try text.appendSlice(gpa, " ");
        const parts: usize = @intCast(1 + random.below(3));
        for (0..parts) |_| try text.appendSlice(gpa, syllables[@intCast(random.below(16))]);
    }
    var counts: std.array_hash_map.String(i64) = .empty;
    var words = std.mem.splitScalar(u8, text.items, ' ');
    while (words.next()) |word| {
        const entry = try counts.getOrPutValue(gpa, word, 0);
        entry.value_ptr.* += 1;
    }
    var checksum: i64 = 0;
    for (counts.keys(), counts.values()) |word, count| {
        checksum = @rem(checksum * 31 + count * @as(i64, @intCast(word.len)), 1_000_000_007);
    }
    try rt.print(init.io, "word-count {d} {d}", .{ counts.count(), checksum });
}

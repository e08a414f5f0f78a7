// Many short-lived trees and one long-lived one. After the Benchmarks Game.
// The same as benches/c/binary_trees.c, with the standard library's allocator.

const std = @import("std");
const rt = @import("rt.zig");

const DEPTH = 17;

const Tree = struct {
    left: ?*Tree = null,
    right: ?*Tree = null,

    fn build(gpa: std.mem.Allocator, depth: i64) !*Tree {
        const tree = try gpa.create(Tree);
        tree.* = .{};
        if (depth > 0) {
            tree.left = try build(gpa, depth - 1);
            tree.right = try build(gpa, depth - 1);
        }
        return tree;
    }

    fn count(tree: *const Tree) i64 {
        const left = tree.left orelse return 1;
        return 1 + left.count() + tree.right.?.count();
    }

    fn destroy(tree: *Tree, gpa: std.mem.Allocator) void {
        if (tree.left) |left| {
            left.destroy(gpa);
            tree.right.?.destroy(gpa);
        }
        gpa.destroy(tree);
    }
};

pub fn main(init: std.process.Init) !void {
    const gpa = init.gpa;
    const stretch = try Tree.build(gpa, DEPTH + 1);
    var total = stretch.count();
    stretch.destroy(gpa);
    const long_lived = try Tree.build(gpa, DEPTH);
    var depth: i64 = 4;
    while (depth <= DEPTH) : (depth += 2) {
        const rounds = @as(i64, 1) << @intCast(DEPTH - depth + 4);
        var i: i64 = 0;
        while (i < rounds) : (i += 1) {
            const tree = try Tree.build(gpa, depth);
            total += tree.count();
            tree.destroy(gpa);
        }
    }
    total += long_lived.count();
    long_lived.destroy(gpa);
    try rt.print(init.io, "binary-trees {d}", .{total});
}

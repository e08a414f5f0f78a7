// A stack machine that runs a program with nested loops.
// The same as benches/c/bytecode.c.

const std = @import("std");
const rt = @import("rt.zig");

const LIMIT = 4_000;

// Tags of 64 bits that may have any value: the code is an array of integers.
const Op = enum(i64) { push, load, store, add, sub, mul, rem, less, equal, jump, jump_if_zero, halt, _ };

const Program = struct {
    gpa: std.mem.Allocator,
    code: std.ArrayList(i64) = .empty,

    fn emit(p: *Program, op: Op, argument: i64) !void {
        try p.code.appendSlice(p.gpa, &.{ @intFromEnum(op), argument });
    }

    fn here(p: *const Program) i64 {
        return @intCast(p.code.items.len);
    }

    /// Makes the jump at a position lead to here.
    fn patch(p: *Program, jump: i64) void {
        p.code.items[@intCast(jump + 1)] = p.here();
    }
};

// Counts the primes below LIMIT by trial division, and sums their squares modulo a prime:
// variables are 0 the candidate, 1 the divisor, 2 the count, 3 the sum, 4 whether it is prime.
fn assemble(gpa: std.mem.Allocator) ![]i64 {
    var p: Program = .{ .gpa = gpa };
    try p.emit(.push, 2);
    try p.emit(.store, 0);
    const outer = p.here();
    try p.emit(.load, 0);
    try p.emit(.push, LIMIT);
    try p.emit(.less, 0);
    const leave = p.here();
    try p.emit(.jump_if_zero, 0);
    try p.emit(.push, 2);
    try p.emit(.store, 1);
    try p.emit(.push, 1);
    try p.emit(.store, 4);
    const inner = p.here();
    try p.emit(.load, 1);
    try p.emit(.load, 0);
    try p.emit(.less, 0);
    const inner_leave = p.here();
    try p.emit(.jump_if_zero, 0);
    try p.emit(.load, 0);
    try p.emit(.load, 1);
    try p.emit(.rem, 0);
    try p.emit(.push, 0);
    try p.emit(.equal, 0);
    const divides_not = p.here();
    try p.emit(.jump_if_zero, 0);
    try p.emit(.push, 0);
    try p.emit(.store, 4);
    p.patch(divides_not);
    try p.emit(.load, 1);
    try p.emit(.push, 1);
    try p.emit(.add, 0);
    try p.emit(.store, 1);
    try p.emit(.jump, inner);
    p.patch(inner_leave);
    try p.emit(.load, 2);
    try p.emit(.load, 4);
    try p.emit(.add, 0);
    try p.emit(.store, 2);
    try p.emit(.load, 3);
    try p.emit(.load, 0);
    try p.emit(.load, 0);
    try p.emit(.mul, 0);
    try p.emit(.load, 4);
    try p.emit(.mul, 0);
    try p.emit(.add, 0);
    try p.emit(.push, 1_000_000_007);
    try p.emit(.rem, 0);
    try p.emit(.store, 3);
    try p.emit(.load, 0);
    try p.emit(.push, 1);
    try p.emit(.add, 0);
    try p.emit(.store, 0);
    try p.emit(.jump, outer);
    p.patch(leave);
    try p.emit(.halt, 0);
    return p.code.items;
}

fn run(code: []const i64, stack: []i64, variables: []i64) i64 {
    var pc: usize = 0;
    var top: usize = 0;
    var steps: i64 = 0;
    while (true) {
        const op: Op = @enumFromInt(code[pc]);
        const argument = code[pc + 1];
        pc += 2;
        steps += 1;
        switch (op) {
            .push => {
                stack[top] = argument;
                top += 1;
            },
            .load => {
                stack[top] = variables[@intCast(argument)];
                top += 1;
            },
            .store => {
                top -= 1;
                variables[@intCast(argument)] = stack[top];
            },
            .add => {
                top -= 1;
                stack[top - 1] += stack[top];
            },
            .sub => {
                top -= 1;
                stack[top - 1] -= stack[top];
            },
            .mul => {
                top -= 1;
                stack[top - 1] *= stack[top];
            },
            .rem => {
                top -= 1;
                stack[top - 1] = @rem(stack[top - 1], stack[top]);
            },
            .less => {
                top -= 1;
                stack[top - 1] = @intFromBool(stack[top - 1] < stack[top]);
            },
            .equal => {
                top -= 1;
                stack[top - 1] = @intFromBool(stack[top - 1] == stack[top]);
            },
            .jump => pc = @intCast(argument),
            .jump_if_zero => {
                top -= 1;
                if (stack[top] == 0) pc = @intCast(argument);
            },
            else => return steps,
        }
    }
}

pub fn main(init: std.process.Init) !void {
    const code = try assemble(init.gpa);
    const stack = try init.gpa.alloc(i64, 64);
    @memset(stack, 0);
    const variables = try init.gpa.alloc(i64, 8);
    @memset(variables, 0);
    const steps = run(code, stack, variables);
    try rt.print(init.io, "bytecode {d} {d} {d}", .{ steps, variables[2], variables[3] });
}

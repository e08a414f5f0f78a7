// Parses a JSON text of RECORDS objects into a tree, prints the tree, and compares; ROUNDS times.
// The same as benches/c/json.c, with the standard library's lists and allocator.

const std = @import("std");
const rt = @import("rt.zig");

const Allocator = std.mem.Allocator;
const Text = std.ArrayList(u8);

const RECORDS = 6_000;
const ROUNDS = 12;

const Json = union(enum) {
    null,
    boolean: bool,
    number: i64,
    text: Text,
    list: std.ArrayList(Json),
    object: std.ArrayList(Member),

    fn deinit(json: *Json, gpa: Allocator) void {
        switch (json.*) {
            .null, .boolean, .number => {},
            .text => |*text| text.deinit(gpa),
            .list => |*list| {
                for (list.items) |*value| value.deinit(gpa);
                list.deinit(gpa);
            },
            .object => |*members| {
                for (members.items) |*member| {
                    member.name.deinit(gpa);
                    member.value.deinit(gpa);
                }
                members.deinit(gpa);
            },
        }
    }
};

const Member = struct { name: Text, value: Json };

const Parser = struct {
    gpa: Allocator,
    text: []const u8,
    at: usize = 0,

    const Error = Allocator.Error || error{Syntax};

    fn peek(p: *const Parser) u8 {
        return if (p.at < p.text.len) p.text[p.at] else 0;
    }

    fn next(p: *Parser) u8 {
        const c = p.peek();
        p.at += 1;
        return c;
    }

    fn skipSpace(p: *Parser) void {
        while (true) : (p.at += 1) {
            switch (p.peek()) {
                ' ', '\n', '\t', '\r' => {},
                else => return,
            }
        }
    }

    fn expect(p: *Parser, word: []const u8) Error!void {
        for (word) |c| {
            if (p.next() != c) return error.Syntax;
        }
    }

    fn string(p: *Parser) Error!Text {
        var text: Text = .empty;
        p.at += 1;
        while (true) {
            var c = p.next();
            switch (c) {
                '"' => return text,
                0 => return error.Syntax,
                '\\' => c = switch (p.next()) {
                    'n' => '\n',
                    't' => '\t',
                    else => |other| other,
                },
                else => {},
            }
            try text.append(p.gpa, c);
        }
    }

    fn array(p: *Parser) Error!Json {
        var values: std.ArrayList(Json) = .empty;
        p.at += 1;
        p.skipSpace();
        if (p.peek() == ']') {
            p.at += 1;
            return .{ .list = values };
        }
        while (true) {
            try values.append(p.gpa, try p.value());
            p.skipSpace();
            switch (p.next()) {
                ']' => return .{ .list = values },
                ',' => {},
                else => return error.Syntax,
            }
        }
    }

    fn object(p: *Parser) Error!Json {
        var members: std.ArrayList(Member) = .empty;
        p.at += 1;
        p.skipSpace();
        if (p.peek() == '}') {
            p.at += 1;
            return .{ .object = members };
        }
        while (true) {
            p.skipSpace();
            if (p.peek() != '"') return error.Syntax;
            const name = try p.string();
            p.skipSpace();
            try p.expect(":");
            try members.append(p.gpa, .{ .name = name, .value = try p.value() });
            p.skipSpace();
            switch (p.next()) {
                '}' => return .{ .object = members },
                ',' => {},
                else => return error.Syntax,
            }
        }
    }

    fn number(p: *Parser) i64 {
        const negative = p.peek() == '-';
        if (negative) p.at += 1;
        var n: i64 = 0;
        while (std.ascii.isDigit(p.peek())) n = n * 10 + (p.next() - '0');
        return if (negative) -n else n;
    }

    fn value(p: *Parser) Error!Json {
        p.skipSpace();
        switch (p.peek()) {
            'n' => {
                try p.expect("null");
                return .null;
            },
            't' => {
                try p.expect("true");
                return .{ .boolean = true };
            },
            'f' => {
                try p.expect("false");
                return .{ .boolean = false };
            },
            '"' => return .{ .text = try p.string() },
            '[' => return p.array(),
            '{' => return p.object(),
            else => return .{ .number = p.number() },
        }
    }
};

const Printer = struct {
    gpa: Allocator,
    out: Text = .empty,

    fn push(p: *Printer, c: u8) !void {
        try p.out.append(p.gpa, c);
    }

    fn pushText(p: *Printer, text: []const u8) !void {
        try p.out.appendSlice(p.gpa, text);
    }

    fn pushInt(p: *Printer, n: i64) !void {
        var digits: [20]u8 = undefined;
        var count: usize = 0;
        var rest = n;
        if (n < 0) {
            try p.push('-');
            rest = -n;
        }
        while (true) {
            digits[count] = '0' + @as(u8, @intCast(@rem(rest, 10)));
            count += 1;
            rest = @divTrunc(rest, 10);
            if (rest == 0) break;
        }
        while (count > 0) {
            count -= 1;
            try p.push(digits[count]);
        }
    }

    fn string(p: *Printer, text: []const u8) !void {
        try p.push('"');
        for (text) |c| {
            switch (c) {
                '"', '\\' => {
                    try p.push('\\');
                    try p.push(c);
                },
                '\n' => try p.pushText("\\n"),
                '\t' => try p.pushText("\\t"),
                else => try p.push(c),
            }
        }
        try p.push('"');
    }

    fn value(p: *Printer, json: *const Json) Allocator.Error!void {
        switch (json.*) {
            .null => try p.pushText("null"),
            .boolean => |b| try p.pushText(if (b) "true" else "false"),
            .number => |n| try p.pushInt(n),
            .text => |text| try p.string(text.items),
            .list => |list| {
                try p.push('[');
                for (list.items, 0..) |*element, i| {
                    if (i > 0) try p.push(',');
                    try p.value(element);
                }
                try p.push(']');
            },
            .object => |members| {
                try p.push('{');
                for (members.items, 0..) |*member, i| {
                    if (i > 0) try p.push(',');
                    try p.string(member.name.items);
                    try p.push(':');
                    try p.value(&member.value);
                }
                try p.push('}');
            },
        }
    }
};

fn generate(gpa: Allocator) ![]const u8 {
    var random: rt.Random = .{};
    var p: Printer = .{ .gpa = gpa };
    try p.push('[');
    for (0..RECORDS) |i| {
        if (i > 0) try p.push(',');
        try p.pushText("{\"id\":");
        try p.pushInt(@intCast(i));
        try p.pushText(",\"name\":\"record \\\"");
        try p.pushInt(random.below(1_000_000));
        try p.pushText("\\\"\\n\",\"active\":");
        try p.pushText(if (random.below(2) == 0) "true" else "false");
        try p.pushText(",\"parent\":null,\"scores\":[");
        const scores: usize = @intCast(random.below(8));
        for (0..scores) |n| {
            if (n > 0) try p.push(',');
            try p.pushInt(random.below(20_000) - 10_000);
        }
        try p.pushText("],\"place\":{\"x\":");
        try p.pushInt(random.below(1000));
        try p.pushText(",\"y\":");
        try p.pushInt(random.below(1000));
        try p.pushText("}}");
    }
    try p.push(']');
    return p.out.items;
}

pub fn main(init: std.process.Init) !void {
    const text = try generate(init.gpa);
    var checksum: i64 = 0;
    for (0..ROUNDS) |_| {
        var parser: Parser = .{ .gpa = init.gpa, .text = text };
        var json = try parser.value();
        var printer: Printer = .{ .gpa = init.gpa };
        try printer.value(&json);
        json.deinit(init.gpa);
        const printed = printer.out.items;
        if (printed.len != text.len) return error.LengthsDiffer;
        for (printed, text) |c, expected| {
            if (c != expected) return error.TextsDiffer;
            checksum = @rem(checksum * 31 + c, 1_000_000_007);
        }
        printer.out.deinit(init.gpa);
    }
    try rt.print(init.io, "json {d} {d}", .{ text.len, checksum });
}

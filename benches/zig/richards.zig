// A scheduler with six tasks that pass packets, after Martin Richards. Tasks and packets are elements of lists, and
// refer to each other by index, NONE for nothing. The same as benches/c/richards.c.

const std = @import("std");
const rt = @import("rt.zig");

const ROUNDS = 400;
const COUNT = 10_000;

const NONE = -1;
const BUFFER = 4;

const IDLE = 0;
const WORKER = 1;
const HANDLER_A = 2;
const HANDLER_B = 3;
const DEVICE_A = 4;
const DEVICE_B = 5;
const TASKS = 6;

const DEVICE_PACKET = 0;
const WORK_PACKET = 1;

// A task's state is a sum of these.
const RUNNING = 0;
const RUNNABLE = 1;
const SUSPENDED = 2;
const HELD = 4;

const Packet = struct { link: i64, id: i64, kind: i64, datum: i64, data: [BUFFER]i64 };

// `v1` and `v2` are each kind of task's own: the idler's control and count, the worker's next handler and letter, a
// handler's queues of work and of devices, a device's packet.
const Task = struct {
    priority: i64,
    queue: i64,
    state: i64,
    v1: i64,
    v2: i64,

    fn isHeldOrSuspended(task: *const Task) bool {
        return task.state & HELD != 0 or task.state == SUSPENDED;
    }
};

const Scheduler = struct {
    gpa: std.mem.Allocator,
    tasks: std.ArrayList(Task) = .empty,
    packets: std.ArrayList(Packet) = .empty,
    current: i64 = NONE,
    queued: i64 = 0,
    held: i64 = 0,

    fn deinit(s: *Scheduler) void {
        s.tasks.deinit(s.gpa);
        s.packets.deinit(s.gpa);
    }

    fn task(s: *Scheduler, id: i64) *Task {
        return &s.tasks.items[@intCast(id)];
    }

    fn packet(s: *Scheduler, id: i64) *Packet {
        return &s.packets.items[@intCast(id)];
    }

    fn newPacket(s: *Scheduler, link: i64, id: i64, kind: i64) !i64 {
        try s.packets.append(s.gpa, .{ .link = link, .id = id, .kind = kind, .datum = 0, .data = @splat(0) });
        return @intCast(s.packets.items.len - 1);
    }

    // Puts a packet at the end of a queue, and returns the queue.
    fn append(s: *Scheduler, new: i64, queue: i64) i64 {
        s.packet(new).link = NONE;
        if (queue == NONE) return new;
        var at = queue;
        while (s.packet(at).link != NONE) at = s.packet(at).link;
        s.packet(at).link = new;
        return queue;
    }

    fn addTask(s: *Scheduler, priority: i64, queue: i64, state: i64, v1: i64, v2: i64) !void {
        try s.tasks.append(s.gpa, .{ .priority = priority, .queue = queue, .state = state, .v1 = v1, .v2 = v2 });
    }

    // The runnable task with the highest priority, from the last one downwards; NONE if all wait.
    fn nextTask(s: *Scheduler, after: i64) i64 {
        var id = after;
        while (id >= 0) : (id -= 1) {
            if (!s.task(id).isHeldOrSuspended()) return id;
        }
        return NONE;
    }

    fn queuePacket(s: *Scheduler, id: i64) i64 {
        const p = s.packet(id);
        const target = p.id;
        s.queued += 1;
        p.link = NONE;
        p.id = s.current;
        const t = s.task(target);
        if (t.queue == NONE) {
            t.queue = id;
            t.state |= RUNNABLE;
            if (t.priority > s.task(s.current).priority) return target;
        } else {
            t.queue = s.append(id, t.queue);
        }
        return s.current;
    }

    fn holdCurrent(s: *Scheduler) i64 {
        s.held += 1;
        s.task(s.current).state |= HELD;
        return s.nextTask(TASKS - 1);
    }

    fn suspendCurrent(s: *Scheduler) i64 {
        s.task(s.current).state |= SUSPENDED;
        return s.current;
    }

    fn releaseTask(s: *Scheduler, id: i64) i64 {
        s.task(id).state &= ~@as(i64, HELD);
        return if (s.task(id).priority > s.task(s.current).priority) id else s.current;
    }

    fn runIdle(s: *Scheduler) i64 {
        const t = s.task(IDLE);
        t.v2 -= 1;
        if (t.v2 == 0) return s.holdCurrent();
        if (t.v1 & 1 == 0) {
            t.v1 >>= 1;
            return s.releaseTask(DEVICE_A);
        }
        t.v1 = t.v1 >> 1 ^ 0xD008;
        return s.releaseTask(DEVICE_B);
    }

    fn runWorker(s: *Scheduler, id: i64) i64 {
        if (id == NONE) return s.suspendCurrent();
        const t = s.task(WORKER);
        t.v1 = if (t.v1 == HANDLER_A) HANDLER_B else HANDLER_A;
        const p = s.packet(id);
        p.id = t.v1;
        p.datum = 0;
        for (&p.data) |*letter| {
            t.v2 += 1;
            if (t.v2 > 26) t.v2 = 1;
            letter.* = t.v2;
        }
        return s.queuePacket(id);
    }

    fn runHandler(s: *Scheduler, id: i64) i64 {
        const t = s.task(s.current);
        if (id != NONE) {
            if (s.packet(id).kind == WORK_PACKET) {
                t.v1 = s.append(id, t.v1);
            } else {
                t.v2 = s.append(id, t.v2);
            }
        }
        if (t.v1 != NONE) {
            const work = t.v1;
            const datum = s.packet(work).datum;
            if (datum >= BUFFER) {
                t.v1 = s.packet(work).link;
                return s.queuePacket(work);
            }
            if (t.v2 != NONE) {
                const device = t.v2;
                t.v2 = s.packet(device).link;
                s.packet(device).datum = s.packet(work).data[@intCast(datum)];
                s.packet(work).datum = datum + 1;
                return s.queuePacket(device);
            }
        }
        return s.suspendCurrent();
    }

    fn runDevice(s: *Scheduler, id: i64) i64 {
        const t = s.task(s.current);
        if (id == NONE) {
            if (t.v1 == NONE) return s.suspendCurrent();
            const pending = t.v1;
            t.v1 = NONE;
            return s.queuePacket(pending);
        }
        t.v1 = id;
        return s.holdCurrent();
    }

    fn runTask(s: *Scheduler, id: i64) i64 {
        return switch (s.current) {
            IDLE => s.runIdle(),
            WORKER => s.runWorker(id),
            HANDLER_A, HANDLER_B => s.runHandler(id),
            else => s.runDevice(id),
        };
    }

    fn schedule(s: *Scheduler) void {
        s.current = TASKS - 1;
        while (s.current != NONE) {
            const t = s.task(s.current);
            if (t.isHeldOrSuspended()) {
                s.current = s.nextTask(s.current - 1);
                continue;
            }
            var id: i64 = NONE;
            if (t.state == SUSPENDED | RUNNABLE) {
                id = t.queue;
                t.queue = s.packet(id).link;
                t.state = if (t.queue == NONE) RUNNING else RUNNABLE;
            }
            s.current = s.runTask(id);
        }
    }
};

// A scheduler with its tasks: their numbers are the order in which they are added.
fn scheduler(gpa: std.mem.Allocator) !Scheduler {
    var s: Scheduler = .{ .gpa = gpa };
    try s.addTask(0, NONE, RUNNING, 1, COUNT);
    const first = try s.newPacket(NONE, WORKER, WORK_PACKET);
    const second = try s.newPacket(first, WORKER, WORK_PACKET);
    try s.addTask(1000, second, SUSPENDED | RUNNABLE, HANDLER_A, 0);
    var i: i64 = 0;
    while (i < 2) : (i += 1) {
        var queue: i64 = NONE;
        for (0..3) |_| queue = try s.newPacket(queue, DEVICE_A + i, DEVICE_PACKET);
        try s.addTask(2000 + 1000 * i, queue, SUSPENDED | RUNNABLE, NONE, NONE);
    }
    i = 0;
    while (i < 2) : (i += 1) try s.addTask(4000 + 1000 * i, NONE, SUSPENDED, NONE, NONE);
    return s;
}

pub fn main(init: std.process.Init) !void {
    var queued: i64 = 0;
    var held: i64 = 0;
    for (0..ROUNDS) |_| {
        var s = try scheduler(init.gpa);
        defer s.deinit();
        s.schedule();
        queued += s.queued;
        held += s.held;
    }
    try rt.print(init.io, "richards {d} {d}", .{ queued, held });
}

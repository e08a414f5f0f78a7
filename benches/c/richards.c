// A scheduler with six tasks that pass packets, after Martin Richards. Tasks and packets are elements of arrays, and
// refer to each other by index, NONE for nothing.
#include "rt.h"

#define ROUNDS 400
#define COUNT 10000

#define NONE (-1)
#define TASKS 6
#define BUFFER 4

enum Id { IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B };
enum PacketKind { DEVICE_PACKET, WORK_PACKET };
// A task's state is a sum of these.
enum State { RUNNING = 0, RUNNABLE = 1, SUSPENDED = 2, HELD = 4 };

typedef struct { Int link, id, kind, datum; Int data[BUFFER]; } Packet;

// `v1` and `v2` are each kind of task's own: the idler's control and count, the worker's next handler and letter, a
// handler's queues of work and of devices, a device's packet.
typedef struct { Int priority, queue, state, v1, v2; } Task;

typedef struct {
    Task *tasks;
    Packet *packets;
    Int packet_count, current, queued, held;
} Scheduler;

static Int new_packet(Scheduler *s, Int link, Int id, Int kind) {
    Int n = s->packet_count++;
    s->packets[n] = (Packet){ link, id, kind, 0, { 0, 0, 0, 0 } };
    return n;
}

// Puts a packet at the end of a queue, and returns the queue.
static Int append(Scheduler *s, Int packet, Int queue) {
    s->packets[packet].link = NONE;
    if (queue == NONE) return packet;
    Int at = queue;
    while (s->packets[at].link != NONE) at = s->packets[at].link;
    s->packets[at].link = packet;
    return queue;
}

static void add_task(Scheduler *s, Int id, Int priority, Int queue, Int state, Int v1, Int v2) {
    s->tasks[id] = (Task){ priority, queue, state, v1, v2 };
}

static Bool is_held_or_suspended(const Task *task) {
    return (task->state & HELD) != 0 || task->state == SUSPENDED;
}

// The runnable task with the highest priority, from the last one downwards; NONE if all wait.
static Int next_task(Scheduler *s, Int after) {
    for (Int id = after; id >= 0; id--)
        if (!is_held_or_suspended(&s->tasks[id])) return id;
    return NONE;
}

static Int queue_packet(Scheduler *s, Int packet) {
    Int target = s->packets[packet].id;
    s->queued++;
    s->packets[packet].link = NONE;
    s->packets[packet].id = s->current;
    Task *task = &s->tasks[target];
    if (task->queue == NONE) {
        task->queue = packet;
        task->state |= RUNNABLE;
        if (task->priority > s->tasks[s->current].priority) return target;
    } else {
        task->queue = append(s, packet, task->queue);
    }
    return s->current;
}

static Int hold_current(Scheduler *s) {
    s->held++;
    s->tasks[s->current].state |= HELD;
    return next_task(s, TASKS - 1);
}

static Int suspend_current(Scheduler *s) {
    s->tasks[s->current].state |= SUSPENDED;
    return s->current;
}

static Int release_task(Scheduler *s, Int id) {
    s->tasks[id].state &= ~HELD;
    return s->tasks[id].priority > s->tasks[s->current].priority ? id : s->current;
}

static Int run_idle(Scheduler *s) {
    Task *task = &s->tasks[IDLE];
    task->v2--;
    if (task->v2 == 0) return hold_current(s);
    if ((task->v1 & 1) == 0) {
        task->v1 >>= 1;
        return release_task(s, DEVICE_A);
    }
    task->v1 = task->v1 >> 1 ^ 0xD008;
    return release_task(s, DEVICE_B);
}

static Int run_worker(Scheduler *s, Int packet) {
    if (packet == NONE) return suspend_current(s);
    Task *task = &s->tasks[WORKER];
    task->v1 = task->v1 == HANDLER_A ? HANDLER_B : HANDLER_A;
    Packet *p = &s->packets[packet];
    p->id = task->v1;
    p->datum = 0;
    for (Int i = 0; i < BUFFER; i++) {
        task->v2++;
        if (task->v2 > 26) task->v2 = 1;
        p->data[i] = task->v2;
    }
    return queue_packet(s, packet);
}

static Int run_handler(Scheduler *s, Int packet) {
    Task *task = &s->tasks[s->current];
    if (packet != NONE) {
        if (s->packets[packet].kind == WORK_PACKET) task->v1 = append(s, packet, task->v1);
        else task->v2 = append(s, packet, task->v2);
    }
    if (task->v1 != NONE) {
        Int work = task->v1;
        Int datum = s->packets[work].datum;
        if (datum >= BUFFER) {
            task->v1 = s->packets[work].link;
            return queue_packet(s, work);
        }
        if (task->v2 != NONE) {
            Int device = task->v2;
            task->v2 = s->packets[device].link;
            s->packets[device].datum = s->packets[work].data[datum];
            s->packets[work].datum = datum + 1;
            return queue_packet(s, device);
        }
    }
    return suspend_current(s);
}

static Int run_device(Scheduler *s, Int packet) {
    Task *task = &s->tasks[s->current];
    if (packet == NONE) {
        if (task->v1 == NONE) return suspend_current(s);
        Int pending = task->v1;
        task->v1 = NONE;
        return queue_packet(s, pending);
    }
    task->v1 = packet;
    return hold_current(s);
}

static Int run_task(Scheduler *s, Int packet) {
    switch (s->current) {
    case IDLE: return run_idle(s);
    case WORKER: return run_worker(s, packet);
    case HANDLER_A:
    case HANDLER_B: return run_handler(s, packet);
    default: return run_device(s, packet);
    }
}

static void schedule(Scheduler *s) {
    s->current = TASKS - 1;
    while (s->current != NONE) {
        Task *task = &s->tasks[s->current];
        if (is_held_or_suspended(task)) {
            s->current = next_task(s, s->current - 1);
            continue;
        }
        Int packet = NONE;
        if (task->state == (SUSPENDED | RUNNABLE)) {
            packet = task->queue;
            task->queue = s->packets[packet].link;
            task->state = task->queue == NONE ? RUNNING : RUNNABLE;
        }
        s->current = run_task(s, packet);
    }
}

PROGRAM {
    Int queued = 0, held = 0;
    Task *tasks = alloc(TASKS * sizeof(Task));
    Packet *packets = alloc(16 * sizeof(Packet));
    for (Int round = 0; round < ROUNDS; round++) {
        Scheduler s = { tasks, packets, 0, NONE, 0, 0 };
        add_task(&s, IDLE, 0, NONE, RUNNING, 1, COUNT);
        Int queue = new_packet(&s, NONE, WORKER, WORK_PACKET);
        queue = new_packet(&s, queue, WORKER, WORK_PACKET);
        add_task(&s, WORKER, 1000, queue, SUSPENDED | RUNNABLE, HANDLER_A, 0);
        for (Int i = 0; i < 2; i++) {
            queue = NONE;
            for (Int n = 0; n < 3; n++) queue = new_packet(&s, queue, DEVICE_A + i, DEVICE_PACKET);
            add_task(&s, HANDLER_A + i, 2000 + 1000 * i, queue, SUSPENDED | RUNNABLE, NONE, NONE);
        }
        for (Int i = 0; i < 2; i++) add_task(&s, DEVICE_A + i, 4000 + 1000 * i, NONE, SUSPENDED, NONE, NONE);
        schedule(&s);
        queued += s.queued;
        held += s.held;
    }
    put_text("richards ");
    put_int(queued);
    put_char(' ');
    put_int(held);
    put_line();
}

//! A scheduler with six tasks that pass packets, after Martin Richards. Tasks and packets are elements of arrays, and
//! refer to each other by index, NONE for nothing. The same as benches/c/richards.c.

const ROUNDS: i64 = 400;
const COUNT: i64 = 10_000;

const NONE: i64 = -1;
const BUFFER: usize = 4;

const IDLE: i64 = 0;
const WORKER: i64 = 1;
const HANDLER_A: i64 = 2;
const HANDLER_B: i64 = 3;
const DEVICE_A: i64 = 4;
const DEVICE_B: i64 = 5;
const TASKS: i64 = 6;

const DEVICE_PACKET: i64 = 0;
const WORK_PACKET: i64 = 1;

// A task's state is a sum of these.
const RUNNING: i64 = 0;
const RUNNABLE: i64 = 1;
const SUSPENDED: i64 = 2;
const HELD: i64 = 4;

struct Packet {
    link: i64,
    id: i64,
    kind: i64,
    datum: i64,
    data: [i64; BUFFER],
}

// `v1` and `v2` are each kind of task's own: the idler's control and count, the worker's next handler and letter, a
// handler's queues of work and of devices, a device's packet.
struct Task {
    priority: i64,
    queue: i64,
    state: i64,
    v1: i64,
    v2: i64,
}

impl Task {
    fn is_held_or_suspended(&self) -> bool {
        self.state & HELD != 0 || self.state == SUSPENDED
    }
}

struct Scheduler {
    tasks: Vec<Task>,
    packets: Vec<Packet>,
    current: i64,
    queued: i64,
    held: i64,
}

impl Scheduler {
    fn task(&mut self, id: i64) -> &mut Task {
        &mut self.tasks[id as usize]
    }

    fn packet(&mut self, id: i64) -> &mut Packet {
        &mut self.packets[id as usize]
    }

    fn new_packet(&mut self, link: i64, id: i64, kind: i64) -> i64 {
        self.packets.push(Packet { link, id, kind, datum: 0, data: [0; BUFFER] });
        self.packets.len() as i64 - 1
    }

    // Puts a packet at the end of a queue, and returns the queue.
    fn append(&mut self, packet: i64, queue: i64) -> i64 {
        self.packet(packet).link = NONE;
        if queue == NONE {
            return packet;
        }
        let mut at = queue;
        while self.packet(at).link != NONE {
            at = self.packet(at).link;
        }
        self.packet(at).link = packet;
        queue
    }

    fn add_task(&mut self, priority: i64, queue: i64, state: i64, v1: i64, v2: i64) {
        self.tasks.push(Task { priority, queue, state, v1, v2 });
    }

    // The runnable task with the highest priority, from the last one downwards; NONE if all wait.
    fn next_task(&self, after: i64) -> i64 {
        let mut id = after;
        while id >= 0 {
            if !self.tasks[id as usize].is_held_or_suspended() {
                return id;
            }
            id -= 1;
        }
        NONE
    }

    fn queue_packet(&mut self, packet: i64) -> i64 {
        let target = self.packet(packet).id;
        let current = self.current;
        self.queued += 1;
        self.packet(packet).link = NONE;
        self.packet(packet).id = current;
        let priority = self.task(current).priority;
        let task = self.task(target);
        if task.queue == NONE {
            task.queue = packet;
            task.state |= RUNNABLE;
            if task.priority > priority {
                return target;
            }
        } else {
            let queue = task.queue;
            self.task(target).queue = self.append(packet, queue);
        }
        current
    }

    fn hold_current(&mut self) -> i64 {
        self.held += 1;
        self.task(self.current).state |= HELD;
        self.next_task(TASKS - 1)
    }

    fn suspend_current(&mut self) -> i64 {
        self.task(self.current).state |= SUSPENDED;
        self.current
    }

    fn release_task(&mut self, id: i64) -> i64 {
        self.task(id).state &= !HELD;
        if self.task(id).priority > self.task(self.current).priority { id } else { self.current }
    }

    fn run_idle(&mut self) -> i64 {
        let task = self.task(IDLE);
        task.v2 -= 1;
        if task.v2 == 0 {
            return self.hold_current();
        }
        if task.v1 & 1 == 0 {
            task.v1 >>= 1;
            return self.release_task(DEVICE_A);
        }
        task.v1 = task.v1 >> 1 ^ 0xD008;
        self.release_task(DEVICE_B)
    }

    fn run_worker(&mut self, packet: i64) -> i64 {
        if packet == NONE {
            return self.suspend_current();
        }
        let task = &mut self.tasks[WORKER as usize];
        let p = &mut self.packets[packet as usize];
        task.v1 = if task.v1 == HANDLER_A { HANDLER_B } else { HANDLER_A };
        p.id = task.v1;
        p.datum = 0;
        for letter in &mut p.data {
            task.v2 += 1;
            if task.v2 > 26 {
                task.v2 = 1;
            }
            *letter = task.v2;
        }
        self.queue_packet(packet)
    }

    fn run_handler(&mut self, packet: i64) -> i64 {
        let me = self.current;
        if packet != NONE {
            if self.packet(packet).kind == WORK_PACKET {
                let queue = self.task(me).v1;
                self.task(me).v1 = self.append(packet, queue);
            } else {
                let queue = self.task(me).v2;
                self.task(me).v2 = self.append(packet, queue);
            }
        }
        let work = self.task(me).v1;
        if work != NONE {
            let datum = self.packet(work).datum;
            if datum >= BUFFER as i64 {
                self.task(me).v1 = self.packet(work).link;
                return self.queue_packet(work);
            }
            let device = self.task(me).v2;
            if device != NONE {
                self.task(me).v2 = self.packet(device).link;
                self.packet(device).datum = self.packet(work).data[datum as usize];
                self.packet(work).datum = datum + 1;
                return self.queue_packet(device);
            }
        }
        self.suspend_current()
    }

    fn run_device(&mut self, packet: i64) -> i64 {
        let task = self.task(self.current);
        if packet == NONE {
            let pending = task.v1;
            if pending == NONE {
                return self.suspend_current();
            }
            task.v1 = NONE;
            return self.queue_packet(pending);
        }
        task.v1 = packet;
        self.hold_current()
    }

    fn run_task(&mut self, packet: i64) -> i64 {
        match self.current {
            IDLE => self.run_idle(),
            WORKER => self.run_worker(packet),
            HANDLER_A | HANDLER_B => self.run_handler(packet),
            _ => self.run_device(packet),
        }
    }

    fn schedule(&mut self) {
        self.current = TASKS - 1;
        while self.current != NONE {
            let me = self.current;
            if self.task(me).is_held_or_suspended() {
                self.current = self.next_task(me - 1);
                continue;
            }
            let mut packet = NONE;
            if self.task(me).state == SUSPENDED | RUNNABLE {
                packet = self.task(me).queue;
                let link = self.packet(packet).link;
                let task = self.task(me);
                task.queue = link;
                task.state = if link == NONE { RUNNING } else { RUNNABLE };
            }
            self.current = self.run_task(packet);
        }
    }
}

// A scheduler with its tasks: their numbers are the order in which they are added.
fn scheduler() -> Scheduler {
    let mut s = Scheduler { tasks: Vec::new(), packets: Vec::new(), current: NONE, queued: 0, held: 0 };
    s.add_task(0, NONE, RUNNING, 1, COUNT);
    let first = s.new_packet(NONE, WORKER, WORK_PACKET);
    let second = s.new_packet(first, WORKER, WORK_PACKET);
    s.add_task(1000, second, SUSPENDED | RUNNABLE, HANDLER_A, 0);
    for i in 0..2 {
        let mut queue = NONE;
        for _ in 0..3 {
            queue = s.new_packet(queue, DEVICE_A + i, DEVICE_PACKET);
        }
        s.add_task(2000 + 1000 * i, queue, SUSPENDED | RUNNABLE, NONE, NONE);
    }
    for i in 0..2 {
        s.add_task(4000 + 1000 * i, NONE, SUSPENDED, NONE, NONE);
    }
    s
}

fn main() {
    let mut queued = 0;
    let mut held = 0;
    for _ in 0..ROUNDS {
        let mut s = scheduler();
        s.schedule();
        queued += s.queued;
        held += s.held;
    }
    println!("richards {queued} {held}");
}

// A scheduler with six tasks that pass packets, after Martin Richards. Tasks and packets are elements of arrays, and
// refer to each other by index, NONE for nothing. The same as benches/c/richards.c.

import { print } from "./rt";

const ROUNDS: i32 = 400;
const COUNT: i64 = 10_000;

const NONE: i64 = -1;
const BUFFER: i32 = 4;

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

class Packet {
  datum: i64 = 0;
  data: StaticArray<i64> = new StaticArray<i64>(BUFFER);

  constructor(public link: i64, public id: i64, public kind: i64) {}
}

// `v1` and `v2` are each kind of task's own: the idler's control and count, the worker's next handler and letter, a
// handler's queues of work and of devices, a device's packet.
class Task {
  constructor(public priority: i64, public queue: i64, public state: i64, public v1: i64, public v2: i64) {}

  isHeldOrSuspended(): bool {
    return (this.state & HELD) != 0 || this.state == SUSPENDED;
  }
}

class Scheduler {
  private tasks: Array<Task> = [];
  private packets: Array<Packet> = [];
  private current: i64 = NONE;
  queued: i64 = 0;
  held: i64 = 0;

  private task(id: i64): Task {
    return this.tasks[<i32>id];
  }

  private packet(id: i64): Packet {
    return this.packets[<i32>id];
  }

  newPacket(link: i64, id: i64, kind: i64): i64 {
    this.packets.push(new Packet(link, id, kind));
    return this.packets.length - 1;
  }

  // Puts a packet at the end of a queue, and returns the queue.
  private append(packet: i64, queue: i64): i64 {
    this.packet(packet).link = NONE;
    if (queue == NONE) return packet;
    let at = queue;
    while (this.packet(at).link != NONE) at = this.packet(at).link;
    this.packet(at).link = packet;
    return queue;
  }

  addTask(priority: i64, queue: i64, state: i64, v1: i64, v2: i64): void {
    this.tasks.push(new Task(priority, queue, state, v1, v2));
  }

  // The runnable task with the highest priority, from the last one downwards; NONE if all wait.
  private nextTask(after: i64): i64 {
    for (let id = after; id >= 0; id--) {
      if (!this.task(id).isHeldOrSuspended()) return id;
    }
    return NONE;
  }

  private queuePacket(id: i64): i64 {
    const packet = this.packet(id);
    const target = packet.id;
    this.queued++;
    packet.link = NONE;
    packet.id = this.current;
    const task = this.task(target);
    if (task.queue == NONE) {
      task.queue = id;
      task.state |= RUNNABLE;
      if (task.priority > this.task(this.current).priority) return target;
    } else {
      task.queue = this.append(id, task.queue);
    }
    return this.current;
  }

  private holdCurrent(): i64 {
    this.held++;
    this.task(this.current).state |= HELD;
    return this.nextTask(TASKS - 1);
  }

  private suspendCurrent(): i64 {
    this.task(this.current).state |= SUSPENDED;
    return this.current;
  }

  private releaseTask(id: i64): i64 {
    this.task(id).state &= ~HELD;
    return this.task(id).priority > this.task(this.current).priority ? id : this.current;
  }

  private runIdle(): i64 {
    const task = this.task(IDLE);
    task.v2--;
    if (task.v2 == 0) return this.holdCurrent();
    if ((task.v1 & 1) == 0) {
      task.v1 >>= 1;
      return this.releaseTask(DEVICE_A);
    }
    task.v1 = task.v1 >> 1 ^ 0xD008;
    return this.releaseTask(DEVICE_B);
  }

  private runWorker(id: i64): i64 {
    if (id == NONE) return this.suspendCurrent();
    const task = this.task(WORKER);
    task.v1 = task.v1 == HANDLER_A ? HANDLER_B : HANDLER_A;
    const packet = this.packet(id);
    packet.id = task.v1;
    packet.datum = 0;
    for (let i = 0; i < BUFFER; i++) {
      task.v2++;
      if (task.v2 > 26) task.v2 = 1;
      packet.data[i] = task.v2;
    }
    return this.queuePacket(id);
  }

  private runHandler(id: i64): i64 {
    const task = this.task(this.current);
    if (id != NONE) {
      if (this.packet(id).kind == WORK_PACKET) task.v1 = this.append(id, task.v1);
      else task.v2 = this.append(id, task.v2);
    }
    if (task.v1 != NONE) {
      const work = task.v1;
      const datum = this.packet(work).datum;
      if (datum >= BUFFER) {
        task.v1 = this.packet(work).link;
        return this.queuePacket(work);
      }
      if (task.v2 != NONE) {
        const device = task.v2;
        task.v2 = this.packet(device).link;
        this.packet(device).datum = this.packet(work).data[<i32>datum];
        this.packet(work).datum = datum + 1;
        return this.queuePacket(device);
      }
    }
    return this.suspendCurrent();
  }

  private runDevice(id: i64): i64 {
    const task = this.task(this.current);
    if (id == NONE) {
      if (task.v1 == NONE) return this.suspendCurrent();
      const pending = task.v1;
      task.v1 = NONE;
      return this.queuePacket(pending);
    }
    task.v1 = id;
    return this.holdCurrent();
  }

  private runTask(id: i64): i64 {
    switch (<i32>this.current) {
      case <i32>IDLE:
        return this.runIdle();
      case <i32>WORKER:
        return this.runWorker(id);
      case <i32>HANDLER_A:
      case <i32>HANDLER_B:
        return this.runHandler(id);
      default:
        return this.runDevice(id);
    }
  }

  schedule(): void {
    this.current = TASKS - 1;
    while (this.current != NONE) {
      const task = this.task(this.current);
      if (task.isHeldOrSuspended()) {
        this.current = this.nextTask(this.current - 1);
        continue;
      }
      let id = NONE;
      if (task.state == (SUSPENDED | RUNNABLE)) {
        id = task.queue;
        task.queue = this.packet(id).link;
        task.state = task.queue == NONE ? RUNNING : RUNNABLE;
      }
      this.current = this.runTask(id);
    }
  }
}

// A scheduler with its tasks: their numbers are the order in which they are added.
function scheduler(): Scheduler {
  const s = new Scheduler();
  s.addTask(0, NONE, RUNNING, 1, COUNT);
  const first = s.newPacket(NONE, WORKER, WORK_PACKET);
  const second = s.newPacket(first, WORKER, WORK_PACKET);
  s.addTask(1000, second, SUSPENDED | RUNNABLE, HANDLER_A, 0);
  for (let i = 0; i < 2; i++) {
    let queue = NONE;
    for (let n = 0; n < 3; n++) queue = s.newPacket(queue, DEVICE_A + i, DEVICE_PACKET);
    s.addTask(2000 + 1000 * i, queue, SUSPENDED | RUNNABLE, NONE, NONE);
  }
  for (let i = 0; i < 2; i++) s.addTask(4000 + 1000 * i, NONE, SUSPENDED, NONE, NONE);
  return s;
}

function main(): void {
  let queued: i64 = 0;
  let held: i64 = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const s = scheduler();
    s.schedule();
    queued += s.queued;
    held += s.held;
  }
  print(`richards ${queued} ${held}`);
}

main();

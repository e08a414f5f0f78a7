// A scheduler with six tasks that pass packets, after Martin Richards. Tasks and packets are elements of slices, and
// refer to each other by index, None for nothing. The same as benches/c/richards.c.
package main

import "fmt"

const rounds = 400
const count = 10_000

const None = -1
const bufferSize = 4

const (
	Idle = iota
	Worker
	HandlerA
	HandlerB
	DeviceA
	DeviceB
	tasks
)

const (
	DevicePacket = iota
	WorkPacket
)

// A task's state is a sum of these.
const (
	Running   = 0
	Runnable  = 1
	Suspended = 2
	Held      = 4
)

type Packet struct {
	link, id, kind, datum int
	data                  [bufferSize]int
}

// `v1` and `v2` are each kind of task's own: the idler's control and count, the worker's next handler and letter, a
// handler's queues of work and of devices, a device's packet.
type Task struct {
	priority, queue, state, v1, v2 int
}

func (task *Task) isHeldOrSuspended() bool {
	return task.state&Held != 0 || task.state == Suspended
}

type Scheduler struct {
	tasks                 []Task
	packets               []Packet
	current, queued, held int
}

func (s *Scheduler) newPacket(link, id, kind int) int {
	s.packets = append(s.packets, Packet{link: link, id: id, kind: kind})
	return len(s.packets) - 1
}

// Puts a packet at the end of a queue, and returns the queue.
func (s *Scheduler) append(packet, queue int) int {
	s.packets[packet].link = None
	if queue == None {
		return packet
	}
	at := queue
	for s.packets[at].link != None {
		at = s.packets[at].link
	}
	s.packets[at].link = packet
	return queue
}

func (s *Scheduler) addTask(priority, queue, state, v1, v2 int) {
	s.tasks = append(s.tasks, Task{priority, queue, state, v1, v2})
}

// The runnable task with the highest priority, from the last one downwards; None if all wait.
func (s *Scheduler) nextTask(after int) int {
	for id := after; id >= 0; id-- {
		if !s.tasks[id].isHeldOrSuspended() {
			return id
		}
	}
	return None
}

func (s *Scheduler) queuePacket(packet int) int {
	target := s.packets[packet].id
	s.queued++
	s.packets[packet].link = None
	s.packets[packet].id = s.current
	task := &s.tasks[target]
	if task.queue == None {
		task.queue = packet
		task.state |= Runnable
		if task.priority > s.tasks[s.current].priority {
			return target
		}
	} else {
		task.queue = s.append(packet, task.queue)
	}
	return s.current
}

func (s *Scheduler) holdCurrent() int {
	s.held++
	s.tasks[s.current].state |= Held
	return s.nextTask(tasks - 1)
}

func (s *Scheduler) suspendCurrent() int {
	s.tasks[s.current].state |= Suspended
	return s.current
}

func (s *Scheduler) releaseTask(id int) int {
	s.tasks[id].state &^= Held
	if s.tasks[id].priority > s.tasks[s.current].priority {
		return id
	}
	return s.current
}

func (s *Scheduler) runIdle() int {
	task := &s.tasks[Idle]
	task.v2--
	if task.v2 == 0 {
		return s.holdCurrent()
	}
	if task.v1&1 == 0 {
		task.v1 >>= 1
		return s.releaseTask(DeviceA)
	}
	task.v1 = task.v1>>1 ^ 0xD008
	return s.releaseTask(DeviceB)
}

func (s *Scheduler) runWorker(packet int) int {
	if packet == None {
		return s.suspendCurrent()
	}
	task := &s.tasks[Worker]
	if task.v1 == HandlerA {
		task.v1 = HandlerB
	} else {
		task.v1 = HandlerA
	}
	p := &s.packets[packet]
	p.id = task.v1
	p.datum = 0
	for i := range p.data {
		task.v2++
		if task.v2 > 26 {
			task.v2 = 1
		}
		p.data[i] = task.v2
	}
	return s.queuePacket(packet)
}

func (s *Scheduler) runHandler(packet int) int {
	task := &s.tasks[s.current]
	if packet != None {
		if s.packets[packet].kind == WorkPacket {
			task.v1 = s.append(packet, task.v1)
		} else {
			task.v2 = s.append(packet, task.v2)
		}
	}
	if task.v1 != None {
		work := task.v1
		datum := s.packets[work].datum
		if datum >= bufferSize {
			task.v1 = s.packets[work].link
			return s.queuePacket(work)
		}
		if task.v2 != None {
			device := task.v2
			task.v2 = s.packets[device].link
			s.packets[device].datum = s.packets[work].data[datum]
			s.packets[work].datum = datum + 1
			return s.queuePacket(device)
		}
	}
	return s.suspendCurrent()
}

func (s *Scheduler) runDevice(packet int) int {
	task := &s.tasks[s.current]
	if packet == None {
		if task.v1 == None {
			return s.suspendCurrent()
		}
		pending := task.v1
		task.v1 = None
		return s.queuePacket(pending)
	}
	task.v1 = packet
	return s.holdCurrent()
}

func (s *Scheduler) runTask(packet int) int {
	switch s.current {
	case Idle:
		return s.runIdle()
	case Worker:
		return s.runWorker(packet)
	case HandlerA, HandlerB:
		return s.runHandler(packet)
	default:
		return s.runDevice(packet)
	}
}

func (s *Scheduler) schedule() {
	s.current = tasks - 1
	for s.current != None {
		task := &s.tasks[s.current]
		if task.isHeldOrSuspended() {
			s.current = s.nextTask(s.current - 1)
			continue
		}
		packet := None
		if task.state == Suspended|Runnable {
			packet = task.queue
			task.queue = s.packets[packet].link
			if task.queue == None {
				task.state = Running
			} else {
				task.state = Runnable
			}
		}
		s.current = s.runTask(packet)
	}
}

// A scheduler with its tasks: their numbers are the order in which they are added.
func newScheduler() *Scheduler {
	s := &Scheduler{current: None}
	s.addTask(0, None, Running, 1, count)
	first := s.newPacket(None, Worker, WorkPacket)
	second := s.newPacket(first, Worker, WorkPacket)
	s.addTask(1000, second, Suspended|Runnable, HandlerA, 0)
	for i := range 2 {
		queue := None
		for range 3 {
			queue = s.newPacket(queue, DeviceA+i, DevicePacket)
		}
		s.addTask(2000+1000*i, queue, Suspended|Runnable, None, None)
	}
	for i := range 2 {
		s.addTask(4000+1000*i, None, Suspended, None, None)
	}
	return s
}

func main() {
	queued, held := 0, 0
	for range rounds {
		s := newScheduler()
		s.schedule()
		queued += s.queued
		held += s.held
	}
	fmt.Println("richards", queued, held)
}

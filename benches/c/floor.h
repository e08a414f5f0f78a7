// What messages between actors cost at least: one allocated from a pool and freed, one pushed to and popped from a queue
// whose links are in the messages, one `switch` over what the message is. No mailboxes, no scheduler, nobody that waits,
// no counts of owners and no panics: what a runtime has to do besides is what the bench shows.

#ifndef FLOOR_H
#define FLOOR_H

#include "rt.h"

struct actor;

typedef struct message {
    struct message *next;
    struct actor *to, *from;
    Int kind, value;
} Message;

static Message *pool;
static Message *queue;
static Message **queue_end = &queue;

static inline void send(struct actor *to, Int kind, Int value, struct actor *from) {
    Message *m = pool;
    if (m) pool = m->next;
    else m = alloc(sizeof *m);
    *m = (Message){ null, to, from, kind, value };
    *queue_end = m;
    queue_end = &m->next;
}

static void dispatch(const Message *m);

// Until there is no message left.
static void run(void) {
    while (queue) {
        Message *m = queue;
        queue = m->next;
        if (!queue) queue_end = &queue;
        dispatch(m);
        m->next = pool;
        pool = m;
        // Messages go through memory, as they do between actors that the compiler cannot see both of.
        __asm__ volatile("" ::: "memory");
    }
}

static inline void report(const char *name, Int result) {
    put_text(name);
    put_char(' ');
    put_int(result);
    put_line();
}

#endif

// A producer sends MESSAGES messages to a counter at once, and then asks for the count.
#include "floor.h"

#define MESSAGES 3000000

enum { START, INCREMENT, RETRIEVE, RESULT };

struct actor { Int count; };

static struct actor producer, counter;

static void dispatch(const Message *m) {
    switch (m->kind) {
    case START:
        for (Int i = 0; i < MESSAGES; i++) send(&counter, INCREMENT, 0, m->to);
        send(&counter, RETRIEVE, 0, m->to);
        break;
    case INCREMENT: m->to->count++; break;
    case RETRIEVE: send(m->from, RESULT, m->to->count, m->to); break;
    case RESULT: report("counting", m->value); break;
    }
}

PROGRAM {
    send(&producer, START, 0, null);
    run();
}

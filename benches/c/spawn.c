// ACTORS actors are started, each of which gets one message, sends one to a collector, and ends.
#include "floor.h"

#define ACTORS 1000000

enum { WORK, DONE };

struct actor { Int count, sum; };

static struct actor collector;

static void dispatch(const Message *m) {
    switch (m->kind) {
    case WORK:
        send(&collector, DONE, m->value, m->to);
        release(m->to);
        break;
    case DONE:
        m->to->sum += m->value;
        if (++m->to->count == ACTORS) report("spawn", m->to->sum);
        break;
    }
}

PROGRAM {
    for (Int i = 0; i < ACTORS; i++) {
        struct actor *worker = alloc(sizeof *worker);
        *worker = (struct actor){ 0, 0 };
        send(worker, WORK, i, null);
    }
    run();
}

// A message goes round a ring of actors until its HOPS are used up; the number of the actor that has it then.
#include "floor.h"

#define MEMBERS 503
#define HOPS 10000000

enum { PING };

struct actor { Int id; struct actor *next; };

static struct actor ring[MEMBERS];

static void dispatch(const Message *m) {
    switch (m->kind) {
    case PING:
        if (m->value > 0) send(m->to->next, PING, m->value - 1, m->to);
        else report("thread-ring", m->to->id);
        break;
    }
}

PROGRAM {
    for (Int i = 0; i < MEMBERS; i++) ring[i] = (struct actor){ i + 1, &ring[(i + 1) % MEMBERS] };
    send(&ring[0], PING, HOPS, null);
    run();
}

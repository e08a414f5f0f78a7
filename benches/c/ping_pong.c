// One message goes to and fro between two actors, ROUNDS times.
#include "floor.h"

#define ROUNDS 5000000

enum { HIT, RETURN };

struct actor { Int count; };

static struct actor ping, pong;

static void dispatch(const Message *m) {
    switch (m->kind) {
    case HIT:
        m->to->count++;
        send(m->from, RETURN, 0, m->to);
        break;
    case RETURN:
        m->to->count++;
        if (m->to->count < ROUNDS) send(m->from, HIT, 0, m->to);
        break;
    }
}

PROGRAM {
    send(&pong, HIT, 0, &ping);
    run();
    report("ping-pong", ping.count + pong.count);
}

// A client asks a server QUESTIONS questions, each after the answer to the one before; the sum of the answers.
#include "floor.h"

#define QUESTIONS 3000000

enum { QUESTION, ANSWER };

struct actor { Int asked, sum; };

static struct actor client, server;

static void dispatch(const Message *m) {
    switch (m->kind) {
    case QUESTION: send(m->from, ANSWER, m->value + 1, m->to); break;
    case ANSWER:
        m->to->sum += m->value;
        if (++m->to->asked < QUESTIONS) send(m->from, QUESTION, m->to->asked, m->to);
        break;
    }
}

PROGRAM {
    send(&server, QUESTION, 0, &client);
    run();
    report("ask", client.sum);
}

// An actor starts ten, each of these ten more, down to LEAVES leaves, which send their numbers; the others send the sum of
// their ten.
#include "floor.h"

#define LEAVES 1000000

enum { START, VALUE };

struct actor {
    struct actor *parent;
    Int size, left, sum;
};

static struct actor root;

static void dispatch(const Message *m) {
    struct actor *self = m->to;
    switch (m->kind) {
    case START:
        if (self->size == 1) {
            send(self->parent, VALUE, m->value, self);
            release(self);
            return;
        }
        for (Int i = 0; i < 10; i++) {
            struct actor *child = alloc(sizeof *child);
            *child = (struct actor){ self, self->size / 10, 10, 0 };
            send(child, START, m->value + i * child->size, self);
        }
        break;
    case VALUE:
        if (self == &root) {
            report("skynet", m->value);
            return;
        }
        self->sum += m->value;
        if (--self->left == 0) {
            send(self->parent, VALUE, self->sum, self);
            release(self);
        }
        break;
    }
}

PROGRAM {
    struct actor *first = alloc(sizeof *first);
    *first = (struct actor){ &root, LEAVES, 10, 0 };
    send(first, START, 0, &root);
    run();
}

// Primes below SIZE by the sieve of Eratosthenes, ROUNDS times.
#include "rt.h"

#define SIZE 2000000
#define ROUNDS 20

static Int sieve(void) {
    Bool *composite = alloc(SIZE * sizeof(Bool));
    for (Int i = 0; i < SIZE; i++) composite[i] = false;
    Int count = 0;
    for (Int i = 2; i < SIZE; i++) {
        if (composite[i]) continue;
        count++;
        for (Int j = i * i; j < SIZE; j += i) composite[j] = true;
    }
    release(composite);
    return count;
}

PROGRAM {
    Int total = 0;
    for (Int round = 0; round < ROUNDS; round++) total += sieve();
    put_text("sieve ");
    put_int(total);
    put_line();
}

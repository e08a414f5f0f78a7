// Sorts SIZE random numbers by merging runs of doubling length, ROUNDS times.
#include "rt.h"

#define SIZE 400000
#define ROUNDS 4

static void merge(const Int *from, Int *to, Int start, Int middle, Int end) {
    Int left = start, right = middle;
    for (Int i = start; i < end; i++) {
        if (left < middle && (right >= end || from[left] <= from[right])) {
            to[i] = from[left++];
        } else {
            to[i] = from[right++];
        }
    }
}

static Int min(Int a, Int b) { return a < b ? a : b; }

// Returns the array that holds the result.
static Int *sort(Int *a, Int *b) {
    for (Int width = 1; width < SIZE; width *= 2) {
        for (Int start = 0; start < SIZE; start += 2 * width)
            merge(a, b, start, min(start + width, SIZE), min(start + 2 * width, SIZE));
        Int *swapped = a;
        a = b;
        b = swapped;
    }
    return a;
}

PROGRAM {
    Int checksum = 0;
    for (Int round = 0; round < ROUNDS; round++) {
        Int *a = alloc(SIZE * sizeof(Int)), *b = alloc(SIZE * sizeof(Int));
        for (Int i = 0; i < SIZE; i++) a[i] = random_below(1000000);
        Int *sorted = sort(a, b);
        for (Int i = 0; i < SIZE; i += 1000) checksum = (checksum * 31 + sorted[i]) % 1000000007;
        release(a);
        release(b);
    }
    put_text("sort ");
    put_int(checksum);
    put_line();
}

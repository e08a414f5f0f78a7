// Flips of pancakes over all permutations of SIZE. After the Benchmarks Game.
#include "rt.h"

#define SIZE 10

PROGRAM {
    Int *perm = alloc(SIZE * sizeof(Int)), *first = alloc(SIZE * sizeof(Int)), *count = alloc(SIZE * sizeof(Int));
    for (Int i = 0; i < SIZE; i++) first[i] = i;
    Int max_flips = 0, checksum = 0, permutation = 0, r = SIZE;
    for (;;) {
        while (r != 1) {
            count[r - 1] = r;
            r--;
        }
        for (Int i = 0; i < SIZE; i++) perm[i] = first[i];
        Int flips = 0;
        for (Int k = perm[0]; k != 0; k = perm[0]) {
            for (Int low = 0, high = k; low < high; low++, high--) {
                Int swapped = perm[low];
                perm[low] = perm[high];
                perm[high] = swapped;
            }
            flips++;
        }
        if (flips > max_flips) max_flips = flips;
        checksum += permutation % 2 == 0 ? flips : -flips;
        for (;;) {
            if (r == SIZE) goto done;
            Int head = first[0];
            for (Int i = 0; i < r; i++) first[i] = first[i + 1];
            first[r] = head;
            count[r]--;
            if (count[r] > 0) break;
            r++;
        }
        permutation++;
    }
done:
    put_text("fannkuch ");
    put_int(checksum);
    put_char(' ');
    put_int(max_flips);
    put_line();
}

// Counts random numbers in a hash table, then looks up as many that are there as are not.
#include "rt.h"

typedef Int Key;
#include "map.h"

#define COUNT 1500000
#define RANGE 400000

static inline UInt32 key_hash(Key key) { return hash_end(mix(SEED, (UInt64)key)); }
static inline Bool key_equal(Key a, Key b) { return a == b; }

PROGRAM {
    Map map;
    map_new(&map);
    for (Int i = 0; i < COUNT; i++) *map_entry(&map, random_below(RANGE) * 7919) += 1;
    Int hits = 0, sum = 0;
    for (Int i = 0; i < RANGE * 2; i++) {
        Int *value = map_find(&map, i * 7919);
        if (value) {
            hits++;
            sum += *value * (i % 10);
        }
    }
    put_text("hash-map ");
    put_int((Int)map.len);
    put_char(' ');
    put_int(hits);
    put_char(' ');
    put_int(sum);
    put_line();
}

// A hash table that keeps insertion order, as GAL's `Map` does: a table of 32-bit positions, searched linearly, into an
// array of entries. The program defines `Key`, `key_hash` and `key_equal` before it includes this.

#ifndef MAP_H
#define MAP_H

typedef struct { UInt32 hash; Key key; Int value; } Entry;
typedef struct { UInt32 *table; Size table_size; Entry *entries; Size len, capacity; } Map;

static const UInt64 K1 = 0x9E3779B97F4A7C15u;
static const UInt64 K2 = 0xD6E8FEB86659FD93u;
static const UInt64 SEED = 0x2545F4914F6CDD1Du;

static inline UInt64 mix(UInt64 state, UInt64 value) {
    UInt64 x = (state ^ value) * K1;
    return x ^ x >> 32;
}

static inline UInt32 hash_end(UInt64 state) {
    UInt64 x = state * K2;
    return (UInt32)((x ^ x >> 29) >> 32);
}

static inline UInt32 key_hash(Key key);
static inline Bool key_equal(Key a, Key b);

static inline void map_new(Map *map) {
    map->table_size = 8;
    map->table = alloc(8 * sizeof(UInt32));
    for (Size i = 0; i < 8; i++) map->table[i] = 0;
    map->capacity = 6;
    map->entries = alloc(6 * sizeof(Entry));
    map->len = 0;
}

static __attribute__((noinline)) void map_grow(Map *map) {
    Size size = map->table_size * 2;
    release(map->table);
    map->table = alloc(size * sizeof(UInt32));
    for (Size i = 0; i < size; i++) map->table[i] = 0;
    for (Size n = 0; n < map->len; n++) {
        Size i = map->entries[n].hash & (size - 1);
        while (map->table[i]) i = (i + 1) & (size - 1);
        map->table[i] = (UInt32)n + 1;
    }
    map->table_size = size;
    map->capacity = size / 4 * 3;
    map->entries = resize(map->entries, map->len * sizeof(Entry), map->capacity * sizeof(Entry));
}

// The value at a key; `null` if there is none.
static inline Int *map_find(Map *map, Key key) {
    UInt32 hash = key_hash(key);
    Size mask = map->table_size - 1;
    for (Size i = hash & mask; map->table[i]; i = (i + 1) & mask) {
        Entry *entry = &map->entries[map->table[i] - 1];
        if (entry->hash == hash && key_equal(entry->key, key)) return &entry->value;
    }
    return null;
}

// The value at a key, 0 if it is new.
static inline Int *map_entry(Map *map, Key key) {
    UInt32 hash = key_hash(key);
    Size mask = map->table_size - 1, i = hash & mask;
    for (; map->table[i]; i = (i + 1) & mask) {
        Entry *entry = &map->entries[map->table[i] - 1];
        if (entry->hash == hash && key_equal(entry->key, key)) return &entry->value;
    }
    if (map->len == map->capacity) {
        map_grow(map);
        mask = map->table_size - 1;
        i = hash & mask;
        while (map->table[i]) i = (i + 1) & mask;
    }
    map->entries[map->len] = (Entry){ hash, key, 0 };
    map->table[i] = (UInt32)++map->len;
    return &map->entries[map->len - 1].value;
}

#endif

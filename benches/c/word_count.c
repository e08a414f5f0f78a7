// Builds a text of random words, splits it at spaces, counts the words, and sums over them in order of appearance.
#include "rt.h"

typedef struct { const UInt8 *at; Int len; } Key;
#include "map.h"

#define WORDS 2000000

static const char *SYLLABLES[16] = { "ka", "to", "mi", "re", "sul", "van", "dor", "el",
                                     "qua", "xi", "bran", "oth", "u", "fen", "gra", "pel" };

static inline UInt32 key_hash(Key key) {
    UInt64 state = SEED;
    Int i = 0;
    for (; i + 8 <= key.len; i += 8) {
        UInt64 word;
        __builtin_memcpy(&word, key.at + i, 8);
        state = mix(state, word);
    }
    UInt64 rest = (UInt64)key.len;
    if (i + 4 <= key.len) {
        UInt32 word;
        __builtin_memcpy(&word, key.at + i, 4);
        rest = rest << 32 | word;
        i += 4;
    }
    for (; i < key.len; i++) rest = rest << 8 | key.at[i];
    return hash_end(mix(state, rest));
}

static inline Bool key_equal(Key a, Key b) {
    if (a.len != b.len) return false;
    for (Int i = 0; i < a.len; i++)
        if (a.at[i] != b.at[i]) return false;
    return true;
}

typedef struct { UInt8 *at; Int len, capacity; } Text;

static void append(Text *text, const char *part) {
    for (; *part; part++) {
        if (text->len == text->capacity) {
            Int capacity = text->capacity == 0 ? 16 : text->capacity * 2;
            text->at = resize(text->at, (Size)text->len, (Size)capacity);
            text->capacity = capacity;
        }
        text->at[text->len++] = (UInt8)*part;
    }
}

PROGRAM {
    Text text = { null, 0, 0 };
    for (Int n = 0; n < WORDS; n++) {
        if (n > 0) append(&text, " ");
        Int parts = 1 + random_below(3);
        for (Int i = 0; i < parts; i++) append(&text, SYLLABLES[random_below(16)]);
    }
    Map map;
    map_new(&map);
    Int start = 0;
    for (Int i = 0; i <= text.len; i++) {
        if (i < text.len && text.at[i] != ' ') continue;
        *map_entry(&map, (Key){ text.at + start, i - start }) += 1;
        start = i + 1;
    }
    Int checksum = 0;
    for (Size n = 0; n < map.len; n++)
        checksum = (checksum * 31 + map.entries[n].value * map.entries[n].key.len) % 1000000007;
    put_text("word-count ");
    put_int((Int)map.len);
    put_char(' ');
    put_int(checksum);
    put_line();
}

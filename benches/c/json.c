// Parses a JSON text of RECORDS objects into a tree, prints the tree, and compares; ROUNDS times.
#include "rt.h"

#define RECORDS 6000
#define ROUNDS 12

typedef struct { UInt8 *at; Int len, capacity; } Text;

static inline void push(Text *text, UInt8 byte) {
    if (text->len == text->capacity) {
        Int capacity = text->capacity == 0 ? 16 : text->capacity * 2;
        text->at = resize(text->at, (Size)text->len, (Size)capacity);
        text->capacity = capacity;
    }
    text->at[text->len++] = byte;
}

static void push_text(Text *text, const char *part) {
    for (; *part; part++) push(text, (UInt8)*part);
}

static void push_int(Text *text, Int n) {
    UInt8 digits[20];
    int count = 0;
    if (n < 0) {
        push(text, '-');
        n = -n;
    }
    do {
        digits[count++] = (UInt8)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    while (count > 0) push(text, digits[--count]);
}

enum Kind { NUL, BOOL, NUMBER, STRING, ARRAY, OBJECT };

typedef struct Json Json;
typedef struct Member Member;

// A growing array of values or of members.
typedef struct { void *at; Int len, capacity; } List;

struct Json {
    enum Kind kind;
    union {
        Bool boolean;
        Int number;
        Text string;
        List list;
    };
};

struct Member { Text name; Json value; };

static inline void *list_push(List *list, Size element) {
    if (list->len == list->capacity) {
        Int capacity = list->capacity == 0 ? 4 : list->capacity * 2;
        list->at = resize(list->at, (Size)list->len * element, (Size)capacity * element);
        list->capacity = capacity;
    }
    return (char *)list->at + (Size)list->len++ * element;
}

typedef struct { Text text; Int at; } Parser;

static inline UInt8 peek(const Parser *p) { return p->at < p->text.len ? p->text.at[p->at] : 0; }

static void skip_space(Parser *p) {
    for (;;) {
        UInt8 c = peek(p);
        if (c != ' ' && c != '\n' && c != '\t' && c != '\r') return;
        p->at++;
    }
}

static void expect(Parser *p, const char *word) {
    for (; *word; word++) {
        if (peek(p) != (UInt8)*word) fail("a word is expected\n");
        p->at++;
    }
}

static Text parse_string(Parser *p) {
    Text text = { null, 0, 0 };
    p->at++;
    for (;;) {
        UInt8 c = peek(p);
        p->at++;
        if (c == '"') return text;
        if (c == 0) fail("the string does not end\n");
        if (c == '\\') {
            c = peek(p);
            p->at++;
            if (c == 'n') c = '\n';
            else if (c == 't') c = '\t';
        }
        push(&text, c);
    }
}

static Json parse_value(Parser *p);

static Json parse_array(Parser *p) {
    List list = { null, 0, 0 };
    p->at++;
    skip_space(p);
    if (peek(p) == ']') {
        p->at++;
        return (Json){ .kind = ARRAY, .list = list };
    }
    for (;;) {
        Json value = parse_value(p);
        *(Json *)list_push(&list, sizeof(Json)) = value;
        skip_space(p);
        UInt8 c = peek(p);
        p->at++;
        if (c == ']') return (Json){ .kind = ARRAY, .list = list };
        if (c != ',') fail("`,` or `]` is expected\n");
    }
}

static Json parse_object(Parser *p) {
    List list = { null, 0, 0 };
    p->at++;
    skip_space(p);
    if (peek(p) == '}') {
        p->at++;
        return (Json){ .kind = OBJECT, .list = list };
    }
    for (;;) {
        skip_space(p);
        if (peek(p) != '"') fail("a name is expected\n");
        Text name = parse_string(p);
        skip_space(p);
        expect(p, ":");
        Json value = parse_value(p);
        *(Member *)list_push(&list, sizeof(Member)) = (Member){ name, value };
        skip_space(p);
        UInt8 c = peek(p);
        p->at++;
        if (c == '}') return (Json){ .kind = OBJECT, .list = list };
        if (c != ',') fail("`,` or `}` is expected\n");
    }
}

static Int parse_number(Parser *p) {
    Bool negative = peek(p) == '-';
    if (negative) p->at++;
    Int n = 0;
    while (peek(p) >= '0' && peek(p) <= '9') {
        n = n * 10 + (peek(p) - '0');
        p->at++;
    }
    return negative ? -n : n;
}

static Json parse_value(Parser *p) {
    skip_space(p);
    switch (peek(p)) {
    case 'n':
        expect(p, "null");
        return (Json){ .kind = NUL };
    case 't':
        expect(p, "true");
        return (Json){ .kind = BOOL, .boolean = true };
    case 'f':
        expect(p, "false");
        return (Json){ .kind = BOOL, .boolean = false };
    case '"':
        return (Json){ .kind = STRING, .string = parse_string(p) };
    case '[':
        return parse_array(p);
    case '{':
        return parse_object(p);
    default:
        return (Json){ .kind = NUMBER, .number = parse_number(p) };
    }
}

static void print_string(const Text *string, Text *out) {
    push(out, '"');
    for (Int i = 0; i < string->len; i++) {
        UInt8 c = string->at[i];
        if (c == '"' || c == '\\') {
            push(out, '\\');
            push(out, c);
        } else if (c == '\n') {
            push_text(out, "\\n");
        } else if (c == '\t') {
            push_text(out, "\\t");
        } else {
            push(out, c);
        }
    }
    push(out, '"');
}

static void print(const Json *json, Text *out) {
    switch (json->kind) {
    case NUL: push_text(out, "null"); break;
    case BOOL: push_text(out, json->boolean ? "true" : "false"); break;
    case NUMBER: push_int(out, json->number); break;
    case STRING: print_string(&json->string, out); break;
    case ARRAY:
        push(out, '[');
        for (Int i = 0; i < json->list.len; i++) {
            if (i > 0) push(out, ',');
            print(&((Json *)json->list.at)[i], out);
        }
        push(out, ']');
        break;
    case OBJECT:
        push(out, '{');
        for (Int i = 0; i < json->list.len; i++) {
            const Member *member = &((Member *)json->list.at)[i];
            if (i > 0) push(out, ',');
            print_string(&member->name, out);
            push(out, ':');
            print(&member->value, out);
        }
        push(out, '}');
        break;
    }
}

static void release_text(Text *text) {
    if (text->at) release(text->at);
}

static void drop(Json *json) {
    if (json->kind == STRING) release_text(&json->string);
    if (json->kind == ARRAY)
        for (Int i = 0; i < json->list.len; i++) drop(&((Json *)json->list.at)[i]);
    if (json->kind == OBJECT) {
        for (Int i = 0; i < json->list.len; i++) {
            Member *member = &((Member *)json->list.at)[i];
            release_text(&member->name);
            drop(&member->value);
        }
    }
    if (json->kind >= ARRAY && json->list.at) release(json->list.at);
}

static Text generate(void) {
    Text text = { null, 0, 0 };
    push(&text, '[');
    for (Int i = 0; i < RECORDS; i++) {
        if (i > 0) push(&text, ',');
        push_text(&text, "{\"id\":");
        push_int(&text, i);
        push_text(&text, ",\"name\":\"record \\\"");
        push_int(&text, random_below(1000000));
        push_text(&text, "\\\"\\n\",\"active\":");
        push_text(&text, random_below(2) == 0 ? "true" : "false");
        push_text(&text, ",\"parent\":null,\"scores\":[");
        Int scores = random_below(8);
        for (Int n = 0; n < scores; n++) {
            if (n > 0) push(&text, ',');
            push_int(&text, random_below(20000) - 10000);
        }
        push_text(&text, "],\"place\":{\"x\":");
        push_int(&text, random_below(1000));
        push_text(&text, ",\"y\":");
        push_int(&text, random_below(1000));
        push_text(&text, "}}");
    }
    push(&text, ']');
    return text;
}

PROGRAM {
    Text text = generate();
    Int checksum = 0;
    for (Int round = 0; round < ROUNDS; round++) {
        Parser parser = { text, 0 };
        Json json = parse_value(&parser);
        Text printed = { null, 0, 0 };
        print(&json, &printed);
        drop(&json);
        if (printed.len != text.len) fail("the lengths differ\n");
        for (Int i = 0; i < text.len; i++) {
            if (printed.at[i] != text.at[i]) fail("the texts differ\n");
            checksum = (checksum * 31 + printed.at[i]) % 1000000007;
        }
        release_text(&printed);
    }
    put_text("json ");
    put_int(text.len);
    put_char(' ');
    put_int(checksum);
    put_line();
}

// What the C programs need of a system: output through WASI, and memory from size classes. No libc; as executables they
// take `write` and `mmap` of it, and the same allocator.
//
// Types are those of the GAL programs, so that both do the same work: `Int` has 64 bits, `Float` is a double.

#ifndef RT_H
#define RT_H

typedef long long Int;
typedef unsigned long long UInt64;
typedef double Float;
typedef unsigned char UInt8;
typedef unsigned int UInt32;
typedef _Bool Bool;
typedef __SIZE_TYPE__ Size;

#define true 1
#define false 0
#define null ((void *)0)

#ifdef __wasm__

__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write")))
int wasi_fd_write(int fd, const void *iovs, int count, Size *written);

__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_exit")))
_Noreturn void wasi_proc_exit(int status);

// Bytes that were written; 0 after an error.
static inline Size write_some(const char *at, Size len) {
    struct { const char *at; Size len; } iov = { at, len };
    Size written = 0;
    return wasi_fd_write(1, &iov, 1, &written) == 0 ? written : 0;
}

_Noreturn static inline void end(int status) { wasi_proc_exit(status); }

#define PROGRAM __attribute__((export_name("_start"))) void start(void)

#else

#include <sys/mman.h>
#include <unistd.h>

static inline Size write_some(const char *at, Size len) {
    ssize_t written = write(1, at, len);
    return written > 0 ? (Size)written : 0;
}

_Noreturn static inline void end(int status) { _exit(status); }

#define PROGRAM \
    static void start(void); \
    int main(void) { start(); return 0; } \
    static void start(void)

#endif

static void write_all(const char *at, Size len) {
    while (len > 0) {
        Size written = write_some(at, len);
        if (written == 0) end(1);
        at += written;
        len -= written;
    }
}

_Noreturn static inline void fail(const char *message) {
    Size len = 0;
    while (message[len]) len++;
    write_all(message, len);
    end(102);
}

// Output

static char out_bytes[4096];
static Size out_len;

static inline void flush(void) {
    write_all(out_bytes, out_len);
    out_len = 0;
}

static inline void put_char(char c) {
    if (out_len == sizeof out_bytes) flush();
    out_bytes[out_len++] = c;
}

static inline void put_text(const char *text) {
    for (; *text; text++) put_char(*text);
}

static inline void put_int(Int n) {
    char digits[20];
    int count = 0;
    UInt64 rest = n < 0 ? 0 - (UInt64)n : (UInt64)n;
    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (n < 0) put_char('-');
    while (count > 0) put_char(digits[--count]);
}

// A float as its whole part and nine digits, rounded to the nearest; for |x| below nine thousand million.
static inline void put_fixed(Float x) {
    Bool negative = x < 0;
    if (negative) x = -x;
    Int scaled = (Int)(x * 1e9 + 0.5);
    if (negative) put_char('-');
    put_int(scaled / 1000000000);
    put_char('.');
    Int fraction = scaled % 1000000000;
    for (Int digit = 100000000; digit > 0; digit /= 10) put_char((char)('0' + fraction / digit % 10));
}

// Ends the line and writes out everything.
static inline void put_line(void) {
    put_char('\n');
    flush();
}

// Memory: blocks of 16 to 1024 bytes in steps of 16, beyond in powers of two; each class has a list of free blocks.
// Eight bytes before a block hold its class.

#define SMALL_CLASSES 64
static void *free_lists[SMALL_CLASSES + 32];
static char *bump_at, *bump_end;

static inline unsigned class_of(Size size) {
    if (size <= 1024) return (unsigned)((size + 15) / 16);
    return SMALL_CLASSES + (32 - (unsigned)__builtin_clz((unsigned)size - 1)) - 10;
}

static inline Size class_size(unsigned class) {
    return class <= SMALL_CLASSES ? (Size)class * 16 : (Size)1024 << (class - SMALL_CLASSES);
}

#ifdef __wasm__

extern unsigned char __heap_base;

static __attribute__((noinline)) void *bump(Size size) {
    if (!bump_at) {
        bump_at = (char *)(((Size)&__heap_base + 15) & ~(Size)15) + 8;
        bump_end = (char *)(__builtin_wasm_memory_size(0) << 16);
    }
    if (bump_at + size > bump_end) {
        Size missing = (Size)(bump_at + size - bump_end);
        Size half = __builtin_wasm_memory_size(0) / 2;
        Size pages = (missing + 65535) >> 16;
        if (pages < half) pages = half;
        if (__builtin_wasm_memory_grow(0, pages) == (Size)-1) fail("fatal: out of memory\n");
        bump_end += pages << 16;
    }
    char *block = bump_at;
    bump_at += size;
    return block;
}

#else

// Address space, of which the system gives memory to what is touched.
#define RESERVED ((Size)4 << 30)

static __attribute__((noinline)) void *bump(Size size) {
    if (!bump_at) {
        bump_at = mmap(null, RESERVED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (bump_at == MAP_FAILED) fail("fatal: out of memory\n");
        bump_end = bump_at + RESERVED;
        bump_at += 8;
    }
    if (size > (Size)(bump_end - bump_at)) fail("fatal: out of memory\n");
    char *block = bump_at;
    bump_at += size;
    return block;
}

#endif

static inline void *alloc(Size size) {
    unsigned class = class_of(size + 8);
    void *block = free_lists[class];
    if (block) {
        free_lists[class] = *(void **)block;
        return block;
    }
    char *new = bump(class_size(class));
    *(unsigned *)new = class;
    return new + 8;
}

static inline void release(void *block) {
    unsigned class = *(unsigned *)((char *)block - 8);
    *(void **)block = free_lists[class];
    free_lists[class] = block;
}

static inline void *resize(void *old, Size old_size, Size size) {
    void *new = alloc(size);
    if (old) {
        __builtin_memcpy(new, old, old_size);
        release(old);
    }
    return new;
}

// Random numbers for input: the same in both languages.
static Int random_state = 42;

static inline Int random_below(Int limit) {
    random_state = (random_state * 1103515245 + 12345) & 0x7FFFFFFF;
    return (random_state >> 8) % limit;
}

#endif

// The product of two SIZE by SIZE matrices, rows one behind the other.
#include "rt.h"

#define SIZE 520

static Float *matrix(Float scale) {
    Float *m = alloc(SIZE * SIZE * sizeof(Float));
    for (Int i = 0; i < SIZE; i++)
        for (Int j = 0; j < SIZE; j++) m[i * SIZE + j] = scale * (Float)(i - j) * (Float)(i + j);
    return m;
}

PROGRAM {
    Float scale = 1.0 / (Float)(SIZE * SIZE);
    Float *a = matrix(scale), *b = matrix(scale), *c = alloc(SIZE * SIZE * sizeof(Float));
    for (Int i = 0; i < SIZE * SIZE; i++) c[i] = 0;
    for (Int i = 0; i < SIZE; i++) {
        for (Int k = 0; k < SIZE; k++) {
            Float x = a[i * SIZE + k];
            for (Int j = 0; j < SIZE; j++) c[i * SIZE + j] += x * b[k * SIZE + j];
        }
    }
    Float trace = 0;
    for (Int i = 0; i < SIZE; i++) trace += c[i * SIZE + i];
    put_text("matmul ");
    put_fixed(trace);
    put_char(' ');
    put_fixed(c[SIZE / 2 * SIZE + SIZE / 3]);
    put_line();
}

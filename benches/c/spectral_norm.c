// The spectral norm of an infinite matrix, cut to SIZE rows. After the Benchmarks Game.
#include "rt.h"

#define SIZE 1400

static Float a(Int i, Int j) {
    Int sum = i + j;
    return 1.0 / (Float)(sum * (sum + 1) / 2 + i + 1);
}

static void multiply(const Float *v, Float *out) {
    for (Int i = 0; i < SIZE; i++) {
        Float sum = 0;
        for (Int j = 0; j < SIZE; j++) sum += a(i, j) * v[j];
        out[i] = sum;
    }
}

static void multiply_transposed(const Float *v, Float *out) {
    for (Int i = 0; i < SIZE; i++) {
        Float sum = 0;
        for (Int j = 0; j < SIZE; j++) sum += a(j, i) * v[j];
        out[i] = sum;
    }
}

PROGRAM {
    Float *u = alloc(SIZE * sizeof(Float)), *v = alloc(SIZE * sizeof(Float)), *t = alloc(SIZE * sizeof(Float));
    for (Int i = 0; i < SIZE; i++) u[i] = 1.0;
    for (Int i = 0; i < 10; i++) {
        multiply(u, t);
        multiply_transposed(t, v);
        multiply(v, t);
        multiply_transposed(t, u);
    }
    Float vbv = 0, vv = 0;
    for (Int i = 0; i < SIZE; i++) {
        vbv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    put_text("spectral-norm ");
    put_fixed(__builtin_sqrt(vbv / vv));
    put_line();
}

// Points of a SIZE by SIZE grid in the Mandelbrot set, and a checksum of the bitmap. After the Benchmarks Game.
#include "rt.h"

#define SIZE 1400
#define MAX_ITERATIONS 50

static Bool is_inside(Float cr, Float ci) {
    Float zr = 0, zi = 0, tr = 0, ti = 0;
    for (Int i = 0; i < MAX_ITERATIONS; i++) {
        zi = 2.0 * zr * zi + ci;
        zr = tr - ti + cr;
        tr = zr * zr;
        ti = zi * zi;
        if (tr + ti > 4.0) return false;
    }
    return true;
}

PROGRAM {
    Int inside = 0, checksum = 0;
    for (Int y = 0; y < SIZE; y++) {
        Float ci = 2.0 * (Float)y / (Float)SIZE - 1.0;
        Int byte = 0;
        for (Int x = 0; x < SIZE; x++) {
            Float cr = 2.0 * (Float)x / (Float)SIZE - 1.5;
            byte <<= 1;
            if (is_inside(cr, ci)) {
                byte |= 1;
                inside++;
            }
            if (x % 8 == 7) {
                checksum = (checksum * 31 + byte) % 1000000007;
                byte = 0;
            }
        }
    }
    put_text("mandelbrot ");
    put_int(inside);
    put_char(' ');
    put_int(checksum);
    put_line();
}

// Points of a SIZE by SIZE grid in the Mandelbrot set, and a checksum of the bitmap. After the Benchmarks Game.
// The same as benches/c/mandelbrot.c.

import { print } from "./rt";

const SIZE: i32 = 1400;
const MAX_ITERATIONS: i32 = 50;

function isInside(cr: f64, ci: f64): bool {
  let zr = 0.0;
  let zi = 0.0;
  let tr = 0.0;
  let ti = 0.0;
  for (let i = 0; i < MAX_ITERATIONS; i++) {
    zi = 2.0 * zr * zi + ci;
    zr = tr - ti + cr;
    tr = zr * zr;
    ti = zi * zi;
    if (tr + ti > 4.0) return false;
  }
  return true;
}

function main(): void {
  let inside: i64 = 0;
  let checksum: i64 = 0;
  for (let y = 0; y < SIZE; y++) {
    const ci = 2.0 * <f64>y / <f64>SIZE - 1.0;
    let byte: i64 = 0;
    for (let x = 0; x < SIZE; x++) {
      const cr = 2.0 * <f64>x / <f64>SIZE - 1.5;
      byte <<= 1;
      if (isInside(cr, ci)) {
        byte |= 1;
        inside++;
      }
      if (x % 8 == 7) {
        checksum = (checksum * 31 + byte) % 1_000_000_007;
        byte = 0;
      }
    }
  }
  print(`mandelbrot ${inside} ${checksum}`);
}

main();

// The spectral norm of an infinite matrix, cut to SIZE rows. After the Benchmarks Game.
// The same as benches/c/spectral_norm.c.

import { fixed, print } from "./rt";

const SIZE: i32 = 1400;

function a(i: i64, j: i64): f64 {
  const sum = i + j;
  return 1.0 / <f64>(sum * (sum + 1) / 2 + i + 1);
}

function multiply(v: StaticArray<f64>, out: StaticArray<f64>): void {
  for (let i = 0; i < SIZE; i++) {
    let sum = 0.0;
    for (let j = 0; j < SIZE; j++) sum += a(i, j) * v[j];
    out[i] = sum;
  }
}

function multiplyTransposed(v: StaticArray<f64>, out: StaticArray<f64>): void {
  for (let i = 0; i < SIZE; i++) {
    let sum = 0.0;
    for (let j = 0; j < SIZE; j++) sum += a(j, i) * v[j];
    out[i] = sum;
  }
}

function main(): void {
  const u = new StaticArray<f64>(SIZE);
  const v = new StaticArray<f64>(SIZE);
  const t = new StaticArray<f64>(SIZE);
  u.fill(1.0);
  for (let i = 0; i < 10; i++) {
    multiply(u, t);
    multiplyTransposed(t, v);
    multiply(v, t);
    multiplyTransposed(t, u);
  }
  let vbv = 0.0;
  let vv = 0.0;
  for (let i = 0; i < SIZE; i++) {
    vbv += u[i] * v[i];
    vv += v[i] * v[i];
  }
  print(`spectral-norm ${fixed(Math.sqrt(vbv / vv))}`);
}

main();

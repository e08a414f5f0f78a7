// The product of two SIZE by SIZE matrices, rows one behind the other.
// The same as benches/c/matmul.c.

import { fixed, print } from "./rt";

const SIZE: i32 = 520;

function matrix(scale: f64): StaticArray<f64> {
  const m = new StaticArray<f64>(SIZE * SIZE);
  for (let i = 0; i < SIZE; i++) {
    for (let j = 0; j < SIZE; j++) m[i * SIZE + j] = scale * <f64>(i - j) * <f64>(i + j);
  }
  return m;
}

function main(): void {
  const scale = 1.0 / <f64>(SIZE * SIZE);
  const a = matrix(scale);
  const b = matrix(scale);
  const c = new StaticArray<f64>(SIZE * SIZE);
  for (let i = 0; i < SIZE; i++) {
    for (let k = 0; k < SIZE; k++) {
      const x = a[i * SIZE + k];
      for (let j = 0; j < SIZE; j++) c[i * SIZE + j] += x * b[k * SIZE + j];
    }
  }
  let trace = 0.0;
  for (let i = 0; i < SIZE; i++) trace += c[i * SIZE + i];
  print(`matmul ${fixed(trace)} ${fixed(c[SIZE / 2 * SIZE + SIZE / 3])}`);
}

main();

// Sorts SIZE random numbers by merging runs of doubling length, ROUNDS times.
// The same as benches/c/sort.c.

import { print, Random } from "./rt";

const SIZE: i32 = 400_000;
const ROUNDS: i32 = 4;

function merge(from: StaticArray<i64>, to: StaticArray<i64>, start: i32, middle: i32, end: i32): void {
  let left = start;
  let right = middle;
  for (let i = start; i < end; i++) {
    if (left < middle && (right >= end || from[left] <= from[right])) {
      to[i] = from[left++];
    } else {
      to[i] = from[right++];
    }
  }
}

// The sorted array, in place of the first or of the second.
function sort(a: StaticArray<i64>, b: StaticArray<i64>): StaticArray<i64> {
  for (let width = 1; width < SIZE; width *= 2) {
    for (let start = 0; start < SIZE; start += 2 * width) {
      merge(a, b, start, min(start + width, SIZE), min(start + 2 * width, SIZE));
    }
    const swapped = a;
    a = b;
    b = swapped;
  }
  return a;
}

function main(): void {
  const random = new Random();
  let checksum: i64 = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const a = new StaticArray<i64>(SIZE);
    for (let i = 0; i < SIZE; i++) a[i] = random.below(1_000_000);
    const sorted = sort(a, new StaticArray<i64>(SIZE));
    for (let i = 0; i < SIZE; i += 1000) checksum = (checksum * 31 + sorted[i]) % 1_000_000_007;
  }
  print(`sort ${checksum}`);
}

main();

// Flips of pancakes over all permutations of SIZE. After the Benchmarks Game.
// The same as benches/c/fannkuch.c.

import { print } from "./rt";

const SIZE: i32 = 10;

function main(): void {
  const perm = new StaticArray<i64>(SIZE);
  const first = new StaticArray<i64>(SIZE);
  const count = new StaticArray<i64>(SIZE);
  for (let i = 0; i < SIZE; i++) first[i] = i;
  let maxFlips: i64 = 0;
  let checksum: i64 = 0;
  let permutation: i64 = 0;
  let r = SIZE;
  while (true) {
    while (r != 1) {
      count[r - 1] = r;
      r--;
    }
    for (let i = 0; i < SIZE; i++) perm[i] = first[i];
    let flips: i64 = 0;
    for (let k = <i32>perm[0]; k != 0; k = <i32>perm[0]) {
      for (let low = 0, high = k; low < high; low++, high--) {
        const swapped = perm[low];
        perm[low] = perm[high];
        perm[high] = swapped;
      }
      flips++;
    }
    maxFlips = max(maxFlips, flips);
    checksum += permutation % 2 == 0 ? flips : -flips;
    while (r != SIZE) {
      const head = first[0];
      for (let i = 0; i < r; i++) first[i] = first[i + 1];
      first[r] = head;
      count[r]--;
      if (count[r] > 0) break;
      r++;
    }
    if (r == SIZE) break;
    permutation++;
  }
  print(`fannkuch ${checksum} ${maxFlips}`);
}

main();

// Counts random numbers in a hash table, then looks up as many that are there as are not.
// The same as benches/c/hash_map.c, with the standard library's table.

import { print, Random } from "./rt";

const COUNT: i32 = 1_500_000;
const RANGE: i64 = 400_000;

function main(): void {
  const random = new Random();
  const counts = new Map<i64, i64>();
  for (let i = 0; i < COUNT; i++) {
    const key = random.below(RANGE) * 7919;
    counts.set(key, counts.has(key) ? counts.get(key) + 1 : 1);
  }
  let hits: i64 = 0;
  let sum: i64 = 0;
  for (let i: i64 = 0; i < RANGE * 2; i++) {
    const key = i * 7919;
    if (counts.has(key)) {
      hits++;
      sum += counts.get(key) * (i % 10);
    }
  }
  print(`hash-map ${counts.size} ${hits} ${sum}`);
}

main();

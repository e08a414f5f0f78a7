// Primes below SIZE by the sieve of Eratosthenes, ROUNDS times.
// The same as benches/c/sieve.c.

import { print } from "./rt";

const SIZE: i32 = 2_000_000;
const ROUNDS: i32 = 20;

function sieve(): i64 {
  const composite = new StaticArray<bool>(SIZE);
  let count: i64 = 0;
  for (let i = 2; i < SIZE; i++) {
    if (composite[i]) continue;
    count++;
    // Squares do not fit 32 bits.
    for (let j = <i64>i * i; j < SIZE; j += i) composite[<i32>j] = true;
  }
  return count;
}

function main(): void {
  let total: i64 = 0;
  for (let round = 0; round < ROUNDS; round++) total += sieve();
  print(`sieve ${total}`);
}

main();

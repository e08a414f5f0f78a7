//! Counts random numbers in a hash table, then looks up as many that are there as are not.
//! The same as benches/c/hash_map.c, with the standard library's table.

mod rt;

use rt::Random;
use std::collections::HashMap;

const COUNT: i64 = 1_500_000;
const RANGE: i64 = 400_000;

fn main() {
    let mut random = Random::new();
    let mut counts: HashMap<i64, i64> = HashMap::new();
    for _ in 0..COUNT {
        *counts.entry(random.below(RANGE) * 7919).or_insert(0) += 1;
    }
    let mut hits = 0;
    let mut sum = 0;
    for i in 0..RANGE * 2 {
        if let Some(value) = counts.get(&(i * 7919)) {
            hits += 1;
            sum += value * (i % 10);
        }
    }
    println!("hash-map {} {hits} {sum}", counts.len());
}

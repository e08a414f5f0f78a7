//! Primes below SIZE by the sieve of Eratosthenes, ROUNDS times.
//! The same as benches/c/sieve.c.

const SIZE: usize = 2_000_000;
const ROUNDS: i64 = 20;

fn sieve() -> i64 {
    let mut composite = vec![false; SIZE];
    let mut count = 0;
    for i in 2..SIZE {
        if composite[i] {
            continue;
        }
        count += 1;
        // Squares do not fit a `usize` of 32 bits.
        let mut j = i as u64 * i as u64;
        while j < SIZE as u64 {
            composite[j as usize] = true;
            j += i as u64;
        }
    }
    count
}

fn main() {
    let total: i64 = (0..ROUNDS).map(|_| sieve()).sum();
    println!("sieve {total}");
}

//! Sorts SIZE random numbers by merging runs of doubling length, ROUNDS times.
//! The same as benches/c/sort.c.

mod rt;

use rt::Random;

const SIZE: usize = 400_000;
const ROUNDS: i64 = 4;

fn merge(from: &[i64], to: &mut [i64], start: usize, middle: usize, end: usize) {
    let mut left = start;
    let mut right = middle;
    for i in start..end {
        if left < middle && (right >= end || from[left] <= from[right]) {
            to[i] = from[left];
            left += 1;
        } else {
            to[i] = from[right];
            right += 1;
        }
    }
}

// The sorted array, in place of the first or of the second.
fn sort(numbers: Vec<i64>, spare: Vec<i64>) -> Vec<i64> {
    let (mut a, mut b) = (numbers, spare);
    let mut width = 1;
    while width < SIZE {
        for start in (0..SIZE).step_by(2 * width) {
            merge(&a, &mut b, start, (start + width).min(SIZE), (start + 2 * width).min(SIZE));
        }
        std::mem::swap(&mut a, &mut b);
        width *= 2;
    }
    a
}

fn main() {
    let mut random = Random::new();
    let mut checksum = 0;
    for _ in 0..ROUNDS {
        let numbers = (0..SIZE).map(|_| random.below(1_000_000)).collect();
        let sorted = sort(numbers, vec![0; SIZE]);
        for number in sorted.iter().step_by(1000) {
            checksum = (checksum * 31 + number) % 1_000_000_007;
        }
    }
    println!("sort {checksum}");
}

//! Flips of pancakes over all permutations of SIZE. After the Benchmarks Game.
//! The same as benches/c/fannkuch.c.

const SIZE: usize = 10;

fn main() {
    let mut first: Vec<i64> = (0..SIZE as i64).collect();
    let mut perm = vec![0i64; SIZE];
    let mut count = vec![0i64; SIZE];
    let mut max_flips = 0i64;
    let mut checksum = 0i64;
    let mut permutation = 0i64;
    let mut r = SIZE;
    'permutations: loop {
        while r != 1 {
            count[r - 1] = r as i64;
            r -= 1;
        }
        for i in 0..SIZE {
            perm[i] = first[i];
        }
        let mut flips = 0;
        let mut k = perm[0] as usize;
        while k != 0 {
            let mut low = 0;
            let mut high = k;
            while low < high {
                perm.swap(low, high);
                low += 1;
                high -= 1;
            }
            flips += 1;
            k = perm[0] as usize;
        }
        max_flips = max_flips.max(flips);
        checksum += if permutation % 2 == 0 { flips } else { -flips };
        loop {
            if r == SIZE {
                break 'permutations;
            }
            let head = first[0];
            for i in 0..r {
                first[i] = first[i + 1];
            }
            first[r] = head;
            count[r] -= 1;
            if count[r] > 0 {
                break;
            }
            r += 1;
        }
        permutation += 1;
    }
    println!("fannkuch {checksum} {max_flips}");
}

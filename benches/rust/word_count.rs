//! Builds a text of random words, splits it at spaces, counts the words, and sums over them in order of appearance.
//! The same as benches/c/word_count.c, with the standard library's table. That keeps no order, so it maps a word to its
//! place in an array.

mod rt;

use rt::Random;
use std::collections::HashMap;

const WORDS: i64 = 2_000_000;

const SYLLABLES: [&str; 16] =
    ["ka", "to", "mi", "re", "sul", "van", "dor", "el", "qua", "xi", "bran", "oth", "u", "fen", "gra", "pel"];

fn main() {
    let mut random = Random::new();
    let mut text = String::new();
    for n in 0..WORDS {
        if n > 0 {
            text.push_str(" ");
        }
        let parts = 1 + random.below(3);
        for _ in 0..parts {
            text.push_str(SYLLABLES[random.below(16) as usize]);
        }
    }
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut counts: Vec<(&str, i64)> = Vec::new();
    for word in text.split(' ') {
        let place = *places.entry(word).or_insert_with(|| {
            counts.push((word, 0));
            counts.len() - 1
        });
        counts[place].1 += 1;
    }
    let mut checksum = 0;
    for (word, count) in &counts {
        checksum = (checksum * 31 + count * word.len() as i64) % 1_000_000_007;
    }
    println!("word-count {} {checksum}", counts.len());
}

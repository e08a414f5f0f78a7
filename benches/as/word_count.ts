// Builds a text of random words, splits it at spaces, counts the words, and sums over them in order of appearance.
// The same as benches/c/word_count.c, with the standard library's table. The text is built by joining an array of
// syllables, as strings cannot grow in place.

import { print, Random } from "./rt";

const WORDS: i32 = 2_000_000;

const SYLLABLES: StaticArray<string> = [
  "ka", "to", "mi", "re", "sul", "van", "dor", "el", "qua", "xi", "bran", "oth", "u", "fen", "gra", "pel",
];

function build(): string {
  const random = new Random();
  const syllables: Array<string> = [];
  for (let n = 0; n < WORDS; n++) {
    if (n > 0) syllables.push(" ");
    const parts = 1 + random.below(3);
    for (let i: i64 = 0; i < parts; i++) syllables.push(SYLLABLES[<i32>random.below(16)]);
  }
  return syllables.join("");
}

function main(): void {
  const counts = new Map<string, i64>();
  const words = build().split(" ");
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    counts.set(word, counts.has(word) ? counts.get(word) + 1 : 1);
  }
  let checksum: i64 = 0;
  const keys = counts.keys();
  const values = counts.values();
  for (let i = 0; i < keys.length; i++) {
    checksum = (checksum * 31 + values[i] * keys[i].length) % 1_000_000_007;
  }
  print(`word-count ${counts.size} ${checksum}`);
}

main();

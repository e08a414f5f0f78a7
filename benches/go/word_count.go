// Builds a text of random words, splits it at spaces, counts the words, and sums over them in order of appearance.
// The same as benches/c/word_count.c, with the language's table. That keeps no order, so it maps a word to its place
// in a slice.
package main

import (
	"fmt"
	"strings"
)

const words = 2_000_000

var syllables = [16]string{
	"ka", "to", "mi", "re", "sul", "van", "dor", "el", "qua", "xi", "bran", "oth", "u", "fen", "gra", "pel",
}

type Counted struct {
	word  string
	count int
}

func main() {
	random := NewRandom()
	var text strings.Builder
	for n := range words {
		if n > 0 {
			text.WriteString(" ")
		}
		parts := 1 + random.Below(3)
		for range parts {
			text.WriteString(syllables[random.Below(16)])
		}
	}
	places := map[string]int{}
	var counts []Counted
	for word := range strings.SplitSeq(text.String(), " ") {
		place, known := places[word]
		if !known {
			place = len(counts)
			places[word] = place
			counts = append(counts, Counted{word, 0})
		}
		counts[place].count++
	}
	checksum := 0
	for _, counted := range counts {
		checksum = (checksum*31 + counted.count*len(counted.word)) % 1_000_000_007
	}
	fmt.Println("word-count", len(counts), checksum)
}

// Counts random numbers in a hash table, then looks up as many that are there as are not.
// The same as benches/c/hash_map.c, with the language's table.
package main

import "fmt"

const count = 1_500_000

// In upper case, as `range` is a word of the language.
const Range = 400_000

func main() {
	random := NewRandom()
	counts := map[int]int{}
	for range count {
		counts[random.Below(Range)*7919]++
	}
	hits, sum := 0, 0
	for i := range Range * 2 {
		if value, found := counts[i*7919]; found {
			hits++
			sum += value * (i % 10)
		}
	}
	fmt.Println("hash-map", len(counts), hits, sum)
}

// Flips of pancakes over all permutations of size. After the Benchmarks Game.
// The same as benches/c/fannkuch.c.
package main

import "fmt"

const size = 10

func main() {
	perm, first, count := make([]int, size), make([]int, size), make([]int, size)
	for i := range first {
		first[i] = i
	}
	maxFlips, checksum, permutation := 0, 0, 0
	r := size
permutations:
	for {
		for r != 1 {
			count[r-1] = r
			r--
		}
		for i := range size {
			perm[i] = first[i]
		}
		flips := 0
		for k := perm[0]; k != 0; k = perm[0] {
			for low, high := 0, k; low < high; low, high = low+1, high-1 {
				perm[low], perm[high] = perm[high], perm[low]
			}
			flips++
		}
		maxFlips = max(maxFlips, flips)
		if permutation%2 == 0 {
			checksum += flips
		} else {
			checksum -= flips
		}
		for {
			if r == size {
				break permutations
			}
			head := first[0]
			for i := range r {
				first[i] = first[i+1]
			}
			first[r] = head
			count[r]--
			if count[r] > 0 {
				break
			}
			r++
		}
		permutation++
	}
	fmt.Println("fannkuch", checksum, maxFlips)
}

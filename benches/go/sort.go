// Sorts size random numbers by merging runs of doubling length, rounds times.
// The same as benches/c/sort.c.
package main

import "fmt"

const size = 400_000
const rounds = 4

func merge(from, to []int, start, middle, end int) {
	left, right := start, middle
	for i := start; i < end; i++ {
		if left < middle && (right >= end || from[left] <= from[right]) {
			to[i] = from[left]
			left++
		} else {
			to[i] = from[right]
			right++
		}
	}
}

// Returns the slice that holds the result.
func sort(a, b []int) []int {
	for width := 1; width < size; width *= 2 {
		for start := 0; start < size; start += 2 * width {
			merge(a, b, start, min(start+width, size), min(start+2*width, size))
		}
		a, b = b, a
	}
	return a
}

func main() {
	random := NewRandom()
	checksum := 0
	for range rounds {
		a := make([]int, size)
		for i := range a {
			a[i] = random.Below(1_000_000)
		}
		sorted := sort(a, make([]int, size))
		for i := 0; i < size; i += 1000 {
			checksum = (checksum*31 + sorted[i]) % 1_000_000_007
		}
	}
	fmt.Println("sort", checksum)
}

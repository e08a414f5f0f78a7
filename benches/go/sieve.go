// Primes below size by the sieve of Eratosthenes, rounds times.
// The same as benches/c/sieve.c.
package main

import "fmt"

const size = 2_000_000
const rounds = 20

func sieve() int {
	composite := make([]bool, size)
	count := 0
	for i := 2; i < size; i++ {
		if composite[i] {
			continue
		}
		count++
		for j := i * i; j < size; j += i {
			composite[j] = true
		}
	}
	return count
}

func main() {
	total := 0
	for range rounds {
		total += sieve()
	}
	fmt.Println("sieve", total)
}

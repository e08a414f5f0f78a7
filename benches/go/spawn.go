// Goroutines are started, each of which gets one message, sends one to a collector, and ends.
package main

import "fmt"

const actors = 1_000_000

func worker(inbox chan int, collector chan int) {
	collector <- <-inbox
}

func main() {
	collector, result := make(chan int), make(chan int)
	go func() {
		sum := 0
		for range actors {
			sum += <-collector
		}
		result <- sum
	}()
	for i := range actors {
		inbox := make(chan int, 1)
		go worker(inbox, collector)
		inbox <- i
	}
	fmt.Println("spawn", <-result)
}

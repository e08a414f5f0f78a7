// One message goes to and fro between two goroutines, rounds times.
package main

import "fmt"

const rounds = 5_000_000

func pong(hits chan bool, returns chan bool, done chan int) {
	count := 0
	for range hits {
		count++
		returns <- true
	}
	done <- count
}

func main() {
	hits, returns, done := make(chan bool), make(chan bool), make(chan int)
	go pong(hits, returns, done)
	count := 0
	for range rounds {
		hits <- true
		<-returns
		count++
	}
	close(hits)
	fmt.Println("ping-pong", count+<-done)
}

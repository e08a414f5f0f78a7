// A message goes round a ring of goroutines until its hops are used up; the number of the one that has it then.
package main

import "fmt"

const members = 503
const hops = 10_000_000

func member(id int, inbox chan int, next chan int, done chan int) {
	for left := range inbox {
		if left == 0 {
			done <- id
			return
		}
		next <- left - 1
	}
}

func main() {
	done := make(chan int)
	var ring [members]chan int
	for i := range ring {
		ring[i] = make(chan int)
	}
	for i := range ring {
		go member(i+1, ring[i], ring[(i+1)%members], done)
	}
	ring[0] <- hops
	fmt.Println("thread-ring", <-done)
}

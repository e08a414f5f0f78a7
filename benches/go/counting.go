// A producer sends messages to a counter, and then asks for the count. The channel has room for all, as a mailbox without
// a bound has.
package main

import "fmt"

const messages = 3_000_000

type message struct {
	retrieve chan int
}

func counter(inbox chan message) {
	count := 0
	for m := range inbox {
		if m.retrieve != nil {
			m.retrieve <- count
			return
		}
		count++
	}
}

func main() {
	inbox := make(chan message, messages)
	go counter(inbox)
	for range messages {
		inbox <- message{}
	}
	result := make(chan int)
	inbox <- message{result}
	fmt.Println("counting", <-result)
}

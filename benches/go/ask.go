// A client asks a server questions, each after the answer to the one before; the sum of the answers. Each question has a
// channel of its own for the answer.
package main

import "fmt"

const questions = 3_000_000

type question struct {
	n      int
	answer chan int
}

func server(inbox chan question) {
	for q := range inbox {
		q.answer <- q.n + 1
	}
}

func main() {
	inbox := make(chan question)
	go server(inbox)
	sum := 0
	for i := range questions {
		answer := make(chan int, 1)
		inbox <- question{i, answer}
		sum += <-answer
	}
	fmt.Println("ask", sum)
}

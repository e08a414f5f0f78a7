// A goroutine starts ten, each of these ten more, down to the leaves, which send their numbers; the others send the sum of
// their ten.
package main

import "fmt"

const leaves = 1_000_000

func skynet(parent chan int, number int, size int) {
	if size == 1 {
		parent <- number
		return
	}
	values := make(chan int)
	for i := range 10 {
		go skynet(values, number+i*size/10, size/10)
	}
	sum := 0
	for range 10 {
		sum += <-values
	}
	parent <- sum
}

func main() {
	result := make(chan int)
	go skynet(result, 0, leaves)
	fmt.Println("skynet", <-result)
}

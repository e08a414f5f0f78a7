// Many short-lived trees and one long-lived one. After the Benchmarks Game.
// The same as benches/c/binary_trees.c, but that the collector releases the trees.
package main

import "fmt"

const depth = 17

type Tree struct {
	left, right *Tree
}

func build(depth int) *Tree {
	if depth == 0 {
		return &Tree{}
	}
	return &Tree{build(depth - 1), build(depth - 1)}
}

func count(tree *Tree) int {
	if tree.left == nil {
		return 1
	}
	return 1 + count(tree.left) + count(tree.right)
}

func main() {
	total := count(build(depth + 1))
	longLived := build(depth)
	for d := 4; d <= depth; d += 2 {
		for range 1 << (depth - d + 4) {
			total += count(build(d))
		}
	}
	total += count(longLived)
	fmt.Println("binary-trees", total)
}

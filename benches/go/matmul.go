// The product of two size by size matrices, rows one behind the other.
// The same as benches/c/matmul.c.
package main

import "fmt"

const size = 520

func matrix(scale float64) []float64 {
	m := make([]float64, size*size)
	for i := range size {
		for j := range size {
			m[i*size+j] = scale * float64(i-j) * float64(i+j)
		}
	}
	return m
}

func main() {
	scale := 1.0 / float64(size*size)
	a, b, c := matrix(scale), matrix(scale), make([]float64, size*size)
	for i := range size {
		for k := range size {
			x := a[i*size+k]
			for j := range size {
				// The conversion keeps the product and the sum from being fused.
				c[i*size+j] += float64(x * b[k*size+j])
			}
		}
	}
	trace := 0.0
	for i := range size {
		trace += c[i*size+i]
	}
	fmt.Printf("matmul %.9f %.9f\n", trace, c[size/2*size+size/3])
}

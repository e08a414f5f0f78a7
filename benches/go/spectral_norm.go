// The spectral norm of an infinite matrix, cut to size rows. After the Benchmarks Game.
// The same as benches/c/spectral_norm.c.
package main

import (
	"fmt"
	"math"
)

const size = 1400

func a(i, j int) float64 {
	sum := i + j
	return 1.0 / float64(sum*(sum+1)/2+i+1)
}

func multiply(v, out []float64) {
	for i := range size {
		sum := 0.0
		for j := range size {
			sum += a(i, j) * v[j]
		}
		out[i] = sum
	}
}

func multiplyTransposed(v, out []float64) {
	for i := range size {
		sum := 0.0
		for j := range size {
			sum += a(j, i) * v[j]
		}
		out[i] = sum
	}
}

func main() {
	u, v, t := make([]float64, size), make([]float64, size), make([]float64, size)
	for i := range u {
		u[i] = 1.0
	}
	for range 10 {
		multiply(u, t)
		multiplyTransposed(t, v)
		multiply(v, t)
		multiplyTransposed(t, u)
	}
	vbv, vv := 0.0, 0.0
	for i := range size {
		vbv += u[i] * v[i]
		vv += v[i] * v[i]
	}
	fmt.Printf("spectral-norm %.9f\n", math.Sqrt(vbv/vv))
}

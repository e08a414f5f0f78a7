// Points of a size by size grid in the Mandelbrot set, and a checksum of the bitmap. After the Benchmarks Game.
// The same as benches/c/mandelbrot.c.
package main

import "fmt"

const size = 1400
const maxIterations = 50

func isInside(cr, ci float64) bool {
	var zr, zi, tr, ti float64
	for range maxIterations {
		// The conversions keep a product and a sum from being fused, which would round once instead of twice.
		zi = float64(2.0*zr*zi) + ci
		zr = tr - ti + cr
		tr = float64(zr * zr)
		ti = float64(zi * zi)
		if tr+ti > 4.0 {
			return false
		}
	}
	return true
}

func main() {
	inside, checksum := 0, 0
	for y := range size {
		ci := 2.0*float64(y)/size - 1.0
		b := 0
		for x := range size {
			cr := 2.0*float64(x)/size - 1.5
			b <<= 1
			if isInside(cr, ci) {
				b |= 1
				inside++
			}
			if x%8 == 7 {
				checksum = (checksum*31 + b) % 1_000_000_007
				b = 0
			}
		}
	}
	fmt.Println("mandelbrot", inside, checksum)
}

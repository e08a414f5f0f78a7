// Five planets for a number of steps; prints the energy before and after. After the Benchmarks Game.
// The same as benches/c/n_body.c.
package main

import (
	"fmt"
	"math"
)

const steps = 1_500_000
const pi = 3.141592653589793
const year = 365.24

// A variable, so that it is rounded as elsewhere: Go's constants are exact.
var solar = func(pi float64) float64 { return 4.0 * pi * pi }(pi)

type Body struct {
	x, y, z, vx, vy, vz, mass float64
}

func body(x, y, z, vx, vy, vz, mass float64) Body {
	return Body{x, y, z, vx * year, vy * year, vz * year, mass * solar}
}

func offsetMomentum(bodies []Body) {
	var px, py, pz float64
	for _, b := range bodies {
		px += b.vx * b.mass
		py += b.vy * b.mass
		pz += b.vz * b.mass
	}
	bodies[0].vx = -px / solar
	bodies[0].vy = -py / solar
	bodies[0].vz = -pz / solar
}

func energy(bodies []Body) float64 {
	e := 0.0
	for i, b := range bodies {
		e += 0.5 * b.mass * (b.vx*b.vx + b.vy*b.vy + b.vz*b.vz)
		for _, other := range bodies[i+1:] {
			dx, dy, dz := b.x-other.x, b.y-other.y, b.z-other.z
			e -= b.mass * other.mass / math.Sqrt(dx*dx+dy*dy+dz*dz)
		}
	}
	return e
}

func advance(bodies []Body, dt float64) {
	for i := range bodies {
		a := &bodies[i]
		for j := i + 1; j < len(bodies); j++ {
			b := &bodies[j]
			dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
			d2 := dx*dx + dy*dy + dz*dz
			mag := dt / (d2 * math.Sqrt(d2))
			mi, mj := a.mass*mag, b.mass*mag
			a.vx -= dx * mj
			a.vy -= dy * mj
			a.vz -= dz * mj
			b.vx += dx * mi
			b.vy += dy * mi
			b.vz += dz * mi
		}
	}
	for i := range bodies {
		b := &bodies[i]
		b.x += dt * b.vx
		b.y += dt * b.vy
		b.z += dt * b.vz
	}
}

func main() {
	bodies := []Body{
		body(0, 0, 0, 0, 0, 0, 1),
		body(4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01,
			1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05, 9.54791938424326609e-04),
		body(8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01,
			-2.76742510726411899e-03, 4.99852801234917238e-03, 2.30417297573763929e-05, 2.85885980666130812e-04),
		body(1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01,
			2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05, 4.36624404335156298e-05),
		body(1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01,
			2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05, 5.15138902046611451e-05),
	}
	offsetMomentum(bodies)
	before := energy(bodies)
	for range steps {
		advance(bodies, 0.01)
	}
	fmt.Printf("n-body %.9f %.9f\n", before, energy(bodies))
}

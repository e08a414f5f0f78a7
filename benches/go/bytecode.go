// A stack machine that runs a program with nested loops.
// The same as benches/c/bytecode.c.
package main

import "fmt"

const limit = 4_000

const (
	Push = iota
	Load
	Store
	Add
	Sub
	Mul
	Rem
	Less
	Equal
	Jump
	JumpIfZero
	Halt
)

type Program struct {
	code []int
}

func (p *Program) emit(op, argument int) {
	p.code = append(p.code, op, argument)
}

func (p *Program) here() int {
	return len(p.code)
}

// Makes the jump at a position lead to here.
func (p *Program) patch(jump int) {
	p.code[jump+1] = p.here()
}

// Counts the primes below limit by trial division, and sums their squares modulo a prime:
// variables are 0 the candidate, 1 the divisor, 2 the count, 3 the sum, 4 whether it is prime.
func assemble() []int {
	p := &Program{}
	p.emit(Push, 2)
	p.emit(Store, 0)
	outer := p.here()
	p.emit(Load, 0)
	p.emit(Push, limit)
	p.emit(Less, 0)
	leave := p.here()
	p.emit(JumpIfZero, 0)
	p.emit(Push, 2)
	p.emit(Store, 1)
	p.emit(Push, 1)
	p.emit(Store, 4)
	inner := p.here()
	p.emit(Load, 1)
	p.emit(Load, 0)
	p.emit(Less, 0)
	innerLeave := p.here()
	p.emit(JumpIfZero, 0)
	p.emit(Load, 0)
	p.emit(Load, 1)
	p.emit(Rem, 0)
	p.emit(Push, 0)
	p.emit(Equal, 0)
	dividesNot := p.here()
	p.emit(JumpIfZero, 0)
	p.emit(Push, 0)
	p.emit(Store, 4)
	p.patch(dividesNot)
	p.emit(Load, 1)
	p.emit(Push, 1)
	p.emit(Add, 0)
	p.emit(Store, 1)
	p.emit(Jump, inner)
	p.patch(innerLeave)
	p.emit(Load, 2)
	p.emit(Load, 4)
	p.emit(Add, 0)
	p.emit(Store, 2)
	p.emit(Load, 3)
	p.emit(Load, 0)
	p.emit(Load, 0)
	p.emit(Mul, 0)
	p.emit(Load, 4)
	p.emit(Mul, 0)
	p.emit(Add, 0)
	p.emit(Push, 1_000_000_007)
	p.emit(Rem, 0)
	p.emit(Store, 3)
	p.emit(Load, 0)
	p.emit(Push, 1)
	p.emit(Add, 0)
	p.emit(Store, 0)
	p.emit(Jump, outer)
	p.patch(leave)
	p.emit(Halt, 0)
	return p.code
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

func run(code, stack, variables []int) int {
	pc, top, steps := 0, 0, 0
	for {
		op, argument := code[pc], code[pc+1]
		pc += 2
		steps++
		switch op {
		case Push:
			stack[top] = argument
			top++
		case Load:
			stack[top] = variables[argument]
			top++
		case Store:
			top--
			variables[argument] = stack[top]
		case Add:
			top--
			stack[top-1] += stack[top]
		case Sub:
			top--
			stack[top-1] -= stack[top]
		case Mul:
			top--
			stack[top-1] *= stack[top]
		case Rem:
			top--
			stack[top-1] %= stack[top]
		case Less:
			top--
			stack[top-1] = truth(stack[top-1] < stack[top])
		case Equal:
			top--
			stack[top-1] = truth(stack[top-1] == stack[top])
		case Jump:
			pc = argument
		case JumpIfZero:
			top--
			if stack[top] == 0 {
				pc = argument
			}
		default:
			return steps
		}
	}
}

func main() {
	code := assemble()
	stack := make([]int, 64)
	variables := make([]int, 8)
	steps := run(code, stack, variables)
	fmt.Println("bytecode", steps, variables[2], variables[3])
}

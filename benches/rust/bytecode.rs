//! A stack machine that runs a program with nested loops.
//! The same as benches/c/bytecode.c.

const LIMIT: i64 = 4_000;

const PUSH: i64 = 0;
const LOAD: i64 = 1;
const STORE: i64 = 2;
const ADD: i64 = 3;
const SUB: i64 = 4;
const MUL: i64 = 5;
const REM: i64 = 6;
const LESS: i64 = 7;
const EQUAL: i64 = 8;
const JUMP: i64 = 9;
const JUMP_IF_ZERO: i64 = 10;
const HALT: i64 = 11;

#[derive(Default)]
struct Program {
    code: Vec<i64>,
}

impl Program {
    fn emit(&mut self, op: i64, argument: i64) {
        self.code.extend([op, argument]);
    }

    fn here(&self) -> i64 {
        self.code.len() as i64
    }

    /// Makes the jump at a position lead to here.
    fn patch(&mut self, jump: i64) {
        self.code[jump as usize + 1] = self.here();
    }
}

// Counts the primes below LIMIT by trial division, and sums their squares modulo a prime:
// variables are 0 the candidate, 1 the divisor, 2 the count, 3 the sum, 4 whether it is prime.
fn assemble() -> Vec<i64> {
    let mut p = Program::default();
    p.emit(PUSH, 2);
    p.emit(STORE, 0);
    let outer = p.here();
    p.emit(LOAD, 0);
    p.emit(PUSH, LIMIT);
    p.emit(LESS, 0);
    let leave = p.here();
    p.emit(JUMP_IF_ZERO, 0);
    p.emit(PUSH, 2);
    p.emit(STORE, 1);
    p.emit(PUSH, 1);
    p.emit(STORE, 4);
    let inner = p.here();
    p.emit(LOAD, 1);
    p.emit(LOAD, 0);
    p.emit(LESS, 0);
    let inner_leave = p.here();
    p.emit(JUMP_IF_ZERO, 0);
    p.emit(LOAD, 0);
    p.emit(LOAD, 1);
    p.emit(REM, 0);
    p.emit(PUSH, 0);
    p.emit(EQUAL, 0);
    let divides_not = p.here();
    p.emit(JUMP_IF_ZERO, 0);
    p.emit(PUSH, 0);
    p.emit(STORE, 4);
    p.patch(divides_not);
    p.emit(LOAD, 1);
    p.emit(PUSH, 1);
    p.emit(ADD, 0);
    p.emit(STORE, 1);
    p.emit(JUMP, inner);
    p.patch(inner_leave);
    p.emit(LOAD, 2);
    p.emit(LOAD, 4);
    p.emit(ADD, 0);
    p.emit(STORE, 2);
    p.emit(LOAD, 3);
    p.emit(LOAD, 0);
    p.emit(LOAD, 0);
    p.emit(MUL, 0);
    p.emit(LOAD, 4);
    p.emit(MUL, 0);
    p.emit(ADD, 0);
    p.emit(PUSH, 1_000_000_007);
    p.emit(REM, 0);
    p.emit(STORE, 3);
    p.emit(LOAD, 0);
    p.emit(PUSH, 1);
    p.emit(ADD, 0);
    p.emit(STORE, 0);
    p.emit(JUMP, outer);
    p.patch(leave);
    p.emit(HALT, 0);
    p.code
}

fn run(code: &[i64], stack: &mut [i64], variables: &mut [i64]) -> i64 {
    let mut pc = 0;
    let mut top = 0;
    let mut steps = 0;
    loop {
        let op = code[pc];
        let argument = code[pc + 1];
        pc += 2;
        steps += 1;
        match op {
            PUSH => {
                stack[top] = argument;
                top += 1;
            }
            LOAD => {
                stack[top] = variables[argument as usize];
                top += 1;
            }
            STORE => {
                top -= 1;
                variables[argument as usize] = stack[top];
            }
            ADD => {
                top -= 1;
                stack[top - 1] += stack[top];
            }
            SUB => {
                top -= 1;
                stack[top - 1] -= stack[top];
            }
            MUL => {
                top -= 1;
                stack[top - 1] *= stack[top];
            }
            REM => {
                top -= 1;
                stack[top - 1] %= stack[top];
            }
            LESS => {
                top -= 1;
                stack[top - 1] = (stack[top - 1] < stack[top]) as i64;
            }
            EQUAL => {
                top -= 1;
                stack[top - 1] = (stack[top - 1] == stack[top]) as i64;
            }
            JUMP => pc = argument as usize,
            JUMP_IF_ZERO => {
                top -= 1;
                if stack[top] == 0 {
                    pc = argument as usize;
                }
            }
            _ => return steps,
        }
    }
}

fn main() {
    let code = assemble();
    let mut stack = vec![0; 64];
    let mut variables = vec![0; 8];
    let steps = run(&code, &mut stack, &mut variables);
    println!("bytecode {steps} {} {}", variables[2], variables[3]);
}

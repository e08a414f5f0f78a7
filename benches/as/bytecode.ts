// A stack machine that runs a program with nested loops.
// The same as benches/c/bytecode.c.

import { print } from "./rt";

const LIMIT: i64 = 4_000;

const enum Op { PUSH, LOAD, STORE, ADD, SUB, MUL, REM, LESS, EQUAL, JUMP, JUMP_IF_ZERO, HALT }

class Program {
  code: Array<i64> = [];

  emit(op: Op, argument: i64): void {
    this.code.push(op);
    this.code.push(argument);
  }

  here(): i32 {
    return this.code.length;
  }

  /** Makes the jump at a position lead to here. */
  patch(jump: i32): void {
    this.code[jump + 1] = this.here();
  }
}

// Counts the primes below LIMIT by trial division, and sums their squares modulo a prime:
// variables are 0 the candidate, 1 the divisor, 2 the count, 3 the sum, 4 whether it is prime.
function assemble(): Array<i64> {
  const p = new Program();
  p.emit(Op.PUSH, 2);
  p.emit(Op.STORE, 0);
  const outer = p.here();
  p.emit(Op.LOAD, 0);
  p.emit(Op.PUSH, LIMIT);
  p.emit(Op.LESS, 0);
  const leave = p.here();
  p.emit(Op.JUMP_IF_ZERO, 0);
  p.emit(Op.PUSH, 2);
  p.emit(Op.STORE, 1);
  p.emit(Op.PUSH, 1);
  p.emit(Op.STORE, 4);
  const inner = p.here();
  p.emit(Op.LOAD, 1);
  p.emit(Op.LOAD, 0);
  p.emit(Op.LESS, 0);
  const innerLeave = p.here();
  p.emit(Op.JUMP_IF_ZERO, 0);
  p.emit(Op.LOAD, 0);
  p.emit(Op.LOAD, 1);
  p.emit(Op.REM, 0);
  p.emit(Op.PUSH, 0);
  p.emit(Op.EQUAL, 0);
  const dividesNot = p.here();
  p.emit(Op.JUMP_IF_ZERO, 0);
  p.emit(Op.PUSH, 0);
  p.emit(Op.STORE, 4);
  p.patch(dividesNot);
  p.emit(Op.LOAD, 1);
  p.emit(Op.PUSH, 1);
  p.emit(Op.ADD, 0);
  p.emit(Op.STORE, 1);
  p.emit(Op.JUMP, inner);
  p.patch(innerLeave);
  p.emit(Op.LOAD, 2);
  p.emit(Op.LOAD, 4);
  p.emit(Op.ADD, 0);
  p.emit(Op.STORE, 2);
  p.emit(Op.LOAD, 3);
  p.emit(Op.LOAD, 0);
  p.emit(Op.LOAD, 0);
  p.emit(Op.MUL, 0);
  p.emit(Op.LOAD, 4);
  p.emit(Op.MUL, 0);
  p.emit(Op.ADD, 0);
  p.emit(Op.PUSH, 1_000_000_007);
  p.emit(Op.REM, 0);
  p.emit(Op.STORE, 3);
  p.emit(Op.LOAD, 0);
  p.emit(Op.PUSH, 1);
  p.emit(Op.ADD, 0);
  p.emit(Op.STORE, 0);
  p.emit(Op.JUMP, outer);
  p.patch(leave);
  p.emit(Op.HALT, 0);
  return p.code;
}

function run(code: Array<i64>, stack: StaticArray<i64>, variables: StaticArray<i64>): i64 {
  let pc = 0;
  let top = 0;
  let steps: i64 = 0;
  while (true) {
    const op = <i32>code[pc];
    const argument = code[pc + 1];
    pc += 2;
    steps++;
    switch (op) {
      case Op.PUSH:
        stack[top++] = argument;
        break;
      case Op.LOAD:
        stack[top++] = variables[<i32>argument];
        break;
      case Op.STORE:
        variables[<i32>argument] = stack[--top];
        break;
      case Op.ADD:
        top--;
        stack[top - 1] += stack[top];
        break;
      case Op.SUB:
        top--;
        stack[top - 1] -= stack[top];
        break;
      case Op.MUL:
        top--;
        stack[top - 1] *= stack[top];
        break;
      case Op.REM:
        top--;
        stack[top - 1] %= stack[top];
        break;
      case Op.LESS:
        top--;
        stack[top - 1] = i64(stack[top - 1] < stack[top]);
        break;
      case Op.EQUAL:
        top--;
        stack[top - 1] = i64(stack[top - 1] == stack[top]);
        break;
      case Op.JUMP:
        pc = <i32>argument;
        break;
      case Op.JUMP_IF_ZERO:
        if (stack[--top] == 0) pc = <i32>argument;
        break;
      default:
        return steps;
    }
  }
}

function main(): void {
  const code = assemble();
  const stack = new StaticArray<i64>(64);
  const variables = new StaticArray<i64>(8);
  const steps = run(code, stack, variables);
  print(`bytecode ${steps} ${variables[2]} ${variables[3]}`);
}

main();

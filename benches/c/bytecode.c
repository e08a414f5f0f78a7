// A stack machine that runs a program with nested loops.
#include "rt.h"

#define LIMIT 4000

enum Op { PUSH, LOAD, STORE, ADD, SUB, MUL, REM, LESS, EQUAL, JUMP, JUMP_IF_ZERO, HALT };

typedef struct { Int *code; Int len; } Program;

static void emit(Program *program, Int op, Int argument) {
    program->code[program->len++] = op;
    program->code[program->len++] = argument;
}

// Counts the primes below LIMIT by trial division, and sums their squares modulo a prime:
// variables are 0 the candidate, 1 the divisor, 2 the count, 3 the sum, 4 whether it is prime.
static Program assemble(void) {
    Program p = { alloc(256 * sizeof(Int)), 0 };
    emit(&p, PUSH, 2), emit(&p, STORE, 0);
    Int outer = p.len;
    emit(&p, LOAD, 0), emit(&p, PUSH, LIMIT), emit(&p, LESS, 0);
    Int leave = p.len;
    emit(&p, JUMP_IF_ZERO, 0);
    emit(&p, PUSH, 2), emit(&p, STORE, 1), emit(&p, PUSH, 1), emit(&p, STORE, 4);
    Int inner = p.len;
    emit(&p, LOAD, 1), emit(&p, LOAD, 0), emit(&p, LESS, 0);
    Int inner_leave = p.len;
    emit(&p, JUMP_IF_ZERO, 0);
    emit(&p, LOAD, 0), emit(&p, LOAD, 1), emit(&p, REM, 0), emit(&p, PUSH, 0), emit(&p, EQUAL, 0);
    Int divides_not = p.len;
    emit(&p, JUMP_IF_ZERO, 0);
    emit(&p, PUSH, 0), emit(&p, STORE, 4);
    p.code[divides_not + 1] = p.len;
    emit(&p, LOAD, 1), emit(&p, PUSH, 1), emit(&p, ADD, 0), emit(&p, STORE, 1), emit(&p, JUMP, inner);
    p.code[inner_leave + 1] = p.len;
    emit(&p, LOAD, 2), emit(&p, LOAD, 4), emit(&p, ADD, 0), emit(&p, STORE, 2);
    emit(&p, LOAD, 3), emit(&p, LOAD, 0), emit(&p, LOAD, 0), emit(&p, MUL, 0), emit(&p, LOAD, 4), emit(&p, MUL, 0);
    emit(&p, ADD, 0), emit(&p, PUSH, 1000000007), emit(&p, REM, 0), emit(&p, STORE, 3);
    emit(&p, LOAD, 0), emit(&p, PUSH, 1), emit(&p, ADD, 0), emit(&p, STORE, 0), emit(&p, JUMP, outer);
    p.code[leave + 1] = p.len;
    emit(&p, HALT, 0);
    return p;
}

static Int run(const Int *code, Int *stack, Int *variables) {
    Int pc = 0, top = 0, steps = 0;
    for (;;) {
        Int op = code[pc], argument = code[pc + 1];
        pc += 2;
        steps++;
        switch (op) {
        case PUSH: stack[top++] = argument; break;
        case LOAD: stack[top++] = variables[argument]; break;
        case STORE: variables[argument] = stack[--top]; break;
        case ADD: top--; stack[top - 1] += stack[top]; break;
        case SUB: top--; stack[top - 1] -= stack[top]; break;
        case MUL: top--; stack[top - 1] *= stack[top]; break;
        case REM: top--; stack[top - 1] %= stack[top]; break;
        case LESS: top--; stack[top - 1] = stack[top - 1] < stack[top]; break;
        case EQUAL: top--; stack[top - 1] = stack[top - 1] == stack[top]; break;
        case JUMP: pc = argument; break;
        case JUMP_IF_ZERO: if (stack[--top] == 0) pc = argument; break;
        default: return steps;
        }
    }
}

PROGRAM {
    Program program = assemble();
    Int *stack = alloc(64 * sizeof(Int)), *variables = alloc(8 * sizeof(Int));
    for (Int i = 0; i < 64; i++) stack[i] = 0;
    for (Int i = 0; i < 8; i++) variables[i] = 0;
    Int steps = run(program.code, stack, variables);
    put_text("bytecode ");
    put_int(steps);
    put_char(' ');
    put_int(variables[2]);
    put_char(' ');
    put_int(variables[3]);
    put_line();
}

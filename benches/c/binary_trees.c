// Many short-lived trees and one long-lived one. After the Benchmarks Game.
#include "rt.h"

#define DEPTH 17

typedef struct Tree { struct Tree *left, *right; } Tree;

static Tree *build(Int depth) {
    Tree *tree = alloc(sizeof(Tree));
    if (depth > 0) {
        tree->left = build(depth - 1);
        tree->right = build(depth - 1);
    } else {
        tree->left = tree->right = null;
    }
    return tree;
}

static Int count(const Tree *tree) {
    return tree->left ? 1 + count(tree->left) + count(tree->right) : 1;
}

static void drop(Tree *tree) {
    if (tree->left) {
        drop(tree->left);
        drop(tree->right);
    }
    release(tree);
}

PROGRAM {
    Tree *stretch = build(DEPTH + 1);
    Int total = count(stretch);
    drop(stretch);
    Tree *long_lived = build(DEPTH);
    for (Int depth = 4; depth <= DEPTH; depth += 2) {
        Int rounds = 1 << (DEPTH - depth + 4);
        for (Int i = 0; i < rounds; i++) {
            Tree *tree = build(depth);
            total += count(tree);
            drop(tree);
        }
    }
    total += count(long_lived);
    drop(long_lived);
    put_text("binary-trees ");
    put_int(total);
    put_line();
}

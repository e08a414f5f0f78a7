// Many short-lived trees and one long-lived one. After the Benchmarks Game.
// The same as benches/c/binary_trees.c, but that the collector releases the trees.

import { print } from "./rt";

const DEPTH: i32 = 17;

class Tree {
  constructor(public left: Tree | null, public right: Tree | null) {}

  count(): i64 {
    const left = this.left;
    if (left == null) return 1;
    return 1 + left.count() + this.right!.count();
  }
}

function build(depth: i32): Tree {
  if (depth == 0) return new Tree(null, null);
  return new Tree(build(depth - 1), build(depth - 1));
}

function main(): void {
  let total = build(DEPTH + 1).count();
  const longLived = build(DEPTH);
  for (let depth = 4; depth <= DEPTH; depth += 2) {
    const rounds = 1 << (DEPTH - depth + 4);
    for (let i = 0; i < rounds; i++) total += build(depth).count();
  }
  total += longLived.count();
  print(`binary-trees ${total}`);
}

main();

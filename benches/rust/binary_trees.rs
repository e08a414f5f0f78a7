//! Many short-lived trees and one long-lived one. After the Benchmarks Game.
//! The same as benches/c/binary_trees.c: the ends of a tree are nodes, too, each an allocation.

const DEPTH: i64 = 17;

struct Tree {
    children: Option<(Box<Tree>, Box<Tree>)>,
}

fn build(depth: i64) -> Box<Tree> {
    let children = (depth > 0).then(|| (build(depth - 1), build(depth - 1)));
    Box::new(Tree { children })
}

fn count(tree: &Tree) -> i64 {
    match &tree.children {
        Some((left, right)) => 1 + count(left) + count(right),
        None => 1,
    }
}

fn main() {
    let mut total = count(&build(DEPTH + 1));
    let long_lived = build(DEPTH);
    let mut depth = 4;
    while depth <= DEPTH {
        for _ in 0..1 << (DEPTH - depth + 4) {
            total += count(&build(depth));
        }
        depth += 2;
    }
    total += count(&long_lived);
    println!("binary-trees {total}");
}

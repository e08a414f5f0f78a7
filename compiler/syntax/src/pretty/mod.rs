//! The text form of a syntax tree, as `--emit ast` prints it.
//!
//! Lists in parentheses, the kind of node first; what fits on a line stands on one. Spans are left out, so
//! that the text of a tree changes only with the tree. Entry points: [`dump_file`], [`dump_expr`].

mod exprs;
mod items;

use crate::ast::{Expr, File, Ident};
use crate::intern::{Interner, Symbol};

/// Columns up to which a list stays on one line.
const WIDTH: usize = 100;

/// The text form of a whole file.
pub fn dump_file(file: &File, interner: &Interner) -> String {
    let dump = Dump { interner };
    let mut out = String::new();
    if file.is_unsafe {
        out.push_str("(unsafe)\n");
    }
    if let Some(docs) = &file.docs {
        dump.docs(docs).print(0, &mut out);
        out.push('\n');
    }
    for item in &file.items {
        dump.item(item).print(0, &mut out);
        out.push('\n');
    }
    out
}

/// The text form of one expression.
pub fn dump_expr(expr: &Expr, interner: &Interner) -> String {
    let mut out = String::new();
    Dump { interner }.expr(expr).print(0, &mut out);
    out
}

/// A node of the text form. The width is that of the node on one line.
enum Node {
    Atom(String),
    List(Vec<Node>, usize),
}

impl Node {
    fn width(&self) -> usize {
        match self {
            Node::Atom(text) => text.chars().count(),
            Node::List(_, width) => *width,
        }
    }

    fn print(&self, indent: usize, out: &mut String) {
        let nodes = match self {
            Node::Atom(text) => return out.push_str(text),
            Node::List(nodes, _) => nodes,
        };
        let flat = indent + self.width() <= WIDTH;
        out.push('(');
        let mut head = true;
        for (idx, node) in nodes.iter().enumerate() {
            // The kind of a broken list and the atoms behind it share its first line.
            head &= flat || matches!(node, Node::Atom(_));
            if idx > 0 && head {
                out.push(' ');
            } else if idx > 0 {
                out.push('\n');
                out.extend(std::iter::repeat_n(' ', indent + 2));
            }
            node.print(if flat { 0 } else { indent + 2 }, out);
        }
        out.push(')');
    }
}

fn atom(text: impl Into<String>) -> Node {
    Node::Atom(text.into())
}

fn list(nodes: Vec<Node>) -> Node {
    let width = nodes.iter().map(|n| n.width() + 1).sum::<usize>() + 1;
    Node::List(nodes, width)
}

/// A list with its kind in front.
fn tagged(tag: &str, nodes: impl IntoIterator<Item = Node>) -> Node {
    list(std::iter::once(atom(tag)).chain(nodes).collect())
}

struct Dump<'a> {
    interner: &'a Interner,
}

impl Dump<'_> {
    fn name(&self, symbol: Symbol) -> &str {
        match self.interner.name(symbol) {
            "" => "<missing>",
            name => name,
        }
    }

    fn ident(&self, ident: Ident) -> Node {
        atom(self.name(ident.name))
    }

    fn docs(&self, docs: &str) -> Node {
        tagged("docs", [quoted(docs)])
    }
}

fn quoted(text: &str) -> Node {
    atom(format!("{text:?}"))
}

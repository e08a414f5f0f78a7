//! Values that are moved and dropped: each of their drops prints, so that its order is compared.

use crate::generator::{Generator, braces};
use crate::types::Ty;

/// What the scenes use; part of every program.
pub const DECLARATIONS: &str = r#"iso struct Guard { id: Int, held: Array<String> }

impl Guard {
    fn drop(mut self) { println("drop {self.id} {self.held}") }
    fn size(self) -> Int { self.id +% self.held.len() }
    fn hold(mut self, text: String) { if self.held.len() < 5 { self.held.push(text) } }
}

fn look(g: Guard) -> Int { g.size() *% 3 }

fn eat(g: Guard) -> Int {
    let mine = g
    mine.size()
}

fn pass(g: Guard, keep: Bool) -> Guard? { if keep { Some(g) } else { None } }
"#;

/// Guards that are made, lent, moved on some paths, and dropped.
pub fn scene(g: &mut Generator, depth: usize) -> Option<Vec<String>> {
    if !g.affords(600) {
        return None;
    }
    g.spend(500);
    Some(g.scoped(|g| match g.choices.index(4) {
        0 => one(g, depth),
        1 => conditional(g, depth),
        2 => in_array(g, depth),
        _ => in_option(g, depth),
    }))
}

fn make(g: &mut Generator, name: &str, depth: usize) -> String {
    let text = g.expr(&Ty::Str, depth.min(1));
    format!("let mut {name} = Guard {{ id: {}, held: [clip({text})] }}", g.choices.below(100))
}

/// In a block of its own, since the guard is moved in the end.
fn one(g: &mut Generator, depth: usize) -> Vec<String> {
    let name = g.fresh("g");
    let mut lines = vec![make(g, &name, depth)];
    lines.extend(g.open_statements(depth, 2));
    lines.push(format!("{name}.hold({})", g.expr(&Ty::Str, depth.min(1))));
    lines.push(format!("h.note(look({name}))"));
    if g.choices.chance(1, 2) {
        lines.push(format!("h.note(eat({name}))"));
    }
    lines.extend(g.open_statements(depth, 2));
    vec![braces(&lines)]
}

fn conditional(g: &mut Generator, depth: usize) -> Vec<String> {
    let (first, second) = (g.fresh("g"), g.fresh("g"));
    let mut lines = vec![make(g, &first, depth), make(g, &second, depth)];
    let condition = g.expr(&Ty::Bool, depth);
    lines.push(format!("if {condition} {{ h.note(eat({first})) }}"));
    lines.extend(g.open_statements(depth, 2));
    let keep = g.expr(&Ty::Bool, depth);
    let kept = g.fresh("g");
    lines.push(format!("if pass({second}, {keep}) is Some({kept}) {{ h.note({kept}.size()) }}"));
    vec![braces(&lines)]
}

fn in_array(g: &mut Generator, depth: usize) -> Vec<String> {
    let (array, taken) = (g.fresh("g"), g.fresh("g"));
    let times = 1 + g.choices.below(4);
    let mut lines = vec![
        format!("let mut {array}: Array<Guard> = []"),
        format!("for i in 0..{times} {{ {array}.push(Guard {{ id: i, held: [] }}) }}"),
        format!("{array}[0].hold({})", g.expr(&Ty::Str, depth.min(1))),
    ];
    lines.extend(g.open_statements(depth, 1));
    lines.push(format!("if {array}.pop() is Some({taken}) {{ h.note(eat({taken})) }}"));
    lines.push(format!("h.note({array}.len())"));
    vec![braces(&lines)]
}

fn in_option(g: &mut Generator, depth: usize) -> Vec<String> {
    let (option, taken) = (g.fresh("g"), g.fresh("g"));
    let text = g.expr(&Ty::Str, depth.min(1));
    let mut lines = vec![format!("let mut {option} = Some(Guard {{ id: 7, held: [clip({text})] }})")];
    lines.extend(g.open_statements(depth, 1));
    lines.push(format!(
        "for i in 0..2 {{ if {option}.take() is Some({taken}) {{ h.note(look({taken}) + i) }} }}"
    ));
    lines.push(format!("{option} = Some(Guard {{ id: 8, held: [] }})"));
    lines.extend(g.open_statements(depth, 1));
    vec![braces(&lines)]
}

//! Functions and methods, and the program as a whole.

use crate::choices::Kind;
use crate::generator::{Context, Generator, Need, Var, braces};
use crate::types::{Bound, Function, Param, Ty};

/// What one call may cost.
const COST_MAX: u64 = 3000;
/// A function that calls itself twice, with fuel of up to 3, is entered so often.
const CALLS_OF_FUEL: u64 = 15;

impl Generator {
    /// A body: at most so many statements, then a value of a type, if one is given. Also what it costs.
    pub fn body(&mut self, cx: Context, nodes: usize, statements: usize, value: Option<Ty>) -> (String, u64) {
        let outer = std::mem::replace(&mut self.cx, cx);
        self.nodes_left = nodes;
        let first = self.cx.vars.len();
        let mut lines = self.open_statements(5, statements);
        lines.extend(self.last_notes(first));
        if let Some(ty) = value {
            lines.push(self.expr(&ty, 3));
        }
        let cost = self.cx.cost;
        self.cx = outer;
        (braces(&lines), cost)
    }

    pub fn function(&mut self, nodes: usize) {
        let has_fuel = self.choices.chance(1, 4);
        let bounds = if self.choices.chance(1, 4) { vec![self.bound()] } else { Vec::new() };
        let name = self.fresh("f");
        let head = Function {
            name,
            bounds,
            receiver: None,
            params: Vec::new(),
            result: Ty::int(),
            notes: self.choices.chance(2, 3),
            has_fuel,
            cost: 0,
        };
        self.finish_function(head, nodes);
    }

    fn bound(&mut self) -> Bound {
        match self.choices.weighted(&[2, 4, 2, 2 * u64::from(!self.traits.is_empty())]) {
            0 => Bound::Nothing,
            1 => Bound::Shown,
            2 => Bound::Ordered,
            _ => Bound::Trait(self.choices.index(self.traits.len())),
        }
    }

    /// A method of one of the program's types; one that changes its receiver half of the time.
    pub fn method(&mut self, nodes: usize) {
        // The first is the error type of every program.
        if self.adts.len() < 2 {
            return;
        }
        let id = self.pick_adt(1);
        let bounds = vec![Bound::Shown; self.adts[id].params];
        let own = Ty::Adt(id, (0..bounds.len()).map(Ty::Param).collect());
        let is_mut = self.choices.chance(1, 2);
        let name = self.fresh("m");
        let head = Function {
            name,
            bounds,
            receiver: Some((own, is_mut)),
            params: Vec::new(),
            result: Ty::int(),
            notes: self.choices.chance(1, 2),
            has_fuel: false,
            cost: 0,
        };
        self.finish_function(head, nodes);
    }

    /// Chooses parameters and result, and makes the body.
    fn finish_function(&mut self, mut function: Function, nodes: usize) {
        let mut cx = Context {
            bounds: function.bounds.clone(),
            notes: function.notes,
            times: 1,
            cost_max: if function.has_fuel { COST_MAX / CALLS_OF_FUEL } else { COST_MAX },
            ..Context::default()
        };
        if let Some((own, is_mut)) = &function.receiver {
            cx.vars.push(Var { name: "self".to_string(), ty: own.clone(), is_mut: *is_mut });
        }
        let outer = std::mem::replace(&mut self.cx, cx);
        for index in 0..function.bounds.len() {
            self.parameter(&mut function, Ty::Param(index));
        }
        for _ in 0..self.choices.below(4) {
            let ty = self.ty(3, Need::Anything);
            self.parameter(&mut function, ty);
        }
        function.result = self.ty(2, Need::Anything);
        self.cover_function(&function);
        self.cx.result = Some(function.result.clone());
        if function.has_fuel {
            self.cx.vars.push(Var { name: "fuel".to_string(), ty: Ty::int(), is_mut: false });
            self.cx.recursion = Some((function.clone(), 2));
        }
        let cx = std::mem::replace(&mut self.cx, outer);
        let (mut body, cost) = self.body(cx.clone(), nodes, 9, Some(function.result.clone()));
        function.cost = (cost + 10) * if function.has_fuel { CALLS_OF_FUEL } else { 1 };
        if function.has_fuel {
            let outer = std::mem::replace(&mut self.cx, cx);
            let end = self.leaf(&function.result.clone());
            self.cx = outer;
            body = body.replacen('{', &format!("{{\n    if fuel <= 0 {{ return {end} }}"), 1);
        }
        self.emit_function(function, &body);
    }

    fn parameter(&mut self, function: &mut Function, ty: Ty) {
        let name = self.fresh("a");
        let is_mut = self.choices.chance(1, 4) && !matches!(ty, Ty::Fn(..));
        self.cx.vars.push(Var { name: name.clone(), ty: ty.clone(), is_mut });
        function.params.push(Param { name, ty, is_mut });
    }

    fn cover_function(&mut self, function: &Function) {
        self.cover(match (&function.receiver, function.bounds.is_empty()) {
            (Some((_, true)), _) => "method that changes its receiver",
            (Some(_), _) => "method",
            (None, true) => "function",
            (None, false) => "generic function",
        });
        if function.has_fuel {
            self.cover("recursive function");
        }
        if function.params.iter().any(|param| param.is_mut) {
            self.cover("function of mut parameters");
        }
    }

    fn emit_function(&mut self, function: Function, body: &str) {
        let mut params = Vec::new();
        if let Some((_, is_mut)) = function.receiver {
            params.push(if is_mut { "mut self".to_string() } else { "self".to_string() });
        }
        if function.notes {
            params.push("mut h: Sum".to_string());
        }
        for Param { name, ty, is_mut } in &function.params {
            params.push(format!("{}{name}: {}", if *is_mut { "mut " } else { "" }, self.show(ty)));
        }
        if function.has_fuel {
            params.push("fuel: Int".to_string());
        }
        let bounds = self.bound_list(&function.bounds);
        let own_bounds = if function.receiver.is_some() { "" } else { &bounds };
        let text = format!(
            "fn {}{own_bounds}({}) -> {} {body}",
            function.name,
            params.join(", "),
            self.show(&function.result)
        );
        self.items.push(match &function.receiver {
            Some((own, _)) => format!("impl{bounds} {} {}", self.show(own), braces(&[text])),
            None => text,
        });
        self.functions.push(function);
    }

    fn bound_list(&self, bounds: &[Bound]) -> String {
        let list = bounds.iter().zip(0..).map(|(bound, index)| match bound {
            Bound::Nothing => format!("T{index}"),
            Bound::Shown => format!("T{index}: Eq + Hash + Show"),
            Bound::Ordered => format!("T{index}: Ord + Hash + Show"),
            Bound::Trait(id) => format!("T{index}: {}", self.traits[*id].name),
        });
        let list: Vec<String> = list.collect();
        if list.is_empty() { String::new() } else { format!("<{}>", list.join(", ")) }
    }

    /// Variables to begin with, so that there is something to work on.
    fn first_variables(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        for _ in 0..5 {
            let start = self.choices.open();
            if !self.choices.chance(9, 10) {
                break;
            }
            lines.push(self.with_share(|g| g.declaration(3)));
            self.choices.close(Kind::Element, start);
        }
        lines
    }

    /// `main`: the sum is printed after each statement, so that the first difference is near its cause.
    pub fn main(&mut self, nodes: usize) {
        self.cx = Context { notes: true, times: 1, cost_max: 60_000, ..Context::default() };
        self.nodes_left = nodes;
        let mut lines = vec!["let mut h = Sum { value: 0, count: 0 }".to_string()];
        lines.extend(self.first_variables());
        for _ in 0..20 {
            let start = self.choices.open();
            if self.nodes_left == 0 || !self.choices.chance(14, 15) {
                break;
            }
            let made = self.statement(5);
            if !made.is_empty() {
                lines.extend(made);
                lines.push("println(h)".to_string());
            }
            self.choices.close(Kind::Element, start);
        }
        lines.extend(self.last_notes(0));
        let shown: Vec<Var> =
            self.visible().into_iter().filter(|var| self.can(&var.ty, Need::Shown)).collect();
        lines.extend(shown.iter().map(|var| format!("println(\"{0} = {{{0}}}\")", var.name)));
        lines.push("println(h)".to_string());
        self.items.push(format!("fn main() {}", braces(&lines)));
    }
}

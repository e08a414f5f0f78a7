//! Which child of a supervisor stands in for which. The trace tells that a supervisor has spawned an actor; that it is a child started again
//! follows from the messages that the supervisor handles, which are those of `library/std/supervisor.gal`.

use crate::trace::{Letter, Number};
use std::rc::Rc;

/// The library's actor.
pub const SUPERVISOR: &str = "Supervisor";

/// The children of a supervisor, in the order in which they were added.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Family {
    strategy: String,
    children: Vec<Child>,
    starts: Starts,
}

#[derive(Clone, PartialEq, Debug, Default)]
struct Child {
    now: Option<Number>,
    /// The actor that it was last, and its name.
    last: Option<(Number, Rc<str>)>,
    /// It will not be started again.
    is_gone: bool,
}

/// What the handler at hand starts.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
enum Starts {
    #[default]
    None,
    New(usize),
    Again(usize),
    All,
}

impl Family {
    /// A handler begins.
    pub fn receive(&mut self, letter: &Letter) {
        let value = |at: usize| letter.values.get(at).and_then(|value| value.as_deref()).unwrap_or_default();
        self.starts = Starts::None;
        match letter.name.as_str() {
            "new" => self.strategy = value(0).to_string(),
            "Add" | "Keep" => {
                self.starts = Starts::New(self.children.len());
                self.children.push(Child::default());
            }
            "StartAll" => self.starts = Starts::All,
            // Keys count from 1.
            "StartOne" => {
                let key: Option<usize> = value(0).parse().ok();
                self.starts = key.and_then(|key| key.checked_sub(1)).map_or(Starts::None, Starts::Again);
            }
            "Down" => self.down(value(0), value(1)),
            _ => {}
        }
    }

    fn down(&mut self, id: &str, reason: &str) {
        let Some(number) = id.strip_prefix('#').and_then(|number| number.parse().ok()) else { return };
        let is_it = |child: &Child| child.now == Some(number) && !child.is_gone;
        let Some(at) = self.children.iter().position(is_it) else { return };
        if !reason.starts_with("Crashed") {
            self.children[at].is_gone = true;
            return;
        }
        let stopped = match self.strategy.as_str() {
            "OneForAll" => 0..self.children.len(),
            "RestForOne" => at..self.children.len(),
            _ => at..at + 1,
        };
        self.children[stopped].iter_mut().for_each(|child| child.now = None);
    }

    /// The supervisor has spawned an actor: the one that it stands in for.
    pub fn spawned(&mut self, actor: Number, name: &Rc<str>) -> Option<Number> {
        // A start may spawn others that the child needs.
        let fits = |child: &Child| {
            !child.is_gone && child.now.is_none() && child.last.as_ref().is_some_and(|(_, old)| old == name)
        };
        let (child, is_again) = match self.starts {
            Starts::None => return None,
            // The child is the last that is spawned.
            Starts::New(at) => (self.children.get_mut(at)?, false),
            Starts::Again(at) => (self.children.get_mut(at).filter(|child| fits(child))?, true),
            Starts::All => (self.children.iter_mut().find(|child| fits(child))?, true),
        };
        child.now = Some(actor);
        let before = child.last.replace((actor, name.clone()));
        before.filter(|_| is_again).map(|(old, _)| old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tell(family: &mut Family, name: &str, values: &[&str]) {
        let values = values.iter().map(|value| Some(value.to_string())).collect();
        family.receive(&Letter { number: 1, from: 0, to: 1, name: name.into(), asks: false, values });
    }

    fn started(family: &mut Family, numbers: &[Number]) -> Vec<Option<Number>> {
        numbers.iter().map(|number| family.spawned(*number, &"Worker".into())).collect()
    }

    fn family(strategy: &str, children: &[Number]) -> Family {
        let mut family = Family::default();
        tell(&mut family, "new", &[strategy]);
        for number in children {
            tell(&mut family, "Add", &["a child"]);
            assert_eq!(started(&mut family, &[*number]), [None]);
        }
        family
    }

    #[test]
    fn one_child_is_started_again() {
        let mut family = family("OneForOne", &[2, 3, 4]);
        tell(&mut family, "Down", &["#3", "Crashed { message: \"x\" }"]);
        assert_eq!(started(&mut family, &[5]), [None], "it has not got the order to");
        tell(&mut family, "StartOne", &["2"]);
        assert_eq!(started(&mut family, &[6]), [Some(3)]);
        tell(&mut family, "StartOne", &["nonsense"]);
        assert_eq!(started(&mut family, &[7]), [None]);
    }

    #[test]
    fn all_or_the_rest_are_started_again_in_their_order() {
        for (strategy, expected) in
            [("OneForAll", [Some(2), Some(3), Some(4)]), ("RestForOne", [Some(3), Some(4), None])]
        {
            let mut family = family(strategy, &[2, 3, 4]);
            tell(&mut family, "Down", &["#3", "Crashed { message: \"x\" }"]);
            // Stopped by the supervisor itself.
            tell(&mut family, "Down", &["#4", "Stopped"]);
            tell(&mut family, "StartAll", &[]);
            assert_eq!(started(&mut family, &[5, 6, 7]), expected, "{strategy}");
        }
    }

    #[test]
    fn a_child_that_others_stop_is_not_started_again() {
        let mut family = family("OneForAll", &[2, 3]);
        tell(&mut family, "Down", &["#2", "Stopped"]);
        tell(&mut family, "Down", &["#3", "Crashed { message: \"x\" }"]);
        tell(&mut family, "StartAll", &[]);
        assert_eq!(started(&mut family, &[5, 6]), [Some(3), None]);
    }

    #[test]
    fn what_a_child_needs_is_no_child() {
        let mut family = family("OneForOne", &[]);
        tell(&mut family, "Add", &["a child"]);
        assert_eq!(family.spawned(2, &"Helper".into()), None);
        assert_eq!(family.spawned(3, &"Worker".into()), None);
        tell(&mut family, "Down", &["#3", "Crashed { message: \"x\" }"]);
        tell(&mut family, "StartOne", &["1"]);
        assert_eq!(family.spawned(4, &"Helper".into()), None);
        assert_eq!(family.spawned(5, &"Worker".into()), Some(3));
    }
}

//! `@mailbox(capacity: …, policy: …)`: how many messages may wait, and what becomes of those beyond.

use crate::checker::Checker;
use crate::codes;
use crate::suggest;
use syntax::ast::{AttrArg, Attribute};
use syntax::{Diagnostic, Span, Symbol};

/// The bound of a mailbox.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Bound {
    pub capacity: i64,
    pub policy: Policy,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Policy {
    /// Whoever sends waits for room.
    Wait,
    DropNew,
    DropOld,
    /// Whoever sends panics.
    Fail,
}

const POLICIES: [(&str, Policy); 4] = [
    ("wait", Policy::Wait),
    ("drop_new", Policy::DropNew),
    ("drop_old", Policy::DropOld),
    ("fail", Policy::Fail),
];

/// More messages than any memory has.
const CAPACITY_MAX: u128 = 1 << 31;

const FORM: &str = "write `@mailbox(capacity: 100, policy: wait)`";

impl Policy {
    /// The function of the library's runtime that sends; of `wait` the one that waits.
    pub fn sender(self) -> &'static str {
        match self {
            Policy::Wait => "mailbox_send",
            Policy::DropNew => "mailbox_drop_new",
            Policy::DropOld => "mailbox_drop_old",
            Policy::Fail => "mailbox_fail",
        }
    }
}

impl Checker {
    /// What the attribute says; `None` where a mistake was reported.
    pub(super) fn mailbox_bound(&mut self, attr: &Attribute) -> Option<Bound> {
        let (mut capacity, mut policy) = (None, None);
        for arg in &attr.args {
            let AttrArg::Named(name, value) = arg else {
                return self.bad_mailbox(attr.span, "the parts of `@mailbox` have names", FORM);
            };
            match self.program.name(name.name) {
                "capacity" if capacity.is_none() => capacity = Some(self.capacity(name.span, value)?),
                "policy" if policy.is_none() => policy = Some(self.policy(name.span, value)?),
                text @ ("capacity" | "policy") => {
                    let message = format!("`{text}` is written twice");
                    return self.bad_mailbox(name.span, message, FORM);
                }
                text => {
                    let message = format!("a mailbox has no `{text}`");
                    return self.bad_mailbox(name.span, message, FORM);
                }
            }
        }
        match (capacity, policy) {
            (Some(capacity), Some(policy)) => Some(Bound { capacity, policy }),
            (None, _) => self.bad_mailbox(attr.span, "a mailbox with a bound needs a `capacity`", FORM),
            (_, None) => {
                let note = format!("write `policy: wait`; {}", policies());
                self.bad_mailbox(attr.span, "a mailbox with a bound needs a `policy`", note)
            }
        }
    }

    fn capacity(&mut self, name: Span, value: &AttrArg) -> Option<i64> {
        match value {
            AttrArg::Int(0, span) => {
                let note = "without `@mailbox` there is no bound";
                self.bad_mailbox(*span, "the capacity of a mailbox is at least 1", note)
            }
            AttrArg::Int(n, _) if *n < CAPACITY_MAX => Some(*n as i64),
            AttrArg::Int(_, span) => {
                let note = "without `@mailbox` there is no bound";
                self.bad_mailbox(*span, "the capacity of a mailbox is less than 2147483648", note)
            }
            _ => self.bad_mailbox(name, "the capacity of a mailbox is a number", FORM),
        }
    }

    fn policy(&mut self, name: Span, value: &AttrArg) -> Option<Policy> {
        let AttrArg::Name(ident) = value else {
            return self.bad_mailbox(name, "the policy of a mailbox is a name", policies());
        };
        let text = self.program.name(ident.name).to_string();
        if let Some((_, policy)) = POLICIES.iter().find(|p| p.0 == text) {
            return Some(*policy);
        }
        let names: Vec<Symbol> = POLICIES.iter().map(|p| self.program.interner.intern(p.0)).collect();
        let diag = Diagnostic::error(codes::BAD_MAILBOX, ident.span, format!("there is no policy `{text}`"));
        let diag = diag.note(policies());
        self.report(match suggest::closest(&self.program.interner, &text, names) {
            Some(found) => diag.fix_likely(format!("did you mean `{found}`?"), ident.span, found),
            None => diag,
        });
        None
    }

    fn bad_mailbox<T>(
        &mut self,
        span: Span,
        message: impl Into<String>,
        note: impl Into<String>,
    ) -> Option<T> {
        self.report(Diagnostic::error(codes::BAD_MAILBOX, span, message).note(note));
        None
    }
}

fn policies() -> String {
    let names: Vec<String> = POLICIES.iter().map(|p| format!("`{}`", p.0)).collect();
    format!("the policies are {}", names.join(", "))
}

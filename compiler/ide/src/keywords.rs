//! The words of the language: what they mean, and where they can stand.

/// What a keyword is for. `None` for words that explain themselves by what follows them.
pub fn docs(word: &str) -> Option<&'static str> {
    Some(match word {
        "actor" => {
            "Declares an actor: states, constructors (`new`), messages (`on`) and functions of its own. An actor handles one message after the other."
        }
        "state" => "Declares a state of an actor. Only the actor's own code reaches it.",
        "new" => "Declares a constructor of an actor. All states without an initial value are set in it.",
        "on" => {
            "Declares a message of an actor and what is done when it comes. `-> T` says that it is answered."
        }
        "spawn" => {
            "Starts an actor, and gives a reference to it: `spawn Counter(1)`, `spawn Counter.named(\"a\")`."
        }
        "send" => "Puts a message into an actor's mailbox and goes on: `send(counter, Add(1))`.",
        "ask" => {
            "Sends a message and waits for the answer: `ask(counter, Get)`. `timeout` bounds the wait; `try ask` gives a `Result`."
        }
        "reply" => "Answers the message that is being handled.",
        "async" => "Starts an expression as a green thread, and gives a `Future` of its value.",
        "await" => "Waits for the value of a `Future`.",
        "select" => "Waits for the first of several futures.",
        "timeout" => "Bounds how long is waited.",
        "yield" => "Gives the next value of a generator.",
        "try" => "`try { … } catch { … }` catches the errors that `?` passes on inside of it.",
        "catch" => "Takes the errors of a `try` apart, as `match` does.",
        "when" => "A condition of an arm: the arm is taken only if it is true.",
        "is" => {
            "Whether a value fits a pattern: `x is Some(n)`. What the pattern binds is known where that is true."
        }
        "as" => {
            "Converts between numbers, and characters or `Bool` to integers. In `use`, gives another name."
        }
        "mut" => "The variable, parameter or argument is changed.",
        "iso" => "A type whose values are moved, never copied.",
        "dyn" => "A value of any type that implements the trait.",
        "match" => "Takes the first arm whose pattern fits. The arms must cover all values.",
        "for" => "Goes through what an iterator gives.",
        "loop" => "Repeats until `break`, which may give the loop a value.",
        "let" => "Declares variables by a pattern. `let … else { … }` leaves where the pattern does not fit.",
        "impl" => "Gives a type methods, or implements a trait for it.",
        "trait" => {
            "Declares what types can have in common: methods, associated types, or messages of actors."
        }
        "enum" => "Declares a type by its variants.",
        "struct" => "Declares a type by its fields.",
        "const" => "Declares a constant, or a parameter that is an integer: `<const N: Int>`.",
        "use" => "Makes names of another module known: `use std.math.{sqrt, PI}`.",
        "pub" => "Other modules may use it.",
        "export" => "The host of the module may call it.",
        "extern" => "Declares functions of the host.",
        "unsafe" => "As the first line of a file: raw memory may be used in it.",
        "test" => "Declares a test, which `galc test` runs.",
        "where" => "Bounds of type parameters.",
        "self" => "The value whose method this is; in an actor, the actor's reference.",
        "Self" => "The type of the `impl`, trait or actor around.",
        _ => return None,
    })
}

/// Keywords that begin an item of a file.
pub const ITEMS: &[&str] = &[
    "actor", "async", "const", "enum", "export", "extern", "fn", "impl", "iso", "pub", "struct", "test",
    "trait", "type", "unsafe", "use",
];

/// Keywords that begin an item in an actor.
pub const ACTOR_MEMBERS: &[&str] = &["fn", "new", "on", "state"];

/// Keywords that begin an item in an `impl` or trait.
pub const MEMBERS: &[&str] = &["async", "const", "fn", "pub", "type"];

/// Keywords that begin a statement, or an expression that stands as one.
pub const STATEMENTS: &[&str] = &[
    "break", "const", "continue", "enum", "fn", "for", "if", "impl", "let", "loop", "match", "return",
    "struct", "try", "use", "while", "yield",
];

/// Keywords that begin an expression.
pub const EXPRESSIONS: &[&str] = &[
    "ask", "async", "await", "false", "if", "loop", "match", "reply", "select", "send", "spawn", "true",
    "try",
];

/// Keywords in types.
pub const TYPES: &[&str] = &["Fn", "async", "dyn"];

/// What `@…` can be.
pub const ATTRIBUTES: &[(&str, &str)] = &[
    ("allow", "Leaves out warnings of a kind: `@allow(unused)`."),
    ("cold", "The function is rarely called and never inlined."),
    ("export", "The name of a function in the module's exports: `@export(\"name\")`."),
    ("inline", "The function is put in where it is called."),
    ("mailbox", "Bounds an actor's mailbox: `@mailbox(capacity: 10)`."),
    ("noinline", "The function is never put in where it is called."),
    ("reentrant", "Other messages may be handled while a handler of the actor waits."),
    ("target", "The item exists for one target only: `@target(web)`."),
    ("track_caller", "`caller_location()` in the function is the place of the call."),
];

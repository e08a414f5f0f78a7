//! Attributes: which exist, where they may stand, what they say.

use crate::checker::Checker;
use crate::codes;
use crate::program::{Inline, ModuleId};
use crate::suggest;
use syntax::ast::{AttrArg, Attribute, FnDecl, ItemKind};
use syntax::{Diagnostic, Span, Symbol, sym};

/// What the attributes of a function say.
#[derive(Default)]
pub(crate) struct FnAttrs {
    pub inline: Inline,
    pub track_caller: bool,
    pub export: Option<String>,
    pub lang: Option<Symbol>,
    pub intrinsic: Option<Symbol>,
    /// An `@intrinsic` was reported: the function is not missing its body too.
    pub is_refused: bool,
}

const KNOWN: [&str; 14] = [
    "inline",
    "noinline",
    "cold",
    "track_caller",
    "export",
    "import",
    "target",
    "repr",
    "lang",
    "intrinsic",
    "allow",
    "mailbox",
    "reentrant",
    "test",
];

/// What targets are asked for by: what `lir::targets` and `lir::c_targets` list as families, as a test of the driver finds.
pub const TARGETS: [&str; 16] = [
    "wasi", "web", "wasm32", "wasm64", "native", "libc", "unix", "linux", "macos", "windows", "x86_64",
    "aarch64", "i686", "armv7", "riscv32", "riscv64",
];

impl Checker {
    pub(crate) fn fn_attrs(&mut self, module: ModuleId, attrs: &[Attribute], decl: &FnDecl) -> FnAttrs {
        let mut found = FnAttrs::default();
        for attr in attrs {
            self.check_bare_attr(attr);
            match self.program.name(attr.name.name) {
                "inline" => found.inline = Inline::Always,
                "noinline" => found.inline = Inline::Never,
                "cold" => found.inline = Inline::Cold,
                "track_caller" => found.track_caller = true,
                "export" => found.export = self.string_arg(attr),
                "lang" => found.lang = self.library_arg(module, attr),
                "intrinsic" => {
                    found.intrinsic = self.library_arg(module, attr);
                    found.is_refused = found.intrinsic.is_none();
                    if found.intrinsic.is_some() && decl.body.is_some() {
                        let message = "an intrinsic has no body";
                        self.report(Diagnostic::error(codes::MISPLACED_ITEM, decl.sig_span, message));
                    }
                }
                "target" | "import" | "allow" => {}
                "repr" | "mailbox" | "reentrant" => self.misplaced_attr(attr, "a function"),
                _ => self.unknown_attr(attr),
            }
        }
        found
    }

    pub(crate) fn check_item_attrs(&mut self, attrs: &[Attribute], kind: &ItemKind) {
        for attr in attrs {
            self.check_bare_attr(attr);
            if attr.name.name == sym::repr {
                self.check_words(attr, &["c"]);
            }
            let name = self.program.name(attr.name.name);
            let fits = match name {
                "target" | "allow" => true,
                "lang" => matches!(kind, ItemKind::Struct(_) | ItemKind::Enum(_) | ItemKind::Trait(_)),
                "repr" => matches!(kind, ItemKind::Struct(_) | ItemKind::Enum(_)),
                "mailbox" | "reentrant" => matches!(kind, ItemKind::Actor(_)),
                _ if KNOWN.contains(&name) => false,
                _ => {
                    self.unknown_attr(attr);
                    continue;
                }
            };
            if !fits {
                self.misplaced_attr(attr, item_name(kind));
            }
        }
    }

    /// An attribute that nothing of this kind has.
    pub(crate) fn refuse_attr(&mut self, attr: &Attribute, what: &str) {
        match KNOWN.contains(&self.program.name(attr.name.name)) {
            true => self.misplaced_attr(attr, what),
            false => self.unknown_attr(attr),
        }
    }

    fn unknown_attr(&mut self, attr: &Attribute) {
        let text = self.program.name(attr.name.name).to_string();
        let mut diag = Diagnostic::error(
            codes::UNKNOWN_ATTRIBUTE,
            attr.name.span,
            format!("there is no attribute `@{text}`"),
        );
        let known: Vec<Symbol> = KNOWN.iter().map(|n| self.program.interner.intern(n)).collect();
        if let Some(found) = suggest::closest(&self.program.interner, &text, known) {
            diag = diag.fix_likely(format!("did you mean `@{found}`?"), attr.name.span, found);
        }
        if text == "derive" {
            diag = diag.note("nothing needs to be derived: all values can be compared, hashed and printed");
        }
        self.report(diag);
    }

    fn misplaced_attr(&mut self, attr: &Attribute, what: &str) {
        let text = self.program.name(attr.name.name);
        let of_functions = matches!(text, "inline" | "noinline" | "cold" | "track_caller" | "export");
        let message = format!("`@{text}` has no meaning on {what}");
        let diag = Diagnostic::error(codes::MISPLACED_ATTRIBUTE, attr.span, message);
        self.report(match of_functions {
            true => diag.note("it belongs to functions"),
            false => diag,
        });
    }

    fn string_arg(&mut self, attr: &Attribute) -> Option<String> {
        if let [AttrArg::Str(text, _)] = attr.args.as_slice() {
            return Some(text.clone());
        }
        let text = self.program.name(attr.name.name);
        let message = format!("`@{text}` takes one string");
        let note = format!("write `@{text}(\"name\")`");
        self.report(Diagnostic::error(codes::MISPLACED_ATTRIBUTE, attr.span, message).note(note));
        None
    }

    /// Attributes that say all by their name.
    fn check_bare_attr(&mut self, attr: &Attribute) {
        const BARE: [&str; 5] = ["inline", "noinline", "cold", "track_caller", "reentrant"];
        let text = self.program.name(attr.name.name);
        if attr.args.is_empty() || !BARE.contains(&text) {
            return;
        }
        let message = format!("`@{text}` takes nothing in parentheses");
        let args = Span::new(attr.name.span.hi, attr.span.hi);
        let diag = Diagnostic::error(codes::BAD_ATTRIBUTE_ARGUMENT, args, message);
        self.report(diag.fix("remove it", args, ""));
    }

    /// Whether the arguments are at least one of these words, and nothing else; reports the others.
    fn check_words(&mut self, attr: &Attribute, words: &[&str]) -> bool {
        let text = self.program.name(attr.name.name).to_string();
        let list = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let mut wrong = Vec::new();
        if attr.args.is_empty() {
            wrong.push((attr.span, None));
        }
        for arg in &attr.args {
            let (span, found) = match arg {
                AttrArg::Name(ident) => (ident.span, Some(self.program.name(ident.name))),
                AttrArg::Str(name, span) => (*span, Some(name.as_str())),
                AttrArg::Int(_, span) => (*span, None),
                AttrArg::Named(name, _) => (name.span, None),
            };
            if found.is_none_or(|found| !words.contains(&found)) {
                wrong.push((span, found.map(str::to_string)));
            }
        }
        let is_right = wrong.is_empty();
        for (span, found) in wrong {
            let known: Vec<Symbol> = words.iter().map(|n| self.program.interner.intern(n)).collect();
            let meant =
                found.as_ref().and_then(|found| suggest::closest(&self.program.interner, found, known));
            let message = match &found {
                Some(found) => format!("`@{text}` knows no `{found}`"),
                None => format!("`@{text}` takes {list}"),
            };
            let diag = Diagnostic::error(codes::BAD_ATTRIBUTE_ARGUMENT, span, message);
            self.report(match (meant, found) {
                (Some(meant), _) => diag.fix_likely(format!("did you mean `{meant}`?"), span, meant),
                (None, Some(_)) => diag.note(format!("it takes {list}")),
                (None, None) => diag,
            });
        }
        is_right
    }

    /// The argument of `@lang` or `@intrinsic`, which only unsafe modules may use.
    fn library_arg(&mut self, module: ModuleId, attr: &Attribute) -> Option<Symbol> {
        if self.is_user(module) && !self.program.modules[module].is_unsafe {
            let text = self.program.name(attr.name.name);
            let message = format!("`@{text}` stands in `unsafe` modules only");
            let diag = Diagnostic::error(codes::UNSAFE_ONLY, attr.span, message);
            self.report(diag.note("a file that starts with a line `unsafe` is one"));
            return None;
        }
        let name = self.string_arg(attr)?;
        Some(self.program.interner.intern(&name))
    }

    pub(crate) fn lang_attr(&mut self, module: ModuleId, attrs: &[Attribute]) -> Option<Symbol> {
        let attr = attrs.iter().find(|a| a.name.name == sym::lang)?;
        self.library_arg(module, attr)
    }

    /// `@import("name")` on a function of an `extern` block: its name at the host.
    pub(crate) fn link_name(&mut self, attrs: &[Attribute]) -> Option<String> {
        let attr = attrs.iter().find(|a| self.program.name(a.name.name) == "import")?;
        self.string_arg(attr)
    }

    /// Whether an item exists for the chosen target; reports what is no target.
    pub(crate) fn is_for_target(&mut self, attrs: &[Attribute]) -> bool {
        attrs.iter().filter(|a| a.name.name == sym::target).all(|attr| {
            // With a slip it may be for this one.
            !self.check_words(attr, &TARGETS) || self.names_target(attr)
        })
    }

    fn names_target(&self, attr: &Attribute) -> bool {
        let targets = &self.options.targets;
        let is_ours = |name: &str| targets.iter().any(|target| target == name);
        targets.is_empty()
            || attr.args.iter().any(|arg| match arg {
                AttrArg::Name(ident) => is_ours(self.program.name(ident.name)),
                AttrArg::Str(name, _) => is_ours(name),
                _ => false,
            })
    }
}

fn item_name(kind: &ItemKind) -> &'static str {
    match kind {
        ItemKind::Struct(_) => "a struct",
        ItemKind::Enum(_) => "an enum",
        ItemKind::Trait(_) => "a trait",
        ItemKind::Impl(_) => "an `impl`",
        ItemKind::Const(_) => "a constant",
        ItemKind::Type(_) => "a type alias",
        ItemKind::Use(_) => "a `use`",
        ItemKind::Test(_) => "a test",
        _ => "this item",
    }
}

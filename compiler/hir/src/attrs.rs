//! Attributes: which exist, where they may stand, what they say.

use crate::checker::Checker;
use crate::codes;
use crate::program::{Inline, ModuleId};
use crate::suggest;
use syntax::ast::{AttrArg, Attribute, FnDecl, ItemKind};
use syntax::{Diagnostic, Symbol, sym};

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

impl Checker {
    pub(crate) fn fn_attrs(&mut self, module: ModuleId, attrs: &[Attribute], decl: &FnDecl) -> FnAttrs {
        let mut found = FnAttrs::default();
        for attr in attrs {
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

    /// Whether an item exists for the chosen target.
    pub(crate) fn is_for_target(&self, attrs: &[Attribute]) -> bool {
        let targets = &self.options.targets;
        targets.is_empty()
            || attrs.iter().filter(|a| a.name.name == sym::target).all(|attr| {
                attr.args.iter().any(|arg| match arg {
                    AttrArg::Name(ident) => {
                        let name = self.program.name(ident.name);
                        targets.iter().any(|t| t == name)
                    }
                    AttrArg::Str(name, _) => targets.contains(name),
                    _ => false,
                })
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

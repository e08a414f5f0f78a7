//! What a run of the compiler can be asked for. Defaults are those of `galc build` without options.

/// Decides the defaults of overflow checks and of the optional passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Profile {
    #[default]
    Debug,
    Release,
}

/// What a panic does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Panics {
    /// Releases what it passes, then ends the process with status 101.
    #[default]
    Unwind,
    /// Prints its message and traps.
    Abort,
}

/// Which roots the program is compiled for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Purpose {
    /// `main` and the exports.
    #[default]
    Program,
    /// The `test` blocks of the entry's package.
    Test,
}

/// A stage whose text can be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EmitKind {
    Ast,
    Hir,
    Mir,
    Lir,
    Wat,
}

impl EmitKind {
    pub fn name(self) -> &'static str {
        match self {
            EmitKind::Ast => "emit the syntax tree",
            EmitKind::Hir => "emit the checked program",
            EmitKind::Mir => "emit MIR",
            EmitKind::Lir => "emit LIR",
            EmitKind::Wat => "emit WebAssembly text",
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// A name out of [`targets`].
    pub target: String,
    pub profile: Profile,
    pub purpose: Purpose,
    pub panics: Panics,
    /// `None`: on in the debug profile, off in release.
    pub overflow_checks: Option<bool>,
    pub bounds_checks: bool,
    /// Line information in the module.
    pub debug_info: bool,
    /// The program reports allocations that are alive when it ends, and exits with 103 if there are any.
    pub check_leaks: bool,
    /// Optional passes that are left out: names out of [`passes`].
    pub passes_off: Vec<String>,
    pub explain_copies: bool,
    /// Runs the verifiers and the certifier after every pass, as builds with debug assertions always do.
    pub verify: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            target: targets()[0].name.to_string(),
            profile: Profile::Debug,
            purpose: Purpose::Program,
            panics: Panics::Unwind,
            overflow_checks: None,
            bounds_checks: true,
            debug_info: false,
            check_leaks: false,
            passes_off: Vec::new(),
            explain_copies: false,
            verify: false,
        }
    }
}

impl Options {
    pub fn checks_overflow(&self) -> bool {
        self.overflow_checks.unwrap_or(self.profile == Profile::Debug)
    }
}

/// A platform that programs can be compiled for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TargetInfo {
    pub name: &'static str,
    pub description: &'static str,
}

/// All targets; the first is the default.
pub fn targets() -> &'static [TargetInfo] {
    &[TargetInfo { name: "wasm32-wasi", description: "WebAssembly command module on WASI preview 1" }]
}

/// An optional pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PassInfo {
    pub name: &'static str,
    pub description: &'static str,
}

/// All passes that can be switched off, in the order in which they run.
pub fn passes() -> Vec<PassInfo> {
    let of_mir = mir::PASSES.iter().map(|p| PassInfo { name: p.name, description: p.description });
    let of_lir = lir::passes::PASSES.iter().map(|p| PassInfo { name: p.name, description: p.description });
    of_mir.chain(of_lir).collect()
}

/// A name that is in no list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownName {
    pub name: String,
}

/// Checks names for [`Options::passes_off`]; `all` stands for every optional pass.
pub fn resolve_passes_off(names: &[String]) -> Result<Vec<String>, UnknownName> {
    let mut off = Vec::new();
    for name in names {
        if name == "all" {
            off.extend(passes().iter().map(|p| p.name.to_string()));
        } else if passes().iter().any(|p| p.name == name) {
            off.push(name.clone());
        } else {
            return Err(UnknownName { name: name.clone() });
        }
    }
    off.dedup();
    Ok(off)
}

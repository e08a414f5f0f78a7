//! Which backend compiles a program: `--backend` first, then what the target and the options need, then the profile.
//!
//! The driver itself has the wasm backend; a host hands in others by [`Session::with_backends`](crate::Session::with_backends).

use crate::{DriverError, Options, Panics, Profile, Vectors};
use backend::{ArtifactKind, Backend, BackendError, BackendKind, Capabilities, OptLevel, Profiling};
use lir::Platform;
use std::fmt;

static WASM: backend_wasm::WasmBackend = backend_wasm::WasmBackend;

/// The order in which a profile likes the backends.
const PREFERENCE: &[(Profile, [BackendKind; 2])] = &[
    (Profile::Debug, [BackendKind::Wasm, BackendKind::Llvm]),
    (Profile::Release, [BackendKind::Llvm, BackendKind::Wasm]),
];

/// The profile's backend could not be taken, and another one compiled the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fallback {
    pub wanted: BackendKind,
    pub used: BackendKind,
    pub reason: String,
}

impl fmt::Display for Fallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (used, reason) = (self.used.name(), &self.reason);
        write!(f, "compiled by the {used} backend, because {reason}; `--backend {used}` asks for it")
    }
}

/// The backend for a program, and whether it is another than the profile likes.
pub(crate) struct Choice<'a> {
    pub backend: &'a dyn Backend,
    /// See [`Capabilities::max_results`].
    pub max_results: u32,
    pub fallback: Option<Fallback>,
}

impl Choice<'_> {
    /// Passes over LIR that take from debug information what the backend could tell. LLVM gives registers places itself: it
    /// gains nothing from registers that share one, which hold no one variable.
    pub fn unwanted(&self, options: &Options) -> &'static [&'static str] {
        match self.backend.kind() {
            BackendKind::Llvm if options.debug_info => &["coalesce"],
            _ => &[],
        }
    }
}

/// Why a backend is not taken.
enum Refusal {
    Missing(BackendKind),
    Lacks(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Missing(kind) => {
                write!(f, "this galc has no {} backend ({})", kind.name(), kind.how_to_get())
            }
            Refusal::Lacks(what) => f.write_str(what),
        }
    }
}

/// The backend of a kind, among the driver's own and those that the host handed in.
pub fn find<'a>(kind: BackendKind, others: &'a [&'a dyn Backend]) -> Option<&'a dyn Backend> {
    match kind {
        BackendKind::Wasm => Some(&WASM),
        _ => others.iter().copied().find(|backend| backend.kind() == kind),
    }
}

pub(crate) fn choose<'a>(
    options: &Options,
    others: &'a [&'a dyn Backend],
) -> Result<Choice<'a>, DriverError> {
    if options.artifact == ArtifactKind::Executable && matches!(options.target.platform, Platform::C(_)) {
        return Err(DriverError::Unsupported(format!(
            "no executables are linked for the target `{}`; `--emit obj` makes an object file, and a C compiler for that \
             system an executable of it",
            options.target.name
        )));
    }
    if options.profiling != Profiling::Off && options.level() == OptLevel::O0 {
        return Err(DriverError::Unsupported(
            "profiles are of optimised code, and at -O0 there is none; `--release` optimises, as a level does that is \
             given by `-O`"
                .to_string(),
        ));
    }
    if let Some(kind) = options.backend {
        let (backend, capabilities) =
            able(kind, options, others).map_err(|why| DriverError::Unsupported(why.to_string()))?;
        return Ok(Choice { backend, max_results: capabilities.max_results, fallback: None });
    }
    let row = PREFERENCE.iter().find(|(profile, _)| *profile == options.profile);
    let (_, order) = row.expect("every profile has its row");
    let mut refusals = Vec::new();
    for &kind in order {
        match able(kind, options, others) {
            Ok((backend, capabilities)) => {
                // The fast backend is left for what it cannot do: that is no loss.
                let refused = refusals.into_iter().find(|_| options.profile == Profile::Release);
                let fallback = refused.map(|(wanted, why): (BackendKind, Refusal)| Fallback {
                    wanted,
                    used: kind,
                    reason: why.to_string(),
                });
                return Ok(Choice { backend, max_results: capabilities.max_results, fallback });
            }
            Err(why) => refusals.push((kind, why)),
        }
    }
    let reasons: Vec<String> = refusals.iter().map(|(_, why)| why.to_string()).collect();
    Err(DriverError::Unsupported(format!("no backend can compile this: {}", reasons.join("; "))))
}

/// The backend of a kind, if it is there and can do what the options ask for.
fn able<'a>(
    kind: BackendKind,
    options: &Options,
    others: &'a [&'a dyn Backend],
) -> Result<(&'a dyn Backend, Capabilities), Refusal> {
    let backend = find(kind, others).ok_or(Refusal::Missing(kind))?;
    let (name, target) = (kind.name(), options.target.name);
    let Some(capabilities) = backend.capabilities(options.target) else {
        return Err(Refusal::Lacks(format!("the {name} backend does not have the target `{target}`")));
    };
    match lacking(&capabilities, options) {
        Some(what) => {
            Err(Refusal::Lacks(format!("the {name} backend does not have {what} for the target `{target}`")))
        }
        None => Ok((backend, capabilities)),
    }
}

/// What the options ask for that a backend does not have.
fn lacking(capabilities: &Capabilities, options: &Options) -> Option<String> {
    if !capabilities.artifacts.contains(&options.artifact) {
        return Some(options.artifact.description().to_string());
    }
    let level = options.level();
    if !capabilities.levels.contains(&level) {
        return Some(format!("the level -O{}", level.name()));
    }
    if options.debug_info && !capabilities.debug_info {
        return Some("debug information".to_string());
    }
    if options.panics == Panics::Unwind && !capabilities.unwinding {
        return Some("panics that unwind".to_string());
    }
    if options.vectors == Vectors::Absent && !capabilities.without_vectors {
        return Some("code without vectors".to_string());
    }
    options.profiling.lacking(capabilities.writes_profiles, capabilities.uses_profiles).map(str::to_string)
}

impl From<BackendError> for DriverError {
    fn from(error: BackendError) -> DriverError {
        match error {
            BackendError::InvalidProgram(what) => DriverError::Limit(what),
            BackendError::Unsupported(what) => DriverError::Unsupported(what),
            BackendError::Profile(what) => DriverError::Profile(what),
            BackendError::Tool(what) => DriverError::Tool(what),
            BackendError::Internal(what) => DriverError::Internal(what),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use backend::{Artifact, ArtifactKind, CompileOptions, OptLevel};
    use lir::TargetInfo;

    /// Stands for LLVM, with what a test says.
    struct Fake(Option<Capabilities>);

    const FULL: Capabilities = Capabilities {
        artifacts: &ArtifactKind::ALL,
        levels: &OptLevel::ALL,
        debug_info: true,
        unwinding: true,
        writes_profiles: true,
        uses_profiles: true,
        without_vectors: true,
        max_results: u32::MAX,
    };

    impl Backend for Fake {
        fn kind(&self) -> BackendKind {
            BackendKind::Llvm
        }

        fn capabilities(&self, _: &TargetInfo) -> Option<Capabilities> {
            self.0
        }

        fn compile(&self, _: &lir::Module, _: &CompileOptions<'_>) -> Result<Artifact, BackendError> {
            Err(BackendError::Internal("no test calls it".to_string()))
        }
    }

    /// The backend taken and the one that was wanted, or the message.
    fn chosen(options: &Options, llvm: Option<Fake>) -> Result<(BackendKind, Option<Fallback>), String> {
        let others: Vec<&dyn Backend> = llvm.iter().map(|fake| fake as &dyn Backend).collect();
        match choose(options, &others) {
            Ok(choice) => Ok((choice.backend.kind(), choice.fallback)),
            Err(DriverError::Unsupported(why)) => Err(why),
            Err(other) => Err(format!("another error: {other}")),
        }
    }

    fn release() -> Options {
        Options { profile: Profile::Release, ..Options::default() }
    }

    #[test]
    fn profiles_have_their_backends() {
        assert_eq!(chosen(&Options::default(), Some(Fake(Some(FULL)))), Ok((BackendKind::Wasm, None)));
        assert_eq!(chosen(&release(), Some(Fake(Some(FULL)))), Ok((BackendKind::Llvm, None)));
        assert_eq!(chosen(&Options::default(), None), Ok((BackendKind::Wasm, None)));
    }

    #[test]
    fn a_fallback_says_why() {
        let (used, fallback) = chosen(&release(), None).expect("the wasm backend is there");
        let fallback = fallback.expect("LLVM is not");
        assert_eq!((used, fallback.wanted, fallback.used), (BackendKind::Wasm, BackendKind::Llvm, used));
        assert!(fallback.to_string().contains("--features llvm"), "{fallback}");
        let lines = Options { debug_info: true, ..release() };
        let (used, fallback) =
            chosen(&lines, Some(Fake(Some(Capabilities { debug_info: false, ..FULL })))).expect("one can");
        assert_eq!(used, BackendKind::Wasm);
        assert!(fallback.expect("LLVM cannot").reason.contains("debug information"));
    }

    #[test]
    fn debug_information_does_without_passes_of_no_use() {
        let fake = Fake(Some(FULL));
        let others: [&dyn Backend; 1] = [&fake];
        let unwanted = |options: Options| choose(&options, &others).map(|choice| choice.unwanted(&options));
        let debug = Options { debug_info: true, ..release() };
        assert_eq!(unwanted(debug.clone()), Ok(&["coalesce"][..]));
        assert_eq!(unwanted(release()), Ok(&[][..]));
        assert_eq!(unwanted(Options { backend: Some(BackendKind::Wasm), ..debug }), Ok(&[][..]));
        assert!(lir::passes::find_pass("coalesce").is_some());
    }

    #[test]
    fn what_is_asked_for_is_taken_or_refused() {
        let llvm = Options { backend: Some(BackendKind::Llvm), ..Options::default() };
        assert_eq!(chosen(&llvm, Some(Fake(Some(FULL)))), Ok((BackendKind::Llvm, None)));
        let wasm = Options { backend: Some(BackendKind::Wasm), ..release() };
        assert_eq!(chosen(&wasm, Some(Fake(Some(FULL)))), Ok((BackendKind::Wasm, None)));
        let missing = chosen(&llvm, None).expect_err("it is not there");
        assert!(missing.contains("cargo xtask setup") && missing.contains("--features llvm"), "{missing}");
        let target = chosen(&llvm, Some(Fake(None))).expect_err("the target is unknown");
        assert!(target.contains("the target `wasm32-wasi`"), "{target}");
        let traps = Fake(Some(Capabilities { unwinding: false, ..FULL }));
        assert!(chosen(&llvm, Some(traps)).expect_err("it traps").contains("unwind"));
        let without = Options { vectors: Vectors::Absent, ..release() };
        let vectors = Fake(Some(Capabilities { without_vectors: false, ..FULL }));
        let (_, fallback) = chosen(&without, Some(vectors)).expect("the other one can");
        assert!(fallback.is_some_and(|it| it.reason.contains("code without vectors")));
        let slow = Fake(Some(Capabilities { levels: &[OptLevel::O3], ..FULL }));
        assert!(chosen(&llvm, Some(slow)).expect_err("it has one level").contains("-O0"));
    }

    #[test]
    fn profiles_need_a_backend_that_has_them_and_a_level() {
        let write = Options { profiling: Profiling::Write("a.profraw".into()), ..release() };
        let uses = Options { profiling: Profiling::Use([].into()), ..release() };
        assert_eq!(chosen(&write, Some(Fake(Some(FULL)))), Ok((BackendKind::Llvm, None)));
        assert_eq!(chosen(&uses, Some(Fake(Some(FULL)))), Ok((BackendKind::Llvm, None)));
        let nobody = chosen(&write, Some(Fake(Some(Capabilities { writes_profiles: false, ..FULL }))));
        let nobody = nobody.expect_err("neither has it");
        for kind in ["llvm", "wasm"] {
            let why = format!(
                "the {kind} backend does not have programs that write profiles for the target `wasm32-wasi`"
            );
            assert!(nobody.contains(&why), "{nobody}");
        }
        let nobody = chosen(&uses, Some(Fake(Some(Capabilities { uses_profiles: false, ..FULL }))));
        assert!(nobody.expect_err("neither has it").contains("does not have compilation by a profile"));
        for profiling in [write.profiling, uses.profiling] {
            let debug = Options { profiling, ..Options::default() };
            let refused = chosen(&debug, Some(Fake(Some(FULL)))).expect_err("there is nothing to optimise");
            assert!(refused.contains("at -O0 there is none"), "{refused}");
            let optimised = Options { opt_level: Some(OptLevel::O1), ..debug };
            assert_eq!(chosen(&optimised, Some(Fake(Some(FULL)))), Ok((BackendKind::Llvm, None)));
        }
    }

    #[test]
    fn artifacts_decide_before_the_profile() {
        let object = Options { artifact: ArtifactKind::Object, ..Options::default() };
        assert_eq!(chosen(&object, Some(Fake(Some(FULL)))), Ok((BackendKind::Llvm, None)));
        let nobody = chosen(&object, None).expect_err("the wasm backend makes modules only");
        assert!(nobody.contains("an object file") && nobody.contains("--features llvm"), "{nobody}");
        let wasm = Options { backend: Some(BackendKind::Wasm), ..object };
        assert!(chosen(&wasm, None).expect_err("it makes modules only").contains("an object file"));
    }

    #[test]
    fn errors_keep_their_kind() {
        let of = |error: BackendError| DriverError::from(error);
        assert_eq!(of(BackendError::InvalidProgram("a".into())), DriverError::Limit("a".into()));
        assert_eq!(of(BackendError::Unsupported("a".into())), DriverError::Unsupported("a".into()));
        assert_eq!(of(BackendError::Profile("a".into())), DriverError::Profile("a".into()));
        assert_eq!(of(BackendError::Tool("a".into())), DriverError::Tool("a".into()));
        assert_eq!(of(BackendError::Internal("a".into())), DriverError::Internal("a".into()));
    }
}

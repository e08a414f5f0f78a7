//! Programs in MIR: what the checker and the passes over it have made, and several backends can go on from.

use crate::*;

/// A program without errors in MIR, made for the options of its session: of one, an artifact can be made, and it can be run.
pub struct MirProgram {
    checker: hir::Checker,
    program: Box<mir::Program>,
}

/// What a program did on the interpreter.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Interpreted {
    /// 102 for a trap, as for a fatal error.
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// What [`interpret`] executes of a program that has to end: some minutes.
pub const INTERPRETED_STEPS: u64 = 20_000_000_000;

/// Checks the program that starts at the file `entry` and lowers it to MIR; of a wrong one there are the diagnostics.
pub fn to_mir(session: &mut Session<'_>, entry: &str) -> Result<Result<MirProgram, Checked>, DriverError> {
    require_entry(session, entry)?;
    let mut checker = pipeline::front_end(session, entry)?;
    Ok(match lower(session, &mut checker)? {
        Lowered::Program(program) => Ok(MirProgram { checker, program }),
        Lowered::Diagnostics(extra) => Err(with(checker, extra)),
    })
}

/// Compiles the program to LIR and runs that on the reference interpreter.
pub fn interpret(
    session: &mut Session<'_>,
    entry: &str,
    args: &[String],
    stdin: &[u8],
) -> Result<Interpreted, DriverError> {
    match to_mir(session, entry)? {
        Ok(program) => program.interpret(session, args, stdin, INTERPRETED_STEPS),
        Err(_) => Err(DriverError::Limit("the program has errors".into())),
    }
}

impl MirProgram {
    /// Makes what [`Options::artifact`] says.
    pub fn compile(mut self, session: &mut Session<'_>) -> Result<Compiled, DriverError> {
        let choice = backends::choose(&session.options, session.backends)?;
        let unwanted = choice.unwanted(&session.options);
        let module = match pipeline::to_lir(session, &self.program, choice.max_results, unwanted)? {
            Ok(module) => module,
            Err(extra) => return Ok(Compiled { checked: with(self.checker, extra), output: None }),
        };
        let artifact = pipeline::to_artifact(session, choice.backend, &module, &self.checker.map)?;
        let tests = tests(&self.checker, session.options.purpose);
        let copies =
            if session.options.explain_copies { copies(&self.program, &self.checker) } else { Vec::new() };
        let (backend, fallback) = (choice.backend.kind(), choice.fallback);
        let is_web = session.options.target.is_web();
        let web = is_web.then(|| WebInterface::new(&mut self.checker, &self.program));
        let output = CompileOutput { artifact, backend, fallback, tests, web, copies };
        Ok(Compiled { checked: pipeline::checked(self.checker), output: Some(output) })
    }

    /// Its MIR.
    pub fn mir_text(self) -> Emitted {
        let text = Some(mir::print_program(&self.program));
        Emitted { checked: pipeline::checked(self.checker), text, fallback: None }
    }

    /// Its LIR, as the backend is given it.
    pub fn lir_text(self, session: &mut Session<'_>) -> Result<Emitted, DriverError> {
        let choice = backends::choose(&session.options, session.backends)?;
        let unwanted = choice.unwanted(&session.options);
        Ok(match pipeline::to_lir(session, &self.program, choice.max_results, unwanted)? {
            Ok(module) => {
                let text = Some(lir::print_module(&module));
                Emitted { checked: pipeline::checked(self.checker), text, fallback: None }
            }
            Err(extra) => Emitted { checked: with(self.checker, extra), ..Emitted::default() },
        })
    }

    /// The text of the module that it is compiled to.
    pub fn wat_text(self, session: &mut Session<'_>) -> Result<Emitted, DriverError> {
        let Compiled { checked, output } = self.compile(session)?;
        let Some(output) = output else { return Ok(Emitted { checked, ..Emitted::default() }) };
        let text = backend_wasm::to_wat(&output.artifact.bytes).map_err(DriverError::Internal)?;
        Ok(Emitted { checked, text: Some(text), fallback: output.fallback })
    }

    /// Runs it on the reference interpreter; a program that takes more steps gives [`DriverError::Limit`].
    pub fn interpret(
        &self,
        session: &mut Session<'_>,
        args: &[String],
        stdin: &[u8],
        steps: u64,
    ) -> Result<Interpreted, DriverError> {
        let Ok(module) = pipeline::to_lir(session, &self.program, u32::MAX, &[])? else {
            return Err(DriverError::Limit("a value or a frame of the program is too large".into()));
        };
        let limits = backend_interp::Limits { steps, ..Default::default() };
        let mut interp =
            backend_interp::Interp::new(&module, limits).map_err(|e| DriverError::Internal(e.to_string()))?;
        let mut argv = vec!["program".to_string()];
        argv.extend(args.iter().cloned());
        let mut host = backend_interp::Preview1 { argv, stdin: stdin.to_vec(), ..Default::default() };
        let outcome = interp.call("_start", &[], &mut host).map_err(|failure| match failure {
            backend_interp::Failure::OutOfSteps => DriverError::Limit(failure.to_string()),
            _ => DriverError::Internal(failure.to_string()),
        })?;
        let mut stderr = String::from_utf8_lossy(&host.stderr).into_owned();
        let status = match outcome {
            backend_interp::Outcome::Returned(_) => 0,
            backend_interp::Outcome::Exited(status) => status,
            backend_interp::Outcome::Threw => 101,
            backend_interp::Outcome::Trapped(trap) => {
                stderr.push_str(&format!("fatal: {trap}\n"));
                102
            }
        };
        Ok(Interpreted { status, stdout: host.stdout_text(), stderr })
    }
}

/// The places in the user's files where a value gets a second owner.
fn copies(program: &mir::Program, checker: &hir::Checker) -> Vec<CopyReport> {
    use mir::explain::Reason;
    let is_user =
        |span: Span| checker.map.file_at(span.lo).is_some_and(|id| !checker.map.file(id).is_library);
    let called =
        |name: &Option<String>| name.as_ref().map_or("the value".to_string(), |name| format!("`{name}`"));
    // What was inlined has lines and names of its own, which say nothing here.
    let is_near = |a: Span, b: Span| is_user(b) && checker.map.file_at(a.lo) == checker.map.file_at(b.lo);
    let shared = mir::explain::explain_copies(program).into_iter().filter(|value| is_user(value.span));
    shared
        .map(|value| {
            let why = match &value.reason {
                Reason::UsedAgain { at: Some(at), .. } if !is_near(value.span, *at) => {
                    "what is called uses it again".to_string()
                }
                Reason::UsedAgain { name, at: Some(at) } => {
                    let line = checker.map.line_col(at.lo).map_or(0, |(_, at)| at.line);
                    format!("{} is used again in line {line}", called(name))
                }
                Reason::UsedAgain { name, at: None } => {
                    format!("{} is kept to the end of its scope", called(name))
                }
                Reason::Lent { name } => format!("{} belongs to the caller", called(name)),
                Reason::Part { name } => format!("it stays a part of {}", called(name)),
                Reason::Element => "it stays where it is stored".to_string(),
            };
            let reason = format!(
                "this `{}` gets a second owner, for {why}; the owner that changes it first copies it",
                value.ty.replace('%', "")
            );
            CopyReport { span: value.span, reason }
        })
        .collect()
}

fn tests(checker: &hir::Checker, purpose: Purpose) -> Vec<TestInfo> {
    let ids = pipeline::tests(checker, purpose);
    let tests = ids.iter().map(|id| &checker.program.tests[*id]);
    tests
        .enumerate()
        .map(|(i, test)| TestInfo { name: test.name.clone(), span: test.span, export: format!("test_{i}") })
        .collect()
}

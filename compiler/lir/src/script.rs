//! Expectations in the comments of a text: what to call, and how that must end. `tests/lir/README.md` describes them.
//!
//! ```text
//! ;; run: div(7, 2) == 3
//! ;; run: div(7, 0) traps
//! ```
//!
//! They are data: who runs them, and on what, is up to the caller.

use crate::ir::*;
use crate::lex::{ParseError, Tok, lex};
use crate::parse::Cursor;

/// One call of an exported function in a fresh instance.
#[derive(Clone, PartialEq, Debug)]
pub struct Run {
    /// The line it stands on, from 1.
    pub line: u32,
    pub export: String,
    pub args: Vec<Imm>,
    pub expect: Expect,
    /// What the program must have written to standard output.
    pub stdout: Option<Vec<u8>>,
    /// What the program can read.
    pub stdin: Vec<u8>,
    /// Command-line arguments.
    pub argv: Vec<String>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Expect {
    Returns(Vec<Expected>),
    Traps,
    Throws,
    Exits(i32),
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Expected {
    Exactly(Imm),
    /// Any NaN of this type: which one arithmetic makes is up to the engine.
    Nan(Ty),
}

impl Expected {
    pub fn accepts(self, value: Imm) -> bool {
        match (self, value) {
            (Expected::Exactly(expected), value) => expected == value,
            (Expected::Nan(Ty::F32), Imm::F32(bits)) => f32::from_bits(bits).is_nan(),
            (Expected::Nan(Ty::F64), Imm::F64(bits)) => f64::from_bits(bits).is_nan(),
            _ => false,
        }
    }
}

impl Run {
    /// The same call in a module that `expand-vectors` has been over.
    pub fn without_vectors(&self) -> Run {
        let halves = |imm: Imm| match imm {
            Imm::V128(bits) => vec![Imm::I64(bits as i64), Imm::I64((bits >> 64) as i64)],
            scalar => vec![scalar],
        };
        let split = |it: &Expected| match *it {
            Expected::Exactly(imm) => halves(imm).into_iter().map(Expected::Exactly).collect(),
            nan => vec![nan],
        };
        let expect = match &self.expect {
            Expect::Returns(values) => Expect::Returns(values.iter().flat_map(split).collect()),
            other => other.clone(),
        };
        Run { args: self.args.iter().flat_map(|&arg| halves(arg)).collect(), expect, ..self.clone() }
    }
}

/// All expectations in the comments of `text`, which `module` was parsed from.
pub fn parse_runs(text: &str, module: &Module) -> Result<Vec<Run>, ParseError> {
    let mut runs: Vec<Run> = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let Some((key, rest)) = line.strip_prefix(";;").and_then(|rest| rest.trim_start().split_once(':'))
        else {
            continue;
        };
        if !matches!(key, "run" | "stdout" | "stdin" | "argv") {
            continue;
        }
        let number = i as u32 + 1;
        let parsed = parse_line(key, rest, number, module, &mut runs);
        parsed.map_err(|e| ParseError {
            line: number,
            column: e.column + (line.len() - rest.len()) as u32,
            message: e.message,
        })?;
    }
    Ok(runs)
}

fn parse_line(
    key: &str,
    rest: &str,
    line: u32,
    module: &Module,
    runs: &mut Vec<Run>,
) -> Result<(), ParseError> {
    let toks = lex(rest)?;
    let mut cur = Cursor { text: rest, toks: &toks, at: 0 };
    match (key, runs.last_mut()) {
        ("run", _) => runs.push(run(&mut cur, line, module)?),
        (_, None) => return cur.error("this belongs to a `run` line above it"),
        ("stdout", Some(run)) => run.stdout = Some(cur.string()?),
        ("stdin", Some(run)) => run.stdin = cur.string()?,
        (_, Some(run)) => {
            while matches!(cur.peek(), Tok::Str(_)) {
                run.argv.push(cur.text()?);
            }
        }
    }
    if *cur.peek() != Tok::End { cur.error("expected the end of the line") } else { Ok(()) }
}

fn run(cur: &mut Cursor<'_, '_>, line: u32, module: &Module) -> Result<Run, ParseError> {
    let export = match cur.next() {
        Tok::Word(name) => name.to_string(),
        Tok::Str(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        _ => return cur.error_before("expected the name of an export"),
    };
    let Some(func) = module.exports.iter().find(|e| e.name == export) else {
        return cur.error_before("there is no such export");
    };
    let sig = &module.funcs[func.func].sig;
    cur.expect('(')?;
    let mut args = Vec::new();
    for (i, ty) in sig.params.iter().enumerate() {
        if i > 0 {
            cur.expect(',')?;
        }
        args.push(cur.imm(*ty)?);
    }
    cur.expect(')')?;
    let expect = expectation(cur, &sig.results)?;
    Ok(Run { line, export, args, expect, stdout: None, stdin: Vec::new(), argv: Vec::new() })
}

fn expectation(cur: &mut Cursor<'_, '_>, results: &[Ty]) -> Result<Expect, ParseError> {
    if cur.eat_word("traps") {
        return Ok(Expect::Traps);
    }
    if cur.eat_word("throws") {
        return Ok(Expect::Throws);
    }
    if cur.eat_word("exits") {
        return Ok(Expect::Exits(cur.int_of(32)? as i32));
    }
    if *cur.peek() == Tok::End && results.is_empty() {
        return Ok(Expect::Returns(Vec::new()));
    }
    cur.expect('=')?;
    cur.expect('=')?;
    let mut values = Vec::new();
    for (i, ty) in results.iter().enumerate() {
        if i > 0 {
            cur.expect(',')?;
        }
        values.push(expected(cur, *ty)?);
    }
    Ok(Expect::Returns(values))
}

fn expected(cur: &mut Cursor<'_, '_>, ty: Ty) -> Result<Expected, ParseError> {
    let any_nan = *cur.peek() == Tok::Word("nan") && cur.toks[cur.at + 1].1 != Tok::Punct(':');
    let value = cur.imm(ty)?;
    Ok(if any_nan { Expected::Nan(ty) } else { Expected::Exactly(value) })
}

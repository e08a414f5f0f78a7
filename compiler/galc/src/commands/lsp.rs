//! `galc lsp`: the language server, over standard input and output.

use crate::cli::LspArgs;
use crate::compile::target;
use crate::exit::{Exit, Failure};
use crate::lsp;
use driver::Options;

pub fn lsp(args: &LspArgs) -> Result<Exit, Failure> {
    let options = Options { target: target(args.target.as_deref())?, ..Options::default() };
    Ok(lsp::serve(options))
}

//! `extern` blocks: functions of a host, of which each target has its own kind.

use crate::checker::Checker;
use crate::codes;
use crate::program::*;
use crate::scope::Def;
use crate::ty::Ty;
use syntax::Diagnostic;
use syntax::ast::{self, ItemKind};

/// The family of targets whose programs are processes of an operating system.
const NATIVE: &str = "native";

/// Whose functions an `extern` block declares.
struct ExternHost {
    abi: &'static str,
    module: String,
}

/// The family of targets whose modules JavaScript loads.
const WEB: &str = "web";

impl Checker {
    pub(crate) fn is_web(&self) -> bool {
        self.options.targets.iter().any(|family| family == WEB)
    }

    pub(super) fn collect_extern(&mut self, module: ModuleId, block: ast::ExternBlock) {
        let Some(host) = self.extern_host(module, &block) else {
            return self.collect_unsupported(module, block.items);
        };
        for item in block.items {
            if !self.is_for_target(&item.attrs) {
                continue;
            }
            let is_pub = item.vis.is_some();
            match item.kind {
                ItemKind::Fn(decl) => {
                    self.collect_extern_fn(module, decl, item.attrs, item.docs, is_pub, &host);
                }
                ItemKind::Error => {}
                _ => self.misplaced_member(item.span, "an `extern` block holds functions without bodies"),
            }
        }
    }

    /// What a block's functions are of, if this compiler and its target have such a host.
    fn extern_host(&mut self, module: ModuleId, block: &ast::ExternBlock) -> Option<ExternHost> {
        let (abi, span) = &block.abi;
        let native = self.options.targets.iter().any(|family| family == NATIVE);
        match (abi.as_str(), native) {
            ("wasm", false) => {
                let name = block.module.as_ref().map_or("env", |(name, _)| name);
                Some(ExternHost { abi: "wasm", module: name.to_string() })
            }
            ("C", true) => {
                if let Some((_, span)) = block.module {
                    let message = "functions of C belong to no module";
                    self.report(Diagnostic::error(codes::MISPLACED_ITEM, span, message));
                }
                Some(ExternHost { abi: "C", module: "C".to_string() })
            }
            ("wasm" | "C", _) => {
                let (message, note) = match native {
                    true => {
                        ("a native program has no WebAssembly host", "native targets have `extern \"C\"`")
                    }
                    false => {
                        ("a WebAssembly module cannot call C", "its host's functions are `extern \"wasm\"`")
                    }
                };
                let note = format!("{note}; `@target(…)` leaves out what another target has");
                self.report(Diagnostic::error(codes::EXTERN_OF_ANOTHER_TARGET, *span, message).note(note));
                None
            }
            ("js", _) if self.is_web() => match &block.module {
                Some((path, _)) => Some(ExternHost { abi: "js", module: self.js_module(module, path) }),
                None => {
                    let message = "functions of JavaScript belong to a module";
                    let diag = Diagnostic::error(codes::MISPLACED_ITEM, *span, message);
                    self.report(diag.note("write `extern \"js\" module \"./file.js\" { … }`"));
                    None
                }
            },
            ("js", _) => {
                let message = "this target has no JavaScript";
                let note = "`--target wasm32-web` and `wasm64-web` have; `@target(web)` leaves out what only they can have";
                self.report(Diagnostic::error(codes::EXTERN_OF_ANOTHER_TARGET, *span, message).note(note));
                None
            }
            _ => {
                let message = format!("there is no kind of host called `{abi}`");
                let diag = Diagnostic::error(codes::UNKNOWN_ABI, *span, message);
                self.report(diag.note("the kinds are `\"wasm\"`, `\"js\"` and `\"C\"`"));
                None
            }
        }
    }

    /// A module of JavaScript as seen from the entry file, whichever file names it: two files that write the same path mean the same module
    /// only if they are in the same folder. Names of packages and addresses stay as they are.
    fn js_module(&self, module: ModuleId, written: &str) -> String {
        let folder = |module: ModuleId| {
            let name = self.program.modules[module].file.map_or("", |file| &self.map.file(file).name);
            name.rfind('/').map_or("", |end| &name[..=end])
        };
        match folder(module).strip_prefix(folder(self.root)) {
            Some(below) if is_relative(written) && !self.program.modules[module].is_library => {
                joined(below, written)
            }
            _ => written.to_string(),
        }
    }

    fn collect_extern_fn(
        &mut self,
        module: ModuleId,
        decl: Box<ast::FnDecl>,
        attrs: Vec<ast::Attribute>,
        docs: Option<String>,
        is_pub: bool,
        host: &ExternHost,
    ) {
        let name = decl.name;
        if decl.body.is_some() {
            let message = "a function of a host has no body";
            self.report(Diagnostic::error(codes::MISPLACED_ITEM, decl.sig_span, message));
        }
        if let Some(ast::Param { kind: ast::ParamKind::SelfParam, span, .. }) = decl.params.first() {
            self.report_self(*span, false);
        }
        let text = self.program.name(name.name).to_string();
        let link_name = self.link_name(&attrs).unwrap_or(text.clone());
        let id = self.program.fns.push(Function {
            name: name.name,
            path: text,
            module,
            container: Container::Module,
            generics: Generics::default(),
            params: Vec::new(),
            has_self: false,
            ret: Ty::ERROR,
            kind: FnKind::Extern { abi: host.abi.to_string(), module: host.module.clone(), name: link_name },
            inline: Inline::Auto,
            is_pub,
            generator: None,
            is_async: decl.is_async && host.abi == "js",
            track_caller: false,
            export: None,
            docs,
            span: name.span,
        });
        self.decls.fns.push(Some(decl));
        self.declare_item(module, name, Def::Fn(id), is_pub);
    }
}

fn is_relative(path: &str) -> bool {
    path.starts_with("./") || path.starts_with("../")
}

/// A relative path as seen from where `folder` is.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => _ = parts.pop(),
            _ => parts.push(part),
        }
    }
    let path = parts.join("/");
    if path.starts_with("../") { path } else { format!("./{path}") }
}

#[cfg(test)]
mod tests {
    use super::{is_relative, joined};

    #[test]
    fn modules_of_javascript_are_named_from_the_entry_file() {
        let cases = [
            ("", "./view.js", "./view.js"),
            ("ui/", "./view.js", "./ui/view.js"),
            ("ui/parts/", "../view.js", "./ui/view.js"),
            ("ui/", "../view.js", "./view.js"),
            ("ui/", "../../view.js", "../view.js"),
            ("", "../../view.js", "../../view.js"),
            ("ui/", "./a//./b/../view.js", "./ui/a/view.js"),
        ];
        for (folder, path, wanted) in cases {
            assert_eq!(joined(folder, path), wanted, "{path} in {folder}");
        }
        assert!(!is_relative("three") && !is_relative("https://example.com/a.js") && !is_relative(".hidden"));
    }
}

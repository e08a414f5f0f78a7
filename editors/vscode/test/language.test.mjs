// What the language is for the editor: indentation, new lines, snippets, problems, programs in Markdown.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";

const folder = fileURLToPath(new URL("..", import.meta.url));
const repository = join(folder, "../..");
const json = (path) => JSON.parse(readFileSync(join(folder, path), "utf8"));
const manifest = json("package.json");
const language = json("language-configuration.json");
const snippets = json("snippets/gal.json");

/** `$GALC`, or the one that cargo has built. */
function findGalc() {
  const exe = process.platform === "win32" ? ".exe" : "";
  const built = ["release", "debug"].map((profile) => join(repository, "target", profile, `galc${exe}`));
  const found = process.env.GALC ?? built.find(existsSync);
  if (!found) throw new Error("galc is needed: cargo build --release --package galc; $GALC may say where it is");
  return found;
}

const galc = (args, options) => spawnSync(findGalc(), args, { encoding: "utf8", ...options });

function* galFiles(path) {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory() && !["node_modules", "build", "dist"].includes(entry.name)) yield* galFiles(inner);
    if (entry.isFile() && entry.name.endsWith(".gal")) yield inner;
  }
}

const regex = (rule) => (typeof rule === "string" ? new RegExp(rule) : new RegExp(rule.pattern, rule.flags));

test("lines are indented as galc indents them", () => {
  const [increase, decrease] = ["increaseIndentPattern", "decreaseIndentPattern"].map((name) => regex(language.indentationRules[name]));
  const indent = (line) => line.length - line.trimStart().length;
  let lines = 0;
  const wrong = [];
  for (const path of [...galFiles(join(repository, "library")), ...galFiles(join(repository, "examples"))]) {
    // The texts of strings over several lines stand as they stand.
    const text = readFileSync(path, "utf8").replaceAll(/"""[^]*?"""/g, (string) => string.replaceAll(/\S/g, "x"));
    const all = text.split("\n").filter((line) => line.trim());
    for (const [index, line] of all.entries()) {
      const next = all[index + 1];
      if (next === undefined || !increase.test(line)) continue;
      lines++;
      const wanted = indent(line) + (decrease.test(next) ? 0 : 4);
      if (indent(next) !== wanted) wrong.push(`${path}: ${line} / ${next}`);
    }
  }
  assert.ok(lines > 2000, `${lines} lines`);
  // Behind a condition over several lines, the line before says nothing of where its statement began.
  assert.ok(wrong.length <= lines / 1000, wrong.join("\n"));
});

test("brackets in strings, characters and comments do not indent", () => {
  const increase = regex(language.indentationRules.increaseIndentPattern);
  for (const line of ["fn f() {", "    g(", "let x = [ // why", 'if s == "}" {', "if c == '\"' {", "'outer: loop {", "x / y(", "/* a */ f("]) {
    assert.ok(increase.test(line), line);
  }
  for (const line of ["f()", 'let s = "{"', "// if x {", "let c = '{'", '"a" // {', "/// {", "f(x) }", "'{'"]) {
    assert.ok(!increase.test(line), line);
  }
});

test("long lines are read in time", () => {
  const rules = [...Object.values(language.indentationRules), ...language.onEnterRules.map(({ beforeText }) => beforeText)];
  for (const piece of ["/**/", "/*", '"a"', '"', "'", "'a", "'\\\\", "/", "{ ", "(", " ", "=", "where "]) {
    const line = `${piece.repeat(5000)}x`;
    const begin = performance.now();
    for (const rule of rules) regex(rule).test(line);
    const took = performance.now() - begin;
    assert.ok(took < 2000, `${piece}: ${took} ms`);
  }
});

/** What a new line behind `before` begins with, as VS Code finds it. */
function onEnter(before, after = "") {
  const rule = language.onEnterRules.find(
    ({ beforeText, afterText }) => regex(beforeText).test(before) && (!afterText || regex(afterText).test(after)),
  );
  return rule?.action;
}

test("comments go on in the next line", () => {
  assert.equal(onEnter("    /// Counts.").appendText, "/// ");
  assert.equal(onEnter("//! The file.").appendText, "//! ");
  assert.equal(onEnter("// one", " two").appendText, "// ");
  assert.equal(onEnter("// one"), undefined);
  assert.equal(onEnter("//// none"), undefined);
  assert.equal(onEnter("let x = 1"), undefined);
});

test("what goes on in the next line is indented", () => {
  for (const line of ["let x =", "Some(x) =>", "a &&", "fn f() ->", "    where"]) assert.equal(onEnter(line)?.indent, "indent", line);
  for (const line of ["a ==", "a >=", "x != y"]) assert.equal(onEnter(line), undefined, line);
});

test("words are those of the language", () => {
  const { pattern, flags } = language.wordPattern;
  const words = (text) => text.match(new RegExp(pattern, `g${flags}`));
  assert.deepEqual(words("größe.max_1(x2, 1.5e3, 10ms)"), ["größe", "max_1", "x2", "1.5e3", "10ms"]);
});

/** A snippet with its placeholders filled in. */
function expand(body) {
  const text = [body].flat().join("\n");
  return text.replaceAll(/\$\{\d+:([^{}]*)\}/g, "$1").replaceAll(/\$\d+/g, "");
}

/** Where a snippet may stand. */
const PLACES = {
  state: ["actor A {\n", "\n}\n"],
  new: ["actor A {\n", "\n}\n"],
  on: ["actor A {\n", "\n}\n"],
  onr: ["actor A {\n", "\n}\n"],
  ...Object.fromEntries(
    ["ask", "select", "match", "iflet", "letelse", "for", "try"].map((prefix) => [prefix, ["fn f() {\n", "\n}\n"]]),
  ),
};

test("snippets are programs, and formatted", () => {
  const all = Object.entries(snippets);
  assert.ok(all.length > 15);
  assert.equal(new Set(all.map(([, { prefix }]) => prefix)).size, all.length);
  for (const [name, { prefix, body, description }] of all) {
    const expanded = expand(body).trimEnd();
    assert.ok(!/\$/.test(expanded), `${name}: ${expanded}`);
    assert.ok(description, name);
    const [before, after] = PLACES[prefix] ?? ["", "\n"];
    const inside = before ? expanded.replaceAll(/^(?=.)/gm, "    ") : expanded;
    const program = `${before}${inside}${after}`;
    const { status, stdout, stderr } = galc(["fmt", "-"], { input: program });
    assert.equal(status, 0, `${name}: ${program}${stderr}`);
    assert.equal(stdout, program, name);
  }
});

/** What a problem matcher finds in an output. */
function problems(name, output) {
  const { problemPatterns, problemMatchers } = manifest.contributes;
  const { pattern } = problemMatchers.find((matcher) => matcher.name === name);
  const description = problemPatterns.find((one) => `$${one.name}` === pattern);
  const patterns = description.patterns ?? [description];
  const found = [];
  const lines = output.split("\n");
  for (const index of lines.keys()) {
    const matches = patterns.map(({ regexp }, offset) => new RegExp(regexp).exec(lines[index + offset] ?? ""));
    if (matches.includes(null)) continue;
    const problem = {};
    for (const [offset, groups] of patterns.entries()) {
      for (const [field, group] of Object.entries(groups)) if (typeof group === "number") problem[field] = matches[offset][group];
    }
    found.push(problem);
  }
  return found;
}

test("problems are those that galc reports", () => {
  const temporary = mkdtempSync(join(tmpdir(), "gal-"));
  try {
    const path = join(temporary, "a file.gal");
    writeFileSync(path, 'fn main() {\n    let unused = 1\n    f("ä", x)\n    let y: Int = "a"\n    println("{z}")\n}\n');
    const shown = problems("galc", galc(["check", path], { cwd: temporary }).stderr);
    const objects = galc(["check", "--message-format", "json", path], { cwd: temporary }).stdout.trim().split("\n").map(JSON.parse);
    const diagnostics = objects.filter(({ type }) => type === "diagnostic").map(({ code, severity, message, labels }) => {
      const { span } = labels.find(({ primary }) => primary);
      return { severity, code, message, file: span.file, line: String(span.line_start), column: String(span.column_start) };
    });
    assert.ok(diagnostics.length >= 3 && diagnostics.some(({ severity }) => severity === "error"));
    const where = ({ file, ...rest }) => ({ ...rest, file: file.endsWith("a file.gal") });
    assert.deepEqual(shown.map(where), diagnostics.map(where));
  } finally {
    rmSync(temporary, { recursive: true });
  }
});

test("panics are found in what programs and tests print", () => {
  const temporary = mkdtempSync(join(tmpdir(), "gal-"));
  try {
    const path = join(temporary, "a file.gal");
    const lines = [
      'actor A { on B { panic("x: y") } }',
      "fn main() { send(spawn A(), B) }",
      'test "one" { assert(false) }',
      'test "two" { println("panic at home"); panic("in two") }',
    ];
    writeFileSync(path, `${lines.join("\n")}\n`);
    const found = (command) => {
      const { stdout, stderr } = galc([command, path], { cwd: temporary });
      const all = problems("galc-panic", `${stdout}\n${stderr}`);
      return all.map(({ code, file, line, column, message }) => [code, file.endsWith("a file.gal"), +line, +column, message]);
    };
    assert.deepEqual(found("run"), [["panic", true, 1, lines[0].indexOf("panic") + 1, "x: y"]]);
    assert.deepEqual(found("test").sort(), [
      ["panic", true, 3, lines[2].indexOf("assert") + 1, "assertion failed"],
      ["panic", true, 4, lines[3].lastIndexOf("panic(") + 1, "in two"],
    ]);
  } finally {
    rmSync(temporary, { recursive: true });
  }
});

test("programs in Markdown are highlighted", async () => {
  const require = createRequire(import.meta.url);
  await oniguruma.loadWASM(readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")));
  const grammars = {
    "text.html.markdown": { scopeName: "text.html.markdown", patterns: [], repository: {} },
    "markdown.gal.codeblock": json("syntaxes/markdown.tmLanguage.json"),
    "source.gal": json("../textmate/gal.tmLanguage.json"),
  };
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (scope) => grammars[scope] ?? null,
    getInjections: (scope) => (scope === "text.html.markdown" ? ["markdown.gal.codeblock"] : []),
  });
  const grammar = await registry.loadGrammar("text.html.markdown");
  let state = textmate.INITIAL;
  const scopes = ["```gal", "fn main() {", "```", "fn", "```rust", "fn f", "```", "  ```gal-fail", "  actor A {}", "  ```"].map((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    return tokens.map((token) => token.scopes.join(" "));
  });
  assert.ok(scopes[1].some((scope) => scope.endsWith("meta.embedded.block.gal storage.type.function.gal")), scopes[1]);
  assert.ok(!scopes[3].join(" ").includes("gal"));
  assert.ok(!scopes[5].join(" ").includes("embedded"));
  assert.ok(scopes[8].some((scope) => scope.includes("storage.type.actor.gal")), scopes[8]);
});

// The grammar by itself: its parser is up to date, its keywords are those of the compiler, its own tests pass.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { corpus, folder, fuzz, repository, treeSitter, withList } from "./cli.mjs";

const read = (...path) => readFileSync(join(...path), "utf8");

test("the parser in src/ is what grammar.js makes", () => {
  const made = mkdtempSync(join(tmpdir(), "gal-"));
  try {
    const { status, stderr } = treeSitter(["generate", "--output", made]);
    assert.equal(status, 0, stderr);
    for (const name of ["grammar.json", "node-types.json", "parser.c"]) {
      assert.ok(read(made, name) === read(folder, "src", name), `src/${name} is old: npm run generate`);
    }
  } finally {
    rmSync(made, { recursive: true });
  }
});

test("the keywords are those of the compiler", () => {
  const { HARD_KEYWORDS, SOFT_KEYWORDS } = createRequire(import.meta.url)("../grammar/common.js");
  const tokens = read(repository, "compiler/syntax/src/token.rs");
  const named = (kind) => {
    const [, block] = new RegExp(`^    ${kind} \\{\\n([^}]*)\\}`, "m").exec(tokens);
    return [...block.matchAll(/Kw\w+ = "(\w+)"/g)].map(([, word]) => word).sort();
  };
  assert.deepEqual([...HARD_KEYWORDS].sort(), named("hard"));
  assert.deepEqual([...SOFT_KEYWORDS].sort(), named("soft"));
});

test("the version of tree-sitter is the one that xtask installs", () => {
  const { "tree-sitter": { version } } = JSON.parse(read(folder, "package.json"));
  assert.ok(read(repository, "xtask/src/editors.rs").includes(`TREE_SITTER_VERSION: &str = "${version}"`));
});

test("the trees in test/corpus and the highlights in test/highlight", () => {
  const { status, stdout, stderr } = treeSitter(["test"]);
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /failed parses: 0;/);
  assert.match(stdout, /\d\d assertions/);
});

test("edits give the trees that the texts give", () => fuzz(["--iterations", "20", "--edits", "5"]));

test("every program parses without an error", () => {
  const paths = corpus();
  assert.ok(paths.length > 700, `only ${paths.length} programs`);
  const { status, stdout, stderr } = withList(paths, (list) => treeSitter(["parse", "--quiet", "--stat", "--paths", list]));
  assert.equal(status, 0, `${stdout.split("\n").filter((line) => /ERROR|MISSING/.test(line)).join("\n")}\n${stderr}`);
  assert.match(stdout, new RegExp(`Total parses: ${paths.length}; successful parses: ${paths.length}; failed parses: 0`));
});

test("every query finds something in the examples", () => {
  const programs = corpus().filter((path) => path.includes("examples"));
  for (const name of readdirSync(join(folder, "queries"))) {
    const { status, stdout, stderr } = treeSitter(["query", `queries/${name}`, ...programs]);
    assert.equal(status, 0, `${name}: ${stderr}`);
    const used = new Set([...stdout.matchAll(/capture: (?:\d+ - )?([\w.]+)/g)].map(([, capture]) => capture));
    assert.ok(used.size > 0, `${name} finds nothing`);
  }
});

// The grammar on the library, the examples and the corpus of tests: every token gets the scope of its class.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { before, test } from "node:test";
import { checkConstructs, corpus, overlaps, repository } from "./corpus.mjs";
import { classify, HARD, lex, SOFT } from "./lexer.mjs";
import { classOf, loadGrammar, tokenize } from "./scopes.mjs";

const CLASSES = { character: "string", name: "other", sign: "other" };

/** The words that are keywords for readers, but not for the lexer. */
const NAMES_LIKE_KEYWORDS = new Set(["module"]);

let grammar;
before(async () => {
  grammar = await loadGrammar();
});

/** The classes of the parts of a token that are no white space. */
function* classesOf(token, parts, text) {
  let covered = token.start;
  for (const part of parts) {
    if (part.end <= token.start || part.start >= token.end) continue;
    const [start, end] = [Math.max(part.start, token.start), Math.min(part.end, token.end)];
    covered = end;
    if (text.slice(start, end).trim()) yield [classOf(part.scopes), part.scopes];
  }
  if (text.slice(covered, token.end).trim()) throw new Error(`nothing for ${token.text}`);
}

test("keywords are those of the compiler", () => {
  const tokens = readFileSync(join(repository, "compiler/syntax/src/token.rs"), "utf8");
  const named = (kind) => {
    const [, block] = new RegExp(`^    ${kind} \\{\\n([^}]*)\\}`, "m").exec(tokens);
    return [...block.matchAll(/Kw\w+ = "(\w+)"/g)].map(([, word]) => word).sort();
  };
  assert.deepEqual([...HARD].sort(), named("hard"));
  assert.deepEqual([...SOFT].sort(), named("soft"));
});

test("every token gets the scope of its class", () => {
  const counts = {};
  const faults = [];
  for (const path of corpus) {
    const text = readFileSync(path, "utf8");
    const tokens = classify(lex(text)).filter(({ kind }) => kind !== "soft");
    for (const [token, parts] of overlaps(tokens, tokenize(grammar, text))) {
      counts[token.kind] = (counts[token.kind] ?? 0) + 1;
      const wanted = CLASSES[token.kind] ?? token.kind;
      for (const [found, scopes] of classesOf(token, parts, text)) {
        if (found === wanted || NAMES_LIKE_KEYWORDS.has(token.text)) continue;
        const line = text.slice(0, token.start).split("\n").length;
        faults.push(`${relative(repository, path)}:${line}: ${token.kind} ${JSON.stringify(token.text)} is ${found}: ${scopes.join(" ")}`);
      }
    }
  }
  assert.deepEqual(faults.slice(0, 20), []);
  // The programs have all kinds of tokens, many of most.
  for (const kind of ["comment", "string", "character", "number", "label", "keyword", "name", "sign", "hole", "format"]) {
    assert.ok(counts[kind] > 20, `${counts[kind]} tokens of kind ${kind}`);
  }
});

test("words that are keywords only in their constructs: some of the programs", () => {
  const total = checkConstructs(grammar, corpus.filter((_, index) => index % 8 === 0));
  assert.ok(total.ask > 10 && total.on > 10 && total.state > 10, JSON.stringify(total));
});

test("what is not closed on its line does not keep the grammar from the next", () => {
  const open = ['"open', '"{f(x', '"{g[y"', '"{ { a', '"{ask(c, Get', '"a {x:>', "'", "'ab'", "0x", "r#", "@", '"\\'];
  const text = open.map((value) => `let a = ${value}\nlet b = 1`).join("\n");
  const lets = tokenize(grammar, text).filter(({ start, end }) => text.slice(start, end) === "let");
  assert.deepEqual(lets.map(({ scopes }) => classOf(scopes)), lets.map(() => "keyword"));
  assert.equal(lets.length, 2 * open.length);
});

test("long lines are read in time", () => {
  for (const piece of ["'", "'a", "'\\", '"', "a.", "a ", "1_", "0x", "\\", "@", "<", "//", "r#", "when ", "timeout ", "type ", "=> ", "ä", "\0"]) {
    const begin = performance.now();
    tokenize(grammar, piece.repeat(2000));
    const took = performance.now() - begin;
    assert.ok(took < 5000, `${JSON.stringify(piece)}: ${took} ms`);
  }
});

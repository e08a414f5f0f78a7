// The library, the examples and the corpus of tests; and what galc says of the constructs in them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { countForms } from "./forms.mjs";
import { classify, lex } from "./lexer.mjs";
import { classOf, tokenize } from "./scopes.mjs";

export const repository = fileURLToPath(new URL("../../..", import.meta.url));

function* galFiles(path) {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory() && !["node_modules", "build", "dist"].includes(entry.name)) yield* galFiles(inner);
    if (entry.isFile() && entry.name.endsWith(".gal")) yield inner;
  }
}

export const corpus = ["library", "examples", "tests/run"].flatMap((name) => [...galFiles(join(repository, name))]).sort();

/** `$GALC`, or the one that cargo has built. */
function findGalc() {
  const exe = process.platform === "win32" ? ".exe" : "";
  const built = ["release", "debug"].map((profile) => join(repository, "target", profile, `galc${exe}`));
  const found = process.env.GALC ?? built.find(existsSync);
  if (!found) throw new Error("galc is needed: cargo build --release --package galc; $GALC may say where it is");
  return found;
}

/** The parts that overlap each token, in one walk over both. */
export function* overlaps(tokens, parts) {
  let first = 0;
  for (const token of tokens) {
    while (parts[first]?.end <= token.start) first++;
    let last = first;
    while (parts[last]?.start < token.end) last++;
    yield [token, parts.slice(first, last)];
  }
}

/** How many states stand in blocks beyond the first in each: a block has one `state`. */
function statesInBlocks(tokens) {
  let count = 0;
  for (const [index, { text }] of tokens.entries()) {
    if (text !== "state" || tokens[index + 1]?.text !== "{") continue;
    count--;
    let depth = 0;
    for (let at = index + 1; at < tokens.length; at++) {
      if ("([{".includes(tokens[at].text)) depth++;
      if (")]}".includes(tokens[at].text)) depth--;
      if (depth === 0) break;
      if (depth === 1 && tokens[at].text === ":") count++;
    }
  }
  return count;
}

/** Words that are keywords only in their constructs are keywords there and nowhere else. Returns how often each is one. */
export function checkConstructs(grammar, paths) {
  const galc = findGalc();
  const total = {};
  for (const path of paths) {
    const text = readFileSync(path, "utf8");
    const tokens = classify(lex(text)).filter(({ kind }) => kind !== "comment");
    const found = {};
    for (const [token, parts] of overlaps(tokens, tokenize(grammar, text))) {
      if (token.kind !== "soft" || classOf(parts[0].scopes) !== "keyword") continue;
      found[token.text] = (found[token.text] ?? 0) + 1;
    }
    if (found.state) found.state += statesInBlocks(tokens);
    const { status, stdout, stderr } = spawnSync(galc, ["build", "--emit", "ast", path], { encoding: "utf8", maxBuffer: 1 << 28 });
    assert.equal(status, 0, stderr);
    const wanted = countForms(stdout);
    const sorted = (counts) => Object.fromEntries(Object.entries(counts).sort());
    assert.deepEqual(sorted(found), sorted(wanted), relative(repository, path));
    for (const [word, count] of Object.entries(wanted)) total[word] = (total[word] ?? 0) + count;
  }
  return total;
}

// The scopes of small programs, as they are in test/golden; `UPDATE=1 npm test` writes them anew.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { before, test } from "node:test";
import { loadGrammar, tokenize } from "./scopes.mjs";

const folder = new URL("golden/", import.meta.url);
const programs = readdirSync(folder).filter((name) => name.endsWith(".gal"));

let grammar;
before(async () => {
  grammar = await loadGrammar();
});

/** Each line, and below it the scopes of its parts without that of the file. */
function show(text) {
  const parts = tokenize(grammar, text);
  const shown = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    shown.push(`>${line}`);
    for (const { start, end, scopes } of parts) {
      const names = scopes.slice(1).map((scope) => scope.replace(/\.gal$/, ""));
      const isHere = start >= offset && end <= offset + line.length;
      if (isHere && names.length > 0) shown.push(`#${" ".repeat(start - offset)}${"^".repeat(end - start)} ${names.join(" ")}`);
    }
    offset += line.length + 1;
  }
  return `${shown.join("\n")}\n`;
}

test("there are programs", () => assert.ok(programs.length >= 4));

for (const name of programs) {
  test(name, () => {
    const shown = show(readFileSync(new URL(name, folder), "utf8"));
    const expected = new URL(`${name}.scopes`, folder);
    if (process.env.UPDATE) writeFileSync(expected, shown);
    assert.equal(shown, readFileSync(expected, "utf8"));
  });
}

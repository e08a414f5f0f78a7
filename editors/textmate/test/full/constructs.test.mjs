// Words that are keywords only in their constructs, in all programs: it takes a call of galc for each.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkConstructs, corpus } from "../corpus.mjs";
import { SOFT } from "../lexer.mjs";
import { loadGrammar } from "../scopes.mjs";

test("words that are keywords only in their constructs are keywords there and nowhere else", async () => {
  assert.ok(corpus.length > 700, `only ${corpus.length} programs`);
  const total = checkConstructs(await loadGrammar(), corpus);
  for (const word of SOFT) assert.ok(total[word] >= 10, `${word} is a keyword ${total[word]} times`);
});

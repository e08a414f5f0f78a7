// The scopes that the grammar gives to a text, as VS Code computes them.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";

const grammarPath = new URL("../gal.tmLanguage.json", import.meta.url);

export async function loadGrammar() {
  const wasm = createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm");
  await oniguruma.loadWASM(readFileSync(wasm));
  const onigLib = {
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  };
  const registry = new textmate.Registry({
    onigLib: Promise.resolve(onigLib),
    loadGrammar: async (scope) =>
      scope === "source.gal" ? textmate.parseRawGrammar(readFileSync(grammarPath, "utf8"), "gal.tmLanguage.json") : null,
  });
  return registry.loadGrammar("source.gal");
}

/** Every part of the text with its scopes: `start`, `end`, `scopes`. */
export function tokenize(grammar, text) {
  const parts = [];
  let state = textmate.INITIAL;
  let offset = 0;
  for (const line of text.split("\n")) {
    const { tokens, ruleStack, stoppedEarly } = grammar.tokenizeLine(line, state);
    if (stoppedEarly) throw new Error(`no end of ${line}`);
    for (const { startIndex, endIndex, scopes } of tokens) {
      const end = Math.min(endIndex, line.length);
      if (end > startIndex) parts.push({ start: offset + startIndex, end: offset + end, scopes });
    }
    state = ruleStack;
    offset += line.length + 1;
  }
  return parts;
}

/** What a part is for a reader: `comment`, `string`, `number`, `keyword`, `hole` or `other`. */
export function classOf(scopes) {
  const hole = Math.max(scopes.lastIndexOf("meta.interpolation.gal"), scopes.lastIndexOf("meta.embedded.line.gal"));
  const inner = scopes.slice(hole + 1);
  const has = (pattern) => inner.some((scope) => pattern.test(scope));
  if (has(/^comment\./)) return "comment";
  if (has(/^string\./)) return "string";
  if (has(/^constant\.numeric\./)) return "number";
  if (has(/^entity\.name\.label\./)) return "label";
  if (has(/^punctuation\.section\.interpolation\./)) return "hole";
  if (has(/^constant\.other\.placeholder\.|^meta\.format\./)) return "format";
  return KEYWORD.test(inner.at(-1)) ? "keyword" : "other";
}

const KEYWORD = /^(keyword\.(control|other|operator\.word)|storage|variable\.language|constant\.language)\./;

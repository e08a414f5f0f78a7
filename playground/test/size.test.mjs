// What a reader loads at first stays within these bounds, in KiB under Brotli at its best. They are a ratchet: a change that makes the site smaller lowers them.
// The site is to reach 900 in all, of which 600 are the compiler's module.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { withoutNames } from "../names.mjs";
import { LATER } from "../later.mjs";
import { SITE } from "./site.mjs";

const COMPILER = "playground-compiler_bg.wasm";
const BOUNDS = { compiler: 921, all: 1360 };

test("what is loaded at first does not grow", () => {
  const names = readdirSync(SITE).filter((name) => /\.(wasm|js|css|html|json)$/.test(name) && !LATER.includes(name));
  const sizes = new Map(names.map((name) => [name, kib(join(SITE, name))]));
  const all = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const largest = [...sizes].filter(([, size]) => size >= 20).map(([name, size]) => `${name} ${Math.round(size)}`);
  console.log(`first load: ${Math.round(all)} KiB (at most ${BOUNDS.all}): ${largest.join(", ")}`);
  assert.ok(sizes.get(COMPILER) <= BOUNDS.compiler, `${COMPILER}: ${sizes.get(COMPILER)} KiB`);
  assert.ok(all <= BOUNDS.all, `${all} KiB`);
});

// A site that is built for tests has the names of functions, too, which are not published.
function kib(path) {
  const bytes = readFileSync(path);
  return brotliCompressSync(path.endsWith(".wasm") ? withoutNames(bytes) : bytes).length / 1024;
}

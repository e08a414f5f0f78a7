// What a reader loads at first stays within these bounds, in KiB under Brotli at its best. They are a ratchet: a change that makes the site smaller lowers them.
// The site is to reach 900 in all, of which 600 are the compiler's module.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { LATER, SITE } from "./site.mjs";

const COMPILER = "playground-compiler_bg.wasm";
const BOUNDS = { compiler: 1240, all: 1680 };

test("what is loaded at first does not grow", () => {
  const names = readdirSync(SITE).filter((name) => /\.(wasm|js|css|html|json)$/.test(name) && !LATER.includes(name));
  const sizes = new Map(names.map((name) => [name, kib(join(SITE, name))]));
  const all = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const largest = [...sizes].filter(([, size]) => size >= 20).map(([name, size]) => `${name} ${Math.round(size)}`);
  console.log(`first load: ${Math.round(all)} KiB (at most ${BOUNDS.all}): ${largest.join(", ")}`);
  assert.ok(sizes.get(COMPILER) <= BOUNDS.compiler, `${COMPILER}: ${sizes.get(COMPILER)} KiB`);
  assert.ok(all <= BOUNDS.all, `${all} KiB`);
});

function kib(path) {
  const bytes = readFileSync(path);
  return brotliCompressSync(path.endsWith(".wasm") ? withoutNames(bytes) : bytes).length / 1024;
}

/** The module as it is published: a site that is built for tests has the names of its functions, too. */
function withoutNames(bytes) {
  const kept = [bytes.subarray(0, 8)];
  for (let at = 8; at < bytes.length; ) {
    const [size, from] = unsigned(bytes, at + 1);
    const [length, name] = unsigned(bytes, from);
    const isName = bytes[at] === 0 && bytes.toString("utf8", name, name + length) === "name";
    if (!isName) kept.push(bytes.subarray(at, from + size));
    at = from + size;
  }
  return Buffer.concat(kept);
}

/** A number in LEB128, and where it ends. */
function unsigned(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

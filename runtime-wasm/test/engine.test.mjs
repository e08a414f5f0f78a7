// Real modules in this Node: panics are caught where the engine has exnref, and elsewhere one line says what is missing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fn, int, program, string, uint8 } from "@gal-lang/runtime";
import { assemble } from "./make.mjs";
import { scenario } from "./sample/scenario.js";

const [major, minor] = process.versions.node.split(".").map(Number);
const hasExnref = major > 24 || (major === 24 && minor >= 15) || (major === 22 && minor >= 19);
const hasMemory64 = major >= 24 || (major === 22 && minor >= 19);
const url = () => "data:application/wasm;base64,AGFzbQEAAAA=";

test("the sample runs, and panics are caught or refused in one line", async () => {
  const expected =
    "the program needs WebAssembly exceptions (exnref): Chromium 137, Firefox 131, Safari 18.4, Node 22.19 or 24.15; a build with `--panic=abort` runs here";
  assert.equal(await scenario(), hasExnref ? "caught" : expected);
});

for (const [feature, isThere, message] of [
  ["memory64", hasMemory64, /^the program needs WebAssembly memory64: Chromium 133, Firefox 134, Node 22.19 or 24$/],
  ["relaxed-simd", major >= 21, /^the program needs WebAssembly relaxed SIMD: /],
  ["simd", true],
  ["time-travel", false, /^the program needs WebAssembly time-travel$/],
]) {
  test(`${feature} is ${isThere ? "there" : "refused"}`, async () => {
    const made = program({ url, needs: [feature] }).instantiate();
    if (isThere) assert.equal((await made).exited, undefined);
    else await assert.rejects(made, { name: "Error", message });
  });
}

test("addresses of 64 bits", async () => {
  const text = `(module
    (memory (export "memory") i64 1)
    (func (export "gal_buffer") (param i32) (result i64) (i64.const 1024))
    (func (export "echo") (param i32) (result i32) (local.get 0)))`;
  const { instantiate } = program({ url, needs: ["memory64"], pointer: 8, exports: { echo: fn([string], string) } });
  const made = instantiate(assemble("wide.wat", text));
  if (!hasMemory64) return assert.rejects(made, { message: /memory64/ });
  assert.equal((await made).echo("wide"), "wide");
});

test("addresses above 2^31, which are negative as 32 bits", async () => {
  const text = `(module
    (memory (export "memory") 32770)
    (func (export "gal_buffer") (param i32) (result i32) (i32.const 0x80000010))
    (func (export "echo") (param i32) (result i32) (local.get 0)))`;
  const app = await program({ url, exports: { echo: fn([string], string) } }).instantiate(assemble("high.wat", text));
  assert.equal(app.echo("high"), "high");
});

test("a stack overflow ends the instance", async () => {
  const text = `(module (memory (export "memory") 1) (func $f (export "f") (result i32) (i32.add (call $f) (i32.const 1))))`;
  const app = await program({ url, exports: { f: fn([], uint8, { plain: true }) } }).instantiate(assemble("deep.wat", text));
  assert.throws(app.f, { name: "RangeError" });
  assert.equal(app.exited, 102);
  assert.throws(app.f, { name: "GalExitError", status: 102 });
});

test("an import that the description does not have is the engine's error", async () => {
  const text = `(module (import "./x.js" "f" (func)))`;
  await assert.rejects(program({ url }).instantiate(assemble("import.wat", text)), { name: "TypeError", message: /\.\/x\.js/ });
});

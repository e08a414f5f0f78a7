// What `std.js` imports does what library/std/js.gal says of it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as js from "@gal-lang/runtime/js";
import * as dom from "@gal-lang/runtime/dom";
import * as fetching from "@gal-lang/runtime/fetch";

test("values are the same as by ===, and NaN is itself", () => {
  assert.equal(js.same(NaN, NaN), true);
  assert.equal(js.same(0, -0), true);
  assert.equal(js.same("a", "a"), true);
  assert.equal(js.same({}, {}), false);
  assert.equal(js.same(null, undefined), false);
});

test("every value has a text and a kind", () => {
  assert.deepEqual([1, "x", null, undefined, Symbol("s"), 5n].map(js.text), ["1", "x", "null", "undefined", "Symbol(s)", "5"]);
  assert.equal(js.text(Object.create(null)), "[object Object]");
  assert.deepEqual([1, "x", null, undefined, () => {}, {}].map(js.kind), ["number", "string", "null", "undefined", "function", "object"]);
});

test("properties, elements and methods", async () => {
  const list = [1, 2];
  assert.equal(js.get(list, "length"), 2);
  assert.equal(js.get(list, "none"), undefined);
  assert.equal(js.at(list, 1), 2);
  js.set(list, "extra", 3);
  assert.equal(list.extra, 3);
  assert.equal(js.call(list, "join", ["-"]), "1-2");
  assert.equal(js.apply(Math.max, [3, 4]), 4);
  assert.deepEqual(js.construct(Map, [[[1, 2]]]), new Map([[1, 2]]));
  assert.equal(js.global(), globalThis);
  assert.equal(await js.settled(Promise.resolve(7)), 7);
  assert.equal(await js.settled(8), 8);
  await assert.rejects(js.settled(Promise.reject(new Error("no"))), { message: "no" });
  for (const nothing of [undefined, null]) {
    assert.throws(() => js.get(nothing, "x"), TypeError);
    assert.throws(() => js.at(nothing, 0), TypeError);
    assert.throws(() => js.set(nothing, "x", 1), TypeError);
    assert.throws(() => js.call(nothing, "x", []), TypeError);
  }
  assert.throws(() => js.call({}, "none", []), TypeError);
});

test("values of GAL's own types, if they are such", () => {
  assert.deepEqual([js.to_text("a"), js.to_text(1)], ["a", undefined]);
  assert.deepEqual([js.to_number(1.5), js.to_number("1")], [1.5, undefined]);
  assert.deepEqual([js.to_bool(false), js.to_bool(0)], [false, undefined]);
  assert.deepEqual([js.of_text("a"), js.of_number(1), js.of_bool(true)], ["a", 1, true]);
});

test("the library's declarations have their functions", () => {
  for (const [name, module] of Object.entries({ js, dom, fetch: fetching })) {
    const text = readFileSync(new URL(`../../library/std/${name}.gal`, import.meta.url), "utf8");
    const blocks = [...text.matchAll(/extern "js" module "@gal-lang\/runtime\/\w+" \{(.*?)\n\}/gs)];
    const names = blocks.flatMap(([, block]) => [...block.matchAll(/(?:@import\("(\w+)"\)\s*)?(?:async )?\bfn (\w+)\(/g)].map(([, given, own]) => given ?? own));
    assert(names.length > 0, `${name}.gal imports nothing`);
    for (const found of names) assert.equal(typeof module[found], "function", `${name}: ${found}`);
  }
});

test("a request that fails says where it went, and why", async () => {
  const ask = (url) => fetching.send({ method: "GET", url, headers: new Map() });
  const { createServer } = await import("node:net");
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  // Nobody listens there any more.
  const url = `http://127.0.0.1:${server.address().port}/a?b=c`;
  await new Promise((resolve) => server.close(resolve));
  const refused = await ask(url).catch((error) => error);
  assert(refused.message.startsWith(`GET ${url}: fetch failed: `) && refused.message.includes("ECONNREFUSED"), refused.message);
  assert(refused.cause instanceof TypeError);
  await assert.rejects(ask("no address"), /^Error: GET no address: .*URL/);
});

test("what a request fails with may be anything", async () => {
  const real = globalThis.fetch;
  try {
    globalThis.fetch = async () => {
      throw "a text";
    };
    const request = { method: "PUT", url: "x:y", headers: new Map() };
    await assert.rejects(fetching.send(request), { message: "PUT x:y: a text" });
  } finally {
    globalThis.fetch = real;
  }
});

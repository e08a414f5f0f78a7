// Names that programs cannot give what they export, since the loader has them: the lists in the compiler are those.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { actor } from "@gal-lang/runtime";
import { instantiate } from "./fake.mjs";

const compiler = (path) => readFileSync(new URL(`../../compiler/hir/src/${path}`, import.meta.url), "utf8");
const quoted = (text) => [...text.matchAll(/"(\w+)"/g)].map(([, name]) => name).sort();
/** A method `then` would make a promise of what has it. */
const THEN = "then";

test("names of an instance", async () => {
  const { app } = await instantiate({}, () => ({}));
  const [, taken] = /fn is_taken_on_the_web.*?matches!\(name, (.*?)\)/s.exec(compiler("wellformed.rs"));
  assert.deepEqual(quoted(taken), [...Object.keys(app), THEN].sort());
});

test("names of an actor's class", async () => {
  const { app } = await instantiate({ actors: { Counter: actor({ made: [] }) } }, () => ({ "Counter.new.made": () => 0 }));
  const list = (name) => quoted(new RegExp(`const ${name}: .*?=(.*?);`, "s").exec(compiler("actors/exported.rs"))[1]);
  const message = (method) => method[0].toUpperCase() + method.slice(1);
  const methods = Object.getOwnPropertyNames(app.Counter.prototype);
  assert.deepEqual(list("TAKEN_METHODS"), [...methods, THEN].map(message).sort());
  // What cannot be redefined, besides the constructor that has just been.
  const { made: _, ...own } = Object.getOwnPropertyDescriptors(app.Counter);
  const fixed = Object.entries(own).filter(([, { configurable }]) => !configurable);
  assert.deepEqual(list("TAKEN_STATICS"), fixed.map(([name]) => name));
});

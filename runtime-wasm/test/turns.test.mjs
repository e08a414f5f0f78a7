// The event loop: what runs when, and how often.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fn, int, unit } from "@gal-lang/runtime";
import { instantiate } from "./fake.mjs";

const description = { exports: { f: fn([]), answer: fn([], int, { async: true }) } };
const tick = () => new Promise((resolve) => setImmediate(resolve));

/** An instance whose turns give what `next` says, and a list of what happened. */
async function recorded(next, options) {
  const events = [];
  const { app, fake } = await instantiate(
    description,
    () => ({
      f: () => (events.push("call"), 0),
      answer() {},
      gal_start() {},
      gal_turn: (budget) => (events.push(`turn ${budget}`), next(events)),
    }),
    options,
  );
  return { app, fake, events };
}

/** Replaces functions of the global object while `run` runs. */
async function replacing(replacements, run) {
  const old = Object.fromEntries(Object.keys(replacements).map((name) => [name, globalThis[name]]));
  Object.assign(globalThis, replacements);
  try {
    return await run();
  } finally {
    Object.assign(globalThis, old);
  }
}

test("calls from outside are followed by one turn, in a microtask", async () => {
  const { app, events } = await recorded(() => Infinity);
  app.f();
  app.f();
  assert.deepEqual(events, ["call", "call"]);
  await null;
  assert.deepEqual(events, ["call", "call", "turn 8"]);
  await tick();
  assert.equal(events.length, 3);
});

test("the budget is that of the options", async () => {
  const { app, events } = await recorded(() => Infinity, { budget: 2.5 });
  app.f();
  await null;
  assert.deepEqual(events, ["call", "turn 2.5"]);
});

test("what is ready after the budget goes on in tasks, and others get their turn between them", async () => {
  const { app, events } = await recorded((events) => (events.filter((e) => e.startsWith("turn")).length < 4 ? 0 : Infinity));
  app.f();
  await null;
  assert.deepEqual(events, ["call", "turn 8"]);
  for (let i = 0; i < 6; i++) {
    await tick();
    events.push("other");
  }
  // The first task was asked for before ours.
  const turnsBetween = events.join(" ").split("other").map((part) => (part.match(/turn/g) ?? []).length);
  assert.deepEqual(turnsBetween, [2, 1, 1, 0, 0, 0, 0]);
});

test("without setImmediate a message port is used", async () => {
  await replacing({ setImmediate: undefined }, async () => {
    let turns = 0;
    const { app } = await recorded(() => (++turns < 5 ? 0 : -1));
    assert.equal(await app.start(), 0);
    assert.equal(turns, 5);
  });
});

test("one timer at a time, and a call from outside does not lose it", async () => {
  const timers = [];
  const cleared = [];
  const setTimeout = (run, ms, ...args) => timers.push({ run: () => run(...args), ms });
  await replacing({ setTimeout, clearTimeout: (timer) => timer && cleared.push(timer) }, async () => {
    const waits = [1000.2, 400, 2 ** 40, -1];
    const { app, events } = await recorded(() => waits.shift());
    const started = app.start();
    await null;
    assert.deepEqual(timers.map(({ ms }) => ms), [1001]);
    app.f();
    await null;
    assert.deepEqual(timers.map(({ ms }) => ms), [1001, 400]);
    assert.deepEqual(cleared, [1], "the first timer is given up");
    timers[1].run();
    assert.deepEqual(timers.map(({ ms }) => ms), [1001, 400, 2 ** 31 - 1], "longer ones are split");
    timers[2].run();
    assert.equal(await started, 0);
    assert.equal(events.filter((e) => e.startsWith("turn")).length, 4);
  });
});

test("microtasks alone never keep the page from its turn", async () => {
  // Each answer of JavaScript comes as a microtask, and the module asks for the next at once.
  let asked = 0;
  let isOver = false;
  const imports = { m: { next: [async () => {}, [], unit, { async: true }] } };
  await instantiate({ imports }, (module) => ({
    gal_start() {},
    gal_settle() {},
    gal_turn() {
      asked++;
      if (!isOver && asked < 5000) module.imports.m.next(0, 1);
      return Infinity;
    },
  })).then(({ app }) => void app.start());
  await tick();
  await tick();
  isOver = true;
  assert(asked > 1 && asked < 1000, `${asked} turns`);
});

test("no turn comes after the end", async () => {
  let turns = 0;
  const { app } = await instantiate({}, (module) => ({
    gal_start() {},
    gal_turn() {
      turns++;
      module.imports.gal.exit(5);
    },
  }));
  assert.equal(await app.start(), 5);
  await tick();
  assert.equal(turns, 1);
});

test("the turn is not called while the module runs", async () => {
  let depth = 0;
  let worst = 0;
  let app;
  const imports = { m: { back: [() => app.f(), []] } };
  ({ app } = await instantiate({ ...description, imports, exports: { ...description.exports, g: fn([]) } }, (module) => ({
    f: () => 0,
    answer() {},
    g() {
      depth++;
      module.imports.m.back(0);
      depth--;
      return 0;
    },
    gal_turn() {
      worst = Math.max(worst, depth);
      return Infinity;
    },
  })));
  app.g();
  assert.equal(worst, 0);
  await null;
  assert.equal(worst, 0);
});

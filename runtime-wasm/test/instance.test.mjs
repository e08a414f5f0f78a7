// Instances: answers to come, panics, the end, imports, the standard streams. The modules are fakes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { actor, array, bool, callback, enumeration, fn, GalError, GalExitError, GalPanic, int, js, program, ref, result, string, struct, union, unit } from "@gal-lang/runtime";
import { EMPTY, instantiate, wireText } from "./fake.mjs";

const turnOfTheLoop = () => new Promise((resolve) => setTimeout(resolve, 1));

test("a function with a Result gives the value, or throws the error", async () => {
  const E = union({ NotFound: [string], Denied: [] });
  let answer;
  const { app } = await instantiate({ exports: { get: fn([], result(string, E)), text: fn([], result(unit, string)) } }, (module) => ({
    get: () => module.give(answer),
    text: () => module.give([1, ...wireText("no luck")]),
  }));
  answer = [0, ...wireText("yes")];
  assert.equal(app.get(), "yes");
  answer = [1, 0, 0, 0, 0, ...wireText("a.txt")];
  assert.throws(app.get, (error) => {
    assert(error instanceof GalError && error instanceof Error);
    assert.deepEqual(error.error, { tag: "NotFound", value: "a.txt" });
    assert.equal(String(error), 'GalError: get: {"tag":"NotFound","value":"a.txt"}');
    return true;
  });
  assert.throws(app.text, { name: "GalError", message: "text: no luck", error: "no luck" });
});

test("a panic throws its text, with the stack of the place", async () => {
  let written = "";
  const { app } = await instantiate(
    { exports: { fail: fn([string]), again: fn([string]) } },
    (module) => {
      const message = (length) => new TextDecoder().decode(module.take(length).subarray(4));
      return {
        fail: function theFunctionThatPanics(length) {
          return module.panic(message(length));
        },
        again: (length) => module.panic(message(length)),
      };
    },
    { stderr: (text) => (written += text) },
  );
  assert.throws(() => app.fail("division by zero"), (error) => {
    assert(error instanceof GalPanic);
    assert.equal(error.message, "panic at app.gal:3:5: division by zero");
    assert.match(error.stack, /^GalPanic: panic at app\.gal:3:5: division by zero\n/);
    assert.match(error.stack, /theFunctionThatPanics/);
    return true;
  });
  assert.throws(() => app.again("other"), { name: "GalPanic", message: "panic at app.gal:3:5: other" });
  assert.equal(written, "panic at app.gal:3:5: division by zero\npanic at app.gal:3:5: other\n");
  assert.equal(app.exited, undefined, "the instance goes on");
});

test("a panic that nobody asked for does not mix with the next", async () => {
  const { app, fake } = await instantiate({ exports: { fail: fn([]) } }, (module) => ({ fail: () => module.panic("mine\nand more") }), { stderr() {} });
  fake.panic("an actor's");
  assert.throws(app.fail, { message: "panic at app.gal:3:5: mine\nand more" });
});

test("functions that may suspend give promises", async () => {
  const calls = [];
  const description = { exports: { wait: fn([int], result(string, string), { async: true }), sum: fn([], int, { async: true }) } };
  const { app, fake } = await instantiate(description, (module) => ({
    wait: (length, ticket) => void calls.push([[...module.take(length)], ticket]),
    sum: (_, ticket) => module.imports.gal.settle(ticket, 0, module.give([3, 0, 0, 0, 0, 0, 0, 0])),
  }), { stderr() {} });
  const settle = (index, status, bytes) => fake.imports.gal.settle(calls[index][1], status, fake.give(bytes));
  assert.equal(await app.sum(), 3);
  const promises = [1, 2, 3].map((n) => app.wait(n));
  assert.deepEqual(calls[1][0], [2, 0, 0, 0, 0, 0, 0, 0]);
  settle(1, 0, [0, ...wireText("two")]);
  settle(0, 0, [1, ...wireText("one")]);
  fake.panic("three");
  settle(2, 2, []);
  const results = await Promise.allSettled(promises);
  assert.deepEqual(results.map(({ value, reason }) => value ?? String(reason)), [
    "GalError: wait: one",
    "two",
    "GalPanic: panic at app.gal:3:5: three",
  ]);
  await assert.rejects(app.wait("x"), { name: "TypeError", message: 'wait: argument 1: expected a whole number, got "x"' });
});

test("after exit every call throws, and what was awaited is rejected", async () => {
  let statusInside;
  const description = { exports: { quit: fn([]), wait: fn([], int, { async: true }) }, actors: { Counter: actor({ new: [] }, { Add: [] }) } };
  const { app } = await instantiate(description, (module) => ({
    quit: () => module.imports.gal.exit(3),
    wait() {},
    "Counter.new": () => module.give([1, 0, 0, 0]),
    "Counter.Add": () => 0,
    gal_release: () => assert.fail("the module was called"),
    gal_start() {},
  }));
  const counter = new app.Counter();
  const waiting = app.wait();
  assert.throws(app.quit, (error) => error instanceof GalExitError && error.status === 3);
  const gone = { name: "GalExitError", status: 3, message: "the program has ended with status 3" };
  await assert.rejects(waiting, gone);
  assert.equal(app.exited, 3);
  assert.throws(app.quit, gone);
  await assert.rejects(app.wait(), gone);
  assert.throws(() => counter.add(), gone);
  assert.throws(() => new app.Counter(), gone);
  await assert.rejects(app.start(), gone);
  counter.free();
});

test("an exit in the first step of a function that may suspend rejects its promise", async () => {
  const { app } = await instantiate({ exports: { f: fn([], int, { async: true }) } }, (module) => ({ f: () => module.imports.gal.exit(9) }));
  await assert.rejects(app.f(), { name: "GalExitError", status: 9 });
  assert.equal(app.exited, 9);
});

test("a trap ends the instance", async () => {
  const { app } = await instantiate({ exports: { f: fn([]), wait: fn([], int, { async: true }) } }, () => ({
    f() {
      throw new WebAssembly.RuntimeError("unreachable");
    },
    wait() {},
  }));
  const waiting = app.wait();
  assert.throws(app.f, { name: "RuntimeError", message: "unreachable" });
  assert.equal(app.exited, 102);
  assert.throws(app.f, (error) => error.status === 102 && error.cause.message === "unreachable");
  await assert.rejects(waiting, { name: "GalExitError", status: 102 });
});

test("start is fulfilled with the status", async () => {
  const plain = await instantiate({}, () => ({ gal_start() {} }));
  assert.equal(await plain.app.start(), 0);
  assert.equal(plain.app.start(), plain.app.start(), "and runs once");
  assert.equal(plain.app.exited, undefined);
  const quits = await instantiate({}, (module) => ({ gal_start: () => module.imports.gal.exit(7) }));
  assert.equal(await quits.app.start(), 7);
  const later = await instantiate({}, (module) => {
    let turns = 0;
    return { gal_start() {}, gal_turn: () => (++turns < 3 ? 0 : module.imports.gal.exit(101)) };
  });
  assert.equal(await later.app.start(), 101);
  const crashed = await instantiate({}, () => ({ gal_start() {}, gal_turn: () => -102 }));
  assert.equal(await crashed.app.start(), 101);
  assert.equal(crashed.app.exited, undefined, "it stays usable");
  const traps = await instantiate({}, () => ({
    gal_start() {},
    gal_turn() {
      throw new WebAssembly.RuntimeError("unreachable");
    },
  }));
  await assert.rejects(traps.app.start(), { message: "unreachable" });
  const library = await instantiate({}, () => ({}));
  await assert.rejects(library.app.start(), { name: "TypeError", message: "there is no `main`" });
});

test("text goes out by lines, and what waits for an answer before that", async () => {
  const pieces = [];
  const read = [];
  const { app } = await instantiate(
    {},
    (module) => ({
      gal_start() {
        module.write(1, "a", "b\nc", Uint8Array.of(0xc3), Uint8Array.of(0xa9, 10), "d\ne\nName? ");
        const { imports, memory } = module;
        for (let n; (n = imports.gal.read(512, 4)); ) read.push(new TextDecoder().decode(new Uint8Array(memory.buffer, 512, n)));
        module.write(2, "bad\n");
        module.write(1, "end");
      },
    }),
    { stdin: "Gallus", stdout: (text) => pieces.push(text), stderr: (text) => pieces.push(`! ${text}`) },
  );
  await app.start();
  assert.deepEqual(pieces, ["ab\n", "cé\n", "d\ne\n", "Name? ", "! bad\n", "end"]);
  assert.deepEqual(read, ["Gall", "us"]);
});

test("arguments, environment, clocks and random bytes are those of the options", async () => {
  const got = {};
  const { app } = await instantiate(
    { name: "tool" },
    (module) => ({
      gal_start() {
        const { gal } = module.imports;
        got.args = [...module.take(gal.args())];
        got.env = [...module.take(gal.env())];
        gal.random(600, 3);
        got.random = [...new Uint8Array(module.memory.buffer, 600, 3)];
        got.clocks = [gal.now(), gal.time()];
      },
    }),
    { args: ["-v"], env: { A: "1" }, now: () => 5, random: (bytes) => bytes.fill(9) },
  );
  await app.start();
  assert.deepEqual(got.args, [2, 0, 0, 0, ...wireText("tool"), ...wireText("-v")]);
  assert.deepEqual(got.env, [1, 0, 0, 0, ...wireText("A"), ...wireText("1")]);
  assert.deepEqual(got.random, [9, 9, 9]);
  assert.equal(got.clocks[0], 5);
  assert(Math.abs(got.clocks[1] - Date.now()) < 60_000);
});

test("functions of JavaScript get and give values", async () => {
  const Point = struct({ x: int, y: int });
  const seen = [];
  const imports = {
    "./view.js": {
      plain: [(a, b) => (seen.push([a, b]), a > b), [int, int], bool, { plain: true }],
      name: [({ x, y }) => `${x},${y}`, [Point], string],
      wrong: [() => 5, [], string],
      fails: [() => { throw new TypeError("no"); }, { a: int }, string],
      maybe: [(ok) => { if (ok === "ok") return "fine"; throw new Error("not fine"); }, [string], result(string, string)],
      thing: [() => { throw seen; }, [], result(unit, js)],
    },
  };
  const { fake } = await instantiate({ imports }, () => ({}));
  const view = fake.imports["./view.js"];
  const call = (name, bytes) => {
    const length = view[name](fake.give(bytes));
    const size = fake.take(4)[0];
    return [length, new TextDecoder().decode(fake.take(4 + size).subarray(4))];
  };
  assert.equal(view.plain(3n, 2n), 1);
  assert.deepEqual(seen, [[3, 2]]);
  assert.deepEqual(call("name", [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]), [7, "1,2"]);
  assert.equal(call("wrong", [])[0], -1);
  assert.match(call("wrong", [])[1], /^TypeError: wrong: result: expected a string, got 5/);
  assert.match(call("fails", [1, 0, 0, 0, 0, 0, 0, 0])[1], /^TypeError: no/);
  assert.match(call("fails", [0, 0, 0, 0, 0, 0, 32, 0])[1], /^RangeError: fails: argument 1 \(a\): 90071992547/);
  assert.deepEqual(call("maybe", wireText("ok")), [8, "fine"]);
  assert.equal(view.maybe(fake.give(wireText("no"))), -1);
  assert.deepEqual(fake.take(19), wireText("Error: not fine"));
  assert.equal(view.thing(0), -1);
});

test("an exception out of a plain import becomes a panic, where the module knows how", async () => {
  const imports = { m: { f: [() => { throw new Error("oh"); }, [int], int, { plain: true }] } };
  const thrown = [];
  const { fake } = await instantiate({ imports }, (module) => ({
    gal_throw(length) {
      thrown.push(new TextDecoder().decode(module.take(length).subarray(4)));
      throw new Error("the module's own exception");
    },
  }));
  assert.throws(() => fake.imports.m.f(1n), { message: "the module's own exception" });
  assert.deepEqual(thrown, ["Error: oh"]);
  const { app } = await instantiate({ imports, exports: { g: fn([]) } }, (module) => ({ g: () => module.imports.m.f(1n) }));
  assert.throws(app.g, { message: "oh" });
  assert.equal(app.exited, 102);
});

test("an exit in a nested call goes through the function of JavaScript, whatever that does", async () => {
  let app;
  let wentOn = false;
  const imports = {
    m: {
      f: [() => { try { app.quit(); } catch {} return "x"; }, [], string],
      later: [async () => app.quit(), [], string, { async: true }],
    },
  };
  for (const name of ["f", "later"]) {
    ({ app } = await instantiate({ imports, exports: { quit: fn([]), outer: fn([]) } }, (module) => ({
      quit: () => module.imports.gal.exit(0),
      outer() {
        module.imports.m[name](0, 1);
        wentOn = true;
      },
      gal_settle: () => assert.fail("the module was called"),
    })));
    assert.throws(() => app.outer(), { name: "GalExitError", status: 0 });
    assert.equal(wentOn, false, name);
  }
});

test("async functions of JavaScript answer later", async () => {
  const answers = [];
  const later = { async: true };
  const imports = {
    m: {
      ok: [async (n) => n + 1, [int], int, later],
      sync: [(n) => n + 1, [int], int, later],
      fails: [() => { throw new Error("no"); }, [], int, later],
      rejects: [async () => { throw new Error("never"); }, [], result(int, string), later],
      wrong: [async () => "x", [], int, later],
    },
  };
  let turns = 0;
  const { fake } = await instantiate({ imports }, (module) => ({
    gal_settle: (ticket, status, length) => void answers.push([ticket, status, [...module.take(length)]]),
    gal_turn: () => (turns++, -1),
  }));
  const { m } = fake.imports;
  const eight = (n) => [n, 0, 0, 0, 0, 0, 0, 0];
  m.ok(fake.give(eight(1)), 11);
  m.sync(fake.give(eight(5)), 12);
  m.fails(0, 13);
  m.rejects(0, 14);
  m.wrong(0, 15);
  assert.deepEqual(answers, [], "nothing comes before the import has returned");
  await turnOfTheLoop();
  const byTicket = answers.sort(([a], [b]) => a - b);
  assert.deepEqual(byTicket.slice(0, 4), [
    [11, 0, eight(2)],
    [12, 0, eight(6)],
    [13, 1, [...wireText("Error: no")]],
    [14, 1, [...wireText("Error: never")]],
  ]);
  assert.equal(byTicket[4][1], 1);
  assert.match(new TextDecoder().decode(Uint8Array.from(byTicket[4][2])), /TypeError: wrong: result: expected a whole number, got "x"/);
  assert(turns > 0);
});

test("exported actors are classes", async () => {
  const log = [];
  const Err = enumeration(["Timeout", "Dead"]);
  const sends = { Add: { n: int } };
  const asks = { Get: [[], result(int, Err)], Find: [[string], result(result(int, string), Err)], Put: [[], unit] };
  const description = {
    actors: { Counter: actor({ new: { limit: int }, named: [string] }, sends, asks), Other: actor({ made: [] }) },
    exports: { pick: fn([array(ref("Counter"))], ref("Counter")) },
  };
  // Handles begin at 0.
  let next = 0;
  const { app, fake } = await instantiate(description, (module) => {
    const handle = () => module.give([next++, 0, 0, 0]);
    const logged = (name) => (length, ticket) => (log.push([name, ticket, ...module.take(length)]), 0);
    return {
      "Counter.new": (length) => (module.take(length)[0] === 66 ? module.panic("no") : handle()),
      "Counter.new.named": (length) => (log.push(["named", ...module.take(length)]), handle()),
      "Counter.Add": logged("Add"),
      "Counter.Get": logged("Get"),
      "Counter.Find": logged("Find"),
      "Counter.Put": (_, ticket) => module.imports.gal.settle(ticket, 0, 0),
      "Other.new.made": handle,
      pick: (length) => (module.take(length), module.give([next++, 0, 0, 0])),
      gal_release: (handle) => void log.push(["release", handle]),
    };
  }, { stderr() {} });
  const counter = new app.Counter(10);
  assert(counter instanceof app.Counter);
  assert.equal(app.Counter.name, "Counter");
  const named = app.Counter.named("n");
  assert(named instanceof app.Counter);
  assert.equal(named.add(5), undefined);
  assert.equal(await named.put(), undefined);
  assert.deepEqual(log, [["named", ...wireText("n")], ["Add", undefined, 1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]]);

  log.length = 0;
  const replies = [counter.get(), counter.get(), counter.find("x"), counter.find("y")];
  assert(replies[0] instanceof Promise);
  const settle = (index, bytes) => fake.imports.gal.settle(log[index][1], 0, fake.give(bytes));
  settle(0, [0, 42, 0, 0, 0, 0, 0, 0, 0]);
  settle(1, [1, 1, 0, 0, 0]);
  settle(2, [0, 0, 7, 0, 0, 0, 0, 0, 0, 0]);
  settle(3, [0, 1, ...wireText("none")]);
  const results = await Promise.allSettled(replies);
  assert.deepEqual(results.map(({ value, reason }) => value ?? String(reason)), [42, "GalError: Counter.Get: Dead", 7, "GalError: Counter.Find: none"]);
  assert.equal(results[1].reason.error, "Dead");

  const refused = (run, message, name = "TypeError") => assert.throws(run, { name, message });
  refused(() => counter.add("x"), 'Counter.Add: argument 1 (n): expected a whole number, got "x"');
  refused(() => new app.Counter(), "Counter: argument 1 (limit): expected a whole number, got undefined");
  refused(() => app.Counter.named(1), "Counter.named: argument 1: expected a string, got 1");
  refused(() => new app.Counter(66), "panic at app.gal:3:5: no", "GalPanic");
  refused(() => new app.Other(), "app.js does not fit: there is no `Other.new`");
  assert(app.Other.made() instanceof app.Other);

  const picked = app.pick([counter, named]);
  assert(picked instanceof app.Counter && picked !== named && picked !== counter);
  refused(() => app.pick([{}]), "pick: argument 1[0]: expected a Counter that is not freed, got {}");
  refused(() => app.pick([app.Other.made()]), "pick: argument 1[0]: expected a Counter that is not freed, got {}");

  log.length = 0;
  counter.free();
  counter.free();
  named[Symbol.dispose]();
  assert.deepEqual(log, [["release", 0], ["release", 1]]);
  refused(() => counter.add(1), "Counter.Add: expected a Counter that is not freed, got {}");
  refused(() => app.pick([counter]), "pick: argument 1[0]: expected a Counter that is not freed, got {}");
  await assert.rejects(counter.get(), { name: "TypeError" });
});

test("functions of the program that JavaScript calls", async () => {
  const given = [];
  const imports = { m: { on: [(f) => void given.push(f), [callback({ x: int }, string)]] } };
  const { app, fake } = await instantiate({ imports, exports: { back: fn([callback([int])]) } }, (module) => ({
    gal_call: (number, length) => (number === 9 ? module.panic("in a callback") : module.give(wireText(`${number}: ${module.take(length)[0]}`))),
    gal_forget() {},
    back: () => 0,
  }), { stderr() {} });
  fake.imports.m.on(fake.give([0, 0, 0, 0]));
  fake.imports.m.on(fake.give([9, 0, 0, 0]));
  assert.equal(given[0](5), "0: 5");
  assert.throws(() => given[0]("x"), { name: "TypeError", message: 'callback: argument 1 (x): expected a whole number, got "x"' });
  assert.throws(() => given[1](5), { name: "GalPanic", message: "panic at app.gal:3:5: in a callback" });
  assert.throws(() => app.back(given[0]), { name: "TypeError", message: /^back: argument 1: expected no callback, got / });
});

test("a module is initialised once before anything else, and told that a panic has been caught", async () => {
  const events = [];
  const { app } = await instantiate({ exports: { f: fn([], int, { plain: true }) } }, (module) => ({
    _initialize: () => void events.push("initialize"),
    f() {
      module.panic("thrown");
      throw new WebAssembly.Exception(new WebAssembly.Tag({ parameters: [] }), []);
    },
    gal_caught: () => void events.push("caught"),
  }), { stderr() {} });
  assert.deepEqual(events, ["initialize"]);
  assert.throws(app.f, { name: "GalPanic", message: "panic at app.gal:3:5: thrown" });
  assert.deepEqual(events, ["initialize", "caught"]);
});

test("a module that does not fit is refused", async () => {
  await assert.rejects(instantiate({ exports: { add: fn([]) } }, () => ({})), {
    name: "TypeError",
    message: "app.js does not fit: there is no `add`",
  });
  await assert.rejects(instantiate({ imports: { "./view.js": { draw: [undefined, []] } } }, () => ({})), {
    name: "TypeError",
    message: "./view.js: there is no `draw`",
  });
});

test("bytes, modules, responses, URLs, paths and promises of them are modules", async () => {
  const { instantiate } = program({ url: () => `data:application/wasm;base64,${Buffer.from(EMPTY).toString("base64")}` });
  const type = (type) => new Response(EMPTY, { headers: { "content-type": type } });
  const sources = [
    undefined,
    EMPTY,
    EMPTY.buffer,
    new DataView(EMPTY.buffer),
    await WebAssembly.compile(EMPTY),
    type("application/wasm"),
    type("text/plain"),
    new URL("./sample/empty.wasm", import.meta.url),
    new URL("./sample/empty.wasm", import.meta.url).href,
    "test/sample/empty.wasm",
    Promise.resolve(EMPTY),
    Promise.resolve(type("application/wasm")),
  ];
  for (const source of sources) assert.equal((await instantiate(source)).exited, undefined);
  const refused = async (source, error) => assert.rejects(instantiate(source), error);
  await refused(5, { name: "TypeError", message: "the source is no WebAssembly module" });
  await refused(new Uint8Array(3), { message: "the source is no WebAssembly module" });
  await refused(new Response("<html>", { headers: { "content-type": "text/html" } }), { message: / \(200\) is no WebAssembly module$/ });
  await refused(new Response("", { status: 404, statusText: "Not Found" }), { message: / \(404\) is no WebAssembly module$/ });
  await refused("no/such/file.wasm", { code: "ENOENT" });
  await refused(Promise.reject(new Error("of the caller")), { message: "of the caller" });
});

test("close ends an instance: a trace has its end, what waits is rejected, nothing goes on", async () => {
  const events = [];
  const description = { exports: { f: fn([]), wait: fn([], int, { async: true }) } };
  const { app } = await instantiate(description, (module) => ({
    f: () => 0,
    wait() {},
    gal_start() {},
    gal_turn: () => 1e6,
    gal_close() {
      module.write(2, "finish\n");
      events.push("close");
    },
  }), { stderr: (text) => events.push(text) });
  const started = app.start();
  const waiting = app.wait();
  await turnOfTheLoop();
  assert.equal(app.exited, undefined);
  app.close();
  app.close();
  assert.deepEqual(events, ["finish\n", "close"]);
  assert.equal(app.exited, 0);
  assert.equal(await started, 0);
  await assert.rejects(waiting, { name: "GalExitError", status: 0 });
  assert.throws(app.f, { name: "GalExitError", message: "the program has ended with status 0" });
  const plain = await instantiate({}, () => ({}));
  plain.app.close();
  assert.equal(plain.app.exited, 0);
});

test("a function of JavaScript may close the instance that calls it", async () => {
  let app;
  let wentOn = false;
  const imports = { m: { f: [() => void app.close(), [], unit] } };
  ({ app } = await instantiate({ imports, exports: { outer: fn([]) } }, (module) => ({
    outer() {
      module.imports.m.f(0);
      wentOn = true;
    },
  })));
  assert.throws(() => app.outer(), { name: "GalExitError", status: 0 });
  assert.equal(wentOn, false);
});

test("an actor in a value with a number that is too large is let go", async () => {
  const { setFlagsFromString } = await import("node:v8");
  const { runInNewContext } = await import("node:vm");
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  const released = [];
  const description = { exports: { f: fn([], array(struct({ n: int, counter: ref("Counter") }))) }, actors: { Counter: actor({ made: [] }) } };
  const { app } = await instantiate(description, (module) => ({
    f: () => module.give([2, 0, 0, 0, ...tooLarge(), 7, 0, 0, 0, ...tooLarge(), 8, 0, 0, 0]),
    "Counter.new.made": () => -1,
    gal_release: (handle) => void released.push(handle),
  }));
  assert.throws(() => app.f(), { name: "RangeError", message: "f: result[0].n: 9007199254740992 is not within ±(2^53 - 1)" });
  for (let tries = 0; released.length < 2 && tries < 50; tries++) {
    gc();
    await turnOfTheLoop();
  }
  assert.deepEqual(released.sort(), [7, 8]);
});

const tooLarge = () => [0, 0, 0, 0, 0, 0, 32, 0];

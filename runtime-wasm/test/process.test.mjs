// What needs a process of its own: when Node ends, what it prints, what is uncaught.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

/** Runs a script in which `instantiate` makes fakes: its status and what it prints. */
function run(script, ...flags) {
  const code = `import { instantiate } from "./fake.mjs";\n${script}`;
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, "--input-type=module", "-e", code], { cwd, encoding: "utf8", timeout: 20_000 });
  return { status, stdout, stderr };
}

test("an exception of a callback does not cross the module, and is uncaught", () => {
  const { status, stdout, stderr } = run(`
    const stdout = () => { throw new Error("of the page"); };
    const { app } = await instantiate({}, (module) => ({ gal_start() { module.write(1, "x\\n"); console.log("went on"); } }), { stdout });
    app.start().then((status) => console.log(status));
  `);
  assert.equal(status, 1);
  assert.match(stderr, /Error: of the page/);
  assert.match(stdout, /^went on\n/);
});

test("standard output and error are Node's, as bytes", () => {
  const { status, stdout, stderr } = run(`
    const { app } = await instantiate({}, (module) => ({
      gal_start() { module.write(1, "a", Uint8Array.of(0xc3)); module.write(1, Uint8Array.of(0xa9)); module.write(2, "b\\n"); module.imports.gal.exit(4); },
    }));
    process.exitCode = await app.start();
  `);
  assert.deepEqual({ status, stdout, stderr }, { status: 4, stdout: "aé", stderr: "b\n" });
});

test("a timer that is due keeps Node alive, waiting for something outside does not", () => {
  const { status, stdout } = run(`
    let turns = 0;
    const { app } = await instantiate({}, () => ({ gal_start() {}, gal_turn: () => [50, 0, Infinity][turns++] ?? Infinity }));
    app.start().then(() => console.log("never"));
    const begin = performance.now();
    process.on("exit", () => console.log(turns, performance.now() - begin >= 49));
  `);
  assert.deepEqual({ status, stdout }, { status: 0, stdout: "3 true\n" });
});

test("a program that is quiet lets Node end", () => {
  const { status, stdout } = run(`
    let turns = 0;
    const { app } = await instantiate({}, () => ({ gal_start() {}, gal_turn: () => (turns++ < 3 ? 0 : -1) }));
    console.log(await app.start());
  `);
  assert.deepEqual({ status, stdout }, { status: 0, stdout: "0\n" });
});

test("a trap in a turn of which nobody waits for the end is uncaught", () => {
  const { status, stderr } = run(`
    const { fn } = await import("@gal-lang/runtime");
    const { app } = await instantiate({ exports: { f: fn([]) } }, () => ({ f: () => 0, gal_turn() { throw new WebAssembly.RuntimeError("unreachable"); } }));
    app.f();
  `);
  assert.equal(status, 1);
  assert.match(stderr, /RuntimeError: unreachable/);
});

test("an exit rejects what nobody waits for without a word", () => {
  const { status, stdout, stderr } = run(`
    const { fn, int } = await import("@gal-lang/runtime");
    const { app } = await instantiate({ exports: { wait: fn([], int, { async: true }) } }, (module) => ({
      wait() {}, gal_start: () => module.imports.gal.exit(0),
    }));
    app.wait();
    console.log(await app.start());
  `);
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "0\n", stderr: "" });
});

test("an actor that is garbage is given back", () => {
  const { status, stdout } = run(
    `
    const { actor } = await import("@gal-lang/runtime");
    const released = [];
    const { app } = await instantiate({ actors: { A: actor({ new: [] }) } }, (module) => {
      let last = 0;
      return { "A.new": () => module.give([last++, 0, 0, 0]), gal_release: (handle) => void released.push(handle) };
    });
    const kept = new app.A();
    (() => new app.A())();
    new app.A().free();
    for (let i = 0; i < 100 && released.length < 2; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      gc();
    }
    console.log(released.join(" "), kept instanceof app.A);
  `,
    "--expose-gc",
  );
  assert.deepEqual({ status, stdout }, { status: 0, stdout: "2 1 true\n" });
});

test("an exit while an answer of JavaScript is taken is no rejection that nobody handles", () => {
  const { status, stdout, stderr } = run(`
    const { unit } = await import("@gal-lang/runtime");
    const imports = { m: { f: [async () => {}, [], unit, { async: true }] } };
    const { app } = await instantiate({ imports }, (module) => ({
      gal_start: () => module.imports.m.f(0, 1),
      gal_settle: () => module.imports.gal.exit(102),
      gal_turn: () => Infinity,
    }));
    console.log(await app.start());
  `);
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "102\n", stderr: "" });
});

test("a function of the program that is garbage is given back", () => {
  const { status, stdout } = run(
    `
    const { callback } = await import("@gal-lang/runtime");
    const forgotten = [];
    const kept = [];
    const imports = { m: { keep: [(f) => void kept.push(f), [callback([])]], use: [() => {}, [callback([])]] } };
    const { fake } = await instantiate({ imports }, () => ({ gal_call: () => 0, gal_forget: (number) => void forgotten.push(number) }));
    fake.imports.m.keep(fake.give([7, 0, 0, 0]));
    fake.imports.m.use(fake.give([8, 0, 0, 0]));
    for (let i = 0; i < 100 && !forgotten.length; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      gc();
    }
    console.log(forgotten.join(" "), kept.length);
  `,
    "--expose-gc",
  );
  assert.deepEqual({ status, stdout }, { status: 0, stdout: "8 1\n" });
});

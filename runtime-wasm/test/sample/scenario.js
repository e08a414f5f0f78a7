// What every engine has to do alike. Without anything of Node, as it runs everywhere.
import { instantiate, instantiateAborting } from "./sample.js";
import { drawn } from "./view.js";

function same(actual, expected) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`expected ${b}, got ${a}`);
}

async function thrown(run) {
  try {
    await run();
  } catch (error) {
    return error;
  }
  throw new Error(`nothing is thrown by ${run}`);
}

/** What every program does; `make` is one of sample.js. */
async function common(make) {
  let text = "";
  const app = await make(undefined, { stdout: (line) => (text += line), stderr: () => {} });
  same(app.add(2, -3), -1);
  same(app.shout("héllo 😀"), "héllo 😀!");
  const long = "x".repeat(200_000);
  same(app.shout(long), `${long}!`);
  same(await app.start(), 0);
  same(text, "hello\nloaded name\n");
  same(await app.wait(), 42);
  app.draw_it(1.5);
  same(drawn.pop(), [1.5, 2.5]);
  const counter = new app.Counter(10);
  counter.add(5);
  same(await counter.get(), 15);
  counter.free();
  same((await thrown(() => counter.add(1))).message, 'Counter.Add: expected a Counter that is not freed, got {}');
  same((await thrown(() => app.add("x", 1))).message, 'add: argument 1 (a): expected a whole number, got "x"');
  return app;
}

/** Gives a word on what was seen: `caught` where panics are caught, or the message of an engine that cannot. */
export async function scenario() {
  const aborting = await common(instantiateAborting);
  same((await thrown(() => aborting.add(13, 1))) instanceof WebAssembly.RuntimeError, true);
  same(aborting.exited, 102);
  same((await thrown(() => aborting.shout("x"))).message, "the program has ended with status 102");

  let app;
  try {
    app = await common(instantiate);
  } catch (error) {
    if (!/^the program needs WebAssembly/.test(error.message)) throw error;
    return error.message;
  }
  const panic = await thrown(() => app.add(13, 1));
  same([panic.name, panic.message], ["GalPanic", "panic at app.gal:1:1: oops"]);
  // Bun shows the frames of modules without their names.
  if (!/checked_add|\n +at unknown\n/.test(panic.stack)) throw new Error(`no wasm frames in ${panic.stack}`);
  same((await thrown(() => app.add(13, 1))).message, "panic at app.gal:1:1: oops");
  const outside = await thrown(() => app.draw_it(-1));
  same([outside.name, outside.message], ["GalPanic", "Error: out of the picture"]);
  same(app.add(1, 1), 2);
  const trap = await thrown(() => app.trap());
  same([trap instanceof WebAssembly.RuntimeError, app.exited], [true, 102]);
  same((await thrown(() => app.add(1, 1))).name, "GalExitError");
  return "caught";
}

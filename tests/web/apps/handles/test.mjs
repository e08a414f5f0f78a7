import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { instantiate } from "./build/app.js";
import * as host from "./host.js";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc");
const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const lines = [];
const app = await instantiate(undefined, { stdout: (text) => lines.push(...text.trim().split("\n")), stderr() {} });
const attempt = async (run) => {
  try {
    return await run();
  } catch (error) {
    return `${error.name}: ${error.message}`.replace(/library\/\S+:\d+:\d+/, "library");
  }
};

console.log("Nobody waits:", await app.give_up());
console.log("An answer:", await attempt(() => app.key_of_an_answer()));
console.log("A result:", await attempt(() => app.key_of_a_result()));
console.log("An argument:", await attempt(() => app.key_of_an_argument(host.keys(), host.make())));
await attempt(async () => {
  const counter = new app.Counter("freed");
  const number = {
    get n() {
      counter.free();
      return 1;
    },
  };
  console.log("A freed actor:", await attempt(() => app.freed(counter, number, host.make())));
});
// The late answers come meanwhile.
for (let tries = 0; tries < 100; tries++) {
  await after(10);
  // What the program drops is let go with the next value that crosses.
  app.key_of_an_argument(new Map(), 0);
  gc();
  if (host.made.length === 6 && host.made.every((ref) => !ref.deref())) break;
}
console.log("Left of", host.made.length, "values:", host.made.filter((ref) => ref.deref()).length);

/** How many actors that begin so have been freed, when those that JavaScript holds are garbage. */
const freed = async (name, count) => {
  const found = () => lines.filter((line) => line.startsWith(name)).length;
  for (let tries = 0; tries < 100 && found() < count; tries++) {
    gc();
    await after(5);
  }
  return found();
};
console.log("Freed:", await freed("freed", 1));
console.log("A result that is too deep:", await attempt(() => app.tree(1005)), await freed("in a result", 1005));
console.log("An argument:", await attempt(() => app.show_tree(1005)), await freed("in an argument", 1005));
console.log("A number that is too large:", await attempt(() => app.far()), await freed("far", 2));

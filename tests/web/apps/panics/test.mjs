import { instantiate } from "./build/app.js";
import * as host from "./host.js";

const attempt = (run) => {
  try {
    return run();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
};
// Lines of the library move.
const log = (...parts) => console.log(...parts.map((part) => `${part}`.replaceAll(/library\/\S+:\d+:\d+/g, "library")));
const app = await instantiate(undefined, { stderr: (text) => log("stderr:", text.trimEnd()) });
log("A function of numbers:", attempt(() => app.divide(1, 0)));
log("The instance goes on:", app.exited, app.divide(7, 2));
log("A function of texts:", attempt(() => app.nth(["a"], 1)));
log("It goes on:", app.exited, app.nth(["a"], 0), "status", await app.start());

host.use((n) => app.divide(10, n), (text) => app.nth(["a", "b"], text.length));
log("Within a call:", app.outer(5), app.outer_text("x"));
log("A panic goes through:", attempt(() => app.outer(0)));
log("And here:", attempt(() => app.outer_text("xx")));
log("And then:", app.outer(5), app.outer_text("x"));

host.use((n) => (attempt(() => app.divide(10, n)), -1), (text) => attempt(() => app.nth([], text.length)));
log("JavaScript catches it:", app.outer(0), app.outer_text("x"));

// What a panic passes is dropped: 100 MiB would be more than one.
const { instantiate: real } = WebAssembly;
let memory;
WebAssembly.instantiate = async (...given) => {
  const instance = await real(...given);
  ({ memory } = instance.exports);
  return instance;
};
const quiet = await instantiate(undefined, { stderr() {} });
quiet.heavy(1);
const before = memory.buffer.byteLength;
for (let n = 0; n < 100; n++) attempt(() => quiet.heavy(0));
log("Memory is given back:", quiet.heavy(1), memory.buffer.byteLength === before);

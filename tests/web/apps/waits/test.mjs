import { instantiate } from "./build/app.js";
import * as host from "./host.js";

const attempt = async (run) => {
  try {
    return await run();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
};
// Lines of the library move.
const log = (...parts) => console.log(...parts.map((part) => `${part}`.replaceAll(/library\/\S+:\d+:\d+/g, "library")));
const app = await instantiate(undefined, { stderr: (text) => log("stderr:", text.trimEnd()) });
const waiting = app.slow(30);
log("While another waits:", await attempt(() => app.divide(1, 0)));
log("One that has waited:", await attempt(() => app.slow_division(1, 0)), app.divide(6, 2));
log("The other:", await waiting, app.exited);

const caller = new app.Caller();
const caught = (run, instead) => {
  try {
    return run();
  } catch {
    return instead;
  }
};
host.use((n) => caught(() => app.divide(1, n), -1));
log("JavaScript catches it while an actor runs:", await caller.call(0));
host.use((text) => caught(() => app.half(text), "caught"));
log("And of a text:", await caller.callText("x"));
log("The actor goes on:", await caller.calls());
host.use((n) => app.divide(1, n));
log("Nobody catches it:", await attempt(() => caller.call(0)));
log("The actor has crashed:", await attempt(() => caller.calls()));
log("The instance goes on:", app.exited, app.divide(6, 2), await new app.Caller().call(1));

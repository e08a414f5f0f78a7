// As galc writes it beside its module.
import { actor, enumeration, float, fn, int, program, result, string, unit } from "@gal-lang/runtime";
import * as view from "./view.js";

const AskError = enumeration(["Timeout", "Dead", "Crashed", "Deadlock"]);
const description = {
  url: () => new URL("./sample.wasm", import.meta.url),
  name: "sample",
  needs: ["exnref"],
  imports: { "./view.js": { draw: [view.draw, [float, float], unit, { plain: true }], load: [view.load, [string], string, { async: true }] } },
  exports: {
    add: fn({ a: int, b: int }, int, { plain: true }),
    shout: fn([string], string),
    wait: fn([], int, { async: true }),
    draw_it: fn([float], unit, { plain: true }),
    trap: fn([], unit),
  },
  actors: { Counter: actor({ new: { start: int } }, { Add: { n: int } }, { Get: [[], result(int, AskError)] }) },
};

export const { instantiate } = program(description);

/** As with `--panic=abort`. */
export const { instantiate: instantiateAborting } = program({ ...description, url: () => new URL("./sample-abort.wasm", import.meta.url), needs: [] });

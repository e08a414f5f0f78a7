/** The entry for browsers, workers, Deno and Bun: `fetch` and the console. */
import { consoleSink } from "./output.js";
import { type Description, makeProgram, type Program } from "./program.js";

export * from "./common.js";

/** A program that galc has compiled. */
export function program<T = Record<string, never>>(description: Description): Program<T> {
  return makeProgram(description, {
    load: (url) => fetch(url),
    stdout: () => consoleSink("log"),
    stderr: () => consoleSink("error"),
  });
}

/** The entry for Node: files, and the standard streams as bytes. */
import type { Sink } from "./output.js";
import { type Description, makeProgram, type Program } from "./program.js";

export * from "./common.js";

/** A program that galc has compiled. */
export function program<T = Record<string, never>>(description: Description): Program<T> {
  return makeProgram(description, {
    load: async (url) => {
      // A letter and a colon begin a path on Windows.
      const isPath = typeof url === "string" && !/^[a-z][a-z0-9+.-]+:/i.test(url);
      if (!isPath && !/^file:/i.test(`${url}`)) return fetch(url);
      const { readFile } = await import("node:fs/promises");
      return (await readFile(isPath ? url : new URL(url))) as Uint8Array<ArrayBuffer>;
    },
    stdout: () => byteSink(process.stdout),
    stderr: () => byteSink(process.stderr),
  });
}

function byteSink(stream: NodeJS.WriteStream): Sink {
  return {
    write(bytes) {
      // The stream may keep them for later, when the module's memory has other bytes there.
      stream.write(bytes.slice());
    },
    flush() {},
  };
}

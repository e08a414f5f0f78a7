/** What the module imports from `gal`. */
import { type Address, memory } from "./exchange.js";
import type { Host, Options, Platform } from "./host.js";
import { textSink } from "./output.js";
import { array, encoder, string, tuple } from "./values.js";

export function importsOf(
  host: Host,
  program: string,
  {
    args = [],
    env = {},
    stdin = "",
    stdout,
    stderr,
    now = () => performance.now(),
    random = (bytes) => crypto.getRandomValues(bytes),
  }: Options,
  platform: Platform,
  piece: (bytes: Uint8Array) => void,
): WebAssembly.ModuleImports {
  let input: Uint8Array = typeof stdin === "string" ? encoder.encode(stdin) : stdin;
  const out = stdout ? textSink(stdout) : platform.stdout();
  const err = stderr ? textSink(stderr) : platform.stderr();
  host.flush = () => {
    out.flush();
    err.flush();
  };
  return {
    write(channel: number, address: Address, length: number) {
      const bytes = memory(host, address, length);
      if (channel === 3) piece(bytes);
      (channel === 1 ? out : err).write(bytes);
      // Whoever gets the output may have ended the program.
      host.check();
    },
    read(address: Address, length: number) {
      // Whoever is asked for input wants to see the question.
      host.flush();
      const part = input.subarray(0, length);
      input = input.subarray(length);
      memory(host, address, length).set(part);
      return part.length;
    },
    now,
    time: Date.now,
    random: (address: Address, length: number) => random(memory(host, address, length)),
    args: () => host.put(host.write([["args", array(string)]], [[program, ...args]])),
    env: () => host.put(host.write([["env", array(tuple([string, string]))]], [Object.entries(env)])),
    exit(status: number) {
      host.end(status);
      host.check();
    },
    settle: host.answer,
    drop: host.drop,
  };
}

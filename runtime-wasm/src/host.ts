/**
 * An instance from within: calls in both directions, and its end.
 *
 * A value is written before the module is entered and read before anything else runs, so the one exchange buffer is
 * enough however calls nest. Whatever leaves the module other than a panic leaves it half done: that ends the instance.
 */
import { GalExitError, type GalPanic, MISFIT } from "./errors.js";
import type { Fetch } from "./load.js";
import { type Sink, textSink } from "./output.js";
import { panics } from "./panics.js";
import { eventLoop } from "./turns.js";
import { array, string, tuple } from "./values.js";
import { type Codec, cross, type Part, Wire } from "./wire.js";

export type Exported = (...args: any[]) => any;

/** What differs between hosts. */
export interface Platform {
  load: Fetch;
  stdout(): Sink;
  stderr(): Sink;
}

/** What the functions and actors of an instance need of it. */
export interface Host {
  exports: Record<string, Exported>;
  /** The status that the program has ended with. */
  status: number | undefined;
  /** Throws if the program has ended. */
  check(): void;
  /** Runs what calls an export. */
  enter<T>(run: () => T): T;
  /** The same for what nobody waits for; nothing at the program's end. */
  background<T>(run: () => T): T | undefined;
  write(parts: Part[], values: readonly unknown[]): Wire;
  /** Puts what was written into the module's buffer: its length. */
  put(wire: Wire): number;
  /** Takes values out of the buffer. */
  read(parts: Part[], length: number): any[];
  /** The result of a function of the program, or a throw of what it stands for. */
  take(name: string, result: Codec<unknown>, length: number): unknown;
  /** Writes, and runs what calls an export that answers later. */
  ask(name: string, result: Codec<unknown>, write: () => Wire, run: (wire: Wire, ticket: number) => void): Promise<unknown>;
  /** The panic that was written last. */
  panic(): GalPanic;
  /** Values that only JavaScript knows, by their handles; `hold` makes one. */
  held: Map<number, unknown>;
  hold(value: unknown): number;
  /** Exported actors: an instance of a handle that has come out, and the handle of an instance that is not freed. */
  actors: Map<string, { wrap(handle: number): object; handle(value: unknown): number | undefined }>;
  /** Runs what belongs to an object when that is garbage. */
  garbage: FinalizationRegistry<() => void>;
}

export interface Options {
  /** The program's arguments, without its name. */
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** All of standard input. */
  stdin?: string | Uint8Array;
  /** Called with text, by whole lines where it comes so. */
  stdout?: (text: string) => void;
  stderr?: (text: string) => void;
  /** For how many milliseconds at a time the program may run before the page gets its turn. */
  budget?: number;
  /** A clock that never goes back, in milliseconds. */
  now?: () => number;
  /** Fills the array with random bytes. */
  random?: (bytes: Uint8Array<ArrayBuffer>) => void;
}

/** A call whose answer has not come yet. */
interface Pending {
  /** Not there while the call is being made. */
  promise?: Promise<unknown>;
  name: string;
  result: Codec<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Ended by a trap; must match `fatal_with` in library/runtime/panic.gal. */
const FATAL = 102;

type Address = number | bigint;

/** An instance that has no module yet, what the module imports from `gal`, what begins with the module's exports, and `start`. */
export function makeHost(
  program: string,
  {
    args = [],
    env = {},
    stdin = "",
    stdout,
    stderr,
    budget = 8,
    now = () => performance.now(),
    random = (bytes) => crypto.getRandomValues(bytes),
  }: Options,
  platform: Platform,
) {
  let input: Uint8Array = typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin;
  const out = stdout ? textSink(stdout) : platform.stdout();
  const err = stderr ? textSink(stderr) : platform.stderr();
  const pending = new Map<number, Pending>();
  /** 0 is `undefined`, and never given back. */
  const held = new Map<number, unknown>([[0, undefined]]);
  /** What the module has given back. It may be in the buffer, as a result whose last owner is gone, until that is read or used anew. */
  let dropped: number[] = [];
  const { piece, last } = panics();
  let cause: unknown;
  let depth = 0;
  let spare: Wire["view"] | undefined;
  let unused = 0;
  let loop: ReturnType<typeof eventLoop> | undefined;
  let started: Promise<number> | undefined;
  /** What waits for the end of the program's first part. */
  let begun: { resolve(status: number): void; reject(error: unknown): void } | undefined;

  const host: Host = {
    exports: {},
    status: undefined,
    actors: new Map(),
    garbage: new FinalizationRegistry((run) => run()),
    check() {
      if (host.status !== undefined) throw exitError();
    },
    enter: (run) => enter(run, rest),
    background: (run) => background(run, rest),
    write(parts, values) {
      // A getter of a value may call the program, too: that call gets memory of its own.
      const wire = new Wire(host, spare);
      spare = undefined;
      try {
        cross(wire, parts, values);
        return wire;
      } catch (error) {
        dropped.push(...wire.handles);
        throw error;
      }
    },
    put(wire) {
      const { at, view } = wire;
      giveBack();
      if (at) buffer(at).set(new Uint8Array(view.buffer, 0, at));
      spare = view;
      return at;
    },
    read(parts, length) {
      const { buffer: bytes, byteOffset } = length ? buffer(length) : new Uint8Array();
      const wire = new Wire(host, new DataView(bytes), true, byteOffset);
      const values = cross(wire, parts, []);
      giveBack();
      return wire.at === byteOffset + length ? values : wire.outside(MISFIT);
    },
    take(name, result, length) {
      const [value] = host.read([[`${name}: result`, result]], length);
      return result.unwrap ? result.unwrap(name, value) : value;
    },
    ask(name, result, write, run) {
      const entry = { name, result } as Pending;
      return (entry.promise = new Promise((resolve, reject) => {
        const wire = write();
        const ticket = next(pending);
        pending.set(ticket, Object.assign(entry, { resolve, reject }));
        run(wire, ticket);
      }));
    },
    panic: last,
    hold(value) {
      const handle = next(held);
      held.set(handle, value);
      return handle;
    },
    held,
  };

  /** Runs what calls an export, and `after` it if nothing of the module is running any more. */
  function enter<T>(run: () => T, after: () => void): T {
    host.check();
    depth++;
    try {
      return run();
    } catch (error) {
      if (cause) throw cause;
      host.check();
      if (error instanceof WebAssembly.Exception) {
        host.exports.gal_caught?.();
        throw last();
      }
      end(FATAL, error);
      throw error;
    } finally {
      if (!--depth) after();
    }
  }

  function rest(): void {
    if (loop) loop.wake();
    // Not before the result has been read: whoever gets the output may call again.
    else queueMicrotask(flush);
  }

  function background<T>(run: () => T, after: () => void): T | undefined {
    try {
      if (host.status === undefined) return enter(run, after);
    } catch (error) {
      // `start` tells of the end, if it waits for that; of an exit there is nothing to tell.
      if (host.status === undefined || (cause && !begun)) throw error;
    }
  }

  /** Goes on with what is ready; what `gal_turn` says. */
  function turn(): number | undefined {
    const next: number = background(() => host.exports.gal_turn!(budget), () => {});
    if (next < 0) done(-1 - next);
    else if (next) flush();
    return next;
  }

  function start(): Promise<number> {
    return (started ??= new Promise((resolve, reject) => {
      const { gal_start } = host.exports;
      if (!gal_start) throw new TypeError("there is no `main`");
      begun = { resolve, reject };
      host.enter(gal_start);
      if (!loop) done(0);
    }));
  }

  /** The program's first part is done. */
  function done(status: number): void {
    flush();
    begun?.resolve(status);
    begun = undefined;
  }

  /** Ends the instance, by `exit` or by what has left the module. */
  function end(status: number, error?: unknown): void {
    if (host.status !== undefined) return;
    host.status = status;
    cause = error;
    loop?.stop();
    flush();
    held.clear();
    for (const { promise, reject } of pending.values()) {
      // Nobody has to wait for an answer: that the program ended first is no fault of theirs.
      promise?.catch(() => {});
      reject(exitError());
    }
    if (error) begun?.reject(error);
    else begun?.resolve(status);
  }

  function exitError(): GalExitError {
    const status = host.status!;
    return new GalExitError(`the program has ended with status ${status}`, { status, cause });
  }

  function flush(): void {
    out.flush();
    err.flush();
  }

  /** Addresses above 2^31 are negative, as 32 bits; 64 bits are a bigint. */
  function memory(address: Address, length: number): Uint8Array<ArrayBuffer> {
    const at = typeof address === "bigint" ? Number(address) : address >>> 0;
    return new Uint8Array((host.exports.memory as unknown as WebAssembly.Memory).buffer as ArrayBuffer, at, length);
  }

  function buffer(length: number): Uint8Array<ArrayBuffer> {
    return memory(host.exports.gal_buffer!(length), length);
  }

  /** A number that is no key. */
  function next(map: Map<number, unknown>): number {
    while (map.has((unused = (unused + 1) & 0x7fffffff)));
    return unused;
  }

  function giveBack(): void {
    dropped.forEach((handle) => held.delete(handle));
    dropped = [];
  }

  const gal: WebAssembly.ModuleImports = {
    write(channel: number, address: Address, length: number) {
      const bytes = memory(address, length);
      if (channel === 3) piece(bytes);
      (channel === 1 ? out : err).write(bytes);
      // Whoever gets the output may have ended the program.
      host.check();
    },
    read(address: Address, length: number) {
      // Whoever is asked for input wants to see the question.
      flush();
      const part = input.subarray(0, length);
      input = input.subarray(length);
      memory(address, length).set(part);
      return part.length;
    },
    now,
    time: Date.now,
    random: (address: Address, length: number) => random(memory(address, length)),
    args: () => host.put(host.write([["args", array(string)]], [[program, ...args]])),
    env: () => host.put(host.write([["env", array(tuple([string, string]))]], [Object.entries(env)])),
    exit(status: number) {
      end(status);
      host.check();
    },
    settle(ticket: number, status: number, length: number) {
      const { name, result, resolve, reject } = pending.get(ticket)!;
      pending.delete(ticket);
      try {
        if (status) throw last();
        resolve(host.take(name, result, length));
      } catch (error) {
        reject(error);
      }
    },
    drop: (handle: number) => void dropped.push(handle),
  };

  return {
    host,
    gal,
    start,
    open(exports: WebAssembly.Exports) {
      host.exports = exports as Host["exports"];
      if (exports.gal_turn) loop = eventLoop(turn, budget);
      enter(() => host.exports._initialize?.(), () => {});
    },
  };
}

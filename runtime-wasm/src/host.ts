/**
 * An instance from within: calls of the module, and its end.
 *
 * Whatever leaves the module other than a panic leaves it half done: that ends the instance.
 */
import { type Answers, answers } from "./answers.js";
import { type Exchange, exchange } from "./exchange.js";
import { GalExitError, type GalPanic } from "./errors.js";
import type { Fetch } from "./load.js";
import { importsOf } from "./imports.js";
import type { Sink } from "./output.js";
import { panics } from "./panics.js";
import { eventLoop } from "./turns.js";

export type Exported = (...args: any[]) => any;

/** What differs between hosts. */
export interface Platform {
  load: Fetch;
  stdout(): Sink;
  stderr(): Sink;
}

/** What the functions and actors of an instance need of it. */
export interface Host extends Exchange, Answers {
  exports: Record<string, Exported>;
  /** The status that the program has ended with. */
  status: number | undefined;
  /** Throws if the program has ended. */
  check(): void;
  /** Runs what calls an export. */
  enter<T>(run: () => T): T;
  /** The same for what nobody waits for; nothing at the program's end. */
  background<T>(run: () => T): T | undefined;
  /** Ends the instance, by `exit` or by what has left the module. */
  end(status: number, error?: unknown): void;
  /** Writes what is left of a line. */
  flush(): void;
  /** The panic that was written last. */
  panic(): GalPanic;
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

/** Ended by a trap; must match `fatal_with` in library/runtime/panic.gal. */
const FATAL = 102;

/** An instance that has no module yet, what the module imports from `gal`, what begins with the module's exports, and what the page calls. */
export function makeHost(program: string, options: Options, platform: Platform) {
  const { piece, last } = panics();
  const host = {
    exports: {},
    actors: new Map(),
    garbage: new FinalizationRegistry<() => void>((run) => run()),
    panic: last,
  } as unknown as Host;
  Object.assign(host, exchange(host), answers(host));
  const gal = importsOf(host, program, options, platform, piece);
  return { host, gal, ...lifeOf(host, options.budget ?? 8) };
}

/** Calls of the module from its begin to its end, which `host` can tell from here on. */
function lifeOf(host: Host, budget: number) {
  let cause: unknown;
  let depth = 0;
  let loop: ReturnType<typeof eventLoop> | undefined;
  let started: Promise<number> | undefined;
  /** What waits for the end of the program's first part. */
  let begun: ((status: number, error?: unknown) => void) | undefined;

  /** Runs what calls an export, and `after` it if nothing of the module is running any more. */
  function enter<T>(run: () => T, after: () => void = rest): T {
    host.check();
    depth++;
    try {
      return run();
    } catch (error) {
      if (cause) throw cause;
      host.check();
      if (error instanceof WebAssembly.Exception) {
        host.exports.gal_caught?.();
        throw host.panic();
      }
      host.end(FATAL, error);
      throw error;
    } finally {
      if (!--depth) after();
    }
  }

  function rest(): void {
    if (loop) loop.wake();
    // Not before the result has been read: whoever gets the output may call again.
    else queueMicrotask(host.flush);
  }

  function background<T>(run: () => T, after?: () => void): T | undefined {
    try {
      return enter(run, after);
    } catch (error) {
      // `start` tells of the end, if it waits for that; of an exit, or one that has been told of, there is nothing to tell.
      if (host.status === undefined || (error === cause && !begun)) throw error;
    }
  }

  /** Goes on with what is ready; what `gal_turn` says. */
  function turn(): number | undefined {
    const next: number = background(() => host.exports.gal_turn!(budget), nothing);
    if (next < 0) done(-1 - next);
    else if (next) host.flush();
    return next;
  }

  /** The program's first part is done. */
  function done(status: number): void {
    host.flush();
    begun?.(status);
    begun = undefined;
  }

  Object.assign(host, {
    enter,
    background,
    check() {
      const { status } = host;
      if (status !== undefined) throw new GalExitError(`the program has ended with status ${status}`, { status, cause });
    },
    end(status: number, error?: unknown) {
      if (host.status !== undefined) return;
      host.status = status;
      cause = error;
      loop?.stop();
      host.flush();
      host.held.clear();
      host.fail();
      begun?.(status, error);
    },
  });

  return {
    start: () =>
      (started ??= new Promise((resolve, reject) => {
        const { gal_start } = host.exports;
        if (!gal_start) throw new TypeError("there is no `main`");
        begun = (status, error) => (error ? reject(error) : resolve(status));
        host.enter(gal_start);
        if (!loop) done(0);
      })),
    close() {
      background(() => host.exports.gal_close?.());
      host.end(0);
    },
    open(exports: WebAssembly.Exports) {
      host.exports = exports as Host["exports"];
      if (exports.gal_turn) loop = eventLoop(turn, budget);
      enter(() => host.exports._initialize?.(), nothing);
    },
  };
}

const nothing = () => {};

/** What the `app.js` that galc writes describes, and instances of it. */
import { type ActorBinder, free } from "./actors.js";
import { checkEngine, type Feature } from "./engine.js";
import { type Binder, exportOf, type Import, importOf } from "./functions.js";
import { type Exported, Host } from "./host.js";
import { compile, type Fetch, type Source } from "./load.js";
import { type Sink, textSink } from "./output.js";
import { eventLoop } from "./turns.js";
import { array, string, tuple } from "./values.js";

export interface Description {
  /** Where the module is. */
  url: () => URL | string;
  /** The program's name, which it finds before its arguments. */
  name?: string;
  /** What the engine must have. */
  needs?: readonly Feature[];
  /** The size of an address in bytes. */
  pointer?: 4 | 8;
  /** Functions of JavaScript, by module and name. */
  imports?: Record<string, Record<string, Import>>;
  exports?: Record<string, Binder>;
  actors?: Record<string, ActorBinder>;
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
  /** For how many milliseconds at a time the program may run before the page gets its turn: 8. */
  budget?: number;
  /** A clock that never goes back, in milliseconds; `performance.now` unless given. */
  now?: () => number;
  /** Milliseconds since 1970; `Date.now` unless given. */
  time?: () => number;
  /** Fills the array with random bytes; `crypto.getRandomValues` unless given. */
  random?: (bytes: Uint8Array<ArrayBuffer>) => void;
}

/** What every instance has besides the program's own functions and actors. */
export interface Instance {
  /** Runs `main`; fulfilled with the exit status when nothing is left to do. */
  start(): Promise<number>;
  /** The status, if the program has ended, so that it takes no more calls. */
  readonly exited: number | undefined;
}

export interface Program<T> {
  /** Makes an instance of the module at `source`, or else of the one beside `app.js`. */
  instantiate(source?: Source, options?: Options): Promise<Instance & T>;
}

/** What differs between hosts. */
export interface Platform {
  load: Fetch;
  stdout(): Sink;
  stderr(): Sink;
}

const OWN_NAMES = ["start", "exited", "then"];
const BUDGET_MS = 8;

export function makeProgram<T>(description: Description, platform: Platform): Program<T> {
  const { url, needs = [], pointer = 4, imports = {}, exports = {}, actors = {} } = description;
  for (const name of Object.keys({ ...exports, ...actors })) free(name, OWN_NAMES);
  return {
    async instantiate(source, options = {}) {
      checkEngine(needs);
      const module = await compile(source ?? url(), platform.load);
      const sink = (emit: Options["stdout"], other: () => Sink) => (emit ? textSink(emit) : other());
      const host = new Host(pointer, sink(options.stdout, platform.stdout), sink(options.stderr, platform.stderr));
      const given: WebAssembly.Imports = { gal: galImports(host, description, options) };
      for (const module in imports) {
        given[module] = {};
        for (const name in imports[module]) {
          given[module][name] = importOf(host, module, name, imports[module][name]!) as WebAssembly.ImportValue;
        }
      }
      const instance = await WebAssembly.instantiate(module, given);
      host.exports = instance.exports as unknown as Host["exports"];
      const { budget = BUDGET_MS } = options;
      if (host.exports.gal_turn) host.loop = eventLoop(() => host.turn(budget), budget);
      const app = instanceOf(host);
      for (const name in actors) app[name] = actors[name]!(host, name);
      for (const name in exports) app[name] = exports[name]!(host, name);
      return app as unknown as Instance & T;
    },
  };
}

function instanceOf(host: Host): Record<string, unknown> {
  let started: Promise<number> | undefined;
  return {
    start: () =>
      (started ??= new Promise((resolve, reject) => {
        if (!host.exports.gal_start) throw new TypeError("this program has no `main` to start");
        host.begun = { resolve, reject };
        host.enter(exportOf(host, "gal_start"));
        if (!host.loop) host.done();
      })),
    get exited() {
      return host.status;
    },
  };
}

function galImports(host: Host, description: Description, options: Options): Record<string, Exported> {
  const { args = [], env = {}, stdin = "" } = options;
  const { now = () => performance.now(), time = Date.now, random = (bytes) => crypto.getRandomValues(bytes) } = options;
  const input = typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin;
  let at = 0;
  const given = {
    write(channel: number, address: number, length: number) {
      const bytes = host.memory(address, length);
      if (channel === 3) host.panicPiece(bytes);
      (channel === 1 ? host.out : host.err).write(bytes);
    },
    read(address: number, length: number) {
      // Whoever is asked for input wants to see the question.
      host.flush(false);
      const part = input.subarray(at, at + length);
      host.memory(address, part.length).set(part);
      at += part.length;
      return part.length;
    },
    now,
    time,
    random(address: number, length: number) {
      random(host.memory(address, length));
    },
    args: () => host.put(host.write([array(string)], ["args"], [[description.name ?? "program", ...args]])),
    env: () => host.put(host.write([array(tuple([string, string]))], ["env"], [Object.entries(env)])),
    exit(status: number) {
      host.end(status);
      throw host.exitError();
    },
    settle: (ticket: number, status: number, length: number) => host.settle(ticket, status, length),
    drop: (handle: number) => host.drop(handle),
  };
  return given as Record<string, Exported>;
}

/** What the `app.js` that galc writes describes, and instances of it. */
import type { ActorBinder } from "./actors.js";
import { checkEngine, type Feature } from "./engine.js";
import { type Binder, type Import, importOf } from "./functions.js";
import { makeHost, type Options, type Platform } from "./host.js";
import { compile, type Source } from "./load.js";

export interface Description {
  /** Where the module is. */
  url: () => URL | string;
  /** The program's name, which it finds before its arguments. */
  name?: string;
  /** What the engine must have. */
  needs?: readonly Feature[];
  /** The size of an address in bytes: the same to the loader. */
  pointer?: 4 | 8;
  /** Functions of JavaScript, by module and name. */
  imports?: Record<string, Record<string, Import>>;
  exports?: Record<string, Binder>;
  actors?: Record<string, ActorBinder>;
}

/** What every instance has besides the program's own functions and actors. */
export interface Instance {
  /** Runs `main`; fulfilled with the exit status when nothing is left to do. */
  start(): Promise<number>;
  /** Ends the program, as `exit(0)` of its own would: nothing of it runs any more. */
  close(): void;
  /** The status, if the program has ended, so that it takes no more calls. */
  readonly exited: number | undefined;
}

export interface Program<T> {
  /** Makes an instance of the module at `source`, or else of the one beside `app.js`. */
  instantiate(source?: Source, options?: Options): Promise<Instance & T>;
}

export function makeProgram<T>(description: Description, platform: Platform): Program<T> {
  const { url, name = "main", needs = [], imports = {}, exports = {}, actors = {} } = description;
  return {
    async instantiate(source, options = {}) {
      checkEngine(needs);
      const module = await compile(source ?? url(), platform.load);
      const { host, gal, start, close, open } = makeHost(name, options, platform);
      const given = mapValues(imports, (module, functions) => mapValues(functions, (name, it) => importOf(host, module, name, it)));
      open((await WebAssembly.instantiate(module, { ...given, gal })).exports);
      const bound = mapValues({ ...actors, ...exports }, (name, bind) => bind(host, name));
      const app: Instance = {
        start,
        close,
        get exited() {
          return host.status;
        },
      };
      return Object.assign(app, bound) as Instance & T;
    },
  };
}

function mapValues<V, W>(object: Record<string, V>, map: (key: string, value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(key, value)]));
}

/** Functions of the program as JavaScript calls them, and functions of JavaScript as the program does. */
import { MISFIT, textOf } from "./errors.js";
import type { Exported, Host } from "./host.js";
import { uint32, unit } from "./numbers.js";
import { string } from "./values.js";
import { type Codec, cross, type Part, Wire } from "./wire.js";

/** The codecs of parameters; with the names of those, if they are to stand in messages. */
export type Parameters = readonly Codec<unknown>[] | Record<string, Codec<unknown>>;

export interface Flags {
  /** It takes and gives numbers, without the buffer. */
  plain?: boolean;
  /** It may suspend, and gives a promise. */
  async?: boolean;
}

/** Makes what JavaScript calls of an export of that name. */
export type Binder = (host: Host, name: string) => Exported;

/** A function that the program exports. */
export function fn(parameters: Parameters, result: Codec<unknown> = unit, { plain, async }: Flags = {}): Binder {
  return (host, name) => {
    if (!plain) return caller(host, name, name, parameters, result, async);
    const call = exportOf(host, name);
    const wire = new Wire(host);
    const given = partsOf(name, parameters);
    const taken: Part[] = [[`${name}: result`, result]];
    return (...values) => {
      const args = cross(wire, given, values, "lower");
      return cross(wire, taken, [host.enter(() => call(...args))], "lift")[0];
    };
  };
}

export function exportOf(host: Host, name: string): Exported {
  const found = host.exports[name];
  if (!found) throw new TypeError(`${MISFIT}: there is no \`${name}\``);
  return found;
}

/** A call by way of the buffer; `self` comes before the parameters, and `first` before the length. */
export function caller(
  host: Host,
  exported: string,
  name: string,
  parameters: Parameters,
  result: Codec<unknown> = unit,
  isAsync = false,
  self: Part[] = [],
  ...first: number[]
): Exported {
  const call = exportOf(host, exported);
  const parts = [...self, ...partsOf(name, parameters)];
  return (...values) => {
    const write = () => host.write(parts, values);
    const run = (wire: Wire, ...ticket: number[]): number => host.enter(() => call(...first, host.put(wire), ...ticket));
    if (isAsync) return host.ask(name, result, write, run);
    const length = run(write());
    if (length < 0) throw host.panic();
    return host.take(name, result, length);
  };
}

function partsOf(name: string, parameters: Parameters): Part[] {
  return Object.entries(parameters).map(([key, codec], index) => {
    // The keys of a list are numbers.
    const label = +key >= 0 ? "" : ` (${key})`;
    return [`${name}: argument ${index + 1}${label}`, codec];
  });
}

/** A function of JavaScript that the program imports. */
export type Import = readonly [run: unknown, parameters: Parameters, result?: Codec<unknown>, flags?: Flags];

export function importOf(host: Host, module: string, name: string, [run, parameters, result = unit, { plain, async } = {}]: Import): Exported {
  if (typeof run !== "function") throw new TypeError(`${module}: there is no \`${name}\``);
  const parts = partsOf(name, parameters);
  const given: Part[] = [[`${name}: result`, result.ok ?? result]];
  const call = (values: unknown[]): unknown[] => {
    const value: unknown = run(...values);
    // It may have called the program, and that may have ended.
    host.check();
    return [value];
  };
  const failure = (thrown: unknown) => {
    const error = result.error ?? string;
    return host.write([[name, error]], [error === string ? textOf(thrown) : thrown]);
  };
  if (async) {
    return (length: number, ticket: number) => {
      const settle = (status: number, wire: Wire) => host.background(() => host.exports.gal_settle!(ticket, status, host.put(wire)));
      (async () => host.write(given, [await run(...host.read(parts, length))]))().then(
        (wire) => settle(0, wire),
        (thrown) => settle(1, failure(thrown)),
      );
      host.check();
    };
  }
  const wire = new Wire(host);
  return (...args) => {
    try {
      return plain
        ? cross(wire, given, call(cross(wire, parts, args, "lift")), "lower")[0]
        : host.put(host.write(given, call(host.read(parts, args[0]))));
    } catch (thrown) {
      // A number cannot say that there is none: the module panics, if it knows how to. An exception of JavaScript leaves it half done.
      host.check();
      const { gal_throw } = host.exports;
      if (plain && !gal_throw) throw thrown;
      const length = host.put(failure(thrown));
      return plain ? gal_throw!(length) : -1;
    }
  };
}

/** A function of the program that JavaScript calls as long as it has it. */
export const callback =
  (parameters: Parameters, result: Codec<unknown> = unit): Codec<Exported> =>
  (wire, value) => {
    wire.check(false, "no callback", value);
    const { host } = wire;
    const number = uint32(wire, 0);
    const call = caller(host, "gal_call", "callback", parameters, result, false, [], number);
    host.garbage.register(call, () => host.background(() => host.exports.gal_forget!(number)));
    return call;
  };

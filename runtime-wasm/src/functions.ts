/** Functions of the program as JavaScript calls them, and functions of JavaScript as the program does. */
import { textOf } from "./errors.js";
import type { Exported, Host } from "./host.js";
import { unit } from "./numbers.js";
import { string } from "./values.js";
import { type Codec, Place, type Plain } from "./wire.js";

/** The codecs of parameters; with the names of those, if they are to stand in messages. */
export type Parameters = readonly Codec<unknown>[] | Record<string, Codec<unknown>>;

export interface Flags {
  /** It takes and gives numbers, without the buffer. */
  plain?: boolean;
  /** It may suspend, and gives a promise. */
  async?: boolean;
}

export type Signature = readonly [parameters: Parameters, result?: Codec<unknown>, flags?: Flags];

/** Makes what JavaScript calls of an export of that name. */
export type Binder = (host: Host, name: string) => Exported;

/** A function that the program exports. */
export function fn(parameters: Parameters, result: Codec<unknown> = unit, flags: Flags = {}): Binder {
  return (host, name) => {
    const call = exportOf(host, name);
    const { codecs, labels } = parametersOf(name, parameters);
    if (flags.plain) return plainFunction(host, name, call, codecs, labels, result);
    const write = (values: unknown[]) => host.write(codecs, labels, values);
    if (flags.async) return (...values) => host.ask(name, result, () => write(values), call);
    return (...values) => {
      const to = write(values);
      const length = host.enter(() => call(host.put(to))) as number;
      if (length < 0) throw host.panic();
      return host.take(name, result, length);
    };
  };
}

function plainFunction(
  host: Host,
  name: string,
  call: Exported,
  codecs: Codec<unknown>[],
  labels: string[],
  result: Codec<unknown>,
): Exported {
  const place = new Place();
  place.depth = 1;
  return (...values) => {
    const args = plainOf(host, place, codecs, labels, values);
    const given = host.enter(() => call(...args));
    place.path[0] = `${name}: result`;
    return result.plain!.from(place, given as number);
  };
}

/** `()` is no parameter in WebAssembly. */
function plainOf(host: Host, place: Place, codecs: Codec<unknown>[], labels: string[], values: unknown[]) {
  const args: (number | bigint)[] = [];
  codecs.forEach((codec, i) => {
    place.path[0] = labels[i]!;
    if (codec !== unit) args.push(codec.plain!.to(place, values[i], host.pointer));
  });
  return args;
}

export function exportOf(host: Host, name: string): Exported {
  return host.exports[name] ?? misfit(`exports no \`${name}\``);
}

function misfit(what: string): never {
  throw new TypeError(`the module and its JavaScript are not of the same build: it ${what}`);
}

export function parametersOf(name: string, parameters: Parameters) {
  const isList = Array.isArray(parameters);
  const codecs: Codec<unknown>[] = Object.values(parameters);
  const labels = Object.keys(parameters).map((key, i) => `${name}: argument ${i + 1}${isList ? "" : ` (${key})`}`);
  return { codecs, labels };
}

/** A function of JavaScript that the program imports. */
export type Import = readonly [run: unknown, parameters: Parameters, result?: Codec<unknown>, flags?: Flags];

export function importOf(host: Host, module: string, name: string, [run, parameters, result = unit, flags]: Import) {
  if (typeof run !== "function") throw new TypeError(`"${module}" exports no function \`${name}\`, which the program imports`);
  const { codecs, labels } = parametersOf(name, parameters);
  const call = (values: unknown[]): unknown => {
    const value: unknown = run(...values);
    // It may have called the program, and that may have ended.
    if (host.status !== undefined) throw host.exitError();
    return value;
  };
  const isPlain = !flags?.async && [...codecs, result].every((codec) => codec.plain);
  if (isPlain) return plainImport(host, name, call, codecs, labels, result.plain!);
  const ok = result.ok ?? result;
  const resultLabel = [`${name}: result`];
  const writeOk = (value: unknown) => host.write([ok], resultLabel, [value]);
  const writeError = (thrown: unknown) => {
    const error = result.error ?? string;
    return host.write([error], [`${name}: error`], [error === string ? textOf(thrown) : thrown]);
  };
  if (flags?.async) {
    return (length: number, ticket: number) => {
      const answer = (status: number) => (to: ReturnType<Host["write"]>) => {
        if (host.status === undefined) host.enter(() => host.exports.gal_settle!(ticket, status, host.put(to)));
      };
      new Promise((resolve) => resolve(call(host.read(codecs, labels, length))))
        .then(writeOk)
        .then(answer(0), (thrown) => answer(1)(writeError(thrown)));
    };
  }
  return (length: number): number => {
    try {
      return host.put(writeOk(call(host.read(codecs, labels, length))));
    } catch (thrown) {
      if (host.status !== undefined) throw thrown;
      host.put(writeError(thrown));
      return -1;
    }
  };
}

function plainImport(
  host: Host,
  name: string,
  call: (values: unknown[]) => unknown,
  codecs: Codec<unknown>[],
  labels: string[],
  result: Plain<unknown>,
) {
  const place = new Place();
  place.depth = 1;
  return (...args: (number | bigint)[]) => {
    try {
      let next = 0;
      const values = codecs.map((codec, i) => {
        place.path[0] = labels[i]!;
        return codec === unit ? undefined : codec.plain!.from(place, args[next++]!);
      });
      const value = call(values);
      place.path[0] = `${name}: result`;
      return result.to(place, value, host.pointer);
    } catch (thrown) {
      // A number cannot say that there is none: the module panics, if it knows how to. An exception of JavaScript would leave it half done.
      const { gal_throw } = host.exports;
      if (host.status !== undefined || !gal_throw) throw thrown;
      return gal_throw(host.put(host.write([string], [name], [textOf(thrown)])));
    }
  };
}

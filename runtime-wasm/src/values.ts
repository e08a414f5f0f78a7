/** Codecs of text and of values that have parts. */
import { failed, isA } from "./errors.js";
import { bool, uint32, whole } from "./numbers.js";
import { type Codec, decode, type Of, type Wire } from "./wire.js";

export const encoder = /* @__PURE__ */ new TextEncoder();

/** The bytes that are read are part of the memory. */
function crossBytes(wire: Wire, list: ArrayLike<number>): Uint8Array {
  const length = uint32(wire, list.length);
  // The room first, as that may move what is there.
  const at = wire.room(length);
  const bytes = new Uint8Array(wire.view.buffer, at, length);
  if (!wire.isReading) bytes.set(list);
  return bytes;
}

export const string: Codec<string> = (wire, value) => {
  const crossed = crossBytes(wire, encoder.encode(wire.check(typeof value === "string", "a string", value, "")));
  return wire.isReading ? decode(crossed) : (value as string);
};

export const char: Codec<string> = (wire, value) => {
  const code = typeof value === "string" ? (value.codePointAt(0) ?? 0) : 0;
  // The halves of a pair are no characters: those from 0xd800 to 0xdfff.
  wire.check(String.fromCodePoint(code) === value && code >> 11 !== 27, "one character", value);
  return String.fromCodePoint(uint32(wire, code));
};

/** `Array<UInt8>` */
export const bytes: Codec<Uint8Array> = (wire, value) => {
  const list = wire.check<ArrayLike<number>>(isObject(value) && typeof value.length === "number", "a Uint8Array", value, []);
  const crossed = crossBytes(wire, isA("Uint8Array", list) ? list : each(wire, Array.from(list), () => byte));
  return wire.isReading ? crossed.slice() : crossed;
};

/** Checks without writing. */
const byte: Codec<number> = (wire, value) => whole(wire, value, 0, 255);

/** Lets each item cross. The items are not those of the caller: a getter might change them, and reading fills them in. */
function each<T>(wire: Wire, items: unknown[], codecOf: (index: number) => Codec<unknown>): T[] {
  const depth = wire.depth++;
  for (let index = 0; index < items.length; index++) {
    wire.path[depth] = index;
    items[index] = codecOf(index)(wire, items[index]);
  }
  wire.depth = depth;
  return items as T[];
}

/** As `each`, with the count before them. */
function counted<T>(wire: Wire, items: unknown[], element: Codec<T>): T[] {
  items.length = uint32(wire, items.length);
  return each(wire, items, () => element);
}

function arrayOf(wire: Wire, value: unknown): unknown[] {
  // Typed arrays, too, but no DataView, which has no length.
  const isArray = Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
  return Array.from(wire.check<ArrayLike<unknown>>(isArray, "an array", value, []));
}

function row<T>(length: number, codecOf: (index: number) => Codec<unknown>): Codec<T> {
  return (wire, value) => {
    const items = arrayOf(wire, value);
    wire.check(items.length === length, `an array of ${length}`, value);
    items.length = length;
    return each(wire, items, codecOf) as T;
  };
}

export const array =
  <T>(element: Codec<T>): Codec<T[]> =>
  (wire, value) =>
    counted(wire, arrayOf(wire, value), element);

/** `[T; length]` */
export const fixed = <T>(element: Codec<T>, length: number): Codec<T[]> => row(length, () => element);

type Items<P> = { -readonly [I in keyof P]: Of<P[I]> };

export const tuple = <const P extends readonly Codec<unknown>[]>(parts: P): Codec<Items<P>> => row(parts.length, (index) => parts[index]!);

function collection<T, C extends Iterable<T>>(Class: new (items: T[]) => C, element: Codec<T>): Codec<C> {
  return (wire, value) => {
    const items = counted(wire, [...wire.check<Iterable<T>>(value instanceof Class, `a ${Class.name}`, value, [])], element);
    return wire.isReading ? new Class(items) : (value as C);
  };
}

export const set = <T>(element: Codec<T>): Codec<Set<T>> => collection(Set<T>, element);

export const map = <K, V>(key: Codec<K>, value: Codec<V>): Codec<Map<K, V>> =>
  collection<[K, V], Map<K, V>>(Map<K, V>, tuple([key, value]));

type Fields = Record<string, Codec<unknown>>;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const has = (value: unknown, name: string): value is Record<string, unknown> => isObject(value) && name in value;

/** Lets the fields cross; `value` is new if we read. */
function crossFields<T>(wire: Wire, fields: Fields, value: unknown): T {
  const object = value as Record<string, unknown>;
  const depth = wire.depth++;
  for (const name in fields) {
    wire.path[depth] = `.${name}`;
    const field = fields[name]!(wire, object[name]);
    if (wire.isReading) object[name] = field;
  }
  wire.depth = depth;
  return value as T;
}

export const struct =
  <F extends Fields>(fields: F): Codec<{ [N in keyof F]: Of<F[N]> }> =>
  (wire, value) =>
    crossFields(wire, fields, wire.check(isObject(value), "an object", value, {}));

export const option = <T>(inner: Codec<T>): Codec<T | undefined> => optional(inner, false) as Codec<T | undefined>;

function optional(inner: Codec<unknown>, isBoxed: boolean): Codec<unknown> {
  const none = isBoxed ? null : undefined;
  const hasBox = isBoxed || (inner.nullish && !inner.boxed);
  const element = inner.boxed?.() ?? inner;
  const codec: Codec<unknown> = (wire, value) => {
    // `null` is `None`, too, where it cannot be an inner one.
    const isSome = bool(wire, value !== none && (value !== null || !!inner.boxed));
    if (!isSome) return none;
    if (!hasBox) return element(wire, value);
    return crossFields(wire, { some: element }, wire.check(has(value, "some"), "{ some }", value, {}));
  };
  return Object.assign(codec, { nullish: true, boxed: () => optional(inner, true) });
}

/** As the result of a function: the value, or an exception. */
export function result<T, E>(ok: Codec<T>, error: Codec<E>): Codec<{ ok: T } | { error: E }> {
  const codec: Codec<{ ok: T } | { error: E }> = (wire, value) => {
    const isError = bool(wire, has(value, "error"));
    const given = wire.check(isError || has(value, "ok"), "{ ok } or { error }", value, {});
    return crossFields(wire, isError ? { error } : { ok }, given);
  };
  return Object.assign(codec, {
    ok,
    error,
    unwrap(where: string, value: { ok?: T; error?: E }) {
      if ("error" in value) throw failed(where, value.error);
      return value.ok;
    },
  });
}

/** Lets the index of one of the names cross. */
function indexOf(wire: Wire, names: readonly string[], name: unknown, what: string): number {
  const index = names.indexOf(name as string);
  wire.check(index >= 0, `${what}"${names.join('" | "')}"`, name);
  return uint32(wire, index);
}

/** An enum whose variants have no fields. */
export const enumeration =
  <const N extends string>(names: readonly N[]): Codec<N> =>
  (wire, value) => {
    return names[indexOf(wire, names, value, "")]!;
  };

type Variants = Record<string, readonly Codec<unknown>[] | Fields>;
type Variant<N, F> = F extends readonly []
  ? { tag: N }
  : F extends readonly [infer C]
    ? { tag: N; value: Of<C> }
    : F extends readonly Codec<unknown>[]
      ? { tag: N; values: Items<F> }
      : { tag: N } & { [M in keyof F]: Of<F[M]> };
type Union<V extends Variants> = { [N in keyof V]: Variant<N, V[N]> }[keyof V];

/** An enum whose variants have fields. */
export function union<const V extends Variants>(variants: V): Codec<Union<V>> {
  const names = Object.keys(variants);
  const fields = names.map((name) => fieldsOf(variants[name]!));
  return (wire, value) => {
    const index = indexOf(wire, names, has(value, "tag") && value.tag, "a tag of ");
    return crossFields(wire, fields[index]!, wire.isReading ? { tag: names[index] } : value);
  };
}

function fieldsOf(variant: readonly Codec<unknown>[] | Fields): Fields {
  if (!Array.isArray(variant)) return variant as Fields;
  const [value] = variant;
  return variant.length > 1 ? { values: tuple(variant) } : value ? { value } : {};
}

/** A type that holds itself is named so inside of its own definition. */
export const lazy =
  <T>(codec: () => Codec<T>): Codec<T> =>
  (wire, value) => {
    wire.enter();
    const crossed = codec()(wire, value);
    wire.levels--;
    return crossed;
  };

/** Any value, by a handle. */
export const js: Codec<unknown> = /* @__PURE__ */ Object.assign(
  (wire: Wire, value: unknown) => {
    if (wire.isReading) return wire.host.held.get(uint32(wire, 0));
    wire.handles.push(uint32(wire, wire.host.hold(value)));
    return value;
  },
  { nullish: true },
);

/** A reference to an actor of an exported kind: an instance of its class. */
export const ref =
  <T = object>(kind: string): Codec<T> =>
  (wire, value) => {
    const { wrap, handle } = wire.host.actors.get(kind)!;
    if (wire.isReading) return wrap(uint32(wire, 0)) as T;
    const held = handle(value);
    wire.check(held !== undefined, `a ${kind} that is not freed`, value);
    uint32(wire, held!);
    return value as T;
  };

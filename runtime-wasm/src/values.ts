/** Codecs of text and of values that have parts. */
import { GalError, show, tagOf } from "./errors.js";
import type { Codec, Of, Place, Reader, Writer } from "./wire.js";

export const string: Codec<string> = {
  write(to, value) {
    to.text(typeof value === "string" ? value : to.fail("a string", value));
  },
  read: (from) => from.text(),
};

export const char: Codec<string> = {
  write(to, value) {
    const code = typeof value === "string" ? value.codePointAt(0) : undefined;
    const isOne = code !== undefined && String.fromCodePoint(code) === value && !(code >= 0xd800 && code < 0xe000);
    to.count(isOne ? code : to.fail("a string of one character", value));
  },
  read: (from) => String.fromCodePoint(from.count()),
};

/** `Array<UInt8>` */
export const bytes: Codec<Uint8Array> = {
  write(to, value) {
    const list = value as ArrayLike<number>;
    if (typeof value !== "object" || !value || typeof list.length !== "number") {
      to.fail("a Uint8Array or an array of numbers", value);
    }
    if (tagOf(value) !== "Uint8Array") checkBytes(to, list);
    to.count(list.length);
    to.raw(list);
  },
  read: (from) => from.raw(from.count()).slice(),
};

function checkBytes(to: Writer, list: ArrayLike<number>): void {
  const depth = to.depth++;
  for (let i = 0; i < list.length; i++) {
    to.path[depth] = i;
    const byte = list[i];
    if (!Number.isInteger(byte)) to.fail("a whole number", byte);
    if (byte! < 0 || byte! > 255) to.outside(`${byte} is not within 0 to 255`);
  }
  to.depth = depth;
}

function arrayOf(place: Place, value: unknown, length?: number): ArrayLike<unknown> {
  // Typed arrays, too, but no DataView, which has no length.
  const isArray = Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
  if (!isArray) place.fail("an array", value);
  const array = value as ArrayLike<unknown>;
  return length === undefined || array.length === length ? array : place.fail(`an array of ${length}`, value);
}

/** The items are a copy: a getter of one of them may change what they come from. */
function writeAll(to: Writer, items: unknown[], codecOf: (index: number) => Codec<unknown>): void {
  const depth = to.depth++;
  let index = 0;
  for (const item of items) {
    to.path[depth] = index;
    codecOf(index++).write(to, item);
  }
  to.depth = depth;
}

function readAll(from: Reader, count: number, codecOf: (index: number) => Codec<unknown>): unknown[] {
  const depth = from.depth++;
  const items: unknown[] = [];
  for (let index = 0; index < count; index++) {
    from.path[depth] = index;
    items.push(codecOf(index).read(from));
  }
  from.depth = depth;
  return items;
}

export function array<T>(element: Codec<T>): Codec<T[]> {
  return {
    write(to, value) {
      const items = Array.from(arrayOf(to, value));
      to.count(items.length);
      writeAll(to, items, () => element);
    },
    read: (from) => readAll(from, from.count(), () => element) as T[],
  };
}

/** `[T; length]` */
export function fixed<T>(element: Codec<T>, length: number): Codec<T[]> {
  return {
    write: (to, value) => writeAll(to, Array.from(arrayOf(to, value, length)), () => element),
    read: (from) => readAll(from, length, () => element) as T[],
  };
}

export function tuple<const P extends readonly Codec<unknown>[]>(parts: P): Codec<{ -readonly [I in keyof P]: Of<P[I]> }> {
  const part = (index: number) => parts[index]!;
  return {
    write: (to, value) => writeAll(to, Array.from(arrayOf(to, value, parts.length)), part),
    read: (from) => readAll(from, parts.length, part) as never,
  };
}

export function set<T>(element: Codec<T>): Codec<Set<T>> {
  return {
    write(to, value) {
      if (tagOf(value) !== "Set") to.fail("a Set", value);
      const items = [...(value as Set<unknown>)];
      to.count(items.length);
      writeAll(to, items, () => element);
    },
    read: (from) => new Set(readAll(from, from.count(), () => element) as T[]),
  };
}

export function map<K, V>(key: Codec<K>, value: Codec<V>): Codec<Map<K, V>> {
  return {
    write(to, given) {
      if (tagOf(given) !== "Map") to.fail("a Map", given);
      const entries = [...(given as Map<unknown, unknown>)];
      to.count(entries.length);
      const depth = to.depth++;
      let index = 0;
      for (const [k, v] of entries) {
        to.path[depth] = ` key ${index++}`;
        key.write(to, k);
        to.path[depth] = `.get(${show(k)})`;
        value.write(to, v);
      }
      to.depth = depth;
    },
    read(from) {
      const entries = new Map<K, V>();
      const count = from.count();
      const depth = from.depth++;
      for (let index = 0; index < count; index++) {
        from.path[depth] = ` key ${index}`;
        const k = key.read(from);
        from.path[depth] = `.get(${show(k)})`;
        entries.set(k, value.read(from));
      }
      from.depth = depth;
      return entries;
    },
  };
}

type Fields = Record<string, Codec<unknown>>;
type Struct<F extends Fields> = { [N in keyof F]: Of<F[N]> };

function writeFields(to: Writer, fields: Fields, value: object): void {
  const depth = to.depth++;
  for (const name in fields) {
    to.path[depth] = `.${name}`;
    fields[name]!.write(to, (value as Record<string, unknown>)[name]);
  }
  to.depth = depth;
}

function readFields(from: Reader, fields: Fields, value: Record<string, unknown>): void {
  const depth = from.depth++;
  for (const name in fields) {
    from.path[depth] = `.${name}`;
    value[name] = fields[name]!.read(from);
  }
  from.depth = depth;
}

export function struct<F extends Fields>(fields: F): Codec<Struct<F>> {
  return {
    write(to, value) {
      writeFields(to, fields, typeof value === "object" && value ? value : to.fail("an object", value));
    },
    read(from) {
      const value = {};
      readFields(from, fields, value);
      return value as Struct<F>;
    },
  };
}

export function option<T>(inner: Codec<T>): Codec<T | undefined> {
  return optional(inner, false) as Codec<T | undefined>;
}

function optional(inner: Codec<unknown>, isBoxed: boolean): Codec<unknown> {
  const none = isBoxed ? null : undefined;
  const hasBox = isBoxed || (inner.nullish && !inner.boxed);
  const element = inner.boxed?.() ?? inner;
  return {
    nullish: true,
    boxed: () => optional(inner, true),
    write(to, value) {
      // `null` is `None`, too, where it cannot be an inner one.
      const isSome = value !== none && (value !== null || !!inner.boxed);
      to.view.setUint8(to.room(1), +isSome);
      if (!isSome) return;
      if (hasBox) writeFields(to, { some: element }, has(value, "some") ? value : to.fail("{ some: … }", value));
      else element.write(to, value);
    },
    read(from) {
      if (!from.view.getUint8(from.next(1))) return none;
      return hasBox ? { some: element.read(from) } : element.read(from);
    },
  };
}

function has(value: unknown, name: string): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && name in value;
}

/** As the result of a function: the value, or an exception. */
export function result<T, E>(ok: Codec<T>, error: Codec<E>): Codec<{ ok: T } | { error: E }> {
  return {
    ok,
    error,
    unwrap(where, value) {
      if ("error" in value) throw new GalError(where, value.error);
      return value.ok;
    },
    write(to, value) {
      const isError = has(value, "error");
      if (!isError && !has(value, "ok")) to.fail("{ ok: … } or { error: … }", value);
      to.view.setUint8(to.room(1), +isError);
      writeFields(to, isError ? { error } : { ok }, value as object);
    },
    read(from) {
      const isError = from.view.getUint8(from.next(1)) !== 0;
      const value = {};
      readFields(from, isError ? { error } : { ok }, value);
      return value as { ok: T } | { error: E };
    },
  };
}

/** An enum whose variants have no fields. */
export function enumeration<const N extends string>(names: readonly N[]): Codec<N> {
  return {
    write(to, value) {
      const index = names.indexOf(value as N);
      to.count(index < 0 ? to.fail(oneOf(names), value) : index);
    },
    read: (from) => names[from.count()]!,
  };
}

function oneOf(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(" | ");
}

type Variants = Record<string, readonly Codec<unknown>[] | Fields>;
type Variant<N, F> = F extends readonly []
  ? { tag: N }
  : F extends readonly [infer C]
    ? { tag: N; value: Of<C> }
    : F extends readonly Codec<unknown>[]
      ? { tag: N; values: { -readonly [I in keyof F]: Of<F[I]> } }
      : { tag: N } & { [M in keyof F]: Of<F[M]> };
type Union<V extends Variants> = { [N in keyof V]: Variant<N, V[N]> }[keyof V];

/** An enum whose variants have fields. */
export function union<const V extends Variants>(variants: V): Codec<Union<V>> {
  const names = Object.keys(variants);
  const fields = names.map((name) => fieldsOf(variants[name]!));
  return {
    write(to, value) {
      const tag = has(value, "tag") ? value.tag : undefined;
      const index = names.indexOf(tag as string);
      if (index < 0) to.fail(`an object whose tag is ${oneOf(names)}`, tag ?? value);
      to.count(index);
      writeFields(to, fields[index]!, value as object);
    },
    read(from) {
      const index = from.count();
      const value = { tag: names[index]! };
      readFields(from, fields[index]!, value);
      return value as Union<V>;
    },
  };
}

function fieldsOf(variant: readonly Codec<unknown>[] | Fields): Fields {
  if (!Array.isArray(variant)) {
    if ("tag" in variant) throw new TypeError("a field of a variant cannot be called `tag`: that says which variant it is");
    return variant as Fields;
  }
  const [value] = variant;
  return variant.length > 1 ? { values: tuple(variant) } : value ? { value } : {};
}

/** A type that holds itself is named so inside of its own definition. */
export function lazy<T>(codec: () => Codec<T>): Codec<T> {
  return {
    write(to, value) {
      to.enter();
      codec().write(to, value);
      to.levels--;
    },
    read(from) {
      from.enter();
      const value = codec().read(from);
      from.levels--;
      return value;
    },
  };
}

/** Any value, by a handle. */
export const js: Codec<unknown> = {
  nullish: true,
  write(to, value) {
    const handle = to.store.hold(value);
    to.handles.push(handle);
    to.count(handle);
  },
  read: (from) => from.store.held(from.count()),
};

/** A reference to an actor of an exported kind: an instance of its class. */
export function ref<T = object>(kind: string): Codec<T> {
  return {
    write(to, value) {
      to.count(to.store.actors.get(kind)!.handle(value) ?? to.fail(`a ${kind} that is not freed`, value));
    },
    read: (from) => from.store.actors.get(kind)!.wrap(from.count()) as T,
  };
}

/** The codecs of parameters, and their names if they have some. */
export type Parameters = readonly Codec<unknown>[] | Fields;

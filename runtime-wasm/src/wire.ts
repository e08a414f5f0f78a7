/**
 * Values as bytes: what codecs write to and read from.
 *
 * A value is checked and written to memory of JavaScript's own first, so that nothing reaches the module unless all of it
 * fits. Where it goes wrong is known from `path`, which containers keep: they store where they are before each part.
 */
import { show } from "./errors.js";

/** How values of a type cross. */
export interface Codec<T> {
  /** Checks the value and writes it. */
  write(to: Writer, value: unknown): void;
  read(from: Reader): T;
  /** Of types whose values cross as numbers where all of a function's do. */
  plain?: Plain<T>;
  /** Whether `undefined` or `null` is a value of the type, so that an `Option` of it needs a box. */
  nullish?: boolean;
  /** Of an `Option`: the form that it has inside of another. */
  boxed?: () => Codec<unknown>;
  /** Of a `Result`: its two types, and what to do with one that a function has returned. */
  ok?: Codec<unknown>;
  error?: Codec<unknown>;
  unwrap?(where: string, value: T): unknown;
}

/** A number between JavaScript and a function of the module; `pointer` is the size of an address in bytes. */
export interface Plain<T> {
  to(place: Place, value: unknown, pointer: number): number | bigint;
  from(place: Place, value: number | bigint): T;
}

/** What a codec stands for, in TypeScript. */
export type Of<C> = C extends Codec<infer T> ? T : never;

/** What of an instance the codecs need. */
export interface Store {
  hold(value: unknown): number;
  held(handle: number): unknown;
  drop(handle: number): void;
  actors: Map<string, { wrap(handle: number): object; handle(value: unknown): number | undefined }>;
}

/** Must match MAX_DEPTH in library/sys/web/wire.gal. */
export const MAX_LEVELS = 1000;
const MAX_BYTES = 2 ** 31 - 1;
const KEPT_BYTES = 1 << 20;

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });

export function decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Where in a value we are. */
export class Place {
  /** The parts on the way; those from `depth` on are old. A number is an index. */
  path: (string | number)[] = [];
  depth = 0;
  /** How many values of recursive types we are in. */
  levels = 0;

  fail(expected: string, value: unknown): never {
    throw new TypeError(`${this}: expected ${expected}, got ${show(value)}`);
  }

  outside(text: string): never {
    throw new RangeError(`${this}: ${text}`);
  }

  enter(): void {
    if (++this.levels > MAX_LEVELS) this.outside(`the value is more than ${MAX_LEVELS} levels deep`);
  }

  toString(): string {
    const path = this.path.slice(0, this.depth);
    // A deep path says little: its two ends do.
    if (path.length > 20) path.splice(10, path.length - 20, "…");
    return path.map((part) => (typeof part === "number" ? `[${part}]` : part)).join("");
  }
}

export class Writer extends Place {
  bytes = new Uint8Array(1024);
  view = new DataView(this.bytes.buffer);
  length = 0;
  /** The handles that were made for this value. */
  handles: number[] = [];

  constructor(readonly store: Store) {
    super();
  }

  reset(): this {
    if (this.bytes.length > KEPT_BYTES) this.resize(1024);
    this.length = this.levels = 0;
    this.depth = 1;
    this.handles = [];
    return this;
  }

  private resize(size: number): void {
    const old = this.bytes;
    this.bytes = new Uint8Array(size);
    this.bytes.set(old.subarray(0, Math.min(this.length, size)));
    this.view = new DataView(this.bytes.buffer);
  }

  /** Where the next so many bytes go. */
  room(size: number): number {
    const at = this.length;
    const end = at + size;
    if (end > MAX_BYTES) this.outside("the value takes more than 2 GiB");
    if (end > this.bytes.length) this.resize(Math.max(end, Math.min(this.bytes.length * 2, MAX_BYTES)));
    this.length = end;
    return at;
  }

  count(n: number): void {
    this.view.setUint32(this.room(4), n, true);
  }

  text(text: string): void {
    const at = this.room(4 + 3 * text.length);
    const { written } = encoder.encodeInto(text, this.bytes.subarray(at + 4));
    this.view.setUint32(at, written, true);
    this.length = at + 4 + written;
  }

  raw(bytes: ArrayLike<number>): void {
    // The place first, as making room may move the bytes.
    const at = this.room(bytes.length);
    this.bytes.set(bytes, at);
  }
}

export class Reader extends Place {
  constructor(
    readonly store: Store,
    readonly view: DataView,
    public at: number,
  ) {
    super();
    this.depth = 1;
  }

  /** Where the next so many bytes are. */
  next(size: number): number {
    const at = this.at;
    this.at += size;
    return at;
  }

  count(): number {
    return this.view.getUint32(this.next(4), true);
  }

  raw(size: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.view.buffer as ArrayBuffer, this.next(size), size);
  }

  text(): string {
    return decode(this.raw(this.count()));
  }
}

/**
 * Values as bytes. A codec is one function for both directions, so that what it writes and what it reads cannot differ:
 * it gives the value to the wire, which writes it, or gives back what it reads in its place.
 *
 * A value is checked and written to memory of JavaScript's own first, so that nothing reaches the module unless all of it
 * fits. Where it goes wrong is known from `path`, in which codecs of containers say where they are before each part.
 */
import { show } from "./errors.js";
import type { Host } from "./host.js";

/** How values of a type cross. */
export interface Codec<T> {
  (wire: Wire, value?: unknown): T;
  /** Of numbers, `Bool` and `()`: to what crosses where there is no buffer, and back. */
  lower?: (wire: Wire, value: unknown) => number | bigint;
  lift?: (wire: Wire, value: any) => T;
  /** Whether `undefined` or `null` is a value of the type, so that an `Option` of it needs a box. */
  nullish?: boolean;
  /** Of an `Option`: the form that it has inside of another. */
  boxed?: () => Codec<unknown>;
  /** Of a `Result`: its types, and what a function does with one that it gives. */
  ok?: Codec<unknown>;
  error?: Codec<unknown>;
  unwrap?: (where: string, value: any) => unknown;
}

/** What a codec stands for, in TypeScript. */
export type Of<C> = C extends Codec<infer T> ? T : never;

export type Kind = "Int8" | "Int16" | "Int32" | "Uint8" | "Uint16" | "Uint32" | "BigInt64" | "BigUint64" | "Float32" | "Float64";

/** Must match MAX_DEPTH in library/sys/web/wire.gal. */
const MAX_LEVELS = 1000;
const MAX_BYTES = 2 ** 31 - 1;

const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });

export const decode = (bytes: Uint8Array): string => decoder.decode(bytes);

/** A value of several that cross together, and what messages call it. */
export type Part = [label: string, codec: Codec<unknown>];

/** Lets values cross; with a `way` as numbers, without the buffer. */
export function cross(wire: Wire, parts: Part[], values: readonly unknown[], way?: "lower" | "lift"): any[] {
  return parts.map(([label, codec], index) => {
    wire.path[0] = label;
    return (way ? codec[way]! : codec)(wire, values[index]);
  });
}

export class Wire {
  /** Where in the value we are: the first `depth` parts; a number is an index. */
  path: (string | number)[] = [];
  depth = 1;
  /** In how many values of recursive types. */
  levels = 0;
  /** The handles that were made for what was written. */
  handles: number[] = [];
  /** What is wrong with what was read. */
  declare fault?: Error;

  constructor(
    readonly host: Host,
    public view: DataView<ArrayBuffer> = new DataView(new ArrayBuffer(0)),
    readonly isReading = false,
    public at = 0,
  ) {}

  /** A value that is to be written, or what takes its place if we read. */
  check<T>(isRight: boolean, expected: string, value: unknown, empty?: T): T {
    if (this.isReading) return empty!;
    if (isRight) return value as T;
    throw new TypeError(`${this.where()}: expected ${expected}, got ${show(value)}`);
  }

  /** The value has no place on the other side. What comes out of the module is read to its end first: JavaScript owns what is in it. */
  outside(text: string): any {
    const fault = new RangeError(`${this.where()}: ${text}`);
    if (!this.isReading) throw fault;
    this.fault ??= fault;
  }

  private where(): string {
    const path = this.path.slice(0, this.depth).map((part) => (typeof part === "number" ? `[${part}]` : part));
    return path.join("");
  }

  enter(): void {
    if (++this.levels > MAX_LEVELS) this.outside(`more than ${MAX_LEVELS} levels`);
  }

  /** Where the next so many bytes go, or are. */
  room(size: number): number {
    const { at, view } = this;
    this.at += size;
    if (!this.isReading && this.at > view.byteLength) {
      if (this.at > MAX_BYTES) this.outside("more than 2 GiB");
      const larger = new Uint8Array(this.at * 1.5 + 256);
      larger.set(new Uint8Array(view.buffer));
      this.view = new DataView(larger.buffer);
    }
    return at;
  }
}

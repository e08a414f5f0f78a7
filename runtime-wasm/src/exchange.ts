/**
 * Values in the module's buffer, and handles of those that only JavaScript knows.
 *
 * A value is written before the module is entered and read before anything else runs, so the one exchange buffer is
 * enough however calls nest.
 */
import { MISFIT } from "./errors.js";
import type { Host } from "./host.js";
import { type Codec, cross, type Part, Wire } from "./wire.js";

export type Address = number | bigint;

export interface Exchange {
  write(parts: Part[], values: readonly unknown[]): Wire;
  /** Puts what was written into the module's buffer: its length. */
  put(wire: Wire): number;
  /** Takes values out of the buffer. */
  read(parts: Part[], length: number): any[];
  /** The result of a function of the program, or a throw of what it stands for. */
  take(name: string, result: Codec<unknown>, length: number): unknown;
  /** Values that only JavaScript knows, by their handles; `hold` makes one. */
  held: Map<number, unknown>;
  hold(value: unknown): number;
  /** The module needs a handle no more. */
  drop(...handles: number[]): void;
}

export function exchange(host: Host): Exchange {
  /** 0 is `undefined`, and never given back. */
  const held = new Map<number, unknown>([[0, undefined]]);
  /** What the module has given back. It may be in the buffer, as a result whose last owner is gone, until that is read or used anew. */
  let dropped: number[] = [];
  let spare: Wire["view"] | undefined;

  const buffer = (length: number) => memory(host, host.exports.gal_buffer!(length), length);
  const giveBack = () => {
    dropped.forEach((handle) => held.delete(handle));
    dropped = [];
  };

  return {
    held,
    hold: (value) => add(held, value),
    drop: (...handles) => void dropped.push(...handles),
    write(parts, values) {
      // A getter of a value may call the program, too: that call gets memory of its own.
      const wire = new Wire(host, spare);
      spare = undefined;
      try {
        cross(wire, parts, values);
        return wire;
      } catch (error) {
        host.drop(...wire.handles);
        throw error;
      }
    },
    put({ at, view }) {
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
      if (wire.at !== byteOffset + length) wire.outside(MISFIT);
      if (wire.fault) throw wire.fault;
      return values;
    },
    take(name, result, length) {
      const [value] = host.read([[`${name}: result`, result]], length);
      return result.unwrap ? result.unwrap(name, value) : value;
    },
  };
}

/** Addresses above 2^31 are negative, as 32 bits; 64 bits are a bigint. */
export function memory(host: Host, address: Address, length: number): Uint8Array<ArrayBuffer> {
  const at = typeof address === "bigint" ? Number(address) : address >>> 0;
  return new Uint8Array((host.exports.memory as unknown as WebAssembly.Memory).buffer as ArrayBuffer, at, length);
}

let last = 0;

/** Keeps a value under a number that is no key yet. */
export function add<T>(map: Map<number, T>, value: T): number {
  while (map.has((last = (last + 1) & 0x7fffffff)));
  map.set(last, value);
  return last;
}

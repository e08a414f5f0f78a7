/** Codecs of numbers, `Bool` and `()`: what crosses without the buffer, too. */
import { show } from "./errors.js";
import type { Codec, Place } from "./wire.js";

const HIGH = 2 ** 32;

function whole(place: Place, value: unknown): number {
  return Number.isInteger(value) ? (value as number) : place.fail("a whole number", value);
}

function within(place: Place, value: unknown, low: number, high: number): number {
  const number = whole(place, value);
  return number >= low && number <= high ? number : place.outside(`${number} is not within ${low} to ${high}`);
}

type Kind = "Int8" | "Int16" | "Int32" | "Uint8" | "Uint16" | "Uint32";

/** An integer of at most 32 bits; what the module gives may have anything in the bits above. */
function small(kind: Kind, bits: number, isSigned: boolean): Codec<number> {
  const low = isSigned ? -(2 ** (bits - 1)) : 0;
  const high = low + 2 ** bits - 1;
  const shift = 32 - bits;
  return {
    write(to, value) {
      within(to, value, low, high);
      to.view[`set${kind}`](to.room(bits / 8), value as number, true);
    },
    read: (from) => from.view[`get${kind}`](from.next(bits / 8), true),
    plain: {
      to: (place, value) => within(place, value, low, high),
      from: (_, value) => (isSigned ? (value as number) << shift >> shift : (value as number) << shift >>> shift),
    },
  };
}

/** One of 64 bits that is a number in JavaScript as long as it is exact there. */
function wide(low: number, isPointer: boolean): Codec<number> {
  const check = (place: Place, value: unknown, high = Number.MAX_SAFE_INTEGER) => within(place, value, low, high);
  const exact = (place: Place, value: bigint) =>
    Number.isSafeInteger(Number(value))
      ? Number(value)
      : place.outside(`${value} is beyond what a number holds exactly, which is ±(2^53 - 1)`);
  return {
    write(to, value) {
      const number = check(to, value);
      const at = to.room(8);
      to.view.setUint32(at, number >>> 0, true);
      to.view.setInt32(at + 4, Math.floor(number / HIGH), true);
    },
    read(from) {
      const at = from.next(8);
      const high = from.view[isPointer ? "getUint32" : "getInt32"](at + 4, true);
      const number = high * HIGH + from.view.getUint32(at, true);
      // A sum that is not exact is not safe either.
      return Number.isSafeInteger(number)
        ? number
        : exact(from, from.view[isPointer ? "getBigUint64" : "getBigInt64"](at, true));
    },
    plain: {
      to: (place, value, pointer) =>
        isPointer && pointer === 4 ? check(place, value, HIGH - 1) : BigInt(check(place, value)),
      from: (place, value) =>
        typeof value === "number" ? value >>> 0 : exact(place, isPointer ? BigInt.asUintN(64, value) : value),
    },
  };
}

function floating(kind: "Float32" | "Float64", size: number): Codec<number> {
  const check = (place: Place, value: unknown) => (typeof value === "number" ? value : place.fail("a number", value));
  return {
    write(to, value) {
      check(to, value);
      to.view[`set${kind}`](to.room(size), value as number, true);
    },
    read: (from) => from.view[`get${kind}`](from.next(size), true),
    plain: { to: check, from: (_, value) => value as number },
  };
}

function big(place: Place, value: unknown): bigint {
  if (typeof value !== "bigint") return place.fail("a bigint", value);
  return BigInt.asUintN(64, value) === value
    ? value
    : place.outside(`${show(value)} is not within 0n to 18446744073709551615n`);
}

function truth(place: Place, value: unknown): number {
  return typeof value === "boolean" ? +value : place.fail("a boolean", value);
}

/** `()`; as the result of a function of JavaScript, whatever that gives. */
export const unit: Codec<void> = {
  write() {},
  read() {},
  plain: { to: () => 0, from() {} },
  nullish: true,
};

export const bool: Codec<boolean> = {
  write(to, value) {
    const bit = truth(to, value);
    to.view.setUint8(to.room(1), bit);
  },
  read: (from) => from.view.getUint8(from.next(1)) !== 0,
  plain: { to: truth, from: (_, value) => !!value },
};

export const int8 = /* @__PURE__ */ small("Int8", 8, true);
export const int16 = /* @__PURE__ */ small("Int16", 16, true);
export const int32 = /* @__PURE__ */ small("Int32", 32, true);
export const uint8 = /* @__PURE__ */ small("Uint8", 8, false);
export const uint16 = /* @__PURE__ */ small("Uint16", 16, false);
export const uint32 = /* @__PURE__ */ small("Uint32", 32, false);
/** `Int`, which is `Int64`. */
export const int = /* @__PURE__ */ wide(Number.MIN_SAFE_INTEGER, false);
export const usize = /* @__PURE__ */ wide(0, true);
export const float = /* @__PURE__ */ floating("Float64", 8);
export const float32 = /* @__PURE__ */ floating("Float32", 4);

export const uint64: Codec<bigint> = {
  write(to, value) {
    const number = big(to, value);
    to.view.setBigUint64(to.room(8), number, true);
  },
  read: (from) => from.view.getBigUint64(from.next(8), true),
  plain: { to: big, from: (_, value) => BigInt.asUintN(64, value as bigint) },
};

/** Nanoseconds in GAL, milliseconds in JavaScript. */
export const duration: Codec<number> = {
  write(to, value) {
    if (typeof value !== "number") return to.fail("a number of milliseconds", value);
    const nanoseconds = Math.round(value * 1e6);
    // 2^63 itself is the first float that is too large.
    if (!(Math.abs(nanoseconds) < 2 ** 63)) to.outside(`${value} milliseconds are more than a Duration holds`);
    to.view.setBigInt64(to.room(8), BigInt(nanoseconds), true);
  },
  read: (from) => Number(from.view.getBigInt64(from.next(8), true)) / 1e6,
};

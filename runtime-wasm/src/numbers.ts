/** Codecs of numbers, `Bool` and `()`: what crosses without the buffer, too. */
import type { Codec, Kind, Wire } from "./wire.js";

function numeric<T>(
  kind: Kind,
  size: number,
  lower: (wire: Wire, value: unknown) => number | bigint,
  lift: (wire: Wire, value: any) => T = (_, value) => value,
): Codec<T> {
  // Here, as putting them together takes longer than all the rest.
  const get = `get${kind}` as const;
  const set = `set${kind}` as const;
  return Object.assign(
    (wire: Wire, value?: unknown) => {
      const at = wire.room(size);
      if (wire.isReading) return lift(wire, wire.view[get](at, true));
      wire.view[set](at, lower(wire, value) as never, true);
      return value as T;
    },
    { lower, lift },
  );
}

const within = <N extends number | bigint>(wire: Wire, value: N, low: N, high: N): N =>
  value >= low && value <= high ? value : wire.outside(`${value} is not within ${low} to ${high}`);

export const whole = (wire: Wire, value: unknown, low: number, high: number): number =>
  within(wire, wire.check<number>(Number.isInteger(value), "a whole number", value), low, high);

/** An integer of at most 32 bits; what the module gives may have anything in the bits above. */
function small(bits: 8 | 16 | 32, isSigned: boolean): Codec<number> {
  const low = isSigned ? -(2 ** (bits - 1)) : 0;
  const shift = 32 - bits;
  return numeric(
    `${isSigned ? "Int" : "Uint"}${bits}`,
    bits / 8,
    (wire, value) => whole(wire, value, low, low + 2 ** bits - 1),
    (_, value) => (isSigned ? value << shift >> shift : value << shift >>> shift),
  );
}

/** One of 64 bits that is a number in JavaScript as long as it is exact there. */
function wide(kind: Kind, low: number): Codec<number> {
  return numeric(
    kind,
    8,
    (wire, value) => BigInt(whole(wire, value, low, Number.MAX_SAFE_INTEGER)),
    (wire, value) => {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : wire.outside(`${value} is not within ±(2^53 - 1)`);
    },
  );
}

const floating = (wire: Wire, value: unknown) => wire.check<number>(typeof value === "number", "a number", value);

/** `()`; as the result of a function of JavaScript, whatever that gives. */
export const unit: Codec<void> = /* @__PURE__ */ Object.assign(() => {}, { lower: () => 0, lift() {}, nullish: true });

export const bool: Codec<boolean> = /* @__PURE__ */ numeric(
  "Uint8",
  1,
  (wire, value) => +wire.check<boolean>(typeof value === "boolean", "a boolean", value),
  (_, value) => !!value,
);

export const int8 = /* @__PURE__ */ small(8, true);
export const int16 = /* @__PURE__ */ small(16, true);
export const int32 = /* @__PURE__ */ small(32, true);
export const uint8 = /* @__PURE__ */ small(8, false);
export const uint16 = /* @__PURE__ */ small(16, false);
export const uint32 = /* @__PURE__ */ small(32, false);
/** `Int`, which is `Int64`. */
export const int = /* @__PURE__ */ wide("BigInt64", -(2 ** 53 - 1));
const pointer = /* @__PURE__ */ wide("BigUint64", 0);
/** Never plain, as its size differs there. */
export const usize: Codec<number> = (wire, value) => pointer(wire, value);
export const float: Codec<number> = /* @__PURE__ */ numeric("Float64", 8, floating);
export const float32: Codec<number> = /* @__PURE__ */ numeric("Float32", 4, floating);

export const uint64: Codec<bigint> = /* @__PURE__ */ numeric(
  "BigUint64",
  8,
  (wire, value) => within(wire, wire.check<bigint>(typeof value === "bigint", "a bigint", value), 0n, 2n ** 64n - 1n),
  (_, value) => BigInt.asUintN(64, value),
);

/** The last float below 2^63. */
const MAX_NANOSECONDS = 2 ** 63 - 1024;

const nanoseconds = /* @__PURE__ */ numeric(
  "BigInt64",
  8,
  (wire, value) => BigInt(within(wire, Math.round((floating(wire, value) as number) * 1e6), -MAX_NANOSECONDS, MAX_NANOSECONDS)),
  (_, value) => Number(value) / 1e6,
);

/** Nanoseconds in GAL, milliseconds in JavaScript. Never plain. */
export const duration: Codec<number> = (wire, value) => nanoseconds(wire, value);

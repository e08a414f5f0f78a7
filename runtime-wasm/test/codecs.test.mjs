// Every row of the table in docs/web-abi.md: the bytes, the way there and back, and what is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as gal from "@gal-lang/runtime";
import { instantiate } from "./fake.mjs";

const {
  unit, bool, int8, int16, int32, int, uint8, uint16, uint32, uint64, usize, float, float32, char, string, duration,
  bytes, array, set, map, fixed, tuple, struct, option, result, enumeration, union, lazy, js,
} = gal;

/** A function that gives back what it gets, with a parameter called `v`, and the bytes that crossed last. */
async function echo(codec) {
  const seen = {};
  const { app } = await instantiate({ exports: { f: gal.fn({ v: codec }, codec) } }, (module) => ({
    f(length) {
      seen.bytes = [...module.take(length)];
      return length;
    },
  }));
  return { f: app.f, seen };
}

/** What JavaScript gets of these bytes. */
async function decode(codec, data) {
  const { app } = await instantiate({ exports: { f: gal.fn([], codec) } }, (module) => ({
    f: () => module.give(Uint8Array.from(data)),
  }));
  return app.f();
}

const u32 = (n) => [n & 255, (n >> 8) & 255, (n >> 16) & 255, (n >>> 24) & 255];
const Point = struct({ x: float32, y: int8 });
const Shape = union({ Circle: [int8], Line: [int8, string], Rect: { w: int8, h: int8 }, Empty: [] });
const Tree = struct({ value: int8, children: array(lazy(() => Tree)) });

const TABLE = [
  ["unit", unit, undefined, []],
  ["true", bool, true, [1]],
  ["false", bool, false, [0]],
  ["Int8", int8, -128, [128]],
  ["Int16", int16, -2, [254, 255]],
  ["Int32", int32, -(2 ** 31), [0, 0, 0, 128]],
  ["UInt8", uint8, 255, [255]],
  ["UInt16", uint16, 65535, [255, 255]],
  ["UInt32", uint32, 2 ** 32 - 1, [255, 255, 255, 255]],
  ["Int", int, -1, [255, 255, 255, 255, 255, 255, 255, 255]],
  ["the largest Int", int, 2 ** 53 - 1, [255, 255, 255, 255, 255, 255, 31, 0]],
  ["the smallest Int", int, -(2 ** 53 - 1), [1, 0, 0, 0, 0, 0, 224, 255]],
  ["USize", usize, 2 ** 40, [0, 0, 0, 0, 0, 1, 0, 0]],
  ["UInt64", uint64, 2n ** 64n - 2n, [254, 255, 255, 255, 255, 255, 255, 255]],
  ["Float", float, -0, [0, 0, 0, 0, 0, 0, 0, 128]],
  ["NaN", float, NaN, [0, 0, 0, 0, 0, 0, 248, 127]],
  ["Float32", float32, 1.5, [0, 0, 192, 63]],
  ["Char", char, "😀", u32(0x1f600)],
  ["String", string, "\ufeffé", [...u32(5), 0xef, 0xbb, 0xbf, 0xc3, 0xa9]],
  ["Duration", duration, 1.5, [0x60, 0xe3, 0x16, 0, 0, 0, 0, 0]],
  ["a negative Duration", duration, -0.000001, [255, 255, 255, 255, 255, 255, 255, 255]],
  ["Array<UInt8>", bytes, Uint8Array.of(1, 2), [...u32(2), 1, 2]],
  ["Array<Int8>", array(int8), [1, -1], [...u32(2), 1, 255]],
  ["Set", set(string), new Set(["a", ""]), [...u32(2), ...u32(1), 97, ...u32(0)]],
  ["Map", map(int8, bool), new Map([[7, true], [8, false]]), [...u32(2), 7, 1, 8, 0]],
  ["[T; N]", fixed(int16, 2), [1, 2], [1, 0, 2, 0]],
  ["tuple", tuple([int8, bool]), [5, true], [5, 1]],
  ["struct", Point, { x: 1.5, y: 2 }, [0, 0, 192, 63, 2]],
  ["None", option(int8), undefined, [0]],
  ["Some", option(int8), 3, [1, 3]],
  ["None of an option", option(option(int8)), undefined, [0]],
  ["Some(None)", option(option(int8)), null, [1, 0]],
  ["Some(Some)", option(option(int8)), { some: 3 }, [1, 1, 3]],
  ["Some(Some(None))", option(option(option(int8))), { some: null }, [1, 1, 0]],
  ["Some(Some(Some))", option(option(option(int8))), { some: { some: 3 } }, [1, 1, 1, 3]],
  ["Some(())", option(unit), { some: undefined }, [1]],
  ["None of ()", option(unit), undefined, [0]],
  ["Ok", result(int8, string), { ok: 1 }, [0, 1]],
  ["Ok(())", result(unit, string), { ok: undefined }, [0]],
  ["Err", result(int8, string), { error: "x" }, [1, ...u32(1), 120]],
  ["variant", enumeration(["Red", "Green"]), "Green", u32(1)],
  ["one field", Shape, { tag: "Circle", value: 9 }, [...u32(0), 9]],
  ["two fields", Shape, { tag: "Line", values: [1, "a"] }, [...u32(1), 1, ...u32(1), 97]],
  ["named fields", Shape, { tag: "Rect", w: 1, h: 2 }, [...u32(2), 1, 2]],
  ["no fields", Shape, { tag: "Empty" }, u32(3)],
  ["recursive", Tree, { value: 1, children: [{ value: 2, children: [] }] }, [1, ...u32(1), 2, ...u32(0)]],
];

for (const [name, codec, value, expected] of TABLE) {
  test(`crosses: ${name}`, async () => {
    // A result at the top is what the function throws or gives, so it goes into a tuple.
    const { f, seen } = await echo(tuple([codec]));
    assert.deepEqual(f([value]), [value]);
    assert.deepEqual(seen.bytes, expected);
  });
}

test("what is taken for another form of the same", async () => {
  const taken = async (codec, value) => {
    const { f, seen } = await echo(codec);
    f(value);
    return seen.bytes;
  };
  assert.deepEqual(await taken(option(int8), null), [0]);
  assert.deepEqual(await taken(bytes, [1, 255]), [...u32(2), 1, 255]);
  assert.deepEqual(await taken(bytes, new Uint8ClampedArray([3])), [...u32(1), 3]);
  assert.deepEqual(await taken(bytes, { length: 1, 0: 4 }), [...u32(1), 4]);
  assert.deepEqual(await taken(array(int8), Int16Array.of(5)), [...u32(1), 5]);
  assert.deepEqual(await taken(string, "\ud800"), [...u32(3), 0xef, 0xbf, 0xbd]);
});

const REFUSED = [
  [bool, 1, TypeError, "f: argument 1 (v): expected a boolean, got 1"],
  [int, "x", TypeError, 'f: argument 1 (v): expected a whole number, got "x"'],
  [int, 1.5, TypeError, "f: argument 1 (v): expected a whole number, got 1.5"],
  [int, 1n, TypeError, "f: argument 1 (v): expected a whole number, got \"1n\""],
  [int, undefined, TypeError, "f: argument 1 (v): expected a whole number, got undefined"],
  [int, 2 ** 53, RangeError, "f: argument 1 (v): 9007199254740992 is not within -9007199254740991 to 9007199254740991"],
  [int8, 128, RangeError, "f: argument 1 (v): 128 is not within -128 to 127"],
  [uint8, -1, RangeError, "f: argument 1 (v): -1 is not within 0 to 255"],
  [usize, -1, RangeError, "f: argument 1 (v): -1 is not within 0 to 9007199254740991"],
  [uint64, 1, TypeError, "f: argument 1 (v): expected a bigint, got 1"],
  [uint64, -1n, RangeError, "f: argument 1 (v): -1 is not within 0 to 18446744073709551615"],
  [uint64, 2n ** 64n, RangeError, "f: argument 1 (v): 18446744073709551616 is not within 0 to 18446744073709551615"],
  [float, null, TypeError, "f: argument 1 (v): expected a number, got null"],
  [char, "ab", TypeError, 'f: argument 1 (v): expected one character, got "ab"'],
  [char, "", TypeError, 'f: argument 1 (v): expected one character, got ""'],
  [char, "\ud800", TypeError, 'f: argument 1 (v): expected one character, got "\\ud800"'],
  [string, Symbol("s"), TypeError, "f: argument 1 (v): expected a string, got Symbol(s)"],
  [duration, NaN, RangeError, "f: argument 1 (v): NaN is not within -9223372036854775000 to 9223372036854775000"],
  [duration, 2 ** 63 / 1e6, RangeError, "f: argument 1 (v): 9223372036854776000 is not within -9223372036854775000 to 9223372036854775000"],
  [duration, "1s", TypeError, 'f: argument 1 (v): expected a number, got "1s"'],
  [bytes, "ab", TypeError, 'f: argument 1 (v): expected a Uint8Array, got "ab"'],
  [bytes, new ArrayBuffer(2), TypeError, "f: argument 1 (v): expected a Uint8Array, got {}"],
  [bytes, [1, 256], RangeError, "f: argument 1 (v)[1]: 256 is not within 0 to 255"],
  [bytes, [1, "2"], TypeError, 'f: argument 1 (v)[1]: expected a whole number, got "2"'],
  [array(int), new Set(), TypeError, "f: argument 1 (v): expected an array, got {}"],
  [array(array(int)), [[1], [2, null]], TypeError, "f: argument 1 (v)[1][1]: expected a whole number, got null"],
  [set(int), [1], TypeError, "f: argument 1 (v): expected a Set, got [1]"],
  [set(int), new Set([1, "a"]), TypeError, 'f: argument 1 (v)[1]: expected a whole number, got "a"'],
  [map(string, int), { a: 1 }, TypeError, 'f: argument 1 (v): expected a Map, got {"a":1}'],
  [map(string, int), new Map([["a", "b"]]), TypeError, 'f: argument 1 (v)[0][1]: expected a whole number, got "b"'],
  [map(string, int), new Map([["a", 1], [2, 2]]), TypeError, "f: argument 1 (v)[1][0]: expected a string, got 2"],
  [fixed(int, 3), [1, 2], TypeError, "f: argument 1 (v): expected an array of 3, got [1,2]"],
  [tuple([int, string]), [1], TypeError, "f: argument 1 (v): expected an array of 2, got [1]"],
  [Point, 7, TypeError, "f: argument 1 (v): expected an object, got 7"],
  [Point, { x: 1 }, TypeError, "f: argument 1 (v).y: expected a whole number, got undefined"],
  [option(Point), { x: 1, y: () => 1 }, TypeError, "f: argument 1 (v).y: expected a whole number, got () => 1"],
  [option(option(int)), 5, TypeError, "f: argument 1 (v): expected { some }, got 5"],
  [option(option(int)), { some: "x" }, TypeError, 'f: argument 1 (v).some: expected a whole number, got "x"'],
  [tuple([result(int, string)]), [3], TypeError, "f: argument 1 (v)[0]: expected { ok } or { error }, got 3"],
  [tuple([result(int, string)]), [{ error: 3 }], TypeError, "f: argument 1 (v)[0].error: expected a string, got 3"],
  [enumeration(["Red", "Green"]), "Blue", TypeError, 'f: argument 1 (v): expected "Red" | "Green", got "Blue"'],
  [Shape, { tag: "Square" }, TypeError, 'f: argument 1 (v): expected a tag of "Circle" | "Line" | "Rect" | "Empty", got "Square"'],
  [Shape, null, TypeError, 'f: argument 1 (v): expected a tag of "Circle" | "Line" | "Rect" | "Empty", got false'],
  [Shape, { tag: "Line", values: [1, 2] }, TypeError, "f: argument 1 (v).values[1]: expected a string, got 2"],
  [Shape, { tag: "Circle", value: 300 }, RangeError, "f: argument 1 (v).value: 300 is not within -128 to 127"],
];

for (const [codec, value, kind, message] of REFUSED) {
  test(`refuses: ${message}`, async () => {
    const { f, seen } = await echo(codec);
    assert.throws(() => f(value), { name: kind.name, message });
    assert.equal(seen.bytes, undefined, "the module was called");
  });
}

test("integers of the module that no number holds are refused with the way to them", async () => {
  const beyond = [0, 0, 0, 0, 0, 0, 32, 0];
  await assert.rejects(decode(array(int), [...u32(1), ...beyond]), {
    name: "RangeError",
    message: "f: result[0]: 9007199254740992 is not within ±(2^53 - 1)",
  });
  await assert.rejects(decode(usize, Array(8).fill(255)), {
    name: "RangeError",
    message: "f: result: 18446744073709551615 is not within ±(2^53 - 1)",
  });
  await assert.rejects(decode(map(string, int), [...u32(1), ...u32(1), 97, ...beyond]), /^RangeError: f: result\[0\]\[1\]: /);
});

test("a module that gives more or less than its JavaScript expects is refused", async () => {
  await assert.rejects(decode(int8, [1, 2]), { name: "RangeError", message: "f: result: app.js does not fit" });
  await assert.rejects(decode(int16, [1]), { name: "RangeError", message: "f: result: app.js does not fit" });
});

test("values of 1,000 levels cross, deeper ones are refused both ways", async () => {
  const List = option(lazy(() => struct({ next: List })));
  const chain = (n) => {
    let list;
    for (let i = 0; i < n; i++) list = { next: list };
    return list;
  };
  const { f } = await echo(List);
  assert.deepEqual(f(chain(1000)), chain(1000));
  assert.throws(() => f(chain(1001)), { name: "RangeError", message: /: more than 1000 levels$/ });
  const circle = {};
  circle.next = circle;
  assert.throws(() => f(circle), { name: "RangeError", message: /more than 1000 levels/ });
  await assert.rejects(decode(List, [...Array(1001).fill(1), 0]), { name: "RangeError", message: /more than 1000 levels/ });
  assert.deepEqual(f(chain(3)), chain(3), "a refused value leaves nothing behind");
});

test("a getter that calls the program disturbs nothing", async () => {
  const { f } = await echo(array(struct({ a: string, b: string })));
  const inner = [{ a: "inner", b: "x".repeat(5000) }];
  const outer = [{ a: "first", get b() { return f(inner)[0].a; } }];
  assert.deepEqual(f(outer), [{ a: "first", b: "inner" }]);
});

test("a getter that changes what is written does not spoil it", async () => {
  const { f } = await echo(array(struct({ a: int8 })));
  const list = [{ get a() { list.length = 1; return 1; } }, { a: 2 }];
  assert.deepEqual(f(list), [{ a: 1 }, { a: 2 }]);
});

test("large values cross, and the buffer may move", async () => {
  const { f } = await echo(struct({ text: string, data: bytes }));
  const value = { text: "é".repeat(300_000), data: new Uint8Array(3_000_000).fill(7) };
  assert.deepEqual(f(value), value);
  assert.deepEqual(f({ text: "", data: new Uint8Array() }), { text: "", data: new Uint8Array() });
});

test("values of JavaScript cross by handles, which are given back if the call is refused", async () => {
  const seen = [];
  const { app, fake } = await instantiate({ exports: { f: gal.fn([array(js), int], js), g: gal.fn([js], option(js)) } }, (module) => ({
    f(length) {
      const data = [...module.take(length)];
      seen.push(data);
      return module.give(data.slice(4, 8));
    },
    g: (length) => module.give([1, ...module.take(length)]),
  }));
  const thing = { deep: () => 1 };
  assert.equal(app.f([thing, 5], 1), thing);
  assert.throws(() => app.f([thing, thing], "x"), TypeError);
  assert.deepEqual(app.g(undefined), { some: undefined });
  assert.equal(app.g(thing).some, thing);
  fake.imports.gal.drop(seen[0][4]);
  assert.equal(app.f([Symbol.iterator], 1), Symbol.iterator);
});

test("what the module gives back stays until the buffer that names it is read", async () => {
  let handle;
  const { app } = await instantiate({ exports: { f: gal.fn([js], js), g: gal.fn([string], js) } }, (module) => ({
    f(length) {
      handle = module.take(length);
      // The last owner is gone before the result is read.
      module.imports.gal.drop(handle[0]);
      return module.give(handle);
    },
    g: () => module.give(handle),
  }));
  const thing = {};
  assert.equal(app.f(thing), thing);
  assert.equal(app.g("x"), undefined, "and no longer");
  assert.equal(app.f(undefined), undefined);
});

test("plain functions take and give numbers", async () => {
  const calls = [];
  const plain = { plain: true };
  const description = {
    exports: {
      add: gal.fn({ a: int, b: int }, int, plain),
      mix: gal.fn([bool, uint8, uint32, float32, uint64], uint32, plain),
      flag: gal.fn([], bool, plain),
      nothing: gal.fn([], unit, plain),
      tiny: gal.fn([], int8, plain),
    },
  };
  const { app } = await instantiate(description, () => ({
    add: (a, b) => a + b,
    mix: (...args) => (calls.push(args), -1),
    flag: () => 1,
    nothing: () => undefined,
    tiny: () => 0x1ff,
  }));
  assert.equal(app.add(2, -3), -1);
  assert.equal(app.mix(true, 255, 2 ** 32 - 1, 0.5, 2n ** 64n - 1n), 2 ** 32 - 1);
  assert.deepEqual(calls, [[1, 255, 2 ** 32 - 1, 0.5, 2n ** 64n - 1n]]);
  assert.equal(app.flag(), true);
  assert.equal(app.nothing(), undefined);
  assert.equal(app.tiny(), -1);
  assert.throws(() => app.add(1, "x"), { name: "TypeError", message: 'add: argument 2 (b): expected a whole number, got "x"' });
  assert.throws(() => app.add(2 ** 53 - 1, 1), { name: "RangeError", message: /^add: result: 9007199254740992 is not within/ });
});

test("random values of random types come back as they were", async () => {
  // A linear congruential generator, so that a failure can be had again.
  let state = 12345;
  const random = (n) => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) % n;
  const pick = (list) => list[random(list.length)];
  const repeat = (make) => Array.from({ length: random(4) }, make);
  const text = () => repeat(() => pick(["a", "é", "😀", "\n", "\ufeff", "\0"])).join("");

  // Each makes a codec with what makes values of it.
  const leaves = [
    () => [bool, () => random(2) === 1],
    () => [int, () => pick([0, -1, 2 ** 53 - 1, -(2 ** 53 - 1), random(1000)])],
    () => [int16, () => random(65536) - 32768],
    () => [uint32, () => random(2 ** 32)],
    () => [uint64, () => BigInt(random(2 ** 32)) << 32n],
    () => [float, () => pick([0, -0, NaN, Infinity, 1e-300, random(1000) / 7])],
    () => [char, () => pick(["a", "😀", "\0", "\uffff"])],
    () => [string, text],
    () => [duration, () => random(1000) / 8],
    () => [bytes, () => Uint8Array.from(repeat(() => random(256)))],
    () => [enumeration(["A", "B", "C"]), () => pick(["A", "B", "C"])],
  ];
  const grow = [
    ([c, v]) => [array(c), () => repeat(v)],
    ([c, v]) => [set(string), () => new Set(repeat(text))],
    ([c, v]) => [map(string, c), () => new Map(repeat(() => [text(), v()]))],
    ([c, v]) => [fixed(c, 2), () => [v(), v()]],
    ([c, v]) => [tuple([c, int8]), () => [v(), random(100)]],
    ([c, v]) => [struct({ a: c, b: c }), () => ({ a: v(), b: v() })],
    ([c, v]) => [result(c, string), () => (random(2) ? { ok: v() } : { error: text() })],
    ([c, v]) => [union({ One: [c], Two: [c, c], Named: { x: c }, None: [] }), () => pick([{ tag: "One", value: v() }, { tag: "Two", values: [v(), v()] }, { tag: "Named", x: v() }, { tag: "None" }])],
  ];
  for (let round = 0; round < 300; round++) {
    let type = pick(leaves)();
    for (let depth = random(4); depth > 0; depth--) {
      // An option of an option has a form of its own, which the table has.
      type = pick(grow)(random(3) ? type : [option(type[0]), ((v) => () => (random(2) ? v() : undefined))(type[1])]);
    }
    const [codec, make] = type;
    const { f } = await echo(tuple([codec]));
    const value = [make()];
    assert.deepEqual(f(value), value, `round ${round}`);
  }
});

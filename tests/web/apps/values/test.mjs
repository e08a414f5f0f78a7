import { instantiate } from "./build/app.js";

const app = await instantiate();
const all = {
  small: [-128, -32768, -(2 ** 31), 255, 65535, 2 ** 32 - 1],
  wide: [-(2 ** 53 - 1), 2n ** 64n - 1n],
  floats: [0.1, -Infinity],
  single: 0.5,
  flag: true,
  letter: "😀",
  text: "größer\u0000",
  nothing: undefined,
  time: 1500.5,
  bytes: new Uint8Array([0, 255]),
  words: ["", "a"],
  numbers: new Set([3, 1, 2]),
  table: new Map([["a", [1, 2]], ["", []]]),
  maybe: 7,
  twice: null,
  outcome: { error: "no" },
  colours: ["Green", "Red"],
};
console.log(app.same(all));
console.log(app.shown(all));
console.log(app.same({ ...all, maybe: undefined, twice: undefined, outcome: { ok: 1 }, numbers: new Set() }).outcome);
console.log(app.add(1, 2), app.add(2 ** 53 - 2, 1), app.not(false), app.half(3), app.wide(2n ** 63n));
console.log(app.shapes(), app.shapes().map(app.area));
console.log(app.sum(app.grown(900)), app.next("Red"), app.next("Green"), app.next(), app.next(null));
console.log(app.swapped({ a: 1, b: "x" }), app.checked(1), app["new-name"](1, 2, 3, 4, 5, 6, 7, "8"));
console.log(app.repeated("ab", 100_000).length);

console.log(app.called(["ab"]), app.behind_nothing(undefined, 2.5), app.keys(new Set([{ n: 1 }, { n: 1 }])));
{
  let isFirst = true;
  const stdout = (text) => {
    if (isFirst) {
      isFirst = false;
      console.log(`${text.trim()}, and in between ${other.said("another text")}`);
    }
  };
  const other = await instantiate(undefined, { stdout });
  console.log(other.said("a text"));
}

const trouble = [
  () => app.keys(new Set(Array.from({ length: 20 }, (_, n) => ({ n: -n })))),
  () => app.called("ab"),
  () => app.checked(0),
  () => app.first([]),
  () => app.divided(1, 0),
  () => app.divided(7, 2),
  () => app.add("x", 1),
  () => app.add(1.5, 1),
  () => app.add(2 ** 53, 1),
  () => app.add(2 ** 53 - 1, 1),
  () => app.area({ tag: "Square" }),
  () => app.area({ tag: "Rect", w: 1 }),
  () => app.next("Blue"),
  () => app.same({ ...all, small: [128, 0, 0, 0, 0, 0] }),
  () => app.same({ ...all, letter: "ab" }),
  () => app.same({ ...all, table: new Map([["a", [1, "2"]]]) }),
  () => app.sum(app.grown(2000)),
];
for (const call of trouble) {
  try {
    console.log("no error:", call());
  } catch (error) {
    // Lines of the library move.
    console.log(`${error.name}: ${error.message}`.replace(/library\/\S+:/, "library:"));
  }
}
console.log(await app.start().catch((error) => `${error.name}: ${error.message}`));

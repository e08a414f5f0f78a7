// What compiles with the package's types, and what does not.
import * as gal from "@gal-lang/runtime";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Of<C> = C extends gal.Codec<infer T> ? T : never;
const yes = <_ extends true>() => {};

const { int, string, uint64, option, struct, union, enumeration, tuple, map, set, array, fixed, result, bytes, unit } = gal;
const point = struct({ x: int, name: string });
yes<Same<Of<typeof point>, { x: number; name: string }>>();
const shape = union({ Circle: [int], Line: [int, string], Rect: { w: int }, Empty: [] });
yes<Same<Of<typeof shape>["tag"], "Circle" | "Line" | "Rect" | "Empty">>();
yes<Same<Extract<Of<typeof shape>, { tag: "Line" }>["values"], [number, string]>>();
const color = enumeration(["Red", "Green"]);
yes<Same<Of<typeof color>, "Red" | "Green">>();
const pair = tuple([uint64, option(int)]);
yes<Same<Of<typeof pair>, [bigint, number | undefined]>>();
const table = map(string, set(array(fixed(bytes, 2))));
yes<Same<Of<typeof table>, Map<string, Set<Uint8Array[][]>>>>();
const outcome = result(unit, string);
yes<Same<Of<typeof outcome>, { ok: void } | { error: string }>>();

/** As `app.d.ts` has it. */
interface App {
  add(a: number, b: number): number;
  Counter: { new (limit: number): Counter; named(): Counter };
}
interface Counter extends gal.Actor {
  add(n: number): void;
  get(): Promise<number>;
}

const { instantiate } = gal.program<App>({
  url: () => new URL("./app.wasm", "https://example.org"),
  needs: ["exnref"],
  exports: { add: gal.fn({ a: int, b: int }, int, { plain: true }) },
  actors: { Counter: gal.actor({ new: [int], named: [] }, { Add: [int] }, { Get: [[], int] }) },
});

export async function main(): Promise<number> {
  const app = await instantiate(fetch("app.wasm"), { args: ["x"], stdout: (text) => console.log(text.length) });
  await instantiate(new Uint8Array(8));
  // @ts-expect-error: no such option
  await instantiate(undefined, { standardOutput: console.log });
  // @ts-expect-error: no such feature
  gal.program({ url: () => "", needs: ["gc"] });
  using counter = new app.Counter(10);
  counter.add(app.add(1, 2));
  try {
    return (await app.start()) + (await counter.get()) + (app.exited ?? 0);
  } catch (error) {
    if (error instanceof gal.GalError) console.log(error.error);
    if (error instanceof gal.GalExitError) return error.status;
    if (error instanceof gal.GalPanic) return error.message.length;
    throw error;
  }
}

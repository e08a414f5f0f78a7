import { instantiate } from "./build/app.js";
import * as host from "./host.js";

const app = await instantiate();
console.log("status", await app.start());

const counter = new app.Counter(5);
counter.increment();
counter.add(10);
console.log(await counter.get(), await app.Counter.named("four").get());
const made = app.make(7);
console.log(made instanceof app.Counter, await Promise.all([made.slow(1), made.slow(2), made.get()]));
console.log(await app.total([counter, made]), await made.checked(3), await app.waits());
console.log(await app.from_javascript());

const narrow = new app.Narrow();
await Promise.all([1, 2, 3].map((n) => narrow.put(n)));
console.log(await narrow.seen());

app.listens(counter);
host.call(100, "abc");
console.log(await counter.get());

console.log(await app.gives_up());

const trouble = [
  () => app.strange_things(),
  () => app.strange_waits(),
  () => {
    const freed = new app.Counter(1);
    return app.takes(freed, { valueOf: () => (freed.free(), 1) });
  },
  () => {
    const freed = new app.Counter(1);
    return app.together({ counter: freed, get n() { freed.free(); return 1; } });
  },
  () => made.checked(0),
  () => made.fail(),
  () => made.get(),
  () => app.refused(1),
  () => app.refused_text(),
  () => app.waits_in_vain(),
  () => counter.add("x"),
  () => (counter.free(), counter.get()),
  () => app.total([counter]),
  () => new app.Counter(),
];
for (const call of trouble) {
  try {
    console.log("no error:", await call());
  } catch (error) {
    // Lines of the library move.
    console.log(`${error.name}: ${error.message}`.replace(/library\/\S+:/, "library:"));
  }
}
{
  const again = await instantiate(undefined, { stdout: (text) => console.log("again:", text.trim()) });
  console.log("status", await again.start());
}

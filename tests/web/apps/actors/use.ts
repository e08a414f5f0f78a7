import { instantiate, type Counter } from "./build/app.js";

const app = await instantiate();
using counter: Counter = new app.Counter(1);
counter.add(2);
const count: number = await counter.get();
const made: Counter = app.make(count);
await app.total([made, app.Counter.named("x")]);
await new app.Narrow().put(1);
// @ts-expect-error a message without a reply gives nothing
const nothing: number = counter.add(1);
export const checked: number = await made.checked(nothing);

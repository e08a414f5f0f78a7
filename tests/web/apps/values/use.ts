import { instantiate, type Everything, type Shape } from "./build/app.js";

const app = await instantiate();
const sum: number = app.add(1, 2);
const shape: Shape = { tag: "Rect", w: 1, h: sum };
const area: number = app.area(shape);
const next: "Red" | "Green" | undefined = app.next("Red");
export const all: (value: Everything) => Everything = app.same;
export const table: Map<string, number[]> = all({} as Everything).table;
export const both: [number, string] = app.called(["a"]);
export const results = [area, next, app.wide(1n) satisfies bigint];
// @ts-expect-error a text is no number
app.add("1", 2);
// @ts-expect-error there is no such variant
app.next("Blue");

// A program that makes its page itself: elements, what happens to them, and a canvas.
import assert from "node:assert/strict";
import { test } from "node:test";
import { withProgram } from "./compiled.mjs";

const SCRIPT = `
  import { instantiate } from "./app.js";
  const errors = [];
  const app = await instantiate(undefined, { stderr: (text) => errors.push(text) });
  app.start().then(() => errors.push("ended"), (error) => errors.push(String(error)));
  const frame = () => new Promise(requestAnimationFrame);
  const buttons = () => [...document.querySelectorAll("button")];
  for (let i = 0; i < 100 && buttons().length < 2; i++) await frame();
  const [less, more] = buttons();
  if (!more) throw new Error("no buttons: " + document.body.innerHTML + errors.join(" "));
  for (const button of [more, less, more, less, less]) button.click();
  await frame();
  const canvas = document.querySelector("canvas").getContext("2d");
  const pixel = (x) => [...canvas.getImageData(x, 5, 1, 1).data];
  const seen = {
    labels: buttons().map((button) => button.textContent),
    shown: document.querySelector("output").textContent,
    inside: pixel(16),
    outside: pixel(18),
    errors,
  };
  fetch("/result", { method: "POST", body: JSON.stringify(seen) });`;

test("clicks reach an actor, which shows them", () =>
  withProgram("page.gal", async (open) => {
    assert.deepEqual(await open(SCRIPT, '<div id="place"></div>'), {
      labels: ["less", "more"],
      shown: "17",
      inside: [0, 128, 255, 255],
      outside: [0, 0, 0, 0],
      errors: [],
    });
  }));

test("a panic of main ends the program with 101, and says why", () =>
  withProgram("page.gal", async (open) => {
    const script = `
      import { instantiate } from "./app.js";
      let text = "";
      const app = await instantiate(undefined, { stderr: (more) => (text += more) });
      const status = await app.start();
      fetch("/result", { method: "POST", body: JSON.stringify({ status, exited: app.exited, text }) });`;
    const { status, exited, text } = await open(script);
    assert.deepEqual([status, exited], [101, 101]);
    assert.match(text, /^panic at .*page\.gal:\d+:\d+.*: the page has no place for the counter\n$/);
  }));

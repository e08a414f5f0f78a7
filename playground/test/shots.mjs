// Pictures of every view, wide and narrow, light and dark, for people to look at: `cargo xtask playground --shots`. They are written to the folder `shots`
// beside the site.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch, serve, SITE } from "./site.mjs";

const SIZES = { wide: { width: 1360, height: 850 }, middle: { width: 900, height: 1000 }, phone: { width: 390, height: 844 } };
const folder = join(SITE, "..", "shots");
mkdirSync(folder, { recursive: true });

const wrong = "fn main() {\n    let count = 1\n    let unused = 2\n    println(\"{cuont}\")\n}\n";
const run = (page) => page.keyboard.press("ControlOrMeta+Enter");
const rest = (page) => page.waitForTimeout(900);

async function write(page, text) {
  await page.locator("#editor .cm-content").click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
}

/** Runs what is there with a trace, and goes to a position of it. */
async function trace(page, position) {
  await page.click("#tab-actors");
  await page.click("#trace-run");
  await page.waitForFunction(() => /events of .*(Finished|Ended)/.test(document.querySelector("#trace-note").textContent));
  if (position !== undefined) await seek(page, position);
}

const seek = (page, position) =>
  page.locator("#trace-position").evaluate((slider, position) => {
    slider.value = position;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }, position);

/** Each view: where it is, and what is done there. `only`: the sizes that show something of their own. */
const VIEWS = {
  first: { at: "" },
  output: { at: "#example/chat_rooms", work: async (page) => { await run(page); await page.waitForFunction(() => /Finished|errors/.test(document.querySelector("#outcome").textContent)); } },
  problems: { at: "", work: async (page) => { await write(page, wrong); await rest(page); await page.click("#tab-problems"); } },
  panic: { at: "", work: async (page) => { await write(page, "fn main() {\n    println(\"one\")\n    let xs = [1, 2]\n    println(xs[5])\n}\n"); await run(page); await page.waitForFunction(() => /panic/.test(document.querySelector("#outcome").textContent)); } },
  mir: { at: "#example/bank", work: async (page) => { await page.click("#tab-mir"); await page.waitForSelector("#panel-mir .cm-line"); } },
  wat: { at: "#example/bank", work: async (page) => { await page.click("#tab-wat"); await page.waitForSelector("#panel-wat .cm-line"); } },
  size: { at: "#example/chat_rooms", work: async (page) => { await page.click("#tab-size"); await page.waitForSelector("#panel-size table"); } },
  actors: { at: "#example/bank", work: (page) => trace(page, 128) },
  race: { at: "#example/lost_update", work: async (page) => { await trace(page); await page.fill("#trace-seed", "6"); await page.press("#trace-seed", "Enter"); await rest(page); await seek(page, 33); } },
  fault: { at: "#example/chat_rooms", work: async (page) => { await trace(page, 60); await page.getByRole("button", { name: "Drop" }).click(); await page.waitForSelector(".chip"); await rest(page); } },
  events: { at: "#example/bank", work: async (page) => { await trace(page, 122); await page.click("#trace-list"); } },
  untraced: { at: "", only: ["wide", "phone"], work: (page) => page.click("#tab-actors") },
  options: { at: "", work: (page) => page.click("#options-toggle") },
  examples: { at: "", only: ["wide"], work: (page) => page.click("#menu-examples") },
  more: { at: "", only: ["phone"], work: (page) => page.click("#menu-more") },
  share: { at: "", only: ["wide"], work: (page) => page.click("#share") },
  shortcuts: { at: "", work: (page) => page.keyboard.press("F1") },
  rename: { at: "", only: ["wide"], work: (page) => page.click(".file.add") },
  tour: { at: "#tour" },
  lesson: { at: "#tour/32-actors" },
  wrong: { at: "#tour/01-hello", work: async (page) => { await page.click("#check"); await page.waitForFunction(() => document.querySelector("#verdict").textContent); } },
  solved: { at: "#tour/01-hello", work: async (page) => { await page.getByRole("button", { name: "Solution" }).click(); await page.click("#check"); await page.waitForFunction(() => /Right/.test(document.querySelector("#verdict").textContent)); } },
  errors: { at: "#errors" },
  error: { at: "#errors/type-mismatch" },
  embed: { at: "?embed#example/hello", only: ["wide"] },
};

const wanted = process.argv.slice(2);
const site = await serve();
const browser = await launch();
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [name, { at, work, only }] of Object.entries(VIEWS)) {
      if ((only && !only.includes(size)) || (wanted.length && !wanted.includes(name))) continue;
      const context = await browser.newContext({ viewport, colorScheme, hasTouch: size === "phone", isMobile: size === "phone" });
      const page = await context.newPage();
      try {
        await page.goto(site.url + at);
        await page.waitForFunction(() => document.querySelector("#status-version").textContent && document.querySelector("#status-problems").textContent);
        await rest(page);
        await work?.(page);
        await rest(page);
      } catch (error) {
        console.log(`${name}, ${size}, ${colorScheme}: ${error.message.split("\n")[0]}`);
      }
      await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
      await context.close();
    }
  }
}
await browser.close();
await site.stop();
console.log(`pictures in ${folder}`);

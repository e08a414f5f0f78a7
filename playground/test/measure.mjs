// Prints how long a reader waits and how much is loaded: `npm run measure`, with the variable GAL_SITE for another site than `dist`.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { LATER } from "../later.mjs";
import { launch, serve, SITE } from "./site.mjs";

let [plain, gzip, brotli] = [0, 0, 0];
for (const name of readdirSync(SITE).filter((name) => /\.(wasm|js|css|html|json)$/.test(name) && !LATER.includes(name))) {
  const bytes = readFileSync(join(SITE, name));
  const sizes = [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length];
  [plain, gzip, brotli] = [plain + sizes[0], gzip + sizes[1], brotli + sizes[2]];
  if (bytes.length > 100_000) console.log(`${name}: ${kib(sizes)}`);
}
console.log(`all that is loaded at first: ${kib([plain, gzip, brotli])}`);

const site = await serve();
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
const begin = Date.now();
await page.goto(site.url);
await page.waitForSelector("#editor .cm-content");
const shown = Date.now() - begin;
await page.waitForFunction(() => document.querySelector("#status-problems").textContent);
const checked = Date.now() - begin;
console.log(`first visit: editor after ${shown} ms, first check after ${checked} ms`);

const status = async () => `${await page.textContent("#status-check")}; ${await page.textContent("#status-size")}`;
for (const example of ["hello", "bank", "order_book"]) {
  await page.goto(`${site.url}#example/${example}`);
  for (let n = 0; n < 8; n++) {
    await page.waitForTimeout(400);
    await page.keyboard.press("ControlOrMeta+Enter");
    await page.waitForFunction(() => /Finished/.test(document.querySelector("#outcome").textContent));
    if (n === 0 || n === 7) console.log(`${example}, ${n === 0 ? "first" : "warm"}: ${await status()}; ${await page.textContent("#outcome")}`);
  }
}
await browser.close();
await site.stop();

function kib([plain, gzip, brotli]) {
  const show = (bytes) => `${Math.round(bytes / 1024)} KiB`;
  return `${show(plain)}, gzip ${show(gzip)}, brotli ${show(brotli)}`;
}

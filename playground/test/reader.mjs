// What the tests of the page have in common: a reader with a browser.
import { after, before } from "node:test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { findChromium, launch, serve } from "./site.mjs";

export const skip = !findChromium() && "there is no Chromium; `cargo xtask setup --full` installs it or says how";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const WIDE = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };
/** Longest that anything may take on a machine that does much else. */
export const PATIENCE_MS = 30_000;

export let site, browser;

/** For a file of tests: serves the site and starts a browser before them, and ends both behind them. */
export function withBrowser() {
  before(async () => {
    if (skip) return;
    site = await serve();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });
}

/** A page of its own; its errors are in `faults`. `prepare` is done before it is loaded. */
export async function open(t, { fragment = "", query = "", viewport = WIDE, prepare, ready = true, ...options } = {}) {
  const context = await browser.newContext({ viewport, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(error.message));
  page.on("console", (message) => message.type() === "error" && page.faults.push(message.text()));
  t.after(() => context.close());
  await prepare?.(page);
  await page.goto(site.url + query + fragment);
  if (!ready) return page;
  // Then everything has been loaded, and the program is checked.
  await page.waitForFunction(() => {
    const text = (id) => document.getElementById(id).textContent;
    return text("status-version").startsWith("galc ") && document.getElementById("main").dataset.mode && text("status-problems");
  });
  return page;
}

/** Replaces what is in the editor, by typing as far as the editor can be told to. */
export async function write(page, text) {
  await page.locator("#editor .cm-content").click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
}

export const outcome = (page, pattern) => page.waitForFunction((source) => new RegExp(source).test(document.querySelector("#outcome").textContent), pattern.source);
export const output = (page) => page.textContent("#output");
export const problems = (page, text) => page.waitForFunction((text) => document.querySelector("#status-problems").textContent === text, text);

export async function run(page, text) {
  if (text !== undefined) await write(page, text);
  await page.keyboard.press("ControlOrMeta+Enter");
}

/** What axe finds. */
export async function violations(page) {
  // Past the page's policy, which is for the page's own scripts.
  await page.mainFrame().evaluate(axe);
  // What is between two colours has the contrast of neither.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((it) => it instanceof CSSTransition).map((it) => it.finished)));
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"], iframes: false }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join("; ")}`);
}

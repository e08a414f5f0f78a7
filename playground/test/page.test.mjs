// The page in Chromium, as readers use it: by keys, by pointer, on a phone, without a network.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { PATIENCE_MS, PHONE, WIDE, browser, open, outcome, output, problems, run, site, skip, violations, withBrowser, write } from "./reader.mjs";
import { serve } from "./site.mjs";

withBrowser();

const LOOP = "fn main() {\n    let mut n = 0\n    loop { n = n +% 1 }\n}\n";

test("a program is run and prints", { skip }, async (t) => {
  const page = await open(t);
  assert.match(await page.textContent("#outcome"), /Press Run, or (Ctrl|⌘)\+Enter/);
  await run(page, 'fn main() {\n    println("six times seven is {6 * 7}")\n}\n');
  await outcome(page, /^Finished after/);
  assert.equal(await output(page), "six times seven is 42\n");
  assert.deepEqual(page.faults, []);
});

test("actors, time and input work, and arguments are split", { skip }, async (t) => {
  const page = await open(t);
  await page.click("#options-toggle");
  await page.fill("#arguments", "one 'two words'");
  await page.fill("#stdin", "a line\nanother");
  const text = `use std.env
use std.io
use std.time.sleep

actor Counter {
    state count: Int = 0
    on Add(n: Int) { count += n }
    on Get -> Int { count }
}

fn main() {
    let counter = spawn Counter()
    send(counter, Add(2))
    sleep(Duration.from_millis(20))
    println("{ask(counter, Get)} {env.args()}")
    while io.read_line() is Some(line) { println("<{line}>") }
}
`;
  await run(page, text);
  await outcome(page, /^(Finished|The program)/);
  assert.match(await output(page), /^2 \["one", "two words"\]\n<a line>\n<another>\n$/);
});

test("a mark follows the mistake while one types", { skip }, async (t) => {
  const page = await open(t);
  await write(page, "fn main() {\n    println(nmae)\n}\n");
  await problems(page, "1 error");
  const line = () => page.locator(".cm-lintRange-error").evaluate((mark) => [...document.querySelectorAll(".cm-line")].indexOf(mark.closest(".cm-line")) + 1);
  assert.equal(await line(), 2);
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.insertText("// one\n// two\n");
  await page.waitForFunction(() => document.querySelector(".cm-lintRange-error")?.closest(".cm-line").previousSibling.previousSibling.textContent === "// two");
  await page.click("#tab-problems");
  assert.match(await page.textContent(".rendered"), /^error\[unknown-name\]: .*\n +--> main\.gal:4:13\n/);
  await write(page, "fn main() { println(1) }\n");
  await problems(page, "No problems");
  assert.match(await page.textContent("#panel-problems"), /No problems/);
});

test("a fix of the compiler is made, and can be undone", { skip }, async (t) => {
  const page = await open(t);
  await write(page, 'fn main() {\n    let count = 1\n    println("{cuont}")\n}\n');
  await problems(page, "1 error");
  await page.click("#tab-problems");
  await page.locator(".fix").first().click();
  await problems(page, "No problems");
  await page.keyboard.press("ControlOrMeta+z");
  await problems(page, "1 error");
});

test("a loop without an end is stopped within a second", { skip }, async (t) => {
  const page = await open(t);
  await run(page, LOOP);
  await outcome(page, /^Running/);
  await page.waitForTimeout(300);
  const begin = Date.now();
  await page.click("#run");
  await outcome(page, /^Stopped\.$/);
  assert.ok(Date.now() - begin < 1000, `${Date.now() - begin} ms`);
  await run(page, 'fn main() { println("after") }\n');
  await outcome(page, /^Finished/);
  assert.equal(await output(page), "after\n");
});

test("a loop without an end comes to the limit of time, and the page stays usable", { skip }, async (t) => {
  const page = await open(t);
  await run(page, LOOP);
  await outcome(page, /^Running/);
  await page.click("#tab-problems");
  assert.match(await page.textContent("#panel-problems"), /No problems/);
  await outcome(page, /^Stopped: a program may run for 10 s here/);
});

test("a flood of output is cut off", { skip }, async (t) => {
  const page = await open(t);
  await run(page, 'fn main() {\n    loop { println("water water water water water") }\n}\n');
  await outcome(page, /^Stopped: a program may write 1024 KiB here/);
  const length = (await output(page)).length;
  assert.ok(length > 900_000 && length <= 1 << 20, `${length} characters`);
});

test("a bomb of memory comes to the limit", { skip }, async (t) => {
  const page = await open(t);
  const text = "fn main() {\n    let mut all: Array<Int> = []\n    loop { all.push(all.len()) }\n}\n";
  await run(page, text);
  await outcome(page, /^(Ended|The program)/);
  assert.match(await page.textContent("#outcome"), /256 MiB of memory/);
  assert.match(await output(page), /fatal: out of memory/);
});

test("panics, exits and stack overflows are told apart", { skip }, async (t) => {
  const page = await open(t);
  await run(page, "fn main() {\n    let xs = [1]\n    println(xs[1])\n}\n");
  await outcome(page, /panic, with status 101/);
  assert.match(await output(page), /panic at main\.gal:3:/);
  await page.getByRole("button", { name: "Show main.gal:3:" }).click();
  await page.waitForFunction(() => document.querySelector("#status-cursor").textContent.startsWith("3:"));
  await run(page, "fn deep(n: Int) -> Int { deep(n + 1) + 1 }\n\nfn main() { println(deep(0)) }\n");
  await outcome(page, /fatal error, with status 102/);
  assert.match(await output(page), /stack overflow/);
  await run(page, "use std.env\n\nfn main() { env.exit(7) }\n");
  await outcome(page, /status 7/);
});

test("programs have no network, storage or page", { skip }, async (t) => {
  const page = await open(t);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  const reached = await page.evaluate(async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const frame = document.querySelector("iframe.runner");
    return { sandbox: frame?.getAttribute("sandbox"), document: frame?.contentDocument ?? "closed" };
  });
  assert.deepEqual(reached.sandbox ?? "allow-scripts", "allow-scripts");
  const text = `use std.fetch

fn main() {
    match fetch.get("${site.url}index.html") {
        Ok(_) => println("reached")
        Err(_) => println("refused")
    }
}
`;
  await run(page, text);
  await outcome(page, /^(Finished|The program|It could)/);
  assert.equal(await output(page), "refused\n");
  const frame = page.frames().find((frame) => frame !== page.mainFrame());
  const inside = await frame.evaluate(async () => {
    const tried = {};
    const attempt = async (name, work) => {
      try {
        await work();
        tried[name] = "reached";
      } catch {
        tried[name] = "refused";
      }
    };
    await attempt("storage", () => localStorage.length);
    await attempt("cookies", () => document.cookie);
    await attempt("page", () => parent.document.title);
    await attempt("network", () => fetch("https://example.com/"));
    await attempt("databases", () => new Promise((resolve, reject) => Object.assign(indexedDB.open("x"), { onsuccess: resolve, onerror: reject })));
    return { ...tried, origin };
  });
  assert.deepEqual(inside, { storage: "refused", cookies: "refused", page: "refused", network: "refused", databases: "refused", origin: "null" });
});

test("a link holds the program, and runs nothing by itself", { skip }, async (t) => {
  const page = await open(t);
  const text = "// grüße 😀\n" + LOOP;
  await write(page, text);
  await page.click("#options-toggle");
  await page.fill("#seed", "7");
  await page.click("#share");
  const link = await page.inputValue("#link");
  assert.match(link, /#code=1\.\d+-\d+-\d+\.[\w-]+$/);
  assert.match(await page.inputValue("#embed-code"), /<gal-snippet><pre>.*loop/s);
  await page.keyboard.press("Escape");
  const other = await open(t, { fragment: new URL(link).hash });
  await other.waitForFunction(() => document.querySelector("#editor .cm-content").textContent.includes("grüße 😀"));
  assert.equal(await other.inputValue("#seed"), "7");
  assert.match(await other.textContent("#outcome"), /Press/);
  const damaged = await open(t, { fragment: new URL(link).hash.slice(0, -9) });
  await damaged.waitForFunction(() => /damaged/.test(document.querySelector("#toast").textContent));
});

test("what a link replaces can be brought back, and edits survive a reload", { skip }, async (t) => {
  const page = await open(t);
  await write(page, "fn main() { println(1234567) }\n");
  await problems(page, "No problems");
  await page.goto(`${site.url}#example/bank`);
  await page.getByRole("button", { name: "Bring back my program" }).click();
  await page.waitForFunction(() => document.querySelector("#editor .cm-content").textContent.includes("1234567"));
  await page.reload();
  await page.waitForFunction(() => document.querySelector("#editor .cm-content").textContent.includes("1234567"));
});

test("names are completed, explained, found and changed", { skip }, async (t) => {
  const page = await open(t);
  await write(page, "actor Counter {\n    state count: Int = 0\n    on Add(n: Int) { count += n }\n}\n\nfn main() {\n    let counter = spawn Counter()\n    send(counter, Add(1))\n    \n}\n");
  await problems(page, "No problems");
  for (const key of ["ControlOrMeta+End", "ArrowUp", "ArrowUp", "End"]) await page.keyboard.press(key);
  await page.keyboard.type("send(counter, A");
  const item = page.locator(".cm-tooltip-autocomplete li", { hasText: "Add" }).first();
  await item.waitFor();
  await item.click();
  await page.keyboard.type("2");
  await page.waitForFunction(() => /send\(counter, Add\(2\)?\)/.test(document.querySelector("#editor .cm-content").textContent));
  // Its middle, where the actor's name stands.
  await page.locator(".cm-line", { hasText: "let counter" }).getByText("Counter", { exact: true }).hover();
  await page.locator(".cm-tooltip-hover .docs", { hasText: "Counter" }).waitFor();
  await page.keyboard.press("Home");
  for (let n = 0; n < "send(c".length; n++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("F12");
  await page.waitForFunction(() => document.querySelector("#status-cursor").textContent.startsWith("7:"));
  await page.keyboard.press("F2");
  await page.fill("#name", "tally");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /let tally[^]*send\(tally/.test(document.querySelector("#editor .cm-content").textContent));
});

test("programs have several files", { skip }, async (t) => {
  const page = await open(t);
  await page.click(".file.add");
  await page.fill("#name", "Shapes");
  await page.keyboard.press("Enter");
  assert.match(await page.textContent("#dialog-problem"), /cannot name a module/);
  await page.fill("#name", "shapes");
  await page.keyboard.press("Enter");
  await write(page, "pub fn area(n: Int) -> Int { n * n }\n");
  await page.click('[data-do="file:main.gal"]');
  await run(page, 'use shapes.area\n\nfn main() {\n    println("{area(3)}")\n}\n');
  await outcome(page, /^Finished/);
  assert.equal(await output(page), "9\n");
  await page.click('[data-do="file:shapes.gal"]');
  await page.click(".file-more");
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await problems(page, "1 error");
  assert.equal(await page.locator(".file:not(.add)").count(), 1);
});

test("a file is formatted, and left alone if it cannot be", { skip }, async (t) => {
  const page = await open(t);
  await write(page, "fn main(){println( 1 )}");
  await page.keyboard.press("ControlOrMeta+s");
  await page.waitForFunction(() => document.querySelector("#editor .cm-content").textContent.includes("fn main() { println(1) }"));
  await write(page, "fn main( {");
  await page.click("#format");
  await page.waitForFunction(() => /Not formatted/.test(document.querySelector("#toast").textContent));
});

test("the stages of the compiler and the size of the module are shown", { skip }, async (t) => {
  const page = await open(t, { fragment: "#example/chat_rooms" });
  for (const [tab, part] of [["mir", /^fn @/], ["lir", /^func @/], ["wat", /^ +\(func \$/]]) {
    await page.click(`#tab-${tab}`);
    await page.waitForFunction(([tab, source]) => new RegExp(source).test(document.querySelector(`#panel-${tab} .cm-line`)?.textContent), [tab, part.source]);
  }
  const part = await page.textContent("#panel-wat .note");
  assert.match(part, /^\d+ of \d+ functions$/);
  await page.getByRole("button", { name: "Show the library, too" }).click();
  await page.waitForFunction(() => /^All \d+ functions$/.test(document.querySelector("#panel-wat .note").textContent));
  await page.click("#tab-size");
  await page.waitForSelector("#panel-size table");
  const captions = await page.locator("#panel-size caption").allTextContents();
  assert.deepEqual(captions, ["By actor", "By function", "By section"]);
  await write(page, "fn main( {");
  await page.waitForFunction(() => /nothing to show/.test(document.querySelector("#panel-size").textContent));
});

test("a release is optimised by wasm-opt, in the page", { skip }, async (t) => {
  const page = await open(t, { fragment: "#example/word_count" });
  await page.check("#release");
  await page.keyboard.press("ControlOrMeta+Enter");
  await outcome(page, /^Finished/);
  const [, from, to] = /([\d,]+) B, wasm-opt: ([\d,]+) B/.exec(await page.textContent("#status-size")).map((text) => Number(text.replaceAll(",", "")));
  assert.ok(to < from && to > 100, `${from} to ${to}`);
  assert.deepEqual(page.faults, []);
});

test("modules, projects and sources are downloaded", { skip }, async (t) => {
  const page = await open(t);
  for (const [item, name, begin] of [["Module", "main.wasm", "\0asm"], ["npm project", "gal-project.zip", "PK"], ["Source", "main.gal", "fn main"]]) {
    await page.click("#menu-download");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: item }).click()]);
    assert.equal(download.suggestedFilename(), name);
    assert.equal(readFileSync(await download.path(), "latin1").slice(0, begin.length), begin);
  }
});

test("a lesson is solved, and that is remembered", { skip }, async (t) => {
  const lessons = JSON.parse(await (await fetch(`${site.url}tour.json`)).text());
  assert.ok(lessons.length >= 3);
  const page = await open(t, { fragment: "#tour" });
  await page.locator(".lessons a").first().click();
  await page.waitForSelector(".lesson-actions");
  assert.equal(await page.textContent("#side h1"), lessons[0].title);
  await page.click("#check");
  await page.waitForFunction(() => /Not yet/.test(document.querySelector("#verdict").textContent));
  await page.getByRole("button", { name: "Solution" }).click();
  await page.keyboard.press("ControlOrMeta+Shift+Enter");
  await page.waitForFunction(() => /Right/.test(document.querySelector("#verdict").textContent));
  await page.reload();
  await page.waitForSelector(".crumbs .mark");
  await page.locator(".lesson-actions").getByRole("link", { name: "Next" }).click();
  await page.waitForFunction((title) => document.querySelector("#side h1")?.textContent === title, lessons[1].title);
  await page.goto(`${site.url}#tour`);
  await page.waitForFunction(() => document.querySelectorAll(".lessons .solved").length === 1);
  await page.goto(`${site.url}#`);
  await page.waitForFunction(() => document.querySelector("#main").dataset.mode === "work");
});

const isFull = process.env.GAL_TEST_SIZE === "full";

test("every lesson begins unsolved, and its solution is right", { skip: skip || (!isFull && "only with `--full`") }, async (t) => {
  const lessons = JSON.parse(await (await fetch(`${site.url}tour.json`)).text());
  const page = await open(t, { fragment: "#tour" });
  const wrong = [];
  for (const { slug, title } of lessons) {
    await page.goto(`${site.url}#tour/${slug}`);
    await page.waitForFunction((title) => document.querySelector("#side h1")?.textContent === title, title);
    for (const verdict of [/^(?!Right)/, /^Right/]) {
      if (verdict.test("Right.")) await page.getByRole("button", { name: "Solution" }).click();
      await page.click("#check");
      await page.waitForFunction(() => document.querySelector("#verdict").textContent || /errors/.test(document.querySelector("#outcome").textContent));
      const text = (await page.textContent("#verdict")) || (await page.textContent("#outcome"));
      if (!verdict.test(text)) wrong.push(`${slug}: ${text}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("pages of codes open, and their programs run", { skip }, async (t) => {
  const page = await open(t, { fragment: "#errors" });
  await page.fill("#filter", "type-mismatch");
  await page.locator(".codes a:visible").first().click();
  await page.waitForSelector(".block.fails");
  assert.equal(await page.textContent("#side h1"), "type-mismatch");
  await problems(page, "1 error");
  await page.locator(".try").last().click();
  await problems(page, "No problems");
  await page.keyboard.press("ControlOrMeta+Enter");
  await outcome(page, /^(Finished|Ended)/);
});

test("themes follow the system, or what is chosen", { skip }, async (t) => {
  const page = await open(t, { colorScheme: "light" });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await ground();
  assert.notEqual(light, dark);
  await page.click("#menu-theme");
  await page.getByRole("menuitemradio", { name: "Light" }).click();
  assert.equal(await ground(), light);
  await page.reload();
  assert.equal(await ground(), light);
});

test("the page works by keys alone", { skip }, async (t) => {
  const page = await open(t);
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.textContent);
  const seen = [];
  for (let n = 0; n < 40 && !/cm-content/.test(seen.at(-1) ?? ""); n++) {
    await page.keyboard.press("Tab");
    seen.push(await focused());
  }
  for (const wanted of ["skip", "nav-tour", "menu-examples", "share", "release", "run"]) assert.ok(seen.includes(wanted) || seen.some((name) => name.split(" ").includes(wanted)), `${wanted} is not among ${seen}`);
  assert.match(seen.at(-1), /cm-content/);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("fn main() { println(5) }");
  await problems(page, "No problems");
  // The first closes what has popped up while typing.
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "divider");
  const before = await page.getAttribute("#divider", "aria-valuenow");
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await page.getAttribute("#divider", "aria-valuenow"), before);
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "tab-output");
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(), "tab-problems");
  await page.keyboard.press("ControlOrMeta+Enter");
  await outcome(page, /^Finished/);
  assert.equal(await output(page), "5\n");
  await page.focus("#menu-examples");
  await page.keyboard.press("Enter");
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowUp");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "menuitem");
  await page.keyboard.press("Escape");
  assert.equal(await focused(), "menu-examples");
  await page.keyboard.press("F1");
  assert.ok(await page.locator("#dialog[open]").isVisible());
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#dialog[open]").count(), 0);
});

test("a phone has all of it, and nothing sticks out", { skip }, async (t) => {
  for (const fragment of ["", "#tour/01-hello", "#errors/type-mismatch"]) {
    const page = await open(t, { viewport: PHONE, hasTouch: true, isMobile: true, fragment });
    const width = await page.evaluate(() => document.scrollingElement.scrollWidth);
    assert.ok(width <= PHONE.width, `${fragment}: ${width} pixels wide`);
    await page.locator("#run").tap();
    await outcome(page, /^(Finished|The program)/);
    await page.locator("#menu-more").tap();
    await page.getByRole("menuitem", { name: "Theme" }).tap();
    await page.getByRole("menuitemradio", { name: "Dark" }).tap();
  }
});

test("it works without a network after the first visit", { skip }, async (t) => {
  const own = await serve();
  t.after(() => own.stop());
  const context = await browser.newContext({ viewport: WIDE });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(own.url);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  await own.stop();
  await page.reload();
  await page.waitForFunction(() => document.querySelector("#status-version").textContent.startsWith("galc "), undefined, { timeout: PATIENCE_MS });
  await run(page, 'fn main() { println("offline") }\n');
  await outcome(page, /^Finished/);
  assert.equal(await output(page), "offline\n");
});

test("`<gal-snippet>` shows a program that runs, in somebody else's page", { skip }, async (t) => {
  const context = await browser.newContext({ viewport: WIDE });
  t.after(() => context.close());
  const page = await context.newPage();
  const snippet = `<gal-snippet theme="dark"><pre>\n    fn main() {\n        println("a &lt; b")\n    }\n</pre></gal-snippet>`;
  const docs = createServer((_, response) =>
    response.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html><script type="module" src="${site.url}gal-snippet.js"></script>${snippet}`));
  await new Promise((resolve) => docs.listen(0, "127.0.0.1", resolve));
  t.after(() => docs.close());
  await page.goto(`http://127.0.0.1:${docs.address().port}/`);
  const frame = page.frameLocator("iframe");
  await frame.locator("#run").click();
  await frame.locator("#outcome", { hasText: "Finished" }).waitFor({ timeout: PATIENCE_MS });
  assert.equal(await frame.locator("#output").textContent(), "a < b\n");
  assert.equal(await frame.locator("#bar").isVisible(), false);
});

test("a compiler that crashes is replaced, and says so", { skip }, async (t) => {
  const page = await open(t);
  await write(page, `fn main() { let x = 1${"+1".repeat(30_000)} }\n`);
  await page.waitForFunction(() => /nests deeper|No problems|error/.test(document.querySelector("#status-check").textContent + document.querySelector("#status-problems").textContent));
  await run(page, 'fn main() { println("still here") }\n');
  await outcome(page, /^Finished/);
  assert.equal(await output(page), "still here\n");
});

test("programs for pages are refused with a way out", { skip }, async (t) => {
  const page = await open(t);
  await run(page, 'use std.dom.query\n\nfn main() {\n    if query("#x") is Some(found) { found.set_text("hello") }\n}\n');
  await outcome(page, /could not be run: it works on the elements of a page.*Download has an npm project/);
});

test("input and arguments that are too much, or wrong, are told", { skip }, async (t) => {
  const page = await open(t);
  await page.click("#options-toggle");
  await page.fill("#arguments", "'open");
  await run(page);
  await outcome(page, /could not be run: the arguments have a ' that nothing closes/);
  await page.fill("#arguments", "");
  await page.fill("#seed", "-3");
  assert.match(await page.textContent("#seed-note"), /a whole number from 0/);
  await page.fill("#seed", "3");
  await run(page);
  await outcome(page, /^Finished/);
  await page.locator("#stdin").evaluate((field) => {
    field.value = "x".repeat((1 << 20) + 1);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await run(page);
  await outcome(page, /standard input has at most 1024 KiB here/);
});

test("a seed makes waiting take no time", { skip }, async (t) => {
  const page = await open(t);
  await page.click("#options-toggle");
  await page.fill("#seed", "1");
  await run(page, "use std.time.sleep\n\nfn main() {\n    sleep(Duration.from_secs(3600))\n    println(1)\n}\n");
  await outcome(page, /^Finished/);
});

test("without storage everything works but being kept, which is told", { skip }, async (t) => {
  const prepare = (page) => page.addInitScript(() => Object.defineProperty(globalThis, "localStorage", { get: () => { throw new Error("switched off"); } }));
  const page = await open(t, { prepare });
  await run(page, "fn main() { println(1) }\n");
  await outcome(page, /^Finished/);
  assert.match(await page.textContent("#toast"), /keeps nothing/);
});

test("a release runs without wasm-opt where that cannot be had, and says so", { skip }, async (t) => {
  const page = await open(t, { prepare: (page) => page.route("**/binaryen.js", (route) => route.abort()), serviceWorkers: "block" });
  await page.check("#release");
  await run(page, "fn main() { println(1) }\n");
  await outcome(page, /^Finished/);
  assert.match(await output(page), /^note: without wasm-opt, which could not be used: .*\n1\n$/);
});

test("what is loaded on first use is told of where it cannot be loaded, and tried again", { skip }, async (t) => {
  const part = "**/playground-extra_bg.wasm";
  const page = await open(t, { prepare: (page) => page.route(part, (route) => route.abort()), serviceWorkers: "block", fragment: "#errors" });
  await page.waitForFunction(() => /^There are no pages: a part of the playground/.test(document.querySelector("#side .empty")?.textContent));
  await page.click("#nav-home");
  await run(page, "fn main() { println(1) }\n");
  await outcome(page, /^Finished/);
  await page.unroute(part);
  await page.click("#nav-errors");
  await page.locator(".codes a").first().waitFor();
});

test("names are explained without the library's documentation where that cannot be loaded", { skip }, async (t) => {
  const part = "**/library-docs.json";
  const page = await open(t, { prepare: (page) => page.route(part, (route) => route.abort()), serviceWorkers: "block" });
  await run(page, "fn main() { println(1) }\n");
  await outcome(page, /^Finished/);
  await page.locator(".cm-line").getByText("println", { exact: true }).hover();
  const shown = page.locator(".cm-tooltip-hover .docs", { hasText: "fn println" });
  await shown.waitFor();
  const docs = /\/\/\/ (.*)\n(?:@inline\n)?pub fn println\b/.exec(readFileSync(new URL("../../library/core/print.gal", import.meta.url), "utf8"))[1];
  assert.ok(!(await shown.textContent()).includes(docs), docs);
});

test("a compiler that cannot be loaded is told of", { skip }, async (t) => {
  const page = await open(t, { prepare: (page) => page.route("**/playground-compiler_bg.wasm", (route) => route.abort()), serviceWorkers: "block", ready: false });
  await page.waitForFunction(() => /^The compiler failed: the compiler could not be loaded/.test(document.querySelector("#status-check").textContent));
  await run(page);
  await outcome(page, /could not be run: the compiler could not be loaded/);
});

for (const [name, fragment, viewport] of [
  ["the playground", "", WIDE], ["a lesson", "#tour/01-hello", WIDE], ["the tour", "#tour", WIDE], ["the codes", "#errors", WIDE], ["a code", "#errors/type-mismatch", WIDE],
  ["the playground on a phone", "", PHONE], ["a lesson on a phone", "#tour/01-hello", PHONE],
]) {
  test(`axe finds nothing wrong with ${name}`, { skip }, async (t) => {
    for (const colorScheme of ["light", "dark"]) {
      const page = await open(t, { fragment, viewport, colorScheme });
      await run(page);
      await page.waitForFunction(() => !/Compiling|Running|Press/.test(document.querySelector("#outcome").textContent));
      const views = viewport === WIDE && !fragment ? ["output", "problems", "size", "actors"] : ["output"];
      for (const view of views) {
        await page.click(`#tab-${view}`);
        if (view === "size") await page.waitForSelector("#panel-size table");
        assert.deepEqual(await violations(page), [], `${view}, ${colorScheme}`);
      }
      if (viewport !== WIDE || fragment) continue;
      await write(page, "fn main() {\n    let unused = 1\n    println(nmae)\n}\n");
      await page.waitForFunction(() => /error/.test(document.querySelector("#status-problems").textContent));
      await page.click("#tab-problems");
      assert.deepEqual(await violations(page), [], `problems, ${colorScheme}`);
      await page.keyboard.press("F1");
      assert.deepEqual(await violations(page), [], `shortcuts, ${colorScheme}`);
    }
  });
}

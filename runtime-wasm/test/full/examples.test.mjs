// The programs of examples/web: built as their readmes say, and used as somebody at the page or at a shell does.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { galc, openInChromium, REPORT } from "./compiled.mjs";
import { tool } from "./project.mjs";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const packages = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** A copy of what the examples need of the repository: without what others have built or installed there. */
const copy = mkdtempSync(join(tmpdir(), "gal-examples-"));
const examples = join(copy, "examples/web");
const MADE = ["build", "dist", "node_modules", "package-lock.json"];
cpSync(join(repository, "examples/web"), examples, { recursive: true, filter: (path) => !MADE.includes(basename(path)) });
for (const name of ["package.json", "dist"]) cpSync(join(repository, "runtime-wasm", name), join(copy, "runtime-wasm", name), { recursive: true });
after(() => rmSync(copy, { recursive: true, force: true }));

const compile = (name) => galc(["build", "--release", "--target", "wasm32-web", "app.gal"], join(examples, name));

/** All files below a folder, by their paths from it. */
function filesOf(folder) {
  const paths = readdirSync(folder, { recursive: true }).map((name) => join(folder, name));
  return Object.fromEntries(paths.filter((path) => statSync(path).isFile()).map((path) => [relative(folder, path), readFileSync(path)]));
}

/**
 * Opens a page of some files in a frame, as it is, and gives what `use` returns. That runs in the page around it: it knows nothing of this file.
 * It gets the page's document and `until`, which waits until a function gives something that is true; what it waits for in vain fails the test.
 */
async function visit(files, address, use) {
  const script = `
    const frame = document.querySelector("iframe");
    const until = async (condition) => {
      for (const end = performance.now() + 20_000; performance.now() < end; await new Promise(requestAnimationFrame)) {
        const found = condition();
        if (found) return found;
      }
      throw new Error("waited in vain for " + condition + " in " + frame.contentDocument.body.innerHTML);
    };
    const page = await until(() => frame.contentDocument.readyState === "complete" && frame.contentDocument.querySelector("h1") && frame.contentDocument);
    const seen = await (${use})(page, until);
    fetch("/result", { method: "POST", body: JSON.stringify(seen ?? {}) });`;
  const around = `<!doctype html><meta charset="utf-8"><script>${REPORT}</script>
    <iframe src="${address}" style="width: 60rem; height: 40rem"></iframe><script type="module" src="./visit.js"></script>`;
  const seen = await openInChromium({ ...files, "index.html": around, "visit.js": script });
  assert.equal(seen.thrown, undefined);
  return seen;
}

/** Compiles an example that is a page without a bundler, and visits it. */
function visitExample(name, use) {
  compile(name);
  return visit(filesOf(copy), `./examples/web/${name}/index.html`, use);
}

const names = readdirSync(examples).filter((name) => statSync(join(examples, name)).isDirectory());

test("each example has a program that is formatted and names its target, and a readme", () => {
  assert.deepEqual(names, ["counter", "node-command", "particles", "vite", "weather"]);
  for (const name of names) {
    const program = join(examples, name, "app.gal");
    galc(["fmt", "--check", program]);
    // The corpus of programs that run everywhere leaves them out by this line.
    assert.match(readFileSync(program, "utf8"), /^\/\/ target: wasm32-web\n/);
    assert.match(readFileSync(join(examples, name, "README.md"), "utf8"), /^# /);
  }
});

test("counter: actors are made, count, are reset and removed", async () => {
  await visitExample("counter", async (page, until) => {
    const button = (label, at = 0) => [...page.querySelectorAll("button")].filter((button) => button.textContent === label)[at];
    const press = (label, at) => button(label, at).click();
    const shown = () => [...page.querySelectorAll(".counter output")].map((output) => output.textContent).join(" ");
    const state = () => `${shown()} = ${page.querySelector("#sum").textContent}`;
    const sees = (wanted) => until(() => state() === wanted);
    await sees("0 = 0");
    press("New counter");
    press("New counter");
    await sees("0 0 0 = 0");
    for (const [label, at] of [["+", 0], ["+", 0], ["−", 1], ["+", 2]]) press(label, at);
    await sees("2 -1 1 = 2");
    press("Reset", 0);
    await sees("0 -1 1 = 0");
    const gone = button("+", 1);
    press("Remove", 1);
    await sees("0 1 = 1");
    // It no longer counts, so the sum stays that of the others.
    gone.click();
    press("Reset all");
    await sees("0 0 = 0");
    press("Remove", 0);
    press("Remove", 1);
    await sees(" = 0");
  });
});

test("particles: they are drawn, move, and come to the pointer", async () => {
  const { painted } = await visitExample("particles", async (page, until) => {
    const canvas = page.querySelector("canvas");
    const context = canvas.getContext("2d");
    const pointer = { x: 200, y: 150 };
    // The places of all pixels that are drawn on.
    const pixels = () => {
      const { data, width } = context.getImageData(0, 0, canvas.width, canvas.height);
      const places = [];
      for (let i = 3; i < data.length; i += 4) if (data[i] > 0) places.push([((i - 3) / 4) % width, Math.floor((i - 3) / 4 / width)]);
      return places;
    };
    const distance = () => {
      const places = pixels();
      return places.reduce((sum, [x, y]) => sum + Math.hypot(x - pointer.x, y - pointer.y), 0) / places.length;
    };
    const first = await until(() => {
      const places = pixels();
      return places.length > 0 && places;
    });
    await until(() => String(pixels()) !== String(first));
    const before = distance();
    const { left, top } = canvas.getBoundingClientRect();
    canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: left + pointer.x, clientY: top + pointer.y }));
    await until(() => distance() < 0.6 * before);
    return { painted: first.length };
  });
  // A circle of radius 2.5 takes some 20 pixels; some lie on others.
  assert(painted > 200 * 20 && painted < 400 * 37, `${painted} pixels`);
});

test("weather: a table of what is fetched, or why there is none", async () => {
  const { table, again, errors } = await visitExample("weather", async (page, until) => {
    const rows = () => [...page.querySelectorAll("#answer tr")].map((row) => [...row.children].map((cell) => cell.textContent).join("|"));
    const show = (file) => {
      page.querySelector("#file").value = file;
      page.querySelector("form button").click();
    };
    const table = await until(() => rows().length > 0 && rows());
    const errors = [];
    for (const file of ["incomplete.json", "nowhere.json", "index.html", "http://127.0.0.1:1/"]) {
      show(file);
      errors.push(await until(() => page.querySelector("#answer .error")?.textContent.startsWith(file) && page.querySelector("#answer .error").textContent));
    }
    // Both are done, one after the other.
    show("nowhere.json");
    show("weather.json");
    return { table, errors, again: await until(() => rows().length > 0 && rows()) };
  });
  assert.deepEqual(table, [
    "Place|Sky|°C|Wind, m/s",
    "Reykjavík|showers|4.5|11",
    "Lisbon|sunny|17.0|4",
    "Nairobi|clouds|23.5|3",
    "Helsinki|snow|-6.0|6",
    "Hanoi|mist|21.0|1",
  ]);
  assert.deepEqual(again, table);
  assert.deepEqual(errors.slice(0, 2), ["incomplete.json: `places.1` has no number `degrees`", "nowhere.json: the server answers 404"]);
  assert.match(errors[2], /^index\.html:1:1: /);
  assert.match(errors[3], /^http:\/\/127\.0\.0\.1:1\/: ./);
});

test("node-command: counts words in Node 26", () => {
  compile("node-command");
  const cwd = join(examples, "node-command");
  execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", "--loglevel=error"], { cwd });
  const wc = (...paths) => {
    const { status, stdout, stderr } = spawnSync(tool("node26/bin/node"), ["wc.mjs", ...paths], { cwd, encoding: "utf8", timeout: 60_000 });
    return { status, stdout, stderr };
  };
  // Longer than the pieces in which it is read, so that some of them end within a word or a character.
  const long = "wörter, 😀 and more\n".repeat(20_000);
  for (const [name, text] of [["short.txt", "one two\nthree"], ["empty.txt", ""], ["long.txt", long]]) writeFileSync(join(cwd, name), text);
  const line = (...row) => `${row.slice(0, 3).map((n) => String(n).padStart(7)).join(" ")} ${row[3]}\n`;
  const characters = [...long].length;
  const short = line(1, 3, 13, "short.txt");
  assert.deepEqual(wc("short.txt"), { status: 0, stdout: short, stderr: "" });
  const all = short + line(0, 0, 0, "empty.txt") + line(20_000, 80_000, characters, "long.txt") + line(20_001, 80_003, characters + 13, "total");
  assert.deepEqual(wc("short.txt", "empty.txt", "long.txt"), { status: 0, stdout: all, stderr: "" });
  const missing = wc("nowhere.txt", "short.txt");
  assert.deepEqual([missing.status, missing.stdout], [1, short]);
  assert.match(missing.stderr, /^wc: nowhere\.txt: ENOENT: .*\n$/);
  assert.deepEqual(wc(), { status: 2, stdout: "", stderr: "usage: node wc.mjs FILE…\n" });
});

test("vite: the types fit, and the page asks the cart", async () => {
  compile("vite");
  const cwd = join(examples, "vite");
  // As `npm install` would; what it installs here is there already.
  mkdirSync(join(cwd, "node_modules/@gal-lang"), { recursive: true });
  symlinkSync(join(copy, "runtime-wasm"), join(cwd, "node_modules/@gal-lang/runtime"), "dir");
  symlinkSync(tool("vite"), join(cwd, "node_modules/vite"), "dir");
  symlinkSync(join(packages, "typescript"), join(cwd, "node_modules/typescript"), "dir");
  const run = (program, ...args) => spawnSync(process.execPath, [join(cwd, "node_modules", program), ...args], { cwd, encoding: "utf8" });
  const check = () => run("typescript/bin/tsc", "--noEmit");

  const types = check();
  assert.equal(types.status, 0, types.stdout + types.stderr);
  const built = run("vite/bin/vite.js", "build", "--base", "./");
  assert.equal(built.status, 0, built.stdout + built.stderr);
  appendFileSync(join(cwd, "main.ts"), '\nawait cart.put("Bread", "two");\n');
  assert.match(check().stdout, /^main\.ts\(\d+,\d+\): error TS2345: Argument of type 'string' is not assignable to parameter of type 'number'/m);

  // The page around it has the name of this one.
  const files = Object.fromEntries(Object.entries(filesOf(join(cwd, "dist"))).map(([name, bytes]) => [`vite/${name}`, bytes]));
  const seen = await visit(files, "./vite/index.html", async (page, until) => {
    const rows = () => [...page.querySelectorAll("#lines tr")].map((row) => [...row.cells].map((cell) => cell.textContent).join("|"));
    const total = () => page.querySelector("#total").textContent;
    const press = (title) => page.querySelector(`button[title="${title}"]`).click();
    const refusal = () => page.querySelector("#refusal").textContent;
    await until(() => total() === "0.00");
    for (const name of ["Bread", "Bread", "Cheese", "Lemon"]) press(`Put ${name} into the cart`);
    await until(() => total() === "8.85");
    const full = rows();
    press("Put Bread into the cart");
    const refused = await until(refusal);
    press("Remove Bread");
    await until(() => total() === "2.45");
    press("Put Bread into the cart");
    await until(() => total() === "5.65" && refusal() === "");
    return { full, refused, last: rows() };
  });
  assert.deepEqual(seen, {
    full: ["Bread|2|6.40|×", "Cheese|100 g|2.00|×", "Lemon|1|0.45|×"],
    refused: "Bread: 0 left",
    last: ["Cheese|100 g|2.00|×", "Lemon|1|0.45|×", "Bread|1|3.20|×"],
  });
});

// What needs no browser: scripts of the page, what they share with other parts of the repository, and the compiler's module in Node.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { LATER } from "../later.mjs";
import { SITE } from "./site.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path) => readFileSync(join(root, path), "utf8");

async function load(path) {
  const { outputFiles } = await build({ entryPoints: [join(root, path)], bundle: true, format: "esm", write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
}

test("the editor knows the language's keywords", () => {
  const table = read("compiler/syntax/src/token.rs");
  const words = (kind) => [...new RegExp(`\\b${kind} \\{([^}]*)\\}`).exec(table.slice(table.lastIndexOf("tokens! {")))[1].matchAll(/"(\w+)"/g)].map(([, word]) => word);
  const script = read("playground/js/gal-language.ts");
  const own = (name) => eval(new RegExp(`const ${name} =([^;]*);`).exec(script)[1]).split(" ");
  assert.deepEqual(own("HARD").sort(), words("hard").sort());
  assert.deepEqual(own("SOFT").sort(), words("soft").sort());
});

test("offsets are turned into each other, wherever they are", async () => {
  const { byteLength, toBytes, toUnits } = await load("playground/js/offsets.ts");
  const text = "a\nü€\n😀x\n\nend";
  const doc = fakeDoc(text);
  for (let units = 0; units <= text.length; units++) {
    const isInside = /[\udc00-\udfff]/.test(text[units] ?? "");
    if (isInside) continue;
    const bytes = Buffer.byteLength(text.slice(0, units));
    assert.equal(toBytes(doc, units), bytes);
    assert.equal(toUnits(doc, bytes), units);
  }
  assert.equal(toUnits(doc, 10_000), text.length);
  assert.equal(byteLength(text), Buffer.byteLength(text));
});

/** A text as the editor has it, in pieces. */
function fakeDoc(text) {
  return { length: text.length, sliceString: (from, to) => text.slice(from, to), iter: () => text.split(/(\n)/).filter(Boolean)[Symbol.iterator]() };
}

test("Binaryen is told of every feature that a module may use", () => {
  const names = [...read("compiler/backend/src/features.rs").matchAll(/F::\w+ => "([\w-]+)"/g)].map(([, name]) => name);
  const script = read("playground/js/optimizer-worker.ts");
  assert.ok(names.length > 8);
  for (const name of names) assert.ok(script.includes(`"${name}":`), `${name} is missing`);
});

test("the seed's variable is the driver's", () => {
  const of = (path) => /SCHEDULE_SEED: &str = "(\w+)"/.exec(read(path))[1];
  assert.equal(of("playground/page/src/runs.rs"), of("compiler/driver/src/options.rs"));
});

test("README has the limits as they are", () => {
  const limits = read("playground/model/src/limits.rs");
  const readme = read("playground/README.md");
  for (const part of ["10 s, or 120 s", "1024 Ki characters", "256 MiB", "20 s", "32 files, 1024 KiB, names of 64 characters", "1024 KiB, 256", "256 Ki characters, 2 MiB"]) {
    assert.ok(readme.includes(part), part);
  }
  for (const line of ["RUN_MS: u32 = 10_000", "RUN_MS_LONG: u32 = 120_000", "OUTPUT_BYTES: u32 = 1 << 20", "MEMORY_PAGES: u32 = 4096", "COMPILER_MS: u32 = 20_000", "FILES: usize = 32",
    "DOCUMENT_BYTES: usize = 1 << 20", "NAME_CHARS: usize = 64", "STDIN_BYTES: usize = 1 << 20", "ARGUMENTS: usize = 256", "LINK_CHARS: usize = 256 << 10", "LINK_BYTES: usize = 2 << 20"]) {
    assert.ok(limits.includes(line), line);
  }
});

test("the policies allow the frame's script and no other", () => {
  const frame = readFileSync(join(SITE, "runner.html"), "utf8");
  const scripts = [...frame.matchAll(/<script>([^]*?)<\/script>/g)];
  assert.equal(scripts.length, 1);
  const hash = `'sha256-${createHash("sha256").update(scripts[0][1]).digest("base64")}'`;
  const policy = (html) => /Content-Security-Policy" content="([^"]*)"/.exec(html)[1];
  const page = readFileSync(join(SITE, "index.html"), "utf8");
  assert.ok(policy(frame).startsWith("default-src 'none'") && policy(frame).includes(hash) && !policy(frame).includes("connect-src"));
  assert.ok(policy(page).includes(hash) && !/unsafe-inline(?!';)|'unsafe-eval'/.test(policy(page).replace("style-src 'self' 'unsafe-inline'", "")));
});

test("the service worker keeps all files but those that are loaded later", () => {
  const worker = readFileSync(join(SITE, "service-worker.js"), "utf8");
  for (const file of ["index.html", "main.js", "playground-compiler_bg.wasm", "playground-page_bg.wasm", "runner.html", "tour.json", "early.js"]) assert.ok(worker.includes(`"${file}"`), file);
  for (const file of LATER) assert.ok(!worker.includes(`"${file}"`), file);
});

test("the compiler's module checks and compiles in Node, and a full stack is no wrong answer", async () => {
  globalThis.gal_playground_panic = (text) => assert.fail(text);
  const { default: init, Compiler } = await import(pathToFileURL(join(SITE, "playground-compiler.js")));
  await init({ module_or_path: readFileSync(join(SITE, "playground-compiler_bg.wasm")) });
  const compiler = new Compiler();
  const ask = (request) => JSON.parse(compiler.answer(JSON.stringify(request)));
  const files = (text) => [{ name: "main.gal", text }];
  const { problems } = ask({ ask: "check", files: files("fn main() { println(nmae) }\n") });
  assert.equal(problems.list[0].code, "unknown-name");
  const { module } = ask({ ask: "compile", files: files(read("examples/chat_rooms.gal")), options: { limited: true } });
  const bytes = compiler.take_bytes();
  assert.equal(Buffer.from(bytes.slice(0, 4)).toString(), "\0asm");
  assert.match(module.js, /export const instantiate/);
  const text = "fn main() { println(1) }\n";
  const hover = () => ask({ ask: "ask", files: files(text), file: "main.gal", offset: text.indexOf("intln"), query: { query: "hover" } }).result.markdown;
  const without = hover();
  assert.ok(compiler.wants_docs() && !compiler.add_docs("[]") && compiler.add_docs(readFileSync(join(SITE, "library-docs.json"), "utf8")));
  const docs = /\/\/\/ (.*)\n(?:@inline\n)?pub fn println\b/.exec(read("library/core/print.gal"))[1];
  assert.ok(!without.includes(docs) && hover().includes(docs) && !compiler.wants_docs(), docs);
  const deep = { ask: "check", files: files(`fn main() { let x = 1${"+1".repeat(100_000)} }\n`) };
  assert.throws(() => ask(deep), RangeError);
});

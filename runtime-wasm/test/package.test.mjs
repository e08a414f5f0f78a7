// The package as it is published: its size, what a small program carries of it, what is in it, and its types.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

const folder = fileURLToPath(new URL("..", import.meta.url));
const read = (name) => readFileSync(join(folder, name), "utf8");
const npm = (args, cwd) => execFileSync("npm", [...args, "--loglevel=error"], { cwd, encoding: "utf8" });

const MAX_BYTES = 6 * 1024;

/** The size as servers send it. */
async function sizeOf(code) {
  const { code: small } = await minify(code, { module: true, ecma: 2022, compress: { passes: 3 } });
  return gzipSync(small, { level: 9 }).length;
}

/** A program of these lines with what it takes of the package. */
async function bundle(lines) {
  const { outputFiles } = await build({
    stdin: { contents: lines, resolveDir: folder },
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  return outputFiles[0].text;
}

const NUMBERS = `
  import { program, fn, int } from "@gal-lang/runtime";
  export const { instantiate } = program({ url: () => new URL("./app.wasm", import.meta.url), exports: { add: fn([int, int], int, { plain: true }) } });`;

test("the web entry is at most 6 KB, minified and compressed", async (t) => {
  const size = await sizeOf(read("dist/web.js"));
  t.diagnostic(`${size} bytes`);
  assert(size <= MAX_BYTES, `${size} bytes`);
});

test("a program carries what it uses", async (t) => {
  const numbers = await bundle(NUMBERS);
  assert.match(numbers, /a whole number/);
  for (const other of ["a Map", "a Set", "one character", "has been freed", "a tag of", "BigUint64", "FinalizationRegistry", "node:"]) {
    assert(!numbers.includes(`"${other}"`) && !numbers.includes(`${other}\``), `it carries ${other}`);
  }
  const all = await bundle('export * from "@gal-lang/runtime";');
  for (const there of ["one character", "a tag of", "FinalizationRegistry"]) assert(all.includes(there));
  const size = await sizeOf(numbers);
  t.diagnostic(`${size} bytes with numbers alone`);
  assert(size < (await sizeOf(all)) - 1000, `${size} bytes`);
});

test("a program carries the functions of the library that it imports", async () => {
  for (const [module, name, other] of [
    ["js", "kind", "String(of)"],
    ["dom", "focus", "getBoundingClientRect"],
  ]) {
    const code = await bundle(`import * as module1 from "@gal-lang/runtime/${module}"; console.log(module1.${name});`);
    assert(code.includes(name) && !code.includes(other), `${module} carries more than ${name}`);
    assert((await bundle(`export * from "@gal-lang/runtime/${module}";`)).includes(other));
  }
});

test("only the entry for Node mentions Node, and there only when a file is read", () => {
  assert(!/node:|\bprocess\b/.test(read("dist/web.js")));
  const node = read("dist/node.js");
  assert.deepEqual(node.match(/.*node:.*/g), ['      const { readFile } = await import("node:fs/promises");']);
  assert(!/^await /m.test(node) && !/^await /m.test(read("dist/web.js")), "no await outside of functions");
});

test("the manifest is ready for publishing", () => {
  const manifest = JSON.parse(read("package.json"));
  assert.deepEqual(manifest.dependencies, undefined);
  assert.deepEqual(manifest.publishConfig, { access: "public", provenance: true });
  assert.match(manifest.repository.url, /^git\+https:.*\.git$/);
  assert.equal(manifest.version, /^version = "(.*)"$/m.exec(readFileSync(join(folder, "../Cargo.toml"), "utf8"))[1]);
  for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) assert.equal(read(name), readFileSync(join(folder, "..", name), "utf8"));
  assert(!/"resolved": "http/.test(read("package-lock.json")), "the lock file names a registry");
});

test("the README names every option and the versions of engines that messages do", () => {
  const readme = read("README.md");
  const options = /export interface Options \{(.*?)\n\}/s.exec(read("src/host.ts"))[1];
  for (const [, name] of options.matchAll(/^ {2}(\w+)\?:/gm)) assert(readme.includes(`\`${name}\``), name);
  for (const [, version] of read("src/engine.ts").matchAll(/(?:Chromium|Firefox|Safari) ([\d.]+)/g)) assert(readme.includes(`| ${version} |`), version);
});

test("the README says what a page in an engine without exceptions is told", () => {
  const [, text] = /exnref: \[\s*"(.*?)",$/ms.exec(read("src/engine.ts"));
  assert(read("README.md").includes(`the program needs WebAssembly ${text}\n`), text);
});

test("the packed package installs into an empty project, and is imported", () => {
  const project = mkdtempSync(join(tmpdir(), "gal-runtime-"));
  try {
    const [{ filename, files }] = JSON.parse(npm(["pack", "--json", "--ignore-scripts", "--pack-destination", project], folder));
    const names = files.map(({ path }) => path);
    const entries = ["web", "node", "js", "dom", "fetch"].flatMap((name) => [`dist/${name}.js`, `dist/${name}.d.ts`]);
    for (const name of ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "package.json", ...entries]) {
      assert(names.includes(name), `${name} is missing`);
    }
    assert(names.every((name) => !/^(src|test|node_modules)/.test(name)), `${names}`);
    writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }');
    npm(["install", "--offline", "--no-audit", "--no-fund", join(project, filename)], project);
    const script = `
      import { program, int, fn } from "@gal-lang/runtime";
      import { kind } from "@gal-lang/runtime/js";
      import { query } from "@gal-lang/runtime/dom";
      import { send } from "@gal-lang/runtime/fetch";
      console.log(typeof program, typeof fn([int]), kind(query), kind(send));`;
    writeFileSync(join(project, "main.js"), script);
    assert.equal(execFileSync(process.execPath, ["main.js"], { cwd: project, encoding: "utf8" }), "function function function function\n");
    checkTypes(project);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
});

/** Compiles a program against the installed package's types, as strictly as can be. */
function checkTypes(project) {
  writeFileSync(join(project, "app.ts"), read("test/types.ts"));
  const flags = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--module", "esnext", "--moduleResolution", "bundler", "--target", "es2022"];
  const libs = ["--lib", "es2022,dom,esnext.disposable", "--types", ""];
  const tsc = join(folder, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, ...flags, ...libs, "app.ts"], { cwd: project, stdio: "inherit" });
}

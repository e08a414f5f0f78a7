// The package as it is published: what is in it, and that the manifest tells the truth.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import yauzl from "yauzl";

const folder = fileURLToPath(new URL("..", import.meta.url));
const read = (path) => readFileSync(join(folder, path), "utf8");
const manifest = JSON.parse(read("package.json"));
const { contributes } = manifest;

const MAX_BYTES = 400 * 1024;

let vsix;
let entries;

/** The texts of the files in a zip, by their names. */
async function unzip(path) {
  const zip = await promisify(yauzl.open)(path, { lazyEntries: true, autoClose: true });
  const open = promisify(zip.openReadStream.bind(zip));
  const found = new Map();
  return new Promise((resolve, reject) => {
    zip.on("error", reject);
    zip.on("end", () => resolve(found));
    zip.on("entry", async (entry) => {
      const chunks = [];
      for await (const chunk of await open(entry)) chunks.push(chunk);
      found.set(entry.fileName, Buffer.concat(chunks));
      zip.readEntry();
    });
    zip.readEntry();
  });
}

before(async () => {
  vsix = join(folder, "dist/gal.vsix");
  const vsce = join(dirname(createRequire(import.meta.url).resolve("@vscode/vsce/package.json")), "vsce");
  const args = ["package", "--no-dependencies", "--skip-license", "--out", vsix];
  execFileSync(process.execPath, [vsce, ...args], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  entries = await unzip(vsix);
});

test("the package has what it needs and nothing else", () => {
  const names = [...entries.keys()].filter((name) => name.startsWith("extension/")).map((name) => name.slice("extension/".length));
  assert.deepEqual(names.sort(), [
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "dist/THIRD-PARTY.txt",
    "dist/extension.js",
    "language-configuration.json",
    "package.json",
    "readme.md",
    "snippets/gal.json",
    "syntaxes/gal.tmLanguage.json",
    "syntaxes/markdown.tmLanguage.json",
  ]);
  const size = readFileSync(vsix).length;
  assert.ok(size < MAX_BYTES, `${size} bytes`);
});

test("the marketplace is told the name, the version and the licence", () => {
  const text = entries.get("extension.vsixmanifest").toString();
  assert.match(text, new RegExp(`<Identity [^>]*Id="${manifest.name}" Version="${manifest.version}" Publisher="${manifest.publisher}"`));
  assert.match(text, /Id="Microsoft.VisualStudio.Code.Engine" Value="\^1\.\d+\.0"/);
  const packed = JSON.parse(entries.get("extension/package.json").toString());
  assert.equal(packed.license, "MIT OR Apache-2.0");
});

test("every file that the manifest names is in the package", () => {
  const named = [
    manifest.main,
    ...contributes.languages.map(({ configuration }) => configuration),
    ...contributes.grammars.map(({ path }) => path),
    ...contributes.snippets.map(({ path }) => path),
  ];
  for (const path of named) assert.ok(entries.has(`extension/${path.replace(/^\.\//, "")}`), path);
});

test("the grammar is the one that is tested in editors/textmate", () => {
  assert.equal(entries.get("extension/syntaxes/gal.tmLanguage.json").toString(), read("../textmate/gal.tmLanguage.json"));
  for (const { path, scopeName } of contributes.grammars) {
    assert.equal(JSON.parse(entries.get(`extension/${path.slice(2)}`).toString()).scopeName, scopeName);
  }
});

test("the code is one file that needs nothing but VS Code and Node", () => {
  const code = entries.get("extension/dist/extension.js").toString();
  const needed = new Set([...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name));
  const builtin = new Set(createRequire(import.meta.url)("node:module").builtinModules);
  const foreign = [...needed].filter((name) => name !== "vscode" && !builtin.has(name.replace(/^node:/, "")));
  assert.deepEqual(foreign, []);
  assert.ok(needed.has("vscode"));
});

test("the licences of what is in that file are told", () => {
  const notices = entries.get("extension/dist/THIRD-PARTY.txt").toString();
  for (const name of ["vscode-languageclient", "vscode-languageserver-protocol", "vscode-jsonrpc"]) {
    assert.match(notices, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)$`, "m"));
  }
  assert.ok(!notices.includes("esbuild"));
});

test("the settings that the code reads are those of the manifest", () => {
  const source = ["src/server.ts", "src/extension.ts", "src/tasks.ts", "src/galc.ts"].map(read).join("\n");
  const reads = [...source.matchAll(/getConfiguration\("gal"\)\.get<\w+>\("([\w.]+)"/g)].map(([, name]) => `gal.${name}`);
  const declared = Object.keys(contributes.configuration.properties);
  // The language client reads the last one by the name of the client.
  assert.deepEqual([...new Set(reads), "gal.trace.server"].sort(), declared.sort());
  for (const name of manifest.capabilities.untrustedWorkspaces.restrictedConfigurations) assert.ok(declared.includes(name));
});

test("versions are exact, and those of the lock file", () => {
  const lock = JSON.parse(read("package-lock.json"));
  for (const [name, version] of Object.entries(manifest.devDependencies)) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
    assert.equal(lock.packages[`node_modules/${name}`].version, version, name);
  }
  assert.equal(lock.version, manifest.version);
  // The API is that of the oldest VS Code that the extension is for.
  assert.equal(`^${manifest.devDependencies["@types/vscode"]}`, manifest.engines.vscode);
  const client = JSON.parse(read("node_modules/vscode-languageclient/package.json"));
  assert.equal(client.engines.vscode, manifest.engines.vscode);
  assert.ok(existsSync(join(folder, "LICENSE-MIT")));
});

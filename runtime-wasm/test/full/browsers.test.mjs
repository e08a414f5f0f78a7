// The scenario in the browsers of test/page.mjs, of which none may be missing here.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { BROWSERS, modules, open, PAGE, SCRIPT } from "../page.mjs";

const sample = fileURLToPath(new URL("../sample", import.meta.url));
const { outputFiles } = await build({ stdin: { contents: SCRIPT, resolveDir: sample }, bundle: true, format: "esm", write: false });
const files = { "index.html": PAGE, "page.js": outputFiles[0].text, ...modules() };

for (const [name, { path, command }] of Object.entries(BROWSERS)) {
  test(`${name} runs the sample in a page and in a worker`, async () => {
    assert(path, `there is no ${name}; \`cargo xtask setup --full\` installs it or says how`);
    assert.deepEqual(await open(command(path), files), { page: "caught", worker: "caught" });
    assert.deepEqual(await open(command(path), files, { octets: true }), { page: "caught", worker: "caught" });
  });
}

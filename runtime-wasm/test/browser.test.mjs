// The scenario in Chromium, if it is there: as a page, as a worker, and from a server that does not know modules.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { BROWSERS, modules, open, PAGE, SCRIPT } from "./page.mjs";

const { path, command } = BROWSERS.Chromium;
const skip = !path && "there is no Chromium; `cargo xtask setup` installs it or says how";

async function files() {
  const { outputFiles } = await build({
    stdin: { contents: SCRIPT, resolveDir: fileURLToPath(new URL("sample", import.meta.url)) },
    bundle: true,
    format: "esm",
    write: false,
  });
  return { "index.html": PAGE, "page.js": outputFiles[0].text, ...modules() };
}

test("the sample runs in Chromium, in a page and in a worker", { skip }, async () => {
  assert.deepEqual(await open(command(path), await files()), { page: "caught", worker: "caught" });
});

test("a server that gives modules another type is good enough", { skip }, async () => {
  assert.deepEqual(await open(command(path), await files(), { octets: true }), { page: "caught", worker: "caught" });
});

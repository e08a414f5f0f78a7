// A program that finds its module by `new URL("./sample.wasm", import.meta.url)`, through bundlers; what comes of it runs in
// Chromium, and in Node where the bundler makes that.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import * as vite from "vite";
import webpack from "webpack";
import { BROWSERS, open, PAGE } from "../page.mjs";
import { inProject } from "./project.mjs";

const SCRIPT = `
  import { scenario } from "./scenario.js";
  scenario()
    .catch((error) => "failed: " + error + error.stack)
    .then((page) => fetch("/result", { method: "POST", body: JSON.stringify({ page }) }));`;

/** Each bundles `page.js` and `main.js` of a folder into its folder `out`. */
const BUNDLERS = {
  async esbuild(folder) {
    const options = { absWorkingDir: folder, outdir: "out", bundle: true, format: "esm", minify: true };
    await esbuild.build({ ...options, entryPoints: ["page.js"] });
    await esbuild.build({ ...options, entryPoints: ["main.js"], platform: "node" });
    copyModules(folder);
  },
  async Rollup(folder) {
    for (const [name, conditions] of [["page", ["browser"]], ["main", ["node"]]]) {
      const bundle = await rollup({ input: join(folder, `${name}.js`), plugins: [nodeResolve({ exportConditions: conditions })], external: /^node:/ });
      await bundle.write({ file: join(folder, `out/${name}.js`), format: "es" });
      await bundle.close();
    }
    copyModules(folder);
  },
  async Vite(folder) {
    await buildWithVite(folder, {});
  },
  async "Vite without inlined files"(folder) {
    await buildWithVite(folder, { assetsInlineLimit: 0 });
    assert(readdirSync(join(folder, "out")).some((name) => name.endsWith(".wasm")));
  },
  async webpack(folder) {
    const config = {
      context: folder,
      mode: "production",
      entry: { page: "./page.js" },
      output: { path: join(folder, "out"), filename: "[name].js", publicPath: "auto" },
    };
    const stats = await new Promise((resolve, reject) => webpack(config, (error, stats) => (error ? reject(error) : resolve(stats))));
    assert(!stats.hasErrors() && !stats.hasWarnings(), stats.toString());
  },
};

function copyModules(folder) {
  for (const name of ["sample.wasm", "sample-abort.wasm"]) copyFileSync(join(folder, name), join(folder, "out", name));
}

async function buildWithVite(folder, options) {
  const output = { entryFileNames: "page.js", assetFileNames: "[name][extname]" };
  await vite.build({
    root: folder,
    base: "./",
    logLevel: "error",
    configFile: false,
    build: { outDir: "out", target: "esnext", ...options, rollupOptions: { input: join(folder, "page.js"), output } },
  });
}

for (const [name, bundle] of Object.entries(BUNDLERS)) {
  test(name, () =>
    inProject(async (folder) => {
      writeFileSync(join(folder, "page.js"), SCRIPT);
      await bundle(folder);
      const out = join(folder, "out");
      const names = readdirSync(out);
      const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(out, name))]));
      const { path, command } = BROWSERS.Chromium;
      assert(path, "there is no Chromium; `cargo xtask setup --full` installs it or says how");
      assert.deepEqual(await open(command(path), { "index.html": PAGE, ...files }), { page: "caught" });
      if (!names.includes("main.js")) return;
      const { status, stdout, stderr } = spawnSync(process.execPath, [join(out, "main.js")], { encoding: "utf8" });
      assert.equal(status, 0, stderr);
      assert.match(stdout, /^(caught|the program needs WebAssembly exceptions .*)\n$/);
    }));
}

// Pages whose program galc compiles.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { BROWSERS, open } from "../page.mjs";

/** What is thrown in the page is the answer, too. */
export const REPORT = `
  const report = (error) => fetch("/result", { method: "POST", body: JSON.stringify({ thrown: String(error?.stack ?? error) }) });
  addEventListener("error", (event) => report(event.error ?? event.message));
  addEventListener("unhandledrejection", (event) => report(event.reason));`;

const dist = (name) => fileURLToPath(new URL(`../../dist/${name}.js`, import.meta.url));

/** Runs the compiler. */
export function galc(args, cwd) {
  const { GALC } = process.env;
  assert(GALC, "GALC names no compiler; `cargo xtask web --full` builds one and names it");
  execFileSync(GALC, args, { cwd, stdio: "pipe" });
}

/** What Chromium has to say of a page. */
export function openInChromium(files) {
  const { path, command } = BROWSERS.Chromium;
  assert(path, "there is no Chromium; `cargo xtask setup --full` installs it or says how");
  return open(command(path), files);
}

/** Compiles a program of test/sample, and gives a function that opens pages with it: a script that imports `app.js` and posts what it saw. */
export async function withProgram(source, use) {
  const folder = mkdtempSync(join(tmpdir(), "gal-compiled-"));
  try {
    const program = fileURLToPath(new URL(`../sample/${source}`, import.meta.url));
    galc(["build", program, "--release", "--target", "wasm32-web", "-o", join(folder, "app.wasm")]);
    await use(async (script, body = "") => {
      const { outputFiles } = await build({
        stdin: { contents: script, resolveDir: folder },
        bundle: true,
        format: "esm",
        target: "es2022",
        alias: { "@gal-lang/runtime": dist("web"), "@gal-lang/runtime/js": dist("js"), "@gal-lang/runtime/dom": dist("dom") },
        write: false,
      });
      const page = `<!doctype html><meta charset="utf-8"><script>${REPORT}</script><body>${body}</body><script type="module" src="./page.js"></script>`;
      return openInChromium({ "index.html": page, "page.js": outputFiles[0].text, "app.wasm": readFileSync(join(folder, "app.wasm")) });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

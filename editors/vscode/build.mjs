// Makes dist/extension.js, one file with the language client in it, and brings the grammar here.
import { copyFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = dirname(fileURLToPath(import.meta.url));
rmSync(join(folder, "dist"), { recursive: true, force: true });
copyFileSync(join(folder, "../textmate/gal.tmLanguage.json"), join(folder, "syntaxes/gal.tmLanguage.json"));
await build({
  absWorkingDir: folder,
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
  minify: true,
  keepNames: true,
  logLevel: "warning",
});

// Makes dist/: one file for each entry, so that pages without a bundler load one file, and the declarations.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

// Names of properties that only the package itself uses are shortened, which minifiers cannot know. None of them may be
// one of JavaScript's own, of the module's, or of a description in `app.js`.
const INTERNAL =
  "answer ask at background begun boxed byte bytes check count depth end enter err fail fault flush garbage handle handles held hold host " +
  "isReading last levels load loop nullish number open out outside panic path piece promise put reject resolve room stop take text unwrap " +
  "view wake where wrap";

const folder = dirname(fileURLToPath(import.meta.url));
rmSync(join(folder, "dist"), { recursive: true, force: true });
await build({
  absWorkingDir: folder,
  entryPoints: ["src/web.ts", "src/node.ts"],
  outdir: "dist",
  bundle: true,
  format: "esm",
  target: "es2022",
  external: ["node:*"],
  mangleProps: new RegExp(`^(${INTERNAL.replaceAll(" ", "|")})$`),
  logLevel: "warning",
});
// Functions that programs import: nothing in them is internal.
await build({
  absWorkingDir: folder,
  entryPoints: ["src/js.ts", "src/dom.ts", "src/fetch.ts"],
  outdir: "dist",
  format: "esm",
  target: "es2022",
  logLevel: "warning",
});
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
execFileSync(process.execPath, [tsc, "--project", folder], { stdio: "inherit" });

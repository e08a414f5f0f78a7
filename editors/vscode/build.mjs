// Makes dist/extension.js, one file with the language client in it, dist/THIRD-PARTY.txt, the licences of what is in there besides,
// and brings the grammar here.
import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = dirname(fileURLToPath(import.meta.url));
rmSync(join(folder, "dist"), { recursive: true, force: true });
copyFileSync(join(folder, "../textmate/gal.tmLanguage.json"), join(folder, "syntaxes/gal.tmLanguage.json"));
const { metafile } = await build({
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
  metafile: true,
  logLevel: "warning",
});

/** The licence of a package, with its name and version. */
function notice(name) {
  const packageFolder = join(folder, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
  const file = readdirSync(packageFolder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} has no file with its licence`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(packageFolder, file), "utf8").trim()}\n`;
}

const packages = Object.keys(metafile.inputs).flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
const notices = [...new Set(packages)].sort().map(notice);
writeFileSync(join(folder, "dist/THIRD-PARTY.txt"), notices.join(`\n${"-".repeat(80)}\n\n`));

// A project of a user's: the packed package is installed there, beside the sample.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where a program of a package in test/full/node_modules is. */
export const tool = (path) => fileURLToPath(new URL(`node_modules/${path}`, import.meta.url));

/** Runs with an empty project's folder, which is then removed. */
export async function inProject(run) {
  const folder = mkdtempSync(join(tmpdir(), "gal-project-"));
  try {
    const npm = (args, cwd) => execFileSync("npm", [...args, "--loglevel=error"], { cwd, encoding: "utf8" });
    const [{ filename }] = JSON.parse(npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root));
    writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
    npm(["install", "--offline", "--no-audit", "--no-fund", join(folder, filename)], folder);
    cpSync(join(root, "test/sample"), folder, { recursive: true });
    writeFileSync(join(folder, "main.js"), 'import { scenario } from "./scenario.js";\nconsole.log(await scenario());\n');
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

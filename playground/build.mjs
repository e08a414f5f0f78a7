// The parts of the site that are not Rust. `node build.mjs before` makes the folder `generated`: scripts, style, the frame that programs run in, examples
// and lessons. `node build.mjs after DIST` finishes a site that has these and the modules: it puts all at the top, makes the service worker that knows every
// file, and with `--release` takes the names of functions from the modules. Trunk calls both as hooks; `cargo xtask playground --test` does without Trunk.
// The code of modules is as rustc makes it: wasm-opt makes it a twentieth smaller, and a twentieth larger under Brotli, as it undoes what repeats.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { LATER } from "./later.mjs";
import { withoutNames } from "./names.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const generated = join(here, "generated");
const read = (path) => readFileSync(path, "utf8");

/** What the modules of the library import, and where it is. */
const RUNTIME = { "@gal-lang/runtime": "web.ts", "@gal-lang/runtime/js": "js.ts", "@gal-lang/runtime/dom": "dom.ts", "@gal-lang/runtime/fetch": "fetch.ts" };

const common = { bundle: true, minify: true, target: "es2022", legalComments: "none", logLevel: "warning", absWorkingDir: here };

async function text(path, options) {
  const { outputFiles } = await build({ ...common, entryPoints: [path], write: false, ...options });
  return outputFiles[0].text;
}

async function before() {
  rmSync(generated, { recursive: true, force: true });
  mkdirSync(generated);
  const put = (name, content) => writeFileSync(join(generated, name), content);
  const outside = ["./compiler.js", "./extra.js", "./page.js", "./binaryen.js"];
  for (const name of ["main", "compiler-worker", "optimizer-worker", "gal-snippet"]) {
    const source = name === "gal-snippet" ? "js/snippet.ts" : `js/${name}.ts`;
    put(`${name}.js`, await text(source, { format: "esm", external: outside, alias: {}, plugins: [moduleNames] }));
  }
  put("early.js", await text("js/early.ts", { format: "iife" }));
  put("runner.html", await runner());
  put("style.css", await text("css/style.css", {}));
  put("examples.json", JSON.stringify(examples()));
  put("library-docs.json", JSON.stringify(docs()));
  put("tour.json", JSON.stringify(lessons()));
  for (const name of ["icon.svg", "manifest.webmanifest"]) cpSync(join(here, name), join(generated, name));
  cpSync(join(here, "node_modules/binaryen/index.js"), join(generated, "binaryen.js"));
}

/** The modules have the names that Trunk gives them. */
const moduleNames = {
  name: "module-names",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/compiler\.js$/ }, () => ({ path: "./playground-compiler.js", external: true }));
    onResolve({ filter: /^\.\/extra\.js$/ }, () => ({ path: "./playground-extra.js", external: true }));
    onResolve({ filter: /^\.\/page\.js$/ }, () => ({ path: "./playground-page.js", external: true }));
  },
};

/** One file without anything from outside, as the frame has no origin to get it from. */
async function runner() {
  const modules = [];
  for (const [name, file] of Object.entries(RUNTIME)) modules.push([name, await text(join(root, "runtime-wasm/src", file), { format: "esm" })]);
  const define = { RUN_WORKER: JSON.stringify(await text("js/run-worker.ts", { format: "iife" })), RUNTIME_MODULES: JSON.stringify(modules) };
  const script = (await text("js/frame.ts", { format: "iife", define })).replaceAll("</script", "<\\/script");
  return read(join(here, "runner.html")).replace("SCRIPT_HASH", hash(script)).replace(">SCRIPT<", () => `>${script}<`);
}

const hash = (script) => `sha256-${createHash("sha256").update(script).digest("base64")}`;

/** The programs of `examples/` that README.md lists for the command line, in its order, with what it says that they show. */
function examples() {
  const rows = read(join(root, "README.md")).matchAll(/^\| \[examples\/(\w+)\.gal\]\(.*?\) \| (.*) \|$/gm);
  return [...rows].map(([, name, shows]) => {
    const source = read(join(root, "examples", `${name}.gal`));
    // What a test expects stands behind the program, in comments that are the test's own.
    const text = source.split("\n").filter((line) => !line.startsWith("//>")).join("\n").trim() + "\n";
    const about = shows.replaceAll("`", "").replace(/^./, (c) => c.toUpperCase());
    return { name, title: name.replaceAll("_", " ").replace(/^./, (c) => c.toUpperCase()), about, text };
  });
}

/** The documentation in the library, which the compiler's module is without: each file with all other lines empty. */
function docs() {
  const folder = join(root, "library");
  // Without what is for other targets, as in the module.
  const isHere = (path) => path.endsWith(".gal") && (!path.startsWith("sys/") || path.startsWith("sys/web/")) && !path.startsWith("runtime/threads/");
  const paths = readdirSync(folder, { recursive: true }).map((path) => path.replaceAll("\\", "/")).filter(isHere).sort();
  const lines = (path) => read(join(folder, path)).split("\n").map((line) => (/^\s*\/\/[/!]/.test(line) ? line : ""));
  return Object.fromEntries(paths.map((path) => [path, lines(path).join("\n")]));
}

function lessons() {
  const folder = join(here, "tour");
  const slugs = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d\d-/.test(name)).sort() : [];
  return slugs.map((slug) => {
    const at = (name) => join(folder, slug, name);
    const maybe = (name) => (existsSync(at(name)) ? read(at(name)) : "");
    const [, title, text] = /^# (.*)\n([^]*)$/.exec(read(at("lesson.md"))) ?? fail(`${slug}: lesson.md does not begin with a title`);
    const own = ["start.gal", "solution.gal"];
    const files = readdirSync(join(folder, slug)).filter((name) => name.endsWith(".gal") && !own.includes(name));
    return {
      slug, title, text: text.trim(), start: read(at("start.gal")), solution: read(at("solution.gal")), expected: read(at("expected.txt")),
      stdin: maybe("stdin.txt"), hint: maybe("hint.md").trim(), files: files.map((name) => ({ name, text: read(at(name)) })),
    };
  });
}

function fail(why) {
  throw new Error(why);
}

async function after(dist, isRelease) {
  const inner = join(dist, "generated");
  if (existsSync(inner)) {
    for (const name of readdirSync(inner)) renameSync(join(inner, name), join(dist, name));
    rmSync(inner, { recursive: true });
  }
  const modules = readdirSync(dist).filter((name) => isRelease && name.endsWith(".wasm"));
  for (const path of modules.map((name) => join(dist, name))) writeFileSync(path, withoutNames(readFileSync(path)));
  const script = /<script>([^]*)<\/script>/.exec(read(join(dist, "runner.html")))[1];
  const page = join(dist, "index.html");
  writeFileSync(page, read(page).replace("RUNNER_HASH", hash(script)));
  const files = readdirSync(dist).filter((name) => statSync(join(dist, name)).isFile() && !["service-worker.js", ...LATER].includes(name)).sort();
  const version = createHash("sha256");
  for (const name of [...files, ...LATER]) version.update(name).update(readFileSync(join(dist, name)));
  const define = { SITE_FILES: JSON.stringify(["./", ...files]), SITE_VERSION: JSON.stringify(version.digest("hex").slice(0, 16)) };
  writeFileSync(join(dist, "service-worker.js"), await text("js/service-worker.ts", { format: "iife", define }));
}

const [step, dist, ...flags] = process.argv.slice(2);
if (step === "before") await before();
else if (step === "after" && (dist || process.env.TRUNK_STAGING_DIR)) {
  await after(dist ?? process.env.TRUNK_STAGING_DIR, flags.includes("--release") || process.env.TRUNK_PROFILE === "release");
} else fail("expected `before`, or `after` and the folder of the site");

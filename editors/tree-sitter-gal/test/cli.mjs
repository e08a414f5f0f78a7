// The tree-sitter command, galc, and the corpus of programs: where they are, and what to do if they are not.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const folder = fileURLToPath(new URL("..", import.meta.url));
export const repository = join(folder, "../..");
const { "tree-sitter": { version: wanted } } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

const EXE = process.platform === "win32" ? ".exe" : "";

/** `$TREE_SITTER`, or the one in the path. */
function findTreeSitter() {
  const command = process.env.TREE_SITTER ?? "tree-sitter";
  const { stdout, error } = spawnSync(command, ["--version"], { encoding: "utf8" });
  const version = error ? undefined : stdout.split(" ")[1]?.trim();
  if (version === wanted) return command;
  throw new Error(
    `tree-sitter ${wanted} is needed, ${version ? `${command} is ${version}` : `there is no ${command}`}: ` +
      `cargo install tree-sitter-cli --version ${wanted} --locked --no-default-features; $TREE_SITTER may say where it is`,
  );
}

/** `$GALC`, or the one that cargo has built. */
function findGalc() {
  if (process.env.GALC) return process.env.GALC;
  const built = ["release", "debug"].map((profile) => join(repository, "target", profile, `galc${EXE}`)).filter(existsSync);
  if (built.length > 0) return built[0];
  throw new Error("galc is needed: cargo build --release --package galc; $GALC may say where it is");
}

function run(command, args, cwd) {
  // The fuzzer counts its seeds from this one.
  const env = { ...process.env, TREE_SITTER_SEED: "1" };
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: "utf8", maxBuffer: 1 << 30 });
  if (error) throw error;
  return { status, stdout, stderr };
}

let treeSitterPath;
/** What the command writes, and its status: 1 also if a file that was parsed has an error. */
export function treeSitter(args) {
  treeSitterPath ??= findTreeSitter();
  return run(treeSitterPath, args, folder);
}

/** Edits the inputs in test/corpus at random. The command's status is 0 whatever it finds. */
export function fuzz(args) {
  const { status, stdout, stderr } = treeSitter(["fuzz", "--rebuild", ...args]);
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout + stderr, / gal - corpus - /);
  assert.doesNotMatch(stdout + stderr, /failed fuzzing|Incorrect/);
}

let galcPath;
export function galc(args) {
  galcPath ??= findGalc();
  return run(galcPath, args, repository);
}

function* galFiles(path) {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory() && !["node_modules", "build", "dist"].includes(entry.name)) yield* galFiles(inner);
    if (entry.isFile() && entry.name.endsWith(".gal")) yield inner;
  }
}

/** All programs that galc accepts: the library, the examples and the corpus of tests. */
export function corpus() {
  return ["library", "examples", "tests/run"].flatMap((name) => [...galFiles(join(repository, name))]).sort();
}

export const shown = (path) => relative(repository, path).replaceAll("\\", "/");

/** Runs `use` with a file that lists `paths`. */
export function withList(paths, use) {
  const temporary = mkdtempSync(join(tmpdir(), "gal-"));
  try {
    const list = join(temporary, "paths.txt");
    writeFileSync(list, `${paths.join("\n")}\n`);
    return use(list);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

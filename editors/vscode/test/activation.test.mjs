// The extension in a stand-in for VS Code, with a stand-in for galc: starting, failing, restarting, tasks.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, mock, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { fakeVscode, loadExtension } from "./vscode.mjs";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

let temporary;
let log;
let running;

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "gal-"));
  log = join(temporary, "log.txt");
  process.env.GAL_TEST_LOG = log;
});

afterEach(async () => {
  await running?.extension.deactivate();
  running = undefined;
  delete process.env.GAL_TEST_OLD;
  rmSync(temporary, { recursive: true });
});

/** A program in the temporary folder that runs `script` of the shell. */
function program(name, script) {
  const path = join(temporary, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const fakeGalc = () => program("galc", `exec "${process.execPath}" "${fileURLToPath(new URL("fake-galc.mjs", import.meta.url))}" "$@"`);

async function activate(options) {
  const vscode = fakeVscode(options);
  const extension = loadExtension(vscode.api);
  const context = { subscriptions: [] };
  running = { extension, context };
  await extension.activate(context);
  return { ...vscode, context };
}

const logged = () => (existsSync(log) ? readFileSync(log, "utf8").split("\n").filter(Boolean) : []);
const starts = () => logged().filter((line) => line === "start lsp").length;

async function until(condition, what) {
  for (let tries = 0; tries < 500; tries++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`${what}: ${logged().join(", ")}`);
}

test("the server is started with `lsp` for the folder, and stopped", async () => {
  const { found } = await activate({ settings: { "gal.server.path": fakeGalc() }, folder: temporary });
  assert.deepEqual(found.messages, []);
  assert.equal(starts(), 1);
  await until(() => logged().includes("initialized"), "no handshake");
  assert.ok(logged().includes(`folder file://${temporary}`), logged().join(", "));
  await running.extension.deactivate();
  await until(() => logged().includes("exit"), "the server goes on");
});

test("the commands and the type of tasks are those of the manifest", async () => {
  const { found } = await activate({ settings: { "gal.server.enable": false } });
  assert.deepEqual([...found.commands.keys()].sort(), manifest.contributes.commands.map(({ command }) => command).sort());
  assert.deepEqual([...found.providers.keys()], manifest.contributes.taskDefinitions.map(({ type }) => type));
  found.commands.get("gal.showOutput")();
  assert.deepEqual(found.executed, ["show"]);
});

test("all that is registered is given back", async () => {
  const { found, context } = await activate({ settings: { "gal.server.path": fakeGalc() }, folder: temporary });
  context.subscriptions.forEach((one) => one.dispose());
  assert.equal(found.commands.size + found.providers.size, 0);
  await until(() => logged().includes("exit"), "the server goes on");
});

test("the command restarts the server", async () => {
  const { found } = await activate({ settings: { "gal.server.path": fakeGalc() }, folder: temporary });
  await found.commands.get("gal.restartServer")();
  assert.equal(starts(), 2);
  assert.equal(logged().filter((line) => line === "shutdown").length, 1);
});

test("restarts in a hurry come one after the other", async () => {
  const { found } = await activate({ settings: { "gal.server.path": fakeGalc() }, folder: temporary });
  const restart = found.commands.get("gal.restartServer");
  await Promise.all([restart(), restart(), restart()]);
  assert.equal(starts(), 4);
  assert.equal(logged().filter((line) => line === "shutdown").length, 3);
});

test("another path restarts the server, other settings do not", async () => {
  const galc = fakeGalc();
  const { found, set } = await activate({ settings: { "gal.server.path": join(temporary, "gone") }, folder: temporary });
  assert.equal(found.messages.length, 1);
  set("editor.tabSize", 2);
  set("gal.server.path", galc);
  await until(() => starts() === 1, "no start");
});

test("without galc there is a message with ways out", async () => {
  const path = join(temporary, "gone");
  const { found, api } = await activate({ settings: { "gal.server.path": path } });
  assert.deepEqual(found.messages, [
    {
      kind: "error",
      text: `There is no \`${path}\`. Install galc, or say in the setting gal.server.path where it is.`,
      choices: ["Open Settings", "Retry"],
    },
  ]);
  assert.ok(api);
  found.answer = "Open Settings";
  await found.commands.get("gal.restartServer")();
  await until(() => found.executed.length > 0, "no settings");
  assert.deepEqual(found.executed, [["workbench.action.openSettings", "gal.server.path"]]);
  found.answer = "Retry";
  await found.commands.get("gal.restartServer")();
  await until(() => found.messages.length === 4, "no second try");
});

test("a galc without a server, another program, and one that cannot be run are told apart", async () => {
  process.env.GAL_TEST_OLD = "1";
  const galc = fakeGalc();
  const other = program("other", "exit 1");
  const locked = program("locked", "exit 0");
  chmodSync(locked, 0o644);
  for (const [path, message] of [
    [galc, `This galc has no language server: \`${galc}\` is galc 0.0.0. Install a newer one.`],
    [other, `\`${other}\` is no galc. The setting gal.server.path says which one is used.`],
    [locked, `\`${locked}\` cannot be run: EACCES. The setting gal.server.path says which galc is used.`],
  ]) {
    const { found } = await activate({ settings: { "gal.server.path": path } });
    assert.deepEqual(found.messages.map(({ text }) => text), [message]);
    await running.extension.deactivate();
  }
});

test("a server that ends at once is told of", async () => {
  const path = program("galc", '[ "$2" = --help ] && exit 0\nexit 3');
  const { found } = await activate({ settings: { "gal.server.path": path } });
  await until(() => found.messages.some(({ text }) => text.startsWith(`\`${path} lsp\` did not start: `)), "no message");
});

/** `$GALC`, or the one that cargo has built. */
function findGalc() {
  const built = ["release", "debug"].map((profile) => fileURLToPath(new URL(`../../../target/${profile}/galc`, import.meta.url)));
  const found = process.env.GALC ?? built.find(existsSync);
  if (!found) throw new Error("galc is needed: cargo build --release --package galc; $GALC may say where it is");
  return found;
}

test("a program that does not answer is given up", async () => {
  const path = program("galc", "exec sleep 600");
  const source = fileURLToPath(new URL("../src/galc.ts", import.meta.url));
  const { outputFiles } = await build({ entryPoints: [source], bundle: true, platform: "node", format: "esm", write: false });
  const { findProblem } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  const problem = await findProblem(path, 500);
  assert.equal(problem, `\`${path}\` cannot be run: no answer in 0.5 seconds. The setting gal.server.path says which galc is used.`);
});

test("a server that does not answer is ended", async () => {
  const path = program("galc", '[ "$2" = --help ] && exit 0\necho start lsp >> "$GAL_TEST_LOG"\nexec sleep 600');
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const vscode = fakeVscode({ settings: { "gal.server.path": path } });
    const extension = loadExtension(vscode.api);
    running = { extension };
    const activated = extension.activate({ subscriptions: [] });
    while (starts() === 0) await new Promise(setImmediate);
    assert.deepEqual(vscode.found.messages, []);
    mock.timers.tick(30_000);
    await activated;
    assert.equal(vscode.found.messages.at(-1).text, `\`${path} lsp\` did not start: no answer in 30 seconds`);
  } finally {
    mock.timers.reset();
  }
});

test("galc itself reports what is wrong in an open file; one without a server is told of", async () => {
  const galc = findGalc();
  const hasServer = spawnSync(galc, ["lsp", "--help"]).status === 0;
  const path = join(temporary, "main.gal");
  const text = "fn main() {\n    println(nothing)\n}\n";
  writeFileSync(path, text);
  const { found } = await activate({ settings: { "gal.server.path": galc }, folder: temporary, documents: [[path, text]] });
  if (!hasServer) {
    assert.match(found.messages[0].text, /^This galc has no language server: /);
    return;
  }
  assert.deepEqual(found.messages, []);
  await until(() => found.diagnostics.get(path)?.length > 0, "no diagnostics");
  const [diagnostic] = found.diagnostics.get(path);
  assert.match(JSON.stringify(diagnostic), /there is no `nothing` here/);
});

test("the setting may name the home, the folder and the environment", async () => {
  process.env.GAL_TEST_FOLDER = temporary;
  for (const [setting, path] of [
    ["~/nowhere/galc", join(homedir(), "nowhere/galc")],
    ["${workspaceFolder}/gone", join(temporary, "gone")],
    ["./gone", join(temporary, "gone")],
    ["${env:GAL_TEST_FOLDER}/gone", join(temporary, "gone")],
    ["no-such-galc", "no-such-galc"],
  ]) {
    const { found } = await activate({ settings: { "gal.server.path": setting }, folder: temporary });
    assert.match(found.messages[0]?.text ?? "", new RegExp(`^There is no \`${RegExp.escape?.(path) ?? path.replaceAll(".", "\\.")}\``));
    await running.extension.deactivate();
  }
});

test("each package has its tasks", async () => {
  const files = [join(temporary, "gal.toml"), join(temporary, "tools/count/gal.toml"), "/elsewhere/gal.toml"];
  const { found } = await activate({ settings: { "gal.server.enable": false, "gal.server.path": "mygalc" }, folder: temporary, files });
  const tasks = await found.providers.get("gal").provideTasks();
  assert.deepEqual(tasks.map(({ name }) => name), [
    "check", "build", "test", "run", "check tools/count", "build tools/count", "test tools/count", "run tools/count",
  ]);
  const [check, , testing] = tasks;
  assert.deepEqual({ ...check.execution }, { process: "mygalc", args: ["check"], options: { cwd: temporary } });
  assert.deepEqual(tasks[5].execution.args, ["build", "tools/count"]);
  assert.deepEqual([check.group, testing.group], ["TaskGroup.Build", "TaskGroup.Test"]);
  assert.deepEqual(check.problemMatchers, manifest.contributes.problemMatchers.map(({ name }) => `$${name}`));
  assert.deepEqual(check.definition, { type: "gal", command: "check" });
});

test("tasks that users write are run as they are, and what is none of galc's is left alone", async () => {
  const { found, api } = await activate({ settings: { "gal.server.enable": false }, folder: temporary });
  const provider = found.providers.get("gal");
  const definition = { type: "gal", command: "build", path: "src/a.gal", args: ["--release"] };
  const task = provider.resolveTask(new api.Task(definition, undefined, "mine", "gal"));
  assert.deepEqual(task.execution.args, ["build", "--release", "src/a.gal"]);
  assert.equal(task.execution.options.cwd, temporary);
  assert.equal(task.definition, definition);
  assert.equal(provider.resolveTask(new api.Task({ type: "gal", command: "clean" }, undefined, "no", "gal")), undefined);
});

// Other runtimes than the Node that runs this: all tests in other Nodes, the scenario in Deno and Bun.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { inProject, tool } from "./project.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** These are of the package and of a browser, not of the runtime. */
const OTHERS = ["package.test.mjs", "browser.test.mjs"];

for (const version of [24, 26]) {
  test(`Node ${version} passes the tests`, () => {
    const node = tool(`node${version}/bin/node`);
    const tests = readdirSync(`${root}/test`).filter((name) => name.endsWith(".test.mjs") && !OTHERS.includes(name));
    // Without this a test runner in a test runner prints nothing and succeeds.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const run = spawnSync(node, ["--test", "--test-reporter=tap", ...tests.map((name) => `test/${name}`)], { cwd: root, encoding: "utf8", env });
    assert.equal(run.status, 0, run.stdout + run.stderr);
    assert.match(run.stdout, /^# fail 0$/m);
    assert(Number(/^# pass (\d+)$/m.exec(run.stdout)[1]) > 100, "tests were run");
  });
}

for (const [name, path, ...args] of [
  ["Deno", "deno/deno", "run", "--quiet", "--allow-read", "--no-lock"],
  ["Bun", "bun/bin/bun.exe", "run"],
]) {
  test(`${name} runs the sample`, () =>
    inProject((cwd) => {
      const { status, stdout, stderr } = spawnSync(tool(path), [...args, "main.js"], { cwd, encoding: "utf8", timeout: 60_000 });
      assert.deepEqual({ status, stdout }, { status: 0, stdout: "caught\n" }, stderr);
    }));
}

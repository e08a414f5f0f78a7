// The playground in the other browsers, which are not driven from outside: a page of the same origin opens it in a frame, runs a program and stops another
// one. Only with `--full`; what is not installed is left out.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BROWSERS, open } from "../../runtime-wasm/test/page.mjs";
import { SITE } from "./site.mjs";

const isFull = process.env.GAL_TEST_SIZE === "full";

const PAGE = `<!doctype html><meta charset="utf-8"><iframe src="playground.html#source=${encodeURIComponent('fn main() {\n    println("ran")\n}\n')}" style="width:1200px;height:800px"></iframe>
<script type="module">
  const frame = document.querySelector("iframe");
  const until = async (what, test) => {
    for (const end = Date.now() + 40000; Date.now() < end; ) {
      try { if (test(frame.contentDocument)) return; } catch {}
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("waited in vain for " + what + ": " + frame.contentDocument?.querySelector("#outcome")?.textContent + " " + frame.contentDocument?.querySelector("#status-check")?.textContent);
  };
  const text = (id) => frame.contentDocument.getElementById(id).textContent;
  const send = (result) => fetch("/result", { method: "POST", body: JSON.stringify(result) });
  const run = () => frame.contentDocument.getElementById("run").click();
  try {
    await until("the check", () => text("status-problems") === "No problems");
    run();
    await until("the end", () => text("outcome").startsWith("Finished"));
    const output = text("output");
    frame.contentWindow.location.hash = "#source=" + encodeURIComponent("fn main() {\\n    loop {}\\n}\\n");
    await until("the other program", () => frame.contentDocument.querySelector("#editor .cm-content").textContent.includes("loop"));
    run();
    await until("its begin", () => text("outcome").startsWith("Running"));
    run();
    await until("its end", () => text("outcome") === "Stopped.");
    await send({ output });
  } catch (error) {
    await send({ failed: String(error) });
  }
</script>`;

function files() {
  const names = readdirSync(SITE).filter((name) => statSync(join(SITE, name)).isFile() && name !== "binaryen.js");
  const site = Object.fromEntries(names.map((name) => [name === "index.html" ? "playground.html" : name, readFileSync(join(SITE, name))]));
  return { ...site, "index.html": PAGE };
}

for (const [name, { path, command }] of Object.entries(BROWSERS)) {
  const skip = (!isFull && "only with `--full`") || (!path && `there is no ${name}`);
  test(`programs run and are stopped in ${name}`, { skip }, async () => {
    assert.deepEqual(await open(command(path), files()), { output: "ran\n" });
  });
}

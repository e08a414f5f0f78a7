// The structure of what the grammar's own tests parse, and of the examples, is what galc makes of them. The whole corpus is compared in test/full.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { corpus, folder } from "./cli.mjs";
import { compare, difference } from "./structure.mjs";

/** The inputs in test/corpus, but for those that are meant to have errors. */
function* inputs() {
  const corpusFolder = join(folder, "test/corpus");
  for (const name of readdirSync(corpusFolder)) {
    const text = readFileSync(join(corpusFolder, name), "utf8");
    for (const [, title, error, input] of text.matchAll(/={80}\n(.*)\n(:error\n)?={80}\n\n([^]*?)\n-{80}\n/g)) {
      if (!error) yield [`${name}-${title}`.replaceAll(/\W+/g, "-"), input];
    }
  }
}

test("the inputs of the grammar's tests", () => {
  const temporary = mkdtempSync(join(tmpdir(), "gal-"));
  try {
    const paths = [...inputs()].map(([name, input]) => {
      const path = join(temporary, `${name}.gal`);
      writeFileSync(path, input);
      return path;
    });
    assert.ok(paths.length > 30, `only ${paths.length} inputs`);
    compare(paths);
  } finally {
    rmSync(temporary, { recursive: true });
  }
});

test("the examples", () => {
  const paths = corpus().filter((path) => path.includes("examples"));
  assert.ok(paths.length > 10);
  compare(paths);
});

test("differences are found", () => {
  assert.equal(difference(["+", "a", ["*", "b", "c"]], ["+", "a", ["*", "b", "c"]]), undefined);
  assert.equal(difference(["+", ["*", "a", "b"], "c"], ["*", "a", ["+", "b", "c"]]).place, "/*[0]");
  assert.equal(difference(["f", "a"], ["f", "a", "b"]).galcs, '"b"');
});

// What takes longer: the structure of all programs, broken programs, and more edits.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { corpus, fuzz, treeSitter, withList } from "../cli.mjs";
import { compare } from "../structure.mjs";

test("every program has the structure that galc gives it", () => {
  const paths = corpus();
  assert.ok(paths.length > 700, `only ${paths.length} programs`);
  compare(paths);
});

test("edits give the trees that the texts give", () => fuzz(["--iterations", "1000", "--edits", "8"]));

/** Numbers that are the same in every run. */
function* numbers(seed) {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

const PIECES = ['"', '"""', "{", "}", "(", ")", "\n", "/*", "//", "'", "r#\"", " timeout ", "\\", "<", "é", "\u{1F600}", "\0", "|"];

test("broken programs end in a tree, and soon", () => {
  const random = numbers(1);
  const upTo = (limit) => Math.floor(random.next().value * limit);
  const temporary = mkdtempSync(join(tmpdir(), "gal-"));
  try {
    const paths = corpus().map((path, index) => {
      const characters = [...readFileSync(path, "utf8")];
      characters.splice(upTo(characters.length), index % 3 === 0 ? characters.length : upTo(4), PIECES[upTo(PIECES.length)]);
      const broken = join(temporary, `${index}.gal`);
      writeFileSync(broken, characters.join(""));
      return broken;
    });
    // A file that takes ten seconds is given up, and then no line tells of it.
    const { stdout, stderr } = withList(paths, (list) =>
      treeSitter(["parse", "--quiet", "--stat", "--timeout", "10000000", "--paths", list]),
    );
    const [, total, failed] = /Total parses: (\d+);.*failed parses: (\d+);/.exec(stdout) ?? assert.fail(stderr);
    assert.equal(+total, paths.length);
    assert.ok(+failed > paths.length / 2, `only ${failed} of the broken programs have errors`);
    assert.equal(stdout.split("\n").filter((line) => line.includes("(ERROR") || line.includes("(MISSING")).length, +failed);
  } finally {
    rmSync(temporary, { recursive: true });
  }
});

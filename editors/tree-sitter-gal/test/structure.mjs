// Compares the trees of tree-sitter with those of galc.
import assert from "node:assert/strict";
import { galc, shown } from "./cli.mjs";
import { fileForm, readForm } from "./galc-form.mjs";
import { parse } from "./tree.mjs";

/** Where two forms differ first: the place, and what is there in each; undefined if nowhere. */
export function difference(ours, galcs, place = "") {
  if (!Array.isArray(ours) || !Array.isArray(galcs)) {
    return ours === galcs ? undefined : { place, ours: JSON.stringify(ours), galcs: JSON.stringify(galcs) };
  }
  const tag = typeof galcs[0] === "string" ? galcs[0] : "";
  for (let index = 0; index < Math.max(ours.length, galcs.length); index++) {
    const found = difference(ours[index], galcs[index], `${place}/${tag}[${index}]`);
    if (found) return found;
  }
  return undefined;
}

/** Every file has the same structure for both. */
export function compare(paths) {
  for (const [path, tree] of parse(paths)) {
    const { status, stdout, stderr } = galc(["build", "--emit", "ast", path]);
    assert.equal(status, 0, `galc refuses ${shown(path)}: ${stderr}`);
    assert.deepEqual(difference(fileForm(tree), readForm(stdout)), undefined, shown(path));
  }
}

// node wc.mjs FILE…: the lines, words and characters of files.
import { createReadStream } from "node:fs";
import { instantiate } from "./build/app.js";

const app = await instantiate();

/** Reads one file; an actor counts. A `feed` is fulfilled when the actor's mailbox has room for it. */
async function count(path) {
  const counter = new app.Counter();
  try {
    for await (const piece of createReadStream(path, { encoding: "utf8" })) await counter.feed(piece);
    return await counter.counts();
  } finally {
    counter.free();
  }
}

const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error("usage: node wc.mjs FILE…");
  process.exit(2);
}

const counted = [];
for (const [i, result] of (await Promise.allSettled(paths.map(count))).entries()) {
  if (result.status === "fulfilled") counted.push([paths[i], result.value]);
  else {
    console.error(`wc: ${paths[i]}: ${result.reason.message}`);
    process.exitCode = 1;
  }
}
if (counted.length > 0) console.log(app.report(counted));

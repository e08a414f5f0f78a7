// Makes the parser in src/ from grammar.js.
import { treeSitter } from "./cli.mjs";

const { status, stdout, stderr } = treeSitter(["generate"]);
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = status;

// Stands in for galc: a language server that answers what every client asks, and writes down what it is asked.
import { appendFileSync } from "node:fs";

const [command, flag] = process.argv.slice(2);
const log = (text) => appendFileSync(process.env.GAL_TEST_LOG, `${text}\n`);

if (command === "--version") {
  console.log("galc 0.0.0");
} else if (command === "lsp" && flag === "--help") {
  process.exitCode = process.env.GAL_TEST_OLD ? 2 : 0;
} else if (command === "lsp") {
  serve();
}

function serve() {
  log(`start ${process.argv.slice(2).join(" ")}`);
  let input = Buffer.alloc(0);
  process.stdin.on("data", (data) => {
    input = Buffer.concat([input, data]);
    for (;;) {
      const head = /^Content-Length: (\d+)\r\n(?:[^\r]+\r\n)*\r\n/.exec(input.toString("latin1"));
      if (!head || input.length < head[0].length + +head[1]) return;
      answer(JSON.parse(input.subarray(head[0].length, head[0].length + +head[1])));
      input = input.subarray(head[0].length + +head[1]);
    }
  });
  process.stdin.on("end", () => process.exit(1));
}

function answer({ id, method, params }) {
  log(method);
  if (method === "exit") process.exit(0);
  if (id === undefined) return;
  if (method === "initialize") log(`folder ${params.workspaceFolders?.[0]?.uri}`);
  const result = method === "initialize" ? { capabilities: { textDocumentSync: 1, hoverProvider: true } } : null;
  const body = JSON.stringify({ jsonrpc: "2.0", id, result });
  process.stdout.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

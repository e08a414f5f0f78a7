// The worker that the compiler runs in: hands requests to the module, and answers to the page.
//
// In: `{ id, request }`, a request in JSON. Out: `{ ready: true }` once, then for each request `{ id, answer, bytes }`, or `{ id, crashed }`
// with what is known of it: the module is then half done, and the page starts another worker.
import init, { Compiler } from "./compiler.js";

interface Message {
  id: number;
  request: string;
}

let panic = "";
(globalThis as any).gal_playground_panic = (text: string) => (panic = text);

const compiler = init({ module_or_path: new URL("playground-compiler_bg.wasm", import.meta.url) }).then(() => new Compiler());

compiler.then(
  () => postMessage({ ready: true }),
  (error) => postMessage({ id: 0, crashed: `the compiler could not be loaded: ${error}` }),
);

onmessage = async ({ data: { id, request } }: MessageEvent<Message>) => {
  try {
    const it = await compiler;
    const answer = it.answer(request);
    const bytes = it.take_bytes();
    postMessage({ id, answer, bytes }, [bytes.buffer]);
  } catch (error) {
    postMessage({ id, crashed: panic || describe(error) });
  }
};

function describe(error: unknown): string {
  // What the engine says of a stack that is full.
  if (error instanceof RangeError) return "the program nests deeper than the compiler can follow in a browser; galc on a command line can";
  return String(error);
}

// The worker that the compiler runs in: hands requests to the module, and answers to the page.
//
// In: `{ id, request }`, a request in JSON. Out: `{ ready: true }` once, then for each request `{ id, answer, bytes }`, or `{ id, crashed }`
// with what is known of it: the module is then half done, and the page starts another worker.
//
// What is seldom asked for is in a second module, and the documentation of the library in a file; both are loaded when an answer needs them.
import init, { Compiler } from "./compiler.js";

type ExtraModule = typeof import("./extra.js");

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
    let begun = ask(it, request);
    if (it.wants_docs() && (await bringDocs(it))) begun = ask(it, request);
    const { answer, bytes } = it.is_rest() ? await finish(begun.answer, begun.bytes) : begun;
    postMessage({ id, answer, bytes }, [bytes.buffer]);
  } catch (error) {
    postMessage({ id, crashed: panic || describe(error) });
  }
};

const ask = (it: Compiler, request: string) => ({ answer: it.answer(request), bytes: it.take_bytes() });

/** Loads the documentation of the library. Where that fails, an answer without it is better than none, and the next one tries again. */
async function bringDocs(it: Compiler): Promise<boolean> {
  try {
    return it.add_docs(await (await get("library-docs.json")).text());
  } catch {
    return false;
  }
}

let loaded: Promise<InstanceType<ExtraModule["Extra"]>> | undefined;

/** Loads what finishes an answer. A network that is missing is no crash: the compiler stays, and the next request tries again. */
async function finish(rest: string, bytes: Uint8Array<ArrayBuffer>) {
  let extra;
  try {
    loaded ??= load();
    extra = await loaded;
  } catch (error) {
    loaded = undefined;
    const message = `a part of the playground that this needs could not be loaded; is there a network? (${error})`;
    return { answer: JSON.stringify({ answer: "failed", message }), bytes: new Uint8Array() };
  }
  return { answer: extra.finish(rest, bytes), bytes: extra.take_bytes() };
}

async function load() {
  // First what fails without a network: browsers may keep a failed import.
  const bytes = await (await get("playground-extra_bg.wasm")).arrayBuffer();
  const { default: init, Extra }: ExtraModule = await import("./extra.js");
  await init({ module_or_path: bytes });
  return new Extra();
}

async function get(name: string): Promise<Response> {
  const response = await fetch(new URL(name, import.meta.url));
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response;
}

function describe(error: unknown): string {
  // What the engine says of a stack that is full.
  if (error instanceof RangeError) return "the program nests deeper than the compiler can follow in a browser; galc on a command line can";
  return String(error);
}

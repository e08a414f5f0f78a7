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
    if (begun.wantsDocs && (await bringDocs(it))) begun = ask(it, request);
    const { answer, bytes } = begun.isRest ? await finish(begun.answer, begun.bytes) : begun;
    postMessage({ id, answer, bytes }, [bytes.buffer]);
  } catch (error) {
    postMessage({ id, crashed: panic || describe(error) });
  }
};

/** All that is known of an answer, before another request comes between. */
const ask = (it: Compiler, request: string) => ({ answer: it.answer(request), isRest: it.is_rest(), wantsDocs: it.wants_docs(), bytes: it.take_bytes() });

/** How long an answer waits for documentation, and for how long nobody asks again where it did not come; in milliseconds. */
const DOCS_MS = 2000;
const NO_DOCS_MS = 30_000;
let askDocsAt = 0;

/** Loads the documentation of the library. An answer without it is better than none, or than one that comes late. */
async function bringDocs(it: Compiler): Promise<boolean> {
  if (performance.now() < askDocsAt) return false;
  try {
    return it.add_docs(await (await get("library-docs.json", AbortSignal.timeout(DOCS_MS))).text());
  } catch {
    askDocsAt = performance.now() + NO_DOCS_MS;
    return false;
  }
}

/** How long an answer waits for the second module, in milliseconds: less than the page waits for an answer. Loading goes on behind it. */
const EXTRA_MS = 15_000;
let loaded: Promise<InstanceType<ExtraModule["Extra"]>> | undefined;

/** Loads what finishes an answer. A network that is missing is no crash: the compiler stays, and the next request tries again. */
async function finish(rest: string, bytes: Uint8Array<ArrayBuffer>) {
  let extra;
  try {
    loaded ??= load();
    extra = await Promise.race([loaded, after(EXTRA_MS)]);
  } catch (error) {
    loaded = undefined;
    return failed(`a part of the playground that this needs could not be loaded; is there a network? (${error})`);
  }
  if (!extra) return failed("a part of the playground that this needs is still on its way; ask again in a while");
  return { answer: extra.finish(rest, bytes), bytes: extra.take_bytes() };
}

const failed = (message: string) => ({ answer: JSON.stringify({ answer: "failed", message }), bytes: new Uint8Array() });

const after = (ms: number) => new Promise<undefined>((resolve) => setTimeout(resolve, ms));

async function load() {
  // First what fails without a network: browsers may keep a failed import.
  const bytes = await (await get("playground-extra_bg.wasm")).arrayBuffer();
  const { default: init, Extra }: ExtraModule = await import("./extra.js");
  await init({ module_or_path: bytes });
  return new Extra();
}

async function get(name: string, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(new URL(name, import.meta.url), { signal });
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response;
}

function describe(error: unknown): string {
  // What the engine says of a stack that is full.
  if (error instanceof RangeError) return "the program nests deeper than the compiler can follow in a browser; galc on a command line can";
  return String(error);
}

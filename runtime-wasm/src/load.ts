/** From whatever has a module in it to a `WebAssembly.Module`. */
import { isA } from "./errors.js";

type Loadable = ArrayBuffer | ArrayBufferView | WebAssembly.Module | Response | URL | string;

/** Where a program's module is. */
export type Source = Loadable | PromiseLike<Loadable>;

/** Gets what is at a URL. */
export type Fetch = (url: URL | string) => Promise<Response | ArrayBufferView>;

export async function compile(source: Source, load: Fetch): Promise<WebAssembly.Module> {
  let given: any = await source;
  let name = "the source";
  if (typeof given === "string" || given instanceof URL) given = await load(given);
  if (isA("WebAssembly.Module", given)) return given;
  if (isA("Response", given)) {
    const type = given.headers.get("content-type");
    name = `${given.url} (${given.status})`;
    // Engines compile what still arrives only if the server says what it is.
    if (given.ok && /^application\/wasm\b/i.test(type) && WebAssembly.compileStreaming) return WebAssembly.compileStreaming(given);
    given = await given.arrayBuffer();
  }
  const { buffer = given, byteOffset = 0, byteLength = 0 } = Object(given);
  const bytes = isA("ArrayBuffer", buffer) ? new Uint8Array(buffer, byteOffset, byteLength) : [];
  if (String.fromCharCode(...bytes.slice(0, 4)) === "\0asm") return WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>);
  throw new TypeError(`${name} is no WebAssembly module`);
}

/** From whatever has a module in it to a `WebAssembly.Module`. */
import { show, tagOf } from "./errors.js";

type Loadable = ArrayBuffer | ArrayBufferView<ArrayBuffer> | WebAssembly.Module | Response | URL | string;

/** Where a program's module is. */
export type Source = Loadable | PromiseLike<Loadable>;

/** Gets what is at a URL. */
export type Fetch = (url: URL | string) => Promise<Response | ArrayBufferView<ArrayBuffer>>;

export async function compile(source: Source, load: Fetch): Promise<WebAssembly.Module> {
  let given = await source;
  if (typeof given === "string" || tagOf(given) === "URL") given = await load(given as URL | string);
  switch (tagOf(given)) {
    case "WebAssembly.Module":
      return given as WebAssembly.Module;
    case "Response":
      return fromResponse(given as Response);
    case "ArrayBuffer":
      return fromBytes(new Uint8Array(given as ArrayBuffer), "what was given");
  }
  if (ArrayBuffer.isView(given)) {
    const { buffer, byteOffset, byteLength } = given as ArrayBufferView<ArrayBuffer>;
    return fromBytes(new Uint8Array(buffer, byteOffset, byteLength), "what was given");
  }
  throw new TypeError(
    `instantiate: expected the bytes of a module, a WebAssembly.Module, a Response, a URL or a string, got ${show(given)}`,
  );
}

async function fromResponse(response: Response): Promise<WebAssembly.Module> {
  const { ok, status, statusText, url } = response;
  if (!ok) throw new Error(`cannot load ${url}: ${status} ${statusText}`);
  const type = response.headers.get("content-type") ?? "none";
  // Engines compile what still arrives only if the server says what it is.
  if (/^application\/wasm\b/i.test(type) && typeof WebAssembly.compileStreaming === "function") {
    return WebAssembly.compileStreaming(response);
  }
  return fromBytes(new Uint8Array(await response.arrayBuffer()), `${url} (of type ${type})`);
}

function fromBytes(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<WebAssembly.Module> {
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== "\0asm") throw new TypeError(`instantiate: ${name} is no WebAssembly module`);
  return WebAssembly.compile(bytes);
}

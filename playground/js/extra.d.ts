/** What the compiler leaves to be done on first use, as wasm-bindgen makes it. */
export default function init(options?: { module_or_path: URL | string | ArrayBuffer }): Promise<unknown>;
export class Extra {
  finish(rest: string, bytes: Uint8Array): string;
  take_bytes(): Uint8Array<ArrayBuffer>;
}

/** The compiler's module, as wasm-bindgen makes it. */
export default function init(options?: { module_or_path: URL | string }): Promise<unknown>;
export class Compiler {
  answer(request: string): string;
  is_rest(): boolean;
  wants_docs(): boolean;
  add_docs(json: string): boolean;
  take_bytes(): Uint8Array<ArrayBuffer>;
}

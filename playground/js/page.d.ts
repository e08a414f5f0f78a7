/** The page's module, as wasm-bindgen makes it. */
export default function init(options?: { module_or_path: URL | string }): Promise<unknown>;

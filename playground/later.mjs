/** The files of the site that are fetched when they are asked for, and kept from then on. */
export const LATER = ["binaryen.js", "optimizer-worker.js", "playground-extra.js", "playground-extra_bg.wasm", "library-docs.json"];

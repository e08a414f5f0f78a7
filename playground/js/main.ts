// Starts the page: the editor for it to find, its module, and what makes it work without a network.
import { GalEditor, GalViewer } from "./editor";
import init from "./page.js";

Object.assign(globalThis, { GalEditor, GalViewer });

await init({ module_or_path: new URL("playground-page_bg.wasm", import.meta.url) });

// In a frame the page belongs to somebody else's site, whose visitors have not asked for it to stay.
if ("serviceWorker" in navigator && window.parent === window) {
  navigator.serviceWorker.register("service-worker.js").catch((error) => console.warn("The page will not work offline:", error));
}

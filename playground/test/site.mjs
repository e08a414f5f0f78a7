// Serves the site on loopback, and opens it in Chromium. Under a path, as static hosts do.
import { createServer } from "node:http";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const TYPES = {
  ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm", ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
};

/** Where the site is: what the variable says, or where `cargo xtask dist` writes it. */
export const SITE = process.env.GAL_SITE ?? fileURLToPath(new URL("../dist", import.meta.url));

/** The path that it is served under. */
const BASE = "/some/path/";

/** Must match tests/src/tools.rs. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

export function findChromium() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return process.env.CHROMIUM ?? candidates.find((path) => existsSync(path));
}

/** `stop` ends the server, as if there were no network. */
export async function serve() {
  if (!existsSync(join(SITE, "index.html"))) throw new Error(`there is no site in ${SITE}: \`cargo xtask playground --test\` builds and tests one`);
  const server = createServer(({ url }, response) => {
    const path = decodeURIComponent(new URL(url, "http://localhost").pathname);
    const name = path.startsWith(BASE) ? path.slice(BASE.length) || "index.html" : undefined;
    const file = name && join(SITE, name);
    if (!file || !file.startsWith(SITE) || !existsSync(file)) return response.writeHead(404).end();
    // As hosts of static sites do, so that `<gal-snippet>` can be loaded from elsewhere.
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "access-control-allow-origin": "*" }).end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  const stop = async () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}${BASE}`, stop };
}

export async function launch() {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("there is no Chromium; `cargo xtask setup --full` installs it or says how");
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
}

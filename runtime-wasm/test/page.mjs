// The scenario as a page and as a worker of it, in a browser that is told to open it. The page posts what came of it, so
// that any browser will do which can be started with an address.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, extname, join } from "node:path";

const LONGEST_MS = 60_000;
const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" };

export const PAGE = `<!doctype html><meta charset="utf-8"><script type="module" src="./page.js"></script>`;

/** What the page does: `scenario` here and in a worker. */
export const SCRIPT = `
  import { scenario } from "./scenario.js";
  const isWorker = typeof document === "undefined";
  const describe = (error) => "failed: " + (error.stack || error);
  const here = scenario().catch((error) => describe(error) + " " + error);
  if (isWorker) here.then((text) => postMessage(text));
  else {
    const worker = new Worker(import.meta.url, { type: "module" });
    const there = new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => resolve("failed: " + event.message);
    });
    Promise.all([here, there]).then(([page, worker]) =>
      fetch("/result", { method: "POST", body: JSON.stringify({ page, worker }) }));
  }`;

/** Serves files by name; `octets` is the type of modules of a server that does not know them. */
function serve(files, octets, onResult) {
  const server = createServer((request, response) => {
    if (request.method === "POST") {
      let body = "";
      request.on("data", (data) => (body += data));
      request.on("end", () => {
        response.end();
        onResult(JSON.parse(body));
      });
      return;
    }
    const name = new URL(request.url, "http://localhost").pathname.slice(1) || "index.html";
    if (!(name in files)) {
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[extname(name)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": octets && type === TYPES[".wasm"] ? "application/octet-stream" : type });
    response.end(files[name]);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** A browser, or undefined if it is not there. */
export function find(...names) {
  const folders = process.env.PATH.split(delimiter);
  const candidates = names.flatMap((name) => (name.startsWith("/") ? [name] : folders.map((folder) => join(folder, name))));
  return candidates.find((path) => existsSync(path));
}

/** What the browser has to say of the page: of itself, and of a worker. `commandOf` gives program and arguments for an address and an empty folder. */
export async function open(commandOf, files, { octets = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "gal-browser-"));
  let onResult;
  const result = new Promise((resolve) => (onResult = resolve));
  const server = await serve(files, octets, onResult);
  const [program, ...args] = commandOf(`http://127.0.0.1:${server.address().port}/`, folder);
  // A group of its own, as browsers are many processes.
  const browser = spawn(program, args, { detached: true, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, HOME: folder } });
  let said = "";
  for (const stream of [browser.stdout, browser.stderr]) stream.on("data", (data) => (said += data));
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${program} has not answered after ${LONGEST_MS / 1000} s:\n${said.slice(-2000)}`)), LONGEST_MS);
    browser.on("error", reject);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
    server.close();
    server.closeAllConnections();
    const ended = new Promise((resolve) => browser.on("close", resolve));
    try {
      process.kill(-browser.pid, "SIGKILL");
      await ended;
    } catch {
      // It has ended already.
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The modules of the sample. */
export function modules() {
  const read = (name) => readFileSync(new URL(`sample/${name}`, import.meta.url));
  return { "sample.wasm": read("sample.wasm"), "sample-abort.wasm": read("sample-abort.wasm") };
}

const CHROMIUM_FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** How browsers are started, by name; must match BROWSERS in xtask/src/setup.rs. */
export const BROWSERS = {
  Chromium: {
    path: find("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    command: (path) => (url, folder) => [path, ...CHROMIUM_FLAGS, `--user-data-dir=${folder}`, url],
  },
  Firefox: {
    path: find("firefox-esr", "firefox"),
    command: (path) => (url, folder) => [path, "--headless", "--no-remote", "--profile", folder, url],
  },
  WebKit: {
    path: find("/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser", "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.0/MiniBrowser"),
    command: (path) => (url) => ["xvfb-run", "-a", path, "--private", url],
  },
};

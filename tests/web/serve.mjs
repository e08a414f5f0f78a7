// Runs modules for the web, one after the other: each line of standard input is a request in JSON, each line of standard output says that
// one has been answered. With `--chromium` they run in a page there, else here in Node.
//
// The process ends when its input does, whatever a program in the browser is at, and takes the browser with it.
//
// A request: `module` (a path), `name`, `args`, `stdin`; in Node perhaps `script`, the path of the ES module that galc writes beside a module.
// The answer is the exit status; what the program has written to its standard streams lies beside the module, in files that end with `.out`
// and `.err`.
import { spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const runtime = new URL("../../runtime-wasm/dist/", import.meta.url);
// Here each turn is as short as can be, so that programs are interrupted wherever they may be; in the page it is as long as usual.
// `--chromium FOLDER`: for the browser's own files.
const at = process.argv.indexOf("--chromium");
const { run, close } = at > 0 ? await chromium(process.argv[at + 1]) : await here();

const requests = createInterface({ input: process.stdin });
const ended = new Promise((resolve) => requests.on("close", resolve));
serve();
await ended;
await close();
// A program may run in the page for ever; here the process is ended by whoever has started it.
process.exit();

async function serve() {
    for await (const line of requests) {
        const request = JSON.parse(line);
        const { status, out, err } = await run(request, await readFile(request.module));
        await writeFile(`${request.module}.out`, out);
        await writeFile(`${request.module}.err`, err);
        console.log(status);
    }
}

async function here() {
    const loader = await import(new URL("node.js", runtime));
    const run = async (request, bytes) => {
        const made = request.script && (await import(pathToFileURL(request.script)));
        return runModule(made ? { program: () => made } : loader, { ...request, budget: 0 }, bytes);
    };
    return { run, close: () => {} };
}

/** Runs a module by the loader; also as text in a page, so it uses nothing from outside. */
async function runModule({ program }, { args, stdin, name, budget }, bytes) {
    const written = { out: "", err: "" };
    const app = program({ url: () => "", name });
    let status;
    try {
        const instance = await app.instantiate(bytes, {
            args,
            stdin,
            budget,
            stdout: (text) => (written.out += text),
            stderr: (text) => (written.err += text),
        });
        status = await instance.start();
    } catch (error) {
        status = error.status ?? 99;
        written.err += `\n${error.stack ?? error}`;
    }
    return { status, ...written };
}

/** A page that asks for modules, and posts what they did. */
async function chromium(folder) {
    const files = {
        "/": ["text/html", `<!doctype html><script type="module" src="page.js"></script>`],
        "/page.js": ["text/javascript", `
            import * as loader from "./loader.js";
            const runModule = ${runModule};
            for (;;) {
                const request = await (await fetch("next")).json();
                const bytes = await (await fetch("module")).arrayBuffer();
                const answer = await runModule(loader, request, bytes);
                await fetch("done", { method: "POST", body: JSON.stringify(answer) });
            }`],
        "/loader.js": ["text/javascript", await readFile(new URL("web.js", runtime))],
    };
    let asks, current, finish;
    const server = createServer((request, response) => {
        const send = (type, body) => response.writeHead(200, { "content-type": type }).end(body);
        if (request.url === "/next") {
            const answer = ({ request }) => send("application/json", JSON.stringify(request));
            if (current) answer(current);
            else asks = answer;
        } else if (request.url === "/module") send("application/wasm", current.bytes);
        else if (request.url === "/done") {
            const parts = [];
            request.on("data", (part) => parts.push(part));
            request.on("end", () => {
                current = undefined;
                send("text/plain", "");
                finish(JSON.parse(Buffer.concat(parts)));
            });
        } else if (files[request.url]) send(...files[request.url]);
        else response.writeHead(404).end();
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const args = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", `--user-data-dir=${folder}`,
    ];
    const browser = spawn(process.env.CHROMIUM ?? "chromium", [...args, `http://127.0.0.1:${server.address().port}/`], { stdio: "ignore" });
    // Whoever waits for an answer hears that there will be none.
    browser.on("exit", () => process.exit(1));
    return {
        run: (request, bytes) =>
            new Promise((resolve) => {
                finish = resolve;
                current = { request, bytes };
                asks?.(current);
                asks = undefined;
            }),
        close: async () => {
            browser.removeAllListeners("exit");
            browser.kill();
            server.close();
            server.closeAllConnections();
            await new Promise((resolve) => browser.on("exit", resolve));
            await rm(folder, { recursive: true, force: true });
        },
    };
}

// Runs the program that lies beside this file as `galc run` and `galc test` do: with the process's own streams, and its status is the program's.
// The argument is a file with `args`, `env`, and for a test the name of the `entry`, in JSON.
import { readFileSync, readSync } from "node:fs";

const { args, env, entry } = JSON.parse(readFileSync(process.argv[2], "utf8"));

/** Standard input as the program asks for it. The loader takes what it gives out by `subarray`. */
class Input extends Uint8Array {
    subarray(begin, length) {
        // What is left is asked for next.
        if (length === undefined) return this;
        const bytes = Buffer.alloc(Math.min(length, 1 << 16));
        for (;;) {
            try {
                return bytes.subarray(0, readSync(0, bytes, 0, bytes.length, null));
            } catch (error) {
                if (error.code === "EOF") return bytes.subarray(0, 0);
                if (error.code !== "EAGAIN") throw error;
                // Somebody has made it a stream that does not wait.
                Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
            }
        }
    }
}

/** A test begins where another program's `main` does. */
function begins(exports) {
    return entry === undefined ? exports : { ...exports, gal_start: exports[entry] };
}

function end(status) {
    process.removeAllListeners("beforeExit");
    // What has been written goes out first.
    process.stdout.write("", () => process.stderr.write("", () => process.exit(status)));
}

// Nobody reads any more.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(1));
process.on("beforeExit", () => {
    console.error("fatal: the program waits for JavaScript, and nothing is left in Node that could call it");
    end(102);
});

const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (...given) => ({ exports: begins((await instantiate(...given)).exports) });
let app;
try {
    const loaded = await import("./program.js");
    app = await loaded.instantiate(undefined, { args, env, stdin: new Input() });
} catch (error) {
    console.error(`error: ${error.message}`);
    end(2);
}
if (app) {
    try {
        end(await app.start());
    } catch (error) {
        console.error(`fatal: ${error.message}`);
        end(102);
    }
}

// The worker that one program runs in. It is a classic script, as opaque origins have no module workers in all browsers; modules come by
// `import()`. It is ended from outside when the program has ended, when its time is up, or when it has written too much.
import type { FromFrame, LimitName, Run, Stream } from "./messages";

/** How long text may wait to be sent with what follows. */
const BATCH_MS = 30;
const BATCH_CHARS = 16 << 10;

/** What the loader throws at the program's end, as far as it is read here. */
interface Thrown {
  name?: string;
  status?: number;
  cause?: unknown;
  message?: string;
}

onmessage = ({ data }: MessageEvent<Run>) => void start(data);

const send = (message: FromFrame) => postMessage(message);

async function start({ run, module, js, args, env, stdin, limits }: Run): Promise<void> {
  const output = writer(run, limits.output);
  const begin = performance.now();
  let status: number;
  try {
    const place = URL.createObjectURL(new Blob([js], { type: "text/javascript" }));
    const { instantiate } = await import(place);
    const app = await instantiate(module, { args, env, stdin, stdout: output.out, stderr: output.err });
    status = await app.start();
  } catch (thrown) {
    const known = statusOf(thrown as Thrown, output.err);
    if (known === undefined) {
      output.flush();
      return send({ kind: "failed", run, why: reason(thrown) });
    }
    status = known;
  }
  output.flush();
  if (status === 102 && output.ranOutOfMemory()) return send({ kind: "limit", run, what: "memory" });
  send({ kind: "ended", run, status, ms: performance.now() - begin });
}

/** The status of a program that has ended otherwise than by returning; nothing if the program never ran. */
function statusOf(thrown: Thrown, err: (text: string) => void): number | undefined {
  if (thrown?.name === "GalExitError") return thrown.status;
  if (thrown?.name === "GalPanic") return 101;
  // A trap: the loader has told nobody.
  if (thrown instanceof WebAssembly.RuntimeError || thrown instanceof RangeError) {
    err(`fatal: ${trap(thrown)}\n`);
    return 102;
  }
  return undefined;
}

function trap(error: Error): string {
  return error instanceof RangeError ? "stack overflow" : error.message;
}

function reason(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Sends text in batches, and no more than the limit. */
function writer(run: number, limit: number) {
  let stream: Stream = "out";
  let held = "";
  let since = 0;
  let left = limit;
  let tail = "";
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (held) send({ kind: "output", run, stream, text: held });
    held = "";
  };
  const stop = (what: LimitName) => {
    flush();
    send({ kind: "limit", run, what });
  };
  const write = (to: Stream, text: string) => {
    if (left <= 0) return;
    if (to !== stream) flush();
    stream = to;
    if (to === "err") tail = (tail + text).slice(-200);
    const part = text.slice(0, left);
    left -= part.length;
    if (!held) since = performance.now();
    held += part;
    if (left <= 0) return stop("output");
    if (held.length > BATCH_CHARS || performance.now() - since > BATCH_MS) flush();
    else timer ??= setTimeout(flush, BATCH_MS);
  };
  return {
    out: (text: string) => write("out", text),
    err: (text: string) => write("err", text),
    flush,
    /** Whether the last that it said is what GAL's runtime says when there is no more memory. */
    ranOutOfMemory: () => tail.trimEnd().endsWith("fatal: out of memory"),
  };
}

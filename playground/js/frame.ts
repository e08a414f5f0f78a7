// The script of the frame that programs run in: a sandbox of an origin of its own, so without storage, and by its policy without network. It starts a
// worker for each program, and ends it.
import type { FromFrame, Run, ToFrame } from "./messages";

const place = (text: string) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
const script = place(RUN_WORKER);
const modules = RUNTIME_MODULES.map(([name, text]): [string, string] => [name, place(text)]);

let current: { run: number; worker: Worker; timer: ReturnType<typeof setTimeout> } | undefined;

// The page's origin cannot be known here; nothing that is said is a secret.
const tell = (message: FromFrame) => parent.postMessage(message, "*");

addEventListener("message", ({ source, data }: MessageEvent<ToFrame>) => {
  if (source !== parent) return;
  if (data.kind === "run") start(data);
  else if (data.kind === "stop" && current?.run === data.run) end();
});

function start(message: Run): void {
  end();
  const { run, limits } = message;
  const worker = new Worker(script);
  const timer = setTimeout(() => {
    end();
    tell({ kind: "limit", run, what: "time" });
  }, limits.ms);
  current = { run, worker, timer };
  worker.onmessage = ({ data }: MessageEvent<FromFrame>) => {
    if (current?.worker !== worker) return;
    if (data.kind !== "output") end();
    tell(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    if (current?.worker !== worker) return;
    end();
    tell({ kind: "failed", run, why: event.message || "its worker could not be started" });
  };
  worker.postMessage(message, [message.module]);
}

function end(): void {
  if (!current) return;
  clearTimeout(current.timer);
  current.worker.terminate();
  current = undefined;
}

tell({ kind: "ready", modules });

/**
 * The event loop: when the module goes on.
 *
 * After a call from outside it does so in a microtask. While it has more to do than its budget allows, or microtasks
 * have taken as long as that together, the page gets its turn first: it goes on in a task of its own. There is one
 * timer for all timers of the module, and never more than one task under way.
 */

/** The longest that `setTimeout` waits; longer timers are looked at again then. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

export interface EventLoop {
  /** Something may have become ready. */
  wake(): void;
  /** Nothing is to be run any more. */
  stop(): void;
}

/** `turn` gives what `gal_turn` does. An exception of it is left to the engine to report. */
export function eventLoop(turn: () => number, budget_ms: number): EventLoop {
  let isQueued = false;
  let isPosted = false;
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Milliseconds since the last task. A turn counts for a little at least, as clocks may be coarse.
  let spent_ms = 0;

  const run = () => {
    if (isStopped) return;
    clearTimeout(timer);
    const begin = performance.now();
    const next = turn();
    spent_ms += performance.now() - begin + budget_ms / 100;
    if (isStopped) return;
    if (next === 0) post();
    else if (next > 0 && next < Infinity) timer = setTimeout(fresh, Math.min(Math.ceil(next), MAX_TIMEOUT_MS));
  };

  const fresh = () => {
    spent_ms = 0;
    run();
  };

  const post = () => {
    if (isPosted) return;
    isPosted = true;
    runSoon(() => {
      isPosted = false;
      fresh();
    });
  };

  return {
    wake() {
      if (isQueued || isPosted || isStopped) return;
      if (spent_ms > budget_ms) return post();
      isQueued = true;
      queueMicrotask(() => {
        isQueued = false;
        run();
      });
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

let port: MessagePort | undefined;
const waiting: (() => void)[] = [];

/** Runs it in a task of its own, without the delay that timers have. */
function runSoon(run: () => void): void {
  // Node's keeps the process alive until it has run; a port would do so for ever.
  const { setImmediate } = globalThis as { setImmediate?: (run: () => void) => void };
  if (setImmediate) return setImmediate(run);
  if (!port) {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => waiting.shift()!();
    port = channel.port2;
  }
  waiting.push(run);
  port.postMessage(0);
}

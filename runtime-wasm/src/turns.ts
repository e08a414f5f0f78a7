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
  /** The program has ended: nothing keeps Node alive. */
  stop(): void;
}

/** `turn` gives what `gal_turn` does, or nothing if the program has ended. An exception of it is left to the engine to report. */
export function eventLoop(turn: () => number | undefined, budget_ms: number): EventLoop {
  let isPlanned = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Milliseconds since the last task. A turn counts for a little at least, as clocks may be coarse.
  let spent_ms = 0;

  /** In a task of its own, or as a microtask of another. */
  const run = (isTask: boolean) => {
    if (isTask) spent_ms = 0;
    clearTimeout(timer);
    const begin = performance.now();
    const next = turn();
    spent_ms += performance.now() - begin + budget_ms / 100;
    if (next === 0) plan(true);
    else if (next! > 0 && next! < Infinity) timer = setTimeout(run, Math.min(Math.ceil(next!), MAX_TIMEOUT_MS), true);
  };

  const plan = (isTask: boolean) => {
    if (isPlanned) return;
    isPlanned = true;
    (isTask ? runSoon : queueMicrotask)(() => {
      isPlanned = false;
      run(isTask);
    });
  };

  return {
    wake: () => plan(spent_ms > budget_ms),
    stop: () => clearTimeout(timer),
  };
}

/** Runs it in a task of its own, without the delay that timers have. */
function runSoon(run: () => void): void {
  const { setImmediate } = globalThis as { setImmediate?: (run: () => void) => void };
  if (setImmediate) return setImmediate(run);
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    // An open port keeps some hosts alive.
    port1.close();
    run();
  };
  port2.postMessage(0);
}

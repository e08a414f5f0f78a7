/** Where standard output and standard error go. */

export interface Sink {
  /** The bytes are only valid during the call. */
  write(bytes: Uint8Array): void;
  /** The program waits or has ended: nothing may be held back that a person waits for. */
  flush(): void;
}

/** Gives text by whole lines where it comes so; what is left of a line when the program waits goes out, too. */
export function textSink(emit: (text: string) => void): Sink {
  const decoder = new TextDecoder();
  let held = "";
  const send = (text: string) => {
    try {
      if (text) emit(text);
    } catch (error) {
      // The module is running: an exception must not cross it.
      queueMicrotask(() => {
        throw error;
      });
    }
  };
  return {
    write(bytes) {
      const text = decoder.decode(bytes, { stream: true });
      const end = text.lastIndexOf("\n") + 1;
      const lines = end ? held + text.slice(0, end) : "";
      held = (end ? "" : held) + text.slice(end);
      send(lines);
    },
    // The first bytes of a character wait for the others; if they never come, they are no text.
    flush() {
      const text = held;
      held = "";
      send(text);
    },
  };
}

/** A function of the console, which ends lines itself. */
export function consoleSink(name: "log" | "error"): Sink {
  return textSink((text) => console[name](text.replace(/\n$/, "")));
}

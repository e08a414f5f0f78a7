/** The text of panics, which the module writes in pieces. */
import { GalPanic } from "./errors.js";
import { decode } from "./wire.js";

export interface Panics {
  /** The last piece of a text is a newline of its own. */
  piece(bytes: Uint8Array): void;
  /** The panic that was written last. */
  last(): GalPanic;
}

export function panics(): Panics {
  let text = "";
  let stack = "Error\n";
  let isWhole = true;
  return {
    piece(bytes) {
      const piece = decode(bytes);
      const isLast = piece === "\n";
      if (isWhole && !isLast) {
        text = "";
        stack = stackHere();
      }
      isWhole = isLast;
      text += piece;
    },
    last() {
      text = text.trim();
      // V8 puts the name and the message before the frames, others have those alone.
      return new GalPanic(text, { stack: stack.replace(/^Error\n/, () => `GalPanic: ${text}\n`) });
    },
  };
}

/** The frames from here on, more of them than V8 keeps by itself: those of the panic's own functions come first. */
function stackHere(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const { stack } = new Error();
  Error.stackTraceLimit = limit;
  return stack!;
}

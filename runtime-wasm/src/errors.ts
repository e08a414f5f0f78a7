/** What a call into a program throws, and what of the loader's own fails. */

/** A function gave `Err(error)`, or an actor that was asked could not answer (`error` is `"Dead"`, …). */
export class GalError<E = unknown> extends Error {
  readonly error: E;

  constructor(where: string, error: E) {
    super(`${where}: ${typeof error === "string" ? error : json(error)}`);
    this.name = "GalError";
    this.error = error;
  }
}

/** A panic: the message is GAL's text of it, the stack that of the place where it arose. */
export class GalPanic extends Error {
  /** `stack` is one that was taken when the panic began. */
  constructor(text: string, stack?: string) {
    super(text);
    this.name = "GalPanic";
    // V8 puts the name and the message first, others have the frames alone.
    if (stack) this.stack = stack.startsWith("Error\n") ? `${this.name}: ${text}${stack.slice(5)}` : stack;
  }
}

/** The program has ended, so that there is nothing left to call. */
export class GalExitError extends Error {
  readonly status: number;

  constructor(status: number, cause?: unknown) {
    super(`the program has ended with status ${status} and takes no more calls`, { cause });
    this.name = "GalExitError";
    this.status = status;
  }
}

/** The engine lacks something that the program was built for. */
export class GalEngineError extends Error {
  readonly feature: string;

  constructor(feature: string, text: string) {
    super(text);
    this.name = "GalEngineError";
    this.feature = feature;
  }
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}` : part)) ?? String(value);
  } catch {
    // A `Js` in it can be anything.
    return String(value);
  }
}

/** The text of something that was thrown. */
export function textOf(thrown: unknown): string {
  try {
    const { name, message } = thrown as Error;
    return name === "Error" ? message : String(thrown);
  } catch {
    return typeof thrown === "object" ? "an object" : String(thrown);
  }
}

/** A value as messages show it: short, on one line. */
export function show(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
    case "bigint":
      return `${value}n`;
    case "function":
      return "a function";
    case "object":
      if (value) return Array.isArray(value) ? `an array of ${value.length}` : `an object (${tagOf(value)})`;
  }
  return String(value);
}

/** `Map` for a map, also for one of another realm. */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** What a call into a program throws. */

/** A function gave `Err(error)`, or an actor that was asked could not answer. */
export interface GalError<E = unknown> extends Error {
  readonly error: E;
}

/** A panic: the message is GAL's text of it, the stack that of the place where it arose. */
export interface GalPanic extends Error {}

/** The program has ended, so that there is nothing left to call. */
export interface GalExitError extends Error {
  readonly status: number;
}

type Properties<E> = Partial<Omit<E, "name" | "message">>;
type Kind<E> = new (text: string, properties: Properties<E>) => E;

/** A kind of error; its name is the prototype's, so that the stack begins with it. */
function kind<E>(name: string): Kind<E> {
  const Class = {
    [name]: class extends Error {
      constructor(text: string, properties: Properties<E>) {
        super(text);
        Object.assign(this, properties);
      }
    },
  }[name]!;
  Class.prototype.name = name;
  return Class as unknown as Kind<E>;
}

export const GalError = /* @__PURE__ */ kind<GalError>("GalError");
export const GalPanic = /* @__PURE__ */ kind<GalPanic>("GalPanic");
export const GalExitError = /* @__PURE__ */ kind<GalExitError>("GalExitError");

export const failed = (where: string, error: unknown): GalError =>
  new GalError(`${where}: ${textOf(error)}`, { error });

/** The text of something that was thrown. */
export function textOf(thrown: any): string {
  try {
    return thrown?.message || typeof thrown === "string" ? `${thrown}` : show(thrown);
  } catch {
    return tagOf(thrown);
  }
}

/** A value as messages show it: at most so long. */
export function show(value: unknown): string {
  try {
    const text = JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}n` : part)) ?? String(value);
    // A variant without fields has but its name.
    return text.replace(/{"tag":"(\w+)"}/, "$1").slice(0, 200);
  } catch {
    // A circle, or something that cannot be looked at.
    return tagOf(value);
  }
}

/** `[object Map]` for a map, also for one of another realm. */
const tagOf = (value: unknown): string => Object.prototype.toString.call(value);

export const isA = (name: string, value: unknown): boolean => tagOf(value) === `[object ${name}]`;

/** What was compiled together does not fit together. */
export const MISFIT = "app.js does not fit";

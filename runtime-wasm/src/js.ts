/** What `std.js` of GAL's library calls. Names are those in library/std/js.gal. */

/** `===`, and `NaN` is itself. */
export const same = (a: unknown, b: unknown): boolean => a === b || (a !== a && b !== b);

/** `String(value)`, or what kind of thing it is if it cannot be one. */
export function text(of: unknown): string {
  try {
    return String(of);
  } catch {
    return Object.prototype.toString.call(of);
  }
}

export const kind = (of: unknown): string => (of === null ? "null" : typeof of);

export const global = (): unknown => globalThis;

export const get = (of: any, name: string): unknown => of[name];

export function set(of: any, name: string, value: unknown): void {
  of[name] = value;
}

export const at = (of: any, index: number): unknown => of[index];

export const call = (of: any, name: string, args: unknown[]): unknown => of[name](...args);

export const apply = (f: (...args: unknown[]) => unknown, args: unknown[]): unknown => f(...args);

export const construct = (Class: new (...args: unknown[]) => unknown, args: unknown[]): unknown => new Class(...args);

export const settled = async (promise: unknown): Promise<unknown> => promise;

export const of_text = (value: string): unknown => value;

export const of_number = (value: number): unknown => value;

export const of_bool = (value: boolean): unknown => value;

export const to_text = (of: unknown): string | undefined => (typeof of === "string" ? of : undefined);

export const to_number = (of: unknown): number | undefined => (typeof of === "number" ? of : undefined);

export const to_bool = (of: unknown): boolean | undefined => (typeof of === "boolean" ? of : undefined);

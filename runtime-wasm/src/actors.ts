/** Exported actors as classes. An instance holds its actor until it is freed, or is garbage. */
import { caller, exportOf, type Parameters } from "./functions.js";
import type { Exported, Host } from "./host.js";
import { ref } from "./values.js";
import type { Codec } from "./wire.js";

type ActorClass = new (...values: unknown[]) => object;

/** Makes the class of an actor. */
export type ActorBinder = (host: Host, name: string) => ActorClass;

/** Its constructors, its messages without an answer, and those with one, which comes later. */
export function actor(
  constructors: Record<string, Parameters>,
  sends: Record<string, Parameters> = {},
  asks: Record<string, readonly [parameters: Parameters, answer: Codec<unknown>]> = {},
): ActorBinder {
  return (host, name) => {
    const handles = new WeakMap<object, number>();
    const release = (handle: number) => () => host.background(() => host.exports.gal_release!(handle));
    const self = ref(name);
    host.actors.set(name, {
      wrap(handle) {
        const instance = Object.create(Class.prototype);
        handles.set(instance, handle);
        host.garbage.register(instance, release(handle), instance);
        return instance;
      },
      handle: (value) => handles.get(value as object),
    });

    const Class: any = class {
      constructor(...values: unknown[]) {
        return (Class.new ?? exportOf(host, `${name}.new`))(...values);
      }
    };
    // Names such as `name` and `length` are there, and cannot be assigned to.
    const define = (key: string, value: unknown) => Object.defineProperty(Class, key, { value });
    define("name", name);
    for (const constructor in constructors) {
      const suffix = constructor === "new" ? "" : `.${constructor}`;
      define(constructor, caller(host, `${name}.new${suffix}`, name + suffix, constructors[constructor]!, self));
    }

    const prototype: any = Class.prototype;
    const method = (message: string, parameters: Parameters, answer?: Codec<unknown>) => {
      const label = `${name}.${message}`;
      const call = caller(host, label, label, parameters, answer, !!answer, [[label, self]]);
      const inner = answer?.ok?.unwrap;
      const run: Exported = function (this: object, ...values) {
        const given = call(this, ...values);
        // What has been asked for may be a `Result` itself: its error is thrown as that of asking is.
        return inner ? given.then((value: unknown) => inner(label, value)) : given;
      };
      prototype[message[0]!.toLowerCase() + message.slice(1)] = run;
    };
    for (const message in sends) method(message, sends[message]!);
    for (const message in asks) method(message, ...asks[message]!);
    const free: Exported = function (this: object) {
      const handle = handles.get(this)!;
      if (!handles.delete(this)) return;
      host.garbage.unregister(this);
      release(handle)();
    };
    // Older engines have no `using`, and no symbol for it.
    prototype.free = prototype[Symbol.dispose ?? "free"] = free;
    return Class;
  };
}

/** Exported actors as classes. An instance holds its actor until it is freed, or is garbage. */
import { caller, type Parameters } from "./functions.js";
import type { Exported, Host } from "./host.js";
import type { Codec } from "./wire.js";

type ActorClass = new (...values: unknown[]) => object;

/** Makes the class of an actor. */
export type ActorBinder = (host: Host, name: string) => ActorClass;

/** Its constructors, its messages without a reply, and those with one. */
export function actor(
  constructors: Record<string, Parameters>,
  sends: Record<string, Parameters> = {},
  asks: Record<string, readonly [parameters: Parameters, reply: Codec<unknown>]> = {},
): ActorBinder {
  return (host, name) => {
    const handles = new WeakMap<object, number>();
    const release = (handle: number) => host.background(() => host.exports.gal_release!(handle));
    const garbage = new FinalizationRegistry(release);
    const wrap = (handle: number): object => {
      const instance = Object.create(Class.prototype);
      handles.set(instance, handle);
      garbage.register(instance, handle, instance);
      return instance;
    };
    host.actors.set(name, { wrap, handle: (value) => handles.get(value as object) });

    const spawn = constructors.new && caller(host, `${name}.new`, name, constructors.new);
    const Class = class {
      constructor(...values: unknown[]) {
        if (!spawn) throw new TypeError(`${name} has no constructor \`new\``);
        return wrap(spawn(values));
      }
    };
    const define = (target: object, key: PropertyKey, value: unknown) => Object.defineProperty(target, key, { value, configurable: true });
    define(Class, "name", name);
    for (const constructor in constructors) {
      if (constructor === "new") continue;
      const make = caller(host, `${name}.new.${constructor}`, `${name}.${constructor}`, constructors[constructor]!);
      define(Class, constructor, (...values: unknown[]) => wrap(make(values)));
    }

    const { prototype } = Class;
    const method = (message: string, parameters: Parameters, reply?: Codec<unknown>) => {
      const label = `${name}.${message}`;
      const call = caller(host, label, label, parameters, reply, !!reply);
      const run: Exported = function (this: object, ...values) {
        return call(values, handles.get(this) ?? gone());
      };
      define(prototype, message[0]!.toLowerCase() + message.slice(1), run);
    };
    const gone = () => {
      throw new TypeError(`this ${name} has been freed`);
    };
    for (const message in sends) method(message, sends[message]!);
    for (const message in asks) method(message, ...asks[message]!);
    const free: Exported = function (this: object) {
      const handle = handles.get(this);
      if (handle === undefined) return;
      handles.delete(this);
      garbage.unregister(this);
      release(handle);
    };
    // Older engines have no `using`, and no symbol for it.
    for (const key of ["free", Symbol.dispose ?? "free"]) define(prototype, key, free);
    return Class;
  };
}

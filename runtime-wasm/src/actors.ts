/** Exported actors as classes. An instance holds its actor until it is freed, or is garbage. */
import { exportOf, type Parameters, parametersOf } from "./functions.js";
import type { Host } from "./host.js";
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
    const garbage = new FinalizationRegistry(release);
    /** Given to the class's constructor by what has a handle already. */
    const adopted = {};

    function release(handle: number): void {
      if (host.status === undefined) host.enter(() => host.exports.gal_release!(handle));
    }

    function spawn(constructor: string): (values: unknown[]) => number {
      const qualified = constructor === "new" ? `${name}.new` : `${name}.new.${constructor}`;
      const call = exportOf(host, qualified);
      const { codecs, labels } = parametersOf(`${name}${constructor === "new" ? "" : `.${constructor}`}`, constructors[constructor]!);
      return (values) => {
        const to = host.write(codecs, labels, values);
        const handle = host.enter(() => call(host.put(to))) as number;
        if (handle < 0) throw host.panic();
        return handle;
      };
    }

    function handleOf(instance: object): number {
      const handle = handles.get(instance);
      if (handle === undefined) throw new TypeError(`this ${name} has been freed`);
      return handle;
    }

    const create = "new" in constructors ? spawn("new") : undefined;
    const Class = {
      [name]: class {
        constructor(...values: unknown[]) {
          const isAdopted = values[0] === adopted;
          if (!isAdopted && !create) throw new TypeError(`${name} has no constructor \`new\`, only named ones`);
          const handle = isAdopted ? (values[1] as number) : create!(values);
          handles.set(this, handle);
          garbage.register(this, handle, this);
        }

        free(): void {
          const handle = handles.get(this);
          if (handle === undefined) return;
          handles.delete(this);
          garbage.unregister(this);
          release(handle);
        }
      },
    }[name]!;
    const wrap = (handle: number) => new Class(adopted, handle);
    host.actors.set(name, { wrap, handle: (value) => handles.get(value as object) });

    const define = (target: object, key: PropertyKey, value: unknown) =>
      Object.defineProperty(target, key, { value, configurable: true, writable: true });
    for (const constructor in constructors) {
      if (constructor === "new") continue;
      const make = spawn(constructor);
      define(Class, free(constructor, ["prototype"]), (...values: unknown[]) => wrap(make(values)));
    }
    const addMethod = (message: string, parameters: Parameters, reply?: Codec<unknown>) => {
      const qualified = `${name}.${message}`;
      const call = exportOf(host, qualified);
      const { codecs, labels } = parametersOf(qualified, parameters);
      const method = message[0]!.toLowerCase() + message.slice(1);
      define(Class.prototype, free(method, ["constructor", "free", "then"]), function (this: object, ...values: unknown[]) {
        const handle = handleOf(this);
        const write = () => host.write(codecs, labels, values);
        if (reply) return host.ask(qualified, reply, write, (length, ticket) => call(handle, length, ticket));
        const to = write();
        host.enter(() => call(handle, host.put(to)));
      });
    };
    for (const message in sends) addMethod(message, sends[message]!);
    for (const message in asks) addMethod(message, ...asks[message]!);
    // Older engines have no `using`, and no symbol for it.
    if (Symbol.dispose) define(Class.prototype, Symbol.dispose, Class.prototype.free);
    return Class;
  };
}

/** A name, unless it means something else there. */
export function free(name: string, taken: readonly string[]): string {
  if (taken.includes(name)) throw new TypeError(`\`${name}\` has a meaning of its own in JavaScript: export it by another name`);
  return name;
}

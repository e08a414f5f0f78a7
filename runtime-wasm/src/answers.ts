/** Calls whose answers come later: those of functions that may suspend. */
import type { Host } from "./host.js";
import { add } from "./exchange.js";
import type { Codec, Wire } from "./wire.js";

export interface Answers {
  /** Writes, and runs what calls an export that answers later. */
  ask(name: string, result: Codec<unknown>, write: () => Wire, run: (wire: Wire, ticket: number) => void): Promise<unknown>;
  /** An answer is in the buffer, or there is none. */
  answer(ticket: number, status: number, length: number): void;
  /** The program has ended: no answer will come. */
  fail(): void;
}

/** Takes an answer for a call of this name, or throws why there is none. */
type Take = (name: string, result: Codec<unknown>) => unknown;

export function answers(host: Host): Answers {
  /** Calls whose answers have not come yet: what settles their promises, which are not there while the call is being made. */
  const pending = new Map<number, (take: Take) => Promise<unknown> | undefined>();
  return {
    ask(name, result, write, run) {
      let promise: Promise<unknown> | undefined;
      return (promise = new Promise((resolve, reject) => {
        const wire = write();
        const ticket = add(pending, (take) => {
          pending.delete(ticket);
          try {
            resolve(take(name, result));
          } catch (error) {
            reject(error);
          }
          return promise;
        });
        run(wire, ticket);
      }));
    },
    answer(ticket, status, length) {
      pending.get(ticket)!((name, result) => {
        if (status) throw host.panic();
        return host.take(name, result, length);
      });
    },
    fail() {
      // Nobody has to wait for an answer: that the program ended first is no fault of theirs.
      pending.forEach((settle) => settle(host.check as Take)?.catch(() => {}));
    },
  };
}

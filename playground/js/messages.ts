// What the page, the frame that programs run in, and the worker in it tell each other. README.md describes it.

export interface Run {
  kind: "run";
  run: number;
  /** The module's bytes. */
  module: ArrayBuffer;
  /** The ES module that galc writes for it, whose imports are places that the frame has named. */
  js: string;
  args: string[];
  env: Record<string, string>;
  stdin: string;
  limits: { ms: number; output: number };
}

export type ToFrame = Run | { kind: "stop"; run: number };

export type Stream = "out" | "err";
export type LimitName = "time" | "output" | "memory";

export type FromFrame =
  | { kind: "ready"; modules: [name: string, place: string][] }
  | { kind: "output"; run: number; stream: Stream; text: string }
  | { kind: "ended"; run: number; status: number; ms: number }
  | { kind: "limit"; run: number; what: LimitName }
  | { kind: "failed"; run: number; why: string };

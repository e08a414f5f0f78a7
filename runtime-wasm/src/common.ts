/** What both entries export besides `program`. */
export { type ActorBinder, actor } from "./actors.js";
export type { Feature } from "./engine.js";
export { GalError, GalExitError, GalPanic } from "./errors.js";
export { type Binder, callback, type Flags, fn, type Import, type Parameters } from "./functions.js";
export type { Source } from "./load.js";
export {
  bool,
  duration,
  float,
  float32,
  int,
  int8,
  int16,
  int32,
  uint8,
  uint16,
  uint32,
  uint64,
  unit,
  usize,
} from "./numbers.js";
export type { Options } from "./host.js";
export type { Description, Instance, Program } from "./program.js";
export {
  array,
  bytes,
  char,
  enumeration,
  fixed,
  js,
  lazy,
  map,
  option,
  ref,
  result,
  set,
  string,
  struct,
  tuple,
  union,
} from "./values.js";
export type { Codec } from "./wire.js";

/** An instance of an exported actor's class, besides the methods for its messages. */
export interface Actor {
  /** JavaScript needs the actor no more; `using` does it at the end of the block. */
  free(): void;
  [Symbol.dispose](): void;
}

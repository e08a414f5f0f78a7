/**
 * An instance from within: calls in both directions, and its end.
 *
 * A value is written before the module is entered and read before anything else runs, so the one exchange buffer is
 * enough however calls nest. Whatever leaves the module other than a panic leaves it half done: that ends the instance.
 */
import { GalError, GalExitError, GalPanic } from "./errors.js";
import type { Sink } from "./output.js";
import type { EventLoop } from "./turns.js";
import { type Codec, decode, Reader, type Store, Writer } from "./wire.js";

export type Exported = (...args: unknown[]) => unknown;

/** A call whose answer has not come yet. */
interface Pending {
  promise?: Promise<unknown>;
  name: string;
  result: Codec<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** The status of a program that was ended by a trap; must match `fatal_with` in library/runtime/panic.gal. */
const FATAL = 102;

export class Host implements Store {
  exports!: Record<string, Exported> & { memory: WebAssembly.Memory };
  loop: EventLoop | undefined;
  actors: Store["actors"] = new Map();
  /** The status that the program has ended with. */
  status: number | undefined;
  /** What waits for the end of the program. */
  begun: { resolve(status: number): void; reject(error: unknown): void } | undefined;

  private cause: unknown;
  private depth = 0;
  private spare: Writer | undefined;
  private view: DataView | undefined;
  private ticket = 0;
  private pending = new Map<number, Pending>();
  private values = new Map<number, unknown>();
  private handle = 0;
  private panicText = "";
  private panicStack: string | undefined;
  private isPanicWhole = true;

  constructor(
    readonly pointer: number,
    readonly out: Sink,
    readonly err: Sink,
  ) {}

  // ---------------------------------------------------------- into the module

  /** Runs what calls an export, and afterwards, if nothing of the module is running any more, `rest`. */
  enter<T>(run: () => T, rest = this.rest): T {
    if (this.status !== undefined) throw this.exitError();
    this.depth++;
    try {
      return run();
    } catch (error) {
      throw this.left(error);
    } finally {
      this.depth--;
      if (!this.depth) rest.call(this);
    }
  }

  /** What is thrown to the caller for what has left the module. */
  private left(error: unknown): unknown {
    if (this.status !== undefined) return this.cause ?? this.exitError();
    if (error instanceof WebAssembly.Exception) return this.panic();
    this.end(FATAL, error);
    return error;
  }

  private rest(): void {
    if (this.loop) this.loop.wake();
    else this.flush(false);
  }

  /** Goes on with what is ready; what `gal_turn` says, or nothing at the program's end. */
  turn(budget_ms: number): number {
    const { begun } = this;
    let next: unknown;
    try {
      next = this.enter(() => this.exports.gal_turn!(budget_ms), () => {});
    } catch (error) {
      // `start()` is told of the end, if it waits for that; of an exit there is nothing to tell.
      if (this.status !== undefined && (begun || this.cause === undefined)) return NaN;
      throw error;
    }
    if (next === -1) this.done();
    else if (next) this.flush(false);
    return next as number;
  }

  flush(isEnd: boolean): void {
    this.out.flush(isEnd);
    this.err.flush(isEnd);
  }

  address(address: number | bigint): number {
    return typeof address === "bigint" ? Number(address) : address >>> 0;
  }

  memory(address: number | bigint, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.exports.memory.buffer as ArrayBuffer, this.address(address), length);
  }

  private buffer(length: number): number {
    return this.address(this.exports.gal_buffer!(length) as number | bigint);
  }

  /** Writes values, of which each has a label for messages. */
  write(codecs: readonly Codec<unknown>[], labels: readonly string[], values: readonly unknown[]): Writer {
    // A getter of a value may call the program, too: that call gets a writer of its own.
    const to = (this.spare ?? new Writer(this)).reset();
    this.spare = undefined;
    try {
      for (let i = 0; i < codecs.length; i++) {
        to.path[0] = labels[i]!;
        codecs[i]!.write(to, values[i]);
      }
      return to;
    } catch (error) {
      to.handles.forEach((handle) => this.drop(handle));
      throw error;
    }
  }

  /** Puts what was written into the module's buffer: its length. */
  put(to: Writer): number {
    const { length } = to;
    if (length) this.memory(this.buffer(length), length).set(to.bytes.subarray(0, length));
    this.spare = to;
    return length;
  }

  /** Takes values out of the buffer. */
  read(codecs: readonly Codec<unknown>[], labels: readonly string[], length: number): unknown[] {
    const at = length && this.buffer(length);
    const { buffer } = this.exports.memory;
    if (this.view?.buffer !== buffer) this.view = new DataView(buffer);
    const from = new Reader(this, this.view, at);
    const values = codecs.map((codec, i) => {
      from.path[0] = labels[i]!;
      return codec.read(from);
    });
    if (from.at !== at + length) from.outside("the module and its JavaScript are not of the same build");
    return values;
  }

  /** The result of a function of the program; throws what it stands for. */
  take(name: string, result: Codec<unknown>, length: number): unknown {
    const [value] = this.read([result], [`${name}: result`], length);
    return result.unwrap ? result.unwrap(name, value) : value;
  }

  // ---------------------------------------------------------- answers to come

  /** Calls something that answers later; `write` and `call` may throw. */
  ask(name: string, result: Codec<unknown>, write: () => Writer, call: (length: number, ticket: number) => unknown) {
    let entry: Pending | undefined;
    const promise = new Promise((resolve, reject) => {
      const to = write();
      while (this.pending.has((this.ticket = (this.ticket + 1) & 0x7fffffff)));
      const { ticket } = this;
      entry = { name, result, resolve, reject };
      this.pending.set(ticket, entry);
      try {
        this.enter(() => call(this.put(to), ticket));
      } catch (error) {
        this.pending.delete(ticket);
        throw error;
      }
    });
    if (entry) entry.promise = promise;
    return promise;
  }

  settle(ticket: number, status: number, length: number): void {
    const { name, result, resolve, reject } = this.pending.get(ticket)!;
    this.pending.delete(ticket);
    try {
      if (status === 0) resolve(this.take(name, result, length));
      else if (status === 1) throw new GalError(name, this.read([result.error!], [`${name}: error`], length)[0]);
      else if (status === 2 && !length) throw this.panic();
      else {
        const text = this.textOf(length);
        throw status === 2 ? new GalPanic(text) : new GalError(name, text);
      }
    } catch (error) {
      reject(error);
    }
  }

  private textOf(length: number): string {
    return new Reader(this, new DataView(this.exports.memory.buffer), this.buffer(length)).text();
  }

  // ---------------------------------------------------------- panics and the end

  /** A piece of a panic's text. The last one is a newline of its own. */
  panicPiece(bytes: Uint8Array): void {
    const piece = decode(bytes);
    const isLast = piece === "\n";
    if (this.isPanicWhole && !isLast) {
      this.panicText = "";
      this.panicStack = stackHere();
    }
    this.isPanicWhole = isLast;
    this.panicText += piece;
  }

  /** The panic that was written last. */
  panic(): GalPanic {
    const panic = new GalPanic(this.panicText.trimEnd() || "panic", this.panicStack);
    this.panicText = "";
    this.panicStack = undefined;
    return panic;
  }

  exitError(): GalExitError {
    return new GalExitError(this.status!, this.cause);
  }

  /** Ends the instance, by `exit` or by what has left the module. */
  end(status: number, cause?: unknown): void {
    if (this.status !== undefined) return;
    this.status = status;
    this.cause = cause;
    this.loop?.stop();
    this.flush(true);
    for (const { promise, reject } of this.pending.values()) {
      // Nobody has to wait for an answer: that the program ended first is no fault of its own.
      promise?.catch(() => {});
      reject(this.exitError());
    }
    this.pending.clear();
    this.values.clear();
    if (cause === undefined) this.begun?.resolve(status);
    else this.begun?.reject(cause);
  }

  /** The program's first part is done. */
  done(): void {
    this.flush(true);
    this.begun?.resolve(0);
    this.begun = undefined;
  }

  // ---------------------------------------------------------- values that only JavaScript knows

  hold(value: unknown): number {
    while (this.values.has((this.handle = (this.handle + 1) & 0x7fffffff)));
    this.values.set(this.handle, value);
    return this.handle;
  }

  held(handle: number): unknown {
    return this.values.get(handle);
  }

  drop(handle: number): void {
    this.values.delete(handle);
  }
}

/** The frames from here on, more of them than V8 keeps by itself: those of the panic's own functions come first. */
function stackHere(): string | undefined {
  const limit = Error.stackTraceLimit;
  if (limit < 100) Error.stackTraceLimit = 100;
  const { stack } = new Error();
  if (limit < 100) Error.stackTraceLimit = limit;
  return stack;
}

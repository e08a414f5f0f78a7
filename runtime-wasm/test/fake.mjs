// A module written in JavaScript: what it exports is given, with a buffer and a memory as docs/web-abi.md wants them.
import { program } from "@gal-lang/runtime";

/** The smallest module there is. */
export const EMPTY = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

export class FakeModule {
  memory = new WebAssembly.Memory({ initial: 1 });
  /** Where the buffer is; like a module's it moves when it grows. */
  at = 1024;
  size = 0;
  imports;

  gal_buffer = (length) => {
    if (length > this.size) {
      this.size = length;
      this.at += 16;
      const missing = this.at + length - this.memory.buffer.byteLength;
      if (missing > 0) this.memory.grow(Math.ceil(missing / 65536));
    }
    return this.at;
  };

  /** What is in the buffer. */
  take(length) {
    return new Uint8Array(this.memory.buffer, this.at, length).slice();
  }

  /** Puts bytes into the buffer: their length. */
  give(bytes) {
    new Uint8Array(this.memory.buffer, this.gal_buffer(bytes.length), bytes.length).set(bytes);
    return bytes.length;
  }

  /** Writes text to a channel. */
  write(channel, ...pieces) {
    for (const piece of pieces) {
      const bytes = typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
      new Uint8Array(this.memory.buffer, 16, bytes.length).set(bytes);
      this.imports.gal.write(channel, 16, bytes.length);
    }
  }

  /** Writes a panic's text as the library does. */
  panic(message) {
    this.write(3, "panic at ", "app.gal:3:5", ": ", message, "\n");
    return -1;
  }
}

/** An instance of a module whose exports `make` gives. */
export async function instantiate(description, make, options) {
  const fake = new FakeModule();
  const real = WebAssembly.instantiate;
  WebAssembly.instantiate = async (module, imports) => {
    fake.imports = imports;
    return { exports: { memory: fake.memory, gal_buffer: fake.gal_buffer, ...make(fake) } };
  };
  try {
    const { instantiate } = program({ url: () => new URL("file:///none.wasm"), ...description });
    return { fake, app: await instantiate(EMPTY, options) };
  } finally {
    WebAssembly.instantiate = real;
  }
}

/** A string as it crosses. */
export function wireText(text) {
  const bytes = new TextEncoder().encode(text);
  return Uint8Array.from([bytes.length & 255, bytes.length >> 8, 0, 0, ...bytes]);
}

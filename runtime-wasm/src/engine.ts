/** Whether the engine has what a program was built for: a module of a few bytes that needs just that is validated. */

export type Feature = "exnref" | "memory64" | "simd" | "relaxed-simd";

/** Where it is, and the sections of a module that is valid only there. */
const FEATURES: Record<string, [text: string, sections: string]> = {
  // An empty try_table.
  exnref: [
    "exceptions (exnref): Chromium 137, Firefox 131, Safari 18.4, Node 22.19 or 24.15; a build with `--panic=abort` runs here",
    "\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a\x08\x01\x06\0\x1f\x40\0\x0b\x0b",
  ],
  // A memory with 64-bit addresses.
  memory64: ["memory64: Chromium 133, Firefox 134, Node 22.19 or 24", "\x05\x03\x01\x04\x01"],
  // unreachable, i8x16.splat, drop.
  simd: ["SIMD: Chromium 91, Firefox 89, Safari 16.4", "\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a\x08\x01\x06\0\0\xfd\x0f\x1a\x0b"],
  // unreachable, i8x16.relaxed_swizzle, drop.
  "relaxed-simd": [
    "relaxed SIMD: Chromium 114, Firefox 146, Node 21",
    "\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a\x09\x01\x07\0\0\xfd\x80\x02\x1a\x0b",
  ],
};

export function checkEngine(needs: readonly string[]): void {
  for (const feature of needs) {
    const [text, sections] = FEATURES[feature] ?? [feature];
    const module = Uint8Array.from(`\0asm\x01\0\0\0${sections}`, (byte) => byte.charCodeAt(0));
    if (!WebAssembly.validate(module)) throw new Error(`the program needs WebAssembly ${text}`);
  }
}

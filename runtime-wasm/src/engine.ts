/** Whether the engine has what a program was built for: a module of a few bytes that needs just that is validated. */
import { GalEngineError } from "./errors.js";

export type Feature = "exnref" | "memory64" | "simd" | "relaxed-simd";

/** What the feature is, the first versions that have it, and the sections of a module that is valid only there. */
type Facts = [what: string, versions: string, sections: string];

/** `() -> ()`, one function of it, and its code. */
const FUNCTION = "\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a";

const FACTS: Record<Feature, Facts> = {
  exnref: [
    "WebAssembly's exceptions with exnref",
    "Chromium 137, Firefox 131, Safari 18.4 and Node 22.19 or 24.15; a build with `--panic=abort` does without",
    // try_table without clauses.
    `${FUNCTION}\x08\x01\x06\0\x1f\x40\0\x0b\x0b`,
  ],
  memory64: [
    "WebAssembly memories with 64-bit addresses",
    "Chromium 133, Firefox 134 and Node 22.19 or 24, not yet in Safari; a build for wasm32-web does without",
    "\x05\x03\x01\x04\x01",
  ],
  simd: [
    "WebAssembly's SIMD",
    "Chromium 91, Firefox 89, Safari 16.4 and Node 16.4",
    // i32.const 0, i8x16.splat, drop.
    `${FUNCTION}\x09\x01\x07\0\x41\0\xfd\x0f\x1a\x0b`,
  ],
  "relaxed-simd": [
    "WebAssembly's relaxed SIMD",
    "Chromium 114, Firefox 145 and Node 21, not yet in Safari",
    // i8x16.relaxed_swizzle of two splats, drop.
    `${FUNCTION}\x0f\x01\x0d\0\x41\0\xfd\x0f\x41\0\xfd\x0f\xfd\x80\x02\x1a\x0b`,
  ],
};

export function checkEngine(needs: readonly Feature[]): void {
  for (const feature of needs) {
    const [what, versions, sections] = FACTS[feature] ?? unknown(feature);
    const module = Uint8Array.from(`\0asm\x01\0\0\0${sections}`, (byte) => byte.charCodeAt(0));
    if (!WebAssembly.validate(module)) {
      throw new GalEngineError(feature, `this engine lacks ${what}, which this program needs: in ${versions}`);
    }
  }
}

function unknown(feature: string): never {
  throw new GalEngineError(feature, `this program needs \`${feature}\`, of which this version of @gal-lang/runtime does not know`);
}

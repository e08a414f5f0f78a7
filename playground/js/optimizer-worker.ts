// The worker that runs Binaryen, of some megabytes, which is loaded when somebody asks for it. In: `{ id, bytes, level }`; out: `{ id, bytes }` or
// `{ id, failed }`.
import type binaryenType from "binaryen";

interface Message {
  id: number;
  bytes: Uint8Array;
}

let loaded: Promise<typeof binaryenType> | undefined;

onmessage = async ({ data: { id, bytes } }: MessageEvent<Message>) => {
  try {
    loaded ??= import("./binaryen.js").then((module) => module.default);
    const binaryen = await loaded;
    postMessage({ id, bytes: optimize(binaryen, bytes) });
  } catch (error) {
    loaded = undefined;
    postMessage({ id, failed: String(error) });
  }
};

/** As `galc build --release` does it: at level 3. */
function optimize(binaryen: typeof binaryenType, bytes: Uint8Array): Uint8Array {
  const module = binaryen.readBinary(bytes);
  try {
    module.setFeatures(binaryen.Features.All);
    binaryen.setOptimizeLevel(3);
    binaryen.setShrinkLevel(0);
    module.optimize();
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

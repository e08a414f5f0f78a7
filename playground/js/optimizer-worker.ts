// The worker that runs Binaryen, of some megabytes, which is loaded when somebody asks for it. In: `{ id, bytes, features }`; out: `{ id, bytes }` or
// `{ id, failed }`.
import type binaryenType from "binaryen";

interface Message {
  id: number;
  bytes: Uint8Array;
  /** By their names in the tool conventions. */
  features: string[];
}

let loaded: Promise<typeof binaryenType> | undefined;

onmessage = async ({ data: { id, bytes, features } }: MessageEvent<Message>) => {
  try {
    loaded ??= import("./binaryen.js").then((module) => module.default);
    const binaryen = await loaded;
    postMessage({ id, bytes: optimize(binaryen, bytes, features) });
  } catch (error) {
    loaded = undefined;
    postMessage({ id, failed: String(error) });
  }
};

/** As `galc build --release` does it: at level 3. */
function optimize(binaryen: typeof binaryenType, bytes: Uint8Array, features: string[]): Uint8Array {
  const module = binaryen.readBinary(bytes);
  try {
    module.setFeatures(features.reduce<number>((all, name) => all | feature(binaryen, name), 0));
    binaryen.setOptimizeLevel(3);
    binaryen.setShrinkLevel(0);
    module.optimize();
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** Must match the names in compiler/backend/src/features.rs. What is told to Binaryen, it may use, so it is told no more than what there is. */
function feature(binaryen: typeof binaryenType, name: string): number {
  const { Features } = binaryen;
  const known: Record<string, number> = {
    "atomics": Features.Atomics,
    "bulk-memory": Features.BulkMemory | Features.BulkMemoryOpt,
    "exception-handling": Features.ExceptionHandling,
    "memory64": Features.Memory64,
    "multivalue": Features.Multivalue,
    "mutable-globals": Features.MutableGlobals,
    "nontrapping-fptoint": Features.NontrappingFPToInt,
    "reference-types": Features.ReferenceTypes | Features.CallIndirectOverlong,
    "relaxed-simd": Features.RelaxedSIMD,
    "sign-ext": Features.SignExt,
    "simd128": Features.SIMD128,
  };
  const found = known[name];
  if (found === undefined) throw new Error(`Binaryen's name of the feature ${name} is not known`);
  return found;
}

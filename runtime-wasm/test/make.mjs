// Makes the modules of test/sample/ out of the text.
import { readFileSync, writeFileSync } from "node:fs";
import wabt from "wabt";

const { parseWat } = await wabt();

/** The bytes of a module, with the names of its functions. */
export function assemble(name, text) {
  const module = parseWat(name, text, { exceptions: true, memory64: true });
  try {
    module.validate();
    return module.toBinary({ write_debug_names: true }).buffer;
  } finally {
    module.destroy();
  }
}

const folder = new URL("sample/", import.meta.url);
const text = readFileSync(new URL("sample.wat", folder), "utf8");
const aborting = text.replace("(tag $panic)", "").replace("(throw $panic)", "(unreachable)");
writeFileSync(new URL("sample.wasm", folder), assemble("sample.wat", text));
writeFileSync(new URL("sample-abort.wasm", folder), assemble("sample.wat", aborting));

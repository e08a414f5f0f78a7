// The names of functions in a module of WebAssembly, which are for who looks for faults: a fifth of its bytes.
/** The module without them. */
export function withoutNames(bytes) {
  const kept = [bytes.subarray(0, 8)];
  for (let at = 8; at < bytes.length; ) {
    const [size, from] = unsigned(bytes, at + 1);
    const [length, name] = unsigned(bytes, from);
    const isName = bytes[at] === 0 && bytes.toString("utf8", name, name + length) === "name";
    if (!isName) kept.push(bytes.subarray(at, from + size));
    at = from + size;
  }
  return Buffer.concat(kept);
}

/** A number in LEB128, and where it ends. */
function unsigned(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

// Between bytes of UTF-8, which the compiler counts, and units of UTF-16, which the editor counts.
import type { Text } from "@codemirror/state";

/** How many bytes a text takes. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Each half of a pair counts for two of its four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit >= 0xd800 && unit < 0xe000 ? 2 : 3;
  }
  return bytes;
}

/** The unit at a byte; one inside of a character is moved behind it, one behind the end to the end. */
export function toUnits(doc: Text, bytes: number): number {
  let units = 0;
  let left = bytes;
  for (const part of doc.iter()) {
    const length = byteLength(part);
    if (length < left || (length === left && left > 0)) {
      left -= length;
      units += part.length;
      continue;
    }
    for (let i = 0; i < part.length && left > 0; i++, units++) left -= byteLength(part[i]!);
    break;
  }
  return Math.min(units, doc.length);
}

export function toBytes(doc: Text, units: number): number {
  return byteLength(doc.sliceString(0, units));
}

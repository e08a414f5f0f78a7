// Completion, hover and signatures, which the compiler's worker answers through the page.
import { autocompletion } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";

export interface Service {}

export function intelligence(_service: Service, _file: () => string): Extension {
  return [autocompletion({ override: [] })];
}

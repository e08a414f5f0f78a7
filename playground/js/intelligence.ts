// Completion, hover, signatures, definitions and new names, which the compiler's worker answers through the page. What it gives is described in
// compiler/ide/src/results.rs; its offsets are bytes.
import { autocompletion, type Completion, type CompletionContext, type CompletionResult, snippet } from "@codemirror/autocomplete";
import { type EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import { EditorView, hoverTooltip, keymap, showTooltip, type Tooltip, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { toBytes, toUnits } from "./offsets";

/** What the page gives. Answers are JSON, or `null`. */
export interface Service {
  ask(query: "completion" | "hover" | "signature", file: string, offset: number): Promise<string | null>;
  /** Markdown as HTML. */
  render(markdown: string): string;
  definition(file: string, offset: number): void;
  rename(file: string, offset: number): void;
}

interface Range {
  start: number;
  end: number;
}

interface Item {
  label: string;
  kind: string;
  signature: string;
  detail: string;
  docs: string;
  insert: string;
  isSnippet: boolean;
  more: { range: Range; text: string }[];
  rank: number;
}

/** The editor's icons, by the kinds of things. */
const ICONS: Record<string, string> = {
  module: "namespace", function: "function", method: "method", constructor: "function", struct: "class", enum: "enum", variant: "enum", trait: "interface",
  typeAlias: "type", builtinType: "type", actor: "class", message: "method", state: "property", field: "property", const: "constant", variable: "variable",
  param: "variable", keyword: "keyword", snippet: "text", attribute: "keyword",
};

export function intelligence(service: Service, file: () => string): Extension {
  const at = (state: EditorState, place: number) => toBytes(state.doc, place);
  return [
    autocompletion({ override: [(context) => complete(service, file(), context)], maxRenderedOptions: 60 }),
    hoverTooltip((view, place) => hover(service, file(), view, place), { hideOnChange: true }),
    signatures(service, file),
    keymap.of([
      { key: "F12", run: ({ state }) => (service.definition(file(), at(state, state.selection.main.head)), true) },
      { key: "F2", run: ({ state }) => (service.rename(file(), at(state, state.selection.main.head)), true) },
    ]),
    EditorView.domEventHandlers({
      click(event, view) {
        if (!event.ctrlKey && !event.metaKey) return false;
        const place = view.posAtCoords({ x: event.clientX, y: event.clientY });
        if (place !== null) service.definition(file(), at(view.state, place));
        return place !== null;
      },
    }),
  ];
}

async function complete(service: Service, file: string, context: CompletionContext): Promise<CompletionResult | null> {
  const { state, pos } = context;
  // While one types, what begins a name; and behind what is followed by few things.
  if (!context.explicit && !context.matchBefore(/[\p{L}_][\p{L}\p{N}_]*|\.|@|(?:send|ask)\([^()]*, ?/u)) return null;
  const json = await service.ask("completion", file, toBytes(state.doc, pos));
  if (!json || context.aborted) return null;
  const list: { replace: Range; items: Item[] } = JSON.parse(json);
  const from = toUnits(state.doc, list.replace.start);
  return { from, options: list.items.map((item) => option(service, item)), validFor: /^[\p{L}_][\p{L}\p{N}_]*$/u };
}

function option(service: Service, item: Item): Completion {
  return {
    label: item.label,
    displayLabel: item.label + item.signature,
    detail: item.detail,
    type: ICONS[item.kind] ?? "text",
    boost: -Math.min(item.rank, 99),
    info: item.docs ? () => markdown(service, item.docs) : undefined,
    apply: (view, completion, from, to) => apply(view, completion, item, from, to),
  };
}

function apply(view: EditorView, completion: Completion, item: Item, from: number, to: number): void {
  const { doc } = view.state;
  if (item.isSnippet) snippet(template(item.insert))(view, completion, from, to);
  else view.dispatch({ changes: { from, to, insert: item.insert }, selection: { anchor: from + item.insert.length }, userEvent: "input.complete" });
  // Places are those of the text before; what is added stands before it, such as a `use`.
  const more = item.more.map(({ range, text }) => ({ from: toUnits(doc, range.start), to: toUnits(doc, range.end), insert: text }));
  if (more.length && more.every((change) => change.to <= from)) view.dispatch({ changes: more });
}

/** From the places of the language server protocol to the editor's. */
function template(text: string): string {
  return text.replace(/\\([$}\\])|\$0|\$\{(\d+):([^}]*)\}/g, (_, escaped, number, name) => {
    if (escaped) return escaped === "}" ? "\\}" : escaped;
    return number ? `\${${number}:${name}}` : "${}";
  });
}

function markdown(service: Service, text: string): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "docs";
  dom.innerHTML = service.render(text);
  dom.querySelectorAll(".try").forEach((button) => button.remove());
  return dom;
}

async function hover(service: Service, file: string, { state }: EditorView, place: number): Promise<Tooltip | null> {
  const json = await service.ask("hover", file, toBytes(state.doc, place));
  if (!json) return null;
  const { range, markdown: text }: { range: Range; markdown: string } = JSON.parse(json);
  return {
    pos: toUnits(state.doc, range.start),
    end: toUnits(state.doc, range.end),
    above: true,
    create: () => ({ dom: markdown(service, text) }),
  };
}

const setSignature = StateEffect.define<Tooltip | null>();

const signature = StateField.define<Tooltip | null>({
  create: () => null,
  update(tooltip, transaction) {
    for (const effect of transaction.effects) if (effect.is(setSignature)) return effect.value;
    return tooltip && transaction.docChanged ? { ...tooltip, pos: transaction.changes.mapPos(tooltip.pos) } : tooltip;
  },
  provide: (field) => showTooltip.from(field),
});

/** Shown from the bracket that opens a call until the cursor leaves it. */
function signatures(service: Service, file: () => string): Extension {
  const plugin = ViewPlugin.define((view) => {
    let edition = 0;
    const show = (tooltip: Tooltip | null) => {
      if (view.state.field(signature) !== tooltip) view.dispatch({ effects: setSignature.of(tooltip) });
    };
    const ask = async (place: number) => {
      const own = ++edition;
      const json = await service.ask("signature", file(), toBytes(view.state.doc, place));
      if (own !== edition) return;
      show(json ? { pos: place, above: true, create: () => ({ dom: signatureDom(JSON.parse(json)) }) } : null);
    };
    return {
      update(update: ViewUpdate) {
        const typed = update.transactions.some((it) => it.isUserEvent("input.type"));
        const place = update.state.selection.main.head;
        const begins = typed && /[(,]$/.test(update.state.sliceDoc(Math.max(0, place - 2), place).trimEnd());
        const isShown = update.startState.field(signature) !== null;
        if (begins || (isShown && (update.docChanged || update.selectionSet))) void ask(place);
      },
      destroy: () => void edition++,
    };
  });
  const close = keymap.of([{
    key: "Escape",
    run(view) {
      if (view.state.field(signature)) view.dispatch({ effects: setSignature.of(null) });
      // Escape also lets the next Tab leave the editor.
      return false;
    },
  }]);
  return [signature, plugin, close];
}

function signatureDom({ label, params, active }: { label: string; params: { range: Range }[]; active: number | null }): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "docs signature";
  const code = document.createElement("code");
  dom.append(code);
  const range = active === null ? undefined : params[active]?.range;
  const bytes = new TextEncoder().encode(label);
  const text = (from: number, to?: number) => new TextDecoder().decode(bytes.slice(from, to));
  if (!range) code.append(label);
  else {
    const strong = document.createElement("strong");
    strong.append(text(range.start, range.end));
    code.append(text(0, range.start), strong, text(range.end));
  }
  return dom;
}

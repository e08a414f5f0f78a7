// CodeMirror as the page uses it: one view, a state for each file. The page knows bytes of UTF-8, the editor UTF-16; all conversion is here.
import { acceptCompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore, isolateHistory, toggleTabFocusMode } from "@codemirror/commands";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Action, type Diagnostic, lintGutter, lintKeymap, nextDiagnostic, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension, Prec, type Text } from "@codemirror/state";
import {
  crosshairCursor, drawSelection, dropCursor, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers,
  rectangularSelection,
} from "@codemirror/view";
import { highlightCode, tags as t } from "@lezer/highlight";
import { assembly, gal } from "./gal-language";
import { intelligence, type Service } from "./intelligence";
import { toBytes, toUnits } from "./offsets";

/** What the page gives: functions that the editor calls. */
export interface Host {
  changed(file: string, text: string): void;
  cursor(line: number, column: number): void;
  /** A fix of the problem with this index has been chosen. */
  fix(problem: number, fix: number): void;
}

export interface Problem {
  is_error: boolean;
  code: string;
  message: string;
  label: string;
  place?: { file: string; library: boolean; from: number; to: number };
  fixes: { title: string }[];
}

// Colours are the page's, so that a theme is one style sheet.
const colours = HighlightStyle.define([
  { tag: [t.keyword, t.self], color: "var(--code-keyword)" },
  { tag: [t.string, t.character], color: "var(--code-string)" },
  { tag: t.escape, color: "var(--code-escape)" },
  { tag: [t.number, t.bool], color: "var(--code-number)" },
  { tag: [t.lineComment, t.blockComment], color: "var(--code-comment)" },
  { tag: t.docComment, color: "var(--code-doc)" },
  { tag: t.typeName, color: "var(--code-type)" },
  { tag: [t.function(t.variableName), t.definition(t.variableName)], color: "var(--code-function)" },
  { tag: [t.meta, t.labelName], color: "var(--code-meta)" },
  { tag: [t.operator, t.punctuation, t.bracket], color: "var(--code-punctuation)" },
]);

const look: Extension = [
  EditorView.theme({
    "&": { height: "100%", fontSize: "var(--code-size)", backgroundColor: "transparent", color: "var(--text)" },
    "&.cm-focused": { outline: "none" },
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", overflow: "auto" },
    ".cm-content": { padding: "0.6rem 0", caretColor: "var(--accent)" },
    ".cm-line": { padding: "0 0.8rem 0 0.4rem" },
    ".cm-gutters": { backgroundColor: "transparent", color: "var(--faint)", border: "none" },
    ".cm-lineNumbers .cm-gutterElement": { minWidth: "2.2rem", padding: "0 0.3rem 0 0.2rem" },
    ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--muted)" },
    ".cm-activeLine": { backgroundColor: "var(--line)" },
    ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--selection)" },
    ".cm-selectionMatch": { backgroundColor: "var(--match)" },
    "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--match)", outline: "1px solid var(--edge)" },
    ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--text)", border: "1px solid var(--edge)", borderRadius: "6px", boxShadow: "var(--shadow)", overflow: "hidden" },
    ".cm-tooltip-lint": { padding: 0 },
    ".cm-diagnostic": { padding: "0.4rem 0.7rem", fontFamily: "var(--sans)", fontSize: "0.85rem", maxWidth: "36rem" },
    ".cm-diagnostic-error": { borderLeft: "3px solid var(--error)" },
    ".cm-diagnostic-warning": { borderLeft: "3px solid var(--warning)" },
    ".cm-diagnosticAction": { backgroundColor: "var(--accent)", color: "var(--on-accent)", borderRadius: "4px", padding: "0.15rem 0.5rem", marginLeft: "0.5rem" },
    ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--error) 1px", textUnderlineOffset: "3px" },
    ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--warning) 1px", textUnderlineOffset: "3px" },
    ".cm-gutter-lint": { width: "0.9rem" },
    ".cm-gutter-lint .cm-gutterElement": { padding: "0" },
    ".cm-lint-marker": { width: "0.55rem", height: "0.55rem", margin: "0.45rem 0.15rem", borderRadius: "50%", content: "none" },
    ".cm-lint-marker-error": { backgroundColor: "var(--error)" },
    ".cm-lint-marker-warning": { backgroundColor: "var(--warning)" },
    ".cm-foldPlaceholder": { backgroundColor: "var(--line)", border: "1px solid var(--edge)", color: "var(--muted)" },
    ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--text)", borderColor: "var(--edge)" },
    ".cm-panel input, .cm-panel button": { fontFamily: "var(--sans)", fontSize: "0.8rem" },
    ".cm-textfield": { backgroundColor: "var(--surface)", border: "1px solid var(--edge)", color: "var(--text)" },
    ".cm-button": { backgroundImage: "none", backgroundColor: "var(--surface)", border: "1px solid var(--edge)", color: "var(--text)" },
    ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "0.8rem" },
    ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
    ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal", marginLeft: "1rem" },
  }),
  syntaxHighlighting(colours),
];

export class GalEditor {
  #view: EditorView;
  #states = new Map<string, EditorState>();
  #file = "";
  #problems: { file: string; list: Diagnostic[] }[] = [];
  #extensions: Extension;

  constructor(parent: HTMLElement, host: Host, service: Service) {
    this.#extensions = [
      lineNumbers(),
      foldGutter({ openText: "⌄", closedText: "›" }),
      lintGutter(),
      highlightSpecialChars(),
      history(),
      drawSelection(),
      dropCursor(),
      EditorState.allowMultipleSelections.of(true),
      indentUnit.of("    "),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      rectangularSelection(),
      crosshairCursor(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      highlightSelectionMatches(),
      intelligence(service, () => this.#file),
      // Tab is for indentation; Escape, then Tab leaves the editor, and so does everything after Ctrl-M.
      Prec.high(keymap.of([{ key: "Tab", run: acceptCompletion }, { key: "Tab", run: indentMore, shift: indentLess }])),
      keymap.of([
        ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap,
        { key: "F8", run: nextDiagnostic },
        { key: "Ctrl-m", mac: "Shift-Alt-m", run: toggleTabFocusMode },
      ]),
      gal(),
      look,
      EditorView.contentAttributes.of({ "aria-label": "Program, Escape then Tab leaves the editor", autocapitalize: "off", spellcheck: "false", "data-gramm": "false" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) host.changed(this.#file, update.state.doc.toString());
        if (update.selectionSet || update.docChanged) this.#tellCursor(host);
      }),
    ];
    this.#view = new EditorView({ parent, state: this.#newState("") });
    this.#host = host;
  }

  #host: Host;

  #newState(text: string): EditorState {
    return EditorState.create({ doc: text, extensions: this.#extensions });
  }

  #tellCursor(host: Host): void {
    const { head } = this.#view.state.selection.main;
    const line = this.#view.state.doc.lineAt(head);
    host.cursor(line.number, [...line.text.slice(0, head - line.from)].length + 1);
  }

  /** Shows a file; what was undone and done in it before stays, unless its text is another one. */
  open(file: string, text: string): void {
    if (this.#file) this.#states.set(this.#file, this.#view.state);
    this.#file = file;
    const kept = this.#states.get(file);
    this.#view.setState(kept && kept.doc.toString() === text ? kept : this.#newState(text));
    this.#showProblems();
    this.#tellCursor(this.#host);
  }

  /** Another document: nothing of the files before is kept. */
  reset(): void {
    this.#states.clear();
    this.#file = "";
  }

  forget(file: string): void {
    this.#states.delete(file);
    if (this.#file === file) this.#file = "";
  }

  /** Changes the shown file's text as typing would, so that it can be undone. */
  replace(text: string): void {
    const { state } = this.#view;
    const old = state.doc.toString();
    if (old === text) return;
    let from = 0;
    while (from < old.length && from < text.length && old[from] === text[from]) from++;
    let end = 0;
    while (end < old.length - from && end < text.length - from && old.at(-1 - end) === text.at(-1 - end)) end++;
    this.#view.dispatch({ changes: { from, to: old.length - end, insert: text.slice(from, text.length - end) }, annotations: isolateHistory.of("full"), scrollIntoView: true });
  }

  /** All problems of all files, as JSON. */
  setProblems(json: string): void {
    const all: Problem[] = JSON.parse(json);
    const byFile = new Map<string, Diagnostic[]>();
    all.forEach((problem, index) => {
      const { place } = problem;
      if (!place || place.library) return;
      const list = byFile.get(place.file) ?? [];
      byFile.set(place.file, list);
      list.push({
        // In bytes until the file is shown.
        from: place.from,
        to: place.to,
        severity: problem.is_error ? "error" : "warning",
        source: problem.code,
        message: problem.label ? `${problem.message}\n${problem.label}` : problem.message,
        actions: problem.fixes.map((fix, n): Action => ({ name: fix.title, apply: () => this.#host.fix(index, n) })),
      });
    });
    this.#problems = [...byFile].map(([file, list]) => ({ file, list }));
    this.#showProblems();
  }

  #showProblems(): void {
    const list = this.#problems.find(({ file }) => file === this.#file)?.list ?? [];
    const { doc } = this.#view.state;
    this.#view.dispatch(setDiagnostics(this.#view.state, list.map((it) => ({ ...it, ...range(doc, it.from, it.to) }))));
  }

  /** Selects bytes of the shown file and shows them. */
  select(from: number, to: number): void {
    const { doc } = this.#view.state;
    const units = { anchor: toUnits(doc, from), head: toUnits(doc, to) };
    this.#view.dispatch({ selection: units, effects: EditorView.scrollIntoView(units.anchor, { y: "center" }) });
    this.#view.focus();
  }

  focus(): void {
    this.#view.focus();
  }

  /** Text as HTML in the editor's colours. */
  static highlight(text: string): string {
    const tree = gal().language.parser.parse(text);
    let html = "";
    const put = (part: string, classes: string) => {
      const safe = part.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]!);
      html += classes ? `<span class="${classes}">${safe}</span>` : safe;
    };
    highlightCode(text, tree, colours, put, () => (html += "\n"));
    return html;
  }

  /** Where the cursor is, in bytes. */
  get offset(): number {
    return toBytes(this.#view.state.doc, this.#view.state.selection.main.head);
  }
}

function range(doc: Text, from: number, to: number): { from: number; to: number } {
  return { from: toUnits(doc, from), to: toUnits(doc, to) };
}

/** A text that is shown, not changed: a stage of the compiler, or a program in a lesson. */
export class GalViewer {
  #view: EditorView;

  constructor(parent: HTMLElement, label: string) {
    this.#view = new EditorView({
      parent,
      extensions: [
        lineNumbers(),
        foldGutter(),
        drawSelection(),
        highlightSelectionMatches(),
        keymap.of([...searchKeymap, ...defaultKeymap]),
        EditorState.readOnly.of(true),
        EditorView.contentAttributes.of({ "aria-label": label, "aria-readonly": "true" }),
        assembly(),
        look,
      ],
    });
  }

  set(text: string): void {
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: text }, selection: { anchor: 0 } });
    this.#view.scrollDOM.scrollTop = 0;
  }
}

